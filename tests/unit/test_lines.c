/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Files of lines around the size of the pieces in which they are read, in every encoding and with
 * every line end, compared with the lines that went in.
 */
#include "unit.h"

#include "counter/record/lines.h"

#include <unistd.h>

enum { PIECE = 32 * 1024 }; /* as in lines.c: only where the edges are looked for */

static void check_lines(const char *name, const char *bytes, size_t length, const char *encoding,
                        const char *const *expected, size_t count, bool ended)
{
    const char *path = unit_file(name, bytes, length);
    struct lines lines;
    struct error err;
    char *line;
    size_t line_length;
    assert_true(lines_open(&lines, path, encoding ? encoding_find(encoding) : NULL, &err));
    for (size_t i = 0; i < count; i++) {
        if (!lines_next(&lines, &line, &line_length, &err))
            fail_msg("%s", err.text);
        if (!line)
            fail_msg("%s ends before line %zu of %zu", name, i + 1, count);
        size_t wanted = strlen(expected[i]);
        if (line_length != wanted || memcmp(line, expected[i], wanted + 1) != 0)
            fail_msg("%s, line %zu: '%.60s' of %zu bytes, not '%.60s' of %zu", name, i + 1, line,
                     line_length, expected[i], wanted);
        assert_int_equal(lines.number, i + 1);
        assert_int_equal(lines.ended, ended || i + 1 < count);
        memset(line, 'x', line_length); /* it may be changed at will */
    }
    for (int i = 0; i < 2; i++) { /* and it stays at the end */
        assert_true(lines_next(&lines, &line, &line_length, &err));
        assert_null(line);
    }
    assert_int_equal(lines.offset, length);
    lines_close(&lines);
}

/* A line of so many characters that names its number. */
static const char *make_line(size_t length, unsigned number)
{
    char *line = arena_array(&arena, length + 1, 1);
    assert_non_null(line);
    memset(line, 'a' + (int)(number % 26), length);
    return line;
}

static void lengths_around_a_piece(void **state)
{
    (void)state;
    static const char *const ends[] = {"\n", "\r\n"};
    static const size_t lengths[] = {0, 1, PIECE / 2, PIECE, 3 * PIECE};
    for (size_t e = 0; e < LENGTH(ends); e++)
        for (size_t a = 0; a < LENGTH(lengths); a++)
            for (size_t shift = 0; shift < 8; shift++) {
                size_t length = lengths[a] + shift;
                length -= length > 4 ? 4 : 0;
                const char *expected[] = {make_line(length, 0), make_line(3, 1),
                                          make_line(length + shift, 2), "", make_line(2, 3)};
                for (int last = 0; last < 2; last++) { /* with and without a line end there */
                    struct text text = {0};
                    for (size_t i = 0; i < LENGTH(expected); i++) {
                        text_puts(&text, expected[i]);
                        if (i + 1 < LENGTH(expected) || last)
                            text_puts(&text, ends[e]);
                    }
                    check_lines("ascii", text.bytes, text.length, NULL, expected, LENGTH(expected),
                                last);
                    text_free(&text);
                }
            }
}

static void utf16_around_a_piece(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < 4; kind++)
        for (size_t length = PIECE / 2 - 6; length < PIECE / 2 + 3; length++) {
            const char *expected[] = {make_line(length, 0), "業務,\"サーバ\"", "",
                                      make_line(length, 1), "x"};
            const char *text =
                say("%s\r\n%s\r\n\r\n%s\r\n%s", expected[0], expected[1], expected[3], expected[4]);
            struct text utf16 = unit_utf16(text, kind & 1, kind & 2);
            check_lines("utf16", utf16.bytes, utf16.length, NULL, expected, LENGTH(expected),
                        false);
            /* half a character at the end is something, but no line end */
            const char *cut[] = {expected[0], expected[1], "", expected[3], "\xEF\xBF\xBD"};
            check_lines("utf16-cut", utf16.bytes, utf16.length - 1, NULL, cut, LENGTH(cut), false);
            text_free(&utf16);
            arena_free(&arena);
        }
}

static void a_newline_byte_in_a_character_is_no_line_end(void **state)
{
    (void)state;
    /* U+0A0D and U+0D0A hold both bytes; U+0A85 and U+850A one */
    const char *expected[] = {"a\xE0\xA8\x8D\xE0\xB4\x8A", "\xE0\xAA\x85\xE8\x94\x8A"};
    const char *text = say("%s\r\n%s\r\n", expected[0], expected[1]);
    for (unsigned kind = 0; kind < 4; kind++) {
        struct text utf16 = unit_utf16(text, kind & 1, kind & 2);
        check_lines("newlines", utf16.bytes, utf16.length, NULL, expected, 2, true);
        text_free(&utf16);
    }
}

/* From anywhere on, with the numbers that the lines have, and in whatever they are written there.
 */
