/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/windows/registry.h"

#include "counter/windows/status.h"
#include "platform/wide.h"

#include <windows.h>

/* Nothing of this size is a setting. */
enum { LARGEST_VALUE = 16 * 1024 * 1024 };

/* The size that Windows asks for may be outdated when it is used: ask again while it is. */
static LSTATUS read_value(HKEY key, const wchar_t *name, struct arena *arena,
                          struct registry_value *ret)
{
    for (;;) {
        DWORD type, size = 0;
        LSTATUS status = RegQueryValueExW(key, name, NULL, &type, NULL, &size);
        if (status != ERROR_SUCCESS)
            return status;
        if (size > LARGEST_VALUE)
            return ERROR_MORE_DATA;
        /* Four bytes of zeros behind it end any text, however it was written. */
        unsigned char *data = arena_array(arena, (size_t)size + 4, 1);
        if (!data)
            return ERROR_NOT_ENOUGH_MEMORY;
        status = RegQueryValueExW(key, name, NULL, &type, data, &size);
        if (status == ERROR_MORE_DATA)
            continue;
        if (status == ERROR_SUCCESS)
            *ret =
                (struct registry_value){.exists = true, .type = type, .data = data, .size = size};
        return status;
    }
}

bool registry_read(const char *key, const char *value, struct arena *arena,
                   struct registry_value *ret, struct error *err)
{
    const wchar_t *wide_key = wide_from_text(key, arena),
                  *wide_value = wide_from_text(value, arena);
    if (!wide_key || !wide_value)
        return error_memory(err);
    HKEY handle;
    struct registry_value found = {0};
    LSTATUS status =
        RegOpenKeyExW(HKEY_LOCAL_MACHINE, wide_key, 0, KEY_QUERY_VALUE | KEY_WOW64_64KEY, &handle);
    bool opened = status == ERROR_SUCCESS;
    if (opened) {
        status = read_value(handle, wide_value, arena, &found);
        RegCloseKey(handle);
    }
    found.key_exists = opened;
    if (status != ERROR_SUCCESS && status != ERROR_FILE_NOT_FOUND) {
        const char *what = arena_format(arena, "HKEY_LOCAL_MACHINE\\%s, %s", key, value);
        return status_error(err, (unsigned long)status, what, arena);
    }
    *ret = found;
    return true;
}
