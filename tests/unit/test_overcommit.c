/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * SCVMM's four proofs: Microsoft's worked example (KB 3023928) with every intermediate figure, and
 * what ours finds that only one of the four proves.
 */
#include "unit.h"

#include "hyperv/overcommit.h"
#include "hyperv/placement.h"
#include "hyperv/subsets.h"

/* In GB. Two nodes may fail, the host reserve is 9 GB, and nothing is added for the hypervisor. */
static const struct overcommit_node example[] = {
    {.available = 15, .held = 8, .largest = 4, .count = 2}, /* A: 32 - 9 - 4 - 4 */
    {.available = 15, .held = 8, .largest = 4, .count = 2}, /* B: the same */
    {.available = 7, .held = 8, .largest = 8, .count = 1},  /* C: 32 - 9 - 8 - 8, one not ha */
    {.available = 13, .held = 4, .largest = 2, .count = 2}, /* D: 32 - 9 - 6 - 2 - 2 */
};
enum { A, B, C, D, NODES, FAILURES = 2 };

static void assert_proof(struct overcommit_proof proof, bool holds, uint64_t wanted, uint64_t there)
{
    assert_true(proof.tried);
    assert_int_equal(proof.holds, holds);
    assert_int_equal(proof.wanted, wanted);
    assert_int_equal(proof.there, there);
}

static struct overcommit judge(const struct overcommit_node *nodes, size_t count, size_t failures)
{
    struct overcommit overcommit;
    struct error err;
    assert_true(overcommit_judge(nodes, count, failures, &arena, &overcommit, &err));
    return overcommit;
}

static void the_worked_example(void **state)
{
    (void)state;
    struct overcommit overcommit = judge(example, NODES, FAILURES);
    /* 7 used slots of 8 GB, and the two nodes with the fewest have 4 */
    assert_proof(overcommit.slot_simple, false, 7, 4);
    /* sets with C leave 6 of 7 */
    assert_proof(overcommit.slot_full, false, 7, 6);
    /* 16 GB less the largest VM are orphaned, C and D take 0 and 5 */
    assert_proof(overcommit.proof_simple, false, 8, 5);
    /* it holds for all sets, for A and B by the least: 16 - 4 <= 3 + 9 */
    assert_proof(overcommit.proof_full, true, 12, 12);
    assert_true(overcommit.proved);
}

/* Each set by itself: two nodes of the four fail, so the four are put so that only that set counts:
 * the others' VMs are none of those that can fail. */
static void every_set_of_it(void **state)
{
    (void)state;
    static const struct {
        size_t set[FAILURES];
        uint64_t orphaned, largest, takes;
    } sets[] = {
        {{A, B}, 16, 4, 12}, {{A, C}, 16, 8, 12}, {{A, D}, 12, 4, 14},
        {{B, C}, 16, 8, 12}, {{B, D}, 12, 4, 14}, {{C, D}, 12, 8, 14},
    };
    for (size_t i = 0; i < LENGTH(sets); i++) {
        uint64_t takes = 0, held = 0, largest = 0;
        for (size_t node = 0; node < NODES; node++) {
            bool fails = node == sets[i].set[0] || node == sets[i].set[1];
            held += fails ? example[node].held : 0;
            if (fails && example[node].largest > largest)
                largest = example[node].largest;
        }
        for (size_t node = 0; node < NODES; node++)
            if (node != sets[i].set[0] && node != sets[i].set[1])
                takes += example[node].available > largest ? example[node].available - largest : 0;
        assert_int_equal(held, sets[i].orphaned);
        assert_int_equal(largest, sets[i].largest);
        assert_int_equal(takes, sets[i].takes);
        /* and the judge says so, where that set alone has VMs that fail */
        struct overcommit_node nodes[NODES];
        for (size_t node = 0; node < NODES; node++) {
            bool fails = node == sets[i].set[0] || node == sets[i].set[1];
            nodes[node] = example[node];
            if (!fails)
                nodes[node].held = nodes[node].largest = nodes[node].count = 0;
        }
        assert_true(judge(nodes, NODES, FAILURES).proof_full.holds);
    }
}

