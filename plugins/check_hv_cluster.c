/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/nodes.h"

#include "hyperv/failover.h"
#include "plugin/name.h"
#include "plugin/show.h"

#include <string.h>

struct cluster_check_options {
    struct common_options common;
    struct node_options_given nodes;
    unsigned long failures;
    struct range shortage;
    struct memory_size keep, overhead;
    struct text_list alone;
    struct text_list ignore;
};

#define TARGET(member) offsetof(struct cluster_check_options, member)

static const struct option rows[] = {
    OPTION_THRESHOLDS(
        option_range, NULL, "0",
        "the number of VMs that find no place after the worst failure is outside RANGE: "
        "no remaining node has their startup RAM free."),
    OPTIONS_NODES(struct cluster_check_options, ""),
    {.name = "failures",
     .argument = "N",
     .read = option_whole,
     .target = TARGET(failures),
     .preset = "1",
     .least = 1,
     .most = NODE_LIST_MOST - 1,
     .help =
         "How many nodes may fail at once, in addition to those that have already failed. Every "
         "combination is examined."},
    {.name = "shortage",
     .argument = "RANGE",
     .read = option_percent_range,
     .target = TARGET(shortage),
     .preset = "0",
     .help =
         "WARNING if the memory that VMs lack after the worst failure is outside RANGE, in percent "
         "of what the remaining nodes have for VMs."},
    {.name = "keep",
     .argument = "MB",
     .read = option_memory,
     .target = TARGET(keep),
     .help =
         "Keep this much free on each node, in addition to the reserve that Windows keeps for the "
         "parent."},
    {.name = "overhead",
     .argument = "MB",
     .read = option_memory,
     .target = TARGET(overhead),
     .preset = "64",
     .help = "The memory that Hyper-V itself uses for each VM."},
    {.name = "not-clustered",
     .argument = "GLOB",
     .read = option_texts,
     .target = TARGET(alone),
     .repeats = true,
     .help =
         "VMs whose name matches are not clustered: they stop with their node and need no place. "
         "If the cluster's own list (MSCluster_Resource) can't be read, all other running VMs "
         "count as clustered."},
    OPTION_IGNORE_INSTANCE(struct cluster_check_options),
    {0},
};

/* All that was read, and what follows from it. */
struct outlook {
    const struct cluster_check_options *options;
    struct run *run;
    struct cluster cluster;
    struct failover failover;
};

/* ---- words ---- */

/* "HV01", "HV01 and HV03", "HV01, HV03 and HV04". */
static void name_nodes(const struct outlook *outlook, const struct failure *failure,
                       struct text *line)
{
    size_t count = outlook->failover.failures;
    for (size_t i = 0; i < count; i++)
        text_printf(line, "%s%s",
                    i == 0          ? ""
                    : i + 1 < count ? ", "
                                    : " and ",
                    SHOW_NAME(outlook->cluster.nodes[failure->nodes[i]].name));
}

static const char *their(const struct outlook *outlook)
{
    return show_plural(outlook->failover.failures, "its", "their");
}

/* "33.0 GB are free on 3 nodes"; and where that would be enough, were it in one place, how much is.
 */
static void tell_free(const struct failure *failure, uint64_t needed, uint64_t free, uint64_t block,
                      struct text *line)
{
    if (!failure->takers) {
        text_puts(line, "no node is left to take them");
        return;
    }
    text_printf(line, "%s are free on %zu node%s", SHOW(show_memory, (double)free), failure->takers,
                show_plural(failure->takers, "", "s"));
    if (needed <= free && block)
        text_printf(line, ", at most %s in one place", SHOW(show_memory, (double)block));
}

/* Their number: "3", "1 to 3" and "up to 3" where it is not decided. */
static void tell_placeless(const struct outlook *outlook, const struct failure *failure,
                           struct text *line)
{
    size_t count = failure->placeless;
    if (failure->vms == 1) {
        text_printf(line, "%s only VM has no place", their(outlook));
        return;
    }
    if (count == failure->certain && count == failure->vms) {
        text_printf(line, "none of %s %zu VMs has a place", their(outlook), count);
        return;
    }
    if (failure->open && failure->certain)
        text_printf(line, "%zu to ", failure->certain);
    else if (failure->open)
        text_puts(line, "up to ");
    text_printf(line, "%zu of %s %zu VM%s %s no place", count, their(outlook), failure->vms,
                show_plural(failure->vms, "", "s"), show_plural(count, "has", "have"));
}

