/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Where the headers and the rows of a log of performance counters stand.
 *
 * A log has one header, unless something was appended to it (`typeperf >> file`, files put together
 * by hand): then a row belongs to the header above it, which may have other columns, another
 * delimiter, another encoding and another time zone. That there is no second header can't be known
 * without a look at every byte, so the whole file is passed once, in pieces: a search for line ends
 * and for "(", which no row has, and the time stamp of every row.
 *
 * The rows of a header are in parts: a new one begins wherever the time stamps go back, and where
 * they leap by an hour as they do when daylight saving begins. Within a part a moment is found by
 * bisection; which of two equal moments of a repeated hour came first, the parts' order tells.
 */
#ifndef COUNTER_RECORD_PDH_MAP_H
#define COUNTER_RECORD_PDH_MAP_H

#include "counter/record/stamp.h"
#include "platform/platform.h"

enum { PDH_STAMP_AT_MOST = 128 }; /* bytes of a line that tell what it is */

struct pdh_map_header {
    uint64_t begin;  /* of its line, a byte order mark included */
    unsigned number; /* of its line, from 1 */
    bool broken;     /* what is left of a header: which columns the rows below have is not known */
    unsigned unit;   /* bytes of a character: 1, or 2 in UTF-16 */
    bool big;        /* UTF-16BE */
    char delimiter;
    bool has_bias; /* typeperf's screen output has none */
    int bias;      /* minutes: UTC = time stamp + bias, when the log began */
};

struct pdh_map_part {
    uint32_t header;
    bool has_row;
    uint64_t begin, last, end; /* of the first row, of the last, behind the last */
    unsigned number;           /* of the line at begin */
    stamp first_stamp, last_stamp;
    int shift;    /* minutes that the clock of these rows is ahead of that of the header */
    unsigned bad; /* number of a line behind the last row that must be a row, though its time
                     stamp can't be read; 0: none */
    uint64_t bad_begin;
};

struct pdh_map {
    struct pdh_map_header *headers;
    size_t header_count, header_room;
    struct pdh_map_part *parts;
    size_t part_count, part_room;
    unsigned others; /* lines behind the last row that are neither rows nor empty */
};

/* "(PDH-CSV 4.0) (Tokyo Standard Time)(-540)": whether it is the first field of a header, and the
 * bias. Windows cuts a zone's name at its first letter that is not ASCII, and then the bias with
 * it: "(PDH-CSV 4.0) (Paris, Madrid (heure d". */
bool pdh_format_parse(const char *format, bool *ret_has_bias, int *ret_bias);

/* What a line is, by its beginning. BAD: a row, though its time stamp can't be read. CUT: the
 * beginning of one. */
enum pdh_line { PDH_LINE_EMPTY, PDH_LINE_ROW, PDH_LINE_BAD, PDH_LINE_CUT, PDH_LINE_TEXT };

struct pdh_map_line {
    enum pdh_line kind;
    stamp when; /* of a row */
};

/* The line that begins with these bytes, below this header. */
struct pdh_map_line pdh_map_line(const struct pdh_map_header *header, const char *bytes,
                                 size_t length);

/* Pass the whole file. False: it can't be read, or there is no memory. Either way it must be given
 * back. */
bool pdh_map_make(struct pdh_map *map, const struct file *file, struct error *err);
void pdh_map_free(struct pdh_map *map);

#endif
