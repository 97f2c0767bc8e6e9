/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A string that grows: what is printed, and what a record's files are decoded into.
 *
 * Failure sticks: once an append found no memory, `failed` is set and every later append does
 * nothing, so a long run of appends is checked once, at its end.
 */
#ifndef PLUGIN_TEXT_H
#define PLUGIN_TEXT_H

#include "plugin/error.h"

#include <stdarg.h>
#include <stddef.h>

struct text {
    struct arena *arena; /* that the bytes belong to; NULL: to whoever calls text_free() */
    char *bytes;         /* NUL-terminated once anything was appended; else NULL */
    size_t length;
    size_t room;
    bool failed;
};

void text_add(struct text *text, const char *bytes, size_t length);
void text_puts(struct text *text, const char *string);
void text_printf(struct text *text, const char *format, ...) LIKE_PRINTF(2, 3);
void text_vprintf(struct text *text, const char *format, va_list arguments) LIKE_PRINTF(2, 0);

/* Append a code point as UTF-8; what is no code point (a surrogate, above U+10FFFF) as U+FFFD. */
void text_add_codepoint(struct text *text, unsigned long codepoint);

/* Append a paragraph: lines of at most this many columns, broken at blanks, each behind indent
 * blanks and ended by a newline. A word that is longer than a line has one of its own. ASCII. */
enum { COLUMNS = 80 };
void text_wrap(struct text *text, const char *paragraph, size_t indent, size_t columns);

/* A text that lives in an arena, and needs no text_free(); text_of() it is never NULL. What finds
 * no memory is told by arena->failed. */
struct arena;
struct text text_in(struct arena *arena);
const char *text_of(const struct text *text);

/* Room for length more bytes and the NUL; false: out of memory, and failed is set. */
bool text_reserve(struct text *text, size_t length);

/* Back to a shorter length, keeping the memory. */
void text_cut(struct text *text, size_t length);

void text_free(struct text *text);

#endif
