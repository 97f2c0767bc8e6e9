/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A log of performance counters: PDH-CSV or PDH-TSV, as typeperf, logman and relog write it.
 *
 *     "(PDH-CSV 4.0) (Tokyo Standard Time)(-540)","\\HOST\Memory\Available MBytes",...
 *     "09/01/2011 10:00:00.123","437.000000",...
 *
 * The first line names the columns, every other is a sample. One row is wanted: the last that is
 * whole, or the one that was current at a moment. It is found from the end of the file, or by
 * bisection, so that a log of a month costs what one of a minute costs.
 *
 * A row counts only if it begins with a time stamp, has as many fields as the header, and was
 * written to its end. What typeperf adds when its screen output is redirected ("Exiting, please
 * wait...", in the language of the system) is no row, even where a comma in it makes the number of
 * fields right.
 */
#ifndef COUNTER_PDH_LOG_H
#define COUNTER_PDH_LOG_H

#include "counter/fields.h"
#include "counter/lines.h"
#include "counter/stamp.h"

struct pdh_log {
    struct lines lines; /* in the header while that is read, then behind it */
    struct text header; /* what of it was read and not yet taken */
    struct fields names;
    char delimiter;
    size_t columns; /* that were taken, the time stamp's included; at the end all */
    char zone[128]; /* "Tokyo Standard Time", or ""; Windows has 31 characters for it */
    bool has_bias;  /* typeperf's screen output has none */
    int bias;       /* minutes: UTC = time stamp + bias */
    struct text buffer;
    struct text decoded;
};

/* Open and read the beginning of the header. False: the path, the line and what is wrong with it.
 */
bool pdh_log_open(struct pdh_log *log, const char *path, const struct encoding *named,
                  struct error *err);

/* The path of the next column behind the time stamp's, to change at will until the next call; NULL
 * behind the last. A header is read as its columns are taken: that of a large host has megabytes.
 */
bool pdh_log_column(struct pdh_log *log, char **ret, struct error *err);

/* Back to the first column. */
bool pdh_log_rewind(struct pdh_log *log, struct error *err);

/* The row that was current at this moment, or the last one for `at` NULL: its time stamp, and its
 * fields behind that. They live until the next call. What is left of the header is passed over. */
bool pdh_log_row(struct pdh_log *log, const stamp *at, stamp *ret_stamp, struct fields *ret_values,
                 struct error *err);

void pdh_log_close(struct pdh_log *log);

/* \\HOST\Object(Instance)\Counter, taken apart in place. host and instance are "" where they are
 * left out. An instance may itself hold parentheses and backslashes; object and counter may not. */
struct counter_path {
    char *host, *object, *instance, *counter;
};

bool counter_path_split(char *path, struct counter_path *ret);

#endif
