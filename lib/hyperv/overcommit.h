/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The four proofs by which System Center Virtual Machine Manager finds that a cluster is not
 * over-committed, on figures that are handed in. None of them can show that VMs do not fit.
 *
 * A slot is as large as the largest VM; a node has those that its VMs stand in, one each, and those
 * that its free memory makes. Or a node takes VMs until the largest would no longer fit: then what
 * it takes for certain is what it has free, less that one. Both are asked once for the worst of all
 * (simple), and for every set of failing nodes (full).
 * Source: Microsoft KB 3023928, "Details of the cluster overcommit algorithm in System Center 2012
 * R2 VMM", with its worked example.
 */
#ifndef HYPERV_OVERCOMMIT_H
#define HYPERV_OVERCOMMIT_H

#include "plugin/arena.h"

#include <stdint.h>

struct overcommit_node {
    uint64_t available; /* what it has free, in bytes */
    uint64_t held;      /* what its highly available VMs take */
    uint64_t largest;   /* the largest of them */
    size_t count;       /* of them */
};

/* Two amounts that a proof compares: it holds where the first is not more than the second. Slots,
 * or bytes; of a full proof, those of the set that holds by the least, or is the first not to. */
struct overcommit_proof {
    bool holds;
    bool
        tried; /* the full ones only for fewer than 5,000 sets, as nodes to the power of failures */
    uint64_t wanted, there;
};

struct overcommit {
    struct overcommit_proof slot_simple, slot_full, proof_simple, proof_full;
    bool proved; /* by any of them */
};

/* failures: how many nodes fail at once, at most count. False: out of memory. */
bool overcommit_judge(const struct overcommit_node *nodes, size_t count, size_t failures,
                      struct arena *arena, struct overcommit *ret, struct error *err);

#endif
