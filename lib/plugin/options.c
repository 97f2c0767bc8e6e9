/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/options.h"

#include "plugin/format.h"
#include "plugin/name.h"
#include "plugin/scan.h"
#include "plugin/show.h"
#include "plugin/utf8.h"

#include <stdio.h>
#include <string.h>

/* ---- reading values ---- */

bool option_flag(const struct option *option, const char *value, void *target, struct arena *arena,
                 struct error *err)
{
    (void)option, (void)value, (void)arena, (void)err;
    *(bool *)target = true;
    return true;
}

bool option_count(const struct option *option, const char *value, void *target, struct arena *arena,
                  struct error *err)
{
    (void)option, (void)value, (void)arena, (void)err;
    ++*(unsigned *)target;
    return true;
}

bool option_text(const struct option *option, const char *value, void *target, struct arena *arena,
                 struct error *err)
{
    (void)option, (void)arena;
    if (!*value)
        return error_set(err, "an empty value");
    *(const char **)target = value;
    return true;
}

bool option_texts(const struct option *option, const char *value, void *target, struct arena *arena,
                  struct error *err)
{
    struct text_list *list = target;
    const char *text = NULL;
    if (!option_text(option, value, &text, arena, err))
        return false;
    const char **items =
        arena_grow(arena, list->items, list->count, &list->room, sizeof *list->items);
    if (!items)
        return error_memory(err);
    list->items = items;
    list->items[list->count++] = text;
    return true;
}

bool text_list_matches(const struct text_list *globs, const char *name)
{
    for (size_t i = 0; globs && i < globs->count; i++)
        if (name_matches(globs->items[i], name))
            return true;
    return false;
}

bool option_whole(const struct option *option, const char *value, void *target, struct arena *arena,
                  struct error *err)
{
    (void)arena;
    double number = 0;
    const char *at = value;
    for (; *at >= '0' && *at <= '9'; at++)
        number = number * 10 + (*at - '0');
    if (at == value || *at || number < option->least || number > option->most)
        return error_set(err, "'%s': expected a whole number from %.0f to %.0f", SHOW_NAME(value),
                         option->least, option->most);
    *(unsigned long *)target = (unsigned long)number;
    return true;
}

bool option_choice(const struct option *option, const char *value, void *target,
                   struct arena *arena, struct error *err)
{
    for (unsigned i = 0; option->choices[i]; i++)
        if (!strcmp(value, option->choices[i])) {
            *(unsigned *)target = i;
            return true;
        }
    struct text words = text_in(arena); /* not the help's "a|b": an output has no bar but one */
    for (unsigned i = 0; option->choices[i]; i++)
        text_printf(&words, "%s%s",
                    !i                       ? ""
                    : option->choices[i + 1] ? ", "
                                             : " or ",
                    option->choices[i]);
    return words.failed ? error_memory(err)
                        : error_set(err, "'%s': expected %s", SHOW_NAME(value), words.bytes);
}

bool option_memory(const struct option *option, const char *value, void *target,
                   struct arena *arena, struct error *err)
{
    (void)arena;
    double bytes;
    if (!memory_parse(value, &bytes, err))
        return false;
    if (bytes < option->least)
        return option->least > 0
                   ? error_set(err, "'%s': expected a size of at least %s", SHOW_NAME(value),
                               SHOW(show_memory, option->least))
                   : error_set(err, "'%s': expected a size that is not negative", SHOW_NAME(value));
    *(struct memory_size *)target = (struct memory_size){.bytes = bytes, .set = true};
    return true;
}

bool option_range(const struct option *option, const char *value, void *target, struct arena *arena,
                  struct error *err)
{
    (void)option, (void)arena;
    return range_parse(value, RANGE_NUMBER, target, err);
}

bool option_percent_range(const struct option *option, const char *value, void *target,
                          struct arena *arena, struct error *err)
{
    (void)option, (void)arena;
    return range_parse(value, RANGE_PERCENT, target, err);
}

bool option_memory_range(const struct option *option, const char *value, void *target,
                         struct arena *arena, struct error *err)
{
    (void)option, (void)arena;
    return range_parse(value, RANGE_MEMORY, target, err);
}

/* ---- the rows ---- */

