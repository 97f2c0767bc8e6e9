/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * One look at a host: what its VMs want, and what there is for them.
 *
 * Pressure is what a VM wants over what it has, in percent, so a VM wants Physical Memory x Average
 * Pressure / 100. A host can give it that up to its maximum RAM: what it wants beyond is no demand
 * on the host, however full that is. What there is for all of them is what they hold and what the
 * balancer still has.
 *
 * A shortage is not the difference of these sums. What one VM lacks can only come from the balancer
 * or from a VM that can give: what another's minimum RAM keeps can't be taken from it, however
 * little it wants, and what another NUMA node has can't be used where nodes do not share.
 * Sources: the guideline; Microsoft on Dynamic Memory's counters; J. Savill on NUMA spanning.
 */
#ifndef HYPERV_DEMAND_H
#define HYPERV_DEMAND_H

#include "hyperv/vms.h"

/* What a look needs of vms_options.counters. */
enum { DEMAND_COUNTERS = 1u << VM_GUEST_VISIBLE | 1u << VM_ADDED | 1u << VM_REMOVED };

/* A balancer with less than this is dry: the guideline's exhausted hosts stand at 35 to 108 MB. */
enum { DEMAND_DRY = 128 * MEGABYTE };

/* A running VM with Dynamic Memory. */
struct demand_vm {
    const char *key; /* finds it in another look: its GUID, else its name; NULL: can't be found */
    const char *name;
    double physical;  /* bytes, as all amounts here */
    double wish;      /* what its guest asks for; what it holds, where its guest tells nothing */
    double demand;    /* of that, what the host may give it */
    double need;      /* its wish and its buffer */
    double goal;      /* that, within its minimum and maximum: what the balancer aims at */
    double least;     /* its minimum or startup RAM, whichever is less; 0: not known */
    double lost_ever; /* what was taken of the most that its guest saw; 0: not known */
    double added, removed; /* in all, since it started; where has_moves */
    bool has_moves;
};

struct demand {
    struct demand_vm *vms;
    size_t count, room;
    double available;        /* what the balancer has */
    double demand, capacity; /* of all VMs */
    double lack;             /* what VMs lack, together */
    double host_shortage;    /* of that, what nobody has who could give it */
    double shortage; /* that, or what the worst NUMA node may be short of, where that is more */
    struct balancer balancer;                /* without nodes: of a look that was kept */
    const struct balancer_node *short_node;  /* is dry or short while its VMs press; or NULL */
    const struct balancer_node *unsure_node; /* may be short too, but tells no pressure; or NULL */
    size_t silent; /* VMs whose pressure is 0: their guests tell nothing */
    size_t unread; /* VMs whose pressure has no value */
};

/* Of a table that was read with these counters and the balancer. What can't be told about a VM is
 * left out: vms says which are unjudged. False: out of memory. */
bool demand_of(const struct vms *vms, struct arena *arena, struct demand *ret, struct error *err);

/* Of one VM with Dynamic Memory. */
struct demand_vm demand_of_vm(const struct vm *vm);

/* What a VM lacks, of what the host may give it; and what can be taken from it. */
double demand_lack(const struct demand_vm *vm);
double demand_spare(const struct demand_vm *vm);

/* Put a look together by hand: add VMs, then add all up. */
bool demand_add(struct demand *look, const struct demand_vm *vm, struct arena *arena);
void demand_conclude(struct demand *look);

/* What the next run needs of a look, as lines of a state, and back: what a VM holds and what was
 * moved, and whether there was a shortage. Reading one line at a time refuses what is no such line;
 * the look is begun with zeroes. */
char *demand_print(const struct demand *look, struct arena *arena);
bool demand_parse(struct demand *look, const char *line);
char *demand_vm_print(const struct demand_vm *vm, struct arena *arena);
bool demand_vm_parse(struct demand *look, const char *line, struct arena *arena);

#endif
