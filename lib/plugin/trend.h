/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Where a series of values is heading: the straight line through them (least squares).
 *
 * A line can be drawn through anything, so one is claimed only where there is a day of history
 * (below that, it is the time of day that is seen) and where the line explains at least half of
 * the variation (the coefficient of determination, R2; below that, the values do something else).
 */
#ifndef PLUGIN_TREND_H
#define PLUGIN_TREND_H

#include <stdbool.h>
#include <stddef.h>

enum { TREND_DAY = 86400 };

struct trend_point {
    double time; /* seconds, in order */
    double value;
};

enum trend_verdict {
    TREND_LINE,
    TREND_SHORT, /* under a day from the first point to the last */
    TREND_LOOSE, /* the line explains less than half */
};

struct trend {
    double slope;     /* value per second */
    double end;       /* the line's value at the last point */
    double explained; /* R2: 0 to 1; 1 also where nothing varies */
    double span;      /* seconds from the first point to the last */
    double variance;  /* of the points around it: the mean square of how far they are */
};

/* Does the line explain at least half? */
bool trend_explains(const struct trend *trend);

/* *ret is filled whatever the verdict, as far as there are points. */
enum trend_verdict trend_fit(const struct trend_point *points, size_t count, struct trend *ret);

#endif
