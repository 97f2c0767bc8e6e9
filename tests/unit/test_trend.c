/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "plugin/history.h"
#include "plugin/trend.h"

#include <math.h>

enum { HOUR = 3600 };

static void near(double found, double expected)
{
    if (!(fabs(found - expected) <= 1e-9 * fmax(1, fabs(expected))))
        fail_msg("%.17g, expected %.17g", found, expected);
}

/* Worked out by hand: Sxx = 5, Sxy = 5.5, Syy = 8.75 (in days). */
static void a_line_through_four_points(void **state)
{
    (void)state;
    static const struct trend_point points[] = {
        {0, 1}, {TREND_DAY, 3}, {2.0 * TREND_DAY, 2}, {3.0 * TREND_DAY, 5}};
    struct trend trend = trend_fit(points, 4);
    assert_true(trend_explains(&trend));
    near(trend.slope * TREND_DAY, 1.1);
    near(trend.end, 1.1 + 3 * 1.1);
    near(trend.explained, 30.25 / 43.75);
    near(trend.span, 3.0 * TREND_DAY);
    near(trend.variance, (8.75 - 30.25 / 5) / 4);
}

/* At today's times, seconds since 1970, nothing may be lost. */
static void a_falling_line_loses_no_digits(void **state)
{
    (void)state;
    enum { HOURS = 72 };
    struct trend_point points[HOURS];
    for (int i = 0; i < HOURS; i++)
        points[i] = (struct trend_point){1.9e9 + i * HOUR, 64e9 - i * 5e8};
    struct trend trend = trend_fit(points, HOURS);
    assert_true(trend_explains(&trend));
    assert_true(trend.explained > 0.999999);
    near(trend.slope * HOUR, -5e8);
    near(trend.end, 64e9 - (HOURS - 1) * 5e8);
}

static void one_point_or_none(void **state)
{
    (void)state;
    static const struct trend_point point = {5, 100};
    struct trend trend = trend_fit(&point, 1);
    assert_double(trend.end, 100);
    assert_double(trend.slope, 0);
    assert_double(trend.span, 0);
    assert_false(trend_explains(&trend));
    trend = trend_fit(NULL, 0);
    assert_double(trend.end, 0);
}

static void nothing_is_claimed_of_what_is_no_line(void **state)
{
    (void)state;
    struct trend_point points[200];
    struct trend trend;
    for (int i = 0; i < 200; i++) /* up and down, and down a little */
        points[i] = (struct trend_point){i * HOUR, 100 + 40 * sin(i / 4.0) - 0.1 * i};
    trend = trend_fit(points, 200);
    assert_false(trend_explains(&trend));
    assert_true(trend.explained < 0.5);
    for (int i = 0; i < 200; i++)
        points[i].value -= 2.0 * i;
    trend = trend_fit(points, 200);
    assert_true(trend_explains(&trend));
    for (int i = 0; i < 200; i++) /* what never moves is a line, and meets nothing */
        points[i].value = 7;
    trend = trend_fit(points, 200);
    assert_true(trend_explains(&trend));
    assert_double(trend.slope, 0);
    assert_double(trend.variance, 0);
    trend.explained = 0.5; /* just half of it is enough */
    assert_true(trend_explains(&trend));
}

/* ---- the history ---- */

static void add(struct history *history, double seconds, double value)
{
    assert_true(history_add(history, seconds, value, &arena));
}

static void the_least_of_every_hour(void **state)
{
    (void)state;
    struct history history = {0};
    add(&history, 0, 5);
    add(&history, 60, 3);
    add(&history, HOUR - 1, 4);
    add(&history, HOUR, 9);
    add(&history, 10.0 * HOUR, 7);
    assert_int_equal(history.count, 3);
    assert_int_equal(history.hours[0].hour, 0);
    assert_double(history.hours[0].least, 3);
    assert_double(history.hours[1].least, 9);
    assert_int_equal(history.hours[2].hour, 10);
}

