/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Memory as a guest sees it from inside: what the parent cannot know.
 */
#ifndef HYPERV_GUEST_H
#define HYPERV_GUEST_H

#include "hyperv/reading.h"

struct guest {
    double available; /* bytes */
    bool has_maximum;
    double maximum; /* the VM's maximum RAM in bytes, as the integration service tells it */
    const char *maximum_problem; /* why there is none; NULL: it says 0, which means unknown */
};

/* False: Available MBytes can't be told. */
bool guest_read(struct source *source, struct guest *ret, struct error *err);

#endif