static void tell_names(const struct outlook *outlook, size_t most, struct text *line)
{
    const struct failover *failover = &outlook->failover;
    size_t count = failover->sets[0].placeless;
    for (size_t i = 0; i < count && i < most; i++) {
        const struct vm *vm = failover->moves[i].vm->vm;
        text_printf(line, "%s%s %s", i ? ", " : "", SHOW_NAME(vm->name),
                    SHOW(show_memory,
                         (double)failover->moves[i].vm->start - outlook->options->overhead.bytes));
    }
    if (count > most)
        text_puts(line, ", ...");
}

/* What becomes of one set, behind "if HV03 fails, ". */
static void tell_verdict(const struct outlook *outlook, const struct failure *failure, bool named,
                         struct text *line)
{
    enum { NAMED = 2 };
    if (failure->placeless) {
        tell_placeless(outlook, failure, line);
        if (named) {
            text_puts(line, " (");
            tell_names(outlook, NAMED, line);
            text_puts(line, ")");
        }
        text_printf(line, ": %s must start, ", SHOW(show_memory, (double)failure->must_start));
        tell_free(failure, failure->must_start, failure->free, failure->block, line);
    } else if (failure->lacking > 0) {
        text_printf(line, "%s %zu VM%s start%s, but VMs lack %s%s then: %s want%s %s, ",
                    their(outlook), failure->vms, show_plural(failure->vms, "", "s"),
                    show_plural(failure->vms, "s", ""), failure->lacking_open ? "up to " : "",
                    SHOW(show_memory, failure->lacking), show_plural(failure->vms, "it", "they"),
                    show_plural(failure->vms, "s", ""), SHOW(show_memory, (double)failure->wanted));
        tell_free(failure, failure->wanted, failure->room, failure->room_block, line);
        if (failure->lacking_now > 0)
            text_printf(line, ", %s are lacking already", SHOW(show_memory, failure->lacking_now));
    } else if (!failure->vms) {
        text_puts(line, "no VM has to start elsewhere");
    } else {
        text_printf(line, "%s %zu VM%s %s %s to start, ", their(outlook), failure->vms,
                    show_plural(failure->vms, "", "s"), show_plural(failure->vms, "needs", "need"),
                    SHOW(show_memory, (double)failure->must_start));
        tell_free(failure, failure->must_start, failure->free, 0, line);
    }
    if (failure->lost)
        text_printf(line, ", %zu that %s not clustered end%s with %s", failure->lost,
                    show_plural(failure->lost, "is", "are"), show_plural(failure->lost, "s", ""),
                    show_plural(outlook->failover.failures, "it", "them"));
}

/* ", HV04 does not answer": nodes that are not counted on; ", 3 nodes are not counted on". */
static void tell_missing(const struct outlook *outlook, struct text *line)
{
    enum { NAMED = 2 };
    const struct cluster *cluster = &outlook->cluster;
    size_t missing = 0;
    for (size_t i = 0; i < cluster->node_count; i++)
        missing += cluster->nodes[i].kind != CLUSTER_NODE_UP;
    if (missing > NAMED) {
        text_printf(line, ", %zu nodes are not counted on", missing);
        return;
    }
    for (size_t i = 0; i < cluster->node_count; i++)
        if (cluster->nodes[i].kind != CLUSTER_NODE_UP)
            text_printf(line, ", %s %s", SHOW_NAME(cluster->nodes[i].name),
                        cluster_node_words(&cluster->nodes[i]));
}

/* ---- judging ---- */

/* Where no node is left, it is not asked: then no VM has a place. */
static double percent_lacking(const struct failure *failure)
{
    return failure->capacity > 0 ? failure->lacking / failure->capacity * 100 : 0;
}

/* What is certain. */
static enum state judge(const struct outlook *outlook, const struct failure *failure)
{
    const struct common_options *common = &outlook->options->common;
    enum state state = state_of((double)failure->certain, &common->warning, &common->critical);
    bool lacks = range_alarms(&outlook->options->shortage, percent_lacking(failure));
    return state_worse(state, lacks && !failure->placeless ? STATE_WARNING : STATE_OK);
}

/* What may be worse, but is not decided, must not look well. */
static enum state judge_all(const struct outlook *outlook, const struct failure *failure)
{
    const struct common_options *common = &outlook->options->common;
    enum state state = judge(outlook, failure);
    if (failure->open &&
        state_of((double)failure->placeless, &common->warning, &common->critical) != state)
        state = state_worse(state, STATE_UNKNOWN);
    return state;
}

