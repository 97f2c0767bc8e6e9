/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The part of platform.h that is the same on every system. */
#include "platform/platform.h"

bool file_read_whole(const char *path, size_t limit, struct text *out, struct error *err)
{
    struct file file;
    if (!file_open(path, &file, err))
        return false;
    bool read = false;
    size_t got;
    if (file.size > limit)
        error_set(err, "%s: larger than %zu bytes", path, limit);
    else if (!text_reserve(out, (size_t)file.size))
        error_memory(err);
    else if (!file_read(&file, 0, out->bytes + out->length, (size_t)file.size, &got, err))
        error_prefix(err, "%s: ", path);
    else
        read = true;
    file_close(&file);
    if (read) {
        out->length += got;
        out->bytes[out->length] = '\0';
    }
    return read;
}
