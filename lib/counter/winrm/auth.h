/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Logging in, and sealing what follows: Kerberos by SPNEGO, or NTLM as a raw token, both through
 * GSS.
 *
 * The host is known when auth_step() says so: Kerberos proves who it is, NTLM does not. A context
 * that can't keep secrets and notice changes is refused where the wire does not.
 */
#ifndef COUNTER_WINRM_AUTH_H
#define COUNTER_WINRM_AUTH_H

#include "counter/winrm/wire.h"

#include <gssapi/gssapi.h>

struct auth {
    gss_cred_id_t credential;
    gss_ctx_id_t context;
    gss_name_t target;
    gss_OID mechanism;
    bool ntlm;
    bool has_keytab; /* of Kerberos */
    bool done;
    bool asked_mic;
};

/* Take what is needed of the credentials file: afterwards the password is no longer used. Once for
 * all connections. */
bool auth_prepare(struct auth *auth, const struct credentials *credentials,
                  const struct endpoint *endpoint, struct error *err);

/* The next token for the host, appended to *out (nothing where the host needs none); in is the
 * host's, NULL at first. auth->done tells whether the login is complete on this side. */
bool auth_step(struct auth *auth, const struct binding *binding, const struct text *in,
               struct text *out, struct error *err);

/* Is what can be sealed now really sealed? */
bool auth_check_sealing(struct auth *auth, struct error *err);

/* Seal a message: signature and sealed bytes, one behind the other. */
bool auth_seal(struct auth *auth, const char *plain, size_t length, struct text *out,
               size_t *ret_signature, struct error *err);

/* Open one that came in this way. */
bool auth_unseal(struct auth *auth, const char *token, size_t length, struct text *out,
                 struct error *err);

/* Forget the session; the credential stays for another. */
void auth_restart(struct auth *auth);

void auth_end(struct auth *auth);

#endif
