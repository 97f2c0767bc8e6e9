/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Which host, which port, and how: what stands behind "winrm:" with what the credentials file says
 * of it.
 *
 *     hv01.example.com        5985, the body sealed
 *     hv01.example.com:5986   TLS
 *     [2001:db8::5]:5985      an address of version 6 stands in brackets where a port follows
 */
#ifndef COUNTER_WINRM_ENDPOINT_H
#define COUNTER_WINRM_ENDPOINT_H

#include "plugin/arena.h"

enum transport { TRANSPORT_BY_PORT, TRANSPORT_HTTP, TRANSPORT_TLS };

struct endpoint {
    const char *host;  /* without brackets */
    const char *port;  /* "5985" */
    const char *shown; /* "hv01:5985", for messages and the Host: header */
    bool tls;
    bool is_address; /* no name: it has no principal, and no name to send in TLS */
};

/* False: "--source: ...". */
bool endpoint_parse(const char *text, struct arena *arena, struct endpoint *ret, struct error *err);

/* TLS or not: by the port, unless the file says. */
void endpoint_choose(struct endpoint *endpoint, enum transport transport);

#endif
