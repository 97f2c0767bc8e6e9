/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host.h"

#include "counter/counter.h"
#include "counter/winrm/wire.h"

#include <gssapi/gssapi_ext.h>

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

struct host host;

enum { SIGNATURE = 16, OID_NTLM = 10 };

static struct {
    char bytes[1024 * 1024 + 1024];
    size_t length, at;
    bool late; /* nothing comes in time */
} waiting;
static unsigned steps; /* of this login */
static bool ntlm;

void host_reset(void)
{
    host = (struct host){0};
    waiting.length = waiting.at = 0;
}

/* ---- the wire ---- */

bool wire_open(struct wire *wire, const struct endpoint *endpoint,
               const struct credentials *credentials, struct error *err)
{
    (void)endpoint, (void)credentials, (void)err;
    *wire = (struct wire){.fd = 0};
    host.opened++;
    return true;
}

void wire_close(struct wire *wire)
{
    *wire = WIRE_CLOSED;
}

void wire_binding(const struct wire *wire, struct binding *ret)
{
    (void)wire;
    *ret = (struct binding){.bytes = "b", .length = !host.unbound};
}

int wire_patience(const struct wire *wire)
{
    (void)wire;
    return host.patience ? host.patience : 10000;
}

static void put(const char *bytes, size_t length)
{
    memcpy(waiting.bytes + waiting.length, bytes, length);
    waiting.length += length;
}

static void put_text(const char *text)
{
    put(text, strlen(text));
}

static void put_soap(const char *soap, bool sealed)
{
    char head[512];
    size_t length = strlen(soap);
    if (!sealed) {
        snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", length);
        put_text(head);
        put_text(soap);
        return;
    }
    static const char begins[] = "--B\r\nOriginalContent: Length=",
                      then[] = "\r\n--B\r\nContent-Type: application/octet-stream\r\n",
                      end[] = "--B--";
    char number[32];
    snprintf(number, sizeof number, "%zu", host.length ? host.length : length);
    snprintf(head, sizeof head,
             "HTTP/1.1 200 OK\r\nContent-Type: multipart/encrypted\r\n"
             "Transfer-Encoding: chunked\r\n\r\n%zx\r\n",
             strlen(begins) + strlen(number) + strlen(then) + 4 + SIGNATURE + length + strlen(end));
    put_text(head);
    put_text(begins);
    put_text(number);
    put_text(then);
    put((char[4 + SIGNATURE]){SIGNATURE}, 4 + SIGNATURE);
    put_text(soap);
    put_text(end);
    put_text("\r\n0\r\n\r\n");
}

/* One of a table; "" behind its last. */
static const char *one_of(const char *const *table, size_t number)
{
    for (size_t i = 0; table && table[i]; i++)
        if (i == number)
            return table[i];
    return "";
}

bool wire_send(struct wire *wire, const char *bytes, size_t length, struct error *err)
{
    static const char accepted[] = "HTTP/1.1 200 x\r\nWWW-Authenticate: Negotiate dG9r\r\n"
                                   "Content-Length: 0\r\n\r\n";
    (void)wire, (void)length;
    const char *answer;
    const char *login = strstr(bytes, "\r\nAuthorization: ");
    if (login) {
        login += strlen("\r\nAuthorization: ");
        snprintf(host.token, sizeof host.token, "%.*s", (int)strcspn(login, "\r"), login);
        answer = host.logins          ? one_of(host.logins, host.logged_in)
                 : ntlm && steps == 1 ? CHALLENGE
                                      : accepted;
        host.logged_in++;
    } else if (host.deaf) {
        return error_set(err, "the connection broke");
    } else {
        const char *body = strstr(bytes, "\r\n\r\n");
        snprintf(host.message, sizeof host.message, "%s", body ? body + 4 : "");
        answer = one_of(host.answers, host.asked++);
    }
    waiting.length = waiting.at = 0;
    waiting.late = !strcmp(answer, "late");
    if (!strncmp(answer, "HTTP/", 5))
        put_text(answer);
    else if (*answer)
        put_soap(answer, strstr(bytes, "Encrypted Boundary") != NULL);
    return true;
}

bool wire_receive(struct wire *wire, char *bytes, size_t room, size_t *ret_got, struct error *err)
{
    (void)wire;
    if (waiting.late)
        return error_set_code(err, READ_TIMEOUT, "no answer in time");
    size_t got = waiting.length - waiting.at;
    if (host.piece && got > host.piece)
        got = host.piece;
    if (got > room)
        got = room;
    memcpy(bytes, waiting.bytes + waiting.at, got);
    waiting.at += got;
    *ret_got = got;
    return true;
}

