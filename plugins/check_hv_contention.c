/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/check.h"

#include "check/change.h"
#include "check/kept_state.h"
#include "check/nodes.h"
#include "hyperv/contention.h"
#include "hyperv/destination.h"
#include "hyperv/inventory.h"
#include "hyperv/reserve.h"
#include "plugin/show.h"

#include <string.h>

struct contention_options {
    struct common_options common;
    struct range paging;
    unsigned long since, interval, smart_paging;
    const char *state_dir;
    struct text_list ignore;
    struct node_options_given nodes;
};

#define TARGET(member) offsetof(struct contention_options, member)

static const struct option rows[] = {
    {.name = "warning",
     .letter = 'w',
     .argument = "RANGE",
     .read = option_percent_range,
     .target = offsetof(struct common_options, warning),
     .help = "WARNING if the shortage is outside RANGE, in percent of the memory that the host has "
             "for VMs. By default, WARNING in any contention."},
    {.name = "critical",
     .letter = 'c',
     .argument = "RANGE",
     .read = option_percent_range,
     .target = offsetof(struct common_options, critical),
     .preset = "5",
     .help = "CRITICAL if the shortage is outside RANGE."},
    {.name = "paging",
     .argument = "RANGE",
     .read = option_range,
     .target = TARGET(paging),
     .preset = "10",
     .help = "CRITICAL if the parent's page reads per second are outside RANGE while VMs lack "
             "memory that the balancer can't give them."},
    {.name = "smart-paging",
     .argument = "SECONDS",
     .read = option_whole,
     .target = TARGET(smart_paging),
     .preset = "600",
     .least = 0,
     .most = 31536000,
     .help = "CRITICAL if a VM has been running from its smart paging file for longer; WARNING "
             "from the first moment. Microsoft expects ten minutes at most. For how long is known "
             "from earlier runs, and in a log from the earlier row (--since)."},
    {.name = "since",
     .argument = "SECONDS",
     .read = option_whole,
     .target = TARGET(since),
     .least = 1,
     .most = 31536000,
     .help = "In a recorded log, compare with the row of this many seconds before; by default, "
             "with the previous row. A live host, and a record of a single row that is watched "
             "with --max-age, is compared with the previous run."},
    {.name = "interval",
     .argument = "SECONDS",
     .read = option_whole,
     .target = TARGET(interval),
     .preset = "1",
     .least = 1,
     .most = 3600,
     .help = "The parent's page reads are the mean since the previous run. If there is no usable "
             "sample of that run, measure for this long instead."},
    OPTION_IGNORE_INSTANCE(struct contention_options),
    OPTION_STATE_DIR(struct contention_options),
    OPTIONS_NODES(struct contention_options,
                  " that the host, which --source names, stands in: in contention it is asked for "
                  "room, so that the advice names where a VM can move"),
    {0},
};

/* All that was read, and what follows from it. */
struct fight {
    struct change change;
    struct contention contention;
    double percent; /* the shortage, of the capacity */
};

/* ---- words ---- */

enum role { TAKES, GIVES, RETURNS };

static bool has_role(const struct party *party, enum role role)
{
    return role == TAKES ? party->takes : role == GIVES ? party->gives : party->returns;
}

/* "VM8", "VM8 and VM7", "VM1 and 6 more": by name whoever moved the most. */
static const char *name_parties(const struct contention *contention, enum role role,
                                struct arena *arena)
{
    const struct party *first = NULL, *other = NULL;
    size_t count = 0;
    for (size_t i = 0; i < contention->count; i++) {
        const struct party *party = &contention->parties[i];
        if (!has_role(party, role))
            continue;
        double net = party->gained - party->lost;
        count++;
        if (!first || (role == TAKES ? net > first->gained - first->lost
                                     : net < first->gained - first->lost)) {
            other = first;
            first = party;
        } else {
            other = party;
        }
    }
    if (!count)
        return "";
    return count == 1 ? arena_format(arena, "%s", SHOW_NAME(first->vm->name))
           : count == 2
               ? arena_format(arena, "%s and %s", SHOW_NAME(first->vm->name),
                              SHOW_NAME(other->vm->name))
               : arena_format(arena, "%s and %zu more", SHOW_NAME(first->vm->name), count - 1);
}

