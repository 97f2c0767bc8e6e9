/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/scan.h"

#include <string.h>

/* As strchr() does it: const was the caller's affair. */
static char *writable(const char *text)
{
    union {
        const char *given;
        char *returned;
    } pointer = {.given = text};
    return pointer.returned;
}

bool scan_begins(const char *text, const char *with)
{
    while (*with && *text == *with)
        text++, with++;
    return !*with;
}

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* A log has ten thousand names, most of which are written alike or of another length: what is fast
 * in the C library answers for these. */

bool scan_ascii_begins(const char *text, const char *with)
{
    size_t length = strlen(with);
    if (fold(*text) != fold(*with) || strlen(text) < length)
        return !length;
    if (!memcmp(text, with, length))
        return true;
    while (*with && fold(*text) == fold(*with))
        text++, with++;
    return !*with;
}

bool scan_ascii_equal(const char *a, const char *b)
{
    size_t length = strlen(a);
    if (length != strlen(b))
        return false;
    if (!memcmp(a, b, length))
        return true;
    while (*a && fold(*a) == fold(*b))
        a++, b++;
    return !*a;
}

static bool is_among(char c, const char *among)
{
    while (*among && *among != c)
        among++;
    return *among;
}

size_t scan_span(const char *text, const char *among)
{
    size_t length = 0;
    while (is_among(text[length], among))
        length++;
    return length;
}

size_t scan_until(const char *text, const char *among)
{
    const char *first = NULL;
    for (; *among; among++) {
        const char *found = strchr(text, *among);
        if (found && (!first || found < first))
            first = found;
    }
    return first ? (size_t)(first - text) : strlen(text);
}

char *scan_last(const char *text, char c)
{
    const char *last = NULL;
    for (; *text; text++)
        if (*text == c)
            last = text;
    return last ? writable(last) : NULL;
}

char *scan_find(const char *text, const char *what)
{
    for (; (text = strchr(text, *what)) != NULL; text++)
        if (scan_begins(text, what))
            return writable(text);
    return NULL;
}
