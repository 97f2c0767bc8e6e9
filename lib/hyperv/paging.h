/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Page Reads/sec: how often a page fault had to wait for the disk. In the parent, the sign that the
 * parent itself has run short.
 */
#ifndef HYPERV_PAGING_H
#define HYPERV_PAGING_H

#include "counter/rate.h"
#include "hyperv/reading.h"

struct paging {
    bool is_rate;              /* the source holds rates: reads is one */
    double reads;              /* a second */
    struct rate_sample sample; /* otherwise the counter itself: two of them make a rate */
};

bool paging_read(struct source *source, struct paging *ret, struct error *err);

/* Samples have become a rate: let a source that records know. */
bool paging_tell(struct source *source, double reads, struct error *err);

#endif
