/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What the header of a performance log holds beside the columns that were asked for, so that
 * whoever asks for something else later is told without the header being read again: that of a
 * large host has megabytes.
 *
 * Objects are kept by their names, and the columns that have no instance by theirs: of both there
 * are few, however many VMs a host has. A header with more than is kept says nothing.
 */
#ifndef COUNTER_RECORD_CONTENTS_H
#define COUNTER_RECORD_CONTENTS_H

#include "counter/counter.h"
#include "counter/record/pdh_log.h"

struct contents_object {
    struct contents_object *next;
    const char *name;
    bool has_instances;
};

struct contents_column {
    struct contents_column *next; /* in the order of the file */
    const struct contents_object *object;
    const char *host, *counter;
    uint32_t index; /* in the row, the time stamp's left out */
};

/* Begins as {0}. */
struct contents {
    struct contents_object *objects, *last; /* last: that the column before was of */
    struct contents_column *columns, **end;
    size_t kept;
    bool incomplete; /* more than is kept */
    bool whole;      /* the header was seen to its end; set by who sees it */
};

/* Take in the next column. *ret_same: it is of the object that the one before is of. False: there
 * is no memory. What is kept belongs to the arena. */
bool contents_see(struct contents *contents, const struct counter_path *path, size_t index,
                  struct arena *arena, bool *ret_same);

/* Is all that the header has of a counter told here? *ret_object: it has a column of the object. */
bool contents_tell(const struct contents *contents, const char *object, bool instances,
                   bool *ret_object);

/* The next column of a counter without an instance, behind `after` or, where that is NULL, from the
 * first on; NULL: there is none. */
const struct contents_column *contents_next(const struct contents *contents,
                                            const struct contents_column *after, const char *object,
                                            const char *counter);

#endif
