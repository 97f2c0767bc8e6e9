/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/check.h"

#include "counter/source.h"
#include "hyperv/host.h"
#include "hyperv/reading.h"
#include "hyperv/reserve.h"
#include "plugin/show.h"

#include <math.h>

struct reserve_options {
    struct common_options common;
    struct memory_size expect;
};

static const struct option rows[] = {
    OPTION_THRESHOLDS(option_memory_range, NULL, NULL,
                      "MemoryReserve is outside RANGE; in MB, or with a unit, or in percent of "
                      "the host's RAM. A value that is not set counts as 0. Replaces the rules of "
                      "the Windows version."),
    {.name = "expect",
     .argument = "MB",
     .read = option_memory,
     .target = offsetof(struct reserve_options, expect),
     .help = "CRITICAL if MemoryReserve has any other value or is not set, for the nodes of a "
             "cluster, which must be alike. Replaces all other rules."},
    {0},
};

/* A verdict: its state and what the first line says of the value. */
struct verdict {
    enum state state;
    const char *text;
};

static struct verdict judge_expected(const struct reserve *reserve, double expected,
                                     struct arena *arena)
{
    const char *wanted = SHOW(show_memory, expected);
    if (reserve->kind == RESERVE_SET && reserve->bytes == expected)
        return (struct verdict){STATE_OK, arena_format(arena, "%s, as expected", wanted)};
    const char *found = reserve->kind == RESERVE_SET      ? SHOW(show_memory, reserve->bytes)
                        : reserve->kind == RESERVE_ABSENT ? "not set"
                                                          : reserve->fault;
    return (struct verdict){STATE_CRITICAL, arena_format(arena, "%s, expected %s", found, wanted)};
}

static struct verdict judge_range(const struct reserve *reserve, const struct range *warning,
                                  const struct range *critical, struct arena *arena)
{
    const char *value =
        reserve->kind == RESERVE_SET ? SHOW(show_memory, reserve->bytes) : "not set";
    return (struct verdict){
        state_of(reserve->bytes, warning, critical),
        arena_format(arena, "%s%s", value,
                     check_limit(arena, reserve->bytes, warning, critical, RANGE_MEMORY))};
}

static bool is_at_least(const struct host *host, unsigned major, unsigned minor)
{
    return host->major > major || (host->major == major && host->minor >= minor);
}

/* Whole MB, as the value counts: an amount that is told must also be enough. */
static double whole_megabytes(double bytes)
{
    return ceil(bytes / MEGABYTE) * MEGABYTE;
}

/* Windows Server 2008 R2 needs the value; 2012 keeps a reserve by itself; for 2012 R2 and later
 * Microsoft says that it should no longer be created. Source: Hyper-V Dynamic Memory Overview
 * (hh831766); the amount: reserve_computed(). Above a quarter of RAM it starves the VMs instead. */
static struct verdict judge_version(const struct reserve *reserve, const struct host *host,
                                    struct arena *arena)
{
    const char *name = host_windows_name(host, arena), *value = SHOW(show_memory, reserve->bytes);
    double least = whole_megabytes(reserve_computed(host->memory)), most = host->memory / 4;
    if (is_at_least(host, 6, 2) && reserve->kind == RESERVE_ABSENT)
        return (struct verdict){STATE_OK,
                                arena_format(arena, "not set, %s keeps a reserve by itself", name)};
    if (is_at_least(host, 6, 3))
        return (struct verdict){
            STATE_WARNING,
            arena_format(arena,
                         "%s is set, but should no longer be on %s: delete the value and "
                         "restart the service vmms",
                         value, name)};
    if (is_at_least(host, 6, 2))
        return (struct verdict){STATE_OK, arena_format(arena, "%s on %s", value, name)};
    if (reserve->kind == RESERVE_ABSENT)
        return (struct verdict){
            STATE_WARNING,
            arena_format(arena,
                         "not set on %s: set MemoryReserve to %s or more (REG_DWORD, in MB) "
                         "and restart the service vmms",
                         name, SHOW(show_memory, least))};
    if (reserve->bytes < least)
        return (struct verdict){
            STATE_WARNING,
            arena_format(arena, "%s is less than the %s that a host of %s needs", value,
                         SHOW(show_memory, least), SHOW(show_memory, host->memory))};
    if (reserve->bytes > most)
        return (struct verdict){
            STATE_WARNING,
            arena_format(arena,
                         "%s is more than a quarter of the host's %s and leaves too little for VMs",
                         value, SHOW(show_memory, host->memory))};
    return (struct verdict){STATE_OK, arena_format(arena, "%s on %s with %s RAM", value, name,
                                                   SHOW(show_memory, host->memory))};
}

