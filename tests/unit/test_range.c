/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "plugin/range.h"

#include <math.h>

static struct range parse(const char *text, enum range_unit unit)
{
    struct range range;
    struct error err = {0};
    if (!range_parse(text, unit, &range, &err))
        fail_msg("'%s' is refused: %s", text, err.text);
    assert_true(range.set);
    return range;
}

static void ranges_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double start, end;
        bool inside;
        const char *printed; /* NULL: as read */
    } cases[] = {
        {"10", 0, 10, false, NULL},
        {"10:", 10, INFINITY, false, NULL},
        {"~:10", -INFINITY, 10, false, NULL},
        {"10:20", 10, 20, false, NULL},
        {"@10:20", 10, 20, true, NULL},
        {"@10", 0, 10, true, NULL},
        {"@10:", 10, INFINITY, true, NULL},
        {"@~:10", -INFINITY, 10, true, NULL},
        {"0:10", 0, 10, false, "10"},
        {"0", 0, 0, false, NULL},
        {"0:", 0, INFINITY, false, NULL},
        {"~:", -INFINITY, INFINITY, false, NULL},
        {"@~:", -INFINITY, INFINITY, true, NULL},
        {"7:7", 7, 7, false, NULL},
        {"-10:-5", -10, -5, false, NULL},
        {"-10:", -10, INFINITY, false, NULL},
        {"~:-5", -INFINITY, -5, false, NULL},
        {"-0", 0, 0, false, "0"},
        {"-0:5", 0, 5, false, "5"},
        {"010", 0, 10, false, "10"},
        {"00.50:1.250", 0.5, 1.25, false, "0.5:1.25"},
        {"0.1", 0, 0.1, false, NULL},
        {"3.14159265358979:", 3.14159265358979, INFINITY, false, NULL},
        {"999999999999999", 0, 999999999999999, false, NULL},
        {"0.000000000000001", 0, 1e-15, false, NULL},
        {"000000000000000000000000000001", 0, 1, false, "1"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct range range = parse(cases[i].text, RANGE_NUMBER);
        char printed[RANGE_TEXT_SIZE];
        const char *expected = cases[i].printed ? cases[i].printed : cases[i].text;
        if (range.start != cases[i].start || range.end != cases[i].end ||
            range.inside != cases[i].inside || range.of_total)
            fail_msg("'%s' is read as %s%g:%g", cases[i].text, range.inside ? "@" : "", range.start,
                     range.end);
        assert_string_equal(range_print(printed, &range), expected);
    }
}

static void check_refused(const char *text, enum range_unit unit, const char *problem,
                          unsigned column)
{
    struct range range = {.start = 5}, before = range;
    struct error err = {.code = 7};
    if (range_parse(text, unit, &range, &err))
        fail_msg("'%s' is accepted", text);
    assert_memory_equal(&range, &before, sizeof range);
    assert_string_equal(err.text, say("'%s': %s at column %u", text, problem, column));
    assert_int_equal(err.code, 0);
}

