/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * How far apart the runs of a check usually are, learned from run to run and kept in its state.
 *
 * What the previous run saw tells about now only if that run was about as long ago as usual. Where
 * two monitoring servers share a check, the one that takes over finds what it kept itself, hours
 * before: a mean since then would tell of what is long over, or hide what is going on.
 *
 * No scheduler tells a check its interval, and there is not one: a problem is looked at again
 * sooner (Icinga's retry_interval, often a fifth). So the usual distance follows a shorter one by a
 * quarter of the difference only, and a longer one at once, but by no more than CADENCE_LONGER: one
 * long pause does not make the next one usual, while an interval that was changed is believed after
 * a few runs.
 *
 *     while (state_file_next(&file, &entry)) if (cadence_kept(&entry, &cadence)) ...
 *     if (!cadence_fits(&cadence, age, 30, &why)) ... "the previous sample " why.text
 *     cadence_learn(&cadence, age);
 *     cadence_keep(&cadence, &text);
 */
#ifndef PLUGIN_CADENCE_H
#define PLUGIN_CADENCE_H

#include "plugin/state_file.h"

struct cadence {
    double seconds; /* between two runs; 0: not known yet */
};

/* Whether something of so many seconds ago is of the previous run as it should be: at most
 * CADENCE_LONGER times the usual distance, or while that is not known, unless_known. False: *why is
 * "is 3600 s old, and the check runs every 60 s". */
enum { CADENCE_LONGER = 3 };
bool cadence_fits(const struct cadence *cadence, double seconds, double unless_known,
                  struct error *why);

/* A run so many seconds after the previous one. */
void cadence_learn(struct cadence *cadence, double seconds);

/* The line of a state, and back; false: it is another line. */
void cadence_keep(const struct cadence *cadence, struct text *state);
bool cadence_kept(const struct state_file_entry *entry, struct cadence *ret);

#endif
