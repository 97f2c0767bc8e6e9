/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/rate.h"
#include "plugin/format.h"

#include <stdio.h>

/* No disk answers a million page faults a second. A counter that seems to have counted faster went
 * back to zero in truth, and what looks like a wrap is none. */
static const double FASTEST = 1e6;

/* How far the moment of the system's start, told twice by wall clock and ticks, may seem to move
 * while neither was set: clocks are read one after the other, and NTP steers the wall clock by at
 * most 500 parts in a million. */
enum { BOOT_SLACK = 2000 }; /* milliseconds; plus a thousandth of the time between */

/* Milliseconds that anything here may last, or a clock show: 31,000 years. */
#define LONGEST (INT64_C(1000000000000000))

/* Bounded, so that what a damaged file says can be reckoned with, too. */
static int64_t milliseconds(uint64_t ticks, uint64_t frequency)
{
    double value = (double)ticks / (double)frequency * 1000;
    return value < (double)LONGEST ? (int64_t)value : LONGEST;
}

static int64_t boot_moment(const struct rate_sample *sample)
{
    return sample->wall - milliseconds(sample->raw.ticks, sample->raw.frequency);
}

enum rate_verdict rate_between(const struct rate_sample *before, const struct rate_sample *now,
                               struct rate *ret)
{
    const struct raw_rate *from = &before->raw, *to = &now->raw;
    if (from->frequency != to->frequency || from->bits != to->bits || !to->frequency)
        return RATE_OTHER_KIND;
    if (to->ticks < from->ticks)
        return RATE_REBOOTED;
    if (to->ticks == from->ticks)
        return RATE_TOO_YOUNG;
    uint64_t advance = to->count - from->count;
    if (to->bits < 64)
        advance &= (UINT64_C(1) << to->bits) - 1;
    double seconds = (double)(to->ticks - from->ticks) / (double)to->frequency;
    if ((double)advance > FASTEST * seconds)
        return RATE_RESTARTED;
    *ret = (struct rate){.value = (double)advance / seconds, .seconds = seconds};
    return RATE_OK;
}

enum rate_verdict rate_since(const struct rate_sample *before, const struct rate_sample *now,
                             struct rate *ret)
{
    struct rate rate;
    enum rate_verdict verdict = rate_between(before, now, &rate);
    if (verdict != RATE_OK && verdict != RATE_RESTARTED)
        return verdict;
    int64_t passed = milliseconds(now->raw.ticks - before->raw.ticks, now->raw.frequency);
    int64_t boot = boot_moment(now), moved = boot - boot_moment(before);
    int64_t slack = BOOT_SLACK + passed / 1000;
    if (moved > slack || moved < -slack)
        return boot > before->wall ? RATE_REBOOTED : RATE_CLOCK_STEPPED;
    if (passed < RATE_YOUNGEST * 1000)
        return RATE_TOO_YOUNG;
    if (passed > RATE_OLDEST * 1000)
        return RATE_TOO_OLD;
    if (verdict == RATE_OK)
        *ret = rate;
    return verdict;
}

const char *rate_verdict_text(enum rate_verdict verdict)
{
    static const char *const texts[] = {
        [RATE_OK] = "usable",
        [RATE_OTHER_KIND] = "of another kind of counter",
        [RATE_REBOOTED] = "from before the system started, by its clock",
        [RATE_CLOCK_STEPPED] = "unusable: the clock was set since",
        [RATE_TOO_YOUNG] = "too young: less than 5 s",
        [RATE_TOO_OLD] = "too old: more than 1 h",
        [RATE_RESTARTED] = "unusable: the counter started again since",
    };
    return texts[verdict];
}

char *rate_sample_print(char text[RATE_SAMPLE_SIZE], const struct rate_sample *sample)
{
    format_text(text, RATE_SAMPLE_SIZE, "%llu %llu %llu %u %lld",
                (unsigned long long)sample->raw.count, (unsigned long long)sample->raw.ticks,
                (unsigned long long)sample->raw.frequency, sample->raw.bits,
                (long long)sample->wall);
    return text;
}

/* A whole number without a sign, up to the blank that ends it or the end. */
static bool parse_whole(const char **at, uint64_t most, uint64_t *ret)
{
    uint64_t value = 0;
    const char *start = *at;
    for (; **at >= '0' && **at <= '9'; ++*at) {
        unsigned digit = (unsigned)(**at - '0');
        if (value > (most - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *ret = value;
    return *at > start;
}

bool rate_sample_parse(const char *text, struct rate_sample *ret)
{
    static const uint64_t most[] = {UINT64_MAX, UINT64_MAX, UINT64_MAX, 64, LONGEST};
    enum { FIELDS = sizeof most / sizeof *most };
    uint64_t fields[FIELDS];
    for (size_t i = 0; i < FIELDS; i++) {
        if (!parse_whole(&text, most[i], &fields[i]) || *text != (i + 1 < FIELDS ? ' ' : '\0'))
            return false;
        text++;
    }
    if (!fields[2] || (fields[3] != 32 && fields[3] != 64))
        return false;
    *ret = (struct rate_sample){.raw = {.count = fields[0],
                                        .ticks = fields[1],
                                        .frequency = fields[2],
                                        .bits = (unsigned)fields[3]},
                                .wall = (int64_t)fields[4]};
    return true;
}
