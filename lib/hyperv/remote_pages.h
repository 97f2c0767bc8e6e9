/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Pages of each VM's memory that lie on another NUMA node than its own: every access goes the long
 * way. It says nothing of a lack of memory, so it is told and not judged.
 *
 * The rule is N. Eales' (Microsoft): above 100 pages, and growing by 100 an hour. The count begins
 * anew when a VM is started or moved.
 */
#ifndef HYPERV_REMOTE_PAGES_H
#define HYPERV_REMOTE_PAGES_H

#include "counter/counter.h"

struct remote_vm {
    const char *name; /* the counter's instance */
    double pages;     /* of 4 KB */
};

struct remote_pages {
    struct remote_vm *items;
    size_t count, room;
};

/* False: *err tells why; READ_NO_OBJECT or READ_NO_COUNTER where this host does not tell it. */
bool remote_pages_read(struct source *source, struct arena *arena, struct remote_pages *ret,
                       struct error *err);

/* What an earlier look has of the same VM; NULL: nothing. */
const struct remote_vm *remote_pages_find(const struct remote_pages *pages, const char *name);

/* Do they break the rule, with so many more in so many seconds? */
bool remote_pages_grow(double pages, double more, double seconds);

/* One as a line of a state, and back; the line of another kind is refused. */
char *remote_pages_print(const struct remote_vm *vm, struct arena *arena);
bool remote_pages_parse(struct remote_pages *pages, const char *line, struct arena *arena);

#endif
