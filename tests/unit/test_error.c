/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "plugin/error.h"
#include "plugin/utf8.h"

static void texts_and_codes(void **state)
{
    (void)state;
    struct error err = {.code = 9};
    assert_false(error_set(&err, "%s: %d", "a", 7));
    assert_string_equal(err.text, "a: 7");
    assert_int_equal(err.code, 0);
    assert_false(error_set_code(&err, 5, "denied"));
    assert_int_equal(err.code, 5);
    assert_false(error_prefix(&err, "%s:%u: ", "file", 12));
    assert_string_equal(err.text, "file:12: denied");
    assert_int_equal(err.code, 5);
    assert_false(error_memory(&err));
    assert_string_equal(err.text, "out of memory");
    assert_int_equal(err.code, 0);
}

/* At whatever byte a text ends, what stays is its beginning and whole characters. */
static void check_cut(const char *whole, const char *cut)
{
    size_t length = strlen(cut), most = ERROR_TEXT_SIZE - 1;
    assert_true(length <= most);
    assert_true(utf8_valid(cut, length));
    assert_memory_equal(cut, whole, length);
    if (strlen(whole) <= most)
        assert_int_equal(length, strlen(whole));
    else
        assert_true(length >= (whole[most - 1] & 0x80 ? most - 4 : most));
}

static void too_long_a_text_is_cut_at_a_character(void **state)
{
    (void)state;
    static const char *const characters[] = {"a", "é", "業", "\xF0\x9F\x98\x80"};
    for (size_t c = 0; c < LENGTH(characters); c++)
        for (size_t before = ERROR_TEXT_SIZE - 8; before < ERROR_TEXT_SIZE + 4; before++) {
            struct text whole = {0}, prefixed = {0};
            struct error err;
            for (size_t i = 0; i < before; i++)
                text_puts(&whole, "x");
            text_puts(&whole, characters[c]);
            text_puts(&whole, characters[c]);
            error_set_code(&err, 3, "%s", whole.bytes);
            check_cut(whole.bytes, err.text);
            assert_int_equal(err.code, 3);

            /* the same as a prefix of any length in front of a text that fits */
            for (size_t k = 0; k < whole.length; k += 7) {
                if ((whole.bytes[k] & 0xC0) == 0x80 || whole.length - k >= ERROR_TEXT_SIZE)
                    continue;
                error_set_code(&err, 3, "%s", whole.bytes + k);
                error_prefix(&err, "%.*s", (int)k, whole.bytes);
                check_cut(whole.bytes, err.text);
                assert_int_equal(err.code, 3);
            }
            text_free(&whole);
            text_free(&prefixed);
        }
}

/* Bytes of no encoding, as of a damaged file: there is no character whose beginning could be found.
 */
static void too_long_a_text_of_no_characters_is_cut(void **state)
{
    (void)state;
    struct error err, prefixed = {.code = -1};
    char bytes[2 * ERROR_TEXT_SIZE];
    memset(bytes, '\x80', sizeof bytes - 1);
    bytes[sizeof bytes - 1] = '\0';
    error_set(&err, "%s", bytes);
    assert_int_equal(strlen(err.text), ERROR_TEXT_SIZE - 1);
    error_prefix(&prefixed, "%s", bytes);
    assert_int_equal(strlen(prefixed.text), ERROR_TEXT_SIZE - 1);
    assert_int_equal(prefixed.code, -1);
}

static void no_memory_is_known_behind_any_prefix(void **state)
{
    (void)state;
    struct error err;
    error_memory(&err);
    assert_true(error_is_memory(&err));
    error_prefix(&err, "%s: ", "counters.csv");
    assert_true(error_is_memory(&err));
    static const char *const others[] = {"", "damaged", "out of memory, they say",
                                         "no such file or directory"};
    for (size_t i = 0; i < LENGTH(others); i++) {
        error_set(&err, "%s", others[i]);
        assert_false(error_is_memory(&err));
    }
}

RUN_TESTS(TEST(texts_and_codes), TEST(too_long_a_text_is_cut_at_a_character),
          TEST(too_long_a_text_of_no_characters_is_cut),
          TEST(no_memory_is_known_behind_any_prefix));
