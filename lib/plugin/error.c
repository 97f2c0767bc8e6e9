/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/error.h"

#include "plugin/format.h"
#include "plugin/show.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* vsnprintf cuts anywhere; take back the started character so that the text stays valid UTF-8. */
static void drop_cut_character(char *text, size_t length)
{
    size_t start = length;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start > 0 && ((unsigned char)text[start - 1] & 0x80))
        text[start - 1] = '\0';
}

LIKE_PRINTF(2, 0)
static void fill(struct error *err, const char *format, va_list arguments)
{
    if (format_print(err->text, sizeof err->text, format, arguments) >= sizeof err->text)
        drop_cut_character(err->text, sizeof err->text - 1);
    show_unmark(err->text);
}

bool error_set(struct error *err, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fill(err, format, arguments);
    va_end(arguments);
    err->code = 0;
    return false;
}

bool error_set_code(struct error *err, int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fill(err, format, arguments);
    va_end(arguments);
    err->code = code;
    return false;
}

bool error_prefix(struct error *err, const char *format, ...)
{
    struct error whole = {.code = err->code};
    va_list arguments;
    va_start(arguments, format);
    fill(&whole, format, arguments);
    va_end(arguments);

    size_t used = strlen(whole.text), room = sizeof whole.text - 1 - used, rest = strlen(err->text);
    memcpy(whole.text + used, err->text, rest < room ? rest : room);
    if (rest > room)
        drop_cut_character(whole.text, sizeof whole.text - 1);
    *err = whole;
    return false;
}

static const char no_memory[] = "out of memory";

void error_out_of_memory(struct error *err)
{
    error_set(err, "%s", no_memory);
}

bool error_is_memory(const struct error *err)
{
    size_t length = strlen(err->text), own = sizeof no_memory - 1;
    return length >= own && !strcmp(err->text + length - own, no_memory);
}
