/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The memory balancer: what it still has for VMs, and the pressure that it sees.
 *
 * A host has one balancer instance ("System Balancer"), or one for each NUMA node where NUMA
 * spanning is off. What is available is their sum, but a VM can grow only on its own node, so the
 * poorest is told too. Source: the guideline; J. Savill on NUMA spanning and Dynamic Memory.
 */
#ifndef HYPERV_BALANCER_H
#define HYPERV_BALANCER_H

#include "hyperv/reading.h"

struct balancer_node {
    const char *name;
    double available; /* bytes */
    bool valid;       /* false: the value is missing, or an underflow of the provider */
    bool has_raw;     /* false: there is no value at all */
    double raw;       /* as read, where it is not valid */
    bool has_pressure;
    double pressure; /* average, in percent; where has_pressure */
    bool has_value[BALANCER_COUNTERS];
    double values[BALANCER_COUNTERS]; /* bytes, percent or totals */
};

struct balancer {
    struct balancer_node *nodes;
    size_t count;
    double available; /* of all valid nodes */
    const struct balancer_node *poorest;
    const struct balancer_node *invalid; /* the first one; NULL: none */
    bool has_pressure;                   /* of every node */
    double pressure;                     /* of the node under the highest */

    bool has_parent;
    double parent_available; /* the parent's own Available MBytes, in bytes */

    /* why they can't be told; NULL where they can, or are there without a value */
    const char *pressure_problem, *parent_problem;
    const char *missing[BALANCER_COUNTERS + 1]; /* why a counter beside the judged is not there */
    size_t missing_count;
    const char *untold[BALANCER_COUNTERS]; /* newer counters that this Windows has not */
    size_t untold_count;
};

/* Reading in two steps, for whoever asks for other counters at the same moment: fill what to ask
 * for, at most BALANCER_ASKED, and return how many; then make a balancer of the answers. */
enum { BALANCER_ASKED = BALANCER_COUNTERS + 1 };
size_t balancer_ask(struct counter *counters, bool all);
bool balancer_conclude(const struct source *source, const struct counter *counters, size_t asked,
                       struct arena *arena, struct balancer *ret, struct error *err);

/* Both at once; `all` reads every counter of the group. False: Available Memory can't be told. */
bool balancer_read(struct source *source, bool all, struct arena *arena, struct balancer *ret,
                   struct error *err);

/* Do the VMs of this node together want more than they have? False where it is not known. */
bool balancer_presses(const struct balancer_node *node);

/* False where a node's Available Memory has no value, or one that can't be: without it nothing that
 * is available can be told, and what is left of the sum would look like a judgement. */
bool balancer_check(const struct balancer *balancer, struct error *err);

#endif
