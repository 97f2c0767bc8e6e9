/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/failover.h"

#include "hyperv/reading.h"
#include "hyperv/subsets.h"
#include "plugin/number.h"

#include <stdlib.h>
#include <string.h>

/* A VM that looks for a place, by one of its sizes. */
struct seeker {
    uint64_t size;
    uint32_t vm;
};

/* The VMs of each node, by both sizes, the largest first; and what one set of failures is worked
 * out in. */
struct working {
    const struct cluster *cluster;
    struct arena *arena;
    size_t failures;
    uint32_t *answering; /* the nodes that may fail */
    size_t answering_count;

    struct seeker *starts, *wants; /* of all nodes, those of one beside each other */
    size_t *first;                 /* of each node, where its own begin; and one behind the last */

    bool *fails;        /* each node */
    size_t *heads;      /* where merging stands */
    uint64_t *sizes;    /* of a set's VMs */
    uint32_t *vms;      /* which they are */
    uint64_t *places;   /* what is free */
    uint32_t *place_of; /* which of the cluster's places that is */
    size_t place_count;
    uint32_t *where;
    struct placement_work placement;
};

/* ---- getting ready ---- */

static int largest_first(const void *a, const void *b)
{
    const struct seeker *x = a, *y = b;
    int order = (x->size < y->size) - (x->size > y->size);
    return order ? order : (x->vm > y->vm) - (x->vm < y->vm);
}

static void sort_seekers(struct working *working)
{
    const struct cluster *cluster = working->cluster;
    size_t count = 0;
    for (size_t i = 0; i < cluster->vm_count; i++)
        working->first[cluster->vms[i].node + 1] +=
            cluster->vms[i].clustered && !cluster->vms[i].problem;
    for (uint32_t node = 0; node < cluster->node_count; node++) {
        count += working->first[node + 1];
        working->first[node + 1] = count;
        working->heads[node] = working->first[node];
    }
    for (uint32_t i = 0; i < cluster->vm_count; i++) {
        const struct cluster_vm *vm = &cluster->vms[i];
        if (!vm->clustered || vm->problem)
            continue;
        size_t at = working->heads[vm->node]++;
        working->starts[at] = (struct seeker){vm->start, i};
        working->wants[at] = (struct seeker){vm->want, i};
    }
    for (uint32_t node = 0; node < cluster->node_count; node++) {
        size_t from = working->first[node], own = working->first[node + 1] - from;
        qsort(working->starts + from, own, sizeof *working->starts, largest_first);
        qsort(working->wants + from, own, sizeof *working->wants, largest_first);
    }
}

static bool prepare(struct working *working, struct error *err)
{
    const struct cluster *cluster = working->cluster;
    struct arena *arena = working->arena;
    size_t nodes = cluster->node_count, vms = cluster->vm_count, places = cluster->place_count;
    const struct {
        void **member;
        size_t count, size;
    } arrays[] = {
        {(void **)&working->answering, nodes, sizeof *working->answering},
        {(void **)&working->starts, vms, sizeof *working->starts},
        {(void **)&working->wants, vms, sizeof *working->wants},
        {(void **)&working->first, nodes + 1, sizeof *working->first},
        {(void **)&working->fails, nodes, sizeof *working->fails},
        {(void **)&working->heads, nodes, sizeof *working->heads},
        {(void **)&working->sizes, vms, sizeof *working->sizes},
        {(void **)&working->vms, vms, sizeof *working->vms},
        {(void **)&working->places, places, sizeof *working->places},
        {(void **)&working->place_of, places, sizeof *working->place_of},
        {(void **)&working->where, vms, sizeof *working->where},
    };
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        if (!(*arrays[i].member = arena_array(arena, arrays[i].count, arrays[i].size)))
            return error_memory(err);
    for (uint32_t i = 0; i < nodes; i++)
        if (cluster->nodes[i].node && !cluster->nodes[i].node->problem)
            working->answering[working->answering_count++] = i;
    if (working->failures > working->answering_count)
        working->failures = working->answering_count;
    sort_seekers(working);
    return placement_prepare(&working->placement, vms, places, arena, err);
}

/* ---- one set ---- */

