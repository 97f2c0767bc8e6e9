/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Performance logs: the last row, and the row of a moment. The first line may be that moment; a
 * row that is found is not later than asked for and has a field for every column. */
#include "fuzz.h"

#include "counter/record/pdh_log.h"
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

struct seen {
    struct pdh_log *log;
    size_t columns; /* of the header that was entered last; 0: it can't be read */
};

static bool see_header(void *context, bool other, struct error *err)
{
    struct seen *seen = context;
    if (!other && seen->columns)
        return true;
    if (!pdh_log_rewind(seen->log, err))
        return false;
    seen->columns = see_columns(seen->log);
    return seen->columns || error_set(err, "no header");
}

/* A row, and those before it: each has a field for every column, and stands above the other. */
static void see(const stamp *at)
{
    struct pdh_log log;
    struct error err;
    if (!pdh_log_open(&log, "log", NULL, &err)) {
        HOLDS(*err.text);
        return;
    }
    struct seen seen = {.log = &log};
    struct pdh_moment moment = {.kind = at ? PDH_AT : PDH_LAST, .at = at ? *at : 0};
    struct pdh_place place;
    struct fields values;
    for (unsigned i = 0; pdh_log_row(&log, &moment, see_header, &seen, &place, &values, &err);
         i++) {
        size_t fields = 1;
        int bias;
        while (fields_next(&values))
            fields++;
        HOLDS(fields == seen.columns && seen.columns == log.columns);
        HOLDS(i || !at || place.when <= *at);
        HOLDS(!i || place.part < moment.of.part || place.begin < moment.of.begin);
        pdh_log_bias(&log, &place, &bias);
        if (i == 8)
            break;
        moment = (struct pdh_moment){
            .kind = i % 2 ? PDH_SINCE : PDH_BEFORE, .of = place, .milliseconds = 30000};
    }
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
