/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows of WMI classes: every cell is UTF-8, every failure names the file. */
#include "fuzz.h"

#include "counter/export_csv.h"
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
    struct arena arena = {0};
    struct error err;
    size_t rows = 0;
    memory_file("class", data, size);
    if (export_csv_rows("class", NULL, properties, &arena, visit, &rows, &err))
        HOLDS(rows <= size);
    else
        HOLDS(!strncmp(err.text, "class:", 6));
    arena_free(&arena);
    memory_clear();
    return 0;
}
