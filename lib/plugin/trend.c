/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/trend.h"

#include <math.h>

enum trend_verdict trend_fit(const struct trend_point *points, size_t count, struct trend *ret)
{
    static const double least_explained = 0.5;
    struct trend trend = {0};
    double mean_time = 0, mean_value = 0, times = 0, both = 0, values = 0;
    for (size_t i = 0; i < count; i++) {
        mean_time += points[i].time / (double)count;
        mean_value += points[i].value / (double)count;
    }
    for (size_t i = 0; i < count; i++) {
        double time = points[i].time - mean_time, value = points[i].value - mean_value;
        times += time * time;
        both += time * value;
        values += value * value;
    }
    trend.end = mean_value;
    if (times > 0) {
        double last = points[count - 1].time;
        trend.span = last - points[0].time;
        trend.slope = both / times;
        trend.end += trend.slope * (last - mean_time);
        trend.explained = values > 0 ? both * both / times / values : 1;
    }
    *ret = trend;
    if (trend.span < TREND_DAY)
        return TREND_SHORT;
    return trend.explained < least_explained ? TREND_LOOSE : TREND_LINE;
}

double trend_until(const struct trend *trend, double level)
{
    if (trend->end <= level)
        return 0;
    return trend->slope < 0 ? (level - trend->end) / trend->slope : INFINITY;
}