static void measure(const struct outlook *outlook)
{
    const struct cluster_check_options *options = outlook->options;
    const struct cluster *cluster = &outlook->cluster;
    const struct failure *worst = &outlook->failover.sets[0];
    size_t up = 0;
    for (size_t i = 0; i < cluster->node_count; i++)
        up += cluster->nodes[i].kind == CLUSTER_NODE_UP;
    const struct perfdata items[] = {
        {.label = "without_place",
         .value = (double)worst->placeless,
         .unit = "",
         .warning = options->common.warning,
         .critical = options->common.critical},
        {.label = "must_start", .value = (double)worst->must_start, .unit = "B"},
        {.label = "free", .value = (double)worst->free, .unit = "B"},
        {.label = "left", .value = (double)worst->free - (double)worst->must_start, .unit = "B"},
        {.label = "largest_block", .value = (double)worst->block, .unit = "B"},
        {.label = "wanted", .value = (double)worst->wanted, .unit = "B"},
        {.label = "lacking",
         .value = show_nearest(worst->lacking),
         .unit = "B",
         .warning = range_scaled(options->shortage, worst->capacity / 100)},
        {.label = "vms", .value = (double)cluster->clustered, .unit = ""},
        {.label = "unknown", .value = (double)cluster->unjudged, .unit = ""},
        {.label = "nodes", .value = (double)up, .unit = ""},
        {.label = "nodes_missing", .value = (double)(cluster->node_count - up), .unit = ""},
    };
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        result_measure(&outlook->run->result.root, items[i]);
}

/* ---- telling ---- */

static void tell_first_line(const struct outlook *outlook)
{
    struct text line = text_in(outlook->run->arena);
    const struct cluster *cluster = &outlook->cluster;
    const struct failover *failover = &outlook->failover;
    const struct failure *worst = &failover->sets[0];
    if (!cluster->clustered) {
        text_puts(&line, "no clustered VM is running");
    } else if (worst->placeless || worst->lacking > 0) {
        text_puts(&line, "if ");
        name_nodes(outlook, worst, &line);
        text_printf(&line, " fail%s, ", show_plural(failover->failures, "s", ""));
        tell_verdict(outlook, worst, true, &line);
    } else {
        if (failover->failures == 1)
            text_puts(&line, "any node may fail, the worst is ");
        else
            text_printf(&line, "any %zu nodes may fail, the worst are ", failover->failures);
        name_nodes(outlook, worst, &line);
        text_puts(&line, ": ");
        tell_verdict(outlook, worst, false, &line);
    }
    tell_missing(outlook, &line);
    if (cluster->unjudged)
        text_printf(&line, ", %zu VM%s can't be judged", cluster->unjudged,
                    show_plural(cluster->unjudged, "", "s"));
    if (cluster->nowhere_count)
        text_printf(&line, ", %zu VM%s %s on no node", cluster->nowhere_count,
                    show_plural(cluster->nowhere_count, "", "s"),
                    show_plural(cluster->nowhere_count, "is", "are"));
    result_say(&outlook->run->result.root, "%s", text_of(&line));
}

/* Every failure with its verdict, the worst first; with -v also what would be well. */
static void tell_failures(const struct outlook *outlook)
{
    enum { TOLD = 64 };
    struct finding *root = &outlook->run->result.root;
    const struct failover *failover = &outlook->failover;
    size_t told = 0, hidden = 0;
    for (size_t i = 0; i < failover->set_count; i++) {
        const struct failure *failure = &failover->sets[i];
        struct text line = text_in(outlook->run->arena);
        enum state state = judge_all(outlook, failure);
        root->state = state_worse(root->state, state);
        if (state == STATE_OK && !outlook->run->result.verbose)
            continue;
        if (told++ >= TOLD) {
            hidden++;
            continue;
        }
        text_puts(&line, "if ");
        name_nodes(outlook, failure, &line);
        text_printf(&line, " fail%s, ", show_plural(failover->failures, "s", ""));
        tell_verdict(outlook, failure, false, &line);
        if (failure->open)
            text_puts(&line, " (not decided)");
        result_say(result_add(root, state), "%s", text_of(&line));
    }
    if (hidden)
        result_tell(root, "%zu more sets of nodes are no worse", hidden);
}

