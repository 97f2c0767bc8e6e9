/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a source is made of: a const table of functions, and a struct that begins with
 * struct source. Adding a source is one file with one such table, and one line in source.c.
 */
#ifndef COUNTER_SOURCE_H
#define COUNTER_SOURCE_H

#include "counter/counter.h"

/* The options that a source may honour, a bit for each. source_open() refuses those that are given
 * and not among them, by name, so that none is ever ignored. */
enum {
    SOURCE_AT = 1u << 0,
    SOURCE_MAX_AGE = 1u << 1, /* all that is answered is that young, whatever it was read from */
    SOURCE_ENCODING = 1u << 2,
    SOURCE_UTC_OFFSET = 1u << 3,
    SOURCE_CREDENTIALS = 1u << 4,
};

struct source_kind {
    /* "record": what stands before ':' in a spec. */
    const char *name;

    unsigned honours; /* SOURCE_... */
    bool recorded;    /* for source_is_record() */

    /* Make the source; argument is what follows ':', NULL when there is no ':'. */
    bool (*open)(const char *argument, const struct source_options *options, struct arena *arena,
                 struct source **ret, struct error *err);

    /* The functions of counter.h. Answers in *counters are cleared before the call. */
    bool (*counters)(struct source *source, struct counter *counters, size_t count,
                     struct error *err);
    bool (*registry)(struct source *source, const char *key, const char *value,
                     struct registry_value *ret, struct error *err);
    bool (*rows)(struct source *source, const struct row_query *query, row_visitor *visit,
                 void *context, struct error *err);
    struct moment (*moment)(const struct source *source);
    bool (*earlier)(struct source *source, unsigned long seconds, struct arena *arena,
                    struct source **ret, struct error *err); /* NULL: has no earlier data */

    /* The source that it stands in front of; NULL: it stands alone. */
    const struct source *(*inner)(const struct source *source);

    /* Let go of what is not the arena's: handles, files. */
    void (*close)(struct source *source);
};

struct source {
    const struct source_kind *kind;
    struct arena *arena;
    const char *place;  /* for source_place(); NULL: on this machine */
    const char *remark; /* for source_remark() */
};

extern const struct source_kind source_local; /* the build's own: local_linux.c, local_windows.c */
extern const struct source_kind source_record;
extern const struct source_kind source_winrm; /* in front of a module: module_linux.c */

/* For `local`, whichever it is: false where something stands behind it. */
bool source_is_plain_local(const char *argument, struct error *err);

/* Which options are given, a bit for each. */
unsigned source_options_given(const struct source_options *options);

/* The name of the first of these options, as on the command line: "--at". */
const char *source_option_name(unsigned options);

/* Is a property of a query to be asked for in a namespace, one of the query's own? */
bool row_query_asks(const struct row_query *query, size_t property, const char *namespace);

/* Forget what was answered before. */
void counters_clear(struct counter *counters, size_t count);

/* Fill the answer of a counter that could not be read; the text is copied. */
void counter_fail(struct counter *counter, enum read_status reading, struct arena *arena,
                  const char *format, ...) LIKE_PRINTF(4, 5);

#endif
