/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * MemoryReserve: RAM that the parent keeps from the VMs, set in the registry.
 */
#ifndef HYPERV_RESERVE_H
#define HYPERV_RESERVE_H

#include "counter/counter.h"

enum reserve_kind {
    RESERVE_ABSENT, /* the normal state since Windows Server 2012 */
    RESERVE_SET,
    RESERVE_MALFORMED, /* there, but not a REG_DWORD of four bytes: Windows can't use it */
};

struct reserve {
    enum reserve_kind kind;
    double bytes;      /* where it is set */
    const char *fault; /* where it is malformed: "a REG_SZ of 10 bytes, not a REG_DWORD of 4" */
};

/* False with READ_NO_OBJECT: the value is not there, in a place where that says nothing: a machine
 * without Hyper-V's classes, or a record whose file does not hold the key. */
bool reserve_read(struct source *source, struct arena *arena, struct reserve *ret,
                  struct error *err);

/* What Windows itself would keep on a host with this much RAM: 384 MB + 30 MB per GB. Source:
 * MicrosoftDocs/Virtualization-Documentation, root-memory-reserve. */
double reserve_computed(double host_memory);

#endif
