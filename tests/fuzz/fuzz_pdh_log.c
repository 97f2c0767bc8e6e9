/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Performance logs: the last row, and the row of a moment. The first line may be that moment; a
 * row that is found is not later than asked for and has a field for every column. */
#include "fuzz.h"

#include "counter/pdh_log.h"
#include "plugin/utf8.h"

#include <stdlib.h>
#include <string.h>

/* All of the header, or 0 where it can't be read to its end. */
static size_t see_columns(struct pdh_log *log)
{
    struct error err;
    char *name;
    for (size_t columns = 1; pdh_log_column(log, &name, &err); columns++) {
        struct counter_path path;
        if (!name)
            return columns;
        HOLDS(utf8_valid(name, strlen(name)));
        if (counter_path_split(name, &path))
            HOLDS(*path.object && *path.counter && !strpbrk(path.object, "(\\"));
    }
    HOLDS(*err.text);
    return 0;
}

static void see(const stamp *at)
{
    struct pdh_log log;
    struct error err;
    if (!pdh_log_open(&log, "log", NULL, &err)) {
        HOLDS(*err.text);
        return;
    }
    size_t columns = see_columns(&log), fields = 1;
    stamp found;
    struct fields values;
    if (pdh_log_row(&log, at, &found, &values, &err)) {
        HOLDS(columns == log.columns);
        HOLDS(!at || found <= *at);
        while (fields_next(&values))
            fields++;
        HOLDS(fields == columns);
    }
    if (columns && pdh_log_rewind(&log, &err))
        HOLDS(see_columns(&log) == columns);
    pdh_log_close(&log);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *newline = size ? memchr(data, '\n', size) : NULL;
    size_t head = newline ? (size_t)(newline - data) + 1 : 0;
    char *moment = fuzz_string(data, head ? head - 1 : 0);
    stamp at;
    memory_file("log", data + head, size - head);
    see(NULL);
    if (stamp_parse_iso(moment, &at))
        see(&at);
    memory_clear();
    free(moment);
    return 0;
}
