/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/paging.h"

bool paging_read(struct source *source, struct paging *ret, struct error *err)
{
    struct counter reads = {.object = MEMORY_OBJECT, .name = MEMORY_PAGE_READS, .rate = true};
    if (!source_counters(source, &reads, 1, err))
        return reading_explain_error(err);
    if (reads.reading != READ_OK)
        return reading_explain(&reads, err);
    double value;
    if (!reading_value(&reads.samples[0], UNIT_TOTAL, &value))
        return error_set_code(err, READ_INVALID, "\\%s\\%s is %.1f, which can't be", MEMORY_OBJECT,
                              MEMORY_PAGE_READS, reads.samples[0].value);
    *ret = (struct paging){.reads = value};
    return true;
}
