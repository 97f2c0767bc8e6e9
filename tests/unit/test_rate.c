/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "counter/rate.h"

enum { SECOND = 1000 }; /* milliseconds, and ticks of the samples here */

/* A system that started at BOOT, seen so many seconds later. */
static const int64_t BOOT = INT64_C(1316865600000);

static struct rate_sample sample_at(double uptime, uint64_t count, unsigned bits)
{
    return (struct rate_sample){.raw = {.count = count,
                                        .ticks = (uint64_t)(uptime * SECOND),
                                        .frequency = SECOND,
                                        .bits = bits},
                                .wall = BOOT + (int64_t)(uptime * SECOND)};
}

static void a_rate_is_events_by_seconds(void **state)
{
    (void)state;
    struct rate_sample before = sample_at(1000, 7000, 64), now = sample_at(1300, 8500, 64);
    struct rate rate;
    assert_int_equal(rate_since(&before, &now, &rate), RATE_OK);
    assert_true(rate.value == 5);
    assert_true(rate.seconds == 300);
}

static void ticks_count_not_the_wall_clock(void **state)
{
    (void)state;
    struct rate_sample before = sample_at(1000, 0, 64), now = sample_at(1100, 1000, 64);
    struct rate rate;
    now.wall += 1500; /* NTP's work */
    assert_int_equal(rate_since(&before, &now, &rate), RATE_OK);
    assert_true(rate.value == 10);
    /* QueryPerformanceCounter's 10 MHz, and a fast one whose ticks of a year need 63 bits */
    static const uint64_t frequencies[] = {3579545, 10000000, UINT64_C(100000000000)};
    for (size_t i = 0; i < LENGTH(frequencies); i++) {
        struct rate_sample a = sample_at(31536000, 500, 32), b = sample_at(31536060, 560, 32);
        a.raw.ticks = 31536000 * frequencies[i];
        b.raw.ticks = 31536060 * frequencies[i];
        a.raw.frequency = b.raw.frequency = frequencies[i];
        assert_int_equal(rate_since(&a, &b, &rate), RATE_OK);
        assert_true(rate.value == 1);
    }
}

static void counters_wrap_at_their_width(void **state)
{
    (void)state;
    static const struct {
        unsigned bits;
        uint64_t before, now;
    } wraps[] = {
        {32, UINT64_C(4294967290), 594}, /* 4294967296 - 4294967290 = 6 */
        {32, UINT64_C(4294966697), 1},   /* 599 + 1 */
        {64, UINT64_MAX - 99, 500},      /* 2^64 wraps by itself */
        {32, 0, 600},
    };
    struct rate rate;
    for (size_t i = 0; i < LENGTH(wraps); i++) {
        struct rate_sample before = sample_at(1000, wraps[i].before, wraps[i].bits);
        struct rate_sample now = sample_at(1060, wraps[i].now, wraps[i].bits);
        assert_int_equal(rate_since(&before, &now, &rate), RATE_OK);
        assert_true(rate.value == 10);
    }
}

static void a_counter_that_went_back_is_no_wrap(void **state)
{
    (void)state;
    static const struct {
        unsigned bits;
        double seconds;
        uint64_t before, now;
    } restarts[] = {
        {32, 60, 1000, 0},
        {32, 3600, 1000, 999},
        {64, 60, 1000, 0},
        {64, 3600, UINT64_C(1) << 40, 17},
        {32, 60, UINT64_C(3000000000), 5}, /* 21 million a second */
    };
    struct rate rate = {.value = -1};
    for (size_t i = 0; i < LENGTH(restarts); i++) {
        struct rate_sample before = sample_at(9000, restarts[i].before, restarts[i].bits);
        struct rate_sample now =
            sample_at(9000 + restarts[i].seconds, restarts[i].now, restarts[i].bits);
        assert_int_equal(rate_since(&before, &now, &rate), RATE_RESTARTED);
        assert_int_equal(rate_between(&before, &now, &rate), RATE_RESTARTED);
        assert_true(rate.value == -1); /* untouched */
    }
}

static void age_has_bounds(void **state)
{
    (void)state;
    static const struct {
        double seconds;
        enum rate_verdict verdict;
    } ages[] = {
        {0, RATE_TOO_YOUNG}, {0.001, RATE_TOO_YOUNG},  {4.999, RATE_TOO_YOUNG},     {5, RATE_OK},
        {3600, RATE_OK},     {3600.001, RATE_TOO_OLD}, {86400 * 365, RATE_TOO_OLD},
    };
    struct rate rate;
    for (size_t i = 0; i < LENGTH(ages); i++) {
        struct rate_sample before = sample_at(500, 1, 64);
        struct rate_sample now = sample_at(500 + ages[i].seconds, 1, 64);
        assert_int_equal(rate_since(&before, &now, &rate), ages[i].verdict);
    }
    struct rate_sample before = sample_at(500, 0, 64), now = sample_at(501, 7, 64);
    assert_int_equal(rate_between(&before, &now, &rate), RATE_OK); /* our own sample may be young */
    assert_true(rate.value == 7);
}

