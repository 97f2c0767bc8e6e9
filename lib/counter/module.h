/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A source that lives in a module of its own, so that the programs need its libraries only where it
 * is asked for: a shared object at one compiled-in path, which exports one struct.
 *
 * The module is built with the programs and fits them alone, so the versions are compared before
 * anything else of it is used. It is never unloaded: a check ends soon, and libraries below it
 * register what runs then.
 */
#ifndef COUNTER_MODULE_H
#define COUNTER_MODULE_H

#include "counter/source.h"

#include <stdint.h>

/* What the module uses of the program that loads it: there is one timeout and one clock. A part of
 * the module that is loaded later lies beside it. */
struct module_services {
    unsigned (*deadline_left)(void);
    int64_t (*clock_now)(void);
    const char *path; /* of the module */
};

struct source_module {
    const char *version; /* PACKAGE_VERSION; the first member in every version */
    const struct source_kind *kind;
    void (*begin)(const struct module_services *services); /* before kind is used */
};

/* The name of the struct that the module exports. */
#define SOURCE_MODULE      source_module
#define SOURCE_MODULE_NAME "source_module"

#endif
