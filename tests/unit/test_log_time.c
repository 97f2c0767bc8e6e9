/* SPDX-License-Identifier: GPL-3.0-or-later */

/* To the millisecond, which nothing that asks the clock could hold. */
#include "unit.h"

#include "counter/record/log_time.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

static const stamp noon = 1314878400000; /* 2011-09-01 12:00 */

/* ---- what a row's clock says ---- */

static void the_time_of_a_row(void **state)
{
    (void)state;
    static const struct {
        const char *zone; /* NULL: the header tells none */
        int bias;         /* minutes */
        bool other;       /* it is not the last row */
        int64_t written;  /* the file, so long after noon */
        int64_t utc; /* the row, so long after noon, by whose clock it is of noon; -1: unknown */
    } cases[] = {
        {"Tokyo Standard Time", -540, false, 0, -9 * HOUR},
        {"GMT Standard Time", 0, false, 15 * MINUTE, 0},
        /* an hour on or back, where the file was closed up to 15 minutes before or behind that */
        {"GMT Standard Time", 0, false, HOUR, HOUR},
        {"GMT Standard Time", 0, false, HOUR - 15 * MINUTE, HOUR},
        {"GMT Standard Time", 0, false, HOUR - 15 * MINUTE - 1, 0},
        {"GMT Standard Time", 0, false, HOUR + 15 * MINUTE, HOUR},
        {"GMT Standard Time", 0, false, HOUR + 15 * MINUTE + 1, 0},
        {"GMT Standard Time", -60, false, -2 * HOUR - 15 * MINUTE, -2 * HOUR},
        {"GMT Standard Time", -60, false, -2 * HOUR - 15 * MINUTE - 1, -HOUR},
        {"GMT Standard Time", -60, false, -2 * HOUR + 15 * MINUTE, -2 * HOUR},
        {"GMT Standard Time", -60, false, -2 * HOUR + 15 * MINUTE + 1, -HOUR},
        {"GMT Standard Time", 0, true, HOUR, 0},
        /* not where there is no daylight saving */
        {"UTC", 0, false, HOUR, 0},
        {"West Pacific Standard Time", -600, false, -9 * HOUR, -10 * HOUR},
        /* by the file alone: within 150 s, in zones of half hours and four more */
        {NULL, 0, false, 150 * SECOND, 0},
        {NULL, 0, false, 150 * SECOND + 1, -1},
        {NULL, 0, false, -150 * SECOND, 0},
        {NULL, 0, false, -150 * SECOND - 1, -1},
        {NULL, 0, true, 0, -1},
        {NULL, 0, false, -14 * HOUR, -14 * HOUR},
        {NULL, 0, false, -14 * HOUR - 15 * MINUTE, -1},
        {NULL, 0, false, 12 * HOUR, 12 * HOUR},
        {NULL, 0, false, 12 * HOUR + 15 * MINUTE, -1},
        {NULL, 0, false, 9 * HOUR + 30 * MINUTE, 9 * HOUR + 30 * MINUTE}, /* Marquesas */
        {NULL, 0, false, -345 * MINUTE, -345 * MINUTE},                   /* Nepal */
        {NULL, 0, false, -525 * MINUTE, -525 * MINUTE},                   /* Eucla */
        {NULL, 0, false, -765 * MINUTE, -765 * MINUTE},                   /* Chatham */
        {NULL, 0, false, -825 * MINUTE, -825 * MINUTE},                   /* in summer */
        {NULL, 0, false, 345 * MINUTE, -1},
        {NULL, 0, false, -15 * MINUTE, -1},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct log_time row = {.wall = noon,
                                     .has_bias = cases[i].zone,
                                     .bias = cases[i].bias,
                                     .zone = cases[i].zone ? cases[i].zone : "",
                                     .is_last = !cases[i].other,
                                     .written = noon + cases[i].written};
        int64_t utc = noon - 1;
        bool told = log_time_utc(&row, &utc);
        if (told != (cases[i].utc != -1) || utc - noon != cases[i].utc)
            fail_msg("%zu: %d, %lld ms", i, told, (long long)(utc - noon));
    }
}

/* ---- --max-age ---- */

static void too_old_is_more_than_the_whole_seconds(void **state)
{
    (void)state;
    static const struct {
        int64_t age; /* milliseconds */
        unsigned long most;
        int verdict;
    } cases[] = {
        {0, 60, 0},
        {60 * SECOND, 60, 0}, /* just as old as it may be */
        {60 * SECOND + 999, 60, 0},
        {61 * SECOND, 60, -1},
        {-60 * SECOND, 60, 0},
        {-60 * SECOND - 999, 60, 0},
        {-61 * SECOND, 60, 1},
        {999, 1, 0},
        {2 * SECOND, 1, -1},
        {INT64_C(1) << 50, 0, 0}, /* any age will do */
        {-(INT64_C(1) << 50), 0, 0},
    };
    for (size_t i = 0; i < LENGTH(cases); i++)
        if (log_time_judge(noon - cases[i].age, noon, cases[i].most) != cases[i].verdict)
            fail_msg("%zu", i);
}

RUN_TESTS(TEST(the_time_of_a_row), TEST(too_old_is_more_than_the_whole_seconds));
