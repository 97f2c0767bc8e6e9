/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Small questions to a string. The C library has functions for them, but each function of it that a
 * program names anywhere costs every start some 700 instructions of the loader, more than all that
 * these do in a run of a small check.
 */
#ifndef PLUGIN_SCAN_H
#define PLUGIN_SCAN_H

#include <stdbool.h>
#include <stddef.h>

bool scan_begins(const char *text, const char *with);

/* The same without regard to the case of ASCII letters, in any language. */
bool scan_ascii_begins(const char *text, const char *with);
bool scan_ascii_equal(const char *a, const char *b);

/* How many bytes in front are among these; are none of these. */
size_t scan_span(const char *text, const char *among);
size_t scan_until(const char *text, const char *among);

/* The last c; where what begins first. NULL: it is not there. */
char *scan_last(const char *text, char c);
char *scan_find(const char *text, const char *what);

#endif
