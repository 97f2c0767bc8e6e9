/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a host may answer to winrm:, and what a login may come to, in tables: the wire and GSS are
 * doubles (host.h), all above them is real. */
#include "../unit/unit.h"
#include "host.h"

#include "counter/winrm/session.h"
#include "counter/winrm/source.h"
#include "hyperv/counter_names.h"

#include <krb5.h>

#include <sys/stat.h>
#include <unistd.h>

#define KERBEROS "hosts = *\nkeytab = k\n"
#define PASSWORD "hosts = *\nprincipal = a@B\npassword = p\n"
#define NTLM     "hosts = *\nusername = u\npassword = p\ndomain = D\nntlm = allow\n"
#define TLS      "transport = tls\n"
#define EMPTY    "Content-Length: 0\r\n\r\n"
#define OK       "HTTP/1.1 200 OK\r\n"

/* ---- HTTP, and the login ---- */

static struct session session_with(const char *lines, const char *name)
{
    struct session session = {.http = {.wire = WIRE_CLOSED}};
    struct error err;
    assert_true(endpoint_parse(name, &arena, &session.endpoint, &err));
    if (!credentials_parse(strdup(lines), strlen(lines), &session.credentials, &err))
        fail_msg("%s", err.text);
    endpoint_choose(&session.endpoint, session.credentials.transport);
    return session;
}

/* What comes of one message more. */
static const char *posted(struct session *session)
{
    struct error err;
    const char *bytes;
    size_t length;
    if (!session_post(session, "<q/>", 4, &bytes, &length, &err))
        return say("%s", err.text);
    assert_int_equal(strlen(bytes), length);
    return say("= %s", bytes);
}

static const char *ask(const char *lines, const char *name, unsigned messages)
{
    struct session session = session_with(lines, name);
    const char *text = "";
    while (messages-- > 0)
        text = posted(&session);
    session_close(&session);
    return text;
}

static const char *repeat(const char *text, unsigned times)
{
    const char *all = "";
    while (times-- > 0)
        all = say("%s%s", all, text);
    return all;
}

