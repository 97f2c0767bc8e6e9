/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/summary.h"

#include "hyperv/cell.h"
#include "hyperv/reading.h"
#include "plugin/show.h"

#include <string.h>

struct reading_summaries {
    struct summaries *summaries;
    struct arena *arena;
};

/* Null is not told; a word in the place of a number is an export of something else. */
static bool number(const char *const *cells, size_t property, bool *ret_has, int64_t *ret,
                   struct error *err)
{
    *ret_has = cells[property] && cell_signed(cells[property], ret);
    return !cells[property] || *ret_has ||
           error_set_code(err, READ_INVALID, "%s: '%s' is not a number, as %s must be",
                          CLASS_SUMMARY, SHOW_NAME(cells[property]), summary_properties[property]);
}

static bool truth(const char *const *cells, size_t property, bool *ret, struct error *err)
{
    return !cells[property] || cell_truth(cells[property], ret) ||
           error_set_code(err, READ_INVALID, "%s: '%s' is neither True nor False, as %s must be",
                          CLASS_SUMMARY, SHOW_NAME(cells[property]), summary_properties[property]);
}

static bool read_cells(const char *const *cells, struct vm_summary *summary, struct error *err)
{
    int64_t usage = 0, available = 0, buffer = 0;
    bool has_available;
    if (!number(cells, SUMMARY_USAGE, &summary->has_usage, &usage, err) ||
        !number(cells, SUMMARY_AVAILABLE, &has_available, &available, err) ||
        !number(cells, SUMMARY_BUFFER, &summary->has_buffer, &buffer, err) ||
        !truth(cells, SUMMARY_PAGING, &summary->paging, err) ||
        !truth(cells, SUMMARY_SPANNING, &summary->spanning, err))
        return false;
    summary->has_usage = summary->has_usage && usage > 0;
    summary->usage = (double)usage * MEGABYTE;
    summary->silent = has_available && available == INT32_MAX;
    summary->has_pressure = has_available && available < 100; /* no VM wants nothing at all */
    summary->pressure = 100 - (double)available;
    summary->has_buffer = summary->has_buffer && buffer < INT32_MAX;
    summary->buffer = (double)buffer;
    return true;
}

static bool visit(void *context, const char *const *cells, struct error *err)
{
    struct reading_summaries *reading = context;
    struct summaries *summaries = reading->summaries;
    struct vm_summary summary = {0};
    if (!cells[SUMMARY_NAME])
        return true;
    if (!read_cells(cells, &summary, err))
        return false;
    struct vm_summary *items = arena_grow(reading->arena, summaries->items, summaries->count,
                                          &summaries->room, sizeof *items);
    if (!items)
        return error_memory(err);
    summaries->items = items;
    summary.guid = arena_text(reading->arena, cells[SUMMARY_NAME], strlen(cells[SUMMARY_NAME]));
    items[summaries->count++] = summary;
    return summary.guid || error_memory(err);
}

/* Of two rows of one VM, as a snapshot's might be, neither is believed. */
static bool index_rows(struct summaries *summaries, struct arena *arena, struct error *err)
{
    if (!name_index_make(&summaries->by_guid, summaries->count, arena, err))
        return false;
    for (uint32_t i = 0; i < summaries->count; i++) {
        const char *guid = summaries->items[i].guid;
        uint32_t first = name_index_add(&summaries->by_guid, guid, i);
        if (first != i)
            summaries->items[first] = (struct vm_summary){.guid = guid};
    }
    return true;
}

bool summaries_read(struct source *source, struct arena *arena, struct summaries *ret,
                    struct error *err)
{
    static const struct row_query query = {.namespaces = hyperv_v2_namespaces,
                                           .class_name = CLASS_SUMMARY,
                                           .properties = summary_properties,
                                           .needed = 1};
    struct summaries summaries = {0};
    struct reading_summaries reading = {&summaries, arena};
    if (!source_rows(source, &query, visit, &reading, err))
        return reading_explain_error(err);
    if (!index_rows(&summaries, arena, err))
        return false;
    *ret = summaries;
    return true;
}

const struct vm_summary *summaries_find(const struct summaries *summaries, const char *guid)
{
    uint32_t found = name_index_find(&summaries->by_guid, guid);
    return found == NAME_NOT_FOUND ? NULL : &summaries->items[found];
}

const char *summary_status(const struct vm_summary *summary, bool is_static)
{
    enum { ENOUGH = 80 }; /* percent of the buffer */
    if (summary->paging)
        return "Paging";
    if (is_static)
        return summary->spanning ? "Spanning" : NULL;
    if (!summary->has_buffer)
        return NULL;
    return summary->buffer > ENOUGH ? "OK" : summary->buffer >= 0 ? "Low" : "Warning";
}
