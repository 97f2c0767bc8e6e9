/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Which of several VMs of one name is a counter's instance of?
 *
 * A counter knows a name, Hyper-V's summary a GUID, and both tell what the VM holds and wants. An
 * instance is of the VM that holds as much. Of several that do, it is of the one that wants as
 * much. What the two tell is not of one moment, so as much is within 2 %, or 16 MB: a VM that is
 * taken for another is one that holds the same within that, and is judged as right as that.
 */
#ifndef HYPERV_NAMESAKES_H
#define HYPERV_NAMESAKES_H

#include "plugin/name.h"

#include <stdbool.h>

struct namesake {
    double physical; /* bytes */
    bool has_pressure;
    double pressure; /* percent; where has_pressure */
    uint32_t match;  /* found: of an instance the VM, of a VM the instance; or NAME_NOT_FOUND */
};

/* Is it as much? */
bool namesake_fits(double a, double b);

/* Find for each instance its VM; there can be more VMs than instances. False: some instance fits
 * none that is left, and then all of it is not known: no match is set. */
bool namesakes_match(struct namesake *instances, uint32_t count, struct namesake *vms,
                     uint32_t vm_count);

#endif
