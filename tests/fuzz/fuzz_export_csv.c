/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows of WMI classes: every cell is UTF-8, every failure names the file. */
#include "fuzz.h"

#include "counter/record/export_csv.h"
#include "plugin/utf8.h"

#include <string.h>

enum { CELLS = 3 };

static bool visit(void *context, const char *const *cells, struct error *err)
{
    size_t *rows = context;
    (void)err;
    ++*rows;
    for (size_t i = 0; i < CELLS; i++)
        HOLDS(!cells[i] || (*cells[i] && utf8_valid(cells[i], strlen(cells[i]))));
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const properties[CELLS + 1] = {"Name", "ElementName", "InstanceID", NULL};
    memory_file("class", data, size);
    for (size_t needed = 0; needed <= CELLS; needed += CELLS) {
        const struct row_query query = {
            .class_name = "class", .properties = properties, .needed = needed};
        struct arena arena = {0};
        struct export_csv_file file = {0};
        struct error err;
        size_t rows = 0;
        const struct encoding *named = needed ? encoding_raw() : NULL;
        if (export_csv_rows("class", named, &query, &arena, visit, &rows, &file, &err))
            HOLDS(rows <= size);
        else
            HOLDS(!strncmp(err.text, "class:", 6));
        arena_free(&arena);
    }
    memory_clear();
    return 0;
}
