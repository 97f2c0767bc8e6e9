/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "memory.h"

struct allocations allocations;

/* For tests/source/count_exits.c. */
void allocations_end(void)
{
    allocations.first = 0;
}

bool allocations_fail(void)
{
    unsigned number = ++allocations.made;
    return allocations.first &&
           (number == allocations.first || (allocations.later && number > allocations.first));
}

static void *taken(void *block)
{
    allocations.live += block != NULL;
    return block;
}

void *__wrap_malloc(size_t size)
{
    return allocations_fail() ? NULL : taken(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return allocations_fail() ? NULL : taken(__real_calloc(count, size));
}

void *__wrap_realloc(void *old, size_t size)
{
    if (allocations_fail())
        return NULL;
    void *block = __real_realloc(old, size);
    allocations.live += !old && block;
    return block;
}

void __wrap_free(void *old)
{
    allocations.live -= old != NULL;
    __real_free(old);
}
