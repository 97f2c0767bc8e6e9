/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * UTF-8 as the Unicode standard has it (table 3-7): the shortest form alone, no surrogates, nothing
 * above U+10FFFF.
 *
 * Everything inside these programs is UTF-8. These functions tell whether bytes from outside are,
 * take them apart, and name the code points that must not reach an operator's terminal or web page.
 * They allocate nothing, need no terminating NUL, never read at or beyond the end they are given,
 * and take NULL for no bytes.
 */
#ifndef PLUGIN_UTF8_H
#define PLUGIN_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* What utf8_next() returns instead of a code point. Both are above U+10FFFF, so that
 * text_add_codepoint() writes U+FFFD for them and utf8_is_unprintable() is true. */
enum {
    UTF8_BAD = 0x110000, /* these bytes are no UTF-8, whatever follows */
    UTF8_CUT = 0x110001, /* a character begins here, but the bytes end before it does */
};

/* Take one code point from *at, which must be before end, and move *at behind it. Of bytes that are
 * no UTF-8 it takes the longest beginning of a possible character, at least one byte, so that a
 * loop ends and no byte that is a character of its own, such as a quote or a newline, is swallowed.
 */
unsigned long utf8_next(const char **at, const char *end);

/* How many bytes from the beginning are ASCII (NUL included); are whole, valid UTF-8 characters. */
size_t utf8_ascii_span(const char *bytes, size_t length);
size_t utf8_span(const char *bytes, size_t length);

/* All of it is valid, its end too. Empty is. */
bool utf8_valid(const char *bytes, size_t length);

/* True for what can break, reorder or hide text where it is shown: C0 and C1 controls and DEL, line
 * and paragraph separators, bidirectional controls, zero width and other invisible format
 * characters, U+FEFF, tags, surrogates, noncharacters, and no code point at all. Spaces, combining
 * marks, private use and U+FFFD are printable. */
bool utf8_is_unprintable(unsigned long codepoint);

#endif
