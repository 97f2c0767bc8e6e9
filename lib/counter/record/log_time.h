/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * When a row of a log was written, in UTC.
 *
 * A row shows the clock on the wall; the header tells how far that is from UTC in the minute in
 * which the log began. What a change of daylight saving makes of it meanwhile is mostly seen in the
 * rows (pdh_map.h), but not where those rows are missing. The other evidence is the file's own
 * time: a log that was last written to when its last row was an hour younger or older than its
 * clock says, has passed such a change. And where the header has lost its zone, it is the only
 * evidence.
 *
 * A copy that does not keep the file's time can't be told from a log that is still written. It is
 * believed where it agrees with the rows alone. Nor is a time believed that is older than the last
 * row: Windows may leave that of a file alone until whoever writes it closes it (Microsoft, File
 * Times).
 */
#ifndef COUNTER_RECORD_LOG_TIME_H
#define COUNTER_RECORD_LOG_TIME_H

#include "counter/record/stamp.h"

struct log_time {
    stamp wall;
    bool has_bias;
    int bias;         /* minutes, of this row as far as the rows tell */
    const char *zone; /* as the header names it, or "" */
    bool is_last;     /* it is the last row of the file */
    int64_t written;  /* the file's own time, ms since 1970-01-01 00:00 UTC */
};

/* False: nothing tells. */
bool log_time_utc(const struct log_time *row, int64_t *ret);

/* Is what was written then, in UTC, more than so many seconds older than now, -1, or as much in the
 * future, 1? 0: neither, or most is 0. */
int log_time_judge(int64_t utc, int64_t now, unsigned long most);

#endif
