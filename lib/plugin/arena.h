/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * One owner for everything that a check reads and says.
 *
 * A check lives for a few milliseconds: what it reads (samples, rows, names), concludes and prints
 * is taken from one arena and given back at once. Whatever a function of this project returns by
 * pointer belongs to the arena that it was handed, unless its header says otherwise, so nothing has
 * to be freed piece by piece, and no failure path can leak.
 *
 *     struct arena arena = {0};
 *     char *name = arena_format(&arena, "%s_physical", label);
 *     arena_free(&arena);
 */
#ifndef PLUGIN_ARENA_H
#define PLUGIN_ARENA_H

#include "plugin/error.h"

#include <stdarg.h>
#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first */
    char *next;                 /* free bytes of the newest block */
    size_t left;
    bool failed; /* memory was asked for that there was not: something is missing */
};

/* Zeroed memory, aligned for any type; NULL when there is none or count * size overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* A copy of length bytes, terminated by NUL. NULL: out of memory. */
char *arena_text(struct arena *arena, const char *bytes, size_t length);

/* printf into the arena; never NULL: without memory it is "", and arena->failed tells, which is
 * looked at once, at the end. */
char *arena_format(struct arena *arena, const char *format, ...) LIKE_PRINTF(2, 3);
char *arena_vformat(struct arena *arena, const char *format, va_list arguments) LIKE_PRINTF(2, 0);

/* Room for one more item in an array that grows by doubling: returns the array, perhaps moved, in
 * which [count] is free and zeroed; NULL when out of memory (the old array stays as it was). Start
 * with NULL and 0; count is the number of items in use and *room is kept by this function. */
void *arena_grow(struct arena *arena, void *array, size_t count, size_t *room, size_t size);

/* Give everything back. The arena may be used again. */
void arena_free(struct arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_array((arena), 1, sizeof(type)))

#endif
