/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Where VMs of a host that is short of memory could move to: nodes of its cluster that have it.
 */
#ifndef HYPERV_DESTINATION_H
#define HYPERV_DESTINATION_H

#include "hyperv/cluster.h"
#include "hyperv/demand.h"

struct destination {
    const struct cluster_node *node; /* NULL: none has room for it */
    double has;                      /* what it has free for it, in bytes */
};

/* For each VM, in order, the node that has the most left; a VM takes with it what it holds, or
 * wants where that is more. The host itself, which bears this name (or ""), is none. ret: as many
 * as there are VMs; ret_most: the node that has the most left for the first that finds none. */
void destinations_find(const struct cluster *cluster, const char *self,
                       const struct demand_vm *const *vms, size_t count, struct destination *ret,
                       struct destination *ret_most);

#endif
