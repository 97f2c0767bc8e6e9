/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Folding is compared with towlower() of the C library's own tables, in its C.UTF-8 locale, for
 * every letter of the scripts that the project folds.
 */
#include "unit.h"

#include "plugin/name.h"

#include <locale.h>
#include <wctype.h>

static const char *utf8(unsigned long codepoint)
{
    struct text text = {0};
    text_add_codepoint(&text, codepoint);
    const char *copy = arena_text(&arena, text.bytes, text.length);
    text_free(&text);
    return copy;
}

static void folding_is_what_the_system_has(void **state)
{
    (void)state;
    assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
    static const struct {
        unsigned long first, last;
    } scripts[] = {
        {'A', 'z'},       {0xC0, 0x12F},    {0x132, 0x177},   {0x179, 0x17E}, {0x391, 0x3C1},
        {0x3C3, 0x3CB},   {0x400, 0x481},   {0x48A, 0x4BF},   {0x4D0, 0x52F}, {0x1E00, 0x1E95},
        {0x1EA0, 0x1EFF}, {0xFF21, 0xFF5A}, {0x3040, 0x30FF},
    };
    unsigned pairs = 0;
    for (size_t s = 0; s < LENGTH(scripts); s++)
        for (unsigned long c = scripts[s].first; c <= scripts[s].last; c++) {
            unsigned long small = (unsigned long)towlower((wint_t)c);
            pairs += small != c;
            if (!name_equal(utf8(c), utf8(small)))
                fail_msg("U+%04lX and U+%04lX", c, small);
            if (name_equal(utf8(c), utf8(c + 1)) !=
                (small == (unsigned long)towlower((wint_t)c + 1)))
                fail_msg("U+%04lX and the next", c);
            arena_free(&arena);
        }
    assert_true(pairs > 400);
}

static void comparing(void **state)
{
    (void)state;
    static const char *const ordered[] = {"",    "a",     "A1",    "aB",    "abc", "b",   "DB01",
                                          "web", "WEB01", "Zebra", "Ärger", "ÖL",  "業務"};
    for (size_t i = 0; i < LENGTH(ordered); i++)
        for (size_t k = 0; k < LENGTH(ordered); k++) {
            int order = name_compare(ordered[i], ordered[k]);
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
            assert_int_equal(name_equal(ordered[i], ordered[k]), i == k);
        }
    assert_true(name_equal("Müller ＡＢ", "mÜLLER ａｂ"));
    assert_false(name_equal("web01", "web01 "));

    /* What is no character is one like the other, wherever it stands, and never one that is. */
    static const char *const broken[] = {"\x80", "\xBF", "\xFF", "\xC0"};
    for (size_t i = 0; i < LENGTH(broken); i++)
        for (size_t k = 0; k < LENGTH(broken); k++) {
            assert_true(name_equal(broken[i], broken[k]));
            assert_true(name_equal(say("%sb", broken[i]), say("%sB", broken[k])));
            assert_false(name_equal(broken[i], say("%s%s", broken[i], broken[k])));
            assert_true(name_compare("業", broken[i]) < 0);
        }
    assert_true(name_compare("業", "\xE6") < 0); /* whose first byte it is */
    assert_true(name_compare("\xE6", "業") > 0);
}

/* The definition of a glob, by trying everything. */
static bool matches_slowly(const char *glob, const char *name)
{
    if (!*glob)
        return !*name;
    if (*glob == '*')
        return matches_slowly(glob + 1, name) || (*name && matches_slowly(glob, name + 1));
    return *name && (*glob == '?' || *glob == *name) && matches_slowly(glob + 1, name + 1);
}

