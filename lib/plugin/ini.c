/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/ini.h"

#include "plugin/scan.h"
#include "plugin/show.h"

#include <string.h>

static const char blanks[] = " \t\r";

struct ini ini_begin(char *text)
{
    if (scan_begins(text, "\xEF\xBB\xBF")) /* Notepad's "UTF-8" */
        text += 3;
    return (struct ini){.next = text, .section = ""};
}

/* Cut blanks off both ends, in place. */
static char *trim(char *text)
{
    text += scan_span(text, blanks);
    char *end = text + strlen(text);
    while (end > text && strchr(blanks, end[-1]))
        end--;
    *end = '\0';
    return text;
}

static char *unquote(char *value)
{
    size_t length = strlen(value);
    if (length >= 2 && (*value == '"' || *value == '\'') && value[length - 1] == *value) {
        value[length - 1] = '\0';
        value++;
    }
    return value;
}

static char *next_line(struct ini *ini)
{
    char *line = ini->next, *end = strchr(line, '\n');
    if (!*line)
        return NULL;
    ini->next = end ? end + 1 : line + strlen(line);
    if (end)
        *end = '\0';
    ini->line++;
    return trim(line);
}

bool ini_next(struct ini *ini, struct ini_entry *ret, struct error *err)
{
    char *line;
    do
        line = next_line(ini);
    while (line && (!*line || *line == '#' || *line == ';'));

    struct ini_entry entry = {.section = ini->section, .line = ini->line};
    if (!line) {
        *ret = entry;
        return true;
    }
    if (*line == '[') {
        char *end = strchr(line, ']');
        if (!end || end[1])
            return error_set(err, "line %u: expected ']' at the end of '%s'", ini->line,
                             SHOW_NAME(line));
        *end = '\0';
        entry.section = ini->section = trim(line + 1);
        entry.key = "";
    } else {
        char *equals = strchr(line, '=');
        if (equals) {
            *equals = '\0';
            entry.value = unquote(trim(equals + 1));
        }
        entry.key = trim(line);
        if (!*entry.key)
            return error_set(err, "line %u: expected a name before '='", ini->line);
    }
    *ret = entry;
    return true;
}
