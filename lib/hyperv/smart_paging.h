/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The VMs that run from their smart paging file, and for how long.
 *
 * A VM that is started again, on a host that no longer has its startup RAM to give, gets what is
 * missing as a file on the host's disk, since Windows Server 2012. It is meant for minutes:
 * Microsoft expects a VM to be out of it within ten. Whoever stays in runs at the speed of a disk,
 * and no counter of the parent's memory tells.
 *
 * Source: Microsoft's overview of Dynamic Memory.
 */
#ifndef HYPERV_SMART_PAGING_H
#define HYPERV_SMART_PAGING_H

#include "hyperv/vms.h"

enum { SMART_PAGING_EXPECTED = 600 }; /* seconds, at most */

struct paging_vm {
    const char *key; /* finds it again: its GUID, else its name */
    const struct vm *vm;
    int64_t since; /* when it was first seen so, in ms since 1970 */
};

struct smart_paging {
    struct paging_vm *items;
    size_t count, room;
};

/* Those of a table, seen at this moment for the first time. False: out of memory. */
bool smart_paging_of(const struct vms *vms, int64_t moment, struct arena *arena,
                     struct smart_paging *ret);

/* Those that an earlier look has too were first seen when it says. */
void smart_paging_continue(struct smart_paging *now, const struct smart_paging *before);

/* One as a line of a state, and back; the line of another kind is refused. */
char *smart_paging_print(const struct paging_vm *vm, struct arena *arena);
bool smart_paging_parse(struct smart_paging *paging, const char *line, struct arena *arena);

#endif