static void globs(void **state)
{
    (void)state;
    static const struct {
        const char *glob, *name;
        bool matches;
    } cases[] = {
        {"", "", true},           {"", "a", false},
        {"*", "", true},          {"*", "業務", true},
        {"?", "業", true},        {"?", "業務", false},
        {"??", "業務", true},     {"WEB*", "web01", true},
        {"*01", "web01", true},   {"*01", "web011", false},
        {"w*b*1", "web01", true}, {"web01", "WEB01", true},
        {"web", "web01", false},  {"*サーバ*", "業務サーバ01", true},
        {"[a-z]*", "web", false}, {"[x]", "[x]", true},
        {"a.b", "axb", false},    {"？", "a", false},
        {"a\\*", "a\\b", true},   {"Müll*", "MÜLLER", true},
    };
    for (size_t i = 0; i < LENGTH(cases); i++)
        if (name_matches(cases[i].glob, cases[i].name) != cases[i].matches)
            fail_msg("'%s' and '%s'", cases[i].glob, cases[i].name);

    for (unsigned i = 0; i < 50000; i++) {
        char glob[9] = "", name[11] = "";
        for (unsigned k = unit_random(sizeof glob); k; k--)
            glob[k - 1] = "ab*?"[unit_random(4)];
        for (unsigned k = unit_random(sizeof name); k; k--)
            name[k - 1] = "ab"[unit_random(2)];
        if (name_matches(glob, name) != matches_slowly(glob, name))
            fail_msg("'%s' and '%s'", glob, name);
    }
}

static void an_index_finds_what_was_added(void **state)
{
    (void)state;
    static const size_t counts[] = {0, 1, 2, 3, 4, 5, 8, 9, 1024, 5000};
    for (size_t c = 0; c < LENGTH(counts); c++) {
        struct name_index index;
        struct error err;
        assert_true(name_index_make(&index, counts[c], &arena, &err));
        assert_int_equal(name_index_find(&index, "nobody"), NAME_NOT_FOUND);
        for (uint32_t i = 0; i < counts[c]; i++)
            assert_int_equal(name_index_add(&index, say("VM-Ä%u", i), i), i);
        for (uint32_t i = 0; i < counts[c]; i++) {
            assert_int_equal(name_index_find(&index, say("vm-ä%u", i)), i);
            assert_int_equal(name_index_add(&index, say("vm-Ä%u", i), i + 1), i); /* the first */
        }
        assert_int_equal(name_index_find(&index, "VM-Ä"), NAME_NOT_FOUND);
        assert_int_equal(name_index_find(&index, ""), NAME_NOT_FOUND);
    }
}

/* Wherever they stand, and whatever stands in front of them. */
static void an_index_looks_at_names_alone(void **state)
{
    (void)state;
    static const struct {
        const char *added, *found;
    } names[] = {{"xVM-1", "yvm-1"}, {"業VM-2", "xVM-2"}, {"x\x80", "y\xBF"}, {"\xFFÄ", "xä"}};
    struct name_index index;
    struct error err;
    assert_true(name_index_make(&index, LENGTH(names), &arena, &err));
    for (uint32_t i = 0; i < LENGTH(names); i++)
        name_index_add(&index, names[i].added + (i == 1 ? 3 : 1), i);
    for (uint32_t i = 0; i < LENGTH(names); i++)
        assert_int_equal(name_index_find(&index, names[i].found + 1), i);
    assert_true(name_index_make(&index, 200, &arena, &err));
    for (uint32_t i = 0; i < 200; i++) /* what is no character is one like the other */
        name_index_add(&index, say("VM-\x80%u", i), i);
    for (uint32_t i = 0; i < 200; i++)
        assert_int_equal(name_index_find(&index, say("VM-\xBF%u", i)), i);
}

static void labels(void **state)
{
    (void)state;
    static const struct {
        const char *name, *label; /* NULL: none */
    } cases[] = {
        {"web01", "web01"},
        {"azAZ09", "azAZ09"},
        {"a\x80", NULL},
        {"Web_1.x-2 y", "Web_1.x-2 y"},
        {"a|b;c='d'/e\\f:g\"h\"", "a_b_c__d__e_f_g_h_"},
        {"a\tb\x7F", "a_b_"},
        {"(*)?[]{}%", "_________"},
        {"", NULL},
        {"   ", NULL},
        {"業務", NULL},
        {"Müller", NULL},
        {" a", " a"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const char *label = name_label(cases[i].name, &arena);
        if (cases[i].label)
            assert_string_equal(label, cases[i].label);
        else
            assert_null(label);
    }
}

RUN_TESTS(TEST(folding_is_what_the_system_has), TEST(comparing), TEST(globs),
          TEST(an_index_finds_what_was_added), TEST(an_index_looks_at_names_alone), TEST(labels));
