/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugins/check.h"

#include "hyperv/paging.h"
#include "plugin/show.h"

struct page_options {
    struct common_options common;
};

static const struct option rows[] = {
    OPTION_THRESHOLDS(option_range, "10", "60", "the page reads a second are outside RANGE."),
    {0},
};

static bool run(struct run *run, struct error *err)
{
    const struct page_options *options = run->options;
    const struct range *warning = &options->common.warning, *critical = &options->common.critical;
    struct finding *root = &run->result.root;
    struct paging paging;
    if (!paging_read(run->source, &paging, err))
        return false;

    root->state = state_of(paging.reads, warning, critical);
    result_say(root, "%s page reads/s%s", SHOW(show_rounded, paging.reads),
               check_limit(run->arena, paging.reads, warning, critical, RANGE_NUMBER));
    result_measure(root, (struct perfdata){.label = "page_reads",
                                           .value = paging.reads,
                                           .unit = "",
                                           .warning = *warning,
                                           .critical = *critical});
    return true;
}

static const struct example examples[] = {
    {"", "On the host: WARNING above 10 page reads a second, CRITICAL above 60."},
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