/* The smallest set of VMs to shrink, or the RAM to add, for the worst failure. */
static void advise(const struct outlook *outlook)
{
    enum { NAMED = 3 };
    const struct failover *failover = &outlook->failover;
    const struct failure *worst = &failover->sets[0];
    struct text line = text_in(outlook->run->arena);
    bool shrink = failover->shrink_count && failover->shrink_count == worst->placeless;
    if (!worst->placeless || (!shrink && !(failover->add > 0)))
        return;
    text_puts(&line, "to mend the worst failure: ");
    for (size_t i = 0; shrink && i < failover->shrink_count && i < NAMED; i++)
        text_printf(&line, "%s%s to %s", i ? ", " : "lower the startup RAM of ",
                    SHOW_NAME(failover->shrink[i].vm->vm->name),
                    SHOW(show_memory, (double)failover->shrink[i].to));
    if (shrink && failover->shrink_count > NAMED)
        text_printf(&line, " and of %zu more", failover->shrink_count - NAMED);
    if (failover->add > 0)
        text_printf(&line, "%sgive each node %s more RAM", shrink ? ", or " : "",
                    SHOW(show_memory, failover->add));
    result_tell(&outlook->run->result.root, "%s", text_of(&line));
}

static void tell_placeless_vms(const struct outlook *outlook)
{
    enum { NAMED = 20 };
    const struct failover *failover = &outlook->failover;
    struct text line = text_in(outlook->run->arena);
    if (!failover->sets[0].placeless)
        return;
    text_puts(&line, "without a place in the worst failure: ");
    tell_names(outlook, NAMED, &line);
    result_tell(&outlook->run->result.root, "%s", text_of(&line));
}

/* A placement is shown, not just claimed. */
static void tell_placement(const struct outlook *outlook)
{
    enum { NAMED = 40 };
    const struct cluster *cluster = &outlook->cluster;
    const struct failover *failover = &outlook->failover;
    for (uint32_t node = 0; node < cluster->node_count; node++) {
        struct text line = text_in(outlook->run->arena);
        size_t count = 0;
        uint64_t sum = 0;
        for (size_t i = 0; i < failover->move_count; i++) {
            const struct failover_move *move = &failover->moves[i];
            if (!move->placed || cluster->places[move->place].node != node)
                continue;
            sum += move->vm->start;
            if (count++ < NAMED)
                text_printf(&line, "%s%s", count > 1 ? ", " : "", SHOW_NAME(move->vm->vm->name));
        }
        if (count > NAMED)
            text_printf(&line, " and %zu more", count - NAMED);
        if (count)
            result_note(&outlook->run->result.root, "a placement then: %s takes %s (%s of %s)",
                        SHOW_NAME(cluster->nodes[node].name), text_of(&line),
                        SHOW(show_memory, (double)sum),
                        SHOW(show_memory, (double)cluster->nodes[node].start));
    }
}

static void add_proof(struct text *line, const char *name, const struct overcommit_proof *proof,
                      bool slots)
{
    if (!proof->tried) {
        text_printf(line, "%s was not tried", name);
        return;
    }
    text_printf(line, "%s %s (", name, proof->holds ? "holds" : "fails");
    if (slots)
        text_printf(line, "%llu slots for %llu VMs)", (unsigned long long)proof->there,
                    (unsigned long long)proof->wanted);
    else
        text_printf(line, "%s in %s)", SHOW(show_memory, (double)proof->wanted),
                    SHOW(show_memory, (double)proof->there));
}

/* Those who ask why SCVMM calls the cluster over-committed find the answer here. */
static void tell_overcommit(const struct outlook *outlook)
{
    const struct overcommit *overcommit = &outlook->failover.overcommit;
    struct finding *root = &outlook->run->result.root;
    struct text line = text_in(outlook->run->arena);
    text_printf(&line, "SCVMM's proofs on these figures: %s: ",
                overcommit->proved ? "not over-committed" : "over-committed, as none holds");
    add_proof(&line, "slot simple", &overcommit->slot_simple, true);
    text_puts(&line, ", ");
    add_proof(&line, "slot full", &overcommit->slot_full, true);
    text_puts(&line, ", ");
    add_proof(&line, "proof simple", &overcommit->proof_simple, false);
    text_puts(&line, ", ");
    add_proof(&line, "proof full", &overcommit->proof_full, false);
    if (outlook->failover.sets[0].open)
        result_tell(root, "%s", text_of(&line));
    else
        result_note(root, "%s", text_of(&line));
}

