/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/kept_state.h"

/* What is kept is kilobytes, a line for each VM; whatever is larger is not ours. */
enum { LARGEST = 4 * 1024 * 1024 };

/* The first place that can be written; if there is none, the first that can be read. */
static void find_directory(struct kept_state *keep, const struct state_place *places)
{
    for (; places->path; places++) {
        struct private_directory found;
        struct error err;
        if (!private_directory_open(places->path, places->make_above, &found, &err)) {
            /* The first reason; that one is not there says less than any other. */
            if (!*keep->no_directory.text || keep->no_directory.code == PLATFORM_ABSENT)
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

/* Nothing is wrong where a place is not there, and another is; but somebody may have put himself in
 * our place. */
static void tell_place(const struct kept_state *keep, struct finding *root)
{
    if (keep->directory.writable && *keep->no_directory.text &&
        keep->no_directory.code != PLATFORM_ABSENT)
        result_tell(
            root, "state for the next run is kept in %s, because the usual place can't be used: %s",
            keep->directory.path, keep->no_directory.text);
}

static bool read_file(struct kept_state *keep, struct state_file *ret, struct error *err)
{
    if (!private_file_read(&keep->directory, keep->name, LARGEST, &keep->text, err))
        return false;
    return state_file_open(&keep->text, &keep->owner, ret, err) ||
           error_prefix(err, "%s/%s: ", keep->directory.path, keep->name);
}

bool kept_state_read(struct kept_state *keep, struct run *run, const char *directory,
                     struct state_file *ret, struct error *err)
{
    const struct common_options *common = run->options;
    struct finding *root = &run->result.root;
    *keep = (struct kept_state){.owner = {.program = run->check->program,
                                          .source = common->source,
                                          .host = platform_host(run->arena)}};
    if (source_is_elsewhere(common->source)) /* it does not matter who asks */
        keep->owner.host = common->source;
    const struct state_place *places = platform_state_places(directory, run->arena);
    if (!keep->owner.host || !places) {
        keep->owner.host = ""; /* what is made of it is never written */
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
    tell_place(keep, root);
    if (read_file(keep, ret, err))
        return true;
    if (error_is_memory(err))
        run->arena->failed = true;
    else if (err->code != PLATFORM_ABSENT) /* the first run has nothing to read, nor to tell */
        result_tell(root, "the state of the previous run can't be used: %s", err->text);
    return false;
}

struct text *kept_state_anew(struct kept_state *keep)
{
    state_file_begin(&keep->text, &keep->owner);
    return &keep->text;
}

bool kept_state_write(struct kept_state *keep, struct error *err)
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

void kept_state_tell(struct run *run, const char *what, const char *lost, const struct error *why)
{
    struct finding *root = &run->result.root;
    bool place = why->code == PLATFORM_ABSENT || why->code == PLATFORM_DENIED ||
                 why->code == PLATFORM_REFUSED;
    if (error_is_memory(why))
        run->arena->failed = true;
    else if (why->code == PLATFORM_EXISTS)
        result_note(root, "%s was not kept: another run is writing its own: %s", what, why->text);
    else
        result_tell(root, "%s could not be kept for the next run: %s: without it %s%s", what,
                    why->text, lost,
                    place ? "; give this account a directory with --state-dir" : "");
}

void kept_state_close(struct kept_state *keep)
{
    if (keep->has_directory)
        private_directory_close(&keep->directory);
    text_free(&keep->text);
}
