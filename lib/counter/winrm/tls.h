/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * TLS on a wire: version 1.2 at least; the chain and the name of the certificate are verified, or
 * its fingerprint is the one that the credentials file has. There is no way without either.
 */
#ifndef COUNTER_WINRM_TLS_H
#define COUNTER_WINRM_TLS_H

#include "counter/winrm/wire.h"

bool tls_open(struct wire *wire, const struct endpoint *endpoint,
              const struct credentials *credentials, struct tls **ret, struct error *err);
bool tls_send(struct tls *tls, const char *bytes, size_t length, struct error *err);
bool tls_receive(struct tls *tls, char *bytes, size_t room, size_t *ret_got, struct error *err);
void tls_binding(const struct tls *tls, struct binding *ret);
void tls_close(struct tls *tls);

#endif
