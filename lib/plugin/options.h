/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Command-line options, each declared once.
 *
 * A row names an option, where its value goes, how it is read, its default and its help. Parsing,
 * --help, the usage line, the man page and Icinga's CheckCommand all come from that row, so they
 * can't drift apart.
 *
 * Accepted are --name=value, --name value, -w value, -wvalue, and -vvv for letters that take none.
 * Nothing is printed: getopt() writes to stderr, which NSClient++ mixes into a check's output.
 */
#ifndef PLUGIN_OPTIONS_H
#define PLUGIN_OPTIONS_H

#include "plugin/arena.h"
#include "plugin/range.h"
#include "plugin/text.h"

struct option {
    const char *name;     /* the long name, without "--" */
    const char *argument; /* what it takes, for help: "RANGE"; NULL: nothing */
    /* Read value (NULL where argument is NULL, or where it is optional and left out) into target.
     */
    bool (*read)(const struct option *option, const char *value, void *target, struct arena *arena,
                 struct error *err);
    size_t target;              /* offsetof() in the struct that holds all options of a program */
    const char *preset;         /* the default, in the option's own words; NULL: none */
    const char *help;           /* sentences, as --help and the man page show them */
    const char *const *choices; /* for option_choice: the words, NULL-terminated */
    double least, most;         /* for option_whole: its bounds; least for option_memory too */
    char letter;                /* the short name, or 0 */
    bool early;    /* read before all others and whatever else is wrong: --help, --extra-opts */
    bool optional; /* the value may be left out; then only --name=value gives one */
    bool repeats;  /* may be given several times; otherwise the last one counts */
};

/* How values are read. The target's type stands behind each. */
bool option_flag(const struct option *, const char *, void *, struct arena *, struct error *);
/* bool: true */
bool option_count(const struct option *, const char *, void *, struct arena *, struct error *);
/* unsigned: how often it was given */
bool option_text(const struct option *, const char *, void *, struct arena *, struct error *);
/* const char *: the argument itself, not empty */
bool option_texts(const struct option *, const char *, void *, struct arena *, struct error *);
/* struct text_list: one more, in the order given */
bool option_whole(const struct option *, const char *, void *, struct arena *, struct error *);
/* unsigned long: a whole number in [least, most] */
bool option_choice(const struct option *, const char *, void *, struct arena *, struct error *);
/* unsigned: the index in choices */
bool option_memory(const struct option *, const char *, void *, struct arena *, struct error *);
/* struct memory_size */
bool option_range(const struct option *, const char *, void *, struct arena *, struct error *);
bool option_percent_range(const struct option *, const char *, void *, struct arena *,
                          struct error *);
bool option_memory_range(const struct option *, const char *, void *, struct arena *,
                         struct error *);
/* struct range */

struct text_list {
    const char **items;
    size_t count, room;
};

/* Does one of these globs match the whole name? NULL: there is none. */
bool text_list_matches(const struct text_list *globs, const char *name);

struct memory_size {
    double bytes;
    bool set;
};

/* A program's options: tables of rows, each ended by a row without a name, and what they fill. */
struct options {
    const struct option *const *tables; /* NULL-terminated */
    void *values;
    struct arena *arena; /* owns what lists hold */

    /* What options_look_ahead() found: values as the command line alone gives them, and of each row
     * whether it is there. */
    void *ahead;
    bool *given;
};

/* Give every option its default. */
bool options_preset(const struct options *options, struct error *err);

/* Read the early options alone and ignore every mistake: options_read finds it again. */
void options_read_early(const struct options *options, int argc, char *const *argv);

/* What the command line says, before it is read for good and whatever is wrong with it: for what
 * must be known while other things are read. size: of the struct of values. False: out of memory.
 */
bool options_look_ahead(struct options *options, size_t size, int argc, char *const *argv,
                        struct error *err);

/* Read all others. argv[0] is not looked at; what is no option is refused. */
bool options_read(const struct options *options, int argc, char *const *argv, struct error *err);

/* One option by its name (long, or the letter alone), as a line of an INI file gives it; value
 * NULL: none. Early options are refused: they are for the command line. What the command line
 * gives, as options_look_ahead() saw it, stands in place of the file's, lists and counts as a
 * whole; the file's must be right all the same. */
bool options_set(const struct options *options, const char *name, const char *value,
                 struct error *err);

/* "Usage: check_x [-w RANGE] [-c RANGE] [--source=SPEC] ..." wrapped at 80 columns. */
void options_usage(const struct options *options, const char *program, struct text *out);

/* A paragraph for every option. */
void options_help(const struct options *options, struct text *out);

#endif
