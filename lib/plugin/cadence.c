/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/cadence.h"

#include <string.h>

static const char key[] = "every";

/* A first distance may be anything: the second run of all may be the one that takes over. */
enum { LONGEST_FIRST = 300 }; /* seconds */

/* What a file may say at most: eleven days. */
enum { MOST = 1000000 }; /* seconds */

bool cadence_fits(const struct cadence *cadence, double seconds, double unless_known,
                  struct error *why)
{
    if (cadence->seconds <= 0)
        return seconds <= unless_known ||
               error_set(why, "is %.0f s old, and how often the check runs is not known yet",
                         seconds);
    return seconds <= CADENCE_LONGER * cadence->seconds ||
           error_set(why, "is %.0f s old, and the check runs every %.0f s", seconds,
                     cadence->seconds);
}

static double smaller_of(double a, double b)
{
    return a < b ? a : b;
}

void cadence_learn(struct cadence *cadence, double seconds)
{
    double usual = cadence->seconds;
    if (seconds <= 0)
        return;
    if (usual <= 0)
        cadence->seconds = smaller_of(seconds, LONGEST_FIRST);
    else if (seconds > usual)
        cadence->seconds = smaller_of(seconds, CADENCE_LONGER * usual);
    else
        cadence->seconds = usual - (usual - seconds) / 4;
}

void cadence_keep(const struct cadence *cadence, struct text *state)
{
    if (cadence->seconds > 0)
        state_file_add(state, key, "%.1f", smaller_of(cadence->seconds, MOST));
}

/* A whole number without a sign, up to whatever ends it. */
static bool parse_whole(const char **at, unsigned long most, unsigned long *ret)
{
    unsigned long value = 0;
    const char *start = *at;
    for (; **at >= '0' && **at <= '9' && value <= most; ++*at)
        value = value * 10 + (unsigned long)(**at - '0');
    *ret = value;
    return *at > start && value <= most;
}

bool cadence_kept(const struct state_file_entry *entry, struct cadence *ret)
{
    unsigned long whole, tenths;
    const char *at = entry->value;
    if (strcmp(entry->key, key) != 0 || !parse_whole(&at, MOST, &whole) || *at++ != '.' ||
        !parse_whole(&at, 9, &tenths) || *at)
        return false;
    ret->seconds = (double)whole + (double)tenths / 10;
    return true;
}