/* The VMs of the nodes that fail, the largest first. */
static size_t gather(struct working *working, const struct failure *failure,
                     const struct seeker *seekers)
{
    size_t count = 0;
    for (size_t i = 0; i < working->failures; i++)
        working->heads[failure->nodes[i]] = working->first[failure->nodes[i]];
    for (;;) {
        const struct seeker *next = NULL;
        uint32_t from = 0;
        for (size_t i = 0; i < working->failures; i++) {
            uint32_t node = failure->nodes[i];
            size_t head = working->heads[node];
            if (head < working->first[node + 1] &&
                (!next || largest_first(&seekers[head], next) < 0)) {
                next = &seekers[head];
                from = node;
            }
        }
        if (!next)
            return count;
        working->heads[from]++;
        working->sizes[count] = next->size;
        working->vms[count++] = next->vm;
    }
}

/* more: so much more RAM on each node. */
static void find_places(struct working *working, bool to_start, double more)
{
    const struct cluster *cluster = working->cluster;
    working->place_count = 0;
    for (uint32_t i = 0; i < cluster->place_count; i++) {
        const struct cluster_place *place = &cluster->places[i];
        if (working->fails[place->node])
            continue;
        const struct node *node = cluster->nodes[place->node].node;
        double share = more / (double)node->vms.balancer.count;
        working->place_of[working->place_count] = i;
        working->places[working->place_count++] =
            cluster_whole((to_start ? place->start : place->want) + share);
    }
}

static struct placement_question question_of(const struct working *working, size_t count)
{
    return (struct placement_question){.sizes = working->sizes,
                                       .count = count,
                                       .places = working->places,
                                       .place_count = working->place_count};
}

/* All that is free, and the most in one place. */
static void add_up(const struct working *working, uint64_t *ret_free, uint64_t *ret_block)
{
    *ret_free = *ret_block = 0;
    for (size_t i = 0; i < working->place_count; i++) {
        uint64_t place = working->places[i];
        *ret_free += place;
        *ret_block = place > *ret_block ? place : *ret_block;
    }
}

static uint64_t sum_of_sizes(const struct working *working, size_t count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += working->sizes[i];
    return sum;
}

/* The place with the most left; NULL: there is none. */
static uint64_t *roomiest(const struct working *working)
{
    uint64_t *best = working->place_count ? &working->places[0] : NULL;
    for (size_t i = 1; i < working->place_count; i++)
        if (working->places[i] > *best)
            best = &working->places[i];
    return best;
}

static void judge_start(struct working *working, struct failure *failure, bool keep)
{
    size_t count = gather(working, failure, working->starts);
    find_places(working, true, 0);
    const struct placement_question question = question_of(working, count);
    const struct placement_fewest fewest =
        placement_fewest(&question, &working->placement, keep ? working->where : NULL);
    failure->vms = count;
    failure->placeless = fewest.left_out;
    failure->certain = fewest.least;
    failure->open = fewest.open;
    failure->must_start = sum_of_sizes(working, count);
    add_up(working, &failure->free, &failure->block);
}

/* Where not all find what they want, each goes where the most is left, and lacks what is not. */
static double lack_of_greedy(struct working *working, size_t count)
{
    double lack = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t *best = roomiest(working), size = working->sizes[i];
        uint64_t given = !best ? 0 : size < *best ? size : *best;
        lack += (double)(size - given);
        if (best)
            *best -= given;
    }
    return lack;
}

static void judge_want(struct working *working, struct failure *failure)
{
    const struct cluster *cluster = working->cluster;
    size_t count = gather(working, failure, working->wants);
    find_places(working, false, 0);
    failure->wanted = sum_of_sizes(working, count);
    failure->lacking = 0;
    for (size_t i = 0; i < cluster->place_count; i++) {
        const struct cluster_place *place = &cluster->places[i];
        if (!working->fails[place->node] && place->want < 0)
            failure->lacking -= place->want;
    }
    failure->lacking_now = failure->lacking;
    add_up(working, &failure->room, &failure->room_block);
    const struct placement_question question = question_of(working, count);
    enum placement_verdict verdict = placement_find(&question, &working->placement, NULL);
    failure->lacking_open = verdict == PLACEMENT_OPEN;
    if (verdict != PLACEMENT_FITS)
        failure->lacking += lack_of_greedy(working, count);
}

