/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What vms.c and its parts join: counters, the VMs that are configured, and what Hyper-V says of
 * each. Of no use to others, who read vms.h.
 */
#ifndef HYPERV_JOIN_H
#define HYPERV_JOIN_H

#include "hyperv/inventory.h"
#include "hyperv/vms.h"

/* The VMs of one name, found by the first of them. */
struct namesakes {
    unsigned instances; /* counter instances that have their name */
    bool doubtful;      /* one of these may be another VM's, whose name ends like a number */
    bool seen, told;    /* which instance is of which was looked for, and found */
};

/* Everything that is joined. */
struct join {
    const struct vms_options *options;
    struct arena *arena;
    struct counter counters[VM_COUNTERS]; /* the first is VM_PHYSICAL */
    enum vm_counter asked[VM_COUNTERS];   /* which they are */
    size_t counter_count;
    size_t cursors[VM_COUNTERS];
    bool counted;        /* the source tells instances of one name apart by itself */
    const char *no_pool; /* why what the host has for VMs is not known; NULL: it is */
    bool recorded;
    struct inventory inventory;
    bool has_inventory;          /* false: it can't be read, and maxima are given */
    struct namesakes *namesakes; /* for each configured VM, the first of its name */
    uint32_t *owners;            /* for each instance, the first VM of its name */
    uint32_t *matches; /* for each instance, which of several VMs of its name, where that is told */
    bool *matched;     /* for each configured VM: an instance is its own by that */
    struct name_index by_mangled_name;
    bool *ambiguous; /* for each configured VM: another's name is mangled to the same */
    bool apart;      /* something does not join: a race, perhaps */
    struct vms vms;
};

enum { JOIN_SILENT = UINT32_MAX - 1 }; /* the owner of an instance that says nothing */

/* How many VMs of one name there are. */
struct tally {
    unsigned all, running;
    unsigned counted;     /* of those that run, the ones that have counters for certain: a static
                             one need not */
    uint32_t one_running; /* one of them, or NAME_NOT_FOUND */
};
struct tally join_tally(const struct join *join, uint32_t first);

/* Why none of the VMs of one name can be judged; NULL: they can. */
const char *join_problem(const struct join *join, uint32_t first, const struct tally *tally);

/* Ask what Hyper-V says of each VM, where that decides something or is wanted, and find by it which
 * instances are of which VMs of one name. False: the reading itself failed. */
bool join_summaries(struct join *join, struct source *source, struct error *err);

/* Give a VM whose GUID is known what Hyper-V says of it. */
void join_take_summary(const struct join *join, struct vm *vm);

#endif
