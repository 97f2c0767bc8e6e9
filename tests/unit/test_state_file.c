/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "plugin/state_file.h"

static const struct state_owner owner = {"check_hv_page_reads", "local", "web01"};

static struct text written(void)
{
    struct text text = {0};
    state_file_begin(&text, &owner);
    state_file_add(&text, "page_reads", "%d %d", 7408, 64);
    state_file_add(&text, "vm", "%s", "Büro 1\tzweite\nZeile");
    state_file_add(&text, "vm", "%s", "");
    state_file_end(&text);
    assert_false(text.failed);
    return text;
}

static struct text copy_of(const char *bytes, size_t length)
{
    struct text text = {0};
    text_add(&text, bytes, length);
    assert_false(text.failed);
    return text;
}

static bool opens(const char *bytes, size_t length, const struct state_owner *whose,
                  struct error *err)
{
    struct text text = copy_of(bytes, length);
    struct state_file file;
    bool opened = state_file_open(&text, whose, &file, err);
    text_free(&text);
    return opened;
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    static const struct state_file_entry expected[] = {
        {"page_reads", "7408 64"}, {"vm", "Büro 1 zweite Zeile"}, {"vm", ""}};
    struct text text = written();
    struct state_file file;
    struct state_file_entry entry;
    struct error err;
    assert_true(state_file_open(&text, &owner, &file, &err));
    for (size_t i = 0; i < LENGTH(expected); i++) {
        assert_true(state_file_next(&file, &entry));
        assert_string_equal(entry.key, expected[i].key);
        assert_string_equal(entry.value, expected[i].value);
    }
    assert_false(state_file_next(&file, &entry));
    text_free(&text);
}

/* The form is kept for as long as the version stays: an update must read what was there before. */
static void the_form_is_fixed(void **state)
{
    (void)state;
    struct text text = {0};
    state_file_begin(&text, &owner);
    state_file_add(&text, "page_reads", "7408 91250113 1000 64 1316868300000");
    state_file_end(&text);
    assert_string_equal(text.bytes, "monitoring-plugins-hyperv 1\n"
                                    "program check_hv_page_reads\n"
                                    "source local\n"
                                    "host web01\n"
                                    "\n"
                                    "page_reads 7408 91250113 1000 64 1316868300000\n"
                                    "end 47d5c3e366d807a9\n");
    text_free(&text);
    char name[STATE_FILE_NAME_SIZE];
    assert_string_equal(state_file_name(name, &owner), "check_hv_page_reads-3536fb28.state");
}

static void every_cut_is_damage(void **state)
{
    (void)state;
    struct text text = written();
    for (size_t length = 0; length < text.length; length++) {
        struct error err = {0};
        if (opens(text.bytes, length, &owner, &err))
            fail_msg("the first %zu of %zu bytes were taken for a whole file", length, text.length);
        assert_string_equal(err.text, "damaged");
    }
    text_free(&text);
}

static void every_changed_bit_is_damage(void **state)
{
    (void)state;
    struct text text = written();
    for (size_t i = 0; i < text.length * 8; i++) {
        struct error err = {0};
        text.bytes[i / 8] = (char)(text.bytes[i / 8] ^ 1 << i % 8);
        if (opens(text.bytes, text.length, &owner, &err))
            fail_msg("bit %zu of byte %zu changed, and nobody noticed", i % 8, i / 8);
        text.bytes[i / 8] = (char)(text.bytes[i / 8] ^ 1 << i % 8);
    }
    text_free(&text);
}

static void what_stands_behind_the_end_is_damage(void **state)
{
    (void)state;
    static const char *const more[] = {"\n", "x", "end 0000000000000000\n"};
    for (size_t i = 0; i < LENGTH(more); i++) {
        struct text text = written();
        struct error err;
        text_puts(&text, more[i]);
        assert_false(opens(text.bytes, text.length, &owner, &err));
        text_free(&text);
    }
    struct error err;
    assert_false(opens("", 0, &owner, &err));
    assert_false(opens("\0", 1, &owner, &err));
    static const char zeros[4096];
    assert_false(opens(zeros, sizeof zeros, &owner, &err));
}

static void others_state_is_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        struct state_owner owner;
        const char *reason;
    } others[] = {
        {{"check_hv_capacity", "local", "web01"}, "of another program"},
        {{"check_hv_page_read", "local", "web01"}, "of another program"},
        {{"check_hv_page_reads", "winrm:web01", "web01"}, "of another source"},
        {{"check_hv_page_reads", "locan", "web01"}, "of another source"},
        {{"check_hv_page_reads", "loca", "lweb01"}, "of another source"},
        {{"check_hv_page_reads", "local", "web02"}, "of another host"},
        {{"check_hv_page_reads", "local", "web0"}, "of another host"},
        {{"check_hv_page_reads", "local", "web011"}, "of another host"},
        {{"check_hv_page_reads", "local", ""}, "of another host"},
    };
    struct text text = written();
    char name[STATE_FILE_NAME_SIZE], other_name[STATE_FILE_NAME_SIZE];
    state_file_name(name, &owner);
    for (size_t i = 0; i < LENGTH(others); i++) {
        struct error err = {0};
        assert_false(opens(text.bytes, text.length, &others[i].owner, &err));
        assert_string_equal(err.text, others[i].reason);
        assert_string_not_equal(state_file_name(other_name, &others[i].owner), name);
    }
    text_free(&text);
}

