/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A short memory of a value: the least of every hour, for as many hours as are of use.
 *
 * The least, because what is watched here hurts when it is short, and short moments between two
 * runs of an hour must count. One number an hour keeps a month in a few kilobytes.
 */
#ifndef PLUGIN_HISTORY_H
#define PLUGIN_HISTORY_H

#include "plugin/arena.h"
#include "plugin/trend.h"

#include <stdint.h>

enum { HISTORY_HOURS = 31 * 24 };

struct history {
    struct history_hour {
        int64_t hour; /* since 1970-01-01 00:00 */
        double least;
    } * hours; /* in their order, each once */
    size_t count, room;
};

/* Note a value at this time, in seconds since 1970. What is older than HISTORY_HOURS before it
 * goes; so does what lies behind it, which a clock that was wrong has left. False: out of memory.
 */
bool history_add(struct history *history, double seconds, double value, struct arena *arena);

/* One hour as a line of a state, "HOUR LEAST", and back. Reading refuses what is no such line. */
enum { HISTORY_LINE_SIZE = 64 };
char *history_print(char text[HISTORY_LINE_SIZE], const struct history_hour *hour);
bool history_parse(struct history *history, const char *line, struct arena *arena);

/* The hours of the last so many seconds, as points for trend_fit(). NULL: out of memory. */
struct trend_point *history_points(const struct history *history, double seconds,
                                   struct arena *arena, size_t *ret_count);

#endif
