/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/record/fields.h"

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
    char *field = fields->next + 1, *quote = strchr(field, '"');
    /* Mostly the first quote ends the field, and all before it stays where it is. */
    char *from = quote ? quote : field + strlen(field), *to = from;
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

/* Behind the quote that closes a field; NULL: the line ends inside quotes. */
static const char *skip_quoted(const char *at, const char *end, char delimiter)
{
    while ((at = memchr(at, '"', (size_t)(end - at)))) {
        at++;
        if (at == end || *at == delimiter)
            return at;
        at += *at == '"';
    }
    return NULL;
}

bool fields_has_whole(const struct fields *fields, size_t length)
{
    const char *at = fields->next, *end = at + length;
    if (length && *at == '"') {
        at = skip_quoted(at + 1, end, fields->delimiter);
        return at && at < end;
    }
    return memchr(at, fields->delimiter, length);
}

size_t fields_count(const char *line, size_t length, char delimiter, bool *open)
{
    const char *at = line, *end = line + length;
    for (size_t count = 1;; count++) {
        bool quoted = *open || (at < end && *at == '"');
        if (quoted)
            at = skip_quoted(at + !*open, end, delimiter);
        else
            at = memchr(at, delimiter, (size_t)(end - at));
        *open = quoted && !at;
        if (!at || at == end)
            return count;
        at++; /* the delimiter */
    }
}

char fields_guess_delimiter(const char *line)
{
    bool inside = false;
    for (; *line; line++) {
        if (*line == '"')
            inside = !inside;
        else if (!inside && strchr(FIELDS_DELIMITERS, *line))
            return *line;
    }
    return ',';
}
