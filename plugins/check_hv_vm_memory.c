/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/nodes.h"

#include "hyperv/cluster.h"
#include "hyperv/pressure.h"
#include "hyperv/vm_labels.h"
#include "hyperv/vms.h"
#include "plugin/name.h"
#include "plugin/scan.h"
#include "plugin/show.h"

#include <string.h>

/* Thresholds of their own for the VMs that a glob matches. */
struct override {
    struct override *next;
    const char *glob;
    struct range warning, critical; /* not set: as for all */
};

/* A limit of pressure: the same for all, or each VM's own by its buffer. */
struct pressure_limit {
    struct range range;
    bool automatic;
};

struct vm_options {
    struct common_options common;
    struct text_list include, exclude;
    struct override *overrides; /* in the order given; the first match counts */
    struct text_list ignore;
    struct range gate;
    struct pressure_limit pressure_warning, pressure_critical;
    struct range guest_warning, guest_critical;
    struct memory_size maximum;
    unsigned absent; /* enum state */
    unsigned label;
    bool all_counters;
    struct node_options_given nodes;
};

#define TARGET(member) offsetof(struct vm_options, member)

/* GLOB,warning=RANGE,critical=RANGE: one of both may be left out. The glob may hold commas. */
static bool read_override(const struct option *option, const char *value, void *target,
                          struct arena *arena, struct error *err)
{
    static const char *const keys[] = {",warning=", ",critical="};
    struct override **list = target;
    struct override *override = ARENA_NEW(arena, struct override);
    char *rest = arena_text(arena, value, strlen(value));
    (void)option;
    if (!override || !rest)
        return error_memory(err);
    struct range *const ranges[] = {&override->warning, &override->critical};
    for (;;) { /* from the end: the last ",key=" begins the last range */
        char *last = NULL;
        size_t which = 0;
        for (size_t i = 0; i < 2; i++)
            for (char *at = scan_find(rest, keys[i]); at; at = scan_find(at + 1, keys[i]))
                if (!last || at > last) {
                    last = at;
                    which = i;
                }
        if (!last)
            break;
        if (ranges[which]->set)
            return error_set(err, "'%s': %.8s is given twice", SHOW_NAME(value), last + 1);
        if (!range_parse(last + strlen(keys[which]), RANGE_PERCENT, ranges[which], err))
            return false;
        *last = '\0';
    }
    if (!*rest || (!override->warning.set && !override->critical.set))
        return error_set(err, "'%s': expected GLOB,warning=RANGE,critical=RANGE", SHOW_NAME(value));
    override->glob = rest;
    while (*list)
        list = &(*list)->next;
    *list = override;
    return true;
}

static bool read_pressure(const struct option *option, const char *value, void *target,
                          struct arena *arena, struct error *err)
{
    struct pressure_limit *limit = target;
    *limit = (struct pressure_limit){.automatic = !strcmp(value, "auto")};
    return limit->automatic || option_percent_range(option, value, &limit->range, arena, err);
}

/* In the order of enum state. */
static const char *const states[] = {"ok", "warning", "critical", "unknown", NULL};
static const char *const label_modes[] = {[LABEL_NAME] = "name", [LABEL_GUID] = "guid", NULL};

