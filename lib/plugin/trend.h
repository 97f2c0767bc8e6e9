/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Where a series of values is heading: the straight line through them (least squares).
 *
 * A line can be drawn through anything, so nothing should be claimed from one that explains less
 * than half of the variation (the coefficient of determination, R2), nor from under a day, below
 * which it is the time of day that is seen.
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

struct trend {
    double slope;     /* value per second */
    double end;       /* the line's value at the last point */
    double explained; /* R2: 0 to 1; 1 also where nothing varies */
    double span;      /* seconds from the first point to the last */
    double variance;  /* of the points around it: the mean square of how far they are */
};

/* Does the line explain at least half? */
bool trend_explains(const struct trend *trend);

/* As far as there are points. */
struct trend trend_fit(const struct trend_point *points, size_t count);

#endif