/* What one of four proves, we show: here is where each VM goes, whichever two nodes fail. */
static void ours_finds_the_placement(void **state)
{
    (void)state;
    static const uint64_t vms[NODES][2] = {{4, 4}, {4, 4}, {8, 0}, {2, 2}};
    size_t set[FAILURES], sets = 0;
    subsets_first(set, FAILURES);
    do {
        uint64_t sizes[4], places[NODES], left[NODES];
        size_t count = 0, place_count = 0;
        uint32_t where[4];
        for (size_t size = 8; size > 0; size--) /* the largest first */
            for (size_t i = 0; i < FAILURES; i++)
                for (size_t k = 0; k < 2; k++)
                    if (vms[set[i]][k] == size)
                        sizes[count++] = size;
        for (size_t node = 0; node < NODES; node++)
            if (node != set[0] && node != set[1])
                places[place_count++] = example[node].available;
        struct placement_work work;
        struct error err;
        const struct placement_question question = {sizes, count, places, place_count};
        assert_true(placement_prepare(&work, count, place_count, &arena, &err));
        assert_int_equal(placement_find(&question, &work, where), PLACEMENT_FITS);
        memcpy(left, places, sizeof left);
        for (size_t i = 0; i < count; i++) {
            assert_true(left[where[i]] >= sizes[i]);
            left[where[i]] -= sizes[i];
        }
        sets++;
    } while (subsets_next(set, FAILURES, NODES));
    assert_int_equal(sets, 6);
}

static void full_is_tried_for_fewer_than_5000(void **state)
{
    (void)state;
    struct overcommit_node *nodes = arena_array(&arena, 71, sizeof *nodes);
    assert_true(judge(nodes, 70, 2).proof_full.tried);  /* 4,900 */
    assert_false(judge(nodes, 71, 2).proof_full.tried); /* 5,041 */
    assert_false(judge(nodes, 71, 2).slot_full.tried);
    assert_true(judge(nodes, 71, 1).proof_full.tried);
    assert_false(judge(nodes, 71, 70).proof_full.tried); /* more than there are numbers for */
}

static void either_proof_is_enough(void **state)
{
    (void)state;
    enum { MANY = 71 }; /* too many for the full ones */
    struct overcommit_node nodes[MANY];
    for (size_t i = 0; i < MANY; i++)
        nodes[i] = (struct overcommit_node){.available = 8, .held = 8, .largest = 8, .count = 1};
    struct overcommit overcommit = judge(nodes, MANY, 2);
    assert_true(overcommit.slot_simple.holds && !overcommit.proof_simple.holds);
    assert_true(overcommit.proved);
    for (size_t i = 0; i < MANY; i++) /* many small ones, and one that makes each slot large */
        nodes[i] = (struct overcommit_node){
            .available = 9, .held = i ? 1 : 8, .largest = i ? 1 : 8, .count = i ? 100 : 1};
    overcommit = judge(nodes, MANY, 2);
    assert_true(overcommit.proof_simple.holds && !overcommit.slot_simple.holds);
    assert_true(overcommit.proved);
}

static void nobody_is_left(void **state)
{
    (void)state;
    static const struct overcommit_node one = {
        .available = 10, .held = 4, .largest = 4, .count = 1};
    struct overcommit overcommit = judge(&one, 1, 1);
    assert_false(overcommit.proved);
    static const struct overcommit_node empty = {.available = 10};
    overcommit = judge(&empty, 1, 1);
    assert_true(overcommit.proved && overcommit.proof_simple.holds);
}

static void subsets_are_all_of_them(void **state)
{
    (void)state;
    assert_int_equal(subsets_count(4, 2), 6);
    assert_int_equal(subsets_count(64, 2), 2016);
    assert_int_equal(subsets_count(64, 3), 41664);
    assert_int_equal(subsets_count(3, 4), 0);
    assert_true(subsets_count(64, 32) > UINT32_MAX);
    size_t set[3], count = 1, before = 0;
    subsets_first(set, 3);
    while (subsets_next(set, 3, 7)) {
        size_t now = set[0] * 100 + set[1] * 10 + set[2];
        assert_true(set[0] < set[1] && set[1] < set[2] && set[2] < 7 && now > before);
        before = now;
        count++;
    }
    assert_int_equal(count, subsets_count(7, 3));
}

RUN_TESTS(TEST(the_worked_example), TEST(every_set_of_it), TEST(ours_finds_the_placement),
          TEST(full_is_tried_for_fewer_than_5000), TEST(either_proof_is_enough),
          TEST(nobody_is_left), TEST(subsets_are_all_of_them));