/* Answers to a message, within TLS: what is read of each, whatever the pieces that it comes in. */
static void answers(void **state)
{
    const char *const long_line = repeat("x", 254);
    const struct {
        const char *answer, *expected;
    } table[] = {
        {OK "Content-Length: 3\r\n\r\nabc", "= abc"},
        {OK "Content-Length: 3\r\n\r\nabc\r\n\n", "= abc"},
        {"HTTP/1.1 100 Continue\r\n\r\n\r\n" OK "Content-Length: 3\n\nabc", "= abc"},
        {OK "Transfer-Encoding: chunked\r\n\r\n1\na\n2;x\r\nbc\r\n0\r\n\r\n", "= abc"},
        {OK "Transfer-Encoding: chunked\n\n1\n\r\n0\n\n", "= \r"},
        {say(OK "Transfer-Encoding: chunked\r\n\r\n1;%s\r\na\r\n0\r\n\r\n", long_line), "= a"},
        {say(OK "Transfer-Encoding: chunked\r\n\r\n1;x%s\r\na\r\n0\r\n\r\n", long_line),
         "not a WinRM answer: a chunk's line is too long"},
        {say(OK "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n%s\r\n", repeat("X: y\r\n", 15)),
         "= a"},
        {say(OK "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n%s\r\n", repeat("X: y\r\n", 16)),
         "not a WinRM answer: it does not end"},
        {OK "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "not a WinRM answer: a chunk has no size"},
        {OK "Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
         "not a WinRM answer: a chunk is longer than its size"},
        {OK "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n",
         "not a WinRM answer: its body is longer than requested"},
        {OK "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         "not a WinRM answer: it has a Content-Length and comes in chunks"},
        {OK "\r\n", "not a WinRM answer: it does not say how long its body is"},
        {OK "Transfer-Encoding: chunked\r\n\r\n",
         "not a WinRM answer: the host ended the connection in the middle of it"},
        {OK "Transfer-Encoding: chunked\r\n\r\n3\r\na",
         "not a WinRM answer: the host ended the connection in the middle of it"},
        {OK "Transfer-Encoding: chunked\r\n\r\n1\r\na",
         "not a WinRM answer: the host ended the connection in the middle of it"},
        {OK "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n",
         "not a WinRM answer: the host ended the connection in the middle of it"},
        {OK "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n100000\r\n",
         "not a WinRM answer: its body is longer than requested"},
        {say("%s" OK EMPTY, repeat("HTTP/1.1 100 x\r\n\r\n", 4)), "= "},
        {say("%s" OK EMPTY, repeat("HTTP/1.1 199 x\r\n\r\n", 5)),
         "not a WinRM answer: it does not end"},
        /* a head has at most 16,384 bytes */
        {say(OK "X: %s\r\n" EMPTY, repeat("y", 16384 - 17 - 5 - 19)), "= "},
        {say(OK "X: %s\r\n" EMPTY, repeat("y", 16384 - 17 - 5 - 18)),
         "not a WinRM answer: its head does not end"},
        {say(OK "X: %s", repeat("y", 16384)), "not a WinRM answer: its head does not end"},
        {"HTTP/1.1 200 OK\r\n", "not a WinRM answer: the host ended the connection without one"},
        {"HTTP/1.1 204 x\r\n\r\n", "HTTP status 204: is it WinRM that listens there?"},
        {"HTTP/1.1 205 x\r\n\r\n", "not a WinRM answer: it does not say how long its body is"},
        {"HTTP/1.1 299 x\r\nContent-Length: 1\r\n\r\na",
         "HTTP status 299: is it WinRM that listens there?"},
        {"HTTP/1.1 300 x\r\n" EMPTY,
         "HTTP status 300: a redirect, which is not followed: is it WinRM that listens there?"},
        {"HTTP/1.1 399 x\r\nContent-Length: 1\r\n\r\na",
         "HTTP status 399: a redirect, which is not followed: is it WinRM that listens there?"},
        {"HTTP/1.1 400 x\r\n" EMPTY, "HTTP status 400: is it WinRM that listens there?"},
        {"HTTP/1.1 400 x\r\nContent-Length: 1\r\n\r\na", "= a"},
        {"HTTP/1.1 401 x\r\n" EMPTY,
         "the login was refused (HTTP status 401): a wrong password or clock, a local account "
         "without LocalAccountTokenFilterPolicy, or an account that may not log on from the "
         "network"},
    };
    static const size_t pieces[] = {0, 1, 7};
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++)
        for (size_t k = 0; k < LENGTH(pieces); k++) {
            const char *const all[] = {table[i].answer, NULL};
            host_reset();
            host.answers = all;
            host.piece = pieces[k];
            assert_string_equal(ask(KERBEROS TLS, "hv01", 1), table[i].expected);
        }
    /* a body has at most 1,048,576 bytes */
    for (int more = 0; more < 2; more++) {
        const char *const all[] = {
            say(OK "Transfer-Encoding: chunked\r\n\r\n80000\r\n%0524288d\r\n%x\r\n"
                   "%0*d\r\n0\r\n\r\n",
                0, 524288 + more, 524288 + more, 0),
            NULL};
        host_reset();
        host.answers = all;
        const char *found = ask(KERBEROS TLS, "hv01", 1);
        if (more)
            assert_string_equal(found, "not a WinRM answer: its body is longer than requested");
        else
            assert_int_equal(strlen(found), strlen("= ") + 1048576);
    }
    host_reset();
    host.answers = (const char *const[]){OK EMPTY "x", NULL};
    assert_string_equal(ask(KERBEROS TLS, "hv01", 1),
                        "not a WinRM answer: more follows than was requested");
}

/* On HTTP what counts is sealed, whatever else is there. */
static void sealed_answers(void **state)
{
    static const char *const table[][2] = {
        {"<a/>", "= <a/>"},
        {OK "Content-Type: application/soap+xml\r\nContent-Length: 4\r\n\r\n<a/>",
         "an answer that is not sealed: it is not looked at"},
        {"HTTP/1.1 500 x\r\nContent-Type: application/soap+xml\r\nContent-Length: 4\r\n\r\n<a/>",
         "HTTP status 500: an empty answer: the host could not open the message, or accepts no "
         "sealed ones; run winrm get winrm/config/service there"},
        {OK "Content-Type: Multipart/Encrypted\r\n" EMPTY,
         "a sealed answer can't be read: it has no parts"},
        {"HTTP/1.1 500 x\r\nContent-Type: multipart/encrypted\r\nContent-Length: 1\r\n\r\nx",
         "a sealed answer can't be read: it has no parts"},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++)
        for (int ntlm = 0; ntlm < 2; ntlm++) {
            const char *const all[] = {table[i][0], NULL};
            host_reset();
            host.answers = all;
            assert_string_equal(ask(ntlm ? NTLM : KERBEROS, "hv01", 1), table[i][1]);
        }
    host_reset();
    host.answers = (const char *const[]){"<a/>", NULL};
    host.length = 5;
    assert_string_equal(ask(KERBEROS, "hv01", 1),
                        "a sealed answer can't be read: it has 4 bytes and says 5");
}

/* A connection that was closed between two messages is made anew, once. */
static void connections(void **state)
{
    static const char gone[] = "not a WinRM answer: the host ended the connection without one";
    static const char closes[] = OK "Connection: close\r\n" EMPTY;
    static const struct {
        const char *answers[5];
        unsigned messages;
        size_t opened;
        const char *expected;
    } table[] = {
        {{"<a/>", "<b/>", NULL}, 2, 1, "= <b/>"},
        {{"<a/>", "", "<b/>", NULL}, 2, 2, "= <b/>"},
        {{"<a/>", "", "", "<b/>", NULL}, 2, 2, gone},
        {{"", "<a/>", NULL}, 1, 1, gone},
        {{"<a/>", "HTTP/1.1 2", "<b/>", NULL}, 2, 1, gone},
        {{"<a/>", "HTTP/1.1 2", "<b/>", NULL}, 3, 2, "= <b/>"},
        {{closes, "<b/>", NULL}, 2, 2, "= <b/>"},
        {{"<a/>", "late", "<b/>", NULL}, 2, 1, "no answer in time"},
        {{"<a/>", "late", "<b/>", NULL}, 3, 2, "= <b/>"},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        host_reset();
        host.answers = table[i].answers;
        assert_string_equal(ask(KERBEROS TLS, "hv01", table[i].messages), table[i].expected);
        assert_int_equal(host.opened, table[i].opened);
        assert_int_equal(host.logged_in, table[i].opened);
    }
    host_reset();
    host.deaf = true;
    assert_string_equal(ask(KERBEROS TLS, "hv01", 1), "the connection broke");
    assert_int_equal(host.opened, 1);
}

#define TOKEN "WWW-Authenticate: Negotiate dG9r\r\n"

static void logins(void **state)
{
    static const char proof[] = "the host did not prove who it is";
    static const char refused[] = "the login was refused (HTTP status 401)";
    static const struct {
        const char *lines;
        const char *logins[7];
        unsigned legs;
        const char *expected;
    } table[] = {
        {KERBEROS, {OK TOKEN EMPTY, NULL}, 0, "= <a/>"},
        {KERBEROS, {"HTTP/1.1 299 x\r\n" TOKEN EMPTY, NULL}, 0, "= <a/>"},
        {KERBEROS, {"HTTP/1.1 300 x\r\n" TOKEN EMPTY, NULL}, 0, "HTTP status 300: a redirect"},
        {KERBEROS, {"HTTP/1.1 401 x\r\n" TOKEN EMPTY, OK EMPTY, NULL}, 0, "= <a/>"},
        {KERBEROS, {"HTTP/1.1 401 x\r\n" TOKEN EMPTY, OK TOKEN EMPTY, NULL}, 0, "= <a/>"},
        {KERBEROS,
         {"HTTP/1.1 401 x\r\n" TOKEN EMPTY, "HTTP/1.1 401 x\r\n" TOKEN EMPTY, NULL},
         0,
         refused},
        {KERBEROS, {OK EMPTY, NULL}, 0, proof},
        {KERBEROS, {OK TOKEN EMPTY, NULL}, 3, proof},
        {KERBEROS, {OK EMPTY, NULL}, 1, "= <a/>"},
        {KERBEROS,
         {"HTTP/1.1 401 x\r\n" TOKEN EMPTY, "HTTP/1.1 401 x\r\n" TOKEN EMPTY,
          "HTTP/1.1 401 x\r\n" TOKEN EMPTY, OK TOKEN EMPTY, NULL},
         5,
         "= <a/>"},
        {KERBEROS,
         {"HTTP/1.1 401 x\r\n" TOKEN EMPTY, "HTTP/1.1 401 x\r\n" TOKEN EMPTY,
          "HTTP/1.1 401 x\r\n" TOKEN EMPTY, "HTTP/1.1 401 x\r\n" TOKEN EMPTY, OK TOKEN EMPTY, NULL},
         6,
         "the login does not complete"},
        {KERBEROS,
         {"HTTP/1.1 401 x\r\nWWW-Authenticate: Negotiate !\r\n" EMPTY, NULL},
         0,
         "not a WinRM answer: its login token is not base64"},
        {KERBEROS,
         {OK TOKEN "Connection: close\r\n" EMPTY, NULL},
         0,
         "the host ended the connection right after the login"},
        {KERBEROS,
         {"HTTP/1.1 401 x\r\nConnection: close\r\n" TOKEN EMPTY, OK EMPTY, NULL},
         0,
         "the host ended the connection in the middle of the login"},
        {KERBEROS, {"", NULL}, 0, "not a WinRM answer: the host ended the connection without one"},
        {NTLM, {CHALLENGE, OK EMPTY, NULL}, 0, "= <a/>"},
        {NTLM, {OK TOKEN EMPTY, NULL}, 0, "the host's NTLM challenge is refused: it is none"},
        {PASSWORD, {OK TOKEN EMPTY, NULL}, 0, "= <a/>"},
        {"hosts = *\n", {OK TOKEN EMPTY, NULL}, 0, "= <a/>"},
        {"hosts = *\nccache = FILE:c\n", {OK TOKEN EMPTY, NULL}, 0, "= <a/>"},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        host_reset();
        host.answers = (const char *const[]){"<a/>", NULL};
        host.logins = table[i].logins;
        host.legs = table[i].legs;
        const char *found = ask(table[i].lines, "hv01", 1);
        if (strncmp(found, table[i].expected, strlen(table[i].expected)) != 0)
            fail_msg("login %zu: %s", i, found);
    }
}

/* Whom a login is for, as GSS is told. */
static void targets(void **state)
{
    const char *const longest = repeat("s", 598);
    const struct {
        const char *lines, *host, *expected;
    } table[] = {
        {KERBEROS, "hv01", "HTTP/hv01@"},
        {KERBEROS "spn = HTTP/other\n", "192.0.2.1", "HTTP/other@"},
        {KERBEROS "spn = HTTP/other@REALM\n", "hv01", "HTTP/other@REALM"},
        {NTLM, "192.0.2.1", "HTTP@192.0.2.1"},
        {say(KERBEROS "spn = %s\n", longest), "hv01", say("%s@", longest)},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        host_reset();
        ask(table[i].lines, table[i].host, 1);
        assert_string_equal(host.name, table[i].expected);
    }
    assert_string_equal(ask(say(KERBEROS "spn = %sx\n", longest), "hv01", 1), "spn = is too long");
    const char *user = "hosts = *\npassword = p\nntlm = allow\ndomain = D\nusername = ";
    host_reset();
    host.answers = (const char *const[]){"<a/>", NULL};
    assert_string_equal(ask(say("%s%s\n", user, longest + 1), "hv01", 1), "= <a/>");
    assert_string_equal(ask(say("%s%s\n", user, longest), "hv01", 1), "username = is too long");
}

/* Whose credentials: tickets of a keytab stay in memory, where several checks can't spoil them. */
static void stores(void **state)
{
    static const char *const table[][2] = {
        {"hosts = *\n", ""},
        {"hosts = *\nccache = FILE:c\n", "ccache=FILE:c"},
        {KERBEROS, "client_keytab=k ccache=MEMORY:monitoring-plugins-hyperv"},
        {KERBEROS "ccache = FILE:c\n", "client_keytab=k ccache=FILE:c"},
        {PASSWORD, ""},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        host_reset();
        host.answers = (const char *const[]){"<a/>", NULL};
        assert_string_equal(ask(table[i][0], "hv01", 1), "= <a/>");
        assert_string_equal(host.store, table[i][1]);
        assert_string_equal(host.token, "Negotiate dG9rZW4=");
    }
}

/* NTLM alone is asked for a MIC, which protects its own messages; one that has none goes on. */
static void mic(void **state)
{
    static const char *const lines[] = {KERBEROS, NTLM, NTLM};
    (void)state;
    for (size_t i = 0; i < LENGTH(lines); i++) {
        host_reset();
        host.answers = (const char *const[]){"<a/>", NULL};
        host.failing = i == 2 ? "MIC" : NULL;
        host.major = GSS_S_UNAVAILABLE;
        struct session session = session_with(lines[i], "hv01");
        assert_string_equal(posted(&session), "= <a/>");
        assert_true(session.auth.asked_mic == (i == 1));
        session_close(&session);
    }
}

/* A keytab that can't be read is told by the system's words; what GSS alone understands is its. */
static void keytabs(void **state)
{
    const char *path = unit_text_file("keytab", "");
    (void)state;
    const struct {
        const char *keytab, *expected;
    } table[] = {
        {path, "= <a/>"},
        {say("FILE:%s", path), "= <a/>"},
        {say("%s-none", path), say("keytab = %s-none: No such file or directory", path)},
        {say("FILE:%s-none", path), say("keytab = %s-none: No such file or directory", path)},
        {"MEMORY:x", "= <a/>"},
        {"FILE:relative", "= <a/>"},
    };
    for (size_t i = 0; i < LENGTH(table); i++) {
        host_reset();
        host.answers = (const char *const[]){"<a/>", NULL};
        assert_string_equal(ask(say("hosts = *\nkeytab = %s\n", table[i].keytab), "hv01", 1),
                            table[i].expected);
    }
}

/* Whatever GSS can't do ends in words, and in nothing that is sent in clear. */
static void failures_of_gss(void **state)
{
    static const struct {
        const char *lines, *failing;
        OM_uint32 minor;
        const char *expected;
    } table[] = {
        {KERBEROS, "name of the host", 1, "reading a name by Kerberos failed (why): docs/winrm.md"},
        {NTLM, "name of the host", 1, "reading a name by NTLM failed (why)"},
        {PASSWORD, "name", 1, "reading a name by Kerberos failed (why)"},
        {NTLM, "name", 1, "reading a name by NTLM failed (why)"},
        {NTLM, "mechanisms", 1, "NTLM is not installed on this machine"},
        {NTLM, "password", 1, "logging in by NTLM failed (why)"},
        {PASSWORD, "password", 1, "logging in by Kerberos failed (why)"},
        {KERBEROS, "store", 1, "logging in by Kerberos failed (why)"},
        {KERBEROS, "login", 1, "logging in by Kerberos failed (why)"},
        {KERBEROS, "login", 0, "logging in by Kerberos failed (why)"},
        {KERBEROS, "flags", 1, "sealing by Kerberos failed (why)"},
        {KERBEROS, "seal", 1, "sealing by Kerberos failed (why)"},
        {NTLM, "seal", 1, "sealing by NTLM failed (why)"},
        {KERBEROS, "open", 1, "a sealed answer can't be opened: "},
        {NTLM, "open", 1, "a sealed answer can't be opened: "},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        host_reset();
        host.answers = (const char *const[]){"<a/>", NULL};
        host.failing = table[i].failing;
        host.major = GSS_S_FAILURE;
        host.minor = table[i].minor;
        const char *found = ask(table[i].lines, "hv01", 1);
        if (strncmp(found, table[i].expected, strlen(table[i].expected)) != 0)
            fail_msg("%s: %s", table[i].failing, found);
        bool sent = host.asked > 0, opened = !strcmp(table[i].failing, "open");
        assert_true(sent == (opened || *found == '='));
    }
    /* What comes twice or out of order is opened, and yet not taken; nor what was only signed. */
    for (int i = 0; i < 2; i++) {
        host_reset();
        host.answers = (const char *const[]){"<a/>", NULL};
        host.failing = i ? "open" : NULL;
        host.major = GSS_S_DUPLICATE_TOKEN;
        host.unopened = !i;
        assert_holds(ask(KERBEROS, "hv01", 1), "a sealed answer can't be opened");
    }
}

/* What the mechanism says is joined, without the marks at its end; where it says nothing, GSS does.
 */
static void words_of_gss(void **state)
{
    const char *const longest = repeat("w", 290);
    const struct {
        const char *failing, *words[4], *expected;
    } table[] = {
        {"login", {"one", "two. \n", NULL}, "(one, two)"},
        {"login", {".", NULL}, "()"},
        {"login", {"a.b", NULL}, "(a.b)"},
        {"login", {longest, "two", NULL}, say("(%.255s)", longest)},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        host_reset();
        host.failing = "login";
        host.major = GSS_S_FAILURE;
        host.minor = 1;
        host.words = table[i].words;
        assert_holds(ask(KERBEROS, "hv01", 1), table[i].expected);
    }
    static const char *const none[] = {NULL};
    host.failing = "login";
    host.words = none;
    assert_holds(ask(NTLM, "hv01", 1), "logging in by NTLM failed ()");
}

/* What helps: by Kerberos' own code, else by whether there is a keytab. */
static void remedies(void **state)
{
    static const struct {
        const char *lines;
        OM_uint32 major;
        krb5_error_code minor;
        const char *remedy;
    } table[] = {
        {KERBEROS, GSS_S_FAILURE, KRB5KRB_AP_ERR_SKEW,
         "set the clock of this machine, or of the KDC"},
        {KERBEROS, GSS_S_FAILURE, KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, "check the principal"},
        {KERBEROS, GSS_S_NO_CRED, KRB5KDC_ERR_CLIENT_REVOKED, "the account is locked or disabled"},
        {KERBEROS, GSS_S_FAILURE, KRB5_KT_NOTFOUND, "the keytab has no key of the principal"},
        {KERBEROS, GSS_S_NO_CRED, 1, "the keytab has no key of the principal"},
        {"hosts = *\n", GSS_S_NO_CRED, 1, "no ticket: run kinit, or give keytab ="},
        {"hosts = *\n", GSS_S_FAILURE, 1, "docs/winrm.md tells what Kerberos needs"},
        {KERBEROS, GSS_S_FAILURE, 1, "docs/winrm.md tells what Kerberos needs"},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        host_reset();
        host.failing = "store";
        host.major = table[i].major;
        host.minor = (OM_uint32)table[i].minor;
        assert_string_equal(ask(table[i].lines, "hv01", 1),
                            say("logging in by Kerberos failed (why): %s", table[i].remedy));
    }
}

/* Nothing is sent by a login that does not keep it secret. */
static void secrecy(void **state)
{
    static const char none[] = "the login does not support sealed messages: nothing was sent";
    static const char outdated[] = "the ticket's encryption is outdated: allow AES for the account";
    (void)state;
    for (int i = 0; i < 6; i++) {
        host_reset();
        host.answers = (const char *const[]){"<a/>", NULL};
        host.missing = i == 0 ? GSS_C_CONF_FLAG : i == 1 ? GSS_C_INTEG_FLAG : 0;
        host.padding = i == 2 || i == 3 ? 8 : 0;
        host.unsealed = i > 3;
        const char *found = ask(i & 1 ? NTLM : KERBEROS, "hv01", 1);
        assert_string_equal(found, i < 2   ? none
                                   : i & 1 ? "sealing by NTLM failed (why)"
                                           : outdated);
        assert_int_equal(host.asked, 0);
    }
    /* TLS seals by itself, but the login has to be tied to it. */
    host_reset();
    host.answers = (const char *const[]){"<a/>", NULL};
    host.missing = GSS_C_CONF_FLAG;
    assert_string_equal(ask(KERBEROS TLS, "hv01", 1), "= <a/>");
    host_reset();
    host.unbound = true;
    assert_string_equal(ask(KERBEROS TLS, "hv01", 1),
                        "the certificate can't be tied to the login (channel binding)");
    assert_int_equal(host.logged_in, 0);
}

/* ---- WMI ---- */

#define ENVELOPE(inner) "<Envelope><Body>" inner "</Body></Envelope>"
#define ROWS(rows)                                                                                 \
    ENVELOPE("<EnumerateResponse><Items>" rows "</Items><EndOfSequence/></EnumerateResponse>")
#define FAULT(code)           ENVELOPE("<Fault><StatusCode>" code "</StatusCode></Fault>")
#define NO_PROPERTY           FAULT("0x80041017")
#define NO_QUERY              FAULT("0x8033801A")
#define NO_CLASS              FAULT("0x80041010")
#define DENIED                FAULT("0x80041003")
#define OUTPUT(method, cells) ENVELOPE("<" method "_OUTPUT>" cells "</" method "_OUTPUT>")

static struct source *host_open(const struct object_class *classes)
{
    const char *path = unit_text_file("credentials", KERBEROS TLS);
    const struct source_options options = {.credentials = path, .classes = classes};
    struct source *source;
    struct error err;
    assert_int_equal(chmod(path, 0600), 0);
    if (!winrm_kind.open("hv01", &options, &arena, &source, &err))
        fail_msg("%s", err.text);
    return source;
}

static const char *counter_text(const struct counter *counter)
{
    if (counter->reading != READ_OK)
        return say("%d %s", counter->reading, counter->problem);
    if (counter->is_raw)
        return say("%llu/%llu/%llu in %u", (unsigned long long)counter->raw.count,
                   (unsigned long long)counter->raw.ticks,
                   (unsigned long long)counter->raw.frequency, counter->raw.bits);
    const char *text = "";
    for (size_t i = 0; i < counter->count; i++) {
        const struct sample *sample = &counter->samples[i];
        text = say("%s%s%s#%u=%g%s", text, i ? " " : "", sample->instance, sample->ordinal,
                   sample->value, sample->present ? "" : "?");
    }
    return text;
}

#define RATE(cells) ROWS("<r>" cells "</r>")
#define TICKS       "<Timestamp_PerfTime>5</Timestamp_PerfTime>"
#define FREQUENCY   "<Frequency_PerfTime>9</Frequency_PerfTime>"

static void counters(void **state)
{
    static const struct counter vms = {.object = HYPERV_VM, .name = "A B", .instances = true},
                                memory = {.object = MEMORY_OBJECT, .name = "A B"},
                                reads = {.object = MEMORY_OBJECT, .name = "A B", .rate = true},
                                newer = {.object = MEMORY_OBJECT, .name = "A B", .newer = true},
                                unknown = {.object = "Nobody", .name = "A B"};
    static const char no_raw[] = "4 Win32_PerfRawData_PerfOS_Memory has no raw value of a rate";
    static const char no_value[] =
        "3 A B of Win32_PerfRawData_PerfOS_Memory has no value at this moment";
    static const struct {
        const struct counter *counter;
        const char *answers[5];
        const char *expected;
    } table[] = {
        {&vms,
         {ROWS("<r><AB>1</AB><Name>x</Name></r><r><AB>2</AB><Name>X</Name></r>"
               "<r><AB>-3</AB></r><r><AB>4</AB><Name>x</Name></r><r><Name>y</Name></r>"),
          NULL},
         "x#0=1 X#1=2 #0=0? x#2=4"},
        {&vms, {ROWS(""), NULL}, ""},
        {&vms,
         {ROWS("<r><Name>x</Name></r>"), NULL},
         "2 Win32_PerfRawData_BalancerStats_HyperVDynamicMemoryVM has no property AB"},
        {&memory,
         {ROWS("<r><AB>18446744073709551615</AB></r><r><AB>2</AB></r>"), NULL},
         "#0=1.84467e+19"},
        {&memory, {ROWS("<r><AB>18446744073709551616</AB></r>"), NULL}, no_value},
        {&memory, {ROWS("<r><AB/></r>"), NULL}, no_value},
        {&memory, {ROWS("<r><AB nil='true'/></r>"), NULL}, no_value},
        {&memory,
         {ROWS("<r><B>1</B></r>"), NULL},
         "2 Win32_PerfRawData_PerfOS_Memory has no property AB"},
        {&memory,
         {ROWS(""), NULL},
         "3 Win32_PerfRawData_PerfOS_Memory has no row: is the account in Performance Monitor "
         "Users?"},
        {&reads, {RATE("<AB>4294967295</AB>" TICKS FREQUENCY), NULL}, "4294967295/5/9 in 32"},
        {&reads, {RATE("<AB>4294967296</AB>" TICKS FREQUENCY), NULL}, "4294967296/5/9 in 64"},
        {&reads, {RATE("<AB>1</AB>" TICKS FREQUENCY "</r><r><AB>2</AB>"), NULL}, "1/5/9 in 32"},
        {&reads, {RATE("<AB nil='1'/>" TICKS FREQUENCY), NULL}, no_value},
        {&reads, {RATE("<AB>x</AB>" TICKS FREQUENCY), NULL}, no_raw},
        {&reads, {RATE("<AB>1</AB>" FREQUENCY), NULL}, no_raw},
        {&reads, {RATE("<AB>1</AB>" TICKS), NULL}, no_raw},
        {&reads,
         {RATE("<AB>1</AB>" TICKS "<Frequency_PerfTime>0</Frequency_PerfTime>"), NULL},
         no_raw},
        {&unknown, {NULL}, "8 no class of WMI is known for this object"},
        /* asked anew: without what is newer, for all, by another name of the class */
        {&newer, {NO_PROPERTY, ROWS("<r><AB>1</AB></r>"), NULL}, "#0=1"},
        {&newer, {NO_QUERY, NO_QUERY, ROWS("<r><AB>1</AB></r>"), NULL}, "#0=1"},
        {&memory, {NO_PROPERTY, ROWS("<r><AB>1</AB></r>"), NULL}, "#0=1"},
        {&memory,
         {NO_QUERY, NO_QUERY, ROWS("<_Memory/><X_OtherMemory/><X_Memory/><Y_Memory/>"),
          ROWS("<r><AB>1</AB></r>"), NULL},
         "#0=1"},
        {&memory,
         {NO_CLASS, ROWS("<Win32_PerfRawData_PerfOS_Memory/>"), NULL},
         "1 no class of this object, by any name; if Windows itself has the counters, winmgmt "
         "/resyncperf there brings it: 0x80041010 WBEM_E_INVALID_CLASS: root\\cimv2: "
         "Win32_PerfRawData_PerfOS_Memory"},
        {&memory,
         {NO_CLASS, DENIED, NULL},
         "1 no class of this object, by any name; if Windows itself has the counters, winmgmt "
         "/resyncperf there brings it: 0x80041010 WBEM_E_INVALID_CLASS: root\\cimv2: "
         "Win32_PerfRawData_PerfOS_Memory"},
        {&memory,
         {NO_CLASS, ROWS("<X_Memory/>"), DENIED, NULL},
         "5 0x80041003 WBEM_E_ACCESS_DENIED: root\\cimv2: X_Memory: the account needs Remote "
         "Enable on the namespace"},
        {&memory,
         {DENIED, NULL},
         "5 0x80041003 WBEM_E_ACCESS_DENIED: root\\cimv2: Win32_PerfRawData_PerfOS_Memory: the "
         "account needs Remote Enable on the namespace"},
        /* what is no answer about this object is none about any */
        {&memory,
         {FAULT("0x80338041"), NULL},
         "! hv01:5985: 0x80338041 ERROR_WSMAN_SCHEMA_VALIDATION_ERROR: root\\cimv2: "
         "Win32_PerfRawData_PerfOS_Memory"},
        {&memory,
         {FAULT("x"), NULL},
         "! hv01:5985: a fault: root\\cimv2: Win32_PerfRawData_PerfOS_Memory"},
        {&memory,
         {NO_CLASS, "", "", NULL},
         "! hv01:5985: not a WinRM answer: the host ended the connection without one"},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct counter counter = *table[i].counter;
        struct error err;
        host_reset();
        host.answers = table[i].answers;
        struct source *source = host_open(counter_classes);
        const char *found = winrm_kind.counters(source, &counter, 1, &err) ? counter_text(&counter)
                                                                           : say("! %s", err.text);
        winrm_kind.close(source);
        assert_string_equal(found, table[i].expected);
        if (i == 0) /* of all instances, by their names */
            assert_holds(host.message, ">SELECT AB, Name FROM Win32_PerfRawData_BalancerStats_");
    }
    /* Rates of one object are asked for together, with the clock once. */
    struct counter two[] = {reads, reads};
    struct error err;
    host_reset();
    host.answers = (const char *const[]){RATE("<AB>1</AB><CD>2</CD>" TICKS FREQUENCY), NULL};
    struct source *source = host_open(counter_classes);
    two[1].name = "C D";
    assert_true(winrm_kind.counters(source, two, 2, &err));
    assert_string_equal(counter_text(&two[0]), "1/5/9 in 32");
    assert_string_equal(counter_text(&two[1]), "2/5/9 in 32");
    assert_holds(host.message, ">SELECT AB, CD, Timestamp_PerfTime, Frequency_PerfTime FROM Win");
    winrm_kind.close(source);
    /* A class is known by its end, behind a provider of any name. */
    host_reset();
    host.answers = (const char *const[]){
        NO_CLASS, ROWS("<y/><_Memory/><X_OtherMemory/><X_Memory/><Z_Memory/>"),
        ROWS("<r><AB>1</AB></r>"), NULL};
    source = host_open(counter_classes);
    two[0] = memory;
    assert_true(winrm_kind.counters(source, two, 1, &err));
    assert_holds(host.message, ">SELECT * FROM X_Memory<");
    winrm_kind.close(source);
    /* Refused is all that was asked for of it. */
    host_reset();
    host.answers = (const char *const[]){DENIED, NULL};
    source = host_open(counter_classes);
    assert_true(winrm_kind.counters(source, two, 2, &err));
    assert_int_equal(two[0].reading, READ_DENIED);
    assert_int_equal(two[1].reading, READ_DENIED);
    winrm_kind.close(source);
    /* Of what is newer, the last goes first. */
    struct counter three[] = {memory, newer, newer};
    host_reset();
    host.answers = (const char *const[]){NO_PROPERTY, NO_PROPERTY, ROWS("<r><AB>1</AB></r>"), NULL};
    source = host_open(counter_classes);
    three[1].name = "C";
    three[2].name = "D";
    assert_true(winrm_kind.counters(source, three, 3, &err));
    assert_string_equal(counter_text(&three[0]), "#0=1");
    assert_int_equal(three[1].reading, READ_NO_COUNTER);
    assert_int_equal(three[2].reading, READ_NO_COUNTER);
    assert_holds(host.message, ">SELECT AB FROM Win");
    winrm_kind.close(source);
    struct counter counter = memory;
    source = host_open(NULL);
    assert_true(winrm_kind.counters(source, &counter, 1, &err));
    assert_int_equal(counter.reading, READ_UNSUPPORTED);
    winrm_kind.close(source);
}

#define NUMBER(cells)           OUTPUT("GetDWORDValue", cells)
#define STATUS(number)          "<ReturnValue>" number "</ReturnValue>"
#define VALUES(names_and_types) OUTPUT("EnumValues", names_and_types STATUS("0"))
#define OTHER                   NUMBER(STATUS("1"))

static void registry(void **state)
{
    static const char no_value[] =
        "! hv01:5985: not a WinRM answer: StdRegProv.GetDWORDValue has no value";
    static const char denied[] =
        "! hv01:5985: ERROR_ACCESS_DENIED: StdRegProv: HKEY_LOCAL_MACHINE\\KEY: the account needs "
        "Execute Methods on root\\default";
    static const struct {
        const char *answers[4];
        const char *expected;
    } table[] = {
        {{NUMBER("<uValue>4294967295</uValue>" STATUS("0")), NULL}, "4: ffffffff"},
        {{NUMBER("<uValue>258</uValue>" STATUS("0")), NULL}, "4: 02010000"},
        {{NUMBER("<uValue>4294967296</uValue>" STATUS("0")), NULL}, no_value},
        {{NUMBER("<uValue/>" STATUS("0")), NULL}, no_value},
        {{NUMBER("<uValue>1</uValue>" STATUS("5")), NULL}, denied},
        {{NUMBER("<uValue>1</uValue>"), NULL},
         "! hv01:5985: not a WinRM answer: StdRegProv.GetDWORDValue without a ReturnValue"},
        {{NUMBER("<uValue nil='true'/>" STATUS("0")),
          VALUES("<sNames>other</sNames><Types>4</Types>"), NULL},
         "no value"},
        {{OTHER, VALUES("<sNames nil='1'/>"), NULL}, "no value"},
        {{OTHER, OUTPUT("EnumValues", STATUS("2")), NULL}, "no key"},
        {{OTHER, OUTPUT("EnumValues", STATUS("5")), NULL}, denied},
        {{OTHER, OUTPUT("EnumValues", STATUS("87")), NULL},
         "! hv01:5985: 0x00000057: StdRegProv: HKEY_LOCAL_MACHINE\\KEY"},
        {{OTHER, DENIED, NULL},
         "! hv01:5985: 0x80041003 WBEM_E_ACCESS_DENIED: root\\default: StdRegProv.EnumValues: the "
         "account needs Remote Enable on the namespace"},
        {{OTHER, VALUES("<sNames>value</sNames>"), NULL},
         "! hv01:5985: not a WinRM answer: StdRegProv.EnumValues without types"},
        {{OTHER,
          VALUES("<sNames>a</sNames><sNames>VALUE</sNames><Types>4</Types><Types>12</Types>"),
          NULL},
         "! hv01:5985: HKEY_LOCAL_MACHINE\\KEY, Value is of type 12, which StdRegProv does not "
         "read"},
        {{OTHER, VALUES("<sNames>Value</sNames><Types>1</Types>"),
          OUTPUT("GetStringValue", "<sValue>a\xC3\xA4\xF0\x9F\x98\x80</sValue>" STATUS("0")), NULL},
         "1: 6100e4003dd800de0000"},
        {{OTHER, VALUES("<sNames>Value</sNames><Types>1</Types>"),
          OUTPUT("GetStringValue", "<sValue>\xEF\xBF\xBD\xF0\x90\x80\x80</sValue>" STATUS("0")),
          NULL},
         "1: fdff00d800dc0000"},
        {{OTHER, VALUES("<sNames>Value</sNames><Types>2</Types>"),
          OUTPUT("GetExpandedStringValue", STATUS("0")), NULL},
         "! hv01:5985: not a WinRM answer: StdRegProv.GetExpandedStringValue has no value"},
        {{OTHER, VALUES("<sNames>Value</sNames><Types>3</Types>"),
          OUTPUT("GetBinaryValue", "<uValue>255</uValue><uValue>0</uValue>" STATUS("0")), NULL},
         "3: ff00"},
        {{OTHER, VALUES("<sNames>Value</sNames><Types>3</Types>"),
          OUTPUT("GetBinaryValue", STATUS("0")), NULL},
         "3: "},
        {{OTHER, VALUES("<sNames>Value</sNames><Types>3</Types>"),
          OUTPUT("GetBinaryValue", "<uValue>256</uValue><uValue>0</uValue>" STATUS("0")), NULL},
         "! hv01:5985: not a WinRM answer: StdRegProv.GetBinaryValue has no value"},
        {{OTHER, VALUES("<sNames>Value</sNames><Types>7</Types>"),
          OUTPUT("GetMultiStringValue", "<sValue>a</sValue><sValue nil='true'/>" STATUS("0")),
          NULL},
         "7: 610000000000"},
        {{OTHER, VALUES("<sNames>Value</sNames><Types>11</Types>"),
          OUTPUT("GetQWORDValue", "<uValue>18446744073709551615</uValue>" STATUS("0")), NULL},
         "11: ffffffffffffffff"},
        {{OTHER, VALUES("<sNames>Value</sNames><Types>11</Types>"),
          OUTPUT("GetQWORDValue", STATUS("5")), NULL},
         denied},
        {{OTHER, VALUES("<sNames>Value</sNames><Types>11</Types>"), DENIED, NULL},
         "! hv01:5985: 0x80041003 WBEM_E_ACCESS_DENIED: root\\default: StdRegProv.GetQWORDValue: "
         "the account needs Remote Enable on the namespace"},
        {{OTHER, VALUES("<sNames>Value</sNames><Types>1</Types>"),
          OUTPUT("GetStringValue", STATUS("0")), NULL},
         "! hv01:5985: not a WinRM answer: StdRegProv.GetStringValue has no value"},
        {{OTHER, VALUES("<sNames>Value</sNames><Types>4</Types>"),
          OUTPUT("GetDWORDValue", STATUS("0")), NULL},
         "! hv01:5985: not a WinRM answer: StdRegProv.GetDWORDValue has no value"},
        {{OTHER, VALUES("<sNames>Value</sNames><Types>11</Types>"),
          OUTPUT("GetQWORDValue", STATUS("0")), NULL},
         "! hv01:5985: not a WinRM answer: StdRegProv.GetQWORDValue has no value"},
        {{OTHER, VALUES("<sNames>Value</sNames><Types>7</Types>"),
          OUTPUT("GetMultiStringValue", STATUS("0")), NULL},
         "7: 0000"},
        /* what is no such output */
        {{ROWS("<a/>"), NULL},
         "! hv01:5985: not a WinRM answer: EnumerateResponse instead of GetDWORDValue_OUTPUT"},
        {{OUTPUT("GetBinaryValue", STATUS("0")), NULL},
         "! hv01:5985: not a WinRM answer: GetBinaryValue_OUTPUT instead of GetDWORDValue_OUTPUT"},
        {{ENVELOPE("<GetDWORDValue/>"), NULL},
         "! hv01:5985: not a WinRM answer: GetDWORDValue instead of GetDWORDValue_OUTPUT"},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct registry_value value;
        struct error err;
        host_reset();
        host.answers = table[i].answers;
        struct source *source = host_open(NULL);
        const char *found = "";
        if (!winrm_kind.registry(source, "KEY", "Value", &value, &err)) {
            found = say("! %s", err.text);
        } else if (value.exists) {
            assert_true(value.key_exists);
            found = say("%u: ", value.type);
            for (size_t k = 0; k < value.size; k++)
                found = say("%s%02x", found, value.data[k]);
        } else {
            found = value.key_exists ? "no value" : "no key";
        }
        winrm_kind.close(source);
        assert_string_equal(found, table[i].expected);
    }
}

static bool count_rows(void *context, const char *const *cells, struct error *err)
{
    (void)context, (void)cells, (void)err;
    return true;
}

/* The visitor's own failure is told as it is. */
static bool visit(void *context, const char *const *cells, struct error *err)
{
    const char **text = context;
    *text = say("%s[%s|%s]", *text, cells[0] ? cells[0] : "-", cells[1] ? cells[1] : "-");
    return !cells[0] || strcmp(cells[0], "stop") != 0 || error_set(err, "stopped");
}

#define FIRST_PAGE(rows, context)                                                                  \
    ENVELOPE("<EnumerateResponse><EnumerationContext>" context "</EnumerationContext><Items>" rows \
             "</Items></EnumerateResponse>")
#define PAGE(rows, more) ENVELOPE("<PullResponse><Items>" rows "</Items>" more "</PullResponse>")
#define RELEASED         ENVELOPE("<ReleaseResponse/>")
#define CONTEXT          "<EnumerationContext>d</EnumerationContext>"

static void rows(void **state)
{
    static const char endless[] = "! hv01:5985: not a WinRM answer: it does not end, released";
    static const struct {
        const char *answers[12];
        const char *expected;
        size_t asked;
    } table[] = {
        {{ROWS("<r><A>1</A></r><r><B>2</B></r>"), NULL}, "[1|-][-|2]", 1},
        {{FIRST_PAGE("<r><A>1</A></r>", "c"), PAGE("", CONTEXT),
          PAGE("<r><A>2</A></r>", CONTEXT "<EndOfSequence/>"), NULL},
         "[1|-][2|-]",
         3},
        {{FIRST_PAGE("", "c"), PAGE("", CONTEXT), PAGE("", CONTEXT), PAGE("", CONTEXT),
          PAGE("", CONTEXT), PAGE("", CONTEXT), PAGE("", CONTEXT), PAGE("<r/>", "<EndOfSequence/>"),
          NULL},
         "[-|-]",
         8},
        {{FIRST_PAGE("", "c"), PAGE("", CONTEXT), PAGE("", CONTEXT), PAGE("", CONTEXT),
          PAGE("", CONTEXT), PAGE("", CONTEXT), PAGE("", CONTEXT), PAGE("", CONTEXT),
          PAGE("", CONTEXT), RELEASED, NULL},
         endless,
         10},
        {{FIRST_PAGE("", ""), NULL},
         "! hv01:5985: not a WinRM answer: its rows neither end nor go on",
         1},
        {{FIRST_PAGE("", "c"), ROWS(""), NULL},
         "! hv01:5985: not a WinRM answer: EnumerateResponse instead of PullResponse",
         2},
        {{FIRST_PAGE("<r><A>1</A></r>", "c"), NO_PROPERTY, NULL},
         "! hv01:5985: 0x80041017 WBEM_E_INVALID_QUERY: first: Class",
         2},
        /* Who stops says so to the host, unless that was all. */
        {{FIRST_PAGE("<r><A>stop</A></r>", "c"), RELEASED, NULL}, "! stopped, released", 2},
        {{ROWS("<r><A>stop</A></r>"), NULL}, "! stopped", 1},
        /* an older Windows: all properties; and then it is the class */
        {{NO_PROPERTY, ROWS("<r><A>1</A></r>"), NULL}, "[1|-]", 2},
        {{NO_QUERY, NO_QUERY, NULL},
         "! hv01:5985: 0x8033801A ERROR_WSMAN_CANNOT_PROCESS_FILTER: first: Class [1]",
         2},
        {{NO_PROPERTY, NO_PROPERTY, NULL},
         "! hv01:5985: 0x80041017 WBEM_E_INVALID_QUERY: first: Class",
         2},
        {{NO_CLASS, NULL}, "! hv01:5985: 0x80041010 WBEM_E_INVALID_CLASS: first: Class [1]", 1},
        /* another namespace where there is one */
        {{FAULT("0x8004100E"), ROWS("<r><A>1</A></r>"), NULL}, "[1|-]", 2},
        {{FAULT("0x8004100E"), FAULT("0x8004100E"), NULL},
         "! hv01:5985: 0x8004100E WBEM_E_INVALID_NAMESPACE: second: Class: the Hyper-V role is not "
         "there [1]",
         2},
        {{ENVELOPE("<Fault/>"), NULL}, "! hv01:5985: a fault: first: Class", 1},
        {{"<Envelope><Header><RelatesTo>uuid:x</RelatesTo></Header><Body><Fault/></Body></"
          "Envelope>",
          NULL},
         "! hv01:5985: an answer to another question",
         1},
        {{"<Envelope><Header><RelatesTo>UUID:ABABABAB-ABAB-4BAB-ABAB-ABABABABABAB</RelatesTo>"
          "</Header><Body><EnumerateResponse><EndOfSequence/></EnumerateResponse></Body></"
          "Envelope>",
          NULL},
         "",
         1},
    };
    static const char *const namespaces[] = {"first", "second", NULL};
    static const char *const properties[] = {"A", "B", NULL};
    static const struct row_query query = {
        .namespaces = namespaces, .class_name = "Class", .properties = properties, .needed = 1};
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct error err;
        const char *text = "";
        host_reset();
        host.answers = table[i].answers;
        struct source *source = host_open(NULL);
        if (!winrm_kind.rows(source, &query, visit, &text, &err))
            text = say("! %s%s", err.text, err.code == READ_NO_OBJECT ? " [1]" : "");
        winrm_kind.close(source);
        if (strstr(host.message, "<n:Release>"))
            text = say("%s, released", text);
        assert_string_equal(text, table[i].expected);
        assert_int_equal(host.asked, table[i].asked);
    }
    /* Rows that go on for more than 64 MB are no answer either: pages of 1 MB. */
    static const char first[] = FIRST_PAGE("", "c"), next[] = PAGE("<r/>", CONTEXT);
    const char *pages[80], *page = say("%*s%s", 1048576 - (int)strlen(next), "", next);
    struct source *source = host_open(NULL);
    const char *text = "";
    struct error err;
    pages[0] = say("%*s%s", 1048576 - (int)strlen(first), "", first);
    for (size_t i = 1; i < LENGTH(pages); i++)
        pages[i] = page;
    host_reset();
    host.answers = pages;
    assert_false(winrm_kind.rows(source, &query, count_rows, &text, &err));
    assert_holds(err.text, "it does not end");
    assert_int_equal(host.asked, 66); /* the last says that no more is wanted */
    host_reset();
    host.no_random = true;
    assert_false(winrm_kind.rows(source, &query, visit, &text, &err));
    assert_string_equal(err.text, "hv01:5985: no random numbers are available");
    struct registry_value value;
    assert_false(winrm_kind.registry(source, "KEY", "Value", &value, &err));
    assert_string_equal(err.text, "hv01:5985: no random numbers are available");
    winrm_kind.close(source);
}