/* Whole, but of a version to come: its checksum is right as far as it goes. */
static void later_versions_are_refused(void **state)
{
    (void)state;
    struct text text = {0};
    text_puts(&text, "monitoring-plugins-hyperv 2\nsomething else\n");
    state_file_end(&text);
    struct error err = {0};
    assert_false(opens(text.bytes, text.length, &owner, &err));
    assert_string_equal(err.text, "of another version");
    text_free(&text);
}

/* Names are other people's: a line end in one must not become a line. */
static void an_owner_is_one_line(void **state)
{
    (void)state;
    const struct state_owner odd = {"check_hv_page_reads", "winrm:a\nhost b", "c\x01\x7f\xff"};
    struct text text = {0};
    state_file_begin(&text, &odd);
    state_file_add(&text, "k", "v");
    state_file_end(&text);
    struct error err;
    assert_true(opens(text.bytes, text.length, &odd, &err));
    assert_null(strstr(text.bytes, "\nhost b"));
    char name[STATE_FILE_NAME_SIZE];
    for (const char *c = state_file_name(name, &odd); *c; c++)
        assert_non_null(strchr("abcdefghijklmnopqrstuvwxyz0123456789_-.", *c));
    text_free(&text);
}

/* Whole by its checksum, as what somebody wrote by hand: nothing is read beyond the lines. */
static void what_has_no_lines_is_damaged(void **state)
{
    (void)state;
    static const struct {
        const char *behind;
        size_t length;
    } cases[] = {
        {"a 1\n", 4},       /* where a header has an empty line behind it */
        {"\na 1\0 2\n", 9}, /* a NUL, behind which a string ends */
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct text text = {0};
        struct error err;
        state_file_begin(&text, &owner);
        text_cut(&text, text.length - 1);
        text_add(&text, cases[i].behind, cases[i].length);
        state_file_end(&text);
        assert_false(opens(text.bytes, text.length, &owner, &err));
        assert_string_equal(err.text, "damaged");
        text_free(&text);
    }
}

/* A value that has numbers in front: each is taken with the one blank behind it, or none is. */
static void numbers_in_front_of_a_value(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        double number;
        const char *rest; /* NULL: there is no number */
    } cases[] = {
        {"7 web01", 7, "web01"},
        {"7  web01", 7, " web01"},
        {"42", 42, ""},
        {"0 ", 0, ""},
        {"100000000000000000 x", 1e17, "x"},
        {"1000000000000000000 x", 0, NULL},
        {"", 0, NULL},
        {" 7", 0, NULL},
        {"-7", 0, NULL},
        {"7.5", 0, NULL},
        {"7x", 0, NULL},
        {"web01", 0, NULL},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const char *at = cases[i].value;
        double number = 0;
        assert_int_equal(state_take_number(&at, &number), cases[i].rest != NULL);
        assert_string_equal(at, cases[i].rest ? cases[i].rest : cases[i].value);
        assert_double(number, cases[i].number);
    }
}

/* Lines without a value can't be written; a whole file that has one all the same ends there. */
static void a_line_without_a_value_ends_it(void **state)
{
    (void)state;
    static const char *const more[] = {"nothing\nb 2\n", "nothing\n", "nothing",
                                       "b 2"}; /* nor an end */
    for (size_t i = 0; i < LENGTH(more); i++) {
        struct text text = {0};
        state_file_begin(&text, &owner);
        state_file_add(&text, "a", "1");
        text_puts(&text, more[i]);
        state_file_end(&text);
        struct state_file file;
        struct state_file_entry entry;
        struct error err;
        assert_true(state_file_open(&text, &owner, &file, &err));
        assert_true(state_file_next(&file, &entry));
        assert_string_equal(entry.key, "a");
        assert_false(state_file_next(&file, &entry));
        text_free(&text);
    }
}

RUN_TESTS(TEST(what_is_written_is_read), TEST(the_form_is_fixed), TEST(every_cut_is_damage),
          TEST(every_changed_bit_is_damage), TEST(what_stands_behind_the_end_is_damage),
          TEST(others_state_is_refused_by_name), TEST(later_versions_are_refused),
          TEST(an_owner_is_one_line), TEST(what_has_no_lines_is_damaged),
          TEST(numbers_in_front_of_a_value), TEST(a_line_without_a_value_ends_it));
