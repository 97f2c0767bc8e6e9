/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Does each VM find a place? Sizes and places alone: nothing here knows of hosts.
 *
 * Three answers, none of them a guess. It fits: a placement was found. It can't: a bound proves it
 * (more is wanted than there is, or more large VMs than places for them), or a search that tried
 * everything. It is open: within the steps that may be spent neither was found.
 *
 * First-fit and best-fit, largest first, find most placements that there are; what they miss, a
 * search finds, that puts the largest first wherever it can stand and goes back where it can't go
 * on. Amounts are whole bytes, so that no sum is off by a rounding.
 */
#ifndef HYPERV_PLACEMENT_H
#define HYPERV_PLACEMENT_H

#include "plugin/arena.h"

#include <stdint.h>

enum placement_verdict { PLACEMENT_FITS, PLACEMENT_IMPOSSIBLE, PLACEMENT_OPEN };

struct placement_question {
    const uint64_t *sizes; /* of what needs a place, the largest first; none is 0 */
    size_t count;
    const uint64_t *places; /* what each place has */
    size_t place_count;
};

/* What the search may spend, and what it works in: for questions of at most so many. */
struct placement_work {
    unsigned long all;   /* steps that are left for all questions */
    unsigned long steps; /* and for one */
    uint64_t *left;
    uint32_t *order, *trial;
};

/* Of the search, ours: for one question, and for all of a check, so that the largest cluster takes
 * no longer than a second. */
enum { PLACEMENT_STEPS = 40000, PLACEMENT_ALL_STEPS = 300000 };

/* False: out of memory. */
bool placement_prepare(struct placement_work *work, size_t count, size_t place_count,
                       struct arena *arena, struct error *err);

/* Where it fits, where[i] is the place of size i. where: count of them, or NULL. */
enum placement_verdict placement_find(const struct placement_question *question,
                                      struct placement_work *work, uint32_t *where);

/* The fewest that have no place. Whatever set of them is left out: as many of the largest can be
 * left out instead, since each makes room for what stood in for it. So these are the first. */
struct placement_fewest {
    size_t left_out; /* without these of the largest, the rest fits: where[] tells where */
    size_t least;    /* so many have no place for certain */
    bool open;       /* least is less than left_out: whether fewer would do is not decided */
};
struct placement_fewest placement_fewest(const struct placement_question *question,
                                         struct placement_work *work, uint32_t *where);

#endif