/* What is asked is XML, whatever stands in it. */
static void questions(void **state)
{
    static const char *const namespaces[] = {"a\\b", NULL};
    static const char *const properties[] = {"A", "B", NULL};
    static const struct row_query query = {
        .namespaces = namespaces, .class_name = "C WHERE a<b AND b>c", .properties = properties};
    struct error err;
    struct registry_value value;
    const char *text = "";
    (void)state;
    static const struct {
        int patience;
        const char *told;
    } times[] = {{0, "PT10.000S"},
                 {999, "PT1.000S"},
                 {2000, "PT2.000S"},
                 {60000, "PT60.000S"},
                 {61000, "PT60.000S"}};
    for (size_t i = 0; i < LENGTH(times); i++) {
        host_reset();
        host.answers = (const char *const[]){DENIED, DENIED, NULL};
        host.patience = times[i].patience;
        struct source *source = host_open(NULL);
        assert_false(winrm_kind.rows(source, &query, visit, &text, &err));
        assert_holds(host.message, "/wmi/a/b/*</w:ResourceURI>");
        assert_holds(host.message, ">SELECT A, B FROM C WHERE a&lt;b AND b&gt;c</w:Filter>");
        assert_holds(host.message, times[i].told);
        assert_false(winrm_kind.registry(source, "A & B", "'\"", &value, &err));
        assert_holds(host.message, "<p:sSubKeyName>A &amp; B</p:sSubKeyName>");
        assert_holds(host.message, "<p:sValueName>'\"</p:sValueName>");
        winrm_kind.close(source);
    }
}

RUN_TESTS(TEST(answers), TEST(sealed_answers), TEST(connections), TEST(logins), TEST(targets),
          TEST(stores), TEST(mic), TEST(keytabs), TEST(failures_of_gss), TEST(words_of_gss),
          TEST(remedies), TEST(secrecy), TEST(counters), TEST(registry), TEST(rows),
          TEST(questions));