/* What happens, in the first line. */
static void tell_contention(const struct contention *contention, const struct demand *now,
                            struct arena *arena, struct text *line)
{
    const char *taking = name_parties(contention, TAKES, arena);
    const char *giving = name_parties(contention, GIVES, arena);
    const struct balancer_node *node = now->short_node;
    if (node && !(now->host_shortage > 0) && !contention->giving)
        text_printf(line, "VMs on %s lack memory (pressure %s)",
                    now->balancer.count > 1 ? SHOW_NAME(node->name) : "the host",
                    SHOW(show_percent, node->pressure));
    else if (!contention->giving)
        text_printf(line, "%zu VM%s", contention->wanting,
                    show_plural(contention->wanting, " lacks memory", "s lack memory"));
    else if (contention->by_level)
        text_printf(line, "%s lack%s memory that was taken from %s", giving,
                    show_plural(contention->giving, "s", ""),
                    show_plural(contention->giving, "it", "them"));
    else if (contention->taking)
        text_printf(line, "%s take%s memory from %s", taking,
                    show_plural(contention->taking, "s", ""), giving);
    else
        text_printf(line, "memory is taken from %s", giving);
}

static void tell_growing(const struct contention *contention, struct arena *arena,
                         struct text *line)
{
    text_puts(line, "growing: ");
    if (contention->taking)
        text_printf(line, "%s gain%s %s", name_parties(contention, TAKES, arena),
                    show_plural(contention->taking, "s", ""),
                    SHOW(show_memory, contention->gained));
    if (contention->tight)
        text_printf(line, "%sthe balancer can't give every VM its buffer",
                    contention->taking ? ", " : "");
}

static void tell_recovering(const struct contention *contention, struct arena *arena,
                            struct text *line)
{
    text_puts(line, "recovering: ");
    if (contention->returning)
        text_printf(line, "%s give%s back %s", name_parties(contention, RETURNS, arena),
                    show_plural(contention->returning, "s", ""),
                    SHOW(show_memory, contention->returned));
    if (contention->taking)
        text_printf(line, "%s%s gain%s %s", contention->returning ? ", " : "",
                    name_parties(contention, TAKES, arena),
                    show_plural(contention->taking, "s", ""),
                    SHOW(show_memory, contention->gained));
    if (!contention->returning && !contention->taking)
        text_puts(line, "the shortage is over");
}

/* Page reads are nobody's pain while every VM can be given what it wants. */
static bool parent_pages(const struct contention_options *options, const struct fight *fight)
{
    return fight->contention.lacking && fight->change.has_reads &&
           range_alarms(&options->paging, fight->change.reads);
}

static void tell_paging(struct run *run, const struct fight *fight, struct text *line)
{
    const struct contention_options *options = run->options;
    static const struct range none = {0};
    if (!parent_pages(options, fight))
        return;
    text_printf(
        line, ", %s page reads/s in the parent%s", SHOW(show_rounded, fight->change.reads),
        check_limit(run->arena, fight->change.reads, &none, &options->paging, RANGE_NUMBER));
}

static void tell_amounts(struct run *run, const struct fight *fight, struct text *line)
{
    const struct common_options *common = run->options;
    const struct demand *now = &fight->change.now;
    text_printf(line, ": VMs demand %s of %s", SHOW(show_memory, now->demand),
                SHOW(show_memory, now->capacity));
    if (now->shortage > 0)
        text_printf(line, ", %s short%s", SHOW(show_memory, now->shortage),
                    check_limit(run->arena, fight->percent, &common->warning, &common->critical,
                                RANGE_PERCENT));
    else
        text_printf(line, ", %s available", SHOW(show_memory, now->available));
}

/* ", job01 runs from its smart paging file" */
static void tell_smart_paging(const struct smart_paging *paging, struct text *line)
{
    if (paging->count == 1)
        text_printf(line, ", %s runs from its smart paging file",
                    SHOW_NAME(paging->items[0].vm->name));
    else if (paging->count)
        text_printf(line, ", %zu VMs run from their smart paging files", paging->count);
}

/* ---- long text ---- */

