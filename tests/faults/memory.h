/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Allocations that fail when they are told to. The linker sends a program's malloc(), calloc(),
 * realloc() and free() here (--wrap).
 */
#ifndef TESTS_FAULTS_MEMORY_H
#define TESTS_FAULTS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

struct allocations {
    unsigned made;  /* since it was armed */
    unsigned first; /* the one that fails, from 1; 0: none */
    bool later;     /* and all behind it */
    long live;      /* taken and not given back */
};
extern struct allocations allocations;
void allocations_end(void);

/* Count one more; must it fail? For a test that counts other calls among them, too. */
bool allocations_fail(void);

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *old);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *old);

#endif
