/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * How much a host can still take: more VMs, VMs that grow, the VMs of another host.
 *
 * What there is for VMs is what they hold and what the balancer still has; the rest of the host is
 * the parent's share. A VM needs its startup RAM to start, on one NUMA node where there are
 * several, and that is all that can be promised: what it wants then, its load decides.
 */
#ifndef HYPERV_CAPACITY_H
#define HYPERV_CAPACITY_H

#include "hyperv/vms.h"

struct capacity_question {
    double startup;  /* of the VMs that are to start; 0: of the largest that is stopped */
    double keep;     /* what must stay available */
    double incoming; /* what the VMs of another host would need here */
};

enum startup_origin {
    STARTUP_ASKED,
    STARTUP_STOPPED, /* the most of a stopped VM */
    STARTUP_RUNNING, /* no VM is stopped: the most of a running one */
    STARTUP_UNKNOWN, /* no VM's startup RAM is known */
    STARTUP_NO_VM,   /* there is no VM, and none was asked about */
};

struct capacity {
    double available;
    double startup;
    enum startup_origin origin;
    const char *startup_of;    /* that VM's name, where it is one's */
    double fits;               /* so many more VMs can start; where startup is known */
    double assigned;           /* what all running VMs hold */
    double for_vms;            /* that, and what is available */
    double maxima;             /* the sum of what they may have at most */
    double overcommitment;     /* that, in percent of for_vms; 0: nothing is there */
    const struct vm *farthest; /* from its maximum; NULL: none may grow */
    double distance;           /* so far */
    double room_least; /* by how much a VM could grow: on the NUMA node that has the least, */
    double room_most;  /* and on the one that has the most */
    double left;       /* of what is available, behind incoming; may be negative */
};

/* Of a table that was read with the balancer. VMs that can't be judged are left out. */
struct capacity capacity_of(const struct vms *vms, const struct capacity_question *question);

#endif
