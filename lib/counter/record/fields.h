/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The fields of one line of PDH-CSV, PDH-TSV or Export-Csv, taken apart in place.
 */
#ifndef COUNTER_RECORD_FIELDS_H
#define COUNTER_RECORD_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

/* What may stand between fields; a file has one of them. */
#define FIELDS_DELIMITERS ",;\t"

struct fields {
    char *next; /* NULL behind the last field */
    char delimiter;
    bool quoted; /* the field that was taken last stood in quotes, and they were closed */
};

struct fields fields_begin(char *line, char delimiter);

/* The next field, unquoted, NUL-terminated; NULL behind the last. A quote inside quotes is doubled;
 * one that no delimiter follows is taken as it stands, for whoever forgot to double it. */
char *fields_next(struct fields *fields);

/* Do these bytes, the beginning of what is left of a line, hold its next field to the end, and the
 * delimiter behind it? */
bool fields_has_whole(const struct fields *fields, size_t length);

/* How many fields fields_next() will take from a line without NULs. *open tells whether the line
 * begins inside quotes, and then whether it ends so: a line break in a field, or a line that was
 * cut. */
size_t fields_count(const char *line, size_t length, char delimiter, bool *open);

/* The first delimiter behind the first field; ',' when there is but one field. */
char fields_guess_delimiter(const char *line);

#endif
