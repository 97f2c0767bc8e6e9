/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What Hyper-V itself says of each VM's memory, by GUID: Msvm_SummaryInformation, of Windows Server
 * 2012 and later. Before that the class is there, but has no rows: a method alone fills it, and so
 * none of this is known there.
 *
 * It is Hyper-V's management service that answers, which is slower than a counter, so it is asked
 * for these properties alone, and where they decide something.
 *
 *   MemoryUsage             MB that the VM holds
 *   MemoryAvailable         of that, what it does not want, in percent; below 0 it wants more. So
 *                           100 less that is its pressure
 *   AvailableMemoryBuffer   what is left of the buffer that it should have, in percent
 *
 * A guest that reports nothing has the largest 32-bit number in the place of the last two. Sources:
 * Microsoft's class reference; B. Armstrong on the two; published values of two VMs, whose demand
 * is MemoryUsage x (100 - MemoryAvailable) / 100; the words and their limits as Hyper-V's own
 * PowerShell module has them.
 */
#ifndef HYPERV_SUMMARY_H
#define HYPERV_SUMMARY_H

#include "counter/counter.h"
#include "plugin/name.h"

struct vm_summary {
    const char *guid;
    bool has_usage;
    double usage; /* bytes; where has_usage */
    bool has_pressure;
    double pressure; /* percent; where has_pressure */
    bool silent;     /* its guest reports nothing */
    bool has_buffer;
    double buffer; /* percent; where has_buffer */
    bool paging;   /* it runs from its smart paging file */
    bool spanning; /* its memory spans NUMA nodes */
};

struct summaries {
    struct vm_summary *items;
    size_t count, room;
    struct name_index by_guid;
};

/* False: it can't be read; error.code READ_NO_OBJECT where this Windows or record has none. */
bool summaries_read(struct source *source, struct arena *arena, struct summaries *ret,
                    struct error *err);

/* NULL: there is no row of it. */
const struct vm_summary *summaries_find(const struct summaries *summaries, const char *guid);

/* The word that Hyper-V Manager and Get-VM have for it: "OK", "Low", "Warning", "Paging",
 * "Spanning"; NULL where they have none, as for a static VM and a guest that reports nothing. */
const char *summary_status(const struct vm_summary *summary, bool is_static);

#endif
