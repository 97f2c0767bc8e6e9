/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugins/check.h"

#include "hyperv/capacity.h"
#include "plugin/history.h"
#include "plugin/number.h"
#include "plugin/show.h"
#include "plugins/keep.h"

#include <math.h>
#include <string.h>

struct capacity_options {
    struct common_options common;
    struct memory_size startup, keep, incoming, level;
    struct range days_warning, days_critical;
    unsigned long window;
    const char *state_dir;
};

#define TARGET(member) offsetof(struct capacity_options, member)

static const struct option rows[] = {
    OPTION_THRESHOLDS(option_range, "1:", NULL,
                      "the number of VMs that can still start is outside RANGE."),
    {.name = "startup",
     .argument = "MB",
     .read = option_memory,
     .target = TARGET(startup),
     .help = "The startup RAM of those VMs. Without it, that of the stopped VM that has the most; "
             "where none is stopped, of the running one."},
    {.name = "keep",
     .argument = "MB",
     .read = option_memory,
     .target = TARGET(keep),
     .help = "What must stay available when they have started."},
    {.name = "incoming",
     .argument = "MB",
     .read = option_memory,
     .target = TARGET(incoming),
     .help = "What the VMs of another host of the cluster would need here if that host failed: "
             "WARNING if it does not fit."},
    {.name = "days-warning",
     .argument = "RANGE",
     .read = option_range,
     .target = TARGET(days_warning),
     .preset = "7:",
     .help = "WARNING if the days until the balancer's Available Memory meets --level are outside "
             "RANGE. Nothing is forecast from under a day of history, or where a straight line "
             "explains less than half of the variation."},
    {.name = "days-critical",
     .argument = "RANGE",
     .read = option_range,
     .target = TARGET(days_critical),
     .preset = "1:",
     .help = "CRITICAL if they are."},
    {.name = "level",
     .argument = "MB",
     .read = option_memory,
     .target = TARGET(level),
     .preset = "1024",
     .help =
         "The level that the forecast is for; where check_hv_balancer is CRITICAL, by default."},
    {.name = "window",
     .argument = "DAYS",
     .read = option_whole,
     .target = TARGET(window),
     .preset = "7",
     .least = 1,
     .most = 31,
     .help = "How much of the history the forecast looks at."},
    OPTION_STATE_DIR(struct capacity_options),
    {0},
};

/* ---- the history ---- */

enum { HOUR = 3600 };

/* Of a recorded log, the history is the log itself: a row of every hour before. */
static bool read_log(struct run *run, double window, double available, struct history *history,
                     struct error *err)
{
    double seconds[HISTORY_HOURS], values[HISTORY_HOURS];
    size_t count = 0;
    stamp now = source_moment(run->source).wall, last = now;
    for (unsigned long hour = 1; hour < HISTORY_HOURS && (double)hour * HOUR <= window; hour++) {
        struct source *earlier;
        struct balancer balancer;
        if (!source_earlier(run->source, hour * HOUR, run->arena, &earlier, err)) {
            if (!reading_is_absent(err))
                return false;
            break;
        }
        bool read = balancer_read(earlier, false, run->arena, &balancer, err);
        stamp wall = source_moment(earlier).wall;
        source_close(earlier);
        if (!read && !reading_is_absent(err))
            return false;
        if (!read || balancer.invalid || wall == last) /* a gap in the log */
            continue;
        last = wall;
        seconds[count] = (double)wall / 1000;
        values[count++] = balancer.available;
    }
    while (count--)
        if (!history_add(history, seconds[count], values[count], run->arena))
            return error_memory(err);
    return history_add(history, (double)now / 1000, available, run->arena) || error_memory(err);
}

static const char key[] = "hour";

/* On a live host, the history is what earlier runs kept: the least of every hour. */
static bool read_kept(struct run *run, double available, struct history *history, struct error *err)
{
    const struct capacity_options *options = run->options;
    struct keep keep;
    struct state_file file;
    struct state_file_entry entry;
    struct error why;
    if (!keep_read(&keep, run, options->state_dir, &file, &why))
        result_note(&run->result.root, "no history: %s", why.text);
    else
        while (state_file_next(&file, &entry))
            if (!strcmp(entry.key, key))
                history_parse(history, entry.value, run->arena);
    bool added = history_add(history, (double)clock_now() / 1000, available, run->arena);
    struct text *text = keep_anew(&keep);
    for (size_t i = 0; i < history->count; i++)
        state_file_add(text, key, "%s",
                       history_print((char[HISTORY_LINE_SIZE]){0}, &history->hours[i]));
    if (added && !keep_write(&keep, &why))
        keep_tell(run, "the history", "there is no forecast", &why);
    keep_close(&keep);
    return added || error_memory(err);
}