static const struct option rows[] = {
    OPTION_THRESHOLDS(option_percent_range, "90", "98",
                      "the Physical Memory of a VM is outside RANGE, in percent of its effective "
                      "maximum RAM: the configured one, or all that the host has for VMs (what "
                      "they hold plus what the balancer still has) if that is less."),
    {.name = "include",
     .argument = "GLOB",
     .read = option_texts,
     .target = TARGET(include),
     .repeats = true,
     .help = "Only VMs whose name matches (* and ?, ignoring case). --absent sets the state if no "
             "VM of the host, running or stopped, matches."},
    {.name = "absent",
     .argument = "unknown|ok|warning|critical",
     .read = option_choice,
     .target = TARGET(absent),
     .preset = "unknown",
     .choices = states,
     .help = "The state if no VM of this host, or of any node, matches an --include. Use ok where "
             "VMs move between the nodes of a cluster and each node has the same service. While a "
             "node does not answer, the state is unknown."},
    {.name = "exclude",
     .argument = "GLOB",
     .read = option_texts,
     .target = TARGET(exclude),
     .repeats = true,
     .help = "Leave out VMs whose name matches. UNKNOWN if this leaves no VM for an --include."},
    OPTION_IGNORE_INSTANCE(struct vm_options),
    {.name = "override",
     .argument = "GLOB,warning=RANGE,critical=RANGE",
     .read = read_override,
     .target = TARGET(overrides),
     .repeats = true,
     .help = "Other thresholds for VMs whose name matches; the first match counts."},
    {.name = "pressure-gate",
     .argument = "RANGE",
     .read = option_percent_range,
     .target = TARGET(gate),
     .help = "A VM alarms only while its Average Pressure is outside RANGE too, or is not known: "
             "--pressure-gate=100 for databases, which fill their maximum without being short of "
             "memory."},
    {.name = "pressure-warning",
     .argument = "RANGE|auto",
     .read = read_pressure,
     .target = TARGET(pressure_warning),
     .help = "WARNING if a VM's Average Pressure is outside RANGE. With auto, each VM has a limit "
             "of its own: where Hyper-V itself shows Low, as less than 80 % of the VM's buffer is "
             "left; with the usual buffer of 20 % that is above 86.2 %. UNKNOWN where the "
             "pressure, or for auto the buffer, is not known."},
    {.name = "pressure-critical",
     .argument = "RANGE|auto",
     .read = read_pressure,
     .target = TARGET(pressure_critical),
     .help = "CRITICAL if a VM's Average Pressure is outside RANGE. With auto: above 100 %, where "
             "a VM needs more than it has and Hyper-V shows Warning."},
    {.name = "guest-warning",
     .argument = "RANGE",
     .read = option_memory_range,
     .target = TARGET(guest_warning),
     .preset = "64:",
     .help = "WARNING if the memory that a VM's guest reports as available is outside RANGE; in "
             "MB, with a unit (512MB:, 2GB:), or in percent of what the VM holds. Judged on hosts "
             "with the counter Guest Available Memory, which up to Windows Server 2019 is missing. "
             "~: never alarms."},
    {.name = "guest-critical",
     .argument = "RANGE",
     .read = option_memory_range,
     .target = TARGET(guest_critical),
     .preset = "32:",
     .help = "CRITICAL if the memory that a VM's guest reports as available is outside RANGE."},
    {.name = "maximum",
     .argument = "MB",
     .read = option_memory,
     .target = TARGET(maximum),
     .least = MEGABYTE,
     .help = "The maximum RAM of VMs whose settings can't be read."},
    {.name = "label",
     .argument = "name|guid",
     .read = option_choice,
     .target = TARGET(label),
     .preset = "name",
     .choices = label_modes,
     .help =
         "What perfdata labels are made of. VMs whose name is not ASCII always get their GUID."},
    {.name = "all-counters",
     .read = option_flag,
     .target = TARGET(all_counters),
     .help = "Also show every counter of every VM."},
    OPTIONS_NODES(struct vm_options,
                  " whose VMs are watched, in place of --source, so that one service follows a VM "
                  "through the cluster"),
    {0},
};

/* ---- which VMs ---- */

static bool is_chosen(const struct vm_options *options, const char *name)
{
    return (!options->include.count || text_list_matches(&options->include, name)) &&
           !text_list_matches(&options->exclude, name);
}

static unsigned count_chosen(const struct vm_options *options, const char *const *names,
                             size_t count)
{
    unsigned chosen = 0;
    for (size_t i = 0; i < count; i++)
        chosen += is_chosen(options, names[i]);
    return chosen;
}

/* Does --include=glob mean a VM, running or stopped, and one that --exclude leaves? */
struct matches {
    bool any, chosen;
};

static void note_match(struct matches *matches, const struct vm_options *options, const char *glob,
                       const char *name)
{
    if (!name_matches(glob, name))
        return;
    matches->any = true;
    matches->chosen |= !text_list_matches(&options->exclude, name);
}

static struct matches find_matches(const struct vm_options *options, const char *glob,
                                   const struct vms *vms)
{
    struct matches matches = {0};
    for (size_t i = 0; i < vms->count; i++)
        note_match(&matches, options, glob, vms->items[i].name);
    for (size_t i = 0; i < vms->stopped_count; i++)
        note_match(&matches, options, glob, vms->stopped[i]);
    return matches;
}

/* ---- one VM ---- */

/* A VM that was judged. */
struct judged {
    const struct vm *vm;
    const char *node;               /* where it runs; NULL: a single host was asked */
    struct range warning, critical; /* in percent of its maximum */
    struct range pressure_warning, pressure_critical;
    struct range guest_warning, guest_critical; /* in bytes */
    double percent;
    enum state state;
    enum state level, guest; /* of that, what its RAM is, and what its guest has */
    bool gated;              /* it would alarm, but its pressure is within the gate */
    const char *open;        /* that its pressure can't be judged; NULL: it can, or need not be */
};

