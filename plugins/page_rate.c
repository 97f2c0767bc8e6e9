/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugins/page_rate.h"

#include <string.h>

static const char key[] = "page_reads";

void page_rate_keep(const struct page_rate *rate, struct text *state)
{
    char line[RATE_SAMPLE_SIZE];
    state_file_add(state, key, "%s", rate_sample_print(line, &rate->sample));
}

bool page_rate_kept(const struct state_file_entry *entry, struct rate_sample *ret)
{
    return !strcmp(entry->key, key) && rate_sample_parse(entry->value, ret);
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
           error_set(err, "--interval=%lu is longer than --timeout=%lu lets it measure", interval,
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

bool page_rate_find(struct run *run, const struct rate_sample *now,
                    const struct rate_sample *previous, const struct error *why,
                    unsigned long interval, struct page_rate *ret, struct error *err)
{
    struct page_rate found = {.sample = *now};
    struct error unusable = *why;
    struct rate rate = {0};
    enum rate_verdict verdict = RATE_OTHER_KIND;
    if (previous) {
        verdict = rate_since(previous, now, &rate);
        error_set(&unusable, "the previous sample is %s", rate_verdict_text(verdict));
    }
    if (verdict != RATE_OK && !measure(run, interval, &found.sample, &rate, err))
        return false;
    if (verdict == RATE_OK)
        result_note(&run->result.root, "the mean of the %.0f s since the previous run",
                    rate.seconds);
    else
        result_note(&run->result.root, "measured for %.1f s: %s", rate.seconds, unusable.text);
    found.too_young = verdict == RATE_TOO_YOUNG;
    found.reads = rate.value;
    if (!paging_tell(run->source, rate.value, err))
        return false;
    *ret = found;
    return true;
}
