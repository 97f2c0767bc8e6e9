/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/arena.h"
#include "plugin/format.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Small enough that a check of a few values touches one or two pages, doubled from block to block
 * so that a host with 1,024 VMs needs a dozen. */
enum { FIRST_BLOCK = 1024 };

#ifndef LARGEST_BLOCK /* a test that lets each allocation fail wants each on its own: 1 */
#define LARGEST_BLOCK (256 * 1024)
#endif

struct arena_block {
    struct arena_block *older;
    size_t size;
    max_align_t bytes[];
};

static size_t aligned(size_t size)
{
    return (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
}

static bool add_block(struct arena *arena, size_t least)
{
    size_t size = arena->blocks ? arena->blocks->size * 2 : FIRST_BLOCK;
    if (size > LARGEST_BLOCK)
        size = LARGEST_BLOCK;
    if (size < least)
        size = least;
    /* calloc: fresh pages of the kernel are zero already and are not touched again. */
    struct arena_block *block = calloc(1, sizeof *block + size);
    if (!block) {
        arena->failed = true;
        return false;
    }
    block->older = arena->blocks;
    block->size = size;
    arena->blocks = block;
    arena->next = (char *)block->bytes;
    arena->left = size;
    return true;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size && count > (SIZE_MAX / 2) / size) {
        arena->failed = true;
        return NULL;
    }
    size_t bytes = count * size;
    size_t wanted = aligned(bytes ? bytes : 1); /* an empty array is not out of memory */
    if (wanted > arena->left && !add_block(arena, wanted))
        return NULL;
    void *taken = arena->next;
    arena->next += wanted;
    arena->left -= wanted;
    return taken;
}

char *arena_text(struct arena *arena, const char *bytes, size_t length)
{
    char *copy = arena_array(arena, length < SIZE_MAX ? length + 1 : length, 1);
    if (copy && length)
        memcpy(copy, bytes, length);
    return copy;
}

char *arena_vformat(struct arena *arena, const char *format, va_list arguments)
{
    char first[256];
    va_list again;
    va_copy(again, arguments);
    size_t length = format_print(first, sizeof first, format, arguments);
    char *text = NULL;
    if (length < sizeof first)
        text = arena_text(arena, first, length);
    else if ((text = arena_array(arena, length + 1, 1)))
        format_print(text, length + 1, format, again);
    va_end(again);
    static char none[1];
    return text ? text : none;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = arena_vformat(arena, format, arguments);
    va_end(arguments);
    return text;
}

void *arena_grow(struct arena *arena, void *array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return array;
    size_t more = *room <= SIZE_MAX / 2 ? *room * 2 : SIZE_MAX;
    if (!more)
        more = 8;
    void *grown = arena_array(arena, more, size);
    if (!grown)
        return NULL;
    if (count)
        memcpy(grown, array, count * size);
    *room = more;
    return grown;
}

void arena_free(struct arena *arena)
{
    while (arena->blocks) {
        struct arena_block *older = arena->blocks->older;
        free(arena->blocks);
        arena->blocks = older;
    }
    *arena = (struct arena){0};
}
