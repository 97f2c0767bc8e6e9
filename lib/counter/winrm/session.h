/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A host that is logged in to: SOAP goes there and comes back, sealed or within TLS. The connection
 * is made when the first message needs it, and once more where the host closed it in between.
 */
#ifndef COUNTER_WINRM_SESSION_H
#define COUNTER_WINRM_SESSION_H

#include "counter/winrm/auth.h"
#include "counter/winrm/http.h"

struct session {
    struct endpoint endpoint;
    struct credentials credentials;
    struct http http;
    struct auth auth;
    bool prepared; /* auth has a credential */
    struct http_answer answer;
    struct text token; /* of logging in, and of sealing */
    struct text body;  /* sealed */
    struct text plain; /* opened */
};

/* Send a message and take its answer, which lives until the next one; bytes end in NUL. A fault is
 * an answer. The error has no host in front. */
bool session_post(struct session *session, const char *soap, size_t length, const char **ret,
                  size_t *ret_length, struct error *err);

void session_close(struct session *session);

#endif
