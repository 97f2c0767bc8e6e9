/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Numbers and names as people and parsers want to read them.
 *
 * Each writes into a small buffer of the caller's and returns it, so that several fit into one
 * printf: SHOW(show_memory, bytes) takes a buffer that lives as long as the enclosing block.
 */
#ifndef PLUGIN_SHOW_H
#define PLUGIN_SHOW_H

#include <stddef.h>

enum { SHOW_SIZE = 40 };

#define SHOW(function, ...) function((char[SHOW_SIZE]){0}, __VA_ARGS__)

/* "850 MB" below 10 GB, "31.2 GB" above, "63.6 MB" below 100 MB where it is not whole, since there
 * the limits are; 1 MB = 2^20 bytes, as Hyper-V counts. */
char *show_memory(char text[SHOW_SIZE], double bytes);

/* The plain number with the fewest decimals that read back as the same value, at most 15 digits
 * behind the point; no exponent: PNP4Nagios reads 1e+09 as 1. */
char *show_exact(char text[SHOW_SIZE], double value);

/* At most two decimals, none that are zero: for perfdata values. */
char *show_rounded(char text[SHOW_SIZE], double value);

/* The nearest whole number, halves away from zero. Not round(): compilers have floor() built in,
 * and that one function would be all that the programs load a second library for at every start. */
double show_nearest(double value);

/* "98.04 %": as rounded, so that what is just above a limit of 98 does not read as 98. */
char *show_percent(char text[SHOW_SIZE], double value);

/* The word for one, or that for another number: "VM" or "VMs". */
const char *show_plural(size_t count, const char *one, const char *many);

/* A name chosen by somebody else (a VM's, a file's), cut to NAME_COLUMNS characters with "…", and
 * between marks: where a first line is too long, the renderer shortens names first, and must know
 * where they are. The marks are noncharacters, which Unicode keeps for such a use; neither an error
 * nor an output ever has them. What cannot be printed is left to the renderer, which makes every
 * text safe. */
#define NAME_BEGIN "\xEF\xB7\x90" /* U+FDD0 */
#define NAME_END   "\xEF\xB7\x91" /* U+FDD1 */
enum { NAME_MARK = sizeof NAME_BEGIN - 1 };
enum { NAME_COLUMNS = 64, NAME_SIZE = NAME_COLUMNS * 4 + 4 + 2 * NAME_MARK };
char *show_name_in(char text[NAME_SIZE], const char *name);

/* NAME_BEGIN or NAME_END at the beginning of this text, or NULL. */
const char *show_mark(const char *text);

/* Take the marks out, in place. */
void show_unmark(char *text);

#define SHOW_NAME(name) show_name_in((char[NAME_SIZE]){0}, (name))

#endif
