/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * An error is a value: what went wrong, where, and what to do, for the caller to show.
 *
 * A function that can fail returns bool and takes a struct error last; on false it has filled it
 * and left its other out-parameters alone. The text lives in the struct itself, so that an error
 * can always be told, out of memory included.
 */
#ifndef PLUGIN_ERROR_H
#define PLUGIN_ERROR_H

#include <stdbool.h>

#ifdef __GNUC__
/* MinGW's own "printf" means msvcrt's dialect, which lacks %zu; we link its C99 one. */
#if defined(__MINGW32__)
#define LIKE_PRINTF(text, first) __attribute__((format(gnu_printf, text, first)))
#else
#define LIKE_PRINTF(text, first) __attribute__((format(printf, text, first)))
#endif
#else
#define LIKE_PRINTF(text, first)
#endif

enum { ERROR_TEXT_SIZE = 512 };

struct error {
    int code; /* a classification of the library that set it (enum read_status); 0: none */
    char text[ERROR_TEXT_SIZE];
};

/* Fill *err; too long a text is cut at a character's end. Returns false, for `return
 * error_set(...)`. */
bool error_set(struct error *err, const char *format, ...) LIKE_PRINTF(2, 3);
bool error_set_code(struct error *err, int code, const char *format, ...) LIKE_PRINTF(3, 4);

/* Put a place in front of the text that is there: "FILE:12: " + text. Keeps the code; returns
 * false. */
bool error_prefix(struct error *err, const char *format, ...) LIKE_PRINTF(2, 3);

/* The one thing to say when an allocation failed. */
void error_out_of_memory(struct error *err);

/* The same, for a return: whoever reads a caller alone sees that it is false. */
static inline bool error_memory(struct error *err)
{
    error_out_of_memory(err);
    return false;
}

/* Is it that, whatever was put in front of it? */
bool error_is_memory(const struct error *err);

#endif
