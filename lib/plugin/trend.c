/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/trend.h"

#include "plugin/number.h"

bool trend_explains(const struct trend *trend)
{
    return trend->explained >= 0.5;
}

struct trend trend_fit(const struct trend_point *points, size_t count)
{
    struct trend trend = {0};
    /* From the first point on: times since 1970 would cost digits, and what is constant is 0. */
    struct trend_point first = count ? points[0] : (struct trend_point){0}, mean = {0};
    for (size_t i = 0; i < count; i++) {
        mean.time += (points[i].time - first.time) / (double)count;
        mean.value += (points[i].value - first.value) / (double)count;
    }
    double times = 0, both = 0, values = 0;
    for (size_t i = 0; i < count; i++) {
        double time = points[i].time - first.time - mean.time;
        double value = points[i].value - first.value - mean.value;
        times += time * time;
        both += time * value;
        values += value * value;
    }
    trend.end = first.value + mean.value;
    if (times > 0) {
        trend.span = points[count - 1].time - first.time;
        trend.slope = both / times;
        trend.end += trend.slope * (trend.span - mean.time);
        trend.explained = values > 0 ? both * both / times / values : 1;
        trend.variance = larger(0, values - both * both / times) / (double)count;
    }
    return trend;
}
