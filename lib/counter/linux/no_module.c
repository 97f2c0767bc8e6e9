/* SPDX-License-Identifier: GPL-3.0-or-later */

/* `winrm:` is a module, and a static program loads none: it has no loader. */
#include "counter/source.h"

static bool open_winrm(const char *argument, const struct source_options *options,
                       struct arena *arena, struct source **ret, struct error *err)
{
    (void)argument, (void)options, (void)arena, (void)ret;
    return error_set_code(err, READ_UNSUPPORTED,
                          "--source: winrm: a static program loads no module: run one of the "
                          "package monitoring-plugins-hyperv");
}

const struct source_kind source_winrm = {
    .name = "winrm", .honours = SOURCE_CREDENTIALS, .open = open_winrm};
