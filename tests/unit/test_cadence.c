/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "plugin/cadence.h"

enum { FIRST = 30, MINUTE = 60, HOUR = 3600 };

static bool fits(const struct cadence *cadence, double seconds)
{
    struct error why;
    return cadence_fits(cadence, seconds, FIRST, &why);
}

/* Runs so far apart, one after the other; how many of them had a previous one that is of use. */
static unsigned run_every(struct cadence *cadence, double seconds, unsigned runs)
{
    unsigned fitting = 0;
    while (runs--) {
        fitting += fits(cadence, seconds);
        cadence_learn(cadence, seconds);
    }
    return fitting;
}

static void nothing_is_known_of_a_first_distance(void **state)
{
    (void)state;
    struct cadence cadence = {0};
    struct error why;
    assert_true(fits(&cadence, FIRST));
    assert_false(cadence_fits(&cadence, FIRST + 1, FIRST, &why));
    assert_string_equal(why.text, "is 31 s old, and how often the check runs is not known yet");
    cadence_learn(&cadence, 0); /* a clock that was set back tells nothing */
    cadence_learn(&cadence, -5);
    assert_true(cadence.seconds == 0);
    cadence.seconds = MINUTE;
    cadence_learn(&cadence, 0);
    assert_true(cadence.seconds == MINUTE);
}

static void every_interval_is_learned_from_two_runs(void **state)
{
    (void)state;
    static const double intervals[] = {5, 6, 30, 60, 300, 600, 900};
    for (size_t i = 0; i < LENGTH(intervals); i++) {
        struct cadence cadence = {0};
        cadence_learn(&cadence, intervals[i]);
        assert_int_equal(run_every(&cadence, intervals[i], 100), 100);
    }
}

/* A satellite that takes over after an hour, and the one that has its turn again. */
static void a_pause_is_no_interval(void **state)
{
    (void)state;
    struct cadence cadence = {0};
    struct error why;
    run_every(&cadence, MINUTE, 20);
    for (int failover = 0; failover < 10; failover++) {
        assert_false(cadence_fits(&cadence, HOUR, FIRST, &why));
        assert_string_equal(why.text, "is 3600 s old, and the check runs every 60 s");
        assert_int_equal(run_every(&cadence, HOUR, 1), 0);
        assert_int_equal(run_every(&cadence, MINUTE, 20), 20);
    }
    /* Even where it has had no time to forget the last pause, a few minutes are not taken for the
     * present. */
    run_every(&cadence, HOUR, 1);
    assert_false(fits(&cadence, 10 * MINUTE));
}

/* The only run of a satellite was as the site was set up; the next is the failover, days later. */
static void a_first_pause_is_not_long_believed(void **state)
{
    (void)state;
    struct cadence cadence = {0};
    assert_int_equal(run_every(&cadence, 10.0 * 24 * HOUR, 1), 0);
    assert_int_equal(run_every(&cadence, MINUTE, 10), 10);
    assert_false(fits(&cadence, 5 * MINUTE));
}

static void a_changed_interval_is_believed(void **state)
{
    (void)state;
    static const double intervals[][2] = {{60, 300},   {60, 600},  {60, 1800},
                                          {300, 3000}, {1800, 60}, {600, 10}};
    for (size_t i = 0; i < LENGTH(intervals); i++) {
        struct cadence cadence = {0};
        run_every(&cadence, intervals[i][0], 20);
        assert_true(run_every(&cadence, intervals[i][1], 100) >= 97);
    }
}

/* While there is a problem, a check runs more often, and then as often as before: by the defaults
 * of Icinga (5 min and 1 min, 3 attempts), of this project (60 s and 30 s) and of Nagios (10 min
 * and 2 min, 4 attempts).
 */
static void retries_do_not_shorten_it(void **state)
{
    (void)state;
    static const struct {
        double check, retry;
        unsigned attempts;
    } ways[] = {{300, 60, 3}, {60, 30, 3}, {600, 120, 4}};
    for (size_t i = 0; i < LENGTH(ways); i++) {
        struct cadence cadence = {0};
        run_every(&cadence, ways[i].check, 5);
        for (int problem = 0; problem < 100; problem++) {
            unsigned retries = ways[i].attempts - 1;
            assert_int_equal(run_every(&cadence, ways[i].retry, retries), retries);
            assert_int_equal(run_every(&cadence, ways[i].check, 1), 1);
        }
        assert_false(fits(&cadence, CADENCE_LONGER * ways[i].check + 1));
    }
}

static void a_state_keeps_it(void **state)
{
    (void)state;
    static const struct state_owner owner = {"check_hv_page_reads", "local", "web01"};
    static const double values[] = {0.1, 5, 59.9, 60, 3600, 1000000};
    for (size_t i = 0; i < LENGTH(values); i++) {
        struct text text = {0};
        struct cadence cadence = {values[i]}, read = {0};
        struct state_file file;
        struct state_file_entry entry;
        struct error err;
        state_file_begin(&text, &owner);
        cadence_keep(&cadence, &text);
        state_file_end(&text);
        assert_true(state_file_open(&text, &owner, &file, &err));
        assert_true(state_file_next(&file, &entry) && cadence_kept(&entry, &read));
        assert_true(read.seconds == values[i]);
        text_free(&text);
    }
    struct text text = {0};
    cadence_keep(&(struct cadence){0}, &text); /* what is not known is no line */
    assert_int_equal(text.length, 0);
}

static void other_lines_are_none(void **state)
{
    (void)state;
    static const struct state_file_entry entries[] = {
        {"page_reads", "60.0"}, {"every", ""},          {"every", "60"},
        {"every", "60."},       {"every", ".5"},        {"every", "-60.0"},
        {"every", "60.10"},     {"every", "60.0 "},     {"every", " 60.0"},
        {"every", "6e1.0"},     {"every", "1000001.0"}, {"every", "99999999999999999999.0"},
        {"every", "nan"},       {"ever", "60.0"},
    };
    for (size_t i = 0; i < LENGTH(entries); i++) {
        struct cadence cadence = {-1};
        if (cadence_kept(&entries[i], &cadence))
            fail_msg("'%s %s' was read", entries[i].key, entries[i].value);
        assert_true(cadence.seconds == -1);
    }
}

RUN_TESTS(TEST(nothing_is_known_of_a_first_distance), TEST(every_interval_is_learned_from_two_runs),
          TEST(a_pause_is_no_interval), TEST(a_first_pause_is_not_long_believed),
          TEST(a_changed_interval_is_believed), TEST(retries_do_not_shorten_it),
          TEST(a_state_keeps_it), TEST(other_lines_are_none));