/* ---- judging ---- */

/* What the history says of the future. */
struct forecast {
    bool known; /* there is a line, and it falls */
    double days;
    enum state state;
    const char *text;
};

static bool read_forecast(struct run *run, double available, struct forecast *ret,
                          struct error *err)
{
    const struct capacity_options *options = run->options;
    struct arena *arena = run->arena;
    double window = (double)options->window * TREND_DAY;
    struct history history = {0};
    bool recorded = source_moment(run->source).recorded;
    if (recorded ? !read_log(run, window, available, &history, err)
                 : !read_kept(run, available, &history, err))
        return false;
    size_t count;
    const struct trend_point *points = history_points(&history, window, arena, &count);
    if (!points)
        return error_memory(err);
    struct trend trend;
    enum trend_verdict verdict = trend_fit(points, count, &trend);
    double days = trend_until(&trend, options->level.bytes) / TREND_DAY;
    const char *span = arena_format(arena, "%.1f days of history", trend.span / TREND_DAY);
    struct forecast forecast = {.state = STATE_OK};
    if (verdict == TREND_SHORT) {
        forecast.text = arena_format(arena, "no forecast: %.0f hours of history, a day is needed",
                                     trend.span / HOUR);
    } else if (verdict == TREND_LOOSE) {
        forecast.text = arena_format(arena, "no forecast: a line explains %.0f %% of %s",
                                     trend.explained * 100, span);
    } else if (isinf(days)) {
        forecast.text = arena_format(arena, "available memory does not fall in %s", span);
    } else {
        forecast.known = true;
        forecast.days = days;
        forecast.state = state_of(days, &options->days_warning, &options->days_critical);
        forecast.text = arena_format(arena, "%s less a day in %s (%.0f %% of it on a line)",
                                     SHOW(show_memory, larger(0, -trend.slope * TREND_DAY)), span,
                                     trend.explained * 100);
    }
    *ret = forecast;
    return (span && forecast.text) || error_memory(err);
}

static const char *days_text(struct arena *arena, double days)
{
    const char *text = days < 0.05 ? "reached"
                       : days < 10 ? arena_format(arena, "reached in %.1f days", days)
                                   : arena_format(arena, "reached in %.0f days", days);
    return text ? text : "";
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
    if (capacity->origin == STARTUP_UNKNOWN) {
        text_puts(line, "how many VMs can start is not known");
        return;
    }
    text_printf(line, "%s more VM%s of %s can start (", SHOW(show_rounded, capacity->fits),
                capacity->fits == 1 ? "" : "s", SHOW(show_memory, capacity->startup));
    if (capacity->startup_of)
        text_printf(line, "as %s, ", SHOW_NAME(capacity->startup_of));
    text_printf(
        line, "%s)%s", origins[capacity->origin],
        check_limit(run->arena, capacity->fits, &common->warning, &common->critical, RANGE_NUMBER));
}

static void tell_first_line(struct run *run, const struct capacity *capacity,
                            const struct forecast *forecast)
{
    const struct capacity_options *options = run->options;
    struct text line = {0};
    tell_fits(run, capacity, &line);
    text_printf(&line, ", %s available", SHOW(show_memory, capacity->available));
    if (forecast->known)
        text_printf(&line, ", %s %s%s", SHOW(show_memory, options->level.bytes),
                    days_text(run->arena, forecast->days),
                    check_limit(run->arena, forecast->days, &options->days_warning,
                                &options->days_critical, RANGE_NUMBER));
    if (options->incoming.set && capacity->left < 0)
        text_printf(&line, ", %s short for --incoming", SHOW(show_memory, -capacity->left));
    else if (options->incoming.set)
        text_printf(&line, ", %s left with --incoming", SHOW(show_memory, capacity->left));
    result_say(&run->result.root, "%s", line.bytes ? line.bytes : "");
    run->result.failed = run->result.failed || line.failed;
    text_free(&line);
}

