/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/paging.h"

#include "counter/record/writer.h"

static const struct counter page_reads = {
    .object = MEMORY_OBJECT, .name = MEMORY_PAGE_READS, .rate = true};

bool paging_read(struct source *source, struct paging *ret, struct error *err)
{
    struct counter reads = page_reads;
    if (!source_counters(source, &reads, 1, err))
        return reading_explain_error(err);
    if (reads.reading != READ_OK)
        return reading_explain(source, &reads, err);
    if (reads.is_raw) {
        struct moment moment = source_moment(source);
        *ret = (struct paging){
            .sample = {.raw = reads.raw, .wall = moment.wall + (int64_t)moment.bias * 60000}};
        return true;
    }
    double value;
    if (!reading_value(&reads.samples[0], UNIT_TOTAL, &value))
        return error_set_code(err, READ_INVALID, "\\%s\\%s is %.1f, which is impossible",
                              MEMORY_OBJECT, MEMORY_PAGE_READS, reads.samples[0].value);
    *ret = (struct paging){.is_rate = true, .reads = value};
    return true;
}

bool paging_tell(struct source *source, double reads, struct error *err)
{
    return record_writer_rate(source, &page_reads, reads, err);
}
