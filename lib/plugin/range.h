/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Threshold ranges, as the Monitoring Plugins development guidelines define them: [@]start:end
 *
 *     10      alarm outside 0 to 10         10:20   alarm outside 10 to 20
 *     10:     alarm below 10                @10:20  alarm inside 10 to 20, the ends included
 *     ~:10    alarm above 10 ("~" is minus infinity and may stand for the start alone)
 *
 * Strict on purpose: `10abc`, `20:10` or `1:2:3` is a mistake in somebody's configuration, and a
 * check that guesses would be quiet when it should alarm. Numbers are plain decimals.
 */
#ifndef PLUGIN_RANGE_H
#define PLUGIN_RANGE_H

#include "plugin/error.h"

#include <stddef.h>

/* What the numbers of a range count, and so which units may follow them. */
enum range_unit {
    RANGE_NUMBER,  /* none */
    RANGE_PERCENT, /* "%", which may be left out */
    RANGE_MEMORY,  /* MB (2^20 bytes) without a unit; B, KB, MB, GB, TB or KiB...; or "%" of a total
                    */
};

struct range {
    double start;  /* inclusive, -INFINITY: open; bytes where the unit is memory */
    double end;    /* inclusive, INFINITY: open */
    bool set;      /* false: no threshold, which never alarms */
    bool inside;   /* "@": alarm inside, not outside */
    bool of_total; /* memory given in percent: range_of_total() makes bytes of it */
};

/* The whole of text is one range, or false with the column (from 1) where it stops being one. */
bool range_parse(const char *text, enum range_unit unit, struct range *ret, struct error *err);

/* A single number with the units of a memory range ("512", "2GB"), in bytes. No percent. */
bool memory_parse(const char *text, double *ret_bytes, struct error *err);

/* Does this value alarm? False for a range that is not set; true for a value that is no number. */
bool range_alarms(const struct range *range, double value);

/* The same range in another unit, in whole numbers of it: for perfdata. */
struct range range_scaled(struct range range, double factor);

/* The same range with percent turned into bytes of this total; any other range as it is. */
struct range range_of_total(struct range range, double total);

/* As guidelines write it and as range_parse reads it (memory in bytes): "10", "512:", "@5:7",
 * "~:0.5". A bare number wherever the start is 0: all that Icinga 2 can draw. */
enum { RANGE_TEXT_SIZE = 112 };
char *range_print(char text[RANGE_TEXT_SIZE], const struct range *range);

/* When it alarms, for people: "below 2048 MB", "above 90 %", "outside 10 to 20", "inside 5 to 7",
 * "never", "always". */
char *range_describe(char text[RANGE_TEXT_SIZE], const struct range *range, enum range_unit unit);

#endif