static void what_is_no_range_is_refused_with_its_column(void **state)
{
    (void)state;
    static const char number[] = "expected a number", end[] = "expected a number, found the end";
    static const char plain[] = "expected ':' or the end of the range";
    static const char percent[] = "expected '%', ':' or the end of the range";
    static const char memory[] = "expected a unit (KB, MB, GB, TB, %), ':' or the end of the range";
    static const char order[] = "the start is greater than the end";
    static const char bare_order[] = "the start, 0 where none is given, is greater than the end";
    static const char point[] = "expected a digit after the decimal point";
    static const char second[] = "a second ':'", behind[] = "expected the end of the range";
    static const char digits[] = "a number of more than 15 digits";
    static const struct {
        const char *text;
        enum range_unit unit;
        const char *problem;
        unsigned column;
    } cases[] = {
        {"", RANGE_NUMBER, "an empty range", 1},
        {"@", RANGE_NUMBER, "an empty range", 2},
        {"10abc", RANGE_NUMBER, plain, 3},
        {"20:10", RANGE_NUMBER, order, 4},
        {"@20:10", RANGE_NUMBER, order, 5},
        {"-5", RANGE_NUMBER, bare_order, 1},
        {"@-5", RANGE_NUMBER, bare_order, 2},
        {"1:2:3", RANGE_NUMBER, second, 4},
        {"1::", RANGE_NUMBER, number, 3},
        {"::", RANGE_NUMBER, number, 1},
        {":", RANGE_NUMBER, number, 1},
        {":10", RANGE_NUMBER, number, 1},
        {"@:10", RANGE_NUMBER, number, 2},
        {"~", RANGE_NUMBER, "expected ':' after '~'", 2},
        {"~5:", RANGE_NUMBER, "expected ':' after '~'", 2},
        {"@~5", RANGE_NUMBER, "expected ':' after '~'", 3},
        {"5:~", RANGE_NUMBER, number, 3},
        {"~:~", RANGE_NUMBER, number, 3},
        {"~~:5", RANGE_NUMBER, "expected ':' after '~'", 2},
        {"@@5", RANGE_NUMBER, number, 2},
        {"5@", RANGE_NUMBER, plain, 2},
        {"nan", RANGE_NUMBER, number, 1},
        {"inf", RANGE_NUMBER, number, 1},
        {"1:inf", RANGE_NUMBER, number, 3},
        {"0x10", RANGE_NUMBER, plain, 2},
        {"1e3", RANGE_NUMBER, plain, 2},
        {"1:1e3", RANGE_NUMBER, behind, 4},
        {"+5", RANGE_NUMBER, number, 1},
        {" 5", RANGE_NUMBER, number, 1},
        {"5 ", RANGE_NUMBER, plain, 2},
        {"5 :", RANGE_NUMBER, plain, 2},
        {"5: 6", RANGE_NUMBER, number, 3},
        {"5:6 ", RANGE_NUMBER, behind, 4},
        {"5\n", RANGE_NUMBER, plain, 2},
        {"-", RANGE_NUMBER, end, 2},
        {"--5", RANGE_NUMBER, number, 2},
        {"-:", RANGE_NUMBER, number, 2},
        {"5.", RANGE_NUMBER, point, 3},
        {"5.:", RANGE_NUMBER, point, 3},
        {".5", RANGE_NUMBER, number, 1},
        {"5..5", RANGE_NUMBER, point, 3},
        {"1.2.3", RANGE_NUMBER, plain, 4},
        {"1,5", RANGE_NUMBER, plain, 2},
        {"10%", RANGE_NUMBER, plain, 3},
        {"10MB", RANGE_NUMBER, plain, 3},
        {"1000000000000000", RANGE_NUMBER, digits, 1},
        {"5:1000000000000000", RANGE_NUMBER, digits, 3},
        {"0.0000000000000001", RANGE_NUMBER, digits, 1},
        {"10%%", RANGE_PERCENT, percent, 4},
        {"10MB", RANGE_PERCENT, percent, 3},
        {"1 %", RANGE_PERCENT, percent, 2},
        {"10abc", RANGE_MEMORY, memory, 3},
        {"10 MB", RANGE_MEMORY, memory, 3},
        {"10MBytes:", RANGE_MEMORY, memory, 5},
        {"10MM", RANGE_MEMORY, memory, 3},
        {"1PB", RANGE_MEMORY, memory, 2},
        {"9000TB:", RANGE_MEMORY, "more memory than can be counted", 7},
        {"10%:2GB", RANGE_MEMORY, "percent at one end and a size at the other", 5},
        {"2GB:10%", RANGE_MEMORY, "percent at one end and a size at the other", 5},
        {"2GB:1GB", RANGE_MEMORY, order, 5},
        {"20%:10%", RANGE_MEMORY, order, 5},
        {"2GB:1GBx", RANGE_MEMORY, behind, 8},
    };
    for (size_t i = 0; i < LENGTH(cases); i++)
        check_refused(cases[i].text, cases[i].unit, cases[i].problem, cases[i].column);
}

static void zeros_in_front_do_not_count(void **state)
{
    (void)state;
    char zeros[200];
    memset(zeros, '0', sizeof zeros);
    for (size_t length = 1; length < sizeof zeros; length++) {
        struct range range;
        struct error err;
        zeros[length] = '\0';
        zeros[length - 1] = '7';
        assert_true(range_parse(zeros, RANGE_NUMBER, &range, &err));
        assert_true(range.end == 7);
        zeros[length - 1] = zeros[length] = '0';
    }
}

/* What a text says is the nearest double, as the C library finds it. */
static void numbers_are_exact(void **state)
{
    (void)state;
    static const char *const texts[] = {"0.1",
                                        "0.3",
                                        "99.95",
                                        "1.005",
                                        "0.000000000000001",
                                        "123456789012.345",
                                        "999999999999999",
                                        "4.35",
                                        "2.675",
                                        "1024.7",
                                        "0.07",
                                        "8.41"};
    for (size_t i = 0; i < LENGTH(texts); i++) {
        struct range range;
        struct error err;
        assert_true(range_parse(texts[i], RANGE_NUMBER, &range, &err));
        assert_true(range.end == strtod(texts[i], NULL));
    }
}

