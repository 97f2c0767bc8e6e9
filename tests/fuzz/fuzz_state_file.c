/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * State files: whatever the bytes, none or whole entries; what was written is read again; a rate
 * from any two samples is a number that can be. Then check_hv_page_reads on it.
 */
#include "fuzz.h"

#include "check/suite.h"

#include "counter/rate.h"
#include "plugin/cadence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct state_owner owner = {"check_hv_page_reads", "local", "host"};

/* Whatever a state says of how often the check runs, it is a time that such a run fits, and four
 * times it does not; or it says nothing. */
static void see_cadence(const char *value)
{
    struct cadence cadence = {-1};
    struct error why;
    const struct state_file_entry entry = {"every", value};
    HOLDS(cadence_kept(&entry, &cadence) == (cadence.seconds >= 0));
    if (cadence.seconds <= 0)
        return;
    HOLDS(cadence.seconds <= 1e6 + 1 && cadence_fits(&cadence, cadence.seconds, 0, &why) &&
          !cadence_fits(&cadence, 4 * cadence.seconds, 0, &why));
    cadence_learn(&cadence, 60);
    HOLDS(cadence.seconds > 0);
}

static unsigned open_all(const char *bytes, size_t length)
{
    struct text text = {0};
    struct state_file file;
    struct state_file_entry entry;
    struct error err;
    unsigned count = 0;
    text_add(&text, bytes, length);
    if (state_file_open(&text, &owner, &file, &err))
        while (state_file_next(&file, &entry)) {
            HOLDS(*entry.key != ' ' && !strpbrk(entry.key, " \n") && !strchr(entry.value, '\n'));
            count++;
        }
    else
        HOLDS(*err.text);
    text_free(&text);
    return count;
}

static void see_rate(const char *first, const char *second)
{
    struct rate_sample before, now, again;
    struct rate rate;
    char line[RATE_SAMPLE_SIZE];
    if (!rate_sample_parse(first, &before))
        return;
    HOLDS(rate_sample_parse(rate_sample_print(line, &before), &again));
    HOLDS(!memcmp(&before.raw.count, &again.raw.count, sizeof before.raw.count));
    if (!second || !rate_sample_parse(second, &now))
        return;
    enum rate_verdict verdict = rate_since(&before, &now, &rate);
    HOLDS(*rate_verdict_text(verdict));
    if (verdict == RATE_OK)
        HOLDS(isfinite(rate.value) && rate.value >= 0 && rate.value <= 1e6 && rate.seconds > 0);
}

/* The lines are values of a state that is written as it must be. */
static void see_written(char *lines)
{
    static const char *const arguments[] = {"check_hv_page_reads", "-v", NULL};
    struct text text = {0}, out = {0};
    unsigned count = 0;
    char name[STATE_FILE_NAME_SIZE];
    const char *before = NULL;
    state_file_begin(&text, &owner);
    for (char *line = lines, *end; line; line = end, count++) {
        end = strchr(line, '\n');
        if (end)
            *end++ = '\0';
        state_file_add(&text, "page_reads", "%s", line);
        see_cadence(line);
        if (before)
            see_rate(before, line);
        before = line;
    }
    state_file_end(&text);
    HOLDS(!text.failed);
    HOLDS(open_all(text.bytes, text.length) == count);

    memory_file(state_file_name(name, &owner), (const uint8_t *)text.bytes, text.length);
    memory_rate =
        (struct raw_rate){.count = 8000, .ticks = 91280113, .frequency = 1000, .bits = 64};
    int status = check_run(&check_hv_page_reads, 2, (char *const *)(uintptr_t)arguments, &out);
    HOLDS(status == STATE_OK || status == STATE_WARNING || status == STATE_CRITICAL);
    memory_rate.frequency = 0;
    memory_clear();
    text_free(&out);
    text_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    open_all((const char *)data, size);
    char *lines = fuzz_string(data, size);
    see_written(lines);
    free(lines);
    return 0;
}
