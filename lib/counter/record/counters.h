/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The performance log of a record, as counters: which column is which counter and instance is found
 * out once for each counter that is asked for, and kept of what may be asked for later, so that
 * another moment below the same header costs a row, and so does a counter without an instance.
 */
#ifndef COUNTER_RECORD_COUNTERS_H
#define COUNTER_RECORD_COUNTERS_H

#include "counter/counter.h"
#include "counter/record/contents.h"
#include "counter/record/pdh_log.h"
#include "counter/record/record_encoding.h"

struct record_counters {
    struct pdh_log pdh;
    struct arena *arena;
    struct known_counter *known; /* all that were looked for in the header */
    struct contents contents;    /* of what was not asked for */
    const char *host;            /* that their columns are of; NULL before the first */
    /* of its objects that were not asked for */
    bool is_english;     /* one has a name that no other language has */
    bool foreign_hyperv; /* one of Hyper-V is called as in no English Windows */
    const char *foreign; /* the first one of neither; NULL: there is none */
};

/* Open directory/counters.csv, or else counters.tsv. False: error.code from platform.h. What is
 * learned of the header, names of instances among it, belongs to the arena. */
bool record_counters_open(struct record_counters *log, const char *directory,
                          const struct encoding *named, struct arena *arena, struct error *err);

/* Whether there is such a row, and where. False: READ_NO_SAMPLE where the log does not go back so
 * far. */
bool record_counters_find(struct record_counters *log, const struct pdh_moment *moment,
                          struct pdh_place *ret, struct error *err);

/* Read counters from that row into the arena, as source_counters() does. */
bool record_counters_read(struct record_counters *log, const struct pdh_moment *moment,
                          struct counter *counters, size_t count, struct arena *arena,
                          struct pdh_place *ret, struct error *err);

/* Are names of the header that was read last in bytes that say nothing about their encoding, and
 * was it opened as encoding_raw()? */
bool record_counters_is_raw(const struct record_counters *log);

/* Read what is so in this encoding from now on. */
void record_counters_name(struct record_counters *log, const struct encoding *encoding);

/* Names of instances that were found and are not ASCII, each once or more. */
bool record_counters_instances(const struct record_counters *log, struct record_names *names,
                               struct arena *arena);

void record_counters_close(struct record_counters *log);

#endif
