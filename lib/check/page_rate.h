/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The parent's page reads a second, for the checks that judge them: the mean since the previous
 * run, or what a second brings where that left nothing to reckon from.
 */
#ifndef CHECK_PAGE_RATE_H
#define CHECK_PAGE_RATE_H

#include "check/kept_state.h"
#include "hyperv/paging.h"
#include "plugin/cadence.h"

struct page_rate {
    double reads;              /* a second */
    struct rate_sample sample; /* what the next run needs */
    struct cadence cadence;    /* this, too */
    bool too_young;            /* the previous run was moments ago: keep what it kept */
};

/* What the previous run left. */
struct page_past {
    struct rate_sample sample;
    bool has_sample;
    struct cadence cadence;
};

/* Whether so many seconds can be measured before the timeout; asked for before there is a need to,
 * so that a wrong option shows in the first run. False: the message. */
bool page_rate_interval_fits(const struct run *run, unsigned long interval, struct error *err);

/* Find it from a sample of now and the past; where that has no sample, *why tells what is wrong. A
 * sample that is much older than the check's runs are apart is none. Adds a note on what time it is
 * the mean of. Not for a source that holds rates. */
bool page_rate_find(struct run *run, const struct rate_sample *now, const struct page_past *past,
                    const struct error *why, unsigned long interval, struct page_rate *ret,
                    struct error *err);

/* The lines of a state that hold this, and back; false: it is another line. */
void page_rate_keep(const struct page_rate *rate, struct text *state);
bool page_rate_kept(const struct state_file_entry *entry, struct page_past *ret);

#endif