static void judge_set(struct working *working, struct failure *failure)
{
    const struct cluster *cluster = working->cluster;
    memset(working->fails, 0, cluster->node_count * sizeof *working->fails);
    failure->lost = failure->takers = 0;
    failure->capacity = 0;
    for (size_t i = 0; i < working->failures; i++) {
        working->fails[failure->nodes[i]] = true;
        failure->lost += cluster->nodes[failure->nodes[i]].lost_vms;
    }
    for (size_t i = 0; i < cluster->node_count; i++) {
        if (working->fails[i])
            continue;
        failure->takers += cluster->nodes[i].kind == CLUSTER_NODE_UP;
        failure->capacity += cluster->nodes[i].capacity;
    }
    judge_start(working, failure, false);
    judge_want(working, failure);
}

/* ---- all sets ---- */

static double left_after(const struct failure *failure)
{
    return (double)failure->free - (double)failure->must_start;
}

static int compare_numbers(double a, double b)
{
    return (a > b) - (a < b);
}

static int worst_first(const void *a, const void *b)
{
    const struct failure *x = a, *y = b;
    int order = compare_numbers((double)y->certain, (double)x->certain);
    if (!order)
        order = compare_numbers((double)y->placeless, (double)x->placeless);
    if (!order)
        order = compare_numbers(y->lacking, x->lacking);
    if (!order)
        order = compare_numbers(left_after(x), left_after(y));
    return order ? order : (x->nodes > y->nodes) - (x->nodes < y->nodes); /* as they were made */
}

static bool make_sets(struct working *working, struct failover *failover, struct error *err)
{
    size_t n = working->answering_count, k = working->failures;
    uint64_t count = subsets_count(n, k);
    if (count > FAILOVER_MOST_SETS) {
        error_set(err,
                  "--failures=%zu: %zu nodes have more than %d sets of so many, which is too much "
                  "to look at",
                  k, n, FAILOVER_MOST_SETS);
        return false;
    }
    size_t *set = arena_array(working->arena, k, sizeof *set);
    failover->sets = arena_array(working->arena, (size_t)count, sizeof *failover->sets);
    uint32_t *nodes = arena_array(working->arena, (size_t)count * k, sizeof *nodes);
    if (!set || !failover->sets || !nodes)
        return error_memory(err);
    subsets_first(set, k);
    do {
        struct failure *failure = &failover->sets[failover->set_count++];
        failure->nodes = nodes;
        nodes += k;
        for (size_t i = 0; i < k; i++)
            failure->nodes[i] = working->answering[set[i]];
        judge_set(working, failure);
        for (size_t i = 0; i < k; i++) {
            size_t *most = &failover->node_placeless[failure->nodes[i]];
            *most = failure->placeless > *most ? failure->placeless : *most;
        }
    } while (subsets_next(set, k, n));
    qsort(failover->sets, failover->set_count, sizeof *failover->sets, worst_first);
    return true;
}

/* ---- the worst of them ---- */

static bool keep_moves(struct working *working, struct failover *failover, struct error *err)
{
    struct failure *worst = &failover->sets[0];
    working->placement.all = PLACEMENT_ALL_STEPS;
    judge_set(working, worst);
    judge_start(working, worst, true);
    failover->moves = arena_array(working->arena, worst->vms, sizeof *failover->moves);
    failover->shrink = arena_array(working->arena, worst->placeless, sizeof *failover->shrink);
    if (!failover->moves || !failover->shrink)
        return error_memory(err);
    failover->move_count = worst->vms;
    for (size_t i = 0; i < worst->vms; i++) {
        bool placed = i >= worst->placeless;
        failover->moves[i] =
            (struct failover_move){.vm = &working->cluster->vms[working->vms[i]],
                                   .place = placed ? working->place_of[working->where[i]] : 0,
                                   .placed = placed};
        if (placed)
            working->places[working->where[i]] -= working->sizes[i];
    }
    return true;
}