ssize_t __wrap_getrandom(void *bytes, size_t length, unsigned flags);
ssize_t __wrap_getrandom(void *bytes, size_t length, unsigned flags)
{
    (void)flags;
    memset(bytes, 0xab, length);
    return host.no_random ? -1 : (ssize_t)length;
}

/* ---- GSS ---- */

static OM_uint32 outcome(const char *call, OM_uint32 *minor)
{
    bool fails = host.failing && !strcmp(host.failing, call);
    *minor = fails ? host.minor : 0;
    return fails ? host.major : GSS_S_COMPLETE;
}

static gss_buffer_desc buffer(char *bytes, size_t length)
{
    return (gss_buffer_desc){length, bytes};
}

OM_uint32 gss_display_status(OM_uint32 *minor, OM_uint32 code, int kind, gss_OID mechanism,
                             OM_uint32 *context, gss_buffer_t text)
{
    static const char *const why[] = {"why", NULL};
    static char words[300];
    (void)code, (void)mechanism;
    (void)kind, (void)minor;
    const char *const *table = host.words ? host.words : why;
    if (!*table)
        return GSS_S_BAD_STATUS;
    snprintf(words, sizeof words, "%s", one_of(table, *context));
    *text = buffer(words, strlen(words));
    *context = *one_of(table, *context + 1) ? *context + 1 : 0;
    return GSS_S_COMPLETE;
}

OM_uint32 gss_import_name(OM_uint32 *minor, gss_buffer_t name, gss_OID type, gss_name_t *ret)
{
    (void)type, (void)ret;
    if (!*host.name) /* the target's comes first */
        snprintf(host.name, sizeof host.name, "%.*s", (int)name->length, (char *)name->value);
    return outcome(strstr(name->value, "HTTP") ? "name of the host" : "name", minor);
}

OM_uint32 gss_indicate_mechs(OM_uint32 *minor, gss_OID_set *ret)
{
    (void)ret;
    return outcome("mechanisms", minor);
}

OM_uint32 gss_test_oid_set_member(OM_uint32 *minor, gss_OID wanted, gss_OID_set set, int *ret)
{
    (void)wanted, (void)set;
    *ret = !host.no_ntlm;
    return outcome("", minor);
}

OM_uint32 gss_acquire_cred_with_password(OM_uint32 *minor, const gss_name_t name,
                                         const gss_buffer_t password, OM_uint32 seconds,
                                         const gss_OID_set wanted, gss_cred_usage_t usage,
                                         gss_cred_id_t *ret, gss_OID_set *mechanisms,
                                         OM_uint32 *ret_seconds)
{
    (void)name, (void)password, (void)seconds, (void)wanted, (void)usage, (void)ret;
    (void)mechanisms, (void)ret_seconds;
    return outcome("password", minor);
}

OM_uint32 gss_acquire_cred_from(OM_uint32 *minor, gss_name_t name, OM_uint32 seconds,
                                gss_OID_set wanted, gss_cred_usage_t usage,
                                gss_const_key_value_set_t store, gss_cred_id_t *ret,
                                gss_OID_set *mechanisms, OM_uint32 *ret_seconds)
{
    (void)name, (void)seconds, (void)wanted, (void)usage, (void)ret, (void)mechanisms;
    (void)ret_seconds;
    for (OM_uint32 i = 0; store && i < store->count && i < 2; i++) {
        size_t length = strlen(host.store);
        snprintf(host.store + length, sizeof host.store - length, "%s%s=%s", i ? " " : "",
                 store->elements[i].key, store->elements[i].value);
    }
    return outcome("store", minor);
}

OM_uint32 gss_inquire_sec_context_by_oid(OM_uint32 *minor, const gss_ctx_id_t context,
                                         const gss_OID wanted, gss_buffer_set_t *ret)
{
    (void)context, (void)wanted, (void)ret;
    return outcome("MIC", minor);
}

