/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/winrm/session.h"

#include "counter/counter.h"
#include "counter/winrm/base64.h"
#include "counter/winrm/sealed.h"

#include <string.h>
#include <strings.h>

/* ---- what the host says by a status alone ---- */

static const struct {
    unsigned status;
    enum read_status reading;
    const char *meaning;
} statuses[] = {
    {403, READ_DENIED, "the account may not use WinRM there: add it to Remote Management Users"},
    {404, READ_FAILED, "no WinRM at this port"},
    {500, READ_FAILED,
     "an empty answer: the host could not open the message, or accepts no sealed ones; run winrm "
     "get winrm/config/service there"},
    {503, READ_FAILED,
     "the host accepts no more requests at present: are too many checks asking at once "
     "(MaxConcurrentOperationsPerUser, MaxConnections)?"},
};

static bool refuse_status(const struct http_head *head, struct error *err)
{
    if (head->status >= 300 && head->status < 400)
        return error_set_code(err, READ_INVALID,
                              "HTTP status %u: a redirect, which is not followed: is it WinRM that "
                              "listens there?",
                              head->status);
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (statuses[i].status == head->status)
            return error_set_code(err, (int)statuses[i].reading, "HTTP status %u: %s", head->status,
                                  statuses[i].meaning);
    return error_set_code(err, READ_INVALID, "HTTP status %u: is it WinRM that listens there?",
                          head->status);
}

/* ---- logging in ---- */

static bool refuse_login(const struct session *session, struct error *err)
{
    if (session->endpoint.tls)
        return error_set_code(
            err, READ_FAILED,
            "the login was refused (HTTP status 401): a wrong password or clock, "
            "a local account without LocalAccountTokenFilterPolicy, or an account "
            "that may not log on from the network");
    return error_set_code(err, READ_FAILED,
                          "the login was refused (HTTP status 401): a wrong password or clock, a "
                          "local account without LocalAccountTokenFilterPolicy, or a host that "
                          "wants TLS (CbtHardeningLevel = Strict)");
}

/* The token of an answer, decoded; empty where there is none. */
static bool take_token(const struct http_head *head, struct text *ret, struct error *err)
{
    text_cut(ret, 0);
    if (!base64_decode(head->token, strlen(head->token), ret))
        return error_set_code(err, READ_INVALID,
                              "not a WinRM answer: its login token is not base64");
    return !ret->failed || error_memory(err);
}

/* Post the token that is in session->token, with no body. */
static bool post_token(struct session *session, struct error *err)
{
    bool stale;
    struct text line = {0};
    if (session->http.wire.fd < 0)
        return error_set_code(err, READ_FAILED,
                              "the host ended the connection in the middle of the login");
    text_puts(&line, "Negotiate ");
    base64_encode(session->token.bytes, session->token.length, &line);
    const struct http_request request = {.host = session->endpoint.shown,
                                         .content_type = SOAP_CONTENT_TYPE,
                                         .authorization = line.bytes,
                                         .body = ""};
    bool posted = line.failed ? error_memory(err)
                              : http_post(&session->http, &request, &session->answer, &stale, err);
    text_free(&line);
    return posted;
}

/* After each answer: is that all, and did the host go on, refuse, or not understand? */
static bool exchange(struct session *session, const struct binding *binding, struct error *err)
{
    enum { MOST_LEGS = 4 };
    const struct http_head *head = &session->answer.head;
    struct text in = {0};
    bool finished = false;
    text_cut(&session->token, 0);
    bool fine = auth_step(&session->auth, binding, NULL, &session->token, err);
    for (unsigned leg = 0; fine && !finished; leg++) {
        if (leg == MOST_LEGS) {
            fine = error_set_code(err, READ_INVALID, "the login does not complete");
            break;
        }
        if (!(fine = post_token(session, err)) || !(fine = take_token(head, &in, err)))
            break;
        bool accepted = head->status < 300; /* and 200 or more: it is final */
        if (!accepted && head->status != 401) {
            fine = refuse_status(head, err);
        } else if (!accepted && !head->negotiates) {
            fine = error_set_code(err, READ_FAILED,
                                  "the host does not offer Negotiate (it offers %s): run winrm set "
                                  "winrm/config/service/auth @{Negotiate=\"true\"} there",
                                  *head->schemes ? head->schemes : "nothing");
        } else if (in.length && !session->auth.done) {
            text_cut(&session->token, 0);
            fine = auth_step(&session->auth, binding, &in, &session->token, err);
            finished = accepted;
        } else if (!accepted) {
            fine = refuse_login(session, err);
        } else {
            finished = true;
        }
    }
    text_free(&in);
    if (fine && !session->auth.done)
        return error_set_code(err, READ_FAILED, "the host did not prove who it is");
    return fine;
}

