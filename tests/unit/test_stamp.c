/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "counter/record/stamp.h"

#include <time.h>

/* Every day of 400 years and more, against the C library's calendar. */
static void days_are_those_of_the_calendar(void **state)
{
    (void)state;
    for (time_t day = 0; day < 160000; day++) {
        time_t seconds = day * 86400 + day % 86400;
        struct tm *tm = gmtime(&seconds);
        char iso[STAMP_SIZE], pdh[STAMP_SIZE], printed[STAMP_SIZE];
        strftime(iso, sizeof iso, "%Y-%m-%d %H:%M:%S", tm);
        strftime(pdh, sizeof pdh, "%m/%d/%Y %H:%M:%S.007", tm);
        stamp from_iso = -1, from_pdh = -1;
        assert_true(stamp_parse_iso(iso, &from_iso));
        assert_true(stamp_parse_pdh(pdh, &from_pdh));
        assert_true(from_iso == (stamp)seconds * 1000);
        assert_true(from_pdh == (stamp)seconds * 1000 + 7);
        assert_string_equal(stamp_print_iso(printed, from_pdh), iso);
        assert_string_equal(stamp_print_pdh(printed, from_pdh), pdh);
    }
}

static void forms(void **state)
{
    (void)state;
    stamp a, b;
    assert_true(stamp_parse_iso("2011-09-01 10:25", &a) &&
                stamp_parse_iso("2011-09-01T10:25:00", &b) && a == b);
    assert_true(stamp_parse_pdh("09/01/2011 10:25:00", &b) && a == b);
    assert_true(stamp_parse_pdh("09/01/2011 10:25:00.123", &b) && a + 123 == b);
    assert_true(stamp_parse_iso("2012-02-29 00:00", &a));
    assert_true(stamp_parse_iso("2000-02-29 00:00", &a));
    assert_true(stamp_parse_iso("2016-12-31 23:59:60", &a)); /* a leap second */
}

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    static const char *const iso[] = {
        "",
        "2011-09-01",
        "2011-09-01 10",
        "2011-09-01 10:2",
        "2011-09-01 10:25:",
        "2011-09-01 10:25:0",
        "2011-09-01 10:25:00 ",
        "2011-09-01 10:25:00Z",
        "2011-09-01 10:25:00.123",
        " 2011-09-01 10:25",
        "2011-9-1 10:25",
        "2011/09/01 10:25",
        "2011-/9-01 10:25",
        "2011-09/01 10:25",
        "2011-09-/1 10:25",
        "2011-09-0: 10:25",
        "2011-09-01 10.25",
        "2011-09-01 10:25.00",
        "2011-09-01_10:25",
        "2011-13-01 10:25",
        "2011-00-01 10:25",
        "2011-09-00 10:25",
        "2011-09-31 10:25",
        "2011-02-29 10:25",
        "1900-02-29 10:25",
        "2100-02-29 10:25",
        "1969-12-31 23:59",
        "2011-09-01 24:00",
        "2011-09-01 10:60",
        "2011-09-01 10:25:61",
        "-011-09-01 10:25",
        "2011-09-01 +1:25",
    };
    static const char *const pdh[] = {
        "",
        "09/01/2011",
        "09/01/2011 10:25",
        "09/01/2011 10:25:00.",
        "09/01/2011 10:25:00.1",
        "09/01/2011 10:25:00.12",
        "09/01/2011 10:25:00.1234",
        "09/01/2011 10:25:00,123",
        "13/01/2011 10:25:00.123",
        "9/1/2011 10:25:00.123",
        "09/01/11 10:25:00.123",
        "2011-09-01 10:25:00",
        "Exiting, please wait...",
    };
    stamp value = 5;
    for (size_t i = 0; i < LENGTH(iso); i++)
        if (stamp_parse_iso(iso[i], &value))
            fail_msg("'%s'", iso[i]);
    for (size_t i = 0; i < LENGTH(pdh); i++)
        if (stamp_parse_pdh(pdh[i], &value))
            fail_msg("'%s'", pdh[i]);
    assert_true(value == 5);
}

static void offsets(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool valid;
        int minutes;
    } cases[] = {
        {"+01:00", true, 60},  {"-03:30", true, -210},  {"+00:00", true, 0},
        {"+14:00", true, 840}, {"-12:00", true, -720},  {"+05:45", true, 345},
        {"01:00", false, 0},   {"+1:00", false, 0},     {"+0100", false, 0},
        {"+14:01", false, 0},  {"+01:60", false, 0},    {"+01:00 ", false, 0},
        {" +01:00", false, 0}, {"", false, 0},          {"+", false, 0},
        {"UTC", false, 0},     {"+01:00:00", false, 0}, {"--01:00", false, 0},
        {"60", false, 0},      {"+01:", false, 0},      {"+01:0x", false, 0},
        {"+x1:00", false, 0},  {"+13:59", true, 839},   {"-14:00", true, -840},
        {"+01:59", true, 119}, {"-00:30", true, -30},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        int minutes = 77;
        if (stamp_parse_offset(cases[i].text, &minutes) != cases[i].valid)
            fail_msg("'%s'", cases[i].text);
        assert_int_equal(minutes, cases[i].valid ? cases[i].minutes : 77);
    }
}

RUN_TESTS(TEST(offsets), TEST(days_are_those_of_the_calendar), TEST(forms),
          TEST(what_is_no_time_is_refused));
