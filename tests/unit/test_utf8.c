/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/text.h"
#include "plugin/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static bool is_codepoint(unsigned long codepoint)
{
    return codepoint <= 0x10FFFF && !(codepoint >= 0xD800 && codepoint <= 0xDFFF);
}

/* Every code point comes back from the bytes that text.c, which knows nothing of utf8.c, writes. */
static void every_codepoint_is_read_back(void **state)
{
    (void)state;
    struct text text = {0};
    for (unsigned long codepoint = 0; codepoint <= 0x10FFFF; codepoint++) {
        if (!is_codepoint(codepoint))
            continue;
        text_cut(&text, 0);
        text_add_codepoint(&text, codepoint);
        const char *at = text.bytes, *end = text.bytes + text.length;
        unsigned long read = utf8_next(&at, end);
        if (read != codepoint || at != end || !utf8_valid(text.bytes, text.length))
            fail_msg("U+%04lX is read as U+%04lX", codepoint, read);
        for (size_t length = 1; length < text.length; length++) {
            at = text.bytes;
            end = text.bytes + length;
            if (utf8_next(&at, end) != UTF8_CUT || at != end || utf8_valid(text.bytes, length))
                fail_msg("the first %zu bytes of U+%04lX are not told to be cut", length,
                         codepoint);
        }
    }
    assert_false(text.failed);
    text_free(&text);
}

/* No other bytes are read as a character: of each length there are as many as code points. With the
 * test above, that leaves no room for overlong forms, surrogates or anything above U+10FFFF. */
static void nothing_else_is_a_codepoint(void **state)
{
    (void)state;
    static const unsigned char edges[] = {0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F,
                                          0xA0, 0xBF, 0xC0, 0xE0, 0xFF};
    long found[5] = {0};
    char bytes[4];

    for (unsigned first = 0; first < 0x100; first++) {
        bytes[0] = (char)first;
        found[1] += utf8_valid(bytes, 1);
        for (unsigned second = 0; second < 0x100; second++) {
            bytes[1] = (char)second;
            const char *at = bytes;
            found[2] += utf8_next(&at, bytes + 2) <= 0x10FFFF && at == bytes + 2;
            for (unsigned third = 0; third < 0x100; third++) {
                bytes[2] = (char)third;
                at = bytes;
                found[3] += utf8_next(&at, bytes + 3) <= 0x10FFFF && at == bytes + 3;
            }
            /* 2^32 are too many; the trailing bytes are as the third one of three. */
            for (size_t third = 0; third < LENGTH(edges); third++) {
                for (size_t fourth = 0; fourth < LENGTH(edges); fourth++) {
                    bytes[2] = (char)edges[third];
                    bytes[3] = (char)edges[fourth];
                    at = bytes;
                    found[4] += utf8_next(&at, bytes + 4) <= 0x10FFFF && at == bytes + 4;
                }
            }
        }
    }
    assert_int_equal(found[1], 0x80);
    assert_int_equal(found[2], 0x800 - 0x80);
    assert_int_equal(found[3], 0x10000 - 0x800 - 0x800);
    /* 64 x 64 ends of each are 6 x 6 among the edges: 80, 8F, 90, 9F, A0, BF. */
    assert_int_equal(found[4], 0x100000 / (64 * 64) * (6 * 6));
}

/* What the Unicode standard calls maximal subparts (its tables 3-8 to 3-11): each is taken at once,
 * and the byte behind is looked at anew. */
static void bad_bytes_are_taken_by_subparts(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        unsigned long expected[9];
    } cases[] = {
        {"\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41",
         {UTF8_BAD, UTF8_BAD, UTF8_BAD, UTF8_BAD, UTF8_BAD, UTF8_BAD, UTF8_BAD, UTF8_BAD, 'A'}},
        {"\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41",
         {UTF8_BAD, UTF8_BAD, UTF8_BAD, UTF8_BAD, UTF8_BAD, UTF8_BAD, UTF8_BAD, UTF8_BAD, 'A'}},
        {"\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42",
         {UTF8_BAD, UTF8_BAD, UTF8_BAD, UTF8_BAD, UTF8_BAD, 'A', UTF8_BAD, UTF8_BAD, 'B'}},
        {"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", {UTF8_BAD, UTF8_BAD, UTF8_BAD, UTF8_BAD, 'A'}},
        {"\xE3\x81\"\n", {UTF8_BAD, '"', '\n'}},
        {"\xE3\x81\x82\xE3\x81", {0x3042, UTF8_CUT}},
        {"\xF0\x9F\x98", {UTF8_CUT}},
        {"\xED\xA0", {UTF8_BAD, UTF8_BAD}},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const char *at = cases[i].bytes, *end = at + strlen(at);
        for (size_t n = 0; at < end; n++) {
            assert_true(n < LENGTH(cases[i].expected));
            assert_int_equal(utf8_next(&at, end), cases[i].expected[n]);
        }
    }
}

