/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Every row of the two eight-VM fights, looked at by itself and with the row before, against the
 * phases that tests/data/README.md tells of. Where that leaves a moment open between two phases,
 * the table names both and says why.
 */
#include "unit.h"

#include "hyperv/contention.h"

enum { FIRST = 10 * 3600, LAST = FIRST + 50 * 60, STEP = 15 };

#define C PHASE_CALM
#define G PHASE_GROWING
#define F PHASE_CONTENTION
#define R PHASE_RECOVERING
#define Q PHASE_OPEN

/* Until this row, it included. */
struct span {
    const char *until;
    enum phase phase;
    enum phase or ; /* the same where nothing is open */
    const char *why_open;
};

#define OPEN(until, phase, other, why)                                                             \
    {                                                                                              \
        until, phase, other, why                                                                   \
    }
#define SURE(until, phase)                                                                         \
    {                                                                                              \
        until, phase, phase, NULL                                                                  \
    }

/* With the row before. The first row has none. */
static const struct span no_reserve_pairs[] = {
    SURE("10:03:30", C), /* phase 0 */
    OPEN("10:03:45", C, G, "the load grows from here on; RAM is given one row later"),
    SURE("10:09:30", G),
    SURE("10:19:45", C), /* phase 1, and the end of 0 */
    OPEN("10:20:15", C, G, "VM8's load grows, within its buffer: it is given nothing yet"),
    SURE("10:29:45", G), /* phase 2 */
    OPEN("10:30:00", C, G, "nothing moves in this row"),
    OPEN("10:31:15", G, F, "more is wanted than there is, but nobody has lost anything yet"),
    SURE("10:39:45", F), /* phase 3 */
    OPEN("10:40:45", F, R, "VM8's load has fallen, which the parent believes after 45 s"),
    SURE("10:46:15", R), /* phase 4, until VM8 is back at its startup RAM */
    SURE("10:50:00", C),
};

static const struct span reserve_pairs[] = {
    SURE("10:03:30", C),
    OPEN("10:03:45", C, G, "the load grows from here on; RAM is given one row later"),
    SURE("10:09:30", G),
    SURE("10:19:45", C),
    OPEN("10:20:15", C, G, "VM8's load grows, within its buffer: it is given nothing yet"),
    SURE("10:29:45", G),
    OPEN("10:30:00", G, F, "VM1-VM7 want as much as they have, and VM8 is given nothing"),
    SURE("10:39:45", F), /* the first loss is at 10:30:15 here */
    OPEN("10:40:45", F, R, "VM8's load has fallen, which the parent believes after 45 s"),
    SURE("10:46:15", R),
    SURE("10:50:00", C),
};

/* By itself a row tells contention, and that no buffer can be filled any more; all else is quiet.
 */
static const struct span no_reserve_singles[] = {
    SURE("10:29:45", Q),
    OPEN("10:30:00", Q, G, "VM1-VM7 begin to want more, VM8 is given nothing"),
    OPEN("10:31:15", G, F, "more is wanted than there is, but nobody has lost anything yet"),
    SURE("10:39:45", F),
    OPEN("10:40:45", F, Q, "VM8's load has fallen, which the parent believes after 45 s"),
    SURE("10:50:00", Q),
};

static const struct span reserve_singles[] = {
    SURE("10:28:15", Q),
    SURE("10:29:45", G), /* VM8's buffer can't be filled: the balancer has 34 MB */
    OPEN("10:30:00", G, F, "VM1-VM7 want as much as they have, and VM8 is given nothing"),
    SURE("10:39:45", F),
    OPEN("10:40:45", F, Q, "VM8's load has fallen, which the parent believes after 45 s"),
    SURE("10:50:00", Q),
};

static const struct record {
    const char *name;
    const struct span *pairs, *singles;
    size_t pair_count, single_count;
    unsigned
        open; /* rows that are open as pairs: a table that gives up on more has to say so here */
} records[] = {
    {"no-reserve", no_reserve_pairs, no_reserve_singles, LENGTH(no_reserve_pairs),
     LENGTH(no_reserve_singles), 1 + 2 + 1 + 5 + 4},
    {"reserve", reserve_pairs, reserve_singles, LENGTH(reserve_pairs), LENGTH(reserve_singles),
     1 + 2 + 1 + 4},
};

static const char *clock_text(int second)
{
    return say("%02d:%02d:%02d", second / 3600, second / 60 % 60, second % 60);
}

static struct demand read_look(const char *record, int second)
{
    const struct vms_options all = {.counters = DEMAND_COUNTERS, .balancer = true};
    const struct source_options options = {.at = say("2011-09-01T%s", clock_text(second))};
    struct source *source;
    struct vms vms;
    struct demand look = {0};
    struct error err;
    if (!source_open(say("record:%s/guideline/%s/host", getenv("DATA"), record), &options, &arena,
                     &source, &err) ||
        !vms_read(source, &all, &arena, &vms, &err) || !demand_of(&vms, &arena, &look, &err))
        fail_msg("%s at %s: %s", record, clock_text(second), err.text);
    source_close(source);
    return look;
}

