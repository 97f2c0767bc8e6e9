/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugins/check.h"

#include "hyperv/paging.h"
#include "plugin/show.h"
#include "plugins/keep.h"

#include <string.h>

struct page_options {
    struct common_options common;
    unsigned long interval;
    const char *state_dir;
};

static const struct option rows[] = {
    OPTION_THRESHOLDS(option_range, "10", "60", "the page reads a second are outside RANGE."),
    {.name = "interval",
     .argument = "SECONDS",
     .read = option_whole,
     .target = offsetof(struct page_options, interval),
     .preset = "1",
     .least = 1,
     .most = 3600,
     .help = "How long to measure where the previous run left nothing to count from, or was less "
             "than 5 s or more than 1 h ago. Otherwise the rate is the mean since that run, which "
             "takes no time."},
    OPTION_STATE_DIR(struct page_options),
    {0},
};

/* ---- the rate ---- */

static const char key[] = "page_reads";

/* The sample of the previous run, or why there is none. */
static bool read_previous(struct state_file *file, struct rate_sample *ret, struct error *err)
{
    struct state_file_entry entry;
    while (state_file_next(file, &entry))
        if (!strcmp(entry.key, key) && rate_sample_parse(entry.value, ret))
            return true;
    return error_set(err, "no sample in it");
}

/* Keep this sample, unless the one that is kept is young: where a check runs every three seconds,
 * its own sample must have a chance to grow old enough. */
static void keep_sample(struct keep *keep, const struct rate_sample *sample, struct run *run)
{
    char line[RATE_SAMPLE_SIZE];
    struct error err;
    state_file_add(keep_anew(keep), key, "%s", rate_sample_print(line, sample));
    if (!keep_write(keep, &err))
        result_note(&run->result.root, "this sample could not be kept for the next run: %s",
                    err.text);
    run->result.failed = run->result.failed || keep->text.failed;
}

static bool measure(struct run *run, const struct page_options *options, struct rate_sample *sample,
                    struct rate *ret, struct error *err)
{
    struct rate_sample first = *sample;
    struct paging paging;
    clock_sleep((unsigned)options->interval * 1000);
    if (!paging_read(run->source, &paging, err))
        return false;
    *sample = paging.sample;
    enum rate_verdict verdict = rate_between(&first, sample, ret);
    return verdict == RATE_OK || error_set(err, "the sample of %lu s ago is %s", options->interval,
                                           rate_verdict_text(verdict));
}

/* The mean since the previous run, at once; or else what the next seconds bring. */
static bool find_rate(struct run *run, struct rate_sample *sample, struct keep *keep,
                      struct rate *ret, struct error *err)
{
    const struct page_options *options = run->options;
    struct state_file file;
    struct rate_sample previous;
    struct error why;
    enum rate_verdict verdict = RATE_OTHER_KIND;
    if (keep_read(keep, run, options->state_dir, &file, &why) &&
        read_previous(&file, &previous, &why)) {
        verdict = rate_since(&previous, sample, ret);
        error_set(&why, "the previous sample is %s", rate_verdict_text(verdict));
    }
    if (verdict != RATE_OK && !measure(run, options, sample, ret, err))
        return false;
    if (verdict == RATE_OK)
        result_note(&run->result.root, "the mean of the %.0f s since the previous run",
                    ret->seconds);
    else
        result_note(&run->result.root, "measured for %.1f s: %s", ret->seconds, why.text);
    if (verdict != RATE_TOO_YOUNG)
        keep_sample(keep, sample, run);
    return true;
}

/* ---- the check ---- */

static bool read_rate(struct run *run, double *ret, struct error *err)
{
    struct paging paging;
    if (!paging_read(run->source, &paging, err))
        return false;
    if (!paging.is_rate) {
        struct keep keep;
        struct rate rate;
        bool found = find_rate(run, &paging.sample, &keep, &rate, err);
        keep_close(&keep);
        if (!found || !paging_tell(run->source, rate.value, err))
            return false;
        paging.reads = rate.value;
    }
    *ret = paging.reads;
    return true;
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
    {"", "On the host: WARNING above 10 page reads a second, CRITICAL above 60."},
    {"--state-dir=/var/lib/nagios/hyperv",
     "The same, with its memory of the previous run in a directory of your choice."},
    {"-w 5 -c 20", "Earlier, for a host that has a MemoryReserve."},
    {0},
};

const struct check check_hv_page_reads = {
    .program = "check_hv_page_reads",
    .title = "HV PAGE READS",
    .purpose = "Watches how often the parent of a Hyper-V host must read memory back from disk: "
               "the sign that the parent itself has run short.",
    .options = rows,
    .options_size = sizeof(struct page_options),
    .examples = examples,
    .run = run,
};
