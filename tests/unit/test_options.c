/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "plugin/options.h"

struct values {
    bool flag, early_flag;
    unsigned count, choice;
    unsigned long whole;
    const char *text, *maybe;
    struct text_list list;
    struct memory_size memory;
    struct range range, percent, bytes;
};

static bool read_maybe(const struct option *option, const char *value, void *target,
                       struct arena *from, struct error *err)
{
    (void)option, (void)from, (void)err;
    *(const char **)target = value ? value : "left out";
    return true;
}

#define TARGET(member) offsetof(struct values, member)
static const char *const choices[] = {"auto", "all", "none", NULL};

static const struct option first_table[] = {
    {.name = "warning",
     .letter = 'w',
     .argument = "RANGE",
     .read = option_range,
     .target = TARGET(range),
     .preset = "10:",
     .help = "Short."},
    {.name = "percent",
     .argument = "RANGE",
     .read = option_percent_range,
     .target = TARGET(percent),
     .help = "A sentence that is long enough to go over the end of a line of eighty columns, so "
             "that it has to be wrapped somewhere."},
    {.name = "bytes",
     .argument = "RANGE",
     .read = option_memory_range,
     .target = TARGET(bytes),
     .help = "b"},
    {0},
};

static const struct option second_table[] = {
    {.name = "flag", .letter = 'f', .read = option_flag, .target = TARGET(flag), .help = "f"},
    {.name = "verbose",
     .letter = 'v',
     .read = option_count,
     .target = TARGET(count),
     .repeats = true,
     .help = "v"},
    {.name = "whole",
     .letter = 't',
     .argument = "N",
     .read = option_whole,
     .least = 1,
     .most = 3600,
     .target = TARGET(whole),
     .preset = "10",
     .help = "t"},
    {.name = "text", .argument = "TEXT", .read = option_text, .target = TARGET(text), .help = "x"},
    {.name = "list",
     .argument = "GLOB",
     .read = option_texts,
     .target = TARGET(list),
     .repeats = true,
     .help = "l"},
    {.name = "choice",
     .argument = "auto|all|none",
     .read = option_choice,
     .choices = choices,
     .target = TARGET(choice),
     .help = "c"},
    {.name = "memory",
     .argument = "MB",
     .read = option_memory,
     .target = TARGET(memory),
     .help = "m"},
    {.name = "some",
     .argument = "MB",
     .read = option_memory,
     .least = 4 * 1048576.0,
     .target = TARGET(memory),
     .help = "s"},
    {.name = "maybe",
     .argument = "TEXT",
     .read = read_maybe,
     .optional = true,
     .early = true,
     .target = TARGET(maybe),
     .help = "e"},
    {.name = "help",
     .letter = 'h',
     .read = option_flag,
     .early = true,
     .target = TARGET(early_flag),
     .help = "h"},
    {0},
};

static const struct option empty_table[] = {{0}};
static const struct option *const tables[] = {first_table, empty_table, second_table, NULL};

static struct values values;
static const struct options options = {.tables = tables, .values = &values, .arena = &arena};

enum { MOST = 12 };

static bool read_line(const char *const *words, struct error *err)
{
    char *argv[MOST] = {arena_text(&arena, "program", 7)};
    int argc = 1;
    for (; words[argc - 1]; argc++)
        argv[argc] = arena_text(&arena, words[argc - 1], strlen(words[argc - 1]));
    values = (struct values){0};
    struct error preset;
    assert_true(options_preset(&options, &preset));
    options_read_early(&options, argc, argv);
    return options_read(&options, argc, argv, err);
}

#define READ(...) read_line((const char *const[]){__VA_ARGS__, NULL}, &err)

static void defaults(void **state)
{
    (void)state;
    struct error err;
    assert_true(read_line((const char *const[]){NULL}, &err));
    assert_double(values.range.start, 10);
    assert_true(values.range.set);
    assert_int_equal(values.whole, 10);
    assert_false(values.flag || values.early_flag || values.percent.set || values.memory.set);
    assert_null(values.text);
    assert_null(values.maybe);
}

