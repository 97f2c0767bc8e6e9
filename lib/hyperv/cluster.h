/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A cluster at one moment: its nodes with what each has free, and its VMs, each where it runs.
 *
 * VMs are joined by GUID over all nodes. One that is seen twice was migrated while the nodes were
 * asked, and is counted once, where it runs. One that the cluster keeps running and no node has was
 * between two nodes.
 *
 * A VM has two sizes. To start, it needs its startup RAM. Then it wants what its guest asks for, at
 * most its maximum RAM and at least its minimum. To both comes what Hyper-V itself takes for a VM.
 *
 * A node has two amounts that are free for VMs of others. To let them start: what its balancer has,
 * and what its own VMs hold beyond what they want, which the balancer takes back for it. And for
 * good: that, less what its own VMs lack. Where NUMA nodes share no memory, each is a place of its
 * own, and what VMs hold beyond what they want is not counted: on which it is, is not told.
 */
#ifndef HYPERV_CLUSTER_H
#define HYPERV_CLUSTER_H

#include "hyperv/node.h"

struct cluster_vm {
    const struct vm *vm;
    uint32_t node;        /* of the cluster's nodes */
    bool clustered;       /* it is started elsewhere when its node fails; else it dies with it */
    const char *problem;  /* why its sizes are not known; NULL: they are */
    uint64_t start, want; /* bytes, with overhead; where known */
};

struct cluster_place {
    uint32_t node;
    double start; /* free to let VMs start; negative: so much less than is to stay free */
    double want;  /* free for good; negative: its VMs lack so much, too */
};

enum cluster_node_kind {
    CLUSTER_NODE_UP,
    CLUSTER_NODE_PAUSED,  /* takes no VM: paused, drained, or joining; its VMs may fail all the same
                           */
    CLUSTER_NODE_DOWN,    /* the cluster says so; its VMs are elsewhere by now */
    CLUSTER_NODE_SILENT,  /* does not answer: what is on it is not known */
    CLUSTER_NODE_UNASKED, /* the cluster has it, but nobody was told to ask it */
    CLUSTER_NODE_FOREIGN, /* it answers, but the cluster has no such node */
};

struct cluster_node {
    const char *name;
    enum cluster_node_kind kind;
    const char *why;         /* of what is neither up nor down; "" */
    const struct node *node; /* NULL: none was given */
    double capacity;         /* what it has for VMs, in use or not */
    uint64_t start;          /* of all its places */
    double lack, spare;      /* of its own VMs, in bytes */
    size_t vms, lost_vms;    /* its running VMs; of them, those that are not clustered */
};

struct cluster {
    struct cluster_node *nodes;
    size_t node_count;
    struct cluster_vm *vms; /* in the order of their names */
    size_t vm_count;
    struct cluster_place *places; /* of nodes that are up, in their order */
    size_t place_count;
    size_t clustered, unjudged; /* VMs; unjudged ones are clustered */

    const char **twice; /* VMs that were seen on two nodes */
    size_t twice_count;
    const char **nowhere; /* VMs that the cluster keeps running, and no node has */
    size_t nowhere_count;
    bool has_members;                   /* which VMs are clustered is told by the cluster itself */
    bool has_states;                    /* and so is how its nodes are */
    const char *no_members, *no_states; /* why not */
};

struct cluster_options {
    const struct text_list *alone; /* globs of VMs that are not clustered */
    double overhead;               /* bytes that a VM takes beside its RAM */
    double keep;                   /* bytes that stay available on every node */
};

/* What of an amount can be given away, in whole bytes. */
uint64_t cluster_whole(double bytes);

/* All VMs of all nodes that answer as one table, each once; which node each is of is in ret_node.
 * False: out of memory. */
bool cluster_merge(const struct node *nodes, size_t count, struct arena *arena, struct vms *ret,
                   uint32_t **ret_node, const char ***ret_twice, size_t *ret_twice_count,
                   struct error *err);

/* False: out of memory. */
bool cluster_of(const struct node *nodes, size_t count, const struct cluster_options *options,
                struct arena *arena, struct cluster *ret, struct error *err);

/* "is paused"; "" of one that is up. */
const char *cluster_node_words(const struct cluster_node *node);

#endif
