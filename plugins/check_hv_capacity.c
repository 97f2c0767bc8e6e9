/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/check.h"

#include "check/kept_state.h"
#include "check/past.h"
#include "hyperv/capacity.h"
#include "hyperv/demand.h"
#include "plugin/forecast.h"
#include "plugin/history.h"
#include "plugin/number.h"
#include "plugin/show.h"

#include <string.h>

struct capacity_options {
    struct common_options common;
    struct memory_size startup, keep, incoming, level;
    struct range days_warning, days_critical;
    unsigned long window;
    const char *state_dir;
    struct text_list ignore;
};

#define TARGET(member) offsetof(struct capacity_options, member)

enum { MOST_DAYS = HISTORY_HOURS / 24 };

static const struct option rows[] = {
    OPTION_THRESHOLDS(option_range, "1:", NULL,
                      "the number of VMs that can still start is outside RANGE."),
    {.name = "startup",
     .argument = "MB",
     .read = option_memory,
     .target = TARGET(startup),
     .least = MEGABYTE,
     .help = "The startup RAM of each VM to start. By default, the largest of all stopped VMs; if "
             "none is stopped, of all running ones."},
    {.name = "keep",
     .argument = "MB",
     .read = option_memory,
     .target = TARGET(keep),
     .help = "Memory that must remain available after they have started."},
    {.name = "incoming",
     .argument = "MB",
     .read = option_memory,
     .target = TARGET(incoming),
     .help = "Memory that the VMs of another cluster host would need here if that host failed: "
             "WARNING if it does not fit."},
    {.name = "days-warning",
     .argument = "RANGE",
     .read = option_range,
     .target = TARGET(days_warning),
     .preset = "7:",
     .help = "WARNING if the days until the balancer's Available Memory falls to --level are "
             "outside RANGE; 0 if it already has. There is no forecast from less than a day of "
             "history, if a straight line explains less than half of it, or if the current value "
             "is above that line."},
    {.name = "days-critical",
     .argument = "RANGE",
     .read = option_range,
     .target = TARGET(days_critical),
     .preset = "1:",
     .help = "CRITICAL if the days left are outside RANGE."},
    {.name = "level",
     .argument = "MB",
     .read = option_memory,
     .target = TARGET(level),
     .preset = "1024",
     .help = "The level for the forecast; by default, where check_hv_balancer becomes CRITICAL."},
    {.name = "window",
     .argument = "DAYS",
     .read = option_whole,
     .target = TARGET(window),
     .preset = "7",
     .least = 1,
     .most = MOST_DAYS,
     .help = "How much history the forecast uses."},
    OPTION_IGNORE_INSTANCE(struct capacity_options),
    OPTION_STATE_DIR(struct capacity_options),
    {0},
};

/* ---- the history ---- */

enum { HOUR = 3600 };

/* What was available before now. */
struct past {
    struct trend_point now;
    const struct trend_point *points;
    size_t count;
};

/* Without memory there are none, and the arena knows. */
static void take_points(struct run *run, const struct history *history, struct past *past)
{
    const struct capacity_options *options = run->options;
    past->points =
        history_points(history, (double)options->window * TREND_DAY, run->arena, &past->count);
}

/* Of a recorded log, the history is the log itself: a row of every hour before. */
static bool read_log(struct run *run, struct past *past, struct error *err)
{
    const struct capacity_options *options = run->options;
    double seconds[HISTORY_HOURS], values[HISTORY_HOURS];
    size_t count = 0;
    int64_t last = past_moment(run->source);
    past->now.time = (double)last / 1000;
    for (unsigned long hour = 1; hour <= options->window * 24; hour++) {
        struct source *earlier;
        struct balancer balancer;
        if (!source_earlier(run->source, hour * HOUR, run->arena, &earlier, err)) {
            if (!reading_is_absent(err))
                return false;
            break;
        }
        bool read = balancer_read(earlier, false, run->arena, &balancer, err);
        int64_t moment = past_moment(earlier);
        source_close(earlier);
        if (!read && !reading_is_absent(err))
            return false;
        if (!read || balancer.invalid || moment == last) /* a gap in the log */
            continue;
        last = moment;
        seconds[count] = (double)moment / 1000;
        values[count++] = balancer.available;
    }
    struct history history = {0};
    while (count--)
        if (!history_add(&history, seconds[count], values[count], run->arena))
            return error_memory(err);
    take_points(run, &history, past);
    return !run->arena->failed || error_memory(err);
}

