/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/host.h"

#include "hyperv/cell.h"
#include "hyperv/counter_names.h"
#include "hyperv/reading.h"

#include <stdlib.h>
#include <string.h>

enum { OS_VERSION, OS_MEMORY };
static const char *const properties[] = {"Version", "TotalVisibleMemorySize", NULL};

struct reading_windows {
    struct arena *arena;
    struct host host;
};

/* "6.1.7601": the two numbers in front. */
static bool parse_version(const char *text, unsigned *major, unsigned *minor)
{
    unsigned *const parts[] = {major, minor};
    for (size_t i = 0; i < 2; i++) {
        const char *start = text;
        for (*parts[i] = 0; *text >= '0' && *text <= '9' && text < start + 5; text++)
            *parts[i] = *parts[i] * 10 + (unsigned)(*text - '0');
        if (text == start || (i == 0 && *text++ != '.'))
            return false;
    }
    return true;
}

/* One row, with both columns: nothing is guessed. */
static bool visit(void *context, const char *const *cells, struct error *err)
{
    struct reading_windows *reading = context;
    struct host *host = &reading->host;
    uint64_t kilobytes;
    if (host->version)
        return error_set_code(err, READ_INVALID,
                              "%s: a second row: were two exports put into one file?",
                              CLASS_WINDOWS);
    if (!cells[OS_VERSION] || !parse_version(cells[OS_VERSION], &host->major, &host->minor))
        return error_set_code(err, READ_INVALID, "%s: '%s' is not a valid Version", CLASS_WINDOWS,
                              cells[OS_VERSION] ? cells[OS_VERSION] : "");
    if (!cell_whole(cells[OS_MEMORY], &kilobytes) || !kilobytes)
        return error_set_code(err, READ_INVALID, "%s: '%s' is not a valid TotalVisibleMemorySize",
                              CLASS_WINDOWS, cells[OS_MEMORY] ? cells[OS_MEMORY] : "");
    host->memory = (double)kilobytes * 1024;
    host->version = arena_text(reading->arena, cells[OS_VERSION], strlen(cells[OS_VERSION]));
    return host->version || error_memory(err);
}

bool host_read(struct source *source, struct arena *arena, struct host *ret, struct error *err)
{
    static const struct row_query query = {.namespaces = windows_namespaces,
                                           .class_name = CLASS_WINDOWS,
                                           .properties = properties,
                                           .needed = 2};
    struct reading_windows reading = {.arena = arena};
    if (!source_rows(source, &query, visit, &reading, err))
        return reading_explain_error(err);
    if (!reading.host.version)
        return error_set_code(err, READ_DENIED, "%s: no row, so no right to read WMI?",
                              CLASS_WINDOWS);
    *ret = reading.host;
    return true;
}

const char *host_windows_name(const struct host *host, struct arena *arena)
{
    static const struct {
        unsigned major, minor;
        const char *name;
    } names[] = {
        {5, 2, "Windows Server 2003"},    {6, 0, "Windows Server 2008"},
        {6, 1, "Windows Server 2008 R2"}, {6, 2, "Windows Server 2012"},
        {6, 3, "Windows Server 2012 R2"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].major == host->major && names[i].minor == host->minor)
            return names[i].name;
    return arena_format(arena, "Windows %s", host->version);
}