/* Where a VM's effective maximum is known within bounds only, is the verdict the same at both? */
static bool is_certain(const struct judged *judged)
{
    const struct vm *vm = judged->vm;
    return state_of(vm->physical / vm->maximum_least * 100, &judged->warning, &judged->critical) ==
           state_of(vm->physical / vm->maximum * 100, &judged->warning, &judged->critical);
}

/* False: what it depends on is not known. */
static bool find_limit(const struct pressure_limit *limit, double automatic, const struct vm *vm,
                       struct range *ret)
{
    *ret = limit->range;
    if (limit->automatic)
        *ret = (struct range){.end = automatic, .set = true};
    return !ret->set || (vm->has_pressure && (!limit->automatic || vm->buffer > 0));
}

/* The limits for one VM's pressure, and its state. */
static enum state judge_pressure(const struct vm_options *options, struct judged *judged)
{
    const struct vm *vm = judged->vm;
    bool known = find_limit(&options->pressure_warning, pressure_low(vm->buffer), vm,
                            &judged->pressure_warning);
    known =
        find_limit(&options->pressure_critical, PRESSURE_WARNING, vm, &judged->pressure_critical) &&
        known;
    if (!known)
        judged->open = !vm->has_pressure ? "which can't be judged"
                                         : "which auto can't judge: its buffer is not reported";
    if (!vm->has_pressure)
        return known ? STATE_OK : STATE_UNKNOWN;
    return state_worse(
        known ? STATE_OK : STATE_UNKNOWN,
        state_of(vm->pressure, &judged->pressure_warning, &judged->pressure_critical));
}

static enum state judge_guest(const struct vm_options *options, struct judged *judged)
{
    const struct vm *vm = judged->vm;
    judged->guest_warning = range_of_total(options->guest_warning, vm->physical);
    judged->guest_critical = range_of_total(options->guest_critical, vm->physical);
    return vm->has_guest_available
               ? state_of(vm->guest_available, &judged->guest_warning, &judged->guest_critical)
               : STATE_OK;
}

/* The table's VM becomes one that can't be judged where its verdict is not certain. */
static struct judged judge(const struct vm_options *options, struct vm *vm, const char *node)
{
    struct judged judged = {.vm = vm,
                            .node = node,
                            .warning = options->common.warning,
                            .critical = options->common.critical};
    for (const struct override *o = options->overrides; o; o = o->next)
        if (name_matches(o->glob, vm->name)) {
            judged.warning = o->warning.set ? o->warning : judged.warning;
            judged.critical = o->critical.set ? o->critical : judged.critical;
            break;
        }
    if (vm->kind == VM_DYNAMIC && !is_certain(&judged))
        vm->kind = VM_UNJUDGED;
    if (vm->kind == VM_UNJUDGED)
        judged.state = STATE_UNKNOWN;
    if (vm->kind != VM_DYNAMIC)
        return judged;
    judged.percent = vm->physical / vm->maximum * 100;
    judged.level = state_of(judged.percent, &judged.warning, &judged.critical);
    judged.gated = judged.level != STATE_OK && options->gate.set && vm->has_pressure &&
                   !range_alarms(&options->gate, vm->pressure);
    if (judged.gated)
        judged.level = STATE_OK;
    judged.guest = judge_guest(options, &judged);
    judged.state = state_worse(judged.level, judged.guest);
    judged.state = state_worse(judged.state, judge_pressure(options, &judged));
    if (vm->paging)
        judged.state = state_worse(judged.state, STATE_WARNING);
    return judged;
}

static const char *pressure_text(const struct vm *vm, struct arena *arena)
{
    return vm->has_pressure ? arena_format(arena, "pressure %s", SHOW(show_percent, vm->pressure))
                            : "pressure unknown";
}

/* "web01", or "web01 on HV02". */
static const char *name_text(const struct judged *judged, struct arena *arena)
{
    const char *name = SHOW_NAME(judged->vm->name);
    return judged->node ? arena_format(arena, "%s on %s", name, SHOW_NAME(judged->node))
                        : arena_format(arena, "%s", name);
}

