/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a check compares the present with: what a recorded log holds of the past, or what earlier
 * runs kept (keep.h). A live host has no other past, and neither has a record that is kept up to
 * date, whose log has one row (contrib/record). That it is watched, and not just looked at, is told
 * by --max-age: whoever looks at a record leaves no trace.
 */
#ifndef CHECK_PAST_H
#define CHECK_PAST_H

#include "check/check.h"

/* The moment of what a source tells, in ms since 1970: a record's is that of its row, in UTC where
 * its header tells the time zone, else by the recorded host's clock. */
int64_t past_moment(const struct source *source);

/* Must earlier runs have kept it? Not where a moment of a log is asked for (--at, --since), which
 * nothing may depend on but the log. False: the log can't be read. */
bool past_is_kept(const struct run *run, unsigned long since, bool *ret, struct error *err);

#endif