static const char key[] = "hour";

/* On a live host, and of a record of one row, the history is what earlier runs kept: the least of
 * every hour. */
static bool read_kept(struct run *run, struct past *past, struct error *err)
{
    const struct capacity_options *options = run->options;
    struct history history = {0};
    struct kept_state keep;
    struct state_file file;
    struct state_file_entry entry;
    struct error why;
    past->now.time = (double)past_moment(run->source) / 1000;
    if (!kept_state_read(&keep, run, options->state_dir, &file, &why))
        result_note(&run->result.root, "no history: %s", why.text);
    else
        while (state_file_next(&file, &entry))
            if (!strcmp(entry.key, key))
                history_parse(&history, entry.value, run->arena);
    take_points(run, &history, past);
    bool added = history_add(&history, past->now.time, past->now.value, run->arena);
    struct text *text = kept_state_anew(&keep);
    for (size_t i = 0; i < history.count; i++)
        state_file_add(text, key, "%s",
                       history_print((char[HISTORY_LINE_SIZE]){0}, &history.hours[i]));
    if (added && !kept_state_write(&keep, &why))
        kept_state_tell(run, "the history", "there is no forecast", &why);
    kept_state_close(&keep);
    return !run->arena->failed || error_memory(err);
}

/* ---- judging ---- */

/* What the history says of the future. */
struct outlook {
    bool known;
    double days;
    const char *text;
};

static const char *describe_forecast(const struct forecast *forecast, double level,
                                     struct arena *arena)
{
    const struct trend *trend = &forecast->trend;
    const char *span = arena_format(arena, "%.1f days of history", trend->span / TREND_DAY);
    switch (forecast->verdict) {
    case FORECAST_REACHED:
        return arena_format(arena, "available memory is at or below the level of %s",
                            SHOW(show_memory, level));
    case FORECAST_FALLING:
        if (forecast->recent)
            return arena_format(arena, "falling by %s an hour over the last %.0f hours",
                                SHOW(show_memory, -trend->slope * HOUR), trend->span / HOUR);
        return arena_format(arena, "falling by %s a day over %s (a straight line explains %.0f %%)",
                            SHOW(show_memory, -trend->slope * TREND_DAY), span,
                            trend->explained * 100);
    case FORECAST_STEADY:
        return arena_format(arena, "available memory has not fallen over %s", span);
    case FORECAST_SHORT:
        return arena_format(arena, "no forecast: %.0f hours of history, a day is needed",
                            trend->span / HOUR);
    case FORECAST_LOOSE:
        return arena_format(arena, "no forecast: a straight line explains only %.0f %% of %s",
                            trend->explained * 100, span);
    case FORECAST_LEFT:
        return arena_format(
            arena, "no forecast: more is available now than the trend over %s predicts", span);
    }
    return "";
}

static bool read_outlook(struct run *run, double available, struct outlook *ret, struct error *err)
{
    const struct capacity_options *options = run->options;
    double level = options->level.bytes;
    struct past past = {.now = {.value = available}};
    bool kept;
    if (!past_is_kept(run, 0, &kept, err) ||
        !(kept ? read_kept(run, &past, err) : read_log(run, &past, err)))
        return false;
    struct forecast forecast = forecast_of(past.points, past.count, &past.now, level);
    ret->known = forecast.verdict == FORECAST_REACHED || forecast.verdict == FORECAST_FALLING;
    ret->days = forecast.seconds / TREND_DAY;
    ret->text = describe_forecast(&forecast, level, run->arena);
    return true;
}

static const char *days_text(struct arena *arena, double days)
{
    return !(days > 0) ? "reached"
           : days < 1  ? arena_format(arena, "reached in %.2f days", days)
           : days < 10 ? arena_format(arena, "reached in %.1f days", days)
                       : arena_format(arena, "reached in %.0f days", days);
}

/* ---- telling ---- */

