/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/destination.h"

#include "plugin/number.h"

/* What went there for the VMs before this one. */
static double taken(const struct cluster_node *node, const struct demand_vm *const *vms,
                    const struct destination *destinations, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        if (destinations[i].node == node)
            sum += larger(vms[i]->demand, vms[i]->physical);
    return sum;
}

/* Where NUMA nodes share nothing, the largest of them. */
static double free_on(const struct cluster *cluster, size_t number)
{
    double most = 0;
    for (size_t i = 0; i < cluster->place_count; i++)
        if (cluster->places[i].node == number)
            most = larger(most, cluster->places[i].want);
    return most;
}

void destinations_find(const struct cluster *cluster, const char *self,
                       const struct demand_vm *const *vms, size_t count, struct destination *ret,
                       struct destination *ret_most)
{
    struct destination most = {0};
    for (size_t k = 0; k < count; k++) {
        struct destination best = {0};
        for (size_t i = 0; i < cluster->node_count; i++) {
            const struct cluster_node *node = &cluster->nodes[i];
            if (node->kind != CLUSTER_NODE_UP || node_is(node->node, self))
                continue;
            double has = free_on(cluster, i) - taken(node, vms, ret, k);
            if (!best.node || has > best.has)
                best = (struct destination){node, has};
        }
        bool fits = best.node && best.has >= larger(vms[k]->demand, vms[k]->physical);
        if (!fits && !most.node)
            most = best;
        ret[k] = fits ? best : (struct destination){0};
    }
    *ret_most = most;
}
