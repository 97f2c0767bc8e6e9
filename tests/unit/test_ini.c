/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "plugin/ini.h"

/* All entries of a text as "line [section] key=value", joined by newlines; the error at the end. */
static const char *read_all(const char *text)
{
    char *copy = arena_text(&arena, text, strlen(text));
    struct ini ini = ini_begin(copy);
    struct ini_entry entry;
    struct error err;
    const char *all = "";
    for (;;) {
        if (!ini_next(&ini, &entry, &err))
            return say("%s!%s", all, err.text);
        if (!entry.key) {
            assert_true(ini_next(&ini, &entry, &err)); /* and it stays at the end */
            assert_null(entry.key);
            return all;
        }
        all = say("%s%u [%s] %s%s%s\n", all, entry.line, entry.section, entry.key,
                  entry.value ? "=" : "", entry.value ? entry.value : "");
    }
}

static void entries(void **state)
{
    (void)state;
    static const struct {
        const char *text, *entries;
    } cases[] = {
        {"", ""},
        {"\xEF\xBB\xBF", ""},
        {"\n\n  \t\n", ""},
        {"# c\n; c\n  # c\n", ""},
        {"a=1", "1 [] a=1\n"},
        {"a=1\r\nb=2\r\n", "1 [] a=1\n2 [] b=2\n"},
        {"\xEF\xBB\xBF[s]\na=1", "1 [s] \n2 [s] a=1\n"},
        {"  [ check_x ]  \n\twarning\t=\t10:20 \n", "1 [check_x] \n2 [check_x] warning=10:20\n"},
        {"[a]\n[b]\nx=1\n[a]\ny=2", "1 [a] \n2 [b] \n3 [b] x=1\n4 [a] \n5 [a] y=2\n"},
        {"all-counters", "1 [] all-counters\n"},
        {"a=", "1 [] a=\n"},
        {"a = b = c", "1 [] a=b = c\n"},
        {"a = \" b \"", "1 [] a= b \n"},
        {"a = ' b '", "1 [] a= b \n"},
        {"a = \"b'", "1 [] a=\"b'\n"},
        {"a = \"", "1 [] a=\"\n"},
        {"a = \"\"", "1 [] a=\n"},
        {"a = b ; not a comment", "1 [] a=b ; not a comment\n"},
        {"a = 業務*\n", "1 [] a=業務*\n"},
        {"\n\n\na=1", "4 [] a=1\n"},
        {"a=1\n=2\n", "1 [] a=1\n!line 2: expected a name before '='"},
        {"=", "!line 1: expected a name before '='"},
        {"[s\n", "!line 1: expected ']' at the end of '[s'"},
        {"[s] x\n", "!line 1: expected ']' at the end of '[s] x'"},
        {"[s]]\n", "!line 1: expected ']' at the end of '[s]]'"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_string_equal(read_all(cases[i].text), cases[i].entries);
}

RUN_TESTS(TEST(entries));
