/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

static void memory_is_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    enum { PIECES = 3000 };
    static struct {
        unsigned char *bytes;
        size_t size;
    } pieces[PIECES];
    for (unsigned i = 0; i < PIECES; i++) {
        /* also larger than a block, and than the largest block */
        size_t size = i % 500 == 499 ? 300 * 1024 : i % 50 == 49 ? 9000 : unit_random(100);
        pieces[i].size = size;
        pieces[i].bytes = arena_array(&arena, size, 1);
        assert_non_null(pieces[i].bytes);
        assert_int_equal((uintptr_t)pieces[i].bytes % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < size; k++)
            assert_int_equal(pieces[i].bytes[k], 0);
        memset(pieces[i].bytes, (int)(i % 255 + 1), size);
    }
    for (unsigned i = 0; i < PIECES; i++)
        for (size_t k = 0; k < pieces[i].size; k++)
            assert_int_equal(pieces[i].bytes[k], i % 255 + 1);
}

static void an_empty_array_is_not_null(void **state)
{
    (void)state;
    assert_non_null(arena_array(&arena, 0, 16));
    assert_non_null(arena_array(&arena, 16, 0));
    arena_array(&arena, 8 * 1024, 1);
    assert_non_null(arena_array(&arena, 0, 16));
    assert_string_equal(arena_text(&arena, NULL, 0), "");
}

static void what_overflows_is_refused(void **state)
{
    (void)state;
    static const struct {
        size_t count, size;
    } cases[] = {{SIZE_MAX, 1},        {SIZE_MAX - 1, 1},       {SIZE_MAX, SIZE_MAX},
                 {SIZE_MAX / 2, 3},    {SIZE_MAX / 16 + 2, 16}, {2, SIZE_MAX / 2 + 1},
                 {SIZE_MAX / 2 + 1, 1}};
    arena_array(&arena, 1, 1);
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_null(arena_array(&arena, cases[i].count, cases[i].size));
    assert_null(arena_text(&arena, "", SIZE_MAX));
    assert_non_null(arena_array(&arena, 1, 1)); /* and it goes on */
}

static void texts(void **state)
{
    (void)state;
    assert_string_equal(arena_text(&arena, "web01 and more", 5), "web01");
    assert_string_equal(arena_format(&arena, "%s_%d", "a", 7), "a_7");
    assert_string_equal(arena_format(&arena, "%s", ""), "");
    /* around the size of the first try, and far beyond it */
    const char *before = "";
    for (int length = 250; length < 262; length++) {
        const char *text = arena_format(&arena, "%*s", length, "x");
        assert_int_equal(strlen(text), length);
        assert_int_equal(text[length - 1], 'x');
        assert_true(!*before || strlen(before) == (size_t)length - 1); /* still, and behind it */
        before = text;
    }
    assert_int_equal(strlen(arena_format(&arena, "%300000d", 1)), 300000);
}

static void growing(void **state)
{
    (void)state;
    unsigned *array = NULL;
    size_t room = 0;
    for (unsigned i = 0; i < 5000; i++) {
        array = arena_grow(&arena, array, i, &room, sizeof *array);
        assert_non_null(array);
        assert_true(room > i);
        assert_int_equal(array[i], 0);
        array[i] = i + 1;
    }
    for (unsigned i = 0; i < 5000; i++)
        assert_int_equal(array[i], i + 1);

    char nothing;
    room = SIZE_MAX / 2 + 1; /* doubling overflows */
    assert_null(arena_grow(&arena, &nothing, room, &room, 16));
    assert_true(room == SIZE_MAX / 2 + 1);
}

static void it_can_be_used_again(void **state)
{
    (void)state;
    arena_free(&arena);
    arena_free(&arena);
    assert_null(arena.blocks);
    assert_string_equal(arena_text(&arena, "again", 5), "again");
}

RUN_TESTS(TEST(memory_is_zeroed_aligned_and_apart), TEST(an_empty_array_is_not_null),
          TEST(what_overflows_is_refused), TEST(texts), TEST(growing), TEST(it_can_be_used_again));