/* One finding for each node: what is to say of it, and its perfdata. */
static struct finding *tell_node(const struct outlook *outlook, const struct cluster_node *node)
{
    static const enum state states[] = {
        [CLUSTER_NODE_UP] = STATE_OK,           [CLUSTER_NODE_PAUSED] = STATE_OK,
        [CLUSTER_NODE_DOWN] = STATE_WARNING,    [CLUSTER_NODE_SILENT] = STATE_UNKNOWN,
        [CLUSTER_NODE_UNASKED] = STATE_UNKNOWN, [CLUSTER_NODE_FOREIGN] = STATE_UNKNOWN,
    };
    struct result *result = &outlook->run->result;
    struct finding *finding = result_add(&result->root, states[node->kind]);
    const char *name = SHOW_NAME(node->name);
    switch (node->kind) {
    case CLUSTER_NODE_UP:
        if (result->verbose)
            result_say(finding, "%s: %zu VM%s, %s free, %s of it held by VMs that do not want it",
                       name, node->vms, show_plural(node->vms, "", "s"),
                       SHOW(show_memory, (double)node->start), SHOW(show_memory, node->spare));
        break;
    case CLUSTER_NODE_PAUSED:
        finding->always = true;
        result_say(finding, "%s %s: it takes no VM%s", name, node->why,
                   node->vms > node->lost_vms ? ", but has some that would need a place" : "");
        break;
    case CLUSTER_NODE_SILENT:
        result_say(finding,
                   "%s does not answer, so it is not counted on, and its VMs are not known: %s",
                   name, node->why);
        break;
    case CLUSTER_NODE_DOWN:
    case CLUSTER_NODE_UNASKED:
    case CLUSTER_NODE_FOREIGN:
        result_say(finding, "%s %s: it is not counted on", name, node->why);
        break;
    }
    return finding;
}

static void measure_node(const struct outlook *outlook, size_t number, struct finding *finding)
{
    const struct cluster_node *node = &outlook->cluster.nodes[number];
    struct arena *arena = outlook->run->arena;
    const char *label = name_label(node->name, arena);
    bool known = node->node && !node->node->problem;
    if (!label || !node->node || !result_has_room(finding->result))
        return;
    const struct perfdata items[] = {
        {.label = arena_format(arena, "%s_free", label),
         .value = (double)node->start,
         .unknown = !known,
         .unit = "B"},
        {.label = arena_format(arena, "%s_without_place", label),
         .value = (double)outlook->failover.node_placeless[number],
         .unknown = !known,
         .unit = ""},
    };
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        result_measure(finding, items[i]);
}

static void tell_vms(const struct outlook *outlook)
{
    struct finding *root = &outlook->run->result.root;
    const struct cluster *cluster = &outlook->cluster;
    for (size_t i = 0; i < cluster->vm_count; i++)
        if (cluster->vms[i].clustered && cluster->vms[i].problem)
            result_say(result_add(root, STATE_UNKNOWN), "%s on %s can't be judged: %s",
                       SHOW_NAME(cluster->vms[i].vm->name),
                       SHOW_NAME(cluster->nodes[cluster->vms[i].node].name),
                       cluster->vms[i].problem);
    for (size_t i = 0; i < cluster->nowhere_count; i++)
        result_say(
            result_add(root, STATE_UNKNOWN),
            "%s is one of the cluster's VMs, but runs on no node: it was between two, or its "
            "name is another there",
            SHOW_NAME(cluster->nowhere[i]));
    for (size_t i = 0; i < cluster->twice_count; i++)
        result_note(root, "%s was seen on two nodes, so it was migrated meanwhile: counted once",
                    SHOW_NAME(cluster->twice[i]));
    for (size_t i = 0; i < cluster->vm_count; i++)
        if (!cluster->vms[i].clustered)
            result_note(root, "%s on %s is not clustered", SHOW_NAME(cluster->vms[i].vm->name),
                        SHOW_NAME(cluster->nodes[cluster->vms[i].node].name));
}

static void note_limits(const struct outlook *outlook)
{
    struct finding *root = &outlook->run->result.root;
    const struct cluster *cluster = &outlook->cluster;
    if (!cluster->has_states)
        result_note(root, "whether nodes are paused is not known: %s", cluster->no_states);
    if (!cluster->has_members)
        result_note(root, "all VMs that run are taken for clustered: %s", cluster->no_members);
    result_note(root, "memory alone is looked at: not preferred or possible owners, priorities, "
                      "anti-affinity, processors or storage");
    for (size_t i = 0; i < cluster->node_count; i++) {
        const struct node *node = cluster->nodes[i].node;
        for (size_t k = 0; node && k < node->vms.ignored_count; k++)
            result_note(root, "ignored by --ignore-instance: %s", SHOW_NAME(node->vms.ignored[k]));
        for (size_t k = 0; node && k < node->vms.missing_count; k++)
            result_note(root, "%s: not read: %s", SHOW_NAME(node->name), node->vms.missing[k]);
    }
}

