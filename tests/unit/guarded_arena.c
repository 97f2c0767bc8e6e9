/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The arena of unit tests: every array is a piece of its own. What stands behind it is no zeroes
 * and no other array, which would let a test pass that looks one beyond: a number there is huge, a
 * pointer leads nowhere. And whoever wrote there is told when it is given back.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BEHIND = 64, POISON = 0x7F };

struct guarded {
    size_t size;
    max_align_t bytes[];
};

static void *guarded_calloc(size_t count, size_t size)
{
    size_t wanted = count * size;
    struct guarded *guarded = malloc(sizeof *guarded + wanted + BEHIND);
    if (!guarded)
        return NULL;
    guarded->size = wanted;
    memset(guarded->bytes, 0, wanted);
    memset((char *)guarded->bytes + wanted, POISON, BEHIND);
    return guarded->bytes;
}

static void guarded_free(void *block)
{
    struct guarded *guarded = (void *)((char *)block - offsetof(struct guarded, bytes));
    for (size_t i = 0; i < BEHIND; i++)
        if (((char *)block)[guarded->size + i] != POISON) {
            printf("# something was written behind an array\n");
            abort();
        }
    free(guarded);
}

#define LARGEST_BLOCK 1
#define max_align_t   char /* an array's size is not rounded: it is aligned above */
#define calloc        guarded_calloc
#define free          guarded_free
#include "../../lib/plugin/arena.c"
