/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The performance log of a record, as counters: which column is which counter and instance is found
 * out once for each counter that is asked for, so that another moment of the log costs a row.
 */
#ifndef COUNTER_RECORD_LOG_H
#define COUNTER_RECORD_LOG_H

#include "counter/counter.h"
#include "counter/pdh_log.h"

struct record_log {
    struct pdh_log pdh;
    struct arena *arena;
    struct known_counter *known; /* all that were looked for in the header */
    const char *host;            /* that their columns are of; NULL before the first */
};

/* Open directory/counters.csv, or else counters.tsv. False: error.code from platform.h. What is
 * learned of the header, names of instances among it, belongs to the arena. */
bool record_log_open(struct record_log *log, const char *directory, const struct encoding *named,
                     struct arena *arena, struct error *err);

/* Whether there is a row that was current at this moment, or any for `at` NULL: when it was
 * written. */
bool record_log_find(struct record_log *log, const stamp *at, stamp *ret, struct error *err);

/* Read counters from that row into the arena, as source_counters() does. */
bool record_log_counters(struct record_log *log, const stamp *at, struct counter *counters,
                         size_t count, struct arena *arena, struct moment *ret, struct error *err);

void record_log_close(struct record_log *log);

#endif