static void spans(void **state)
{
    (void)state;
    assert_int_equal(utf8_ascii_span(NULL, 0), 0);
    assert_int_equal(utf8_span(NULL, 0), 0);
    assert_true(utf8_valid(NULL, 0));
    assert_true(utf8_valid("a\0b", 3));

    /* The one byte that is not ASCII at every place, around the steps of eight. */
    for (size_t length = 0; length < 40; length++) {
        /* Exactly as long as told: a sanitizer sees beyond it. */
        char *bytes = malloc(length ? length : 1);
        assert_non_null(bytes);
        memset(bytes, 'x', length);
        assert_int_equal(utf8_ascii_span(bytes, length), length);
        assert_int_equal(utf8_span(bytes, length), length);
        for (size_t place = 0; place < length; place++) {
            bytes[place] = '\x80';
            assert_int_equal(utf8_ascii_span(bytes, length), place);
            assert_int_equal(utf8_span(bytes, length), place);
            assert_false(utf8_valid(bytes, length));
            bytes[place] = 'x';
        }
        free(bytes);
    }

    static const char mixed[] = "VM-\xE6\x9D\xB1\xE4\xBA\xAC-01 \xF0\x9F\x92\xBB \xC3\xA9";
    assert_true(utf8_valid(mixed, sizeof mixed - 1));
    assert_int_equal(utf8_ascii_span(mixed, sizeof mixed - 1), 3);
    assert_int_equal(utf8_span(mixed, 8), 6); /* in the middle of the second character */
    assert_int_equal(utf8_span("\xC3\xA9 and more", 5), 5); /* no further than it is told */
    assert_int_equal(utf8_span(mixed, sizeof mixed - 2), sizeof mixed - 3);
}

static void unprintable(void **state)
{
    (void)state;
    static const struct {
        unsigned long first, last;
    } ranges[] = {
        {0x0000, 0x001F},   {0x007F, 0x009F},     {0x00AD, 0x00AD}, {0x061C, 0x061C},
        {0x200B, 0x200F},   {0x2028, 0x202E},     {0x2060, 0x206F}, {0xD800, 0xDFFF},
        {0xFDD0, 0xFDEF},   {0xFEFF, 0xFEFF},     {0xFFFE, 0xFFFF}, {0x1FFFE, 0x1FFFF},
        {0xDFFFE, 0xE007F}, {0x10FFFE, UTF8_CUT},
    };
    for (size_t i = 0; i < LENGTH(ranges); i++) {
        assert_false(ranges[i].first && utf8_is_unprintable(ranges[i].first - 1));
        for (unsigned long at = ranges[i].first; at <= ranges[i].last; at++)
            if (!utf8_is_unprintable(at))
                fail_msg("U+%04lX passes for printable", at);
        assert_false(ranges[i].last < UTF8_CUT && utf8_is_unprintable(ranges[i].last + 1));
    }
    assert_true(utf8_is_unprintable(UINT32_MAX));

    static const unsigned long printable[] = {' ',    '~',     0xA0,    0x301,   0x3000, 0x3042,
                                              0xE000, 0xFFFD,  0x1F4BB, 0x2027,  0x2010, 0xFF71,
                                              0x200A, 0x20000, 0xE0100, 0x10FFFD};
    for (size_t i = 0; i < LENGTH(printable); i++)
        if (utf8_is_unprintable(printable[i]))
            fail_msg("U+%04lX passes for unprintable", printable[i]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_codepoint_is_read_back),
        cmocka_unit_test(nothing_else_is_a_codepoint),
        cmocka_unit_test(bad_bytes_are_taken_by_subparts),
        cmocka_unit_test(spans),
        cmocka_unit_test(unprintable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
