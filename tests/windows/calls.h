/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Calls of Windows that fail when they are told to, counted among allocations
 * (tests/faults/memory.h). They are caught in the program's table of imports; the doubles of PDH
 * and WMI, and Windows' own libraries, have tables of their own.
 */
#ifndef TESTS_WINDOWS_CALLS_H
#define TESTS_WINDOWS_CALLS_H

#include "tests/faults/memory.h"

#include <windows.h>

#include <stdbool.h>

enum { SECOND = 10000000 };

struct calls {
    DWORD told;        /* by those that fail */
    const char *where; /* the one that did; NULL: an allocation */
    long handles;      /* open, and whatever else must be given back */

    /* The clock, as a FILETIME. It stands, but while a check sleeps. The system's ticks go by it,
     * and a counter of 2/s. */
    ULONGLONG now;
    DWORD slept; /* milliseconds, the last time */
    DWORD ticks; /* that GetTickCount() is ahead */

    /* What a private file has stays, so that each run finds the same; what a run would put in its
     * place stays under the other name, left behind for the next one. */
    bool keeps;

    const wchar_t *words; /* that Windows has for any code; NULL: its own */
    DWORD attributes;     /* that every file has, too: Wine follows links and shows none */
    bool full;  /* no byte is read or written any more, and Windows calls that a success */
    bool grows; /* a value of the registry, between asking for its size and for itself */
};
extern struct calls calls;

/* The key that a setting of Hyper-V is in. */
#define RESERVE "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Virtualization"

/* From here on they are caught. The registry of this machine becomes a key of the tests' user, in
 * which MemoryReserve is 2048. */
bool calls_catch(void);

#endif