static void from_a_place_in_the_file(void **state)
{
    (void)state;
    struct text file = {0};
    struct text utf16 = unit_utf16("c\r\nd\r\n", false, true);
    text_puts(&file, "\xEF\xBB\xBF"
                     "a\r\nb\r\n");
    size_t start = file.length;
    text_add(&file, utf16.bytes, utf16.length);
    struct lines lines;
    struct error err;
    char *line;
    size_t length;
    assert_true(lines_open(&lines, unit_file("seek", file.bytes, file.length), NULL, &err));
    for (int again = 0; again < 2; again++) {
        lines_rewind(&lines);
        assert_true(lines_next(&lines, &line, &length, &err));
        assert_string_equal(line, "a");
        lines_seek(&lines, start, 3);
        static const char *const expected[] = {"c", "d", NULL};
        for (unsigned i = 0; i < 3; i++) {
            assert_true(lines_next(&lines, &line, &length, &err));
            if (!expected[i]) {
                assert_null(line);
                break;
            }
            assert_string_equal(line, expected[i]);
            assert_int_equal(lines.number, 3 + i);
        }
        assert_true(lines.offset == file.length);
    }
    lines_close(&lines);
    text_free(&file);
    text_free(&utf16);
}

/* The parts of each line, put together, are the line; and they are parts. */
static void check_parts(const char *bytes, size_t length, const char *const *expected, size_t count)
{
    struct lines lines;
    struct error err;
    char *part;
    size_t part_length, parts = 0;
    assert_true(lines_open(&lines, unit_file("parts", bytes, length), NULL, &err));
    for (int again = 0; again < 2; again++, lines_rewind(&lines))
        for (size_t i = 0; i < count; i++) {
            struct text line = {0};
            text_puts(&line, "");
            do {
                if (!lines_part(&lines, ",;", &part, &part_length, &err))
                    fail_msg("%s", err.text);
                assert_non_null(part);
                if (lines.inside)
                    assert_true(part_length && strchr(",;", part[part_length - 1]));
                text_add(&line, part, part_length);
                assert_int_equal(lines.number, i + 1);
                parts++;
            } while (lines.inside);
            assert_string_equal(line.bytes, expected[i]);
            text_free(&line);
        }
    assert_true(parts > 2 * count);
    lines_close(&lines);
}

static void a_line_in_parts(void **state)
{
    (void)state;
    static const char bit[] = "本番;Müller,日本"; /* 本 in UTF-16 has the byte of a comma */
    for (size_t shift = 0; shift < 40; shift++) {
        struct text text = {0};
        text_puts(&text, make_line(shift, 0));
        while (text.length < 3 * PIECE)
            text_puts(&text, bit);
        text_puts(&text, make_line(PIECE + shift, 1)); /* a piece without a place to part at */
        const char *expected[] = {text.bytes, "", "short", text.bytes};
        const char *file = say("%s\r\n\r\nshort\n%s", text.bytes, text.bytes);
        check_parts(file, strlen(file), expected, LENGTH(expected));
        for (int big = 0; big < 2; big++) {
            struct text utf16 = unit_utf16(file, big, shift % 2 == 0);
            check_parts(utf16.bytes, utf16.length, expected, LENGTH(expected));
            text_free(&utf16);
        }
        text_free(&text);
        arena_free(&arena);
    }
}

static void a_line_that_ends_with_the_file_behind_a_part(void **state)
{
    (void)state;
    static const char file[] = "a,b,";
    struct lines lines;
    struct error err;
    char *part;
    size_t length;
    assert_true(lines_open(&lines, unit_text_file("parts", file), NULL, &err));
    assert_true(lines_part(&lines, ",", &part, &length, &err));
    assert_true(length == 4 && !memcmp(part, file, 4) && lines.inside);
    assert_true(lines_part(&lines, ",", &part, &length, &err));
    assert_true(part && length == 0 && !lines.inside && !lines.ended);
    assert_true(lines_part(&lines, ",", &part, &length, &err));
    assert_null(part);
    lines_close(&lines);
}

#define CHECK(bytes, encoding, ended, ...)                                                         \
    do {                                                                                           \
        const char *const expected[] = {__VA_ARGS__};                                              \
        check_lines("file", bytes, sizeof(bytes) - 1, encoding, expected, LENGTH(expected),        \
                    ended);                                                                        \
    } while (0)