static void every_way_to_write_them(void **state)
{
    (void)state;
    struct error err;
    static const char *const ways[][3] = {{"-w5:", NULL, NULL},         {"-w", "5:", NULL},
                                          {"--warning=5:", NULL, NULL}, {"--warning", "5:", NULL},
                                          {"-fw5:", NULL, NULL},        {"-fvw", "5:", NULL}};
    for (size_t i = 0; i < LENGTH(ways); i++) {
        assert_true(read_line(ways[i], &err));
        assert_double(values.range.start, 5);
    }
    assert_true(READ("-vvv", "-f", "--verbose"));
    assert_int_equal(values.count, 4);
    assert_true(values.flag);
    assert_true(READ("--text=a=b", "--choice=none", "--memory=2GB", "--percent=90%",
                     "--bytes=10%:", "--whole=3600"));
    assert_string_equal(values.text, "a=b");
    assert_int_equal(values.choice, 2);
    assert_double(values.memory.bytes, 2147483648);
    assert_double(values.percent.end, 90);
    assert_true(values.bytes.of_total);
    assert_int_equal(values.whole, 3600);
    assert_true(values.memory.set);
    assert_true(READ("-t1", "--memory=0")); /* the least of each */
    assert_int_equal(values.whole, 1);
    assert_true(values.memory.set);
    assert_true(READ("--some=4"));
    assert_double(values.memory.bytes, 4194304);
    assert_true(READ("--text", "--flag")); /* a value may look like an option */
    assert_string_equal(values.text, "--flag");
    assert_false(values.flag);
    assert_true(READ("--text=a", "--text=b")); /* the last counts */
    assert_string_equal(values.text, "b");
}

static void lists_keep_their_order(void **state)
{
    (void)state;
    struct error err;
    static const char *const words[] = {"--list=a", "--list", "b", "--list=c,d", NULL};
    assert_true(read_line(words, &err));
    assert_int_equal(values.list.count, 3);
    assert_string_equal(values.list.items[0], "a");
    assert_string_equal(values.list.items[1], "b");
    assert_string_equal(values.list.items[2], "c,d");
    for (unsigned i = 0; i < 100; i++)
        assert_true(options_set(&options, "list", say("%u", i), &err));
    assert_int_equal(values.list.count, 103);
    assert_string_equal(values.list.items[102], "99");
}

static void a_list_of_globs_matches_by_any(void **state)
{
    (void)state;
    const char *items[] = {"web*", "db01"};
    const struct text_list globs = {.items = items, .count = LENGTH(items)}, none = {0};
    assert_true(text_list_matches(&globs, "WEB02"));
    assert_true(text_list_matches(&globs, "db01"));
    assert_false(text_list_matches(&globs, "db02"));
    assert_false(text_list_matches(&none, "web01"));
    assert_false(text_list_matches(NULL, "web01"));
}

static void early_options_are_read_whatever_else_is_wrong(void **state)
{
    (void)state;
    struct error err;
    assert_false(READ("--nonsense", "-wx", "-h"));
    assert_true(values.early_flag);
    assert_true(READ("--maybe"));
    assert_string_equal(values.maybe, "left out");
    assert_true(READ("--maybe=x@y"));
    assert_string_equal(values.maybe, "x@y");
    assert_true(READ("--maybe="));
    assert_string_equal(values.maybe, "");
    assert_false(READ("--maybe", "x")); /* only with '=' */
    assert_holds(err.text, "unexpected argument 'x'");
    assert_true(READ("--text", "-h")); /* a value is not looked at */
    assert_false(values.early_flag);
    assert_string_equal(values.text, "-h");
    assert_true(READ("-fh"));
    assert_true(values.early_flag && values.flag);
}