static void a_reboot_is_noticed(void **state)
{
    (void)state;
    struct rate rate;
    /* The usual one: less uptime than before. */
    struct rate_sample before = sample_at(5000, 100, 64), now = sample_at(60, 500, 64);
    now.wall = before.wall + 100 * SECOND;
    assert_int_equal(rate_since(&before, &now, &rate), RATE_REBOOTED);
    /* The one that uptime alone does not show: the sample was taken soon after the first start. */
    before = sample_at(30, 100, 64);
    now = sample_at(330, 500, 64);
    now.wall = before.wall + 350 * SECOND; /* 20 s until it was up again */
    assert_int_equal(rate_since(&before, &now, &rate), RATE_REBOOTED);
    now.wall = before.wall + 330 * SECOND + 1; /* it began behind the sample; or with it, never */
    assert_int_equal(rate_since(&before, &now, &rate), RATE_REBOOTED);
    now.wall = before.wall + 330 * SECOND;
    assert_int_equal(rate_since(&before, &now, &rate), RATE_CLOCK_STEPPED);
}

static void a_set_clock_is_noticed(void **state)
{
    (void)state;
    static const int steps[] = {-86400, -3600, -60, -4, 4, 60};
    struct rate rate;
    for (size_t i = 0; i < LENGTH(steps); i++) {
        struct rate_sample before = sample_at(5000, 100, 64), now = sample_at(5300, 500, 64);
        now.wall += steps[i] * SECOND;
        assert_int_equal(rate_since(&before, &now, &rate), RATE_CLOCK_STEPPED);
    }
}

static void samples_of_other_counters_are_refused(void **state)
{
    (void)state;
    struct rate_sample now = sample_at(5300, 500, 64), before = sample_at(5000, 100, 32);
    struct rate rate;
    assert_int_equal(rate_since(&before, &now, &rate), RATE_OTHER_KIND);
    before = sample_at(5000, 100, 64);
    before.raw.frequency = 10000000;
    assert_int_equal(rate_since(&before, &now, &rate), RATE_OTHER_KIND);
    before.raw.frequency = now.raw.frequency = 0;
    assert_int_equal(rate_since(&before, &now, &rate), RATE_OTHER_KIND);
}

static void every_verdict_has_words(void **state)
{
    (void)state;
    for (int verdict = RATE_OK; verdict <= RATE_RESTARTED; verdict++)
        assert_non_null(rate_verdict_text((enum rate_verdict)verdict));
}

static void a_sample_reads_back_as_it_was_written(void **state)
{
    (void)state;
    static const struct rate_sample samples[] = {
        {{0, 0, 1, 32}, 0},
        {{7408, 91250113, 1000, 64}, INT64_C(1316868300000)},
        {{UINT64_MAX, UINT64_MAX, UINT64_MAX, 64}, INT64_C(1000000000000000)},
    };
    for (size_t i = 0; i < LENGTH(samples); i++) {
        char text[RATE_SAMPLE_SIZE];
        struct rate_sample read = {.wall = -1};
        assert_true(rate_sample_parse(rate_sample_print(text, &samples[i]), &read));
        assert_true(read.raw.count == samples[i].raw.count);
        assert_true(read.raw.ticks == samples[i].raw.ticks);
        assert_true(read.raw.frequency == samples[i].raw.frequency);
        assert_int_equal(read.raw.bits, samples[i].raw.bits);
        assert_true(read.wall == samples[i].wall);
    }
}

static void other_lines_are_no_samples(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        "1 2 3 64",
        "1 2 3 64 ",
        "1 2 3 64 5 ",
        "1 2 3 64 5 6",
        " 1 2 3 64 5",
        "1  2 3 64 5",
        "1 2 3 64 -5",
        "+1 2 3 64 5",
        "1 2 0 64 5", /* no frequency */
        "1 2 3 63 5", /* no such width */
        "1 2 3 0 5",
        "1 2 3 6464 5",
        "0x1 2 3 64 5",
        "1e3 2 3 64 5",
        "18446744073709551616 2 3 64 5", /* 2^64 */
        "1 2 3 64 1000000000000001",
        "1 2 3 64 99999999999999999999",
    };
    for (size_t i = 0; i < LENGTH(lines); i++) {
        struct rate_sample read = {.wall = -1};
        if (rate_sample_parse(lines[i], &read))
            fail_msg("'%s' was read as a sample", lines[i]);
        assert_int_equal(read.wall, -1);
    }
}

/* What a file may say at its worst is reckoned with, and nothing of it is a rate. */
static void extremes_are_no_rates(void **state)
{
    (void)state;
    static const struct rate_sample extremes[] = {
        {{0, 0, 1, 64}, INT64_C(1000000000000000)},
        {{UINT64_MAX, UINT64_MAX, 1, 64}, 0},
        {{UINT64_MAX, 0, UINT64_MAX, 32}, INT64_C(1000000000000000)},
        {{0, UINT64_MAX, 1000, 64}, INT64_C(1000000000000000)},
    };
    struct rate rate;
    struct rate_sample now = sample_at(5000, 100, 64);
    for (size_t i = 0; i < LENGTH(extremes); i++) {
        assert_int_not_equal(rate_since(&extremes[i], &now, &rate), RATE_OK);
        assert_int_not_equal(rate_since(&now, &extremes[i], &rate), RATE_OK);
    }
}

RUN_TESTS(TEST(a_rate_is_events_by_seconds), TEST(ticks_count_not_the_wall_clock),
          TEST(counters_wrap_at_their_width), TEST(a_counter_that_went_back_is_no_wrap),
          TEST(age_has_bounds), TEST(a_reboot_is_noticed), TEST(a_set_clock_is_noticed),
          TEST(samples_of_other_counters_are_refused), TEST(every_verdict_has_words),
          TEST(a_sample_reads_back_as_it_was_written), TEST(other_lines_are_no_samples),
          TEST(extremes_are_no_rates));
