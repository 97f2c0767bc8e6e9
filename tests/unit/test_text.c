/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "plugin/text.h"

#include <wchar.h>

static void it_grows(void **state)
{
    (void)state;
    struct text text = {0};
    assert_null(text.bytes);
    text_add(&text, NULL, 0);
    assert_string_equal(text.bytes, "");
    size_t length = 0;
    for (unsigned i = 0; i < 3000; i++) {
        const char *piece = say("%u,", i);
        if (i % 3 == 0)
            text_puts(&text, piece);
        else if (i % 3 == 1)
            text_add(&text, piece, strlen(piece));
        else
            text_printf(&text, "%u,", i);
        length += strlen(piece);
        assert_int_equal(text.length, length);
        assert_int_equal(text.bytes[length], 0);
        assert_true(text.room > length);
    }
    const char *at = text.bytes;
    for (unsigned i = 0; i < 3000; i++) {
        char *end;
        assert_int_equal(strtoul(at, &end, 10), i);
        assert_int_equal(*end, ',');
        at = end + 1;
    }
    assert_false(text.failed);
    text_free(&text);
    assert_null(text.bytes);
    assert_int_equal(text.length, 0);
}

/* Exactly as long as the room, and one byte around it. */
static void every_length_is_terminated(void **state)
{
    (void)state;
    for (size_t length = 250; length < 262; length++) {
        struct text text = {0};
        text_printf(&text, "%*s", (int)length, "x");
        assert_int_equal(text.length, length);
        assert_int_equal(strlen(text.bytes), length);
        text_free(&text);
        assert_true(text_reserve(&text, length));
        memset(text.bytes, 'x', length + 1); /* room for the NUL, too */
        text_free(&text);
    }
}

static void bytes_may_be_nul(void **state)
{
    (void)state;
    struct text text = {0};
    text_add(&text, "a\0b", 3);
    assert_int_equal(text.length, 3);
    assert_memory_equal(text.bytes, "a\0b", 4);
    text_free(&text);
}

static void cutting(void **state)
{
    (void)state;
    struct text text = {0};
    text_cut(&text, 0); /* nothing there, nothing written */
    text_puts(&text, "web01");
    size_t room = text.room;
    text_cut(&text, 9);
    assert_string_equal(text.bytes, "web01");
    text_cut(&text, 3);
    assert_string_equal(text.bytes, "web");
    assert_int_equal(text.length, 3);
    assert_int_equal(text.room, room);
    text_cut(&text, 0);
    assert_string_equal(text.bytes, "");
    text_free(&text);
}

static void failure_sticks(void **state)
{
    (void)state;
    struct text text = {0};
    text_puts(&text, "before");
    assert_false(text_reserve(&text, SIZE_MAX - 2));
    assert_true(text.failed);
    text_puts(&text, "after");
    text_printf(&text, "%d", 5);
    text_add_codepoint(&text, 'x');
    assert_false(text_reserve(&text, 1));
    assert_string_equal(text.bytes, "before");
    text_free(&text);
    assert_false(text.failed);
}

/* Nothing here prints wide characters, which alone can fail: it would be told. */
static void what_can_not_be_printed_is_no_text(void **state)
{
    (void)state;
    const wint_t surrogate = 0xD800;
    struct text text = {0};
    text_puts(&text, "before");
    text_printf(&text, "%lc", surrogate);
    assert_true(text.failed);
    assert_string_equal(text.bytes, "before");
    text_free(&text);
    assert_false(arena.failed);
    assert_string_equal(arena_format(&arena, "%lc", surrogate), "");
    assert_true(arena.failed);
}

static void a_text_may_live_in_an_arena(void **state)
{
    (void)state;
    struct text text = text_in(&arena);
    assert_string_equal(text_of(&text), "");
    for (int round = 0; round < 2; round++) {
        text_puts(&text, "web01");
        text_printf(&text, "%500s", "x");
        assert_int_equal(strlen(text_of(&text)), 505);
        text_free(&text); /* what frees texts need not know of what kind they are */
        assert_string_equal(text_of(&text), "");
    }
}

static void paragraphs(void **state)
{
    (void)state;
    static const struct {
        const char *paragraph;
        size_t indent, columns;
        const char *wrapped;
    } cases[] = {
        {"", 2, 10, ""},
        {"one two", 0, 7, "one two\n"},
        {"one two", 0, 6, "one\ntwo\n"},
        {"one two", 1, 7, " one\n two\n"},
        {"one  two three", 2, 10, "  one  two\n  three\n"},
        {"a /srv/records/of/a/host b", 1, 8, " a\n /srv/records/of/a/host\n b\n"},
        {"/srv/records/of/a/host", 1, 8, " /srv/records/of/a/host\n"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct text text = {0};
        text_wrap(&text, cases[i].paragraph, cases[i].indent, cases[i].columns);
        assert_string_equal(text_of(&text), cases[i].wrapped);
        text_free(&text);
    }
}

static void codepoints(void **state)
{
    (void)state;
    static const struct {
        unsigned long codepoint;
        const char *bytes;
    } cases[] = {
        {'a', "a"},
        {0x7F, "\x7F"},
        {0x80, "\xC2\x80"},
        {0x7FF, "\xDF\xBF"},
        {0x800, "\xE0\xA0\x80"},
        {0x696D, "業"},
        {0xD7FF, "\xED\x9F\xBF"},
        {0xD800, "\xEF\xBF\xBD"},
        {0xDFFF, "\xEF\xBF\xBD"},
        {0xE000, "\xEE\x80\x80"},
        {0xFFFF, "\xEF\xBF\xBF"},
        {0x10000, "\xF0\x90\x80\x80"},
        {0x10FFFF, "\xF4\x8F\xBF\xBF"},
        {0x110000, "\xEF\xBF\xBD"},
        {0xFFFFFFFF, "\xEF\xBF\xBD"},
    };
    struct text text = {0};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        text_cut(&text, 0);
        text_add_codepoint(&text, cases[i].codepoint);
        assert_string_equal(text.bytes, cases[i].bytes);
    }
    text_cut(&text, 0);
    text_add_codepoint(&text, 0);
    assert_int_equal(text.length, 1);
    text_free(&text);
}

RUN_TESTS(TEST(it_grows), TEST(every_length_is_terminated), TEST(bytes_may_be_nul), TEST(cutting),
          TEST(failure_sticks), TEST(what_can_not_be_printed_is_no_text),
          TEST(a_text_may_live_in_an_arena), TEST(paragraphs), TEST(codepoints));
