/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/overcommit.h"

#include "hyperv/subsets.h"

#include <stdlib.h>

enum { MOST_SETS = 5000 };

static uint64_t free_slots(uint64_t available, uint64_t slot)
{
    return slot ? available / slot : 0;
}

static uint64_t additional(uint64_t available, uint64_t largest)
{
    return available > largest ? available - largest : 0;
}

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* The sum of the first so many, which are the least; or of the others. */
static uint64_t sum_of(const uint64_t *values, size_t from, size_t to)
{
    uint64_t sum = 0;
    for (size_t i = from; i < to; i++)
        sum += values[i];
    return sum;
}

static struct overcommit_proof compare(uint64_t wanted, uint64_t there)
{
    return (struct overcommit_proof){
        .holds = wanted <= there, .tried = true, .wanted = wanted, .there = there};
}

/* The largest VM of all, the nodes that leave the least, and those that orphan the most. */
static void judge_simple(const struct overcommit_node *nodes, size_t count, size_t failures,
                         uint64_t *scratch, struct overcommit *ret)
{
    uint64_t largest = 0, used = 0;
    for (size_t i = 0; i < count; i++) {
        largest = nodes[i].largest > largest ? nodes[i].largest : largest;
        used += nodes[i].count;
    }
    for (size_t i = 0; i < count; i++)
        scratch[i] = nodes[i].count + free_slots(nodes[i].available, largest);
    qsort(scratch, count, sizeof *scratch, ascending);
    ret->slot_simple = compare(used, sum_of(scratch, 0, count - failures));
    for (size_t i = 0; i < count; i++)
        scratch[i] = nodes[i].held;
    qsort(scratch, count, sizeof *scratch, ascending);
    uint64_t orphaned = additional(sum_of(scratch, count - failures, count), largest);
    for (size_t i = 0; i < count; i++)
        scratch[i] = additional(nodes[i].available, largest);
    qsort(scratch, count, sizeof *scratch, ascending);
    ret->proof_simple = compare(orphaned, sum_of(scratch, 0, count - failures));
    if (used && failures == count)
        ret->proof_simple.holds = false; /* nobody is left to take anything */
}

/* One set, by both proofs. */
static void judge_set(const struct overcommit_node *nodes, size_t count, const size_t *set,
                      size_t failures, struct overcommit_proof *slot,
                      struct overcommit_proof *proof)
{
    uint64_t largest = 0, orphaned = 0, used = 0, slots = 0, takes = 0;
    for (size_t i = 0; i < failures; i++) {
        const struct overcommit_node *node = &nodes[set[i]];
        largest = node->largest > largest ? node->largest : largest;
        orphaned += node->held;
    }
    for (size_t i = 0, failing = 0; i < count; i++) {
        used += nodes[i].count;
        if (failing < failures && set[failing] == i) {
            failing++;
            continue;
        }
        slots += nodes[i].count + free_slots(nodes[i].available, largest);
        takes += additional(nodes[i].available, largest);
    }
    *slot = orphaned ? compare(used, slots) : compare(0, slots);
    *proof = compare(additional(orphaned, largest), takes);
    if (orphaned && failures == count)
        proof->holds = slot->holds = false;
}

static bool is_tighter(const struct overcommit_proof *a, const struct overcommit_proof *b)
{
    if (a->holds != b->holds)
        return !a->holds;
    return a->holds && a->there - a->wanted < b->there - b->wanted;
}

static void judge_full(const struct overcommit_node *nodes, size_t count, size_t failures,
                       size_t *set, struct overcommit *ret)
{
    uint64_t power = 1;
    for (size_t i = 0; i < failures && power < MOST_SETS; i++)
        power *= count;
    if (power >= MOST_SETS)
        return;
    subsets_first(set, failures);
    do {
        struct overcommit_proof slot, proof;
        judge_set(nodes, count, set, failures, &slot, &proof);
        if (!ret->slot_full.tried || is_tighter(&slot, &ret->slot_full))
            ret->slot_full = slot;
        if (!ret->proof_full.tried || is_tighter(&proof, &ret->proof_full))
            ret->proof_full = proof;
    } while (subsets_next(set, failures, count));
}

bool overcommit_judge(const struct overcommit_node *nodes, size_t count, size_t failures,
                      struct arena *arena, struct overcommit *ret, struct error *err)
{
    struct overcommit overcommit = {0};
    uint64_t *scratch = arena_array(arena, count, sizeof *scratch);
    size_t *set = arena_array(arena, failures, sizeof *set);
    if (!scratch || !set)
        return error_memory(err);
    judge_simple(nodes, count, failures, scratch, &overcommit);
    judge_full(nodes, count, failures, set, &overcommit);
    overcommit.proved = overcommit.slot_simple.holds || overcommit.proof_simple.holds ||
                        overcommit.slot_full.holds || overcommit.proof_full.holds;
    *ret = overcommit;
    return true;
}
