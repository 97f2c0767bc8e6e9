/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The registry of a Windows Server 2003, as far as names of counters go. Wine has a table of its
 * own in the place of Perflib\009, which can't be changed, so the programs in old/ are linked with
 * this in place of lib/counter/windows/registry.c. The scenario has the table:
 *
 *   names 1 | 1847 | 4 | Memory | 1382 | Available MBytes
 */
#include "counter/windows/registry.h"
#include "platform/wide.h"
#include "scenario.h"

#include <string.h>

static const wchar_t *find_names(void)
{
    const struct scenario *scenario = scenario_get();
    const wchar_t *names = NULL;
    for (size_t i = 0; i < scenario->count && !names; i++)
        names = scenario_after(scenario->lines[i], L"names");
    return names;
}

bool registry_read(const char *key, const char *value, struct arena *arena,
                   struct registry_value *ret, struct error *err)
{
    static const char perflib[] = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Perflib\\009";
    const wchar_t *names = find_names();
    *ret = (struct registry_value){0};
    if (strcmp(key, perflib) != 0 || strcmp(value, "Counter") != 0)
        return error_set(err, "no double of %s", key);
    if (!names)
        return true;
    /* Zeros end each name, the table, and, as with the real one, all of it. */
    size_t length = wcslen(names), count = 0;
    wchar_t *table = arena_array(arena, length + 4, sizeof *table);
    if (!table)
        return error_memory(err);
    for (size_t i = 0; i < length; i++)
        if (!wcsncmp(names + i, L" | ", 3)) {
            table[count++] = L'\0';
            i += 2;
        } else {
            table[count++] = names[i];
        }
    *ret = (struct registry_value){.exists = true,
                                   .type = 7, /* REG_MULTI_SZ */
                                   .data = (const unsigned char *)table,
                                   .size = (count + 2) * sizeof *table};
    return true;
}