/* The row behind this one in all the tables; start with (NULL, 0). */
struct row {
    const struct option *const *table;
    const struct option *option;
};

static bool next_row(const struct options *options, struct row *row)
{
    if (!row->table) {
        row->table = options->tables;
        row->option = *row->table;
    } else {
        row->option++;
    }
    while (row->option && !row->option->name)
        row->option = *++row->table;
    return row->option;
}

static const struct option *find_name(const struct options *options, const char *name,
                                      size_t length)
{
    for (struct row row = {0}; next_row(options, &row);)
        if (strlen(row.option->name) == length && !memcmp(row.option->name, name, length))
            return row.option;
    return NULL;
}

static const struct option *find_letter(const struct options *options, char letter)
{
    for (struct row row = {0}; next_row(options, &row);)
        if (row.option->letter == letter)
            return row.option;
    return NULL;
}

static bool refuse_unknown(const struct options *options, const char *name, size_t length,
                           struct error *err)
{
    char given[NAME_SIZE];
    format_text(given, sizeof given, "%.*s",
                length < sizeof given ? (int)length : (int)sizeof given, name);
    const char *shown = SHOW_NAME(given);
    for (struct row row = {0}; next_row(options, &row);)
        if (length >= 2 && scan_begins(row.option->name, given))
            return error_set(err, "unknown option --%s: did you mean --%s?", shown,
                             row.option->name);
    return error_set(err, "unknown option --%s", shown);
}

static bool read_value_into(void *values, const struct options *options,
                            const struct option *option, const char *value, struct error *err)
{
    void *target = (char *)values + option->target;
    return option->read(option, value, target, options->arena, err) ||
           error_prefix(err, "--%s: ", option->name);
}

static bool read_value(const struct options *options, const struct option *option,
                       const char *value, struct error *err)
{
    return read_value_into(options->values, options, option, value, err);
}

/* Where a row stands among all of them. */
static size_t place_of(const struct options *options, const struct option *option)
{
    size_t place = 0;
    for (struct row row = {0}; next_row(options, &row) && row.option != option;)
        place++;
    return place;
}

bool options_preset(const struct options *options, struct error *err)
{
    for (struct row row = {0}; next_row(options, &row);)
        if (row.option->preset && !read_value(options, row.option, row.option->preset, err))
            return false;
    return true;
}

bool options_set(const struct options *options, const char *name, const char *value,
                 struct error *err)
{
    const struct option *option = name[0] && !name[1] ? find_letter(options, name[0])
                                                      : find_name(options, name, strlen(name));
    if (!option)
        return refuse_unknown(options, name, strlen(name), err);
    if (option->early)
        return error_set(err, "--%s works on the command line only", option->name);
    if (option->argument && !value) /* what may have none is early */
        return error_set(err, "--%s needs a value (%s)", option->name, option->argument);
    if (!option->argument && value)
        return error_set(err, "--%s takes no value", option->name);
    bool given = options->given && options->given[place_of(options, option)];
    return read_value_into(given ? options->ahead : options->values, options, option, value, err);
}

/* ---- the command line ---- */

/* Where the walk through argv stands. */
struct walk {
    const struct options *options;
    char *const *argv;
    int argc, next;
    bool early;     /* read the early rows, or the others */
    bool forgiving; /* whatever is wrong, go on */
    bool *given;    /* NULL, or what to mark the rows in that are read */
};

/* value NULL: the next argument is the value, where the row wants one. */
static bool take(struct walk *walk, const struct option *option, const char *value,
                 struct error *err)
{
    if (!option->argument) {
        if (value)
            return error_set(err, "--%s takes no value", option->name);
    } else if (!value && !option->optional) {
        if (walk->next >= walk->argc)
            return error_set(err, "--%s needs a value (%s)", option->name, option->argument);
        value = walk->argv[walk->next++];
    }
    if (option->early != walk->early)
        return true;
    if (walk->given)
        walk->given[place_of(walk->options, option)] = true;
    return read_value(walk->options, option, value, err);
}

static bool take_long(struct walk *walk, const char *name, struct error *err)
{
    size_t length = scan_until(name, "=");
    const struct option *option = find_name(walk->options, name, length);
    if (!option)
        return refuse_unknown(walk->options, name, length, err);
    return take(walk, option, name[length] ? name + length + 1 : NULL, err);
}

