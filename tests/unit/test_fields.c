/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "counter/record/fields.h"

static void fields_are_taken(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        char delimiter;
        const char *fields[6]; /* NULL-terminated */
        bool last_quoted;
    } cases[] = {
        {"", ',', {""}, false},
        {"a", ',', {"a"}, false},
        {",", ',', {"", ""}, false},
        {"a,,b", ',', {"a", "", "b"}, false},
        {"a;b,c", ';', {"a", "b,c"}, false},
        {"a\tb c", '\t', {"a", "b c"}, false},
        {"\"a\",\"b\"", ',', {"a", "b"}, true},
        {"\"\",\"\"", ',', {"", ""}, true},
        {"\" \",\"\",", ',', {" ", "", ""}, false},
        {"\"a,b\",c", ',', {"a,b", "c"}, false},
        {"\"say \"\"hi\"\"\",\"\"\"\"", ',', {"say \"hi\"", "\""}, true},
        {"\"a\"\",\"\"b\"", ',', {"a\",\"b"}, true},
        {"\"a\"\",b\",c", ',', {"a\",b", "c"}, false},
        {"\"say \"hi\" now\",b", ',', {"say \"hi\" now", "b"}, false}, /* not doubled */
        {"a\"b,c", ',', {"a\"b", "c"}, false},
        {" \"a\",b", ',', {" \"a\"", "b"}, false},
        {"\"a", ',', {"a"}, false}, /* cut */
        {"a,\"b,c", ',', {"a", "b,c"}, false},
        {"\"", ',', {""}, false},
        {"\"a\nb\",c", ',', {"a\nb", "c"}, false},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char *line = arena_text(&arena, cases[i].line, strlen(cases[i].line));
        struct fields fields = fields_begin(line, cases[i].delimiter);
        for (size_t k = 0; cases[i].fields[k]; k++) {
            const char *field = fields_next(&fields);
            if (!field || strcmp(field, cases[i].fields[k]) != 0)
                fail_msg("'%s', field %zu: '%s'", cases[i].line, k, field ? field : "(none)");
        }
        assert_int_equal(fields.quoted, cases[i].last_quoted);
        assert_null(fields_next(&fields));
        assert_null(fields_next(&fields)); /* and it stays at the end */
    }
}

/* What more there is may make a second quote of the last one, or bring the delimiter. */
static void a_field_is_whole_with_its_delimiter(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool whole;
    } cases[] = {{"", false},         {",", true},         {"a", false},     {"a,", true},
                 {"a;", false},       {"\"", false},       {"\"a\"", false}, {"\"a\",", true},
                 {"\"a,b", false},    {"\"a\"\"", false},  {"\"\",", true},  {"\",", false},
                 {"\"a\"\",", false}, {"\"a\"\"\",", true}};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char *text = arena_text(&arena, cases[i].text, strlen(cases[i].text));
        const struct fields fields = fields_begin(text, ',');
        if (fields_has_whole(&fields, strlen(text)) != cases[i].whole)
            fail_msg("'%s'", text);
    }
}

/* Lines of any characters that matter: counting, and taking apart in place, see the same fields. */
static void counting_and_taking_agree(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 200000; i++) {
        char line[13], copy[13];
        size_t length = unit_random(sizeof line);
        for (size_t k = 0; k < length; k++)
            line[k] = "\"\",a"[unit_random(4)];
        line[length] = '\0';
        memcpy(copy, line, length + 1);

        bool open = false, last_open = false;
        size_t counted = fields_count(line, length, ',', &open), taken = 0;
        struct fields fields = fields_begin(copy, ',');
        for (;;) {
            bool quoted = fields.next && *fields.next == '"';
            if (!fields_next(&fields))
                break;
            last_open = quoted && !fields.quoted;
            taken++;
        }
        if (counted != taken || open != last_open)
            fail_msg("'%s': %zu fields%s, and %zu%s", line, counted, open ? ", open" : "", taken,
                     last_open ? ", open" : "");
    }
}

/* What is quoted as RFC 4180 has it comes back as it was. */
static void quoting_and_taking_agree(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 50000; i++) {
        char fields_in[4][9], line[128], *to = line;
        size_t count = 1 + unit_random(4);
        for (size_t f = 0; f < count; f++) {
            size_t length = unit_random(sizeof fields_in[f]);
            if (f)
                *to++ = ',';
            *to++ = '"';
            for (size_t k = 0; k < length; k++) {
                char c = "\",a\n"[unit_random(4)];
                fields_in[f][k] = c;
                *to++ = c;
                if (c == '"')
                    *to++ = c;
            }
            fields_in[f][length] = '\0';
            *to++ = '"';
        }
        *to = '\0';
        bool open = false;
        size_t counted = fields_count(line, strlen(line), ',', &open);
        const char *whole = say("%s", line);
        struct fields fields = fields_begin(line, ',');
        for (size_t f = 0; f < count; f++) {
            const char *field = fields_next(&fields);
            if (!field || strcmp(field, fields_in[f]) != 0)
                fail_msg("%s: '%s' is not '%s'", whole, field ? field : "(none)", fields_in[f]);
        }
        assert_null(fields_next(&fields));
        assert_int_equal(counted, count);
        assert_false(open);
        arena_free(&arena);
    }
}

/* A field over several lines: counted line by line, with what is open handed on. */
static void counting_goes_on_inside_quotes(void **state)
{
    (void)state;
    bool open = false;
    assert_int_equal(fields_count("a,\"b", 4, ',', &open), 2);
    assert_true(open);
    assert_int_equal(fields_count("c,d", 3, ',', &open), 1);
    assert_true(open);
    assert_int_equal(fields_count("", 0, ',', &open), 1);
    assert_true(open);
    assert_int_equal(fields_count("e\"\"", 3, ',', &open), 1); /* a doubled quote */
    assert_true(open);
    assert_int_equal(fields_count("\",f,\"g\"", 7, ',', &open), 3);
    assert_false(open);
}

static void the_delimiter_is_guessed(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        char delimiter;
    } cases[] = {
        {"", ','},
        {"\"Name\"", ','},
        {"\"(PDH-CSV 4.0) (Paris, Madrid; x)(-60)\";\"a\",\"b\"", ';'},
        {"\"a\"\"; \"\"b\",\"c\"", ','},
        {"\"(PDH-TSV 4.0)\"\t\"a,b\"", '\t'},
        {"a;b,c", ';'},
        {"a,b;c", ','},
    };
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_int_equal(fields_guess_delimiter(cases[i].line), cases[i].delimiter);
}

RUN_TESTS(TEST(fields_are_taken), TEST(a_field_is_whole_with_its_delimiter),
          TEST(counting_and_taking_agree), TEST(quoting_and_taking_agree),
          TEST(counting_goes_on_inside_quotes), TEST(the_delimiter_is_guessed));