/* "web01 at 99 % of 4096 MB" */
static const char *level_text(const struct judged *judged, struct arena *arena)
{
    const struct vm *vm = judged->vm;
    return arena_format(arena, "%s at %s of %s%s", name_text(judged, arena),
                        SHOW(show_percent, judged->percent), SHOW(show_memory, vm->maximum),
                        vm->bounded ? " (all that the host has for VMs)"
                        : vm->given ? " (--maximum)"
                                    : "");
}

/* ", pressure 107 % (warning above 86.2 %), now 112 %" */
static void tell_pressure(const struct judged *judged, struct arena *arena, struct text *line)
{
    const struct vm *vm = judged->vm;
    text_printf(line, ", %s", pressure_text(vm, arena));
    if (vm->has_pressure)
        text_puts(line, check_limit(arena, vm->pressure, &judged->pressure_warning,
                                    &judged->pressure_critical, RANGE_PERCENT));
    if (vm->has_current_pressure && vm->current_pressure != vm->pressure)
        text_printf(line, ", now %s", SHOW(show_percent, vm->current_pressure));
    if (judged->open)
        text_printf(line, ", %s", judged->open);
    if (vm_is_dormant(vm))
        text_puts(line, " (its guest reports nothing and it holds its startup RAM: with nested "
                        "virtualization or an assigned device, Dynamic Memory does not work)");
    else if (vm->summary && vm->summary->silent)
        text_puts(line, " (its guest reports nothing)");
}

/* Of what newer hosts tell besides. */
static void tell_newer(const struct judged *judged, struct finding *finding, struct text *line)
{
    const struct vm *vm = judged->vm;
    struct arena *arena = finding->result->arena;
    const char *status = vm_status(vm);
    if (vm->has_guest_available)
        text_printf(line, ", %s available in its guest%s", SHOW(show_memory, vm->guest_available),
                    check_limit(arena, vm->guest_available, &judged->guest_warning,
                                &judged->guest_critical, RANGE_MEMORY));
    if (vm->paging)
        text_puts(line, ", runs from its smart paging file on the host's disk");
    if (vm->paging && vm->smart_paging > 0)
        text_printf(line, " (%s of it)", SHOW(show_memory, vm->smart_paging));
    if (status && finding->result->verbose)
        text_printf(line, ", Hyper-V says %s", status);
}

/* At -v, whose perfdata it is: ", label 728BC061" where the label is not the name's. */
static const char *label_text(const struct vm *vm, const char *label, const struct result *result)
{
    const char *plain = name_label(vm->name, result->arena);
    if (!result->verbose || !label || (plain && !strcmp(plain, label)))
        return "";
    return arena_format(result->arena, ", label %s", label);
}

static void tell_vm(const struct judged *judged, const char *label, struct finding *finding)
{
    const struct vm *vm = judged->vm;
    struct arena *arena = finding->result->arena;
    const char *name = name_text(judged, arena);
    const char *whose = label_text(vm, label, finding->result);
    if (vm->kind == VM_UNJUDGED) {
        result_say(finding, "%s can't be judged: %s%s", name, vm->problem, whose);
        return;
    }
    struct text line = text_in(arena);
    if (vm->kind == VM_STATIC) {
        text_printf(&line, "%s: %s, static", name, SHOW(show_memory, vm->physical));
        if (vm->summary && vm->has_pressure)
            text_printf(&line, ", demands %s",
                        SHOW(show_memory, vm->physical * vm->pressure / 100));
        tell_newer(judged, finding, &line);
        result_say(finding, "%s", text_of(&line));
        return;
    }
    text_printf(
        &line, "%s%s", level_text(judged, arena),
        check_limit(arena, judged->percent, &judged->warning, &judged->critical, RANGE_PERCENT));
    tell_pressure(judged, arena, &line);
    tell_newer(judged, finding, &line);
    if (judged->gated)
        text_puts(&line, ", suppressed because its pressure is within --pressure-gate");
    else if (judged->level != STATE_OK && vm->has_pressure && vm->pressure < 100)
        text_puts(&line, ", not short of memory: if this is normal for this VM, use "
                         "--pressure-gate=100");
    if (vm->namesakes > 1)
        text_printf(&line, ", one of %u VMs of this name, which counters can't tell apart",
                    vm->namesakes);
    result_say(finding, "%s%s", text_of(&line), whose);
}

static bool tells(const struct vms *vms, enum vm_counter counter)
{
    return vms->told & 1u << counter;
}

