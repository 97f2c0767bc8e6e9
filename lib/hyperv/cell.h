/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Cells of WMI rows: text of a number or a truth value, or NULL.
 */
#ifndef HYPERV_CELL_H
#define HYPERV_CELL_H

#include <stdbool.h>
#include <stdint.h>

/* False: NULL, not a whole number, or above 2^63. */
bool cell_whole(const char *cell, uint64_t *ret);

/* The same of a whole number that may be negative. */
bool cell_signed(const char *cell, int64_t *ret);

/* "True" or "False", as PowerShell prints them, in any case. False: neither. */
bool cell_truth(const char *cell, bool *ret);

#endif
