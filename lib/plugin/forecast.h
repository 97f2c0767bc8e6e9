/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * When a value that falls will have reached a level.
 *
 * That it has reached it is a fact, whatever its history was. Else it goes on from the value of now
 * as fast as it fell: by the line through its history, or through the last hours of it where it has
 * never been so low, because a collapse within a day is no line of a week. A value that stands
 * above its line has left it (somebody freed memory), and then nothing is claimed; one that stands
 * below is only sooner there. So a lower value never gives a better forecast.
 */
#ifndef PLUGIN_FORECAST_H
#define PLUGIN_FORECAST_H

#include "plugin/trend.h"

#include <stdbool.h>

enum { FORECAST_RECENT = 6 * 3600 }; /* seconds: "the last hours" */

enum forecast_verdict {
    FORECAST_REACHED,
    FORECAST_FALLING,
    FORECAST_STEADY, /* it does not fall */
    FORECAST_SHORT,  /* under a day of history */
    FORECAST_LOOSE,  /* no line explains the history */
    FORECAST_LEFT,   /* the value is above the line */
};

struct forecast {
    enum forecast_verdict verdict;
    double seconds;     /* until then: where it is reached (0) or falling */
    bool recent;        /* by the last hours */
    struct trend trend; /* of the history, or of the last hours */
};

/* history: points before now, in their order, without the value of now. */
struct forecast forecast_of(const struct trend_point *history, size_t count,
                            const struct trend_point *now, double level);

#endif
