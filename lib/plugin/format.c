/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/format.h"

#include <stdio.h>
#include <string.h>

/* Copy what fits, and always the NUL behind it. */
static size_t put(char *out, size_t room, size_t used, const char *bytes, size_t length)
{
    size_t left = used < room ? room - used - 1 : 0, fits = length < left ? length : left;
    if (used < room) {
        memcpy(out + used, bytes, fits);
        out[used + fits] = '\0';
    }
    return used + length;
}

size_t format_print(char *out, size_t room, const char *format, va_list arguments)
{
    size_t used = put(out, room, 0, "", 0);
    while (*format) {
        if (*format != '%') {
            size_t length = 1;
            while (format[length] && format[length] != '%')
                length++;
            used = put(out, room, used, format, length);
            format += length;
        } else if (format[1] == 's') {
            const char *text = va_arg(arguments, const char *);
            used = put(out, room, used, text, strlen(text));
            format += 2;
        } else {
            size_t at = used < room ? used : room;
            int rest = vsnprintf(out + at, room - at, format, arguments);
            return rest < 0 ? FORMAT_FAILED : used + (size_t)rest;
        }
    }
    return used;
}

size_t format_text(char *out, size_t room, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t length = format_print(out, room, format, arguments);
    va_end(arguments);
    return length;
}
