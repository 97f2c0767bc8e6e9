/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/page_rate.h"

#include <string.h>

static const char key[] = "page_reads";

void page_rate_keep(const struct page_rate *rate, struct text *state)
{
    char line[RATE_SAMPLE_SIZE];
    state_file_add(state, key, "%s", rate_sample_print(line, &rate->sample));
    cadence_keep(&rate->cadence, state);
}

bool page_rate_kept(const struct state_file_entry *entry, struct page_past *ret)
{
    if (strcmp(entry->key, key) != 0 || !rate_sample_parse(entry->value, &ret->sample))
        return cadence_kept(entry, &ret->cadence);
    ret->has_sample = true;
    return true;
}

/* The least interval is one second. Where the timeout leaves less, it is half of what is left, so
 * that -t 1 works, too. */
enum { LEAST_INTERVAL = 1 };

/* Below this a single page read would look like an alarm: one in a quarter of a second is 4/s. */
enum { SHORTEST = 250 }; /* milliseconds */

bool page_rate_interval_fits(const struct run *run, unsigned long interval, struct error *err)
{
    const struct common_options *common = run->options;
    return interval < common->timeout || interval == LEAST_INTERVAL ||
           error_set(err, "--interval=%lu is too long for --timeout=%lu", interval,
                     common->timeout);
}

/* How long to measure, in milliseconds. */
static unsigned time_to_measure(unsigned long interval)
{
    unsigned wanted = (unsigned)interval * 1000, half = deadline_left() / 2;
    return interval > LEAST_INTERVAL || wanted < half ? wanted : half;
}

static bool measure(struct run *run, unsigned long interval, struct rate_sample *sample,
                    struct rate *ret, struct error *err)
{
    struct rate_sample first = *sample;
    struct paging paging;
    unsigned milliseconds = time_to_measure(interval);
    if (milliseconds < SHORTEST)
        return error_set(err, "no time left to measure page reads: --timeout must be longer");
    clock_sleep(milliseconds);
    if (!paging_read(run->source, &paging, err))
        return false;
    *sample = paging.sample;
    enum rate_verdict verdict = rate_between(&first, sample, ret);
    return verdict == RATE_OK || error_set(err, "the sample of %.1f s ago is %s",
                                           (double)milliseconds / 1000, rate_verdict_text(verdict));
}

/* How old the sample may be while it is not known how often the check runs: as checks are apart at
 * least. A second of measuring is the honest answer to anything older. */
enum { FIRST_GAP = 30 }; /* seconds */

/* The mean since the previous run, if that run was as long ago as runs are; else *why not. */
static bool find_since(const struct page_past *past, const struct rate_sample *now,
                       struct page_rate *found, struct rate *ret, struct error *why)
{
    double passed = (double)(now->wall - past->sample.wall) / 1000;
    struct error old;
    enum rate_verdict verdict = rate_since(&past->sample, now, ret);
    found->too_young = verdict == RATE_TOO_YOUNG;
    if (verdict != RATE_CLOCK_STEPPED)
        cadence_learn(&found->cadence, passed);
    if (verdict != RATE_OK)
        return error_set(why, "the previous sample is %s", rate_verdict_text(verdict));
    return cadence_fits(&past->cadence, ret->seconds, FIRST_GAP, &old) ||
           error_set(why, "the previous sample %s", old.text);
}

bool page_rate_find(struct run *run, const struct rate_sample *now, const struct page_past *past,
                    const struct error *why, unsigned long interval, struct page_rate *ret,
                    struct error *err)
{
    struct page_rate found = {.sample = *now, .cadence = past->cadence};
    struct error unusable = *why;
    struct rate rate = {0};
    if (past->has_sample && find_since(past, now, &found, &rate, &unusable))
        result_note(&run->result.root, "the mean of the %.0f s since the previous run",
                    rate.seconds);
    else if (measure(run, interval, &found.sample, &rate, err))
        result_note(&run->result.root, "measured for %.1f s: %s", rate.seconds, unusable.text);
    else
        return false;
    found.reads = rate.value;
    if (!paging_tell(run->source, rate.value, err))
        return false;
    *ret = found;
    return true;
}