/* Of an unknown letter: all bytes of its character. */
static int letter_length(const char *letter)
{
    const char *end = letter;
    utf8_next(&end, letter + strlen(letter));
    return (int)(end - letter);
}

static bool take_letters(struct walk *walk, const char *letters, struct error *err)
{
    for (; *letters; letters++) {
        const struct option *option = find_letter(walk->options, *letters);
        if (!option)
            return error_set(err, "unknown option -%.*s", letter_length(letters), letters);
        if (option->argument)
            return take(walk, option, letters[1] ? letters + 1 : NULL, err);
        if (!take(walk, option, NULL, err))
            return false;
    }
    return true;
}

static bool walk_arguments(struct walk *walk, struct error *err)
{
    walk->next = 1;
    while (walk->next < walk->argc) {
        const char *argument = walk->argv[walk->next++];
        bool taken;
        if (argument[0] == '-' && argument[1] == '-' && argument[2])
            taken = take_long(walk, argument + 2, err);
        else if (argument[0] == '-' && argument[1] && argument[1] != '-')
            taken = take_letters(walk, argument + 1, err);
        else
            taken = error_set(err, "unexpected argument '%s'", SHOW_NAME(argument));
        if (!taken && !walk->forgiving)
            return false;
    }
    return true;
}

void options_read_early(const struct options *options, int argc, char *const *argv)
{
    struct error ignored;
    walk_arguments(
        &(struct walk){
            .options = options, .argv = argv, .argc = argc, .early = true, .forgiving = true},
        &ignored);
}

bool options_look_ahead(struct options *options, size_t size, int argc, char *const *argv,
                        struct error *err)
{
    size_t rows = place_of(options, NULL);
    struct error ignored;
    options->ahead = arena_array(options->arena, 1, size);
    options->given = arena_array(options->arena, rows, sizeof *options->given);
    if (!options->ahead || !options->given)
        return error_memory(err);
    struct options ahead = *options;
    ahead.values = options->ahead;
    if (!options_preset(&ahead, err))
        return false;
    walk_arguments(&(struct walk){.options = &ahead,
                                  .argv = argv,
                                  .argc = argc,
                                  .forgiving = true,
                                  .given = options->given},
                   &ignored);
    return true;
}

bool options_read(const struct options *options, int argc, char *const *argv, struct error *err)
{
    return walk_arguments(&(struct walk){.options = options, .argv = argv, .argc = argc}, err);
}

/* ---- help ---- */

/* One item of the usage line: "[-w RANGE]", "[--include=GLOB]..." */
static void add_synopsis(const struct option *option, struct text *out)
{
    text_puts(out, "[");
    if (option->letter)
        text_printf(out, "-%c", option->letter);
    else
        text_printf(out, "--%s", option->name);
    if (option->argument)
        text_printf(out,
                    option->optional ? "[=%s]"
                    : option->letter ? " %s"
                                     : "=%s",
                    option->argument);
    text_puts(out, option->repeats ? "]..." : "]");
}

void options_usage(const struct options *options, const char *program, struct text *out)
{
    size_t start = out->length;
    text_printf(out, "Usage: %s", program);
    size_t indent = out->length - start, line = start;
    for (struct row row = {0}; next_row(options, &row);) {
        size_t before = out->length;
        text_puts(out, " ");
        add_synopsis(row.option, out);
        if (out->length - line > COLUMNS) {
            text_cut(out, before);
            text_puts(out, "\n");
            line = out->length;
            text_printf(out, "%*s ", (int)indent, "");
            add_synopsis(row.option, out);
        }
    }
    text_puts(out, "\n");
}

void options_help(const struct options *options, struct text *out)
{
    for (struct row row = {0}; next_row(options, &row);) {
        const struct option *option = row.option;
        text_puts(out, "  ");
        if (option->letter)
            text_printf(out, "-%c, ", option->letter);
        text_printf(out, "--%s", option->name);
        if (option->argument)
            text_printf(out, option->optional ? "[=%s]" : "=%s", option->argument);
        if (option->preset)
            text_printf(out, " (default %s)", option->preset);
        text_puts(out, "\n");
        text_wrap(out, option->help, 6, COLUMNS);
    }
}
