/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A log of performance counters: PDH-CSV or PDH-TSV, as typeperf, logman and relog write it.
 *
 *     "(PDH-CSV 4.0) (Tokyo Standard Time)(-540)","\\HOST\Memory\Available MBytes",...
 *     "09/01/2011 10:00:00.123","437.000000",...
 *
 * A header names the columns of the rows below it, every other line is a sample. Where they stand,
 * pdh_map.h finds out. One row is wanted: the last that is whole, the one that was current at a
 * moment, or one before another. Which of them comes first, their place in the file tells, as the
 * clock that they show may be set.
 *
 * A row is a line that begins with a time stamp. One that can't be used, with another number of
 * fields than its header or a time stamp that can't be read, is refused by its line: nothing is
 * passed over in favour of what is older. But a last one that was not written to its end is not
 * there yet. What typeperf adds when its screen output is redirected ("Exiting, please wait...", in
 * the language of the system) is no row.
 */
#ifndef COUNTER_RECORD_PDH_LOG_H
#define COUNTER_RECORD_PDH_LOG_H

#include "counter/record/fields.h"
#include "counter/record/lines.h"
#include "counter/record/pdh_map.h"

enum { PDH_NO_ROW = 200 }; /* error.code where the log does not go back so far, or has no row */

struct pdh_log {
    struct lines lines; /* in the header while that is read, then behind it */
    struct text header; /* what of it was read and not yet taken */
    struct fields names;
    char delimiter;
    size_t columns; /* that were taken, the time stamp's included; at the end all */
    char zone[128]; /* "Tokyo Standard Time", or ""; Windows has 31 characters for it */
    struct pdh_map map;
    bool has_map;
    uint32_t entered; /* which of the map's headers is read */
    struct text buffer;
    struct text decoded;
};

/* A row's place in its log. */
struct pdh_place {
    uint32_t part; /* of the map */
    uint64_t begin;
    stamp when; /* what its clock showed */
};

/* Open and read the beginning of the first header. False: the path, the line and what is wrong with
 * it. */
bool pdh_log_open(struct pdh_log *log, const char *path, const struct encoding *named,
                  struct error *err);

/* Which row to read. */
struct pdh_moment {
    enum {
        PDH_LAST,
        PDH_AT,     /* that was current at this moment of the log's own clock; where that showed it
                       twice, the later one */
        PDH_BEFORE, /* that stands before another */
        PDH_SINCE,  /* that was current so many milliseconds before another */
        PDH_FOUND,  /* that was found before */
    } kind;
    stamp at;             /* PDH_AT */
    struct pdh_place of;  /* PDH_BEFORE, PDH_SINCE: the other; PDH_FOUND: where it was found */
    int64_t milliseconds; /* PDH_SINCE */
};

/* Called when the header above the row that is meant begins, before any row is read: its columns
 * may be taken. `other`: it is another header than before. */
typedef bool pdh_entered(void *context, bool other, struct error *err);

/* The row of a moment: its place, and its fields behind the time stamp, which live until the next
 * call. What is left of the header is passed over. False also where the visitor is. */
bool pdh_log_row(struct pdh_log *log, const struct pdh_moment *moment, pdh_entered *entered,
                 void *context, struct pdh_place *ret, struct fields *ret_values,
                 struct error *err);

/* Of a log of several headers, the machine that its first column is of, into an arena; NULL where
 * there is one header, or no path in it. */
bool pdh_log_first_host(struct pdh_log *log, struct arena *arena, const char **ret,
                        struct error *err);

/* The path of the next column behind the time stamp's, to change at will until the next call; NULL
 * behind the last. A header is read as its columns are taken: that of a large host has megabytes.
 */
bool pdh_log_column(struct pdh_log *log, char **ret, struct error *err);

/* Back to the first column. */
bool pdh_log_rewind(struct pdh_log *log, struct error *err);

/* Minutes to add to the row's clock for UTC; false: its header does not tell. */
bool pdh_log_bias(const struct pdh_log *log, const struct pdh_place *place, int *ret);

/* Is it the last row of the file? */
bool pdh_log_is_last(const struct pdh_log *log, const struct pdh_place *place);

void pdh_log_close(struct pdh_log *log);

/* \\HOST\Object(Instance)\Counter, taken apart in place. host and instance are "" where they are
 * left out. An instance may itself hold parentheses and backslashes; object and counter may not. */
struct counter_path {
    char *host, *object, *instance, *counter;
};

bool counter_path_split(char *path, struct counter_path *ret);

#endif
