/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Page Reads/sec: how often a page fault had to wait for the disk. In the parent, the sign that the
 * parent itself has run short.
 */
#ifndef HYPERV_PAGING_H
#define HYPERV_PAGING_H

#include "hyperv/reading.h"

struct paging {
    double reads; /* a second */
};

bool paging_read(struct source *source, struct paging *ret, struct error *err);

#endif
