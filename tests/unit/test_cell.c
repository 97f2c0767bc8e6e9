/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "hyperv/cell.h"

static void whole_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *cell;
        bool whole;
        uint64_t value;
    } cases[] = {
        {"0", true, 0},
        {"4096", true, 4096},
        {"0000000000000000000000512", true, 512},
        {"4294967296", true, 4294967296},
        {"9223372036854775799", true, 9223372036854775799u},
        {NULL, false, 0},
        {"", false, 0},
        {" 4096", false, 0},
        {"4096 ", false, 0},
        {"-1", false, 0},
        {"+1", false, 0},
        {"4096.0", false, 0},
        {"4,096", false, 0},
        {"0x10", false, 0},
        {"1e3", false, 0},
        {"True", false, 0},
        {"18446744073709551615", false, 0},
        {"18446744073709551616", false, 0},
        {"99999999999999999999999", false, 0},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        uint64_t value = 7;
        if (cell_whole(cases[i].cell, &value) != cases[i].whole)
            fail_msg("'%s'", cases[i].cell ? cases[i].cell : "(NULL)");
        assert_true(value == (cases[i].whole ? cases[i].value : 7));
    }
}

static void truths(void **state)
{
    (void)state;
    static const char *const yes[] = {"True", "true", "TRUE"}, *const no[] = {"False", "false"};
    static const char *const neither[] = {NULL, "", "1", "0", "Yes", "True ", "Wahr", "Tru"};
    bool value = false;
    for (size_t i = 0; i < LENGTH(yes); i++, value = false)
        assert_true(cell_truth(yes[i], &value) && value);
    for (size_t i = 0; i < LENGTH(no); i++) {
        value = true;
        assert_true(cell_truth(no[i], &value) && !value);
    }
    for (size_t i = 0; i < LENGTH(neither); i++) {
        value = true;
        assert_false(cell_truth(neither[i], &value));
        assert_true(value);
    }
}

static void numbers_with_a_sign(void **state)
{
    (void)state;
    static const struct {
        const char *cell;
        bool whole;
        int64_t value;
    } cases[] = {
        {"0", true, 0},
        {"15", true, 15},
        {"-8", true, -8},
        {"2147483647", true, INT32_MAX},
        {"-9223372036854775799", true, -9223372036854775799},
        {NULL, false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"--8", false, 0},
        {"+8", false, 0},
        {"8-", false, 0},
        {"-9223372036854775808", false, 0},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        int64_t value = 7;
        if (cell_signed(cases[i].cell, &value) != cases[i].whole)
            fail_msg("'%s'", cases[i].cell ? cases[i].cell : "(NULL)");
        assert_true(value == (cases[i].whole ? cases[i].value : 7));
    }
}

RUN_TESTS(TEST(whole_numbers), TEST(truths), TEST(numbers_with_a_sign));
