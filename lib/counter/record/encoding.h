/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The encodings of files that Windows' tools write, and their way into UTF-8.
 *
 * typeperf, logman and relog write the machine's ANSI code page, a console redirect its OEM page,
 * PowerShell and reg export UTF-16, newer tools UTF-8, and only some of them say so with a BOM. The
 * decoder is our own, with tables in the program, because an agent has neither iconv data nor, on
 * Linux, Windows' code pages, and because the same bytes have to give the same text on both.
 *
 *     size_t bom;
 *     const struct encoding *encoding = encoding_detect(bytes, length, false, NULL, &bom);
 *     struct text text = {0};
 *     encoding_decode(encoding, bytes + bom, length - bom, &text);
 *
 * A code page is Microsoft's: 932 is Shift JIS with a backslash at 5C, the NEC and IBM extensions
 * and the user-defined area (F040-F9FC as U+E000-E757), as Windows converts it. What a page leaves
 * unassigned can't be decoded, though Windows makes a C1 control of most such single bytes.
 */
#ifndef COUNTER_RECORD_ENCODING_H
#define COUNTER_RECORD_ENCODING_H

#include "plugin/text.h"

#include <stdbool.h>
#include <stddef.h>

/* A row of a constant table: never freed, and equal pointers are equal encodings. */
struct encoding;

/* By name, letters in either case, '-' and '_' ignored: any of encoding_names(); the code page's
 * number, bare or after "cp", "windows" or "ms" ("ibm" for 437-866), as chcp and .NET tell it;
 * "utf-16" and "unicode" for UTF-16LE; "shift_jis", "sjis" and "windows-31j" for 932. NULL:
 * unknown. */
const struct encoding *encoding_find(const char *name);

/* Of no name: every byte becomes the character of its number, U+0000 to U+00FF, so that what it is
 * can be told later, with encoding_bytes(). As `named` of encoding_detect(), it says of a file that
 * its bytes tell nothing. */
const struct encoding *encoding_raw(void);

/* The bytes that encoding_raw() made this text of. Replaces *out. */
void encoding_bytes(const char *text, struct text *out);

/* What encoding_find() knows, one name each, separated by ", ": for a help or an error message. */
const char *encoding_names(void);

/* The name that encoding_names() has. */
const char *encoding_name(const struct encoding *encoding);

/* Bytes that make a unit: 2 for UTF-16, else 1. To find line ends in undecoded bytes, step by
 * units: a unit 0A is a newline and nothing else in every one of these encodings. */
size_t encoding_unit(const struct encoding *encoding);

/*
 * What the bytes from the beginning of a file are written in, never NULL. The first that holds:
 *
 * 1. A BOM says so; *ret_bom is its length, else 0.
 * 2. UTF-16 by its NULs: the first unit is ASCII text and the first line has no U+0000.
 * 3. Valid UTF-8, also ASCII or nothing at all; but not with NULs where `named` is UTF-16.
 * 4. `named`, what the user says, unless NULL.
 * 5. Valid CP932. Bytes without a character there (80, A0, FD-FF) and the user-defined area don't
 *    count as valid: in a Western text these are common letters (o with acute or diaeresis, n with
 *    tilde), in a Japanese one next to never found. Whoever has them names the encoding.
 * 6. Windows-1252.
 *
 * `cut` says that the file goes on behind these bytes: then an unfinished character at their very
 * end is held against nothing. Without it, a lone E9 at the end of a file makes it Windows-1252.
 */
const struct encoding *encoding_detect(const char *bytes, size_t length, bool cut,
                                       const struct encoding *named, size_t *ret_bom);

/* Append the text to out as UTF-8. What can't be decoded, an unpaired surrogate and an unfinished
 * character at the end among them, becomes U+FFFD; an ASCII byte behind a damaged character always
 * stays, so that quotes and line ends do. A BOM is not skipped. Out of memory: out->failed. */
void encoding_decode(const struct encoding *encoding, const char *bytes, size_t length,
                     struct text *out);

#endif
