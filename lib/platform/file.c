/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The part of platform.h that is the same on every system. */
#include "platform/platform.h"

bool platform_refuse(struct error *err, const char *path, enum platform_code code,
                     const char *other)
{
    static const char *const words[] = {
        /* in the order of enum platform_code */
        "no such file or directory",
        "permission denied",
        "exists already",
    };
    return error_set_code(err, (int)code, "%s: %s", path,
                          code == PLATFORM_OTHER ? other : words[code - PLATFORM_ABSENT]);
}

bool file_read_whole(const struct file *file, const char *path, size_t limit, struct text *out,
                     struct error *err)
{
    size_t got;
    if (file->size > limit)
        return error_set(err, "%s: larger than %zu bytes", path, limit);
    if (!text_reserve(out, (size_t)file->size))
        return error_memory(err);
    if (!file_read(file, 0, out->bytes + out->length, (size_t)file->size, &got, err))
        return error_prefix(err, "%s: ", path);
    if (got < file->size)
        return error_set(err, "%s: became shorter while it was read", path);
    out->length += got;
    out->bytes[out->length] = '\0';
    return true;
}

bool settings_read(const char *path, size_t limit, struct text *out, struct error *err)
{
    struct file file;
    if (!file_open(path, &file, err))
        return false;
    bool read = platform_trusts(path, &file, err) && file_read_whole(&file, path, limit, out, err);
    file_close(&file);
    return read;
}
