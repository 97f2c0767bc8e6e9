/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Both tokens go out as they are, not within SPNEGO: its universal receiver takes them ([MS-SPNG]
 * 3.3.5.1), and then nobody asks a KDC about an account that is none of Kerberos, nor loads NTLM
 * where Kerberos is meant.
 */
#include "counter/winrm/auth.h"

#include "counter/counter.h"
#include "counter/winrm/challenge.h"
#include "plugin/show.h"

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* 1.2.840.113554.1.2.2 */
static gss_OID_desc kerberos = {9, (char[]){"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"}};
/* 1.3.6.1.4.1.311.2.2.10 */
static gss_OID_desc ntlmssp = {10, (char[]){"\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"}};
/* 1.3.6.1.4.1.7165.655.1.2: asking for it makes gss-ntlmssp send a MIC. */
static gss_OID_desc require_mic = {11, (char[]){"\x2b\x06\x01\x04\x01\xb7\x7d\x85\x0f\x01\x02"}};

/* GSS takes what it only reads as if it wrote to it. */
static gss_buffer_desc buffer_of(const void *bytes, size_t length)
{
    gss_buffer_desc buffer = {.length = length};
    memcpy(&buffer.value, &bytes, sizeof bytes);
    return buffer;
}

static gss_buffer_desc buffer_of_text(const char *text)
{
    return buffer_of(text, strlen(text));
}

/* ---- failures ---- */

/* The remedy for what Kerberos says. Its codes are those of krb5.h, whatever its language. */
static const struct {
    krb5_error_code code;
    const char *remedy;
} remedies[] = {
    {KRB5KRB_AP_ERR_SKEW, "set the clock of this machine, or of the KDC"},
    {KRB5_KDCREP_SKEW, "set the clock of this machine, or of the KDC"},
    {KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN,
     "ask for the host by the full name that it has in the domain, or give spn ="},
    {KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, "check the principal"},
    {KRB5KDC_ERR_PREAUTH_FAILED,
     "the password or the keytab does not match the account's current one"},
    {KRB5KRB_AP_ERR_BAD_INTEGRITY,
     "the password or the keytab does not match the account's current one"},
    {KRB5KDC_ERR_KEY_EXP, "the account's password has expired"},
    {KRB5KDC_ERR_CLIENT_REVOKED, "the account is locked or disabled"},
    {KRB5_KDC_UNREACH, "the KDC can't be reached: check the network and krb5.conf"},
    {KRB5_REALM_UNKNOWN, "krb5.conf and DNS know no KDC for the realm"},
    {KRB5_REALM_CANT_RESOLVE, "the KDC's name is not found: check krb5.conf and DNS"},
    {KRB5_CONFIG_NODEFREALM, "set default_realm in krb5.conf"},
    {KRB5KRB_AP_ERR_TKT_EXPIRED, "the ticket has expired: run kinit, or give keytab ="},
    {KRB5_KT_NOTFOUND, "the keytab has no key of the principal"},
};

static const char *remedy_for(const struct auth *auth, OM_uint32 major, OM_uint32 minor)
{
    for (size_t i = 0; i < sizeof remedies / sizeof *remedies; i++)
        if ((OM_uint32)remedies[i].code == minor)
            return remedies[i].remedy;
    if (GSS_ROUTINE_ERROR(major) == GSS_S_NO_CRED && auth->has_keytab)
        return "the keytab has no key of the principal";
    if (GSS_ROUTINE_ERROR(major) == GSS_S_NO_CRED)
        return "no ticket: run kinit, or give keytab =";
    return "docs/winrm.md tells what Kerberos needs";
}

/* Append what the library says of a code, without the dots and blanks at its end. */
static void add_status(char *out, size_t room, OM_uint32 code, int kind, gss_OID mechanism)
{
    OM_uint32 minor, context = 0;
    do {
        gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
        if (GSS_ERROR(gss_display_status(&minor, code, kind, mechanism, &context, &text)))
            return;
        size_t used = strlen(out);
        snprintf(out + used, room - used, "%s%.*s", used ? ", " : "", (int)text.length,
                 (const char *)text.value);
        gss_release_buffer(&minor, &text);
    } while (context);
    for (size_t used = strlen(out); used && strchr(". \n", out[used - 1]); used--)
        out[used - 1] = '\0';
}

static bool fail(const struct auth *auth, OM_uint32 major, OM_uint32 minor, const char *what,
                 struct error *err)
{
    char why[256] = "";
    if (minor)
        add_status(why, sizeof why, minor, GSS_C_MECH_CODE, auth->mechanism);
    if (!*why)
        add_status(why, sizeof why, major, GSS_C_GSS_CODE, GSS_C_NO_OID);
    if (auth->ntlm)
        return error_set_code(err, READ_FAILED, "%s by NTLM failed (%s)", what, why);
    return error_set_code(err, READ_FAILED, "%s by Kerberos failed (%s): %s", what, why,
                          remedy_for(auth, major, minor));
}

