/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a source is made of: a const table of functions, and a struct that begins with
 * struct source. Adding a source is one file with one such table, and one line in source.c.
 */
#ifndef COUNTER_SOURCE_H
#define COUNTER_SOURCE_H

#include "counter/counter.h"

struct source_kind {
    /* "record": what stands before ':' in a spec. */
    const char *name;

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
                    struct source **ret, struct error *err); /* NULL: knows no past */

    /* Let go of what is not the arena's: handles, files. */
    void (*close)(struct source *source);
};

struct source {
    const struct source_kind *kind;
    struct arena *arena;
    const char *remark; /* for source_remark() */
};

extern const struct source_kind source_local; /* the build's own: local_linux.c, local_windows.c */
extern const struct source_kind source_record;
extern const struct source_kind source_winrm; /* in front of a module: module_linux.c */

/* For `local`, whichever it is: false where it is given what only a record can have. */
bool source_is_plain_local(const char *argument, const struct source_options *options,
                           struct error *err);

/* Fill the answer of a counter that could not be read; the text is copied. False: out of memory. */
bool counter_fail(struct counter *counter, enum reading reading, struct arena *arena,
                  const char *format, ...) LIKE_PRINTF(4, 5);

#endif