static void tell_fits(struct run *run, const struct capacity *capacity, struct text *line)
{
    const struct common_options *common = run->options;
    static const char *const origins[] = {
        [STARTUP_ASKED] = "--startup",
        [STARTUP_STOPPED] = "stopped",
        [STARTUP_RUNNING] = "running",
    };
    if (!(capacity->startup > 0)) {
        text_puts(line, capacity->origin == STARTUP_NO_VM ? "no VM is configured"
                                                          : "how many VMs can start is unknown");
        return;
    }
    text_printf(line, "%s more VM%s of %s can start (", SHOW(show_rounded, capacity->fits),
                capacity->fits == 1 ? "" : "s", SHOW(show_memory, capacity->startup));
    if (capacity->startup_of)
        text_printf(line, "like %s, ", SHOW_NAME(capacity->startup_of));
    text_printf(
        line, "%s)%s", origins[capacity->origin],
        check_limit(run->arena, capacity->fits, &common->warning, &common->critical, RANGE_NUMBER));
}

static void tell_first_line(struct run *run, const struct capacity *capacity,
                            const struct outlook *outlook, const char *limit, const char *unjudged)
{
    const struct capacity_options *options = run->options;
    struct text line = text_in(run->arena);
    tell_fits(run, capacity, &line);
    text_printf(&line, ", %s available", SHOW(show_memory, capacity->available));
    if (outlook->known)
        text_printf(&line, ", %s %s%s", SHOW(show_memory, options->level.bytes),
                    days_text(run->arena, outlook->days), limit);
    if (options->incoming.set && capacity->left < 0)
        text_printf(&line, ", %s short for --incoming", SHOW(show_memory, -capacity->left));
    else if (options->incoming.set)
        text_printf(&line, ", %s left with --incoming", SHOW(show_memory, capacity->left));
    text_puts(&line, unjudged);
    result_say(&run->result.root, "%s", text_of(&line));
}

/* A VM grows on its own NUMA node, and which that is is not told. */
static void tell_growth(struct run *run, const struct capacity *capacity)
{
    struct finding *root = &run->result.root;
    const char *name = capacity->farthest ? SHOW_NAME(capacity->farthest->name) : "";
    const char *distance = SHOW(show_memory, capacity->distance);
    if (!capacity->farthest)
        return;
    if (capacity->distance <= capacity->room_least)
        result_tell(root, "%s could still ask for %s, and the host has that", name, distance);
    else if (capacity->distance <= capacity->room_most)
        result_tell(root,
                    "%s could still ask for %s, but if it is on the NUMA node with the least "
                    "memory, that node is %s short of that",
                    name, distance, SHOW(show_memory, capacity->distance - capacity->room_least));
    else
        result_tell(root, "%s could still ask for %s, but the host is %s short of that", name,
                    distance, SHOW(show_memory, capacity->distance - capacity->room_most));
}

static void tell_rest(struct run *run, const struct vms *vms, const struct capacity *capacity,
                      const struct outlook *outlook)
{
    struct finding *root = &run->result.root;
    if (capacity->origin == STARTUP_UNKNOWN)
        result_say(
            result_add(root, STATE_UNKNOWN),
            "no VM's startup RAM is known: give the size of the VMs to start with --startup");
    for (size_t i = 0; i < vms->count; i++)
        if (vms->items[i].kind == VM_UNJUDGED)
            result_say(result_add(root, STATE_UNKNOWN), "%s is not counted: %s",
                       SHOW_NAME(vms->items[i].name), vms->items[i].problem);
    result_tell(root, "maximum RAM of the running VMs: %s, %s of the %s that the host has for VMs",
                SHOW(show_memory, capacity->maxima), SHOW(show_percent, capacity->overcommitment),
                SHOW(show_memory, capacity->for_vms));
    tell_growth(run, capacity);
    if (capacity->startup > 0 && capacity->fits < 1)
        result_tell(root, "a start that has failed already is event 3122 of Hyper-V-Worker-Admin, "
                          "and since Windows Server 2012 R2 also 19544 of Hyper-V-VMMS-Admin");
    result_tell(root, "%s", outlook->text);
    for (size_t i = 0; i < vms->balancer.missing_count; i++)
        result_note(root, "not read: %s", vms->balancer.missing[i]);
    check_note_vms(run, vms);
}

