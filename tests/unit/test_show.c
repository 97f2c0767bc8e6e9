/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "plugin/show.h"
#include "plugin/utf8.h"

#include <math.h>

static const double MB = 1048576;

static void memory(void **state)
{
    (void)state;
    const struct {
        double bytes;
        const char *text;
    } cases[] = {
        {0, "0 MB"},
        {850 * MB, "850 MB"},
        {63.6 * MB, "63.6 MB"}, /* as small as limits are */
        {64 * MB, "64 MB"},
        {99.94 * MB, "99.9 MB"},
        {99.96 * MB, "100 MB"},
        {100.5 * MB, "101 MB"},
        {-0.5 * MB, "-0.5 MB"},
        {-99.9 * MB, "-99.9 MB"},
        {-100.5 * MB, "-101 MB"},
        {10239 * MB, "10239 MB"},
        {10240 * MB, "10.0 GB"},
        {32000 * MB, "31.3 GB"},
        {1048576 * MB, "1024.0 GB"},
        {9007199254740992.0, "more than 8388608 GB"},
        {INFINITY, "more than 8388608 GB"},
        {1e300, "more than 8388608 GB"},
        {-206 * MB, "-206 MB"},
        {-10239 * MB, "-10239 MB"},
        {-10240 * MB, "-10.0 GB"},
        {9007199254740991.0, "8388608.0 GB"},
        {-9007199254740991.0, "-8388608.0 GB"},
        {-9007199254740992.0, "more than 8388608 GB"},
        {NAN, "more than 8388608 GB"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_string_equal(SHOW(show_memory, cases[i].bytes), cases[i].text);
}

static void exact(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "0"},
        {5, "5"},
        {-5, "-5"},
        {0.5, "0.5"},
        {64.1, "64.1"},
        {1e15, "1000000000000000"},
        {9007199254740992.0, "9007199254740992"},
        {1e17, "9007199254740992"},
        {-1e300, "-9007199254740992"},
        {INFINITY, "9007199254740992"},
        {1e-15, "0.000000000000001"},
        {123456789012.25, "123456789012.25"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_string_equal(SHOW(show_exact, cases[i].value), cases[i].text);
    for (unsigned i = 0; i < 20000; i++) {
        double value = unit_random(1u << 31) / pow(10, unit_random(12)) * (i & 1 ? 1 : -1);
        const char *text = SHOW(show_exact, value);
        assert_double(strtod(text, NULL), value);
        assert_true(strlen(text) < SHOW_SIZE);
        assert_int_equal(strspn(text, "-0123456789."), strlen(text));
    }
}

static void rounded(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {0.004, "0"},
        {-0.004, "0"},
        {0.005, "0.01"},
        {-0.5, "-0.5"},
        {-12.345, "-12.35"},
        {99.999, "100"},
        {64.1, "64.1"},
        {3.14159, "3.14"},
        {4294967296.0, "4294967296"},
        {1e9, "1000000000"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_string_equal(SHOW(show_rounded, cases[i].value), cases[i].text);
    for (unsigned i = 0; i < 20000; i++) {
        double value = unit_random(1u << 31) / pow(7, unit_random(12));
        const char *text = SHOW(show_rounded, value), *point = strchr(text, '.');
        assert_true(!point || (strlen(point) <= 3 && point[strlen(point) - 1] != '0'));
        assert_true(fabs(strtod(text, NULL) - value) <= 0.0050001);
    }
}

static void percent(void **state)
{
    (void)state;
    assert_string_equal(SHOW(show_percent, 98.4), "98.4 %");
    assert_string_equal(SHOW(show_percent, 98.02), "98.02 %"); /* is above a limit of 98 */
    assert_string_equal(SHOW(show_percent, 100), "100 %");
    assert_string_equal(SHOW(show_percent, 0), "0 %");
    assert_string_equal(SHOW(show_percent, -0.0), "0 %");
    assert_string_equal(SHOW(show_percent, 1e300), "9007199254740992 %");
}

/* Names of every length in characters of every width: whole, or cut at a character with "…". */
static void names(void **state)
{
    (void)state;
    static const char *const characters[] = {"a", "é", "業", "\xF0\x9F\x98\x80"};
    for (size_t c = 0; c < LENGTH(characters); c++) {
        struct text name = {0};
        for (unsigned columns = 0; columns <= 3 * NAME_COLUMNS; columns++) {
            char *shown = SHOW_NAME(name.bytes ? name.bytes : "");
            assert_true(show_mark(shown) && !strncmp(shown, NAME_BEGIN, NAME_MARK));
            assert_string_equal(shown + strlen(shown) - NAME_MARK, NAME_END);
            show_unmark(shown);
            size_t length = strlen(shown), width = strlen(characters[c]);
            assert_true(utf8_valid(shown, length));
            if (columns <= NAME_COLUMNS) {
                assert_string_equal(shown, name.bytes ? name.bytes : "");
            } else {
                assert_int_equal(length, (NAME_COLUMNS - 1) * width + 3);
                assert_memory_equal(shown, name.bytes, length - 3);
                assert_string_equal(shown + length - 3, "…");
            }
            text_puts(&name, characters[c]);
        }
        text_free(&name);
    }
}

static void names_of_any_bytes_fit(void **state)
{
    (void)state;
    static const char bytes[] = {'a', '\x80', '\xBF', '\xC3', '\xE6', '\xF0'};
    for (unsigned i = 0; i < 20000; i++) {
        char name[600];
        size_t length = unit_random(sizeof name - 1);
        for (size_t k = 0; k < length; k++)
            name[k] = bytes[unit_random(i % LENGTH(bytes) + 1)];
        name[length] = '\0';
        char *shown = malloc(NAME_SIZE); /* a sanitizer sees what is written beyond it */
        assert_non_null(shown);
        show_name_in(shown, name);
        assert_true(strlen(shown) < NAME_SIZE);
        free(shown);
    }
}

/* Of a long run of bytes that begin no character, the first are shown. */
static void a_name_of_no_characters_is_cut(void **state)
{
    (void)state;
    char name[300];
    memset(name, '\x80', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_string_equal(SHOW_NAME(name), say(NAME_BEGIN "%.*s…" NAME_END, (int)NAME_COLUMNS, name));
}

static void marks(void **state)
{
    (void)state;
    static const struct {
        const char *marked, *text;
    } cases[] = {
        {"", ""},
        {"web01", "web01"},
        {NAME_BEGIN "web01" NAME_END, "web01"},
        {"at " NAME_BEGIN "web01" NAME_END " and " NAME_BEGIN NAME_END, "at web01 and "},
        {"\xEF\xBC\x9C \xEF\xB7\x92 \xEF\xB7", "\xEF\xBC\x9C \xEF\xB7\x92 \xEF\xB7"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char *text = arena_text(&arena, cases[i].marked, strlen(cases[i].marked));
        show_unmark(text);
        assert_string_equal(text, cases[i].text);
    }
}

static void plurals(void **state)
{
    (void)state;
    assert_string_equal(show_plural(0, "VM", "VMs"), "VMs");
    assert_string_equal(show_plural(1, "VM", "VMs"), "VM");
    assert_string_equal(show_plural(2, "VM", "VMs"), "VMs");
}

/* A tenant may well know the marks. */
static void a_name_can_forge_no_mark(void **state)
{
    (void)state;
    static const char *const pieces[] = {NAME_BEGIN, NAME_END, "a", "業", "\xEF", "\xB7"};
    for (unsigned i = 0; i < 5000; i++) {
        struct text name = {0};
        text_puts(&name, "x");
        for (size_t count = unit_random(40); count; count--)
            text_puts(&name, pieces[unit_random(LENGTH(pieces))]);
        const char *shown = SHOW_NAME(name.bytes), *at = shown + NAME_MARK;
        while (*at && !show_mark(at))
            at++;
        assert_string_equal(at, NAME_END);
        text_free(&name);
    }
}

RUN_TESTS(TEST(memory), TEST(exact), TEST(rounded), TEST(percent), TEST(names),
          TEST(names_of_any_bytes_fit), TEST(a_name_of_no_characters_is_cut), TEST(marks),
          TEST(plurals), TEST(a_name_can_forge_no_mark));
