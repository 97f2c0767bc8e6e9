/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/fields.h"

#include <string.h>

struct fields fields_begin(char *line, char delimiter)
{
    return (struct fields){.next = line, .delimiter = delimiter};
}

/* Behind a quoted field stands a delimiter or the end, blanks aside. */
static bool ends_field(const char *at, char delimiter)
{
    return *at == delimiter || !*at;
}

static char *take_quoted(struct fields *fields)
{
    char *field = fields->next + 1, *to = field, *from = field;
    for (; *from; from++) {
        if (*from == '"') {
            if (ends_field(from + 1, fields->delimiter))
                break;
            if (from[1] == '"')
                from++;
        }
        *to++ = *from;
    }
    fields->quoted = *from == '"';
    fields->next = fields->quoted && from[1] ? from + 2 : NULL;
    *to = '\0';
    return field;
}

char *fields_next(struct fields *fields)
{
    if (!fields->next)
        return NULL;
    fields->quoted = false;
    if (*fields->next == '"')
        return take_quoted(fields);
    char *field = fields->next, *end = strchr(field, fields->delimiter);
    if (end)
        *end = '\0';
    fields->next = end ? end + 1 : NULL;
    return field;
}

/* The quote that ends a field, from inside its quotes on; NULL: they are not closed. */
static const char *closing_quote(const char *at, const char *end, char delimiter)
{
    for (; at < end; at++)
        if (*at == '"') {
            if (at + 1 == end || at[1] == delimiter)
                return at;
            if (at[1] == '"')
                at++;
        }
    return NULL;
}

size_t fields_count(const char *line, size_t length, char delimiter, bool *open)
{
    const char *at = line, *end = line + length;
    bool quoted = *open;
    for (size_t count = 1;; count++) {
        if (!quoted && at < end && *at == '"') {
            quoted = true;
            at++;
        }
        at = quoted ? closing_quote(at, end, delimiter) : memchr(at, delimiter, (size_t)(end - at));
        *open = quoted && !at;
        if (at && quoted && ++at == end)
            at = NULL;
        if (!at)
            return count;
        quoted = false;
        at++; /* the delimiter */
    }
}

char fields_guess_delimiter(const char *line)
{
    bool inside = false;
    for (; *line; line++) {
        if (*line == '"')
            inside = !inside;
        else if (!inside && strchr(",;\t", *line))
            return *line;
    }
    return ',';
}