static void memory_has_units(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double bytes;
    } cases[] = {
        {"512:", 512 * 1048576.0},
        {"512MB:", 512 * 1048576.0},
        {"512mib:", 512 * 1048576.0},
        {"2GB:", 2 * 1073741824.0},
        {"2gb:", 2 * 1073741824.0},
        {"0.5GiB:", 536870912},
        {"1TB:", 1099511627776.0},
        {"8191TiB:", 9006099743113216},
        {"4KB:", 4096},
        {"4kib:", 4096},
        {"7B:", 7},
        {"0:", 0},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct range range = parse(cases[i].text, RANGE_MEMORY);
        assert_double(range.start, cases[i].bytes);
        assert_true(isinf(range.end));
        assert_false(range.of_total);
    }
    struct range both = parse("1GB:2048", RANGE_MEMORY);
    assert_double(both.start, 1073741824);
    assert_double(both.end, 2147483648);
}

static void percent_of_a_total(void **state)
{
    (void)state;
    struct range range = parse("10%:", RANGE_MEMORY);
    assert_true(range.of_total);
    assert_double(range.start, 10);
    range = range_of_total(range, 34359738368);
    assert_false(range.of_total);
    assert_double(range.start, 3435973837); /* whole bytes */
    assert_true(isinf(range.end));

    range = range_of_total(parse("@5%:12.5%", RANGE_MEMORY), 1000);
    assert_true(range.inside);
    assert_double(range.start, 50);
    assert_double(range.end, 125);
    range = range_of_total(parse("~:50%", RANGE_MEMORY), 1000);
    assert_true(isinf(range.start) && range.start < 0);
    assert_double(range.end, 500);
    static const char *const from_nothing[] = {"0:50%", "0MB:50%", "0%:50%", "50%"};
    for (size_t i = 0; i < LENGTH(from_nothing); i++) {
        range = range_of_total(parse(from_nothing[i], RANGE_MEMORY), 1000);
        assert_double(range.start, 0);
        assert_double(range.end, 500);
    }
    range = range_of_total(parse("0%:5", RANGE_MEMORY), 1000);
    assert_double(range.end, 5 * 1048576.0);
    range = range_of_total(parse("1:", RANGE_MEMORY), 1000); /* not in percent: as it is */
    assert_double(range.start, 1048576);

    struct range plain = parse("90%:95", RANGE_PERCENT);
    assert_false(plain.of_total);
    assert_double(plain.start, 90);
    assert_double(plain.end, 95);
}

static void ends_are_inclusive(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
        bool alarms;
    } cases[] = {
        {"10", -0.001, true}, {"10", 0, false},      {"10", 10, false},    {"10", 10.001, true},
        {"10:", 9.999, true}, {"10:", 10, false},    {"10:", 1e15, false}, {"~:10", -1e15, false},
        {"~:10", 10, false},  {"~:10", 11, true},    {"10:20", 9, true},   {"10:20", 10, false},
        {"10:20", 20, false}, {"10:20", 21, true},   {"@10:20", 9, false}, {"@10:20", 10, true},
        {"@10:20", 20, true}, {"@10:20", 21, false}, {"@10", 0, true},     {"@10", -1, false},
        {"~:", -5, false},    {"@~:", -5, true},     {"0", 0, false},      {"@0", 0, true},
        {"5", NAN, true},     {"@5", NAN, true},     {"~:", NAN, true},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct range range = parse(cases[i].text, RANGE_NUMBER);
        if (range_alarms(&range, cases[i].value) != cases[i].alarms)
            fail_msg("%g and '%s'", cases[i].value, cases[i].text);
    }
    struct range none = {0};
    assert_false(range_alarms(&none, 5));
    assert_false(range_alarms(&none, NAN));
}

/* Whatever was read prints as something that reads as the same. */
static void printing_and_reading_agree(void **state)
{
    (void)state;
    static const char *const units[] = {"", "B", "KB", "MB", "GB", "TB"};
    for (unsigned i = 0; i < 20000; i++) {
        char ends[2][40], text[96], printed[RANGE_TEXT_SIZE];
        double values[2];
        const char *unit = units[unit_random(LENGTH(units))];
        for (int k = 0; k < 2; k++) {
            /* at most 15 digits in all, so that every one counts */
            int decimals = (int)unit_random(7);
            snprintf(ends[k], sizeof ends[k], "%s%u%s%.*s%s", unit_random(4) ? "" : "-",
                     unit_random(4000), decimals ? "." : "", decimals,
                     say("%06u", unit_random(1000000)), unit);
            struct error err;
            assert_true(memory_parse(ends[k], &values[k], &err));
        }
        bool swap = values[0] > values[1], at = unit_random(2);
        switch (unit_random(4)) {
        case 0:
            snprintf(text, sizeof text, "%s~:%s", at ? "@" : "", ends[0]);
            break;
        case 1:
            snprintf(text, sizeof text, "%s%s:", at ? "@" : "", ends[0]);
            break;
        case 2:
            if (values[0] < 0)
                continue;
            snprintf(text, sizeof text, "%s%s", at ? "@" : "", ends[0]);
            break;
        default:
            snprintf(text, sizeof text, "%s%s:%s", at ? "@" : "", ends[swap], ends[!swap]);
        }
        struct range range = parse(text, RANGE_MEMORY), again;
        range_print(printed, &range);
        assert_null(strpbrk(printed, "eE,+ "));
        /* Printed are bytes, with as many digits as they need: more than may be written by hand. */
        char in_bytes[RANGE_TEXT_SIZE];
        snprintf(in_bytes, sizeof in_bytes, "%s", printed);
        const char *start = in_bytes + (in_bytes[0] == '@'), *colon = strchr(start, ':');
        again = (struct range){.inside = in_bytes[0] == '@',
                               .start = *start == '~' ? -INFINITY
                                        : colon       ? strtod(start, NULL)
                                                      : 0,
                               .end = !colon     ? strtod(start, NULL)
                                      : colon[1] ? strtod(colon + 1, NULL)
                                                 : INFINITY};
        if (again.inside != range.inside || again.start != range.start || again.end != range.end)
            fail_msg("'%s' prints as '%s'", text, printed);
        arena_free(&arena);
    }
}

