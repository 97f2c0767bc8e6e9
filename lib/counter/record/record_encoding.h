/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a record's files are written in that say nothing about it, by all that they hold together.
 *
 * Bytes of one code page are mostly valid in others too, and then one file for itself tells
 * nothing. But the names of instances in a log are those of rows in another file, so that what they
 * are written in is what makes the names join. A log and an export may differ: a console writes its
 * OEM code page, PowerShell the ANSI one.
 */
#ifndef COUNTER_RECORD_RECORD_ENCODING_H
#define COUNTER_RECORD_RECORD_ENCODING_H

#include "counter/record/encoding.h"
#include "plugin/arena.h"

/* Names of a file; those of encoding_raw() where the file does not tell what it is in. */
struct record_names {
    const char **items;
    size_t count, room;
    bool raw;
};

/* Add a copy. False: out of memory. */
bool record_names_add(struct record_names *names, const char *name, struct arena *arena);

struct record_encodings {
    const struct encoding *log, *rows; /* NULL: it tells by itself */
    const char *stranger; /* an instance that joins with no row, whatever it is read as; NULL */
    size_t strangers;
};

/* Choose for both. False: out of memory, or the names join in two ways that make different ones of
 * them: the error tells the log, which is at this path, and the encodings. */
bool record_encodings_choose(const char *log, const struct record_names *instances,
                             const struct record_names *rows, struct arena *arena,
                             struct record_encodings *ret, struct error *err);

#endif
