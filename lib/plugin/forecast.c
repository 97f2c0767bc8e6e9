/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/forecast.h"

enum { RECENT_POINTS = 4 }; /* fewer are a step, not a line */

/* A value may stand as far above its line as points did (three standard deviations), or as the line
 * fell in the last hours. */
static bool has_left(const struct trend *trend, double above)
{
    return above > -trend->slope * FORECAST_RECENT && above * above > 9 * trend->variance;
}

static struct forecast follow(const struct trend *trend, double last, const struct trend_point *now,
                              double level)
{
    struct forecast forecast = {.verdict = FORECAST_STEADY, .trend = *trend};
    if (!(trend->slope < 0))
        return forecast;
    double line = trend->end + trend->slope * (now->time - last);
    forecast.verdict = FORECAST_LEFT;
    if (has_left(trend, now->value - line))
        return forecast;
    forecast.verdict = FORECAST_FALLING;
    forecast.seconds = (level - now->value) / trend->slope;
    return forecast;
}

/* The history's span is up to now. */
static struct forecast by_history(const struct trend_point *history, size_t count,
                                  const struct trend_point *now, double level)
{
    struct forecast forecast = {.verdict = FORECAST_SHORT, .trend = trend_fit(history, count)};
    forecast.trend.span = count ? now->time - history->time : 0;
    if (forecast.trend.span < TREND_DAY)
        return forecast;
    if (trend_explains(&forecast.trend))
        return follow(&forecast.trend, history[count - 1].time, now, level);
    forecast.verdict = FORECAST_LOOSE;
    return forecast;
}

/* The last hours alone count where the value was never so low before them: what falls like that
 * every day, and comes back, is no collapse. */
static bool by_last_hours(const struct trend_point *history, size_t count,
                          const struct trend_point *now, double level, struct forecast *ret)
{
    size_t first = count;
    while (first && now->time - history[first - 1].time <= FORECAST_RECENT)
        first--;
    for (size_t i = 0; i < first; i++)
        if (history[i].value <= now->value)
            return false;
    struct trend trend = trend_fit(history + first, count - first);
    if (count - first < RECENT_POINTS || !trend_explains(&trend))
        return false;
    *ret = follow(&trend, history[count - 1].time, now, level);
    ret->recent = true;
    return ret->verdict == FORECAST_FALLING;
}

struct forecast forecast_of(const struct trend_point *history, size_t count,
                            const struct trend_point *now, double level)
{
    struct forecast forecast = by_history(history, count, now, level), recent;
    if (now->value <= level) {
        forecast.verdict = FORECAST_REACHED;
        forecast.seconds = 0;
        return forecast;
    }
    bool collapses =
        forecast.verdict != FORECAST_SHORT && by_last_hours(history, count, now, level, &recent);
    bool sooner = forecast.verdict != FORECAST_FALLING || recent.seconds < forecast.seconds;
    return collapses && sooner ? recent : forecast;
}