static enum phase phase_of(const struct demand *now, const struct demand *before)
{
    struct contention contention;
    struct error err;
    assert_true(contention_judge(now, before, &arena, &contention, &err));
    return contention.phase;
}

/* The span of a row, and how many rows a phase may be either of two. */
static const struct span *span_at(const struct span *spans, size_t count, int second)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(clock_text(second), spans[i].until) <= 0)
            return &spans[i];
    fail_msg("no span at %s", clock_text(second));
    return NULL;
}

static void expect(const struct record *record, int second, const char *how,
                   const struct span *span, enum phase found)
{
    if (found != span->phase && found != span->or)
        fail_msg("%s at %s, %s: %s, expected %s%s%s", record->name, clock_text(second), how,
                 phase_name(found), phase_name(span->phase), span->why_open ? " or " : "",
                 span->why_open ? phase_name(span->or) : "");
}

static void every_row_is_named_rightly(void **state)
{
    (void)state;
    for (const struct record *record = records; record < records + LENGTH(records); record++) {
        unsigned open = 0, rows = 0;
        struct demand before = {0};
        for (int second = FIRST; second <= LAST; second += STEP, rows++) {
            struct demand now = read_look(record->name, second);
            expect(record, second, "by itself",
                   span_at(record->singles, record->single_count, second), phase_of(&now, NULL));
            const struct span *span = span_at(record->pairs, record->pair_count, second);
            if (rows)
                expect(record, second, "with the row before", span, phase_of(&now, &before));
            open += span->why_open != NULL;
            before = now;
        }
        assert_int_equal(rows, 201);
        assert_int_equal(open, record->open);
    }
}

/* With five minutes between two looks, as a monitoring system has them, the phases are told too. */
static void five_minutes_apart(void **state)
{
    (void)state;
    static const struct {
        const char *record;
        int from; /* minutes after 10:00 */
        enum phase phase;
    } pairs[] = {
        {"no-reserve", 4, G},  {"no-reserve", 10, C}, {"no-reserve", 14, C}, {"no-reserve", 21, G},
        {"no-reserve", 24, G}, {"no-reserve", 29, F}, {"no-reserve", 34, F}, {"no-reserve", 37, R},
        {"no-reserve", 41, R}, {"no-reserve", 45, R}, {"reserve", 4, G},     {"reserve", 10, C},
        {"reserve", 14, C},    {"reserve", 21, G},    {"reserve", 24, G},    {"reserve", 29, F},
        {"reserve", 34, F},    {"reserve", 37, R},    {"reserve", 41, R},    {"reserve", 45, R},
    };
    for (size_t i = 0; i < LENGTH(pairs); i++) {
        int second = FIRST + pairs[i].from * 60;
        struct demand before = read_look(pairs[i].record, second);
        struct demand now = read_look(pairs[i].record, second + 300);
        enum phase found = phase_of(&now, &before);
        if (found != pairs[i].phase)
            fail_msg("%s from %s on: %s, expected %s", pairs[i].record, clock_text(second),
                     phase_name(found), phase_name(pairs[i].phase));
    }
}

/* VM8 gains, VM1-VM7 lose: in each record once over the whole of phase 3. */
static void the_parties_are_the_guidelines(void **state)
{
    (void)state;
    for (const struct record *record = records; record < records + LENGTH(records); record++) {
        struct demand before = read_look(record->name, FIRST + 30 * 60);
        struct demand now = read_look(record->name, FIRST + 38 * 60);
        struct contention contention;
        struct error err;
        assert_true(contention_judge(&now, &before, &arena, &contention, &err));
        assert_int_equal(contention.phase, F);
        assert_int_equal(contention.count, 8);
        assert_int_equal(contention.taking, 1);
        assert_int_equal(contention.giving, 7);
        for (size_t i = 0; i < contention.count; i++) {
            const struct party *party = &contention.parties[i];
            bool is_vm8 = !strcmp(party->vm->name, "VM8");
            assert_true(party->takes == is_vm8 && party->gives == !is_vm8);
        }
    }
}

/* Nobody is in a fight on the other hosts of the guideline. */
static void the_other_hosts_are_at_peace(void **state)
{
    (void)state;
    static const char *const hosts[] = {"static-7", "dynamic-7", "dynamic-88"};
    for (size_t i = 0; i < LENGTH(hosts); i++) {
        struct demand before = read_look(hosts[i], 9 * 3600),
                      now = read_look(hosts[i], 9 * 3600 + 60);
        assert_int_equal(phase_of(&now, &before), C);
        assert_int_equal(phase_of(&now, NULL), Q);
    }
}

RUN_TESTS(TEST(every_row_is_named_rightly), TEST(five_minutes_apart),
          TEST(the_parties_are_the_guidelines), TEST(the_other_hosts_are_at_peace));
