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

#ifdef __SANITIZE_ADDRESS__
static const size_t behind = 0; /* AddressSanitizer sees it at once */
#else
static const size_t behind = 64;
#endif
enum { BEFORE = _Alignof(max_align_t), POISON = 0x7F };

/* Its size stands in front of it. */
static void *guarded_calloc(size_t count, size_t size)
{
    size_t wanted = count * size;
    char *all = malloc(BEFORE + wanted + behind);
    if (!all)
        return NULL;
    memcpy(all, &wanted, sizeof wanted);
    memset(all + BEFORE, 0, wanted);
    memset(all + BEFORE + wanted, POISON, behind);
    return all + BEFORE;
}

static void guarded_free(void *block)
{
    char *all = (char *)block - BEFORE;
    size_t size;
    memcpy(&size, all, sizeof size);
    for (size_t i = 0; i < behind; i++)
        if (all[BEFORE + size + i] != POISON) {
            printf("# something was written behind an array\n");
            abort();
        }
    free(all);
}

#define LARGEST_BLOCK 1
#define max_align_t   char /* an array's size is not rounded: it is aligned above */
#define calloc        guarded_calloc
#define free          guarded_free
#include "../../lib/plugin/arena.c" /* NOLINT(bugprone-suspicious-include) */