/* One that can't be judged just now keeps its items, without values. */
static void measure_vm(const struct judged *judged, const struct vms *vms, const char *label,
                       struct finding *finding)
{
    const struct vm *vm = judged->vm;
    struct arena *arena = finding->result->arena;
    bool known = vm->kind == VM_DYNAMIC;
    if (vm->kind == VM_STATIC || !label || !result_has_room(finding->result))
        return;
    const char *physical = arena_format(arena, "%s_physical", label);
    const char *pressure = arena_format(arena, "%s_pressure", label);
    const char *guest = arena_format(arena, "%s_guest_available", label);
    struct perfdata items[] = {
        {.label = physical, .value = vm->physical, .unknown = !known, .unit = "B"},
        {.label = pressure,
         .value = vm->pressure,
         .unknown = !vm->has_pressure,
         .unit = "%",
         .warning = judged->pressure_warning,
         .critical = judged->pressure_critical},
        {.label = guest,
         .value = vm->guest_available,
         .unknown = !vm->has_guest_available,
         .unit = "B",
         .warning = judged->guest_warning,
         .critical = judged->guest_critical},
    };
    if (known) {
        items[0].warning = range_scaled(judged->warning, vm->maximum / 100);
        items[0].critical = range_scaled(judged->critical, vm->maximum / 100);
        items[0].maximum = vm->maximum;
    }
    size_t count = sizeof items / sizeof *items;
    if (!tells(vms, VM_GUEST_AVAILABLE))
        count--;
    for (size_t i = 0; i < count; i++)
        result_measure(finding, items[i]);
}

/* A line and perfdata of all counters that --all-counters read. */
static void tell_counters(const struct vms *vms, const struct vm *vm, const char *label,
                          struct finding *finding)
{
    struct result *result = finding->result;
    struct text line = text_in(result->arena);
    for (size_t i = 0; vm->values && i < VM_COUNTERS; i++) {
        const struct counter_name *counter = &vm_counter_names[i];
        if (counter->newer && !tells(vms, (enum vm_counter)i))
            continue;
        if (vm->has_value[i]) {
            text_puts(&line, line.length ? ", " : "");
            check_show_counter(counter, vm->values[i], &line);
        }
        bool is_measured = i < VM_NEEDED || i == VM_GUEST_AVAILABLE;
        if (!label || is_measured || !result_has_room(result))
            continue;
        const char *item = arena_format(result->arena, "%s_%s", label, counter->label);
        struct perfdata value = check_counter_perfdata(item, counter->unit, vm->values[i]);
        value.unknown = !vm->has_value[i];
        result_measure(finding, value);
    }
    if (line.length)
        result_tell(&result->root, "%s: %s", SHOW_NAME(vm->name), line.bytes);
}

/* ---- all VMs ---- */

struct summary {
    unsigned running, dynamic, stopped, excluded, gated, paging, states[4];
    double worst_pressure, physical;
    bool has_pressure;      /* of any that is judged */
    const char *no_such_vm; /* the first --include that no VM matches; NULL: none */
    size_t silent_nodes;    /* that do not answer */
    const char *emptied;    /* the first of whose VMs --exclude leaves none; NULL: none */
    struct judged worst;    /* the VM to name first; vm NULL: none is judged */
};

static void count_vm(struct summary *summary, const struct judged *judged)
{
    const struct vm *vm = judged->vm;
    summary->running++;
    summary->states[judged->state]++;
    summary->physical += vm->physical;
    summary->gated += judged->gated;
    summary->paging += vm->kind == VM_DYNAMIC && vm->paging;
    if (vm->kind != VM_DYNAMIC)
        return;
    summary->dynamic++;
    summary->has_pressure = summary->has_pressure || vm->has_pressure;
    if (vm->has_pressure && vm->pressure > summary->worst_pressure)
        summary->worst_pressure = vm->pressure;
    const struct judged *worst = &summary->worst;
    bool worse = !worst->vm || (judged->state != worst->state &&
                                state_worse(worst->state, judged->state) == judged->state);
    if (worse || (judged->state == worst->state && judged->percent > worst->percent))
        summary->worst = *judged;
}

static void tell_count(struct text *line, unsigned count, const char *what)
{
    if (count)
        text_printf(line, ", %u %s", count, what);
}

/* ", 1 of 8 VMs critical, 2 warning"; of a single VM the state has said it already. */
static void tell_alarms(struct text *line, const struct summary *summary)
{
    unsigned critical = summary->states[STATE_CRITICAL], warning = summary->states[STATE_WARNING];
    if (summary->running == 1)
        return;
    if (critical)
        text_printf(line, ", %u of %u VMs critical", critical, summary->running);
    if (warning && critical)
        text_printf(line, ", %u warning", warning);
    else if (warning)
        text_printf(line, ", %u of %u VMs warning", warning, summary->running);
    else if (!critical)
        text_printf(line, " is the fullest of %u VMs", summary->running);
}

