/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * TLS as a part of the module that is loaded where a host is asked over TLS. OpenSSL's two
 * libraries have more symbols to bind than all else that the module needs, which is more than half
 * of what a small check over sealed HTTP would cost.
 *
 * The part lies beside the module, "winrm-tls.so" beside "winrm.so", and is of the same build.
 */
#ifndef COUNTER_WINRM_TLS_PART_H
#define COUNTER_WINRM_TLS_PART_H

#include "counter/winrm/tls.h"

/* What the part uses of the module: there is one place that waits. */
struct tls_services {
    bool (*send)(struct wire *wire, const char *bytes, size_t length, struct error *err);
    bool (*receive)(struct wire *wire, char *bytes, size_t room, size_t *ret_got,
                    struct error *err);
};

struct tls_part {
    const char *version; /* PACKAGE_VERSION; the first member in every version */
    void (*begin)(const struct tls_services *services); /* before anything else */
    bool (*open)(struct wire *wire, const struct endpoint *endpoint,
                 const struct credentials *credentials, struct tls **ret, struct error *err);
    bool (*send)(struct tls *tls, const char *bytes, size_t length, struct error *err);
    bool (*receive)(struct tls *tls, char *bytes, size_t room, size_t *ret_got, struct error *err);
    void (*binding)(const struct tls *tls, struct binding *ret);
    void (*close)(struct tls *tls);
};

/* The one symbol that the part exports, and its name. */
#define TLS_PART      winrm_tls
#define TLS_PART_NAME "winrm_tls"

/* Where the module itself is, "/.../winrm.so"; its owner is whoever loaded it. */
void tls_part_beside(const char *path);

#endif
