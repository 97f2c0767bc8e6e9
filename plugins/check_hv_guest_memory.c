/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/check.h"

#include "hyperv/guest.h"
#include "hyperv/host.h"
#include "plugin/show.h"

struct guest_options {
    struct common_options common;
};

static const struct option rows[] = {
    OPTION_THRESHOLDS(option_memory_range, "64:", "32:",
                      "the guest's Available MBytes are outside RANGE; in MB, or with a unit "
                      "(512MB:, 2GB:). Percent (10%:) is of the memory that the guest sees: after "
                      "ballooning that stays high although the guest rightly has little available, "
                      "so percentages give false alarms under Dynamic Memory."),
    {0},
};

static bool run(struct run *run, struct error *err)
{
    const struct guest_options *options = run->options;
    struct range warning = options->common.warning, critical = options->common.critical;
    struct finding *root = &run->result.root;
    struct guest guest;
    if (!guest_read(run->source, &guest, err))
        return false;
    if (warning.of_total || critical.of_total) {
        struct host host;
        if (!host_read(run->source, run->arena, &host, err))
            return error_prefix(err, "percent needs the guest's memory size: ");
        warning = range_of_total(warning, host.memory);
        critical = range_of_total(critical, host.memory);
    }

    root->state = state_of(guest.available, &warning, &critical);
    const char *limit = check_limit(run->arena, guest.available, &warning, &critical, RANGE_MEMORY);
    const char *maximum =
        guest.has_maximum ? arena_format(run->arena, ", %s of maximum RAM %s",
                                         SHOW(show_percent, 100 * guest.available / guest.maximum),
                                         SHOW(show_memory, guest.maximum))
                          : "";
    result_say(root, "%s available in the guest%s%s", SHOW(show_memory, guest.available), limit,
               maximum);
    result_measure(root, (struct perfdata){.label = "available",
                                           .value = guest.available,
                                           .unit = "B",
                                           .warning = warning,
                                           .critical = critical,
                                           .maximum = guest.has_maximum ? guest.maximum : 0});
    if (!guest.has_maximum)
        result_note(root, "the VM's maximum RAM is not known here: %s",
                    guest.maximum_problem ? guest.maximum_problem
                                          : "the integration service reports 0");
    return true;
}

static const struct example examples[] = {
    {"", "In the guest: WARNING below 64 MB available, CRITICAL below 32 MB."},
    {"-w 200: -c 100:", "Higher limits, for a guest that needs a larger file cache."},
    {0},
};

static const struct label labels[] = {
    {"available", "B",
     "Available MBytes of the guest; thresholds -w, -c; the maximum is the VM's maximum RAM where "
     "the guest knows it",
     NULL},
    {0},
};

const struct check check_hv_guest_memory = {
    .program = "check_hv_guest_memory",
    .brief = "watch the available memory inside a Hyper-V guest",
    .title = "HV GUEST MEMORY",
    .purpose = "Watches Available MBytes inside a Hyper-V guest, which the parent can't see.",
    .where = CHECK_GUEST,
    .options = rows,
    .options_size = sizeof(struct guest_options),
    .examples = examples,
    .labels = labels,
    .run = run,
};

CHECK_PROGRAM(check_hv_guest_memory)
