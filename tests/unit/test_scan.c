/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "plugin/format.h"
#include "plugin/scan.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Pairs of all of these: each function says what the C library's does. */
static const char *const texts[] = {"",           "a",        "A",     "aB", "Ab",  "abc",
                                    "ABCd",       "bcabc",    "a,b,c", ",,", " \t", "Hyper-V ",
                                    "hyper-v vm", "\xC3\xA4", "[",     "{",  "@`Z", "az@",
                                    "\xFF",       "cabcabc",  "Zz",    "zZ"};

static void like_the_library(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(texts); i++)
        for (size_t k = 0; k < LENGTH(texts); k++) {
            const char *a = texts[i], *b = texts[k];
            assert_int_equal(scan_begins(a, b), !strncmp(a, b, strlen(b)));
            assert_int_equal(scan_ascii_begins(a, b), !strncasecmp(a, b, strlen(b)));
            assert_int_equal(scan_ascii_equal(a, b), !strcasecmp(a, b));
            assert_int_equal(scan_span(a, b), strspn(a, b));
            assert_int_equal(scan_until(a, b), strcspn(a, b));
            if (*b) {
                assert_ptr_equal(scan_last(a, *b), strrchr(a, *b));
                assert_ptr_equal(scan_find(a, b), strstr(a, b));
            }
        }
}

LIKE_PRINTF(2, 3)
static void check_format(size_t room, const char *format, ...)
{
    char ours[64], theirs[64];
    va_list arguments, again;
    memset(ours, '#', sizeof ours);
    memset(theirs, '#', sizeof theirs);
    va_start(arguments, format);
    va_copy(again, arguments);
    assert_int_equal(format_print(ours, room, format, arguments),
                     vsnprintf(theirs, room, format, again));
    va_end(again);
    va_end(arguments);
    assert_string_equal(room ? ours : "", room ? theirs : "");
    assert_true(ours[room] == '#');
}

/* In every room: the same length, the same text, nothing behind it. */
static void formats(void **state)
{
    (void)state;
    for (size_t room = 0; room < 40; room++) {
        check_format(room, "plain");
        check_format(room, "%s", "");
        check_format(room, "%s%.*s", "none behind it", 0, "x");
        check_format(room, "%s and %s", "one", "another one");
        check_format(room, "%s: %d%s %.2f %%", "a", -7, "b", 3.14159);
        check_format(room, "100 %% of %s", "it");
        check_format(room, "%.*s|%8s|%s", 2, "abc", "right", "end");
        check_format(room, "%c%s%zu", 'x', "y", (size_t)12345);
    }
}

RUN_TESTS(TEST(like_the_library), TEST(formats));