static void small_files(void **state)
{
    (void)state;
    check_lines("empty", "", 0, NULL, NULL, 0, true);
    check_lines("bom", "\xEF\xBB\xBF", 3, NULL, NULL, 0, true);
    check_lines("bom16", "\xFF\xFE", 2, NULL, NULL, 0, true);
    CHECK("\n", NULL, true, "");
    CHECK("\r\n", NULL, true, "");
    CHECK("\r", NULL, false, "");
    CHECK("a", NULL, false, "a");
    CHECK("a\r", NULL, false, "a");
    CHECK("a\r\r\nb", NULL, false, "a", "b"); /* as wmic writes it */
    CHECK("\xEF\xBB\xBF"
          "a\nb\n",
          NULL, true, "a", "b");
    CHECK("\xFF\xFE"
          "a\0\r\0\n\0b\0",
          NULL, false, "a", "b");
    CHECK("\xFE\xFF\0a\0\n\0b", NULL, false, "a", "b");
    CHECK("\n\xEF\xBB\xBF"
          "a",
          NULL, false, "",
          "\xEF\xBB\xBF"
          "a"); /* a mark inside stays */
}

static void encodings(void **state)
{
    (void)state;
    /* the first line that is not ASCII decides for those behind it */
    CHECK("a\n\x8B\xC6\x96\xB1\nb\n\x83\x7C", NULL, false, "a", "業務", "b", "ポ");
    CHECK("a\nM\xFCller\nb", NULL, false, "a", "Müller", "b");
    CHECK("a\nM\xC3\xBCller\nM\xFCller\n", NULL, true, "a", "Müller", "M\xEF\xBF\xBDller");
    CHECK("a\n\x81\n", "cp850", true, "a", "ü");
    CHECK("M\xC3\xBCller\n", "cp850", true, "Müller"); /* UTF-8 that is valid is UTF-8 */
}

static void nuls_are_refused(void **state)
{
    (void)state;
    const char *path = unit_file("nuls", "first\na\0b\n", 10);
    struct lines lines;
    struct error err;
    char *line;
    size_t length;
    assert_true(lines_open(&lines, path, NULL, &err));
    assert_true(lines_next(&lines, &line, &length, &err));
    assert_string_equal(line, "first");
    for (int again = 0; again < 2; again++) { /* what is behind it must not pass for it */
        assert_false(lines_next(&lines, &line, &length, &err));
        assert_holds(err.text, "nuls:2: not text: there is a NUL in it");
    }
    lines_close(&lines);
}

/* 64 MB may be a line, and what is longer is none, wherever it begins. */
static void a_line_without_measure_is_refused(void **state)
{
    (void)state;
    enum { LONGEST_LINE = 64 * 1024 * 1024 }; /* as in lines.c */
    for (size_t more = 0; more < 2; more++) {
        const char *path = unit_text_file("hole", "first\n");
        struct lines lines;
        struct error err;
        char *line;
        size_t length;
        assert_int_equal(0, truncate(path, (off_t)(6 + LONGEST_LINE + more)));
        assert_true(lines_open(&lines, path, NULL, &err));
        assert_true(lines_next(&lines, &line, &length, &err));
        assert_false(lines_next(&lines, &line, &length, &err));
        assert_string_equal(err.text,
                            say(more ? "%s:2: a line of more than 67108864 bytes: not a text file"
                                     : "%s:2: not text: there is a NUL in it",
                                path));
        lines_close(&lines);
    }
}

static void what_cannot_be_opened_is_named(void **state)
{
    (void)state;
    struct lines lines;
    struct error err;
    const char *path = unit_path("nothing.csv");
    assert_false(lines_open(&lines, path, NULL, &err));
    assert_int_equal(err.code, PLATFORM_ABSENT);
    assert_string_equal(err.text, say("%s: no such file or directory", path));
}

static void line_ends_are_found_in_bytes(void **state)
{
    (void)state;
    size_t start = 9, end = 9;
    assert_false(find_line_end("", 0, NULL, &start, &end));
    assert_false(find_line_end("abc", 3, NULL, &start, &end));
    assert_true(find_line_end("ab\nc", 4, NULL, &start, &end) && start == 2 && end == 3);
    const struct encoding *le = encoding_find("utf-16le"), *be = encoding_find("utf-16be");
    assert_true(find_line_end("a\0\n\0", 4, le, &start, &end) && start == 2 && end == 4);
    assert_false(find_line_end("a\0\n", 3, le, &start, &end));  /* half of it */
    assert_false(find_line_end("a\n\0b", 4, le, &start, &end)); /* across characters */
    assert_true(find_line_end("\0a\0\n", 4, be, &start, &end) && start == 2 && end == 4);
    assert_false(find_line_end("\n\0", 2, be, &start, &end));
}

RUN_TESTS(TEST(from_a_place_in_the_file), TEST(lengths_around_a_piece), TEST(utf16_around_a_piece),
          TEST(a_line_in_parts), TEST(a_line_that_ends_with_the_file_behind_a_part),
          TEST(a_newline_byte_in_a_character_is_no_line_end), TEST(small_files), TEST(encodings),
          TEST(nuls_are_refused), TEST(a_line_without_measure_is_refused),
          TEST(what_cannot_be_opened_is_named), TEST(line_ends_are_found_in_bytes));
