/* SPDX-License-Identifier: GPL-3.0-or-later */

/* `winrm:` is for satellites that are no Windows machines. */
#include "counter/source.h"

static bool open_winrm(const char *argument, const struct source_options *options,
                       struct arena *arena, struct source **ret, struct error *err)
{
    (void)argument, (void)options, (void)arena, (void)ret;
    return error_set_code(err, READ_UNSUPPORTED,
                          "--source: winrm is for programs on Linux: run this one on the host "
                          "itself, or read a record");
}

const struct source_kind source_winrm = {
    .name = "winrm", .honours = SOURCE_CREDENTIALS, .open = open_winrm};