/* What else than its RAM the worst one alarms for. */
static const char *other_alarms(const struct judged *judged, struct arena *arena)
{
    const struct vm *vm = judged->vm;
    const char *guest = "";
    if (judged->guest != STATE_OK)
        guest = arena_format(arena, ", %s available in its guest",
                             SHOW(show_memory, vm->guest_available));
    return arena_format(arena, "%s%s", guest, vm->paging ? ", smart paging" : "");
}

static void tell_summary(struct run *run, const struct summary *summary)
{
    struct text line = text_in(run->arena);
    if (summary->worst.vm) {
        text_printf(&line, "%s (%s%s)", level_text(&summary->worst, run->arena),
                    pressure_text(summary->worst.vm, run->arena),
                    other_alarms(&summary->worst, run->arena));
        tell_alarms(&line, summary);
    } else if (summary->running) {
        text_printf(&line, "%u VM%s", summary->running, summary->running == 1 ? "" : "s");
        if (!summary->states[STATE_UNKNOWN])
            text_puts(&line, ", none with Dynamic Memory");
    } else if (summary->excluded) {
        text_printf(&line, "no VM is selected, %u running", summary->excluded);
    } else if (summary->no_such_vm && !summary->stopped) {
        text_puts(&line, "nothing to judge");
    } else {
        text_puts(&line, "no VM is running");
    }
    tell_count(&line, summary->states[STATE_UNKNOWN], "can't be judged");
    tell_count(&line, summary->gated, "suppressed by --pressure-gate");
    tell_count(&line, summary->stopped, "stopped");
    if (summary->no_such_vm)
        text_printf(&line, ", no VM matches --include=%s", SHOW_NAME(summary->no_such_vm));
    if (summary->silent_nodes)
        text_printf(&line, ", %zu node%s not answer", summary->silent_nodes,
                    summary->silent_nodes == 1 ? " does" : "s do");
    if (summary->emptied)
        text_printf(&line, ", --exclude leaves no VM for --include=%s",
                    SHOW_NAME(summary->emptied));
    result_say(&run->result.root, "%s", text_of(&line));
}

/* Thresholds are those that were applied: the named VM's. */
static void measure_summary(struct run *run, const struct vm_options *options,
                            const struct summary *summary, bool tells_paging)
{
    struct finding *root = &run->result.root;
    const struct judged *worst = &summary->worst;
    struct perfdata level = {.label = "worst",
                             .value = worst->percent,
                             .unknown = !worst->vm,
                             .unit = "%",
                             .warning = options->common.warning,
                             .critical = options->common.critical};
    if (worst->vm) {
        level.warning = worst->warning;
        level.critical = worst->critical;
    }
    struct perfdata pressure =
        check_counter_perfdata("worst_pressure", UNIT_PERCENT, summary->worst_pressure);
    pressure.unknown = !summary->has_pressure;
    result_measure(root, level);
    result_measure(root, pressure);
    result_measure(root, (struct perfdata){
                             .label = "physical_total", .value = summary->physical, .unit = "B"});
    const struct {
        const char *label;
        unsigned value;
    } counts[] = {
        {"critical", summary->states[STATE_CRITICAL]},
        {"warning", summary->states[STATE_WARNING]},
        {"unknown", summary->states[STATE_UNKNOWN]},
        {"running", summary->running},
        {"dynamic", summary->dynamic},
        {"stopped", summary->stopped},
        {"smart_paging", summary->paging},
    };
    for (size_t i = 0; i < sizeof counts / sizeof *counts - !tells_paging; i++)
        result_measure(root, (struct perfdata){
                                 .label = counts[i].label, .value = counts[i].value, .unit = ""});
}

static void note_rest(struct run *run, const struct vm_options *options, const struct vms *vms)
{
    struct finding *root = &run->result.root;
    for (size_t i = 0; i < vms->stopped_count; i++)
        if (is_chosen(options, vms->stopped[i]))
            result_note(root, "stopped: %s", SHOW_NAME(vms->stopped[i]));
    check_note_vms(run, vms);
}

/* A name that no VM has is a mistake, a VM that was renamed, or one that moved to another node:
 * nobody would watch it here. */
