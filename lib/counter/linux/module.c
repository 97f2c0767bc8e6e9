/* SPDX-License-Identifier: GPL-3.0-or-later */

/* `winrm:`, which is a module. WINRM_MODULE is where it is installed. */
#include "counter/module.h"

#include "platform/platform.h"
#include "plugin/scan.h"

#include <dlfcn.h>
#include <string.h>

static const struct source_module *load(struct error *err)
{
    static const struct module_services services = {deadline_left, clock_now, WINRM_MODULE};
    struct file there;
    if (!file_open(WINRM_MODULE, &there, err)) {
        error_set(err, "--source: winrm: install the package monitoring-plugins-hyperv-winrm (%s)",
                  scan_last(WINRM_MODULE, '/') + 1);
        return NULL;
    }
    file_close(&there);
    void *library = dlopen(WINRM_MODULE, RTLD_NOW | RTLD_LOCAL);
    const struct source_module *module = library ? dlsym(library, SOURCE_MODULE_NAME) : NULL;
    if (!module) { /* dlerror() would say more, and be looked up at the start of every check */
        error_set(err, "--source: winrm: its module can't be loaded: ldd %s shows why",
                  WINRM_MODULE);
        return NULL;
    }
    if (strcmp(module->version, PACKAGE_VERSION) != 0) {
        error_set(err,
                  "--source: winrm: the module is of version %s, this program of %s: install "
                  "monitoring-plugins-hyperv and monitoring-plugins-hyperv-winrm of one version",
                  module->version, PACKAGE_VERSION);
        return NULL;
    }
    module->begin(&services);
    return module;
}

static bool open_winrm(const char *argument, const struct source_options *options,
                       struct arena *arena, struct source **ret, struct error *err)
{
    const struct source_module *module = load(err);
    return module && module->kind->open(argument, options, arena, ret, err);
}

const struct source_kind source_winrm = {
    .name = "winrm", .honours = SOURCE_CREDENTIALS, .open = open_winrm};
