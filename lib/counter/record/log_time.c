/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/record/log_time.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
    MINUTE = 60 * 1000,
    /* Between a last row and the last word into the file: what typeperf says at its end. */
    CLOSE = 15 * MINUTE,
    EXACT = 150 * 1000, /* the same, where nothing else is known of the row's time */
};

/* Zones without daylight saving, by the English names that Windows has for them. An hour's
 * difference is no change of theirs. Source: Microsoft's list of time zones, those whose rules have
 * none in any year since 2016. */
static const char *const plain_zones[] = {
    "UTC",
    "Coordinated Universal Time",
    "Afghanistan Standard Time",
    "Arab Standard Time",
    "Arabian Standard Time",
    "AUS Central Standard Time",
    "Bangladesh Standard Time",
    "Central America Standard Time",
    "Central Asia Standard Time",
    "China Standard Time",
    "E. Africa Standard Time",
    "E. Australia Standard Time",
    "Greenwich Standard Time",
    "Hawaiian Standard Time",
    "India Standard Time",
    "Korea Standard Time",
    "Myanmar Standard Time",
    "Nepal Standard Time",
    "SE Asia Standard Time",
    "SA Pacific Standard Time",
    "Singapore Standard Time",
    "South Africa Standard Time",
    "Sri Lanka Standard Time",
    "Taipei Standard Time",
    "Tokyo Standard Time",
    "US Mountain Standard Time",
    "W. Central Africa Standard Time",
    "West Asia Standard Time",
    "West Pacific Standard Time",
};

static bool may_change(const char *zone)
{
    for (size_t i = 0; i < sizeof plain_zones / sizeof *plain_zones; i++)
        if (!strcmp(zone, plain_zones[i]))
            return false;
    return true;
}

/* Was the file last written to when this was the time of its last row? */
static bool agrees(const struct log_time *row, int64_t utc, int64_t slack)
{
    int64_t between = row->written - utc;
    return row->is_last && between <= slack && between >= -slack;
}

/* Zones are whole half hours from UTC, but for these: Nepal, Eucla, and Chatham's two. */
static bool is_zone(int64_t minutes)
{
    return minutes % 30 == 0 || minutes == 345 || minutes == 525 || minutes == 765 ||
           minutes == 825;
}

static bool by_file_alone(const struct log_time *row, int64_t *ret)
{
    for (int64_t ahead = -12 * 60; ahead <= 14 * 60; ahead += 15) {
        int64_t utc = row->wall - ahead * MINUTE;
        if (!is_zone(ahead) || !agrees(row, utc, EXACT))
            continue;
        *ret = utc;
        return true;
    }
    return false;
}

int log_time_judge(int64_t utc, int64_t now, unsigned long most)
{
    int64_t age = (now - utc) / 1000, at_most = (int64_t)most;
    if (!most)
        return 0;
    return age > at_most ? -1 : age < -at_most;
}

bool log_time_utc(const struct log_time *row, int64_t *ret)
{
    static const int64_t changes[] = {0, 60 * MINUTE, -60 * MINUTE};
    if (!row->has_bias)
        return by_file_alone(row, ret);
    int64_t utc = row->wall + (int64_t)row->bias * MINUTE;
    *ret = utc;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        if ((i == 0 || may_change(row->zone)) && agrees(row, utc + changes[i], CLOSE)) {
            *ret = utc + changes[i];
            break;
        }
    return true;
}
