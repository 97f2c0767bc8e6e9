/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A host that answers what stands in a table, without a network: a double of the wire and of GSS.
 * A login is what the real library makes of it, but its tokens and signatures are made up, and what
 * is sealed is the text as it is.
 */
#ifndef TESTS_WINRM_HOST_H
#define TESTS_WINRM_HOST_H

#include <gssapi/gssapi.h>

#include <stdbool.h>
#include <stddef.h>

struct host {
    /* What is answered, one after the other, up to NULL: to a login (NULL: it is accepted), and to
     * a message. What begins with "HTTP/" goes out as it is, "" ends the connection, at "late" the
     * time is over, and all else is SOAP, which is sealed where it has to be. Behind the last the
     * host is gone. */
    const char *const *logins, *const *answers;
    size_t piece;   /* bytes that come at once; 0: as many as fit */
    bool unbound;   /* nothing ties a login to the wire */
    bool no_random; /* the system has no chance to give */
    size_t length;  /* that a sealed answer says; 0: the right one */
    bool deaf;      /* nothing can be sent to it any more, but logins */
    int patience;   /* milliseconds that are left; 0: 10,000 */

    /* What GSS does: this call of it fails so, by name. */
    const char *failing;
    OM_uint32 major, minor;
    const char *const *words; /* what it says of that, up to NULL; NULL: "why". None: it fails */
    unsigned legs;            /* of a login; 0: 2 */
    OM_uint32 missing;        /* of what a context can */
    size_t padding;           /* behind what was sealed */
    bool unsealed, unopened;  /* nothing is sealed by it, nothing that it opens was */
    bool no_ntlm;

    /* What was seen. */
    size_t opened, asked, logged_in;
    char name[700];     /* of the host, to GSS */
    char store[200];    /* "client_keytab=k ccache=c": whose credentials GSS was asked for */
    char token[100];    /* of the last login: "Negotiate ..." */
    char message[8192]; /* the last one */
};
extern struct host host;

/* The double as it is without a test's wishes. */
void host_reset(void);

/* A challenge of NTLM, as a login's answer has it. */
#define CHALLENGE                                                                                  \
    "HTTP/1.1 401 x\r\nWWW-Authenticate: Negotiate "                                               \
    "TlRMTVNTUAACAAAAAgACADQAAAA1goriMTIzNDU2NzgAAAAAAAAAAAQABAAwAAAAAAAAAFQA\r\n"                 \
    "Content-Length: 0\r\n\r\n"

#endif
