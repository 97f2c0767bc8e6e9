/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Ranges: what is accepted prints as a range that means the same. */
#include "fuzz.h"

#include "plugin/show.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void see(const char *text, enum range_unit unit)
{
    struct range range, again;
    struct error err;
    if (!range_parse(text, unit, &range, &err)) {
        HOLDS(*err.text && strlen(err.text) < sizeof err.text);
        return;
    }
    HOLDS(range.set && range.start <= range.end);
    const double values[] = {range.start, range.end, range.start / 2 + range.end / 2, 0, -1, 1e300};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (!isnan(values[i]))
            HOLDS(range_alarms(&range, values[i]) ==
                  ((values[i] >= range.start && values[i] <= range.end) == range.inside));
    HOLDS(range_alarms(&range, NAN));

    char printed[RANGE_TEXT_SIZE], described[RANGE_TEXT_SIZE];
    HOLDS(*range_describe(described, &range, unit));
    HOLDS(*range_print(printed, &range));
    struct range total = range_of_total(range, 34359738368.0);
    HOLDS(!total.of_total && (total.start <= total.end));

    /* Printed are plain numbers: those of a memory range count bytes. */
    bool percent = range.of_total || unit != RANGE_MEMORY;
    if (!percent || fabs(range.start) < 1e6) {
        HOLDS(range_parse(printed, RANGE_NUMBER, &again, &err) || strlen(printed) > 15);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_string(data, size);
    see(text, RANGE_NUMBER);
    see(text, RANGE_PERCENT);
    see(text, RANGE_MEMORY);
    free(text);
    return 0;
}
