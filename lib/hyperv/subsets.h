/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Every set of k of n things, in the order of their numbers.
 */
#ifndef HYPERV_SUBSETS_H
#define HYPERV_SUBSETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many sets there are; UINT64_MAX where that is more than can be counted. */
uint64_t subsets_count(size_t n, size_t k);

/* The first of them: 0, 1, ... k - 1. */
void subsets_first(size_t *set, size_t k);

/* The next one. False: that was the last. */
bool subsets_next(size_t *set, size_t k, size_t n);

#endif