static void ranges_for_people(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum range_unit unit;
        const char *words;
    } cases[] = {
        {"2048:", RANGE_MEMORY, "below 2048 MB"},
        {"100GB:", RANGE_MEMORY, "below 100.0 GB"},
        {"10%:", RANGE_MEMORY, "below 10 %"},
        {"90", RANGE_PERCENT, "above 90 %"},
        {"~:90", RANGE_PERCENT, "above 90 %"},
        {"10:20", RANGE_NUMBER, "outside 10 to 20"},
        {"@5:7", RANGE_NUMBER, "inside 5 to 7"},
        {"@5:", RANGE_NUMBER, "from 5"},
        {"@5", RANGE_NUMBER, "up to 5"},
        {"@~:5", RANGE_NUMBER, "up to 5"},
        {"~:", RANGE_NUMBER, "never"},
        {"@~:", RANGE_NUMBER, "always"},
        {"0:", RANGE_NUMBER, "never"},
        {"@0:", RANGE_NUMBER, "always"},
        {"0.5", RANGE_NUMBER, "above 0.5"},
    };
    char words[RANGE_TEXT_SIZE];
    struct range none = {0};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct range range = parse(cases[i].text, cases[i].unit);
        assert_string_equal(range_describe(words, &range, cases[i].unit), cases[i].words);
    }
    assert_string_equal(range_describe(words, &none, RANGE_NUMBER), "never");
    /* the longest that there can be */
    struct range longest = {.set = true, .inside = true, .start = -1e300, .end = 1e300};
    range_print(words, &longest);
    assert_string_equal(words, "@-9007199254740992:9007199254740992");
    longest.start = 0.123456789012345678;
    longest.end = 1234567.123456789012345678;
    assert_true(strlen(range_describe(words, &longest, RANGE_NUMBER)) < RANGE_TEXT_SIZE);
}

static void scaling(void **state)
{
    (void)state;
    struct range range = range_scaled(parse("90:98", RANGE_PERCENT), 4294967296.0 / 100);
    assert_double(range.start, 3865470566);
    assert_double(range.end, 4209067950);
    range = range_scaled(parse("~:98", RANGE_PERCENT), 2);
    assert_true(isinf(range.start) && range.start < 0);
    range = range_scaled((struct range){0}, 5);
    assert_false(range.set);
}

static void sizes(void **state)
{
    (void)state;
    double bytes = 5;
    struct error err;
    assert_true(memory_parse("2048", &bytes, &err));
    assert_double(bytes, 2147483648);
    assert_true(memory_parse("1.5gb", &bytes, &err));
    assert_double(bytes, 1610612736);
    assert_true(memory_parse("8192TB", &bytes, &err)); /* the most that is counted in ones */
    assert_double(bytes, 9007199254740992);
    static const struct {
        const char *text;
        unsigned column;
    } refused[] = {{"", 1},     {"10%", 3}, {"10:", 3},     {"~", 1},     {"1 GB", 2},
                   {"1GBs", 4}, {"x", 1},   {"99999TB", 8}, {"8193TB", 7}};
    bytes = 5;
    for (size_t i = 0; i < LENGTH(refused); i++) {
        assert_false(memory_parse(refused[i].text, &bytes, &err));
        assert_holds(err.text, say("at column %u", refused[i].column));
    }
    assert_double(bytes, 5);
}

RUN_TESTS(TEST(ranges_are_read), TEST(what_is_no_range_is_refused_with_its_column),
          TEST(zeros_in_front_do_not_count), TEST(numbers_are_exact), TEST(memory_has_units),
          TEST(percent_of_a_total), TEST(ends_are_inclusive), TEST(printing_and_reading_agree),
          TEST(ranges_for_people), TEST(scaling), TEST(sizes));