/* Each is a finding of its own: it is slow, whether anybody fights or not. */
static void judge_smart_paging(struct run *run, const struct change *change)
{
    const struct contention_options *options = run->options;
    for (size_t i = 0; i < change->paging.count; i++) {
        const struct paging_vm *one = &change->paging.items[i];
        double seconds = (double)(change->moment - one->since) / 1000;
        bool is_long = seconds > (double)options->smart_paging;
        struct finding *finding =
            result_add(&run->result.root, is_long ? STATE_CRITICAL : STATE_WARNING);
        const char *amount =
            one->vm->smart_paging > 0
                ? arena_format(run->arena, " (%s of it)", SHOW(show_memory, one->vm->smart_paging))
                : "";
        const char *lasts =
            seconds >= 60
                ? arena_format(run->arena, " for %u min at least%s", (unsigned)(seconds / 60),
                               is_long ? ", longer than --smart-paging" : "")
                : ", first seen now";
        result_say(
            finding,
            "%s runs from its smart paging file on the host's disk%s%s: it was started again "
            "while the host had less than its startup RAM. Give it room: move a VM away, or stop "
            "one",
            SHOW_NAME(one->vm->name), amount, lasts);
    }
}

/* At -v alone: where memory lies is no lack of it. */
static void note_remote(struct run *run, const struct change *change)
{
    for (size_t i = 0; i < change->remote.count; i++) {
        const struct remote_vm *now = &change->remote.items[i];
        const struct remote_vm *before = remote_pages_find(&change->remote_before, now->name);
        double more = before ? now->pages - before->pages : 0;
        const char *growth = "";
        if (!(now->pages > 0))
            continue;
        if (change->has_before && before && more >= 0)
            growth = arena_format(
                run->arena, ", %.0f more in %.0f s%s", more, change->seconds,
                remote_pages_grow(now->pages, more, change->seconds)
                    ? ": more than 100, and by more than 100 an hour, so it becomes slow"
                    : "");
        result_note(&run->result.root, "%s has %.0f pages on another NUMA node than its own%s",
                    SHOW_NAME(now->name), now->pages, growth);
    }
}

static void tell_party(struct run *run, const struct contention *contention,
                       const struct party *party)
{
    const struct demand_vm *vm = party->vm;
    struct text line = text_in(run->arena);
    /* The lines of a fight are always shown, others with -v. Who gives wants more, too. */
    bool fights = contention->phase == PHASE_CONTENTION && (party->wants || party->takes);
    if (!fights && !run->result.verbose)
        return;
    text_printf(&line, "%s demands %s", SHOW_NAME(vm->name), SHOW(show_memory, vm->wish));
    if (vm->wish > vm->demand)
        text_printf(&line, ", limited to %s", SHOW(show_memory, vm->demand));
    text_printf(&line, ", has %s", SHOW(show_memory, vm->physical));
    if (party->compared)
        text_printf(&line, ", gained %s, lost %s", SHOW(show_memory, party->gained),
                    SHOW(show_memory, party->lost));
    else if (!vm->key)
        text_puts(&line, ", gains and losses unknown: several VMs have this name");
    else if (contention->compared)
        text_puts(&line, ", gains and losses unknown: new on this host, or restarted");
    if (fights)
        result_tell(&run->result.root, "%s", text_of(&line));
    else
        result_note(&run->result.root, "%s", text_of(&line));
}

/* What the cluster has for the VMs that should move. */
struct room {
    bool asked;                       /* its nodes are given, and were asked */
    struct destination *destinations; /* for each VM that should move */
    struct destination most;
    bool all; /* each has one */
};

/* Nodes are asked only when something has to move: they cost a look at each. */
static bool find_room(struct run *run, const struct fight *fight, struct room *ret,
                      struct error *err)
{
    const struct contention_options *options = run->options;
    const struct contention *contention = &fight->contention;
    const struct node_options wanted = {.vms = {.balancer = true, .ignore = &options->ignore},
                                        .membership = true};
    const struct cluster_options of = {0};
    struct nodes nodes;
    struct cluster cluster;
    *ret = (struct room){0};
    if (!contention->move_count || !node_list_given(&options->nodes))
        return true;
    ret->destinations = arena_array(run->arena, contention->move_count, sizeof *ret->destinations);
    if (!ret->destinations)
        return error_memory(err);
    if (!nodes_read(run, &options->nodes, &wanted, &nodes, err) ||
        !cluster_of(nodes.items, nodes.count, &of, run->arena, &cluster, err))
        return false;
    for (size_t i = 0; i < nodes.count; i++)
        if (nodes.items[i].problem)
            result_tell(&run->result.root, "%s does not answer, so it has no room: %s",
                        SHOW_NAME(nodes.items[i].name), nodes.items[i].problem);
    const char *self =
        fight->change.vms.inventory->host; /* of VMs to move the settings are known */
    destinations_find(&cluster, self, contention->move, contention->move_count, ret->destinations,
                      &ret->most);
    ret->asked = ret->all = true;
    for (size_t i = 0; i < contention->move_count; i++)
        ret->all = ret->all && ret->destinations[i].node;
    return true;
}

