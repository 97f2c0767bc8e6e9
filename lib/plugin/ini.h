/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * INI files, for --extra-opts: the form that Monitoring Plugins read.
 *
 *     ; or # begin a comment line
 *     [check_hv_balancer]
 *     warning = 4096:
 *     all-counters
 *
 * Blanks around names and values do not count; a value may stand in single or double quotes, which
 * keep blanks at its ends. Nothing is ignored: a line that is none of these is an error.
 */
#ifndef PLUGIN_INI_H
#define PLUGIN_INI_H

#include "plugin/error.h"

#include <stddef.h>

struct ini {
    char *next; /* the rest of the text, which reading changes; the entries point into it */
    const char *section;
    unsigned line;
};

struct ini_entry {
    const char *section; /* "" before the first [section] */
    const char *key;     /* NULL: the end of the file */
    const char *value;   /* NULL: the line is a key alone */
    unsigned line;       /* from 1 */
};

/* Begin on a NUL-terminated text (UTF-8, with or without a byte order mark). */
struct ini ini_begin(char *text);

/* The next entry; a section without entries gives one with the key "". False: "line 3: ...". */
bool ini_next(struct ini *ini, struct ini_entry *ret, struct error *err);

#endif
