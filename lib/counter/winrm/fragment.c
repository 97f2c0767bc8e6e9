/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/winrm/fragment.h"

#include <string.h>

static const char row_begins[] = "<w:XmlFragment>", row_ends[] = "</w:XmlFragment>",
                  is_nil[] = " xsi:nil=\"true\"/>";

static bool skip(char **at, const char *what, size_t length)
{
    if (strncmp(*at, what, length) != 0)
        return false;
    *at += length;
    return true;
}

/* Of XML's names, those that a property of WMI has, and a prefix. */
static bool is_of_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == ':';
}

/* Digits do not, and come before all others in ASCII. */
static bool begins_name(char c)
{
    return is_of_name(c) && c > '9';
}

/* What stands for itself: no markup, nothing that XML forbids or makes something else of. */
static bool is_of_text(unsigned char c, bool ascii)
{
    return (c >= ' ' && c < 128 && c != '<' && c != '>' && c != '&') || c == '\t' || c == '\n' ||
           (c >= 128 && !ascii);
}

static const char *without_prefix(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

/* "<Name>text</Name>" or "<Name xsi:nil="true"/>" */
static bool read_cell(const struct fragments *of, char **at, struct soap_cell *ret)
{
    char *name = *at + 1, *end = name;
    if (**at != '<' || !begins_name(*name))
        return false;
    while (is_of_name(*end))
        end++;
    size_t length = (size_t)(end - name);
    if (*end == ' ') {
        *at = end;
        if (!skip(at, is_nil, sizeof is_nil - 1))
            return false;
        *end = '\0';
        *ret = (struct soap_cell){.name = without_prefix(name)};
        return true;
    }
    if (*end != '>')
        return false;
    char *text = end + 1, *text_end = text;
    while (is_of_text((unsigned char)*text_end, of->ascii))
        text_end++;
    *at = text_end;
    if (!skip(at, "</", 2) || !skip(at, name, length) || !skip(at, ">", 1))
        return false;
    *end = *text_end = '\0';
    *ret = (struct soap_cell){.name = without_prefix(name), .text = text};
    return true;
}

struct soap_row *fragment_next(struct fragments *of, struct arena *arena)
{
    char *at = of->at;
    if (!skip(&at, row_begins, sizeof row_begins - 1))
        return NULL;
    struct soap_row *row = ARENA_NEW(arena, struct soap_row);
    if (!row)
        return NULL;
    row->name = "XmlFragment";
    while (!skip(&at, row_ends, sizeof row_ends - 1)) {
        struct soap_cell *cell = ARENA_NEW(arena, struct soap_cell);
        if (!cell || !read_cell(of, &at, cell))
            return NULL;
        if (row->last)
            row->last->next = cell;
        else
            row->cells = cell;
        row->last = cell;
    }
    of->at = at;
    return row;
}