/* The days come last: they were the item that came and went. Returns the words for their limit. */
static const char *measure(struct run *run, const struct capacity *capacity,
                           const struct outlook *outlook)
{
    const struct capacity_options *options = run->options;
    struct finding *root = &run->result.root;
    const struct perfdata items[] = {
        {.label = "fits",
         .value = capacity->fits,
         .unknown = !(capacity->startup > 0),
         .unit = "",
         .warning = options->common.warning,
         .critical = options->common.critical},
        {.label = "startup",
         .value = capacity->startup,
         .unknown = !(capacity->startup > 0),
         .unit = "B"},
        {.label = "available", .value = capacity->available, .unit = "B"},
        {.label = "assigned",
         .value = capacity->assigned,
         .unit = "B",
         .maximum = capacity->for_vms},
        {.label = "overcommitment", .value = capacity->overcommitment, .unit = "%"},
        {.label = "growth", .value = capacity->distance, .unit = "B"},
    };
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        check_judge(root, &items[i], RANGE_NUMBER);
    if (options->incoming.set)
        result_measure(root,
                       (struct perfdata){.label = "left", .value = capacity->left, .unit = "B"});
    const struct perfdata days = {.label = "days",
                                  .value = outlook->days,
                                  .unknown = !outlook->known,
                                  .unit = "",
                                  .warning = options->days_warning,
                                  .critical = options->days_critical};
    return check_judge(root, &days, RANGE_NUMBER);
}

static bool run(struct run *run, struct error *err)
{
    const struct capacity_options *options = run->options;
    const struct vms_options read_options = {
        .balancer = true, .summaries = options->common.record, .ignore = &options->ignore};
    struct finding *root = &run->result.root;
    struct vms vms;
    struct demand look;
    if (!vms_read(run->source, &read_options, run->arena, &vms, err) ||
        !balancer_check(&vms.balancer, err) || !demand_of(&vms, run->arena, &look, err))
        return false;
    const struct capacity_question question = {.startup = options->startup.bytes,
                                               .keep = options->keep.bytes,
                                               .incoming = options->incoming.bytes};
    struct capacity capacity = capacity_of(&vms, &question);
    struct outlook outlook = {0};
    if (!read_outlook(run, capacity.available, &outlook, err))
        return false;

    const char *limit = measure(run, &capacity, &outlook);
    if (options->incoming.set && capacity.left < 0)
        root->state = state_worse(root->state, STATE_WARNING);
    tell_first_line(run, &capacity, &outlook, limit, check_count_unjudged(&vms, run->arena));
    check_tell_nodes(run, &look, STATE_WARNING);
    tell_rest(run, &vms, &capacity, &outlook);
    return true;
}

static const struct example examples[] = {
    {"", "On the host: can the largest stopped VM start, and will 1 GB be left in a week?"},
    {"--startup=2GB --keep=4GB -w 5: -c 1:", "How many VMs of 2 GB fit while 4 GB stay available."},
    {"--incoming=48GB", "On a node of a cluster: is there room for the VMs of another node?"},
    {0},
};

static const struct label labels[] = {
    {"fits", "", "VMs that can still start; thresholds -w, -c; U where no startup RAM is known",
     NULL},
    {"startup", "B", "the startup RAM used for fits; U where none is known", NULL},
    {"available", "B", "the balancer's Available Memory", NULL},
    {"assigned", "B",
     "memory that all running VMs hold; the maximum is all that the host has for VMs", NULL},
    {"overcommitment", "%",
     "maximum RAM of all running VMs, in percent of what the host has for VMs", NULL},
    {"growth", "B", "what the VM that is furthest below its maximum RAM could still ask for", NULL},
    {"left", "B", "memory left with --incoming; negative where it does not fit", "--incoming"},
    {"days", "",
     "days until --level; 0 where it is reached; U where nothing is forecast; thresholds "
     "--days-warning, --days-critical",
     NULL},
    {0},
};

const struct check check_hv_capacity = {
    .program = "check_hv_capacity",
    .brief = "tell how many more VMs a Hyper-V host can start, and when its memory runs out",
    .title = "HV CAPACITY",
    .purpose = "Tells how many more VMs a Hyper-V host can start, how far its memory is "
               "overcommitted, and when its available memory will run out.",
    .options = rows,
    .options_size = sizeof(struct capacity_options),
    .examples = examples,
    .labels = labels,
    .run = run,
};

CHECK_PROGRAM(check_hv_capacity)
