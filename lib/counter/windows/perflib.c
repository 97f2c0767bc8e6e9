/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/windows/perflib.h"

#include "counter/windows/registry.h"
#include "platform/wide.h"

#include <windows.h>

#include <pdh.h>
#include <pdhmsg.h>

#include <wchar.h>

#define NAMES_KEY   "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Perflib\\009"
#define NAMES_VALUE "Counter"

/* The table: index, name, index, name, ... each ended by a NUL, the whole by an empty one. */
static const wchar_t *read_names(struct arena *arena)
{
    struct registry_value value;
    struct error none;
    if (!registry_read(NAMES_KEY, NAMES_VALUE, arena, &value, &none) || !value.exists)
        return NULL;
    return (const wchar_t *)(const void *)value.data;
}

/* The next index of this name from *at on, which is moved behind it; 0: there is none. */
static DWORD next_index(const wchar_t **at, const wchar_t *name)
{
    while (**at) {
        const wchar_t *index = *at, *found = index + wcslen(index) + 1;
        *at = *found ? found + wcslen(found) + 1 : found;
        if (!_wcsicmp(found, name))
            return (DWORD)wcstoul(index, NULL, 10);
    }
    return 0;
}

enum { LONGEST_NAME = 1024 }; /* PDH_MAX_COUNTER_NAME */

static PDH_STATUS add_by_indices(PDH_HQUERY query, DWORD object, DWORD name, bool instances,
                                 PDH_HCOUNTER *ret)
{
    wchar_t object_name[LONGEST_NAME], counter_name[LONGEST_NAME], path[2 * LONGEST_NAME + 8];
    DWORD object_room = LONGEST_NAME, counter_room = LONGEST_NAME;
    PDH_STATUS status = PdhLookupPerfNameByIndexW(NULL, object, object_name, &object_room);
    if (status == ERROR_SUCCESS)
        status = PdhLookupPerfNameByIndexW(NULL, name, counter_name, &counter_room);
    if (status != ERROR_SUCCESS)
        return status;
    _snwprintf(path, sizeof path / sizeof *path - 1, L"\\%ls%ls\\%ls", object_name,
               instances ? L"(*)" : L"", counter_name);
    path[sizeof path / sizeof *path - 1] = L'\0';
    return PdhAddCounterW(query, path, 0, ret);
}

unsigned long perflib_add(pdh_handle query, const struct counter *counter, struct arena *arena,
                          pdh_handle *ret)
{
    const wchar_t *names = read_names(arena);
    const wchar_t *object_name = wide_from_text(counter->object, arena);
    const wchar_t *counter_name = wide_from_text(counter->name, arena);
    if (!object_name || !counter_name)
        return PDH_MEMORY_ALLOCATION_FAILURE;
    if (!names)
        return PDH_CANNOT_READ_NAME_STRINGS;
    PDH_STATUS status = (PDH_STATUS)PDH_CSTATUS_NO_OBJECT;
    DWORD object, name;
    for (const wchar_t *at = names; (object = next_index(&at, object_name));) {
        if (status == (PDH_STATUS)PDH_CSTATUS_NO_OBJECT)
            status = (PDH_STATUS)PDH_CSTATUS_NO_COUNTER; /* unless an index of it tells otherwise */
        for (const wchar_t *inner = names; (name = next_index(&inner, counter_name));) {
            status = add_by_indices(query, object, name, counter->instances, ret);
            if (status == ERROR_SUCCESS)
                return ERROR_SUCCESS;
        }
    }
    return (unsigned long)status;
}