static bool run(struct run *run, struct error *err)
{
    const struct reserve_options *options = run->options;
    struct range warning = options->common.warning, critical = options->common.critical;
    if (options->expect.set) /* in place of all other rules, in the graph too */
        warning = critical = (struct range){0};
    bool by_range = warning.set || critical.set, by_version = !by_range && !options->expect.set;
    struct finding *root = &run->result.root;
    bool needs_host = by_version || warning.of_total || critical.of_total;
    struct reserve reserve;
    struct host host = {0};
    struct error unread; /* of an old Windows, its age is the reason */
    bool has_reserve = reserve_read(run->source, run->arena, &reserve, &unread);
    if (!has_reserve && (unread.code != READ_NO_OBJECT || !by_version)) {
        *err = unread;
        return false;
    }
    bool has_host = needs_host && host_read(run->source, run->arena, &host, err);
    if (by_version && has_host && !is_at_least(&host, 6, 1))
        return error_set(
            err, "%s has no Dynamic Memory: this check is for Windows Server 2008 R2 and later",
            host_windows_name(&host, run->arena));
    if (!has_reserve) {
        *err = unread;
        return false;
    }
    if (needs_host && !has_host)
        return error_prefix(err, by_version ? "the Windows version is not known: "
                                            : "percent needs the host's memory size: ");

    struct verdict verdict;
    if (options->expect.set) {
        verdict = judge_expected(&reserve, options->expect.bytes, run->arena);
    } else if (reserve.kind == RESERVE_MALFORMED) {
        verdict.state = STATE_WARNING;
        verdict.text =
            arena_format(run->arena, "MemoryReserve is %s: Windows can't use it", reserve.fault);
    } else if (by_range) {
        warning = range_of_total(warning, host.memory);
        critical = range_of_total(critical, host.memory);
        verdict = judge_range(&reserve, &warning, &critical, run->arena);
    } else {
        verdict = judge_version(&reserve, &host, run->arena);
    }
    root->state = verdict.state;
    result_say(root, "%s", verdict.text);
    result_measure(root, (struct perfdata){.label = "reserve",
                                           .value = reserve.bytes,
                                           .unit = "B",
                                           .unknown = reserve.kind != RESERVE_SET,
                                           .warning = warning,
                                           .critical = critical});
    return true;
}

static const struct example examples[] = {
    {"", "On the host: judge by the rules of its Windows version."},
    {"--expect=2048", "On every node of a cluster: CRITICAL where it is not 2048 MB."},
    {"-w 1024:8192", "WARNING below 1 GB or above 8 GB, on any version."},
    {0},
};

static const struct label labels[] = {
    {"reserve", "B", "MemoryReserve, U where it is not set; thresholds -w, -c", NULL},
    {0},
};

const struct check check_hv_memory_reserve = {
    .program = "check_hv_memory_reserve",
    .brief = "watch the registry value MemoryReserve of a Hyper-V host",
    .title = "HV MEMORY RESERVE",
    .purpose = "Watches the registry value MemoryReserve: RAM that is kept for the parent of a "
               "Hyper-V host.",
    .options = rows,
    .options_size = sizeof(struct reserve_options),
    .examples = examples,
    .labels = labels,
    .refuses = SOURCE_AT | SOURCE_UTC_OFFSET,
    .run = run,
};

CHECK_PROGRAM(check_hv_memory_reserve)