static void it_is_bounded(void **state)
{
    (void)state;
    struct history history = {0};
    for (int hour = 0; hour < 3 * HISTORY_HOURS; hour++)
        add(&history, (double)hour * HOUR, hour);
    assert_int_equal(history.count, HISTORY_HOURS);
    assert_int_equal(history.hours[0].hour, 2 * HISTORY_HOURS);
    assert_double(history.hours[HISTORY_HOURS - 1].least, 3 * HISTORY_HOURS - 1);
    add(&history, 9.0 * HISTORY_HOURS * HOUR, 1); /* after a long pause nothing old is left */
    assert_int_equal(history.count, 1);
}

static void a_clock_that_was_set_back(void **state)
{
    (void)state;
    struct history history = {0};
    add(&history, 10.0 * HOUR, 1);
    add(&history, 30.0 * HOUR, 2);
    add(&history, 11.0 * HOUR, 3);
    assert_int_equal(history.count, 2);
    assert_int_equal(history.hours[1].hour, 11);
    add(&history, 10.0 * HOUR, 0.5);
    assert_int_equal(history.count, 1);
    assert_double(history.hours[0].least, 0.5);
}

static void it_survives_as_lines(void **state)
{
    (void)state;
    struct history history = {0}, back = {0};
    for (int hour = 500000; hour < 500100; hour += 1 + hour % 3)
        add(&history, (double)hour * HOUR, 1e6 * unit_random(1000) + 0.5);
    for (size_t i = 0; i < history.count; i++) {
        char line[HISTORY_LINE_SIZE];
        assert_true(history_parse(&back, history_print(line, &history.hours[i]), &arena));
    }
    assert_int_equal(back.count, history.count);
    for (size_t i = 0; i < history.count; i++) {
        assert_int_equal(back.hours[i].hour, history.hours[i].hour);
        assert_double(back.hours[i].least, history.hours[i].least);
    }
}

static void no_other_lines_are_read(void **state)
{
    (void)state;
    static const char *const lines[] = {"",
                                        "5",
                                        "5 ",
                                        "5 x",
                                        "-1 2",
                                        "5 -2",
                                        "5 2 ",
                                        "5 2 3",
                                        "5 1e3",
                                        "5 1.2.3",
                                        "5  2",
                                        " 5 2",
                                        "5\t2",
                                        "1234567890123 1",
                                        "5 1234567890123456789012345"};
    struct history history = {0};
    for (size_t i = 0; i < LENGTH(lines); i++)
        if (history_parse(&history, lines[i], &arena))
            fail_msg("read: '%s'", lines[i]);
    assert_true(history_parse(&history, "5 2", &arena));
    assert_false(history_parse(&history, "5 3", &arena)); /* hours are in order, each once */
    assert_false(history_parse(&history, "4 3", &arena));
    assert_true(history_parse(&history, "6 2.5", &arena));
    assert_true(history_parse(&history, "7 123456789012345678901234", &arena)); /* the longest */
    assert_true(history_parse(&history, "123456789012 1", &arena));
    assert_int_equal(history.count, 4);
}

static void points_of_a_window(void **state)
{
    (void)state;
    struct history history = {0};
    size_t count;
    assert_non_null(history_points(&history, 1e9, &arena, &count));
    assert_int_equal(count, 0);
    for (int hour = 100; hour < 200; hour++)
        add(&history, (double)hour * HOUR, hour);
    const struct trend_point *points = history_points(&history, TREND_DAY, &arena, &count);
    assert_int_equal(count, 25);
    assert_double(points[0].time, 175.0 * HOUR);
    assert_double(points[24].value, 199);
}

RUN_TESTS(TEST(a_line_through_four_points), TEST(a_falling_line_loses_no_digits),
          TEST(one_point_or_none), TEST(nothing_is_claimed_of_what_is_no_line),
          TEST(the_least_of_every_hour), TEST(it_is_bounded), TEST(a_clock_that_was_set_back),
          TEST(it_survives_as_lines), TEST(no_other_lines_are_read), TEST(points_of_a_window));