/* ---- names and credentials ---- */

static bool import(const struct auth *auth, const char *text, gss_OID type, gss_name_t *ret,
                   struct error *err)
{
    OM_uint32 minor;
    gss_buffer_desc name = buffer_of_text(text);
    OM_uint32 major = gss_import_name(&minor, &name, type, ret);
    return !GSS_ERROR(major) || fail(auth, major, minor, "reading a name", err);
}

/* As a principal, not as a service at a host: of that one the library would ask DNS for other
 * names. Without a realm, it is that of the host's domain. */
static bool name_target(struct auth *auth, const struct credentials *credentials,
                        const struct endpoint *endpoint, struct error *err)
{
    char name[600];
    const char *spn = credentials->spn;
    if (auth->ntlm) {
        snprintf(name, sizeof name, "HTTP@%s", endpoint->host);
        return import(auth, name, GSS_C_NT_HOSTBASED_SERVICE, &auth->target, err);
    }
    if (!spn && endpoint->is_address)
        return error_set_code(err, READ_FAILED,
                              "Kerberos knows hosts by name: ask for it by its full name, or give "
                              "spn = HTTP/NAME");
    int length = spn ? snprintf(name, sizeof name, "%s%s", spn, strchr(spn, '@') ? "" : "@")
                     : snprintf(name, sizeof name, "HTTP/%s@", endpoint->host);
    if (length >= (int)sizeof name)
        return error_set_code(err, READ_FAILED, "spn = is too long");
    return import(auth, name, (gss_OID)GSS_KRB5_NT_PRINCIPAL_NAME, &auth->target, err);
}

static bool has_mechanism(gss_OID wanted)
{
    OM_uint32 minor;
    gss_OID_set all = GSS_C_NO_OID_SET;
    int present = 0;
    if (GSS_ERROR(gss_indicate_mechs(&minor, &all)))
        return false;
    gss_test_oid_set_member(&minor, wanted, all, &present);
    gss_release_oid_set(&minor, &all);
    return present;
}

static bool acquire_with_password(struct auth *auth, gss_name_t name, const char *password,
                                  struct error *err)
{
    OM_uint32 minor;
    gss_OID_set_desc mechanisms = {1, auth->mechanism};
    gss_buffer_desc secret = buffer_of_text(password);
    OM_uint32 major =
        gss_acquire_cred_with_password(&minor, name, &secret, GSS_C_INDEFINITE, &mechanisms,
                                       GSS_C_INITIATE, &auth->credential, NULL, NULL);
    return !GSS_ERROR(major) || fail(auth, major, minor, "logging in", err);
}

static bool acquire_ntlm(struct auth *auth, const struct credentials *credentials,
                         struct error *err)
{
    char text[600];
    gss_name_t name = GSS_C_NO_NAME;
    OM_uint32 minor;
    if (!has_mechanism(&ntlmssp))
        return error_set_code(err, READ_UNSUPPORTED,
                              "NTLM is not installed on this machine: install gss-ntlmssp");
    int length =
        snprintf(text, sizeof text, "%s%s%s", credentials->domain ? credentials->domain : "",
                 credentials->domain ? "\\" : "", credentials->username);
    if (length >= (int)sizeof text)
        return error_set_code(err, READ_FAILED, "username = is too long");
    bool acquired = import(auth, text, (gss_OID)GSS_C_NT_USER_NAME, &name, err) &&
                    acquire_with_password(auth, name, credentials->password, err);
    gss_release_name(&minor, &name);
    return acquired;
}

/* The library says of a keytab that it can't read what it says where there is none. */
static bool check_keytab(const char *keytab, struct error *err)
{
    static const char prefix[] = "FILE:";
    const char *path =
        !strncmp(keytab, prefix, sizeof prefix - 1) ? keytab + sizeof prefix - 1 : keytab;
    return *path != '/' || access(path, R_OK) == 0 ||
           error_set_code(err, READ_FAILED, "keytab = %s: %s", path, strerror(errno));
}

/* A keytab without a ccache keeps its tickets in memory: files of them go wrong when several checks
 * write them. */
