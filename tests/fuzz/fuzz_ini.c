/* SPDX-License-Identifier: GPL-3.0-or-later */

/* INI files: every entry lies in the text, in a section, on a line that grows. */
#include "fuzz.h"

#include "plugin/ini.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_string(data, size);
    const char *end = text + strlen(text);
    struct ini ini = ini_begin(text);
    struct ini_entry entry = {0};
    struct error err;
    unsigned line = 0;
    while (ini_next(&ini, &entry, &err) && entry.key) {
        HOLDS(entry.line > line);
        line = entry.line;
        HOLDS(!*entry.key || (entry.key >= text && entry.key < end));
        HOLDS(!entry.value || (entry.value >= text && entry.value <= end));
        HOLDS(entry.section && !strchr(entry.section, '\n') && !strchr(entry.key, '\n'));
    }
    free(text);
    return 0;
}