static void tell_rest(struct run *run, const struct vms *vms, const struct capacity *capacity,
                      const struct forecast *forecast)
{
    struct finding *root = &run->result.root;
    for (size_t i = 0; i < vms->count; i++)
        if (vms->items[i].kind == VM_UNJUDGED)
            result_say(result_add(root, STATE_UNKNOWN), "%s is not counted: %s",
                       SHOW_NAME(vms->items[i].name), vms->items[i].problem);
    result_tell(root, "maximum RAM of the running VMs: %s, %s of the %s that there is for them",
                SHOW(show_memory, capacity->maxima), SHOW(show_percent, capacity->overcommitment),
                SHOW(show_memory, capacity->for_vms));
    const struct vm *vm = capacity->farthest;
    if (vm && capacity->distance <= capacity->available)
        result_tell(root, "%s is farthest from its maximum and could grow there: by %s",
                    SHOW_NAME(vm->name), SHOW(show_memory, capacity->distance));
    else if (vm)
        result_tell(root,
                    "%s is farthest from its maximum and could not grow there: it lacks %s "
                    "of %s",
                    SHOW_NAME(vm->name),
                    SHOW(show_memory, capacity->distance - capacity->available),
                    SHOW(show_memory, capacity->distance));
    result_tell(root, "%s", forecast->text);
    for (size_t i = 0; i < vms->balancer.missing_count; i++)
        result_note(root, "not read: %s", vms->balancer.missing[i]);
}

static void measure(struct run *run, const struct capacity *capacity,
                    const struct forecast *forecast)
{
    const struct capacity_options *options = run->options;
    struct finding *root = &run->result.root;
    if (capacity->origin != STARTUP_UNKNOWN)
        result_measure(root, (struct perfdata){.label = "fits",
                                               .value = capacity->fits,
                                               .unit = "",
                                               .warning = options->common.warning,
                                               .critical = options->common.critical});
    const struct perfdata items[] = {
        {.label = "startup", .value = capacity->startup, .unit = "B"},
        {.label = "available", .value = capacity->available, .unit = "B"},
        {.label = "assigned",
         .value = capacity->assigned,
         .unit = "B",
         .maximum = capacity->for_vms},
        {.label = "overcommitment", .value = capacity->overcommitment, .unit = "%"},
        {.label = "growth", .value = capacity->distance, .unit = "B"},
    };
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        result_measure(root, items[i]);
    if (options->incoming.set)
        result_measure(root,
                       (struct perfdata){.label = "left", .value = capacity->left, .unit = "B"});
    if (forecast->known) /* last, as it comes and goes */
        result_measure(root, (struct perfdata){.label = "days",
                                               .value = forecast->days,
                                               .unit = "",
                                               .warning = options->days_warning,
                                               .critical = options->days_critical});
}

static bool run(struct run *run, struct error *err)
{
    static const struct vms_options read_options = {.balancer = true};
    const struct capacity_options *options = run->options;
    struct finding *root = &run->result.root;
    struct vms vms;
    if (!vms_read(run->source, &read_options, run->arena, &vms, err) ||
        !balancer_check(&vms.balancer, err))
        return false;
    const struct capacity_question question = {.startup = options->startup.bytes,
                                               .keep = options->keep.bytes,
                                               .incoming = options->incoming.bytes};
    struct capacity capacity = capacity_of(&vms, &question);
    struct forecast forecast = {0};
    if (!read_forecast(run, capacity.available, &forecast, err))
        return false;

    root->state =
        capacity.origin == STARTUP_UNKNOWN
            ? STATE_UNKNOWN
            : state_of(capacity.fits, &options->common.warning, &options->common.critical);
    root->state = state_worse(root->state, forecast.state);
    if (options->incoming.set && capacity.left < 0)
        root->state = state_worse(root->state, STATE_WARNING);
    measure(run, &capacity, &forecast);
    tell_first_line(run, &capacity, &forecast);
    tell_rest(run, &vms, &capacity, &forecast);
    return true;
}

static const struct example examples[] = {
    {"", "On the host: can the largest stopped VM start, and will 1 GB be left in a week?"},
    {"--startup=2GB --keep=4GB -w 5: -c 1:", "How many VMs of 2 GB fit while 4 GB stay available."},
    {"--incoming=48GB", "On a node of a cluster: is there room for the VMs of another node?"},
    {0},
};

const struct check check_hv_capacity = {
    .program = "check_hv_capacity",
    .title = "HV CAPACITY",
    .purpose = "Tells how many more VMs a Hyper-V host can start, how far its memory is "
               "overcommitted, and when\nwhat is available will have run out.",
    .options = rows,
    .options_size = sizeof(struct capacity_options),
    .examples = examples,
    .run = run,
};
