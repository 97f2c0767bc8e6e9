/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * vsnprintf() and snprintf(), for texts that consist of strings in the main. Those are put together
 * here; from the first conversion on that is not %s, the C library goes on. What it takes over the
 * same text is four times as much.
 */
#ifndef PLUGIN_FORMAT_H
#define PLUGIN_FORMAT_H

#include "plugin/error.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* The length of the whole text, of which out holds what fits. What the C library can't print is
 * longer than there is memory, by so much that a NUL still counts. */
#define FORMAT_FAILED (SIZE_MAX - 1)
size_t format_print(char *out, size_t room, const char *format, va_list arguments)
    LIKE_PRINTF(3, 0);
size_t format_text(char *out, size_t room, const char *format, ...) LIKE_PRINTF(3, 4);

#endif
