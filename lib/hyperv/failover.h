/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What happens to a cluster's VMs when nodes fail: every set of so many nodes that answer fails
 * once, and its clustered VMs look for places on the nodes that remain and are up.
 *
 * Two questions, each by itself. Does every VM find a place to start, with its startup RAM? And
 * does every VM find what it wants then? One placement answers the first, another the second: in
 * between, VMs can be moved. Memory alone is looked at; preferred and possible owners, priorities
 * and anti-affinity are not.
 */
#ifndef HYPERV_FAILOVER_H
#define HYPERV_FAILOVER_H

#include "hyperv/cluster.h"
#include "hyperv/overcommit.h"
#include "hyperv/placement.h"

enum { FAILOVER_MOST_SETS = 100000 };

/* One set of nodes fails. */
struct failure {
    uint32_t *nodes; /* of the cluster's */
    size_t vms;      /* that look for a place, those whose sizes are not known aside */
    size_t lost;     /* VMs that are not clustered, and end with their node */

    size_t placeless; /* the fewest that can't start: the largest ones */
    size_t certain;   /* so many can't for certain; less where it is open */
    bool open;        /* whether fewer would do is not decided */

    uint64_t must_start; /* what all need to start, in bytes */
    uint64_t free;       /* for that, on the nodes that remain */
    uint64_t block;      /* the largest free place of these */
    size_t takers;       /* nodes that remain and are up */

    uint64_t wanted;     /* by all that look for a place */
    uint64_t room;       /* for that */
    uint64_t room_block; /* the largest of it in one place */
    double lacking_now;  /* what VMs of the nodes that remain lack already */
    double lacking; /* what VMs lack then, with those that remain; where some can't start: by all */
    bool lacking_open; /* whether it could be less is not decided */
    double capacity;   /* of the nodes that remain */
};

/* Where one VM goes. */
struct failover_move {
    const struct cluster_vm *vm;
    uint32_t place; /* of the cluster's; placed */
    bool placed;
};

/* What would let a VM start that has no place: a smaller startup RAM. */
struct failover_shrink {
    const struct cluster_vm *vm;
    uint64_t to; /* bytes, without overhead */
};

struct failover {
    size_t failures;      /* nodes that fail at once */
    struct failure *sets; /* the worst first */
    size_t set_count;
    struct failover_move *moves; /* in the worst of them, in the order of their sizes */
    size_t move_count;
    struct failover_shrink
        *shrink; /* of those without a place there; fewer where nothing is left */
    size_t shrink_count;
    double add; /* RAM that each remaining node would need more, in bytes; 0: it fits or is open */
    size_t *node_placeless; /* for each node of the cluster, the most without a place where it is
                               among those that fail */
    struct overcommit overcommit; /* what SCVMM's proofs say of the same figures */
};

/* False: too many sets, or no memory. */
bool failover_judge(const struct cluster *cluster, size_t failures, double overhead,
                    struct arena *arena, struct failover *ret, struct error *err);

#endif