static bool read_outlook(struct run *run, struct outlook *outlook, struct error *err)
{
    const struct cluster_check_options *options = run->options;
    const struct node_options wanted = {.vms = {.balancer = true, .ignore = &options->ignore},
                                        .membership = true};
    const struct cluster_options of = {
        .alone = &options->alone, .overhead = options->overhead.bytes, .keep = options->keep.bytes};
    struct nodes *nodes = ARENA_NEW(run->arena, struct nodes);
    *outlook = (struct outlook){.options = options, .run = run};
    if (!nodes)
        return error_memory(err);
    if (!node_list_given(&options->nodes)) {
        error_set(err, "which hosts are the cluster's nodes? --node=SPEC for each, or "
                       "--nodes=FILE");
        return false;
    }
    return nodes_read(run, &options->nodes, &wanted, nodes, err) && nodes_any(nodes, err) &&
           cluster_of(nodes->items, nodes->count, &of, run->arena, &outlook->cluster, err) &&
           failover_judge(&outlook->cluster, options->failures, options->overhead.bytes, run->arena,
                          &outlook->failover, err);
}

static bool run(struct run *run, struct error *err)
{
    struct outlook outlook;
    if (!read_outlook(run, &outlook, err))
        return false;
    measure(&outlook);
    tell_first_line(&outlook);
    tell_failures(&outlook);
    tell_placeless_vms(&outlook);
    advise(&outlook);
    for (size_t i = 0; i < outlook.cluster.node_count; i++)
        measure_node(&outlook, i, tell_node(&outlook, &outlook.cluster.nodes[i]));
    tell_vms(&outlook);
    tell_placement(&outlook);
    tell_overcommit(&outlook);
    note_limits(&outlook);
    return true;
}

/* Its nodes have sources of their own. */
static bool reads_source(const void *options)
{
    (void)options;
    return false;
}

static const struct example examples[] = {
    {"--node=winrm:hv01 --node=winrm:hv02 --node=winrm:hv03 --credentials=FILE",
     "Three nodes, asked over the network at once: may one of them fail?"},
    {"--nodes=/etc/monitoring-plugins/hvc1.nodes --failures=2",
     "The nodes from a file: may two of them fail?"},
    {"--nodes=FILE --keep=4GB --shortage=10 -w 0 -c 3",
     "4 GB stay free on each node; 10 % short are tolerated, and so are 3 VMs without a place, "
     "with a WARNING."},
    {0},
};

static const struct label labels[] = {
    {"without_place", "", "VMs that find no place after the worst failure; thresholds -w, -c",
     NULL},
    {"must_start", "B", "what the VMs of the failed nodes need to start", NULL},
    {"free", "B", "what is free for them on the remaining nodes", NULL},
    {"left", "B", "what is left of it after that; negative if it is not enough", NULL},
    {"largest_block", "B", "the largest VM that a single node has room for", NULL},
    {"wanted", "B", "what these VMs demand once they run", NULL},
    {"lacking", "B", "what VMs lack then, on all remaining nodes; warning: --shortage", NULL},
    {"vms", "", "running clustered VMs", NULL},
    {"unknown", "", "of these, those that can't be judged", NULL},
    {"nodes", "", "nodes that answer and accept VMs", NULL},
    {"nodes_missing", "", "nodes that are down, paused or do not answer", NULL},
    {"<node>_free", "B", "what the node has free for VMs of others; U if it does not answer",
     "each node, if all fit"},
    {"<node>_without_place", "", "VMs that find no place if this node fails", "as <node>_free"},
    {0},
};

const struct check check_hv_cluster = {
    .program = "check_hv_cluster",
    .brief = "tell which VMs of a Hyper-V cluster would not restart if a node failed",
    .title = "HV CLUSTER",
    .purpose =
        "Tells before a node of a Hyper-V cluster fails whether all VMs would find a place to "
        "start on the others, and whether memory would be short then.",
    .where = CHECK_CLUSTER,
    .options = rows,
    .options_size = sizeof(struct cluster_check_options),
    .examples = examples,
    .labels = labels,
    .reads_source = reads_source,
    .run = run,
};

CHECK_PROGRAM(check_hv_cluster)