static void tell_no_room(struct run *run, const struct contention *contention,
                         const struct room *room)
{
    size_t i = 0;
    if (!room->asked || room->all)
        return;
    while (room->destinations[i].node)
        i++;
    if (room->most.node)
        result_tell(&run->result.root,
                    "no node of the cluster has room for %s: %s has the most, %s",
                    SHOW_NAME(contention->move[i]->name), SHOW_NAME(room->most.node->name),
                    SHOW(show_memory, room->most.has));
    else
        result_tell(&run->result.root, "no other node of the cluster is up and answers");
}

static void advise_moves(struct run *run, const struct contention *contention,
                         const struct room *room)
{
    enum { NAMED = 3 };
    struct text line = text_in(run->arena);
    double freed = 0;
    if (!contention->move_count)
        return;
    text_puts(&line, "to end the shortage: move ");
    for (size_t i = 0; i < contention->move_count; i++) {
        freed += contention_frees(contention->move[i]);
        if (i < NAMED)
            text_printf(&line, "%s%s", i ? ", " : "", SHOW_NAME(contention->move[i]->name));
        if (i < NAMED && room->all)
            text_printf(&line, " to %s, which has %s", SHOW_NAME(room->destinations[i].node->name),
                        SHOW(show_memory, room->destinations[i].has));
    }
    if (contention->move_count > NAMED)
        text_printf(&line, " and %zu more", contention->move_count - NAMED);
    text_printf(&line, "%s (frees %s%s)", room->all ? "" : " to another host",
                SHOW(show_memory, freed), room->all ? " here" : "");
    if (contention->shrink_to > 0)
        text_printf(&line, ", or lower its maximum RAM to %s",
                    SHOW(show_memory, contention->shrink_to));
    result_tell(&run->result.root, "%s", text_of(&line));
    tell_no_room(run, contention, room);
}

static void advise_minimum(struct run *run, const struct contention *contention)
{
    const struct demand_vm *most = NULL;
    for (size_t i = 0; i < contention->count; i++)
        if (!most || contention_held(contention->parties[i].vm) > contention_held(most))
            most = contention->parties[i].vm;
    if (most && contention->held >= MEGABYTE)
        result_tell(&run->result.root,
                    "%s of minimum or startup RAM are held but not needed, %s by %s: lower it",
                    SHOW(show_memory, contention->held), SHOW(show_memory, contention_held(most)),
                    SHOW_NAME(most->name));
}

/* Only Windows Server 2008 R2 needs MemoryReserve: later ones keep a reserve by themselves. */
static bool read_reserve(struct run *run, const struct host *host, bool *ret_lacks,
                         double *ret_least, struct error *err)
{
    struct reserve reserve = {.kind = RESERVE_SET};
    bool needs = host->major == 6 && host->minor == 1;
    if (needs && !reserve_read(run->source, run->arena, &reserve, err)) {
        if (!reading_is_absent(err))
            return false;
        result_note(&run->result.root, "not read: %s", err->text);
    }
    *ret_lacks = reserve.kind != RESERVE_SET;
    *ret_least = *ret_lacks ? reserve_computed(host->memory) : 0;
    return true;
}

static void advise(struct run *run, const struct fight *fight, const struct room *room,
                   bool no_reserve, double least)
{
    struct finding *root = &run->result.root;
    advise_moves(run, &fight->contention, room);
    advise_minimum(run, &fight->contention);
    if (no_reserve)
        result_tell(root,
                    "to keep the parent from paging: set MemoryReserve to %s or more (REG_DWORD, "
                    "in MB) and restart the service vmms",
                    SHOW(show_memory, least));
    if (!fight->contention.compared)
        result_tell(
            root,
            "no earlier sample: which VM takes memory from which is known from the next run on");
}

