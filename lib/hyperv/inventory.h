/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The VMs that are configured on a host, and their memory settings, from WMI.
 */
#ifndef HYPERV_INVENTORY_H
#define HYPERV_INVENTORY_H

#include "counter/counter.h"
#include "plugin/name.h"

struct configured_vm {
    const char *name;   /* ElementName */
    const char *guid;   /* Name */
    bool stopped;       /* off or saved: it holds no memory */
    bool has_state;     /* false: whether it is stopped was not told */
    bool seen_settings; /* there is a row of them */

    bool has_settings;
    bool dynamic;                     /* Dynamic Memory is on */
    double maximum, startup, minimum; /* bytes; 0: not told */
    unsigned buffer, weight;          /* percent; 0 to 10000 */
    bool paging; /* a part of it is in its smart paging file, as after a restart on a full host */

    uint32_t next_of_name; /* the next VM of the same name, NAME_NOT_FOUND at the last */
};

struct inventory {
    struct configured_vm *items;
    size_t count, room;
    bool saw_host;             /* the host's own row: whoever sees it may see all */
    bool tells_paging;         /* the settings tell smart paging: Windows Server 2012 and later */
    const char *host;          /* its name by that row; "" */
    struct name_index by_name; /* to the first of that name */
};

/* False: it can't be read; error.code READ_DENIED where rights are missing, READ_INVALID where what
 * a verdict rests on is there and not understood, or a GUID stands twice. A record that was
 * exported without a property that it rests on can't be read either. Nothing configured is true
 * with a count of 0. limits_only: minimum, buffer and weight are of no use to the caller and may
 * stay untold. */
bool inventory_read(struct source *source, bool limits_only, struct arena *arena,
                    struct inventory *ret, struct error *err);

#endif
