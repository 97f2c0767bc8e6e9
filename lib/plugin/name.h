/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Names that other people chose: compared, looked up and matched without regard to case.
 *
 * Case is folded for the scripts that have it and that VMs are named in (Latin, Greek, Cyrillic,
 * full-width letters), code point by code point and the same on every system: towlower() would ask
 * the locale.
 */
#ifndef PLUGIN_NAME_H
#define PLUGIN_NAME_H

#include "plugin/arena.h"

#include <stdint.h>

bool name_equal(const char *a, const char *b);

/* Order for lists: like strcmp, but without regard to case. */
int name_compare(const char *a, const char *b);

/* Does the whole name match? '*' is any run of characters, '?' any one; nothing else is special. */
bool name_matches(const char *glob, const char *name);

/*
 * An index from names to numbers, for joining tables of a thousand names in linear time. A name may
 * be added once; the names are not copied.
 */
struct name_index {
    struct name_slot {
        const char *name;
        uint32_t number;
    } * slots;
    size_t mask;
};

/* For at most this many names. */
bool name_index_make(struct name_index *index, size_t count, struct arena *arena,
                     struct error *err);

/* Add name -> number, or find that it is there: returns what the name leads to now. */
uint32_t name_index_add(struct name_index *index, const char *name, uint32_t number);

enum { NAME_NOT_FOUND = UINT32_MAX };
uint32_t name_index_find(const struct name_index *index, const char *name);

/*
 * A perfdata label from a name: letters, digits, '_', '.', '-' and blanks stay, other ASCII becomes
 * '_': the four grammars that read our perfdata agree on no more. NULL: the name is not ASCII, has
 * nothing but blanks, or there is no memory: then something else must name it.
 */
const char *name_label(const char *name, struct arena *arena);

#endif
