/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugins/keep.h"

/* What is kept is kilobytes; whatever is larger is not ours. */
enum { LARGEST = 256 * 1024 };

/* The first place that can be written; if there is none, the first that can be read. */
static void find_directory(struct keep *keep, const struct state_place *places)
{
    for (; places->path; places++) {
        struct private_directory found;
        struct error err;
        if (!private_directory_open(places->path, places->make, &found, &err)) {
            if (!*keep->no_directory.text)
                keep->no_directory = err;
            continue;
        }
        if (keep->has_directory && !found.writable) {
            private_directory_close(&found);
            continue;
        }
        if (keep->has_directory)
            private_directory_close(&keep->directory);
        keep->directory = found;
        keep->has_directory = true;
        if (found.writable)
            return;
    }
}

bool keep_read(struct keep *keep, const struct run *run, const char *directory,
               struct state_file *ret, struct error *err)
{
    const struct common_options *common = run->options;
    *keep = (struct keep){.owner = {.program = run->check->program,
                                    .source = common->source,
                                    .host = platform_host(run->arena)}};
    if (source_is_elsewhere(common->source)) /* it does not matter who asks */
        keep->owner.host = common->source;
    const struct state_place given[] = {{directory, true}, {0}};
    const struct state_place *places = directory ? given : platform_state_places(run->arena);
    if (!keep->owner.host || !places) {
        error_memory(&keep->no_directory);
        *err = keep->no_directory;
        return false;
    }
    state_file_name(keep->name, &keep->owner);
    find_directory(keep, places);
    if (!keep->has_directory) {
        *err = keep->no_directory;
        return false;
    }
    if (!private_file_read(&keep->directory, keep->name, LARGEST, &keep->text, err))
        return false;
    return state_file_open(&keep->text, &keep->owner, ret, err) ||
           error_prefix(err, "%s/%s: ", keep->directory.path, keep->name);
}

struct text *keep_anew(struct keep *keep)
{
    keep->text.failed = false;
    state_file_begin(&keep->text, &keep->owner);
    return &keep->text;
}

bool keep_write(struct keep *keep, struct error *err)
{
    if (!keep->has_directory) {
        *err = keep->no_directory;
        return false;
    }
    state_file_end(&keep->text);
    if (keep->text.failed)
        return error_memory(err);
    return private_file_write(&keep->directory, keep->name, keep->text.bytes, keep->text.length,
                              err);
}

void keep_close(struct keep *keep)
{
    if (keep->has_directory)
        private_directory_close(&keep->directory);
    text_free(&keep->text);
}
