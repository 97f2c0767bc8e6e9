/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The module's end: tls.h, by the part that it loads. It is never unloaded, as the module is not.
 */
#include "counter/winrm/tls_part.h"

#include "counter/counter.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static const char *module;
static const struct tls_part *part;

void tls_part_beside(const char *path)
{
    module = path;
}

static const struct tls_part *load(struct error *err)
{
    static const struct tls_services services = {wire_send_plain, wire_receive_plain};
    static const char end[] = ".so";
    char path[4096];
    size_t stem = strlen(module) - (sizeof end - 1);
    snprintf(path, sizeof path, "%.*s-tls%s", (int)stem, module, end);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const struct tls_part *loaded = library ? dlsym(library, TLS_PART_NAME) : NULL;
    if (!loaded || strcmp(loaded->version, PACKAGE_VERSION) != 0) {
        error_set_code(err, READ_UNSUPPORTED,
                       "TLS can't be loaded: ldd %s shows why, or install "
                       "monitoring-plugins-hyperv-winrm anew",
                       path);
        return NULL;
    }
    loaded->begin(&services);
    return loaded;
}

bool tls_open(struct wire *wire, const struct endpoint *endpoint,
              const struct credentials *credentials, struct tls **ret, struct error *err)
{
    if (!part)
        part = load(err);
    return part && part->open(wire, endpoint, credentials, ret, err);
}

bool tls_send(struct tls *tls, const char *bytes, size_t length, struct error *err)
{
    return part->send(tls, bytes, length, err);
}

bool tls_receive(struct tls *tls, char *bytes, size_t room, size_t *ret_got, struct error *err)
{
    return part->receive(tls, bytes, room, ret_got, err);
}

void tls_binding(const struct tls *tls, struct binding *ret)
{
    part->binding(tls, ret);
}

void tls_close(struct tls *tls)
{
    part->close(tls);
}