static bool log_in(struct session *session, struct error *err)
{
    struct binding binding;
    if (!session->prepared) {
        if (!auth_prepare(&session->auth, &session->credentials, &session->endpoint, err)) {
            auth_end(&session->auth);
            return false;
        }
        session->prepared = true;
        credentials_forget_password(&session->credentials);
    }
    auth_restart(&session->auth);
    wire_binding(&session->http.wire, &binding);
    if (session->endpoint.tls && !binding.length)
        return error_set_code(err, READ_FAILED,
                              "the certificate can't be tied to the login (channel binding)");
    return exchange(session, &binding, err) &&
           (session->endpoint.tls || auth_check_sealing(&session->auth, err));
}

static bool connect_and_log_in(struct session *session, struct error *err)
{
    if (session->http.wire.fd >= 0)
        return true;
    if (!wire_open(&session->http.wire, &session->endpoint, &session->credentials, err))
        return false;
    bool logged_in = log_in(session, err);
    if (logged_in && session->http.wire.fd < 0)
        logged_in =
            error_set_code(err, READ_FAILED, "the host ended the connection right after the login");
    if (logged_in)
        return true;
    wire_close(&session->http.wire);
    return false;
}

/* ---- messages ---- */

static bool seal(struct session *session, const char *soap, size_t length, struct error *err)
{
    size_t signature = 0;
    text_cut(&session->token, 0);
    text_cut(&session->body, 0);
    if (!auth_seal(&session->auth, soap, length, &session->token, &signature, err))
        return false;
    sealed_print(&session->body, length, signature, session->token.bytes, session->token.length);
    return !session->body.failed || error_memory(err);
}

static bool begins(const char *text, const char *with)
{
    return !strncasecmp(text, with, strlen(with));
}

static bool open_sealed(struct session *session, struct error *err)
{
    struct sealed sealed;
    const struct text *body = &session->answer.body;
    text_cut(&session->plain, 0);
    if (!sealed_parse(body->bytes, body->length, &sealed, err) ||
        !auth_unseal(&session->auth, sealed.signature, sealed.signature_length + sealed.data_length,
                     &session->plain, err))
        return false;
    return session->plain.length == sealed.plain_length ||
           error_set_code(err, READ_INVALID,
                          "a sealed answer can't be read: it has %zu bytes and says %zu",
                          session->plain.length, sealed.plain_length);
}

/* What stands in clear on HTTP anybody may have written: its status is an answer, its body none. */
static bool take_answer(struct session *session, const char **ret, size_t *ret_length,
                        struct error *err)
{
    const struct http_head *head = &session->answer.head;
    const struct text *plain = &session->answer.body;
    bool sealed = begins(head->content_type, "multipart/encrypted");
    bool may_be_soap = session->endpoint.tls || sealed;
    if (head->status == 401)
        return refuse_login(session, err);
    if (head->status != 200 && !(may_be_soap && plain->length && head->status >= 400))
        return refuse_status(head, err);
    if (!may_be_soap)
        return error_set_code(err, READ_INVALID,
                              "an answer that is not sealed: it is not looked at");
    if (sealed) {
        if (!open_sealed(session, err))
            return false;
        plain = &session->plain;
    }
    *ret = plain->bytes;
    *ret_length = plain->length;
    return true;
}

bool session_post(struct session *session, const char *soap, size_t length, const char **ret,
                  size_t *ret_length, struct error *err)
{
    for (;;) {
        bool stale, fresh = session->http.wire.fd < 0;
        if (!connect_and_log_in(session, err))
            return false;
        bool tls = session->endpoint.tls;
        if (!tls && !seal(session, soap, length, err))
            return false;
        const struct http_request request = {
            .host = session->endpoint.shown,
            .content_type = tls ? SOAP_CONTENT_TYPE : SEALED_CONTENT_TYPE,
            .body = tls ? soap : session->body.bytes,
            .length = tls ? length : session->body.length,
        };
        if (http_post(&session->http, &request, &session->answer, &stale, err))
            return take_answer(session, ret, ret_length, err);
        /* Between two messages a host may close: all that is asked can be asked again, once. */
        if (!stale || fresh)
            return false;
    }
}

void session_close(struct session *session)
{
    if (session->prepared)
        auth_end(&session->auth);
    http_close(&session->http);
    credentials_close(&session->credentials);
    text_free(&session->answer.body);
    text_free(&session->token);
    text_free(&session->body);
    text_free(&session->plain);
}