static void mistakes_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *words[3], *message;
    } cases[] = {
        {{"--nothing"}, "unknown option --nothing"},
        {{"--nothing=5"}, "unknown option --nothing"},
        {{"--warn=5"}, "unknown option --warn: did you mean --warning?"},
        {{"--w"}, "unknown option --w"},
        {{"--wa"}, "unknown option --wa: did you mean --warning?"},
        {{"--=5"}, "unknown option --"},
        {{"--warningx"}, "unknown option --warningx"},
        {{"-x"}, "unknown option -x"},
        {{"-fx"}, "unknown option -x"},
        {{"-é"}, "unknown option -é"},
        {{"x"}, "unexpected argument 'x'"},
        {{"-"}, "unexpected argument '-'"},
        {{"--"}, "unexpected argument '--'"},
        {{""}, "unexpected argument ''"},
        {{"-w"}, "--warning needs a value (RANGE)"},
        {{"--warning"}, "--warning needs a value (RANGE)"},
        {{"--warning="}, "--warning: '': an empty range at column 1"},
        {{"-w", "10abc"}, "--warning: '10abc': expected ':' or the end of the range at column 3"},
        {{"--percent=x"}, "--percent: 'x': expected a number at column 1"},
        {{"--bytes=1PB"},
         "--bytes: '1PB': expected a unit (KB, MB, GB, TB, %), ':' or the end of the range at "
         "column 2"},
        {{"--flag=yes"}, "--flag takes no value"},
        {{"--flag="}, "--flag takes no value"},
        {{"--text="}, "--text: an empty value"},
        {{"--text", ""}, "--text: an empty value"},
        {{"--list="}, "--list: an empty value"},
        {{"-t0"}, "--whole: '0': expected a whole number from 1 to 3600"},
        {{"-t3601"}, "--whole: '3601': expected a whole number from 1 to 3600"},
        {{"-t99999999999999999999"},
         "--whole: '99999999999999999999': expected a whole number from 1 to 3600"},
        {{"-t="}, "--whole: '=': expected a whole number from 1 to 3600"},
        {{"-t-5"}, "--whole: '-5': expected a whole number from 1 to 3600"},
        {{"-t5s"}, "--whole: '5s': expected a whole number from 1 to 3600"},
        {{"-t", ""}, "--whole: '': expected a whole number from 1 to 3600"},
        {{"--choice=some"}, "--choice: 'some': expected auto, all or none"},
        {{"--choice=ALL"}, "--choice: 'ALL': expected auto, all or none"},
        {{"--choice=a"}, "--choice: 'a': expected auto, all or none"},
        {{"--memory=5%"},
         "--memory: '5%': expected a unit (KB, MB, GB, TB) or the end at column 2"},
        {{"--memory=-5"}, "--memory: '-5': expected a size that is not negative"},
        {{"--some=4095KB"}, "--some: '4095KB': expected a size of at least 4 MB"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct error err = {0};
        if (read_line(cases[i].words, &err))
            fail_msg("'%s' is accepted", cases[i].words[0]);
        assert_string_equal(err.text, cases[i].message);
    }
}

/* Also of a name that is too long to show, of characters of several bytes. */
static void long_unknown_names_are_cut(void **state)
{
    (void)state;
    struct text name = {0};
    for (unsigned i = 0; i < 300; i++) {
        text_puts(&name, i % 2 ? "業" : "x");
        struct error err;
        const char *word = say("--%s%s", name.bytes, i % 3 ? "" : "=5");
        assert_false(READ(word));
        assert_holds(err.text, "unknown option --x");
        assert_true(strlen(err.text) < 300);
    }
    text_free(&name);
}

static void one_by_name(void **state)
{
    (void)state;
    struct error err;
    assert_true(options_set(&options, "warning", "7:", &err));
    assert_true(options_set(&options, "f", NULL, &err));
    assert_true(options_set(&options, "t", "20", &err));
    assert_double(values.range.start, 7);
    assert_int_equal(values.whole, 20);
    assert_true(values.flag);
    static const struct {
        const char *name, *value, *message;
    } refused[] = {
        {"help", NULL, "--help works on the command line only"},
        {"maybe", "x", "--maybe works on the command line only"},
        {"flag", "", "--flag takes no value"},
        {"warning", NULL, "--warning needs a value (RANGE)"},
        {"warning", "x", "--warning: 'x': expected a number at column 1"},
        {"warnin", "5", "unknown option --warnin: did you mean --warning?"},
        {"x", NULL, "unknown option --x"},
        {"", NULL, "unknown option --"},
    };
    for (size_t i = 0; i < LENGTH(refused); i++) {
        assert_false(options_set(&options, refused[i].name, refused[i].value, &err));
        assert_string_equal(err.text, refused[i].message);
    }
}

/* Each subset of options on the command line, in each place among mistakes: what is there takes the
 * place of what a file says, lists and counts as a whole, and the rest of the file counts. */
