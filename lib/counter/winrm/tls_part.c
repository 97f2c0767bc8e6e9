/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The part's end: what it exports, and what it has of the module instead of its own. */
#include "counter/winrm/tls_part.h"

static const struct tls_services *services;

static void begin(const struct tls_services *of_module)
{
    services = of_module;
}

bool wire_send_plain(struct wire *wire, const char *bytes, size_t length, struct error *err)
{
    return services->send(wire, bytes, length, err);
}

bool wire_receive_plain(struct wire *wire, char *bytes, size_t room, size_t *ret_got,
                        struct error *err)
{
    return services->receive(wire, bytes, room, ret_got, err);
}

extern const struct tls_part TLS_PART;
__attribute__((visibility("default"))) const struct tls_part TLS_PART = {
    .version = PACKAGE_VERSION,
    .begin = begin,
    .open = tls_open,
    .send = tls_send,
    .receive = tls_receive,
    .binding = tls_binding,
    .close = tls_close,
};