/* ---- judging ---- */

static enum state judge(const struct contention_options *options, const struct fight *fight)
{
    const struct range *warning = &options->common.warning;
    enum state state = state_of(fight->percent, warning, &options->common.critical);
    if (fight->contention.phase == PHASE_CONTENTION && !warning->set)
        state = state_worse(state, STATE_WARNING);
    if (parent_pages(options, fight))
        state = STATE_CRITICAL;
    return state;
}

static void measure(struct run *run, const struct fight *fight)
{
    const struct contention_options *options = run->options;
    double unit = fight->change.now.capacity / 100;
    const struct demand *now = &fight->change.now;
    const struct balancer *balancer = &fight->change.vms.balancer;
    const struct perfdata items[] = {
        {.label = "demand", .value = show_nearest(now->demand), .unit = "B"},
        {.label = "capacity", .value = now->capacity, .unit = "B"},
        {.label = "shortage",
         .value = show_nearest(now->shortage),
         .unit = "B",
         .warning = range_scaled(options->common.warning, unit),
         .critical = range_scaled(options->common.critical, unit)},
        {.label = "available", .value = now->available, .unit = "B"},
        {.label = "giving", .value = (double)fight->contention.giving, .unit = ""},
        {.label = "taking", .value = (double)fight->contention.taking, .unit = ""},
        {.label = "parent_available",
         .value = balancer->parent_available,
         .unknown = !balancer->has_parent,
         .unit = "B"},
        {.label = "page_reads",
         .value = fight->change.reads,
         .unknown = !fight->change.has_reads,
         .unit = "",
         .critical = options->paging},
        {.label = "smart_paging", .value = (double)fight->change.paging.count, .unit = ""},
    };
    size_t count = sizeof items / sizeof *items - !fight->change.vms.tells_paging;
    for (size_t i = 0; i < count; i++)
        result_measure(&run->result.root, items[i]);
}

static void tell_first_line(struct run *run, const struct fight *fight, bool no_reserve)
{
    const struct contention *contention = &fight->contention;
    struct text line = text_in(run->arena);
    const char *unjudged = check_count_unjudged(&fight->change.vms, run->arena);
    if (!contention->count) {
        result_say(&run->result.root, "no VM with Dynamic Memory %s, %s available%s",
                   *unjudged ? "can be judged" : "is running",
                   SHOW(show_memory, fight->change.now.available), unjudged);
        return;
    }
    switch (contention->phase) {
    case PHASE_CONTENTION:
        tell_contention(contention, &fight->change.now, run->arena, &line);
        break;
    case PHASE_GROWING:
        tell_growing(contention, run->arena, &line);
        break;
    case PHASE_RECOVERING:
        tell_recovering(contention, run->arena, &line);
        break;
    case PHASE_CALM:
    case PHASE_OPEN:
        text_puts(&line, phase_name(contention->phase));
        break;
    }
    tell_amounts(run, fight, &line);
    tell_paging(run, fight, &line);
    tell_smart_paging(&fight->change.paging, &line);
    text_puts(&line, unjudged);
    if (contention->phase == PHASE_CONTENTION) {
        if (no_reserve)
            text_puts(&line, ", MemoryReserve is not set");
    } else if (!contention->compared) {
        text_puts(&line, " (no earlier sample: gains and losses are known from the next run on)");
    }
    result_say(&run->result.root, "%s", text_of(&line));
}

/* What could not be judged must not look well. */
static void tell_gaps(struct run *run, const struct fight *fight)
{
    struct finding *root = &run->result.root;
    for (size_t i = 0; i < fight->change.vms.count; i++) {
        const struct vm *vm = &fight->change.vms.items[i];
        const char *problem = vm->kind == VM_UNJUDGED ? vm->problem
                              : vm->kind == VM_DYNAMIC && !vm->has_pressure && !vm->silent
                                  ? "its Average Pressure has no value"
                                  : NULL;
        if (problem)
            result_say(result_add(root, STATE_UNKNOWN), "%s can't be judged: %s",
                       SHOW_NAME(vm->name), problem);
    }
    if (fight->contention.lacking && !fight->change.has_reads)
        result_say(
            result_add(root, STATE_UNKNOWN),
            "whether the parent is short of memory is unknown: its page reads could not be read");
    if (fight->change.now.silent)
        result_tell(root, "%zu VM%s with a pressure of 0: counted with the memory %s",
                    fight->change.now.silent, show_plural(fight->change.now.silent, "", "s"),
                    show_plural(fight->change.now.silent, "it holds", "they hold"));
    check_note_vms(run, &fight->change.vms);
    for (size_t i = 0; i < fight->change.vms.balancer.missing_count; i++)
        result_note(root, "not read: %s", fight->change.vms.balancer.missing[i]);
}

