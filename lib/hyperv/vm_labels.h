/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * One perfdata label for each VM, stable from run to run.
 *
 * It is the VM's name where that is ASCII; else, and for all of them when asked, the first eight
 * digits of its GUID: perfdata labels must be ASCII, because Japanese NSClient++ reads UTF-8 as
 * CP932. Two VMs whose names become the same label both get their GUID's, and so does one
 * whose name would make the label of another's value. Labels that differ only in blanks, dots, '_'
 * and case are the same: the files and metrics that keep their history are.
 */
#ifndef HYPERV_VM_LABELS_H
#define HYPERV_VM_LABELS_H

#include "hyperv/vms.h"

enum label_mode { LABEL_NAME, LABEL_GUID };

/* A label for each VM of the table, in its order; NULL for one that can't be told from another: of
 * several with one name, or without a GUID where it would be needed. False: out of memory. */
bool vm_labels(const struct vms *vms, enum label_mode mode, struct arena *arena,
               const char *const **ret, struct error *err);

#endif
