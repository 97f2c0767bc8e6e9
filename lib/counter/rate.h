/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * From two raw samples of a counter to the rate between them. Arithmetic alone: where the earlier
 * sample was kept meanwhile is the caller's.
 *
 *     struct rate_sample now = {counter.raw, clock_now()};
 *     enum rate_verdict verdict = rate_since(&before, &now, &rate);
 *     if (verdict != RATE_OK) ... rate_verdict_text(verdict) ...
 */
#ifndef COUNTER_RATE_H
#define COUNTER_RATE_H

#include "counter/counter.h"

/* A raw sample, and what the wall clock showed: milliseconds since 1970-01-01 00:00 UTC. */
struct rate_sample {
    struct raw_rate raw;
    int64_t wall;
};

struct rate {
    double value;   /* events in a second */
    double seconds; /* the time that it is the mean of */
};

/* Why no rate can be told. */
enum rate_verdict {
    RATE_OK,
    RATE_OTHER_KIND,    /* other frequency or width: not the same counter */
    RATE_REBOOTED,      /* the system started after the earlier sample */
    RATE_CLOCK_STEPPED, /* the wall clock was set, or the system slept, between the samples */
    RATE_TOO_YOUNG,
    RATE_TOO_OLD,
    RATE_RESTARTED, /* the counter went back, or leapt further than any machine counts */
};

/* What an earlier sample must be to stand for "since the previous run": old enough for a mean to
 * say something, young enough to be about the present. */
enum { RATE_YOUNGEST = 5, RATE_OLDEST = 3600 }; /* seconds */

/* The rate between two samples that the same process took: no question of age or clocks. */
enum rate_verdict rate_between(const struct rate_sample *before, const struct rate_sample *now,
                               struct rate *ret);

/* The rate since a sample of an earlier process, if that one can be relied on. */
enum rate_verdict rate_since(const struct rate_sample *before, const struct rate_sample *now,
                             struct rate *ret);

/* "too young: less than 5 s", after "the previous sample is ". */
const char *rate_verdict_text(enum rate_verdict verdict);

/* One line that holds a sample: "COUNT TICKS FREQUENCY BITS WALL", all decimal. */
enum { RATE_SAMPLE_SIZE = 112 };
char *rate_sample_print(char text[RATE_SAMPLE_SIZE], const struct rate_sample *sample);

/* Exactly such a line, or false. */
bool rate_sample_parse(const char *text, struct rate_sample *ret);

#endif
