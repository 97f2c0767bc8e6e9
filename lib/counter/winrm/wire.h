/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A connection: bytes to a host and back, over TCP or TLS.
 *
 * Nothing waits for longer than nine tenths of what --timeout leaves when the connection is made,
 * so that there is time to tell what did not answer.
 */
#ifndef COUNTER_WINRM_WIRE_H
#define COUNTER_WINRM_WIRE_H

#include "counter/winrm/credentials.h"
#include "counter/winrm/endpoint.h"
#include "plugin/text.h"

struct tls;

struct wire {
    int fd; /* -1: not connected */
    struct tls *tls;
    unsigned reserve; /* milliseconds of --timeout that are kept for the answer */
};

#define WIRE_CLOSED ((struct wire){.fd = -1})

bool wire_open(struct wire *wire, const struct endpoint *endpoint,
               const struct credentials *credentials, struct error *err);

bool wire_send(struct wire *wire, const char *bytes, size_t length, struct error *err);

/* At least one byte, at most room; 0: the host has closed the connection. */
bool wire_receive(struct wire *wire, char *bytes, size_t room, size_t *ret_got, struct error *err);

/* What ties a login to this connection ("tls-server-end-point:" and a hash), for GSS. Length 0: it
 * is not TLS. */
struct binding {
    unsigned char bytes[128];
    size_t length;
};
void wire_binding(const struct wire *wire, struct binding *ret);

/* Milliseconds that are left to wait; 0: none. */
int wire_patience(const struct wire *wire);

void wire_close(struct wire *wire);

/* ---- for tls.c ---- */

bool wire_send_plain(struct wire *wire, const char *bytes, size_t length, struct error *err);
bool wire_receive_plain(struct wire *wire, char *bytes, size_t room, size_t *ret_got,
                        struct error *err);

#endif
