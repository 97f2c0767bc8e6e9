/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/guest.h"

bool guest_read(struct source *source, struct guest *ret, struct error *err)
{
    struct counter counters[] = {
        {.object = MEMORY_OBJECT, .name = MEMORY_AVAILABLE},
        {.object = HYPERV_INTEGRATION, .name = HYPERV_INTEGRATION_MAXIMUM},
    };
    const struct counter *available = &counters[0], *maximum = &counters[1];
    if (!source_counters(source, counters, 2, err))
        return reading_explain_error(err);
    if (available->reading != READ_OK)
        return reading_explain(source, available, err);

    struct guest guest = {.maximum_problem = maximum->problem};
    if (!reading_value(&available->samples[0], UNIT_MEGABYTES, &guest.available))
        return error_set_code(err, READ_INVALID, "\\%s\\%s is %.0f MB, which is impossible",
                              MEMORY_OBJECT, MEMORY_AVAILABLE, available->samples[0].value);
    /* Without Dynamic Memory the service may say 0. */
    guest.has_maximum = maximum->reading == READ_OK &&
                        reading_value(&maximum->samples[0], UNIT_MEGABYTES, &guest.maximum) &&
                        guest.maximum > 0;
    *ret = guest;
    return true;
}