OM_uint32 gss_init_sec_context(OM_uint32 *minor, gss_cred_id_t credential, gss_ctx_id_t *context,
                               gss_name_t target, gss_OID mechanism, OM_uint32 flags,
                               OM_uint32 seconds, gss_channel_bindings_t bindings, gss_buffer_t in,
                               gss_OID *ret_mechanism, gss_buffer_t out, OM_uint32 *ret_flags,
                               OM_uint32 *ret_seconds)
{
    static char token[] = "token";
    (void)credential, (void)context, (void)target, (void)seconds, (void)bindings;
    (void)ret_mechanism, (void)ret_flags, (void)ret_seconds;
    ntlm = mechanism->length == OID_NTLM;
    steps = in && in->length ? steps + 1 : 1;
    *out = buffer(token, strlen(token));
    OM_uint32 major = outcome("login", minor);
    if (flags != (GSS_C_MUTUAL_FLAG | GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG | GSS_C_REPLAY_FLAG |
                  GSS_C_SEQUENCE_FLAG))
        return GSS_S_FAILURE;
    if (GSS_ERROR(major))
        return major;
    return steps < (host.legs ? host.legs : 2) ? GSS_S_CONTINUE_NEEDED : GSS_S_COMPLETE;
}

OM_uint32 gss_inquire_context(OM_uint32 *minor, gss_ctx_id_t context, gss_name_t *source,
                              gss_name_t *target, OM_uint32 *seconds, gss_OID *mechanism,
                              OM_uint32 *ret_flags, int *local, int *open)
{
    (void)context, (void)source, (void)target, (void)seconds, (void)mechanism, (void)local;
    (void)open;
    *ret_flags = (GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG) & ~host.missing;
    return outcome("flags", minor);
}

static char zeros[256], sealed[65536];

OM_uint32 gss_wrap_iov(OM_uint32 *minor, gss_ctx_id_t context, int secret, gss_qop_t protection,
                       int *ret_sealed, gss_iov_buffer_desc *parts, int count)
{
    (void)context, (void)protection;
    OM_uint32 major = outcome("seal", minor);
    if (GSS_ERROR(major))
        return major;
    if (!secret || count != 3 ||
        parts[0].type != (GSS_IOV_BUFFER_TYPE_HEADER | GSS_IOV_BUFFER_FLAG_ALLOCATE) ||
        parts[1].type != GSS_IOV_BUFFER_TYPE_DATA ||
        parts[2].type != (GSS_IOV_BUFFER_TYPE_PADDING | GSS_IOV_BUFFER_FLAG_ALLOCATE))
        return GSS_S_FAILURE;
    parts[0].buffer = buffer(zeros, SIGNATURE);
    parts[2].buffer = host.padding ? buffer(zeros, host.padding) : buffer(NULL, 0);
    *ret_sealed = !host.unsealed;
    return major;
}

OM_uint32 gss_wrap(OM_uint32 *minor, gss_ctx_id_t context, int secret, gss_qop_t protection,
                   gss_buffer_t plain, int *ret_sealed, gss_buffer_t out)
{
    (void)context, (void)secret, (void)protection;
    OM_uint32 major = outcome("seal", minor);
    if (GSS_ERROR(major))
        return major;
    memcpy(sealed + SIGNATURE, plain->value, plain->length);
    *out = buffer(sealed, SIGNATURE + plain->length + host.padding);
    *ret_sealed = !host.unsealed;
    return major;
}

OM_uint32 gss_unwrap(OM_uint32 *minor, gss_ctx_id_t context, const gss_buffer_t in,
                     gss_buffer_t plain, int *ret_sealed, gss_qop_t *protection)
{
    (void)context, (void)protection;
    OM_uint32 major = outcome("open", minor);
    if (GSS_ERROR(major))
        return major;
    size_t length = in->length - SIGNATURE;
    *plain = length ? buffer((char *)in->value + SIGNATURE, length) : buffer(NULL, 0);
    *ret_sealed = !host.unopened;
    return major;
}

/* Nothing of all that was allocated. */
#define GIVES_BACK(function, type)                                                                 \
    OM_uint32 function(OM_uint32 *minor, type *what)                                               \
    {                                                                                              \
        (void)what;                                                                                \
        return outcome("", minor);                                                                 \
    }
GIVES_BACK(gss_release_buffer, gss_buffer_desc)
GIVES_BACK(gss_release_name, gss_name_t)
GIVES_BACK(gss_release_cred, gss_cred_id_t)
GIVES_BACK(gss_release_oid_set, gss_OID_set)
GIVES_BACK(gss_release_buffer_set, gss_buffer_set_t)

OM_uint32 gss_release_iov_buffer(OM_uint32 *minor, gss_iov_buffer_desc *parts, int count)
{
    (void)parts, (void)count;
    return outcome("", minor);
}

OM_uint32 gss_delete_sec_context(OM_uint32 *minor, gss_ctx_id_t *context, gss_buffer_t out)
{
    (void)context, (void)out;
    return outcome("", minor);
}
