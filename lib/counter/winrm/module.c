/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The one symbol that the module exports, and what it has of the program instead of its own. */
#include "counter/module.h"

#include "counter/winrm/source.h"
#include "counter/winrm/tls_part.h"
#include "platform/platform.h"

static const struct module_services *services;

static void begin(const struct module_services *of_program)
{
    services = of_program;
    tls_part_beside(services->path);
}

unsigned deadline_left(void)
{
    return services->deadline_left();
}

int64_t clock_now(void)
{
    return services->clock_now();
}

extern const struct source_module SOURCE_MODULE;
__attribute__((visibility("default"))) const struct source_module SOURCE_MODULE = {
    .version = PACKAGE_VERSION,
    .kind = &winrm_kind,
    .begin = begin,
};
