/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The tables of the code pages, for encoding.c alone; make-codepages writes them when building.
 *
 * What a page leaves unassigned stands as U+FFFD. All pages are ASCII below 0x80.
 */
#ifndef COUNTER_RECORD_CODEPAGES_H
#define COUNTER_RECORD_CODEPAGES_H

#include <stdint.h>

enum {
    CODEPAGE_932_ROWS = 50, /* lead bytes 81-9F, E0-EF and FA-FC; F0-F9 are the user's, in order */
    CODEPAGE_932_CELLS = 188, /* trail bytes 40-7E and 80-FC */
};

/* The two-byte characters of Microsoft's Shift JIS. */
extern const uint16_t codepage_932[CODEPAGE_932_ROWS][CODEPAGE_932_CELLS];

/* The upper halves of the single-byte pages. */
enum codepage {
    CODEPAGE_1250,
    CODEPAGE_1251,
    CODEPAGE_1252,
    CODEPAGE_1253,
    CODEPAGE_1254,
    CODEPAGE_1255,
    CODEPAGE_1256,
    CODEPAGE_1257,
    CODEPAGE_1258,
    CODEPAGE_437,
    CODEPAGE_850,
    CODEPAGE_852,
    CODEPAGE_858,
    CODEPAGE_866,
    CODEPAGE_874,
    CODEPAGES
};

extern const uint16_t codepage_upper[CODEPAGES][128];

#endif
