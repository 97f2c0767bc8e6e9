/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/check.h"

#include "check/page_rate.h"
#include "plugin/show.h"

struct page_options {
    struct common_options common;
    unsigned long interval;
    const char *state_dir;
};

static const struct option rows[] = {
    OPTION_THRESHOLDS(option_range, "10", "60", "the page reads per second are outside RANGE."),
    {.name = "interval",
     .argument = "SECONDS",
     .read = option_whole,
     .target = offsetof(struct page_options, interval),
     .preset = "1",
     .least = 1,
     .most = 3600,
     .help = "How long to measure if there is no usable sample of the previous run: none at all, "
             "one less than 5 s old, or one much older than runs usually are apart. The default of "
             "1 is shortened if --timeout leaves less. Otherwise the rate is the mean since the "
             "previous run, which takes no time."},
    OPTION_STATE_DIR(struct page_options),
    {0},
};

/* The sample of the previous run, or why there is none. */
static bool read_previous(struct state_file *file, struct page_past *ret, struct error *err)
{
    struct state_file_entry entry;
    while (state_file_next(file, &entry))
        page_rate_kept(&entry, ret);
    return ret->has_sample || error_set(err, "no sample in it");
}

/* Keep this sample, unless the one that is kept is young: where a check runs every three seconds,
 * its own sample must have a chance to grow old enough. */
static void keep_sample(struct kept_state *keep, const struct page_rate *rate, struct run *run)
{
    struct error err;
    page_rate_keep(rate, kept_state_anew(keep));
    if (!kept_state_write(keep, &err))
        kept_state_tell(run, "this sample", "each run measures for a moment only", &err);
}

/* From the counter's sample of now, and the one that the previous run kept. */
static bool find_rate(struct run *run, const struct rate_sample *now, double *ret,
                      struct error *err)
{
    const struct page_options *options = run->options;
    struct kept_state keep;
    struct state_file file;
    struct page_past past = {0};
    struct page_rate rate;
    struct error why = {0};
    if (!page_rate_interval_fits(run, options->interval, err))
        return false;
    if (kept_state_read(&keep, run, options->state_dir, &file, &why))
        read_previous(&file, &past, &why);
    bool found = page_rate_find(run, now, &past, &why, options->interval, &rate, err);
    if (found && !rate.too_young)
        keep_sample(&keep, &rate, run);
    kept_state_close(&keep);
    if (found)
        *ret = rate.reads;
    return found;
}

static bool read_rate(struct run *run, double *ret, struct error *err)
{
    struct paging paging;
    if (!paging_read(run->source, &paging, err))
        return false;
    *ret = paging.reads;
    return paging.is_rate || find_rate(run, &paging.sample, ret, err);
}

static bool run(struct run *run, struct error *err)
{
    const struct page_options *options = run->options;
    const struct range *warning = &options->common.warning, *critical = &options->common.critical;
    struct finding *root = &run->result.root;
    double reads;
    if (!read_rate(run, &reads, err))
        return false;

    root->state = state_of(reads, warning, critical);
    result_say(root, "%s page reads/s%s", SHOW(show_rounded, reads),
               check_limit(run->arena, reads, warning, critical, RANGE_NUMBER));
    result_measure(root, (struct perfdata){.label = "page_reads",
                                           .value = reads,
                                           .unit = "",
                                           .warning = *warning,
                                           .critical = *critical});
    return true;
}

static const struct example examples[] = {
    {"", "On the host: WARNING above 10 page reads per second, CRITICAL above 60."},
    {"--state-dir=/var/lib/nagios/hyperv",
     "The same, keeping the sample for the next run in a directory of your choice."},
    {"-w 5 -c 20", "Lower limits, for a host with a MemoryReserve."},
    {0},
};

static const struct label labels[] = {
    {"page_reads", "", "page reads per second; thresholds -w, -c", NULL},
    {0},
};

const struct check check_hv_page_reads = {
    .program = "check_hv_page_reads",
    .brief = "watch how often the parent of a Hyper-V host reads memory from disk",
    .title = "HV PAGE READS",
    .purpose = "Watches how often the parent of a Hyper-V host must read memory back from disk: "
               "a sign that the parent itself is short of memory.",
    .options = rows,
    .options_size = sizeof(struct page_options),
    .examples = examples,
    .labels = labels,
    .run = run,
};

CHECK_PROGRAM(check_hv_page_reads)
