/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The file that --credentials names: how to log in, and to whom. Its form is that of smbclient's
 * --authentication-file, with more names:
 *
 *     # Kerberos: one of these, or the ticket cache of the user
 *     keytab = /etc/monitoring-plugins/hyperv.keytab
 *     principal = svc-monitor@EXAMPLE.COM       which of the keytab; or whose password it is
 *     ccache = FILE:/run/hyperv/tickets
 *     # NTLM, for hosts without a domain
 *     username = svc-monitor
 *     password = ...
 *     domain = HV01
 *     ntlm = allow                              also where there is no TLS to say who answers
 *     # to whom: without it, nothing is sent to anybody
 *     hosts = hv*.example.com backup1.example.com
 *     # and how
 *     spn = HTTP/hv01.example.com               where it is not HTTP/ and the host's name
 *     transport = http|tls                      where the port does not tell
 *     ca = /etc/ssl/private-ca.pem
 *     fingerprint = SHA-256 of the certificate, in place of a CA and a name
 *
 * Only a regular file that belongs to the user or to root and that nobody else can read or write is
 * opened, and never through a symbolic link: who may change it could have a login sent elsewhere.
 */
#ifndef COUNTER_WINRM_CREDENTIALS_H
#define COUNTER_WINRM_CREDENTIALS_H

#include "counter/winrm/endpoint.h"

enum { FINGERPRINT_SIZE = 32 };

struct credentials {
    const char *username, *password, *domain;
    const char *keytab, *principal, *ccache;
    const char *hosts, *spn, *ca;
    bool ntlm; /* NTLM is the road: a username is there */
    bool ntlm_allowed;
    enum transport transport;
    bool has_fingerprint;
    unsigned char fingerprint[FINGERPRINT_SIZE];
    char *bytes; /* what the pointers above point into; wiped before it is freed */
    size_t length;
};

/* Read the file. False: "--credentials: FILE: ...". Close what was read. */
bool credentials_read(const char *path, struct credentials *ret, struct error *err);

/* May this host be logged in to, in this way? */
bool credentials_allow(const struct credentials *credentials, const struct endpoint *endpoint,
                       struct error *err);

/* The file's text, length bytes and a NUL, which is cut into pieces; it becomes part of *ret.
 * False: "line 3: ...". For credentials_read(), and for what tests it. */
bool credentials_parse(char *text, size_t length, struct credentials *ret, struct error *err);

/* Forget the password; what else is there stays. */
void credentials_forget_password(struct credentials *credentials);

void credentials_close(struct credentials *credentials);

#endif