static void the_command_line_takes_the_place_of_a_file(void **state)
{
    (void)state;
    static const char *const words[] = {"-w20:", "--list=mine", "-v", "-t7", "--text=mine", "-f"};
    for (unsigned subset = 0; subset < 1u << LENGTH(words); subset++)
        for (unsigned wrong = 0; wrong < 2; wrong++) {
            char *argv[MOST] = {arena_text(&arena, "program", 7)};
            int argc = 1;
            struct error err;
            for (size_t i = 0; i < LENGTH(words); i++) {
                if (wrong && i == 3) /* looking ahead goes on behind it */
                    argv[argc++] = arena_text(&arena, "--nonsense", 10);
                if (subset >> i & 1)
                    argv[argc++] = arena_text(&arena, words[i], strlen(words[i]));
            }
            values = (struct values){0};
            struct options file = options;
            assert_true(options_preset(&file, &err));
            assert_true(options_look_ahead(&file, sizeof values, argc, argv, &err));
            const struct values *ahead = file.ahead;
            assert_int_equal(ahead->whole, subset & 8 ? 7 : 10); /* known before the file is */
            for (int i = 0; i < 3; i++) {
                assert_true(options_set(&file, "list", "file", &err));
                assert_true(options_set(&file, "verbose", NULL, &err));
            }
            assert_true(options_set(&file, "w", "5:", &err));
            assert_true(options_set(&file, "whole", "9", &err));
            assert_true(options_set(&file, "text", "file", &err));
            assert_false(
                options_set(&file, "whole", "x", &err)); /* wrong, whether it counts or not */
            assert_int_equal(options_read(&file, argc, argv, &err), !wrong);
            if (wrong)
                continue;
            assert_double(values.range.start, subset & 1 ? 20 : 5);
            assert_int_equal(values.list.count, subset & 2 ? 1 : 3);
            assert_string_equal(values.list.items[0], subset & 2 ? "mine" : "file");
            assert_int_equal(values.count, subset & 4 ? 1 : 3);
            assert_int_equal(values.whole, subset & 8 ? 7 : 9);
            assert_string_equal(values.text, subset & 16 ? "mine" : "file");
            assert_int_equal(values.flag, subset >> 5);
        }
}

/* With a program's name of any length: no line is longer than it may be, nor is one shorter than it
 * need be. */
static void usage_fills_its_lines(void **state)
{
    (void)state;
    for (int length = 1; length < 40; length++) {
        struct text text = {0};
        text_puts(&text, "before\n");
        options_usage(&options, say("%0*d", length, 0), &text);
        size_t before = 0;
        for (const char *line = text.bytes + 7; *line; line += before + 1) {
            size_t indent = strspn(line, " "), end = indent; /* of the first item */
            while (line[end] != '\n' && strncmp(line + end, " [", 2) != 0)
                end++;
            if (before) {
                assert_int_equal(indent, strlen("Usage: ") + (size_t)length + 1);
                assert_true(before + 1 + end - indent > 80);
            }
            before = strcspn(line, "\n");
            assert_true(before <= 80);
        }
        text_free(&text);
    }
}

static void help_has_every_row_and_fits(void **state)
{
    (void)state;
    struct text text = {0};
    options_usage(&options, "check_hv_program", &text);
    assert_string_equal(
        text.bytes, "Usage: check_hv_program [-w RANGE] [--percent=RANGE] [--bytes=RANGE] [-f]\n"
                    "                        [-v]... [-t N] [--text=TEXT] [--list=GLOB]...\n"
                    "                        [--choice=auto|all|none] [--memory=MB] [--some=MB]\n"
                    "                        [--maybe[=TEXT]] [-h]\n");
    text_cut(&text, 0);
    options_help(&options, &text);
    static const char *const heads[] = {"  -w, --warning=RANGE (default 10:)\n      Short.\n",
                                        "  --percent=RANGE\n      A sentence",
                                        "  -f, --flag\n      f\n", "  -t, --whole=N (default 10)\n",
                                        "  --maybe[=TEXT]\n"};
    for (size_t i = 0; i < LENGTH(heads); i++)
        assert_holds(text.bytes, heads[i]);
    for (const char *line = text.bytes; *line; line += strcspn(line, "\n") + 1) {
        size_t length = strcspn(line, "\n");
        assert_true(length <= 80);
        assert_int_not_equal(line[length - 1], ' ');
    }
    text_free(&text);
}

RUN_TESTS(TEST(defaults), TEST(every_way_to_write_them), TEST(lists_keep_their_order),
          TEST(a_list_of_globs_matches_by_any), TEST(the_command_line_takes_the_place_of_a_file),
          TEST(early_options_are_read_whatever_else_is_wrong), TEST(mistakes_are_named),
          TEST(long_unknown_names_are_cut), TEST(one_by_name), TEST(usage_fills_its_lines),
          TEST(help_has_every_row_and_fits));