static void judge_includes(struct run *run, const struct vm_options *options, const struct vms *vms,
                           const struct nodes *nodes, struct summary *summary)
{
    const char *where = nodes->silent  ? "of the nodes that answer"
                        : nodes->count ? "of any node"
                                       : "of this host";
    struct finding *root = &run->result.root;
    for (size_t i = 0; i < options->include.count; i++) {
        const char *glob = options->include.items[i];
        struct matches matches = find_matches(options, glob, vms);
        if (!matches.any) {
            summary->no_such_vm = summary->no_such_vm ? summary->no_such_vm : glob;
            result_say(
                result_add(root, nodes->silent ? STATE_UNKNOWN : (enum state)options->absent),
                "no VM %s matches --include=%s", where, SHOW_NAME(glob));
        } else if (!matches.chosen) {
            summary->emptied = summary->emptied ? summary->emptied : glob;
            result_say(result_add(root, STATE_UNKNOWN),
                       "--exclude leaves out every VM that matches --include=%s", SHOW_NAME(glob));
        }
    }
}

/* The VMs of one host, or of all nodes; and of these, which each VM is on. */
struct watched {
    struct vms vms;
    struct nodes nodes;   /* none: of one host */
    const uint32_t *node; /* of each VM; NULL: of one host */
};

static bool read_watched(struct run *run, const struct vm_options *options, struct watched *ret,
                         struct error *err)
{
    const bool by_buffer =
        options->pressure_warning.automatic || options->pressure_critical.automatic;
    const bool complete = run->result.verbose || options->common.record;
    const unsigned now = 1u << VM_CURRENT_PRESSURE; /* over WinRM each counter costs something */
    const struct vms_options read_options = {
        .counters =
            options->all_counters ? VM_ALL_COUNTERS : VM_SHOWN_COUNTERS | (complete ? now : 0),
        .maximum = options->maximum.bytes,
        .limits_only = !by_buffer,
        .summaries = complete,
        .ignore = &options->ignore};
    const struct node_options node_options = {.vms = read_options};
    const char **twice;
    size_t twice_count;
    uint32_t *node;
    *ret = (struct watched){0};
    if (!node_list_given(&options->nodes))
        return vms_read(run->source, &read_options, run->arena, &ret->vms, err);
    if (!nodes_read(run, &options->nodes, &node_options, &ret->nodes, err) ||
        !nodes_any(&ret->nodes, err) ||
        !cluster_merge(ret->nodes.items, ret->nodes.count, run->arena, &ret->vms, &node, &twice,
                       &twice_count, err))
        return false;
    ret->node = node;
    for (size_t i = 0; i < twice_count; i++)
        result_note(&run->result.root, "%s was seen on two nodes: judged where it runs",
                    SHOW_NAME(twice[i]));
    return true;
}

/* What is on a node that does not answer is not known. Whoever asked for VMs that are all found
 * elsewhere misses nothing. */
static void judge_nodes(struct run *run, const struct vm_options *options,
                        const struct watched *watched, const struct summary *summary)
{
    bool all_found = options->include.count && !summary->no_such_vm;
    for (size_t i = 0; i < watched->nodes.count; i++) {
        const struct node *node = &watched->nodes.items[i];
        if (!node->problem)
            continue;
        if (all_found)
            result_tell(&run->result.root, "%s does not answer: %s", SHOW_NAME(node->name),
                        node->problem);
        else
            result_say(result_add(&run->result.root, STATE_UNKNOWN),
                       "%s does not answer, so its VMs are not known: %s", SHOW_NAME(node->name),
                       node->problem);
    }
}

static void judge_vms(struct run *run, const struct vm_options *options, struct watched *watched,
                      const char *const *names, struct summary *summary)
{
    for (size_t i = 0; i < watched->vms.count; i++) {
        struct vm *vm = &watched->vms.items[i];
        if (!is_chosen(options, vm->name)) {
            summary->excluded++;
            continue;
        }
        const char *node = watched->node ? watched->nodes.items[watched->node[i]].name : NULL;
        struct judged judged = judge(options, vm, node);
        struct finding *finding = result_add(&run->result.root, judged.state);
        if (judged.state != STATE_OK || run->result.verbose)
            tell_vm(&judged, names[i], finding);
        measure_vm(&judged, &watched->vms, names[i], finding);
        if (options->all_counters)
            tell_counters(&watched->vms, vm, names[i], finding);
        count_vm(summary, &judged);
    }
}

