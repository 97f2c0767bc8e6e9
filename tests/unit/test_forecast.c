/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "plugin/forecast.h"

#include <math.h>

enum { HOUR = 3600, DAY = 24, WEEK = 7 * DAY, MOST = 200 };

static struct trend_point points[MOST];

/* A history of so many hours, from the oldest to the one before now; `hour` is negative. */
#define HISTORY(hours, value_at_hour)                                                              \
    for (int hour = -(hours), i = 0; hour < 0; hour++, i++)                                        \
        points[i] = (struct trend_point){(double)(hour + 1000) * HOUR, (value_at_hour)};

static struct forecast ask(size_t count, double now, double level)
{
    const struct trend_point last = {1000.0 * HOUR, now};
    return forecast_of(points, count, &last, level);
}

static void near_hours(const struct forecast *forecast, double hours)
{
    if (!(fabs(forecast->seconds / HOUR - hours) < 0.01))
        fail_msg("%.3f hours, expected %.3f", forecast->seconds / HOUR, hours);
}

static void on_a_line(void **state)
{
    (void)state;
    HISTORY(WEEK, 10000 - 50.0 * hour)
    struct forecast forecast = ask(WEEK, 10000, 1000);
    assert_int_equal(forecast.verdict, FORECAST_FALLING);
    assert_false(forecast.recent);
    near_hours(&forecast, 9000.0 / 50);
    HISTORY(WEEK, 10000 + 50.0 * hour)
    assert_int_equal(ask(WEEK, 10000, 1000).verdict, FORECAST_STEADY);
    HISTORY(WEEK, 10000 + 0.0 * hour)
    assert_int_equal(ask(WEEK, 10000, 1000).verdict, FORECAST_STEADY);
    HISTORY(DAY, 10000 - 50.0 * hour)
    assert_int_equal(ask(DAY, 10000, 1000).verdict, FORECAST_FALLING);
    HISTORY(DAY - 1, 10000 - 50.0 * hour)
    assert_int_equal(ask(DAY - 1, 10000, 1000).verdict, FORECAST_SHORT);
    assert_int_equal(ask(0, 10000, 1000).verdict, FORECAST_SHORT);
}

/* Reached is a fact, whatever the history: none, rising, loose, a line that says later. */
static void at_or_below_the_level(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        size_t count = kind ? WEEK : 0;
        HISTORY(WEEK, kind == 1   ? 10000 + 50.0 * hour
                      : kind == 2 ? 6000 + 3000 * sin(hour)
                                  : 10000 - 50.0 * hour)
        for (int below = 0; below < 2; below++) {
            struct forecast forecast = ask(count, 1000 - 400.0 * below, 1000);
            assert_int_equal(forecast.verdict, FORECAST_REACHED);
            assert_double(forecast.seconds, 0);
        }
        assert_int_not_equal(ask(count, 1001, 1000).verdict, FORECAST_REACHED);
    }
}

/* Somebody freed memory: what fell does not fall from there. */
static void a_value_above_its_line_has_left_it(void **state)
{
    (void)state;
    HISTORY(WEEK, 300 - 110.0 * hour)
    assert_int_equal(ask(WEEK, 20000, 1024).verdict, FORECAST_LEFT);
    /* as far as the line fell in some hours is not far */
    struct forecast forecast = ask(WEEK, 300 + 110.0 * 5, 400);
    assert_int_equal(forecast.verdict, FORECAST_FALLING);
    near_hours(&forecast, (300 + 110.0 * 5 - 400) / 110);
    assert_int_equal(ask(WEEK, 300 + 110.0 * 6.5, 400).verdict, FORECAST_LEFT);
    /* nor as far as points are from it anyway */
    HISTORY(WEEK, 300 - 10.0 * hour + (hour % 2 ? 200 : -200))
    assert_int_equal(ask(WEEK, 800, 100).verdict, FORECAST_FALLING);
    assert_int_equal(ask(WEEK, 1000, 100).verdict, FORECAST_LEFT);
}

static void a_collapse_within_a_day(void **state)
{
    (void)state;
    static const double speeds[] = {300, 500, 1500};
    static const int hours[] = {4, 5, 8, 12, 20};
    for (size_t s = 0; s < LENGTH(speeds); s++)
        for (size_t h = 0; h < LENGTH(hours); h++) {
            double speed = speeds[s], fell = speed * hours[h];
            HISTORY(WEEK, 2000 + fell - (hour > -hours[h] ? (hour + hours[h]) * speed : 0))
            struct forecast forecast = ask(WEEK, 2000, 1024);
            assert_int_equal(forecast.verdict, FORECAST_FALLING);
            assert_true(forecast.recent);
            assert_true(forecast.seconds <= 2 * 976 / speed * HOUR);
        }
    /* one step down, as when a large VM starts, is no line */
    HISTORY(WEEK, hour == -1 ? 2000 : 20000)
    assert_int_not_equal(ask(WEEK, 2000, 1024).verdict, FORECAST_FALLING);
    /* nor are three hours behind a night in which the check did not run, and four are */
    for (size_t last = 3; last < 5; last++) {
        HISTORY(WEEK, 20000 - (hour > -7 ? 1000.0 * (hour + 7) : 0))
        size_t kept = WEEK - 6 + last;
        assert_int_equal(ask(kept, 2000, 1024).verdict == FORECAST_FALLING, last == 4);
    }
}

/* What falls like that every day and comes back is no collapse, at whatever hour one looks. */
static void a_daily_wave(void **state)
{
    (void)state;
    for (int phase = 0; phase < DAY; phase++) {
        HISTORY(WEEK, 6000 + 3000 * sin((hour + phase) * 3.14159265 / 12))
        double now = 6000 + 3000 * sin(phase * 3.14159265 / 12);
        struct forecast forecast = ask(WEEK, now, 1024);
        if (forecast.verdict != FORECAST_LOOSE)
            fail_msg("at %d h: verdict %d", phase, forecast.verdict);
    }
}

/* Less is never better. */
static void a_lower_value_never_gives_a_better_forecast(void **state)
{
    (void)state;
    unsigned random = 1;
    for (int round = 0; round < 5000; round++) {
        double height = 0, slope, noise;
        random = random * 1664525 + 1013904223;
        slope = (double)(random >> 8 & 0xFF) - 100;
        noise = random >> 16 & 0xFFF;
        size_t count = 4 + (random >> 4) % (WEEK - 4);
        HISTORY((int)count, (random = random * 1664525 + 1013904223,
                             height = 12000 - slope * (hour + 80) + noise * (random >> 24) / 255))
        double last = INFINITY;
        for (double now = 30000; now > 0; now -= 250) {
            struct forecast forecast = ask(count, now, 1024);
            bool known =
                forecast.verdict == FORECAST_REACHED || forecast.verdict == FORECAST_FALLING;
            if (!known && last < INFINITY)
                fail_msg("round %d: %.0f: verdict %d, and 250 above it %.0f s", round, now,
                         forecast.verdict, last);
            if (known && forecast.seconds > last)
                fail_msg("round %d: %.0f: %.0f s, and 250 above it %.0f s", round, now,
                         forecast.seconds, last);
            last = known ? forecast.seconds : last;
        }
        (void)height;
    }
}

RUN_TESTS(TEST(on_a_line), TEST(at_or_below_the_level), TEST(a_value_above_its_line_has_left_it),
          TEST(a_collapse_within_a_day), TEST(a_daily_wave),
          TEST(a_lower_value_never_gives_a_better_forecast));