/* The largest of them takes the largest place that is left, and so on. */
static void find_shrinks(struct working *working, struct failover *failover, double overhead)
{
    static const uint64_t step = 64ull * MEGABYTE; /* a startup RAM is no odd number */
    for (size_t i = 0; i < failover->sets[0].placeless; i++) {
        const struct cluster_vm *vm = failover->moves[i].vm;
        uint64_t *best = roomiest(working), room = best ? *best : 0;
        uint64_t to = room > (uint64_t)overhead ? (room - (uint64_t)overhead) / step * step : 0;
        if (!best || to < 8 * step) /* under 512 MB hardly anything starts */
            return;
        failover->shrink[failover->shrink_count++] = (struct failover_shrink){vm, to};
        *best -= to + (uint64_t)overhead;
    }
}

/* Does the worst failure fit with so much more on each node? */
static bool fits_with(struct working *working, size_t count, uint64_t more)
{
    find_places(working, true, (double)more);
    const struct placement_question question = question_of(working, count);
    return placement_find(&question, &working->placement, NULL) == PLACEMENT_FITS;
}

/* With so much more on each node, any of its NUMA nodes could take all of it. */
static uint64_t most_to_add(const struct cluster *cluster, uint64_t must_start)
{
    uint64_t most = 0;
    for (size_t i = 0; i < cluster->place_count; i++) {
        const struct cluster_place *place = &cluster->places[i];
        uint64_t parts = cluster->nodes[place->node].node->vms.balancer.count;
        uint64_t add = (must_start + cluster_whole(-place->start)) * parts;
        most = add > most ? add : most;
    }
    return most;
}

static void find_addition(struct working *working, struct failover *failover)
{
    static const uint64_t step = 256ull * MEGABYTE;
    struct failure *worst = &failover->sets[0];
    size_t count = gather(working, worst, working->starts);
    uint64_t low = 0, high = most_to_add(working->cluster, worst->must_start) / step + 1;
    if (!worst->certain || !worst->takers)
        return;
    while (low + 1 < high) {
        uint64_t middle = low + (high - low) / 2;
        if (fits_with(working, count, middle * step))
            high = middle;
        else
            low = middle;
    }
    failover->add = (double)(high * step);
}

/* ---- SCVMM ---- */

/* On the nodes that answer, with what VMs want: it counts demand. Those that take no VM have
 * nothing free. */
static bool judge_overcommit(struct working *working, struct failover *failover, struct error *err)
{
    const struct cluster *cluster = working->cluster;
    struct overcommit_node *nodes =
        arena_array(working->arena, working->answering_count, sizeof *nodes);
    if (!nodes)
        return error_memory(err);
    for (size_t i = 0; i < working->answering_count; i++) {
        uint32_t node = working->answering[i];
        size_t from = working->first[node], to = working->first[node + 1];
        double available = 0;
        for (size_t k = 0; k < cluster->place_count; k++)
            available += cluster->places[k].node == node ? cluster->places[k].want : 0;
        nodes[i].available = available > 0 ? (uint64_t)available : 0;
        nodes[i].count = to - from;
        nodes[i].largest = to > from ? working->wants[from].size : 0;
        for (size_t k = from; k < to; k++)
            nodes[i].held += working->wants[k].size;
    }
    return overcommit_judge(nodes, working->answering_count, working->failures, working->arena,
                            &failover->overcommit, err);
}

bool failover_judge(const struct cluster *cluster, size_t failures, double overhead,
                    struct arena *arena, struct failover *ret, struct error *err)
{
    struct working working = {.cluster = cluster, .arena = arena, .failures = failures};
    struct failover failover = {0};
    failover.node_placeless =
        arena_array(arena, cluster->node_count, sizeof *failover.node_placeless);
    if (!failover.node_placeless)
        return error_memory(err);
    if (!prepare(&working, err) || !make_sets(&working, &failover, err))
        return false;
    failover.failures = working.failures;
    if (!keep_moves(&working, &failover, err))
        return false;
    find_shrinks(&working, &failover, overhead);
    find_addition(&working, &failover);
    if (!judge_overcommit(&working, &failover, err))
        return false;
    *ret = failover;
    return true;
}
