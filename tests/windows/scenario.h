/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The file that tells the doubles of PDH and WMI what kind of host to be, named by the environment
 * variable SCENARIO. One line each, in UTF-8; '#' begins a comment.
 *
 * Of PDH:
 *   \Object(Instance)\Counter = 98        a value; several, for the first collection, the second
 *                                         and so on (the last stays): "0xC0000BC6 98"
 *                                         0x...: that status instead; gone: the instance is not
 *                                         there; 0x1:98: that status and this value
 *   raw \Memory\Page Reads/sec = TYPE FREQUENCY COUNT/TICKS COUNT/TICKS
 *   local 4 Arbeitsspeicher = Memory      what this Windows calls the name with this index
 *   open 0x...                            PdhOpenQueryW answers so
 *   add \Object\Counter 0x...             adding this counter does
 *   collect 0x... 0x0                     PdhCollectQueryData does; hang: it never answers
 *   empty 0x...                           the array of no instances does
 *   grow 2                                so often, an array has grown when it is asked for
 *   shrink 1                              so many instances have gone when it is asked for
 *   claim 1                               it says so many more than there are
 *
 * Of WMI:
 *   namespace root\cimv2                  what follows is in it
 *   class Name: Property Property ...     has these properties, and the rows that follow
 *   row cell | cell | ...                 a cell is text, or typed: i4:5 u32:5 u64:5 r8:1.5
 *                                         bool:true null empty array object; nothing: text of none;
 *                                         0x...: reading it does
 *   connect NAMESPACE 0x...               connecting to it answers so; hang: it never answers
 *   exec CLASS 0x...                      ExecQuery does
 *   lacks CLASS 0x...                     Next does, where a property is asked for that it lacks
 *   next CLASS 5 0x...                    behind 5 rows, Next does; hang: it never answers;
 *                                         slow: it answers at its own timeout, that it has none;
 *                                         late: it takes half a second for the next row
 *
 * "include FILE" stands for the lines of that file.
 * "*1024 LINE" is 1024 such lines, in which %d, %04d ... is the number from 0 on.
 */
#ifndef TESTS_WINDOWS_SCENARIO_H
#define TESTS_WINDOWS_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

struct scenario {
    wchar_t **lines; /* comments and empty ones left out */
    size_t count;
};

/* Read on the first call; without SCENARIO, or where it can't be read, it has no lines. */
const struct scenario *scenario_get(void);

/* What follows this word on a line that begins with it; NULL: another line. */
const wchar_t *scenario_after(const wchar_t *line, const wchar_t *word);

/* The first line that begins with this word and then this name (in any case): what follows; NULL:
 * there is none. */
const wchar_t *scenario_of(const wchar_t *word, const wchar_t *name);

/* The number (decimal, 0x...) at *at, which moves behind it and the blanks; false: there is none.
 */
bool scenario_number(const wchar_t **at, unsigned long long *ret);

/* Sleep for good if that is what follows. */
void scenario_hang(const wchar_t *rest);

/* Write into SCENARIO.WHO what was opened and what was left open, as the process ends. */
void scenario_report(const wchar_t *who, const char *what, long opened, long left);

#endif
