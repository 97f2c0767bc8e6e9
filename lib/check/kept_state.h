/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a check keeps for its next run: finds the place, reads what is there, and puts the new in
 * its place. Nothing of it is ever needed: a check that can't keep anything works, and says what it
 * goes without, at -v or not: a watch that is half asleep must not look awake. A first run, which
 * finds nothing yet, is no failure. Without memory there is no answer either, and what was kept
 * stays as it is.
 *
 *     struct kept_state keep;
 *     struct state_file file;
 *     if (!kept_state_read(&keep, run, options->state_dir, &file, &why)) ... do without
 *     while (state_file_next(&file, &entry)) ...
 *     struct text *text = kept_state_anew(&keep);
 *     state_file_add(text, "reads", ...);
 *     if (!kept_state_write(&keep, &why)) kept_state_tell(run, "this sample", "...", &why);
 *     kept_state_close(&keep);
 */
#ifndef CHECK_KEPT_STATE_H
#define CHECK_KEPT_STATE_H

#include "check/check.h"
#include "platform/platform.h"
#include "plugin/state_file.h"

/* The option for it; the check's own struct of options has a `const char *state_dir`. */
#define OPTION_STATE_DIR(type)                                                                     \
    {                                                                                              \
        .name = "state-dir", .argument = "DIR", .read = option_text,                               \
        .target = offsetof(type, state_dir),                                                       \
        .help = "Keep state for the next run below this directory, in a directory of this "        \
                "account's own (named by its uid or SID) that nobody else may be able to write "   \
                "to. By default: below MP_STATE_PATH, if it is set; else on Windows below "        \
                "%ProgramData%\\monitoring-plugins-hyperv, or the same in %LOCALAPPDATA%; on "     \
                "Linux below $STATE_DIRECTORY, /var/lib/monitoring-plugins-hyperv where that "     \
                "exists, or monitoring-plugins-hyperv in $XDG_STATE_HOME or ~/.local/state."       \
    }

struct kept_state {
    struct state_owner owner;
    char name[STATE_FILE_NAME_SIZE];
    struct private_directory directory;
    bool has_directory;
    struct error no_directory; /* why not */
    struct text text;
};

/* Read what an earlier run of the same program on the same source and host kept; directory NULL:
 * the usual place. False: nothing usable, and *err tells why; what is more than a first run is told
 * in the result, too. Either way, close it. */
bool kept_state_read(struct kept_state *keep, struct run *run, const char *directory,
                     struct state_file *ret, struct error *err);

/* Begin what is to be kept now; what was read is no longer there. */
struct text *kept_state_anew(struct kept_state *keep);

/* Write it. False: *err tells why, for kept_state_tell(). */
bool kept_state_write(struct kept_state *keep, struct error *err);

/* Tell that something ("this sample") could not be kept, what is lost by it ("without it there is
 * no rate"), and what to do. */
void kept_state_tell(struct run *run, const char *what, const char *lost, const struct error *why);

void kept_state_close(struct kept_state *keep);

#endif