static bool run(struct run *run, struct error *err)
{
    const struct vm_options *options = run->options;
    struct watched watched;
    const char *const *names;
    if (!read_watched(run, options, &watched, err) ||
        !vm_labels(&watched.vms, (enum label_mode)options->label, run->arena, &names, err))
        return false;

    const struct vms *vms = &watched.vms;
    struct summary summary = {.stopped = count_chosen(options, vms->stopped, vms->stopped_count),
                              .silent_nodes = watched.nodes.silent};
    judge_vms(run, options, &watched, names, &summary);
    judge_includes(run, options, vms, &watched.nodes, &summary);
    judge_nodes(run, options, &watched, &summary);
    tell_summary(run, &summary);
    measure_summary(run, options, &summary, vms->tells_paging);
    note_rest(run, options, vms);
    return true;
}

static bool reads_source(const void *options)
{
    return !node_list_given(&((const struct vm_options *)options)->nodes);
}

static const struct example examples[] = {
    {"", "On the host: WARNING above 90 % of a VM's maximum RAM, CRITICAL above 98 %."},
    {"--exclude=test* --override=db*,warning=97,critical=99",
     "Without the test machines, and with higher limits for databases."},
    {"--pressure-gate=100", "Alarm only for VMs that are short of memory."},
    {"--pressure-warning=auto --pressure-critical=auto",
     "Also where Hyper-V Manager shows Low, and Warning."},
    {"--include=web01 -w 80 -c 95", "One VM as a service of its own."},
    {"--nodes=FILE --include=web01", "The same, wherever in the cluster it runs."},
    {0},
};

static const struct label labels[] = {
    {"worst", "%",
     "how much of its maximum RAM the VM named first holds, with the thresholds applied to it; U "
     "where none was judged",
     NULL},
    {"worst_pressure", "%",
     "the highest Average Pressure of the VMs that are judged; U where none is known", NULL},
    {"physical_total", "B", "Physical Memory of all running VMs", NULL},
    {"critical", "", "VMs that are critical", NULL},
    {"warning", "", "VMs that are warning", NULL},
    {"unknown", "", "VMs that can't be judged", NULL},
    {"running", "", "VMs that run", NULL},
    {"dynamic", "", "running VMs with Dynamic Memory that are judged", NULL},
    {"stopped", "", "VMs that are off or saved", NULL},
    {"smart_paging", "", "VMs that run from their smart paging file",
     "hosts of Windows Server 2012 and later"},
    {"<vm>_physical", "B",
     "Physical Memory; thresholds in bytes, the maximum is the effective maximum RAM",
     "each VM with Dynamic Memory, if all fit"},
    {"<vm>_pressure", "%",
     "Average Pressure; U where the guest reports nothing; thresholds --pressure-warning, "
     "--pressure-critical",
     "as <vm>_physical"},
    {"<vm>_guest_available", "B",
     "Guest Available Memory; U where the guest reports nothing; thresholds --guest-warning, "
     "--guest-critical",
     "as <vm>_physical, on hosts newer than Windows Server 2019"},
    {"<vm>_current_pressure", "%", "Current Pressure", "--all-counters"},
    {"<vm>_minimum_pressure", "%", "Minimum Pressure", "--all-counters"},
    {"<vm>_maximum_pressure", "%", "Maximum Pressure", "--all-counters"},
    {"<vm>_guest_visible", "B", "Guest Visible Physical Memory", "--all-counters"},
    {"<vm>_added", "B", "Added Memory", "--all-counters"},
    {"<vm>_removed", "B", "Removed Memory", "--all-counters"},
    {"<vm>_add_operations", "c", "Memory Add Operations", "--all-counters"},
    {"<vm>_remove_operations", "c", "Memory Remove Operations", "--all-counters"},
    {"<vm>_smart_paging", "B", "Smart Paging Working Set Size",
     "--all-counters, Windows Server 2012 and later"},
    {0},
};

const struct check check_hv_vm_memory = {
    .program = "check_hv_vm_memory",
    .brief = "compare the RAM of each VM of a Hyper-V host with its maximum",
    .title = "HV VM MEMORY",
    .purpose = "Watches how much RAM each VM of a Hyper-V host holds, compared with its maximum: a "
               "VM that holds its maximum can't grow.",
    .options = rows,
    .options_size = sizeof(struct vm_options),
    .examples = examples,
    .labels = labels,
    .reads_source = reads_source,
    .run = run,
};

CHECK_PROGRAM(check_hv_vm_memory)