static bool acquire_from_store(struct auth *auth, gss_name_t name,
                               const struct credentials *credentials, struct error *err)
{
    gss_key_value_element_desc elements[2];
    gss_key_value_set_desc store = {0, elements};
    OM_uint32 minor;
    gss_OID_set_desc mechanisms = {1, auth->mechanism};
    const char *ccache = credentials->ccache   ? credentials->ccache
                         : credentials->keytab ? "MEMORY:monitoring-plugins-hyperv"
                                               : NULL;
    if (credentials->keytab && !check_keytab(credentials->keytab, err))
        return false;
    if (credentials->keytab)
        elements[store.count++] =
            (gss_key_value_element_desc){"client_keytab", credentials->keytab};
    if (ccache)
        elements[store.count++] = (gss_key_value_element_desc){"ccache", ccache};
    OM_uint32 major =
        gss_acquire_cred_from(&minor, name, GSS_C_INDEFINITE, &mechanisms, GSS_C_INITIATE,
                              store.count ? &store : NULL, &auth->credential, NULL, NULL);
    return !GSS_ERROR(major) || fail(auth, major, minor, "logging in", err);
}

static bool acquire_kerberos(struct auth *auth, const struct credentials *credentials,
                             struct error *err)
{
    gss_name_t name = GSS_C_NO_NAME;
    OM_uint32 minor;
    if (credentials->principal &&
        !import(auth, credentials->principal, (gss_OID)GSS_KRB5_NT_PRINCIPAL_NAME, &name, err))
        return false;
    bool acquired = credentials->password
                        ? acquire_with_password(auth, name, credentials->password, err)
                        : acquire_from_store(auth, name, credentials, err);
    gss_release_name(&minor, &name);
    return acquired;
}

bool auth_prepare(struct auth *auth, const struct credentials *credentials,
                  const struct endpoint *endpoint, struct error *err)
{
    *auth = (struct auth){.credential = GSS_C_NO_CREDENTIAL,
                          .context = GSS_C_NO_CONTEXT,
                          .target = GSS_C_NO_NAME,
                          .mechanism = credentials->ntlm ? &ntlmssp : &kerberos,
                          .ntlm = credentials->ntlm,
                          .has_keytab = credentials->keytab != NULL};
    return name_target(auth, credentials, endpoint, err) &&
           (auth->ntlm ? acquire_ntlm(auth, credentials, err)
                       : acquire_kerberos(auth, credentials, err));
}

/* ---- the exchange ---- */

static void ask_mic(struct auth *auth)
{
    OM_uint32 minor;
    gss_buffer_set_t set = GSS_C_NO_BUFFER_SET;
    if (!GSS_ERROR(gss_inquire_sec_context_by_oid(&minor, auth->context, &require_mic, &set)))
        auth->asked_mic = true;
    gss_release_buffer_set(&minor, &set);
}

bool auth_step(struct auth *auth, const struct binding *binding, const struct text *in,
               struct text *out, struct error *err)
{
    OM_uint32 minor, flags = 0;
    gss_buffer_desc input = GSS_C_EMPTY_BUFFER, output = GSS_C_EMPTY_BUFFER;
    struct gss_channel_bindings_struct bindings = {0};
    bindings.application_data = buffer_of(binding->bytes, binding->length);
    if (in) {
        if (auth->ntlm && !challenge_check(in->bytes, in->length, err))
            return false;
        input = (gss_buffer_desc){in->length, in->bytes};
    }
    OM_uint32 major = gss_init_sec_context(
        &minor, auth->credential, &auth->context, auth->target, auth->mechanism,
        GSS_C_MUTUAL_FLAG | GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG | GSS_C_REPLAY_FLAG |
            GSS_C_SEQUENCE_FLAG,
        GSS_C_INDEFINITE, binding->length ? &bindings : GSS_C_NO_CHANNEL_BINDINGS,
        in ? &input : GSS_C_NO_BUFFER, NULL, &output, &flags, NULL);
    if (!GSS_ERROR(major) && auth->ntlm && !in)
        ask_mic(auth);
    if (!GSS_ERROR(major))
        text_add(out, output.value ? output.value : "", output.length);
    OM_uint32 ignored;
    gss_release_buffer(&ignored, &output);
    if (GSS_ERROR(major))
        return fail(auth, major, minor, "logging in", err);
    auth->done = major == GSS_S_COMPLETE;
    return !out->failed || error_memory(err);
}

bool auth_check_sealing(struct auth *auth, struct error *err)
{
    static const OM_uint32 needed = GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG;
    OM_uint32 minor, flags = 0;
    OM_uint32 major =
        gss_inquire_context(&minor, auth->context, NULL, NULL, NULL, NULL, &flags, NULL, NULL);
    if (GSS_ERROR(major))
        return fail(auth, major, minor, "sealing", err);
    return (flags & needed) == needed ||
           error_set_code(err, READ_FAILED,
                          "the login does not support sealed messages: nothing was sent");
}

