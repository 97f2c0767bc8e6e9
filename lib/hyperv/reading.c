/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/reading.h"

#include "plugin/name.h"
#include "plugin/scan.h"

#include <string.h>

/* What an operator can do about it; the reason that the source gave stands in front. */
static const char *const remedies[] = {
    [READ_DENIED] = "no right to read it: add the account to Performance Monitor Users and "
                    "Hyper-V Administrators",
    [READ_DAMAGED] = "the system's counter registration is damaged: run lodctr /R as administrator",
    [READ_TIMEOUT] = "the system did not answer in time",
    [READ_LANGUAGE] =
        "a log in the language of its Windows can't be read: record with --record=DIR "
        "of these programs there, which writes English names on every Windows",
};

bool reading_explain_error(struct error *err)
{
    size_t known = sizeof remedies / sizeof *remedies;
    struct error cause = *err;
    if ((size_t)cause.code < known && remedies[cause.code])
        error_set_code(err, cause.code, "%s: %s", cause.text, remedies[cause.code]);
    return false;
}

bool reading_is_absent(const struct error *err)
{
    return err->code == READ_NO_OBJECT || err->code == READ_NO_COUNTER ||
           err->code == READ_NO_SAMPLE || err->code == READ_INVALID || err->code == READ_DENIED ||
           err->code == READ_UNSUPPORTED || err->code == READ_LANGUAGE;
}

bool reading_explain(const struct source *source, const struct counter *counter, struct error *err)
{
    const char *instances = counter->instances ? "(*)" : "";
    bool of_hyperv = scan_begins(counter->object, "Hyper-V Dynamic Memory ");
    if (counter->reading == READ_NO_OBJECT && of_hyperv)
        return error_set_code(err, READ_NO_OBJECT,
                              "no Hyper-V Dynamic Memory counters %s: is the Hyper-V "
                              "role installed? (%s)",
                              source_place(source), counter->problem);
    if (counter->reading == READ_NO_COUNTER)
        return error_set_code(err, READ_NO_COUNTER,
                              "the counter \\%s%s\\%s is missing on this Windows (%s)",
                              counter->object, instances, counter->name, counter->problem);
    error_set_code(err, (int)counter->reading, "\\%s%s\\%s: %s", counter->object, instances,
                   counter->name, counter->problem);
    return reading_explain_error(err);
}

const char *reading_missing(const struct counter *counter, struct arena *arena)
{
    return arena_format(arena, "%s (%s)", counter->name, counter->problem);
}

bool reading_is_untold(const struct counter *counter)
{
    return counter->newer &&
           (counter->reading == READ_NO_OBJECT || counter->reading == READ_NO_COUNTER ||
            counter->reading == READ_NO_SAMPLE);
}

bool reading_value(const struct sample *sample, enum counter_unit unit, double *ret)
{
    static const double underflow = 4026531840.0; /* 0xF0000000 */
    if (!sample || !sample->present || !(sample->value >= 0))
        return false;
    if (unit != UNIT_TOTAL && sample->value >= underflow)
        return false;
    *ret = unit == UNIT_MEGABYTES ? sample->value * MEGABYTE : sample->value;
    return true;
}

bool reading_pressure(const struct sample *sample, double *ret)
{
    double value;
    if (!reading_value(sample, UNIT_PERCENT, &value) || !(value > 0))
        return false;
    *ret = value;
    return true;
}

const struct sample *reading_find(const struct counter *counter, const struct sample *same,
                                  size_t *cursor)
{
    for (size_t i = 0; i < counter->count; i++) {
        size_t at = (*cursor + i) % counter->count;
        const struct sample *sample = &counter->samples[at];
        if (sample->ordinal == same->ordinal && name_equal(sample->instance, same->instance)) {
            *cursor = at + 1;
            return sample;
        }
    }
    return NULL;
}

void reading_ask(struct counter *counters, const char *object, const struct counter_name *names,
                 size_t count)
{
    for (size_t i = 0; i < count; i++)
        counters[i] = (struct counter){
            .object = object, .name = names[i].name, .instances = true, .newer = names[i].newer};
}
