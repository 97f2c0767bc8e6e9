/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Time stamps of a log: what a wall clock showed, in milliseconds since 1970-01-01 00:00 of that
 * clock. Two stamps of one log compare; UTC = stamp + the bias in the log's header.
 */
#ifndef COUNTER_RECORD_STAMP_H
#define COUNTER_RECORD_STAMP_H

#include <stdbool.h>
#include <stdint.h>

typedef int64_t stamp;

/* "09/01/2011 10:25:00.123", as PDH writes it; the fraction may be missing. */
bool stamp_parse_pdh(const char *text, stamp *ret);

/* "2011-09-01 10:25[:00]", with a blank or a T, as people write it. */
bool stamp_parse_iso(const char *text, stamp *ret);

/* How far a clock is ahead of UTC: "+01:00", "-03:30", at most 14 hours; in minutes. */
bool stamp_parse_offset(const char *text, int *ret);

enum { STAMP_SIZE = 32 };

/* "2011-09-01 10:25:00" */
char *stamp_print_iso(char text[STAMP_SIZE], stamp value);

/* "09/01/2011 10:25:00.123" */
char *stamp_print_pdh(char text[STAMP_SIZE], stamp value);

#endif