/* ---- messages ---- */

/* Of Kerberos the head of a token is its signature, and the library puts it in a buffer of its own.
 */
static bool seal_kerberos(struct auth *auth, const char *plain, size_t length, struct text *out,
                          size_t *ret_signature, struct error *err)
{
    enum { HEAD, DATA, PADDING, PARTS };
    OM_uint32 minor, ignored;
    int sealed = 0;
    gss_iov_buffer_desc parts[PARTS] = {
        [HEAD] = {.type = GSS_IOV_BUFFER_TYPE_HEADER | GSS_IOV_BUFFER_FLAG_ALLOCATE},
        [DATA] = {.type = GSS_IOV_BUFFER_TYPE_DATA},
        [PADDING] = {.type = GSS_IOV_BUFFER_TYPE_PADDING | GSS_IOV_BUFFER_FLAG_ALLOCATE},
    };
    struct text data = {0}; /* is sealed in place */
    text_add(&data, plain, length);
    parts[DATA].buffer = (gss_buffer_desc){data.length, data.bytes};
    OM_uint32 major = data.failed ? GSS_S_FAILURE
                                  : gss_wrap_iov(&minor, auth->context, 1, GSS_C_QOP_DEFAULT,
                                                 &sealed, parts, PARTS);
    if (!GSS_ERROR(major))
        for (size_t i = 0; i < PARTS; i++)
            text_add(out, parts[i].buffer.value ? parts[i].buffer.value : "",
                     parts[i].buffer.length);
    *ret_signature = parts[HEAD].buffer.length;
    bool no_memory = data.failed || out->failed;
    size_t padding = parts[PADDING].buffer.length;
    gss_release_iov_buffer(&ignored, parts, PARTS);
    text_free(&data);
    if (no_memory)
        return error_memory(err);
    if (GSS_ERROR(major))
        return fail(auth, major, minor, "sealing", err);
    return (sealed && !padding) ||
           error_set_code(err, READ_FAILED,
                          "the ticket's encryption is outdated: allow AES for the account");
}

/* NTLM's signature has 16 bytes, and nothing is padded. */
static bool seal_ntlm(struct auth *auth, const char *plain, size_t length, struct text *out,
                      size_t *ret_signature, struct error *err)
{
    enum { SIGNATURE = 16 };
    OM_uint32 minor, ignored;
    int sealed = 0;
    gss_buffer_desc input = buffer_of(plain, length), output = GSS_C_EMPTY_BUFFER;
    OM_uint32 major =
        gss_wrap(&minor, auth->context, 1, GSS_C_QOP_DEFAULT, &input, &sealed, &output);
    if (!GSS_ERROR(major))
        text_add(out, output.value, output.length);
    bool whole = output.length == length + SIGNATURE;
    gss_release_buffer(&ignored, &output);
    if (GSS_ERROR(major) || !sealed || !whole)
        return fail(auth, major, minor, "sealing", err);
    *ret_signature = SIGNATURE;
    return !out->failed || error_memory(err);
}

bool auth_seal(struct auth *auth, const char *plain, size_t length, struct text *out,
               size_t *ret_signature, struct error *err)
{
    return auth->ntlm ? seal_ntlm(auth, plain, length, out, ret_signature, err)
                      : seal_kerberos(auth, plain, length, out, ret_signature, err);
}

bool auth_unseal(struct auth *auth, const char *token, size_t length, struct text *out,
                 struct error *err)
{
    OM_uint32 minor, ignored;
    int sealed = 0;
    gss_buffer_desc input = buffer_of(token, length), output = GSS_C_EMPTY_BUFFER;
    OM_uint32 major = gss_unwrap(&minor, auth->context, &input, &output, &sealed, NULL);
    if (!GSS_ERROR(major))
        text_add(out, output.value ? output.value : "", output.length);
    gss_release_buffer(&ignored, &output);
    if (out->failed)
        return error_memory(err);
    /* What came twice or out of order is no error of GSS. */
    return (major == GSS_S_COMPLETE && sealed) ||
           error_set_code(err, READ_INVALID,
                          "a sealed answer can't be opened: it was changed in transit, or does not "
                          "belong to this login");
}

void auth_restart(struct auth *auth)
{
    OM_uint32 minor;
    gss_delete_sec_context(&minor, &auth->context, GSS_C_NO_BUFFER);
    auth->context = GSS_C_NO_CONTEXT;
    auth->done = false;
}

void auth_end(struct auth *auth)
{
    OM_uint32 minor;
    auth_restart(auth);
    gss_release_name(&minor, &auth->target);
    gss_release_cred(&minor, &auth->credential);
}
