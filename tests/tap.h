/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * TAP for a test in C that is no unit test: results are numbered as they come, and a program that
 * tested nothing has failed.
 */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static unsigned tap_number, tap_failed;

/* One result; the title is a format. What failed is told behind it, in lines that begin with "# ".
 */
__attribute__((format(printf, 2, 3))) static inline bool tap_ok(bool good, const char *title, ...)
{
    va_list arguments;
    tap_failed += !good;
    printf("%s %u - ", good ? "ok" : "not ok", ++tap_number);
    va_start(arguments, title);
    vprintf(title, arguments);
    va_end(arguments);
    putchar('\n');
    fflush(stdout);
    return good;
}

/* The plan; the exit status of the program. */
static inline int tap_end(void)
{
    printf("1..%u\n", tap_number);
    return tap_failed || !tap_number ? 1 : 0;
}

#endif