static bool run(struct run *run, struct error *err)
{
    const struct contention_options *options = run->options;
    struct fight fight = {0};
    const struct change_options wanted = {.since = options->since,
                                          .interval = options->interval,
                                          .state_dir = options->state_dir,
                                          .ignore = &options->ignore,
                                          .complete = options->common.record,
                                          .remote = run->result.verbose};
    if (options->since && !source_is_record(run->source))
        return error_set(err, "--since is for a record: a live host is compared with the previous "
                              "run");
    if (!change_read(run, &wanted, &fight.change, err) ||
        !contention_judge(&fight.change.now, fight.change.has_before ? &fight.change.before : NULL,
                          run->arena, &fight.contention, err))
        return false;
    if (fight.change.now.capacity > 0)
        fight.percent = fight.change.now.shortage / fight.change.now.capacity * 100;

    double least = 0;
    bool fighting = fight.contention.phase == PHASE_CONTENTION, no_reserve = false;
    struct room room = {0};
    if (fighting && (!read_reserve(run, &fight.change.vms.host, &no_reserve, &least, err) ||
                     !find_room(run, &fight, &room, err)))
        return false;
    run->result.root.state = judge(options, &fight);
    measure(run, &fight);
    tell_first_line(run, &fight, no_reserve);
    judge_smart_paging(run, &fight.change);
    tell_gaps(run, &fight);
    note_remote(run, &fight.change);
    check_tell_nodes(run, &fight.change.now, run->result.root.state);
    if (fighting)
        advise(run, &fight, &room, no_reserve, least);
    for (size_t i = 0; i < fight.contention.count; i++)
        tell_party(run, &fight.contention, &fight.contention.parties[i]);
    return true;
}

static const struct example examples[] = {
    {"", "On the host: WARNING in any contention, CRITICAL if more than 5 % is short or the parent "
         "is paging."},
    {"-w 2 -c 10 --paging=60", "Higher limits: 2 % and 10 % short."},
    {"--source=record:DIR --at=2011-09-01T10:35 --since=300",
     "In a recorded log: what happened in the preceding five minutes."},
    {"--source=winrm:hv01 --nodes=FILE --credentials=FILE",
     "A node of a cluster: the advice names the node that a VM should move to."},
    {0},
};

static const struct label labels[] = {
    {"demand", "B",
     "demand of all VMs with Dynamic Memory: Physical Memory x Average Pressure, each limited to "
     "its maximum RAM",
     NULL},
    {"capacity", "B", "memory for these VMs: what they hold plus the balancer's Available Memory",
     NULL},
    {"shortage", "B",
     "memory that VMs lack and that neither the balancer nor other VMs can give; thresholds -w, -c "
     "in bytes",
     NULL},
    {"available", "B", "the balancer's Available Memory", NULL},
    {"giving", "", "VMs that lose memory they need", NULL},
    {"taking", "", "VMs that gain memory", NULL},
    {"parent_available", "B", "Available MBytes of the parent itself", NULL},
    {"page_reads", "", "page reads per second of the parent; critical: --paging", NULL},
    {"smart_paging", "", "VMs that run from their smart paging file",
     "hosts of Windows Server 2012 and later"},
    {0},
};

const struct check check_hv_contention = {
    .program = "check_hv_contention",
    .brief = "tell which VM takes memory from which on a Hyper-V host, and how to end it",
    .title = "HV CONTENTION",
    .purpose = "Tells which phase the memory of a Hyper-V host is in (calm, growing, contention, "
               "recovering), which VM takes memory from which, and what would end it.",
    .options = rows,
    .options_size = sizeof(struct contention_options),
    .examples = examples,
    .labels = labels,
    .run = run,
};

CHECK_PROGRAM(check_hv_contention)
