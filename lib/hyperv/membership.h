/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a failover cluster tells of itself, on any of its nodes: which nodes it has and how they
 * are, and which VMs it keeps running.
 *
 * MSCluster_Node and MSCluster_Resource of root\MSCluster, where they can be read. A resource of
 * the type "Virtual Machine" is named after its VM ("Virtual Machine web01") and so is its group;
 * whoever renames one of them is asked to leave the other. Its own GUID is not the VM's, and how
 * PrivateProperties with VmID in it is written differs between ways to ask, so the column VmID is
 * taken where a record has it, and names otherwise. Source: Microsoft's class reference.
 */
#ifndef HYPERV_MEMBERSHIP_H
#define HYPERV_MEMBERSHIP_H

#include "counter/counter.h"

/* MSCluster_Node.State, by the numbers that Windows has for them. */
enum node_state {
    NODE_UP,
    NODE_DOWN,
    NODE_PAUSED,
    NODE_JOINING,
    NODE_STATE_UNKNOWN, /* -1, or a number that nobody has told of */
};

struct member_node {
    const char *name;
    enum node_state state;
    bool draining, drained; /* NodeDrainStatus 1 and 2: its VMs are being, or were, moved away */
};

/* A VM that the cluster keeps running. */
struct member_vm {
    const char *name;  /* of its resource, without "Virtual Machine " */
    const char *group; /* "" where it is not told */
    const char *owner; /* the node that has it; "" */
    const char *guid;  /* "" */
    bool online;       /* else it is off or saved, or has failed */
};

struct membership {
    struct member_node *nodes;
    size_t node_count, node_room;
    struct member_vm *vms;
    size_t vm_count, vm_room;
    bool has_nodes, has_vms;       /* false: the rows could not be read, for */
    const char *no_nodes, *no_vms; /* this reason */
};

/* Never fails for what is not there: a host need not be in a cluster, nor tell everybody. False:
 * what is there could not be read. */
bool membership_read(struct source *source, struct arena *arena, struct membership *ret,
                     struct error *err);

#endif
