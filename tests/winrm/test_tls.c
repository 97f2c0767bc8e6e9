/* SPDX-License-Identifier: GPL-3.0-or-later */

/* TLS with a host in the same process: OpenSSL on both sides, the wire between them is memory.
 * Calls of OpenSSL fail where a test wants it. */
#include "../unit/unit.h"

#include "counter/winrm/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <unistd.h>

/* ---- calls that fail ---- */

static const char *failing; /* the name of a call of the client's; NULL: none */
static unsigned failing_at; /* which of its calls, from 1 */

static bool fails(const char *call)
{
    return failing && !strcmp(call, failing) && failing_at > 0 && --failing_at == 0;
}

/* One for each: its type, its name, its parameters with and without their types, what it gives. */
#define CALL(type, name, parameters, arguments, failure)                                           \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return fails(#name) ? (failure) : __real_##name arguments;                                 \
    }
CALL(void *, calloc, (size_t count, size_t size), (count, size), NULL)
CALL(SSL_CTX *, SSL_CTX_new, (const SSL_METHOD *method), (method), NULL)
CALL(long, SSL_CTX_ctrl, (SSL_CTX * context, int what, long number, void *value),
     (context, what, number, value), 0)
CALL(int, SSL_CTX_set_default_verify_paths, (SSL_CTX * context), (context), 0)
CALL(SSL *, SSL_new, (SSL_CTX * context), (context), NULL)
CALL(BIO *, BIO_new, (const BIO_METHOD *method), (method), NULL)
CALL(int, BIO_write, (BIO * bio, const void *bytes, int length), (bio, bytes, length), -1)
CALL(int, SSL_set1_host, (SSL * ssl, const char *name), (ssl, name), 0)
CALL(long, SSL_ctrl, (SSL * ssl, int what, long number, void *value), (ssl, what, number, value), 0)
CALL(int, X509_VERIFY_PARAM_set1_ip_asc, (X509_VERIFY_PARAM * of, const char *text), (of, text), 0)
CALL(int, SSL_write_ex, (SSL * ssl, const void *bytes, size_t length, size_t *written),
     (ssl, bytes, length, written), 0)
CALL(X509 *, SSL_get0_peer_certificate, (const SSL *ssl), (ssl), NULL)
CALL(int, X509_digest,
     (const X509 *of, const EVP_MD *hash, unsigned char *digest, unsigned *length),
     (of, hash, digest, length), 0)

/* ---- the host ---- */

struct identity {
    EVP_PKEY *key;
    X509 *certificate;
};

/* A certificate that signs itself: valid from so many days before now to so many behind. */
static struct identity identify(const char *names, const EVP_MD *hash, int from, int to)
{
    struct identity of = {.key =
                              hash ? EVP_EC_gen("P-256") : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"),
                          .certificate = X509_new()};
    X509 *certificate = of.certificate;
    X509V3_CTX context;
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), from * 86400L);
    X509_gmtime_adj(X509_getm_notAfter(certificate), to * 86400L);
    X509_set_pubkey(certificate, of.key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               (const unsigned char *)"host", -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, NID_subject_alt_name, names);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    assert_true(X509_sign(certificate, of.key, hash) > 0);
    return of;
}

static void forget(struct identity *of)
{
    EVP_PKEY_free(of->key);
    X509_free(of->certificate);
}

static struct {
    SSL_CTX *context;
    SSL *ssl;
    BIO *in, *out;
    size_t received;      /* bytes of the client's messages */
    const char *reply;    /* to the first of them */
    const char *question; /* what they are; NULL: anything */
    bool closes, renews;  /* with a reply of its own: says that it closes; wants new keys */
    const char *instead;  /* of TLS: these bytes, and then the end */
    unsigned broken_send; /* which call of the client's breaks, from 1; 0: none */
    unsigned broken_receive;
} host;

static void host_begin(const struct identity *of, int newest)
{
    memset(&host, 0, sizeof host);
    host.context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(host.context, of->certificate);
    SSL_CTX_use_PrivateKey(host.context, of->key);
    SSL_CTX_set_max_proto_version(host.context, newest);
    host.ssl = SSL_new(host.context);
    host.in = BIO_new(BIO_s_mem());
    host.out = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(host.in, -1);
    SSL_set_bio(host.ssl, host.in, host.out);
    SSL_set_accept_state(host.ssl);
}

static void host_end(void)
{
    SSL_free(host.ssl);
    SSL_CTX_free(host.context);
    ERR_clear_error();
}

static void serve(void)
{
    char bytes[16384];
    size_t got;
    if (SSL_do_handshake(host.ssl) != 1)
        return;
    while (SSL_read_ex(host.ssl, bytes, sizeof bytes, &got) == 1) {
        if (host.question)
            assert_memory_equal(bytes, host.question + host.received, got);
        host.received += got;
    }
    if (host.received && host.renews) { /* the client answers at once */
        host.renews = false;
        if (SSL_version(host.ssl) == TLS1_3_VERSION)
            SSL_key_update(host.ssl, SSL_KEY_UPDATE_REQUESTED);
        else
            SSL_renegotiate(host.ssl);
        SSL_do_handshake(host.ssl);
    } else if (host.received && host.reply) {
        if (SSL_write(host.ssl, host.reply, (int)strlen(host.reply)) > 0)
            host.reply = NULL;
    } else if (host.received && host.closes) {
        SSL_shutdown(host.ssl);
    }
}

static bool breaks(unsigned *at, struct error *err)
{
    return *at > 0 && --*at == 0 && !error_set(err, "it broke");
}

bool wire_send_plain(struct wire *wire, const char *bytes, size_t length, struct error *err)
{
    (void)wire;
    if (breaks(&host.broken_send, err))
        return false;
    size_t written;
    return BIO_write_ex(host.in, bytes, length, &written) == 1; /* which does not fail */
}

bool wire_receive_plain(struct wire *wire, char *bytes, size_t room, size_t *ret_got,
                        struct error *err)
{
    (void)wire;
    if (breaks(&host.broken_receive, err))
        return false;
    if (host.instead) {
        *ret_got = strlen(host.instead);
        memcpy(bytes, host.instead, *ret_got);
        host.instead = "";
        return true;
    }
    const char *hidden = failing; /* what the host calls does not fail */
    failing = NULL;
    serve();
    failing = hidden;
    int got = BIO_read(host.out, bytes, (int)room);
    *ret_got = got > 0 ? (size_t)got : 0;
    return true;
}

/* ---- the client ---- */

static struct wire wire;

static struct endpoint named(const char *host_name, bool is_address)
{
    return (struct endpoint){
        .host = host_name, .port = "5986", .tls = true, .is_address = is_address};
}

static struct credentials trusting(const struct identity *of)
{
    char *bytes;
    BIO *pem = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(pem, of->certificate);
    size_t length = (size_t)BIO_get_mem_data(pem, &bytes);
    struct credentials credentials = {.ca = unit_file("ca", bytes, length)};
    BIO_free(pem);
    return credentials;
}

static struct credentials pinning(const struct identity *of)
{
    struct credentials credentials = {.has_fingerprint = true};
    X509_digest(of->certificate, EVP_sha256(), credentials.fingerprint, NULL);
    return credentials;
}

/* Open, ask, take the answer: that, or why not. */
static const char *talk(const struct endpoint *endpoint, const struct credentials *credentials)
{
    struct tls *tls;
    struct error err;
    char bytes[64];
    size_t got = 0;
    if (!tls_open(&wire, endpoint, credentials, &tls, &err))
        return say("%s", err.text);
    const char *text =
        !tls_send(tls, "question", 8, &err) || !tls_receive(tls, bytes, sizeof bytes, &got, &err)
            ? say("%s", err.text)
            : say("= %.*s", (int)got, bytes);
    tls_close(tls);
    return text;
}

#define NAMES "DNS:hv01,IP:192.0.2.1"

static void certificates(void **state)
{
    static const char of_authority[] = "): name the authority that signed it with ca = FILE in the "
                                       "credentials file, or pin it with fingerprint =";
    static const char of_name[] = "): ask for the host by the name in its certificate";
    static const char of_clock[] = "): renew it, or set the clock";
    static const struct {
        const char *names;
        int from, to;
        const char *host;
        bool is_address, knows;
        const char *expected; /* how it ends */
    } table[] = {
        {NAMES, -1, 1, "hv01", false, true, "= yes"},
        {NAMES, -1, 1, "192.0.2.1", true, true, "= yes"},
        {NAMES, -1, 1, "hv02", false, true, of_name},
        {NAMES, -1, 1, "192.0.2.2", true, true, of_name},
        {NAMES, -2, -1, "hv01", false, true, of_clock},
        {NAMES, 1, 2, "hv01", false, true, of_clock},
        {NAMES, -1, 1, "hv01", false, false, of_authority},
        {NAMES, -1, 1, "host", true, true,
         "the host's name can't be used with a certificate: no reason given"},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct identity of = identify(table[i].names, EVP_sha256(), table[i].from, table[i].to);
        struct endpoint endpoint = named(table[i].host, table[i].is_address);
        struct credentials credentials = {.ca = NULL};
        if (table[i].knows)
            credentials = trusting(&of);
        host_begin(&of, 0);
        host.reply = "yes";
        const char *found = talk(&endpoint, &credentials);
        size_t length = strlen(found), end = strlen(table[i].expected);
        if (length < end || strcmp(found + length - end, table[i].expected) != 0)
            fail_msg("%zu: %s", i, found);
        assert_true(*found == '=' || host.received == 0);
        host_end();
        forget(&of);
    }
}

static void fingerprints(void **state)
{
    struct identity of = identify("DNS:other", EVP_sha256(), -9, -8);
    struct endpoint endpoint = named("hv01", false);
    struct credentials credentials = pinning(&of);
    (void)state;
    host_begin(&of, 0);
    host.reply = "yes";
    assert_string_equal(talk(&endpoint, &credentials), "= yes");
    host_end();
    for (size_t i = 0; i < FINGERPRINT_SIZE; i += FINGERPRINT_SIZE - 1) {
        credentials.fingerprint[i] ^= 1;
        host_begin(&of, 0);
        assert_holds(talk(&endpoint, &credentials), "the certificate does not match fingerprint =");
        assert_int_equal(host.received, 0);
        host_end();
        credentials.fingerprint[i] ^= 1;
    }
    forget(&of);
}

/* RFC 5929: by the hash that the certificate was signed with, and SHA-256 where it was by none. */
static void bindings(void **state)
{
    static const char prefix[] = "tls-server-end-point:";
    const struct {
        const EVP_MD *hash, *bound;
    } table[] = {{EVP_sha256(), EVP_sha256()},
                 {EVP_sha384(), EVP_sha384()},
                 {EVP_sha512(), EVP_sha512()},
                 {EVP_sha1(), EVP_sha256()},
                 {NULL, EVP_sha256()}};
    struct endpoint endpoint = named("hv01", false);
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct identity of = identify(NAMES, table[i].hash, -1, 1);
        struct credentials credentials = pinning(&of);
        struct tls *tls;
        struct error err;
        unsigned char digest[EVP_MAX_MD_SIZE];
        unsigned length;
        host_begin(&of, 0);
        if (!tls_open(&wire, &endpoint, &credentials, &tls, &err))
            fail_msg("%zu: %s", i, err.text);
        struct binding binding = {.length = 0};
        tls_binding(tls, &binding);
        X509_digest(of.certificate, table[i].bound, digest, &length);
        assert_int_equal(binding.length, strlen(prefix) + length);
        assert_memory_equal(binding.bytes, prefix, strlen(prefix));
        assert_memory_equal(binding.bytes + strlen(prefix), digest, length);
        /* Where it can't be told, a login is not bound, and not made (session.c). */
        static const char *const calls[] = {"SSL_get0_peer_certificate", "X509_digest"};
        for (size_t k = 0; k < LENGTH(calls); k++) {
            binding.length = 0;
            failing = calls[k];
            failing_at = 1;
            tls_binding(tls, &binding);
            failing = NULL;
            assert_int_equal(binding.length, 0);
        }
        tls_close(tls);
        host_end();
        forget(&of);
    }
}

/* How a connection may end: each is an end or an error, and never an answer. */
static void ends(void **state)
{
    struct identity of = identify(NAMES, EVP_sha256(), -1, 1);
    struct credentials credentials = trusting(&of);
    struct endpoint endpoint = named("hv01", false);
    static const char no_tls[] = "no TLS (is this its port for HTTPS?): ";
    (void)state;
    host_begin(&of, 0);
    assert_string_equal(talk(&endpoint, &credentials), "= "); /* cut off */
    host_end();
    host_begin(&of, 0);
    host.closes = true;
    assert_string_equal(talk(&endpoint, &credentials), "= ");
    host_end();
    host_begin(&of, 0);
    host.instead = "";
    assert_string_equal(talk(&endpoint, &credentials),
                        say("%sthe host ended the connection", no_tls));
    host_end();
    host_begin(&of, 0);
    host.instead = "HTTP/1.1 400 Bad Request\r\n\r\n";
    assert_string_equal(talk(&endpoint, &credentials), say("%swrong version number", no_tls));
    host_end();
    host_begin(&of, TLS1_1_VERSION);
    assert_holds(talk(&endpoint, &credentials), no_tls);
    host_end();
    /* what is no TLS any more, behind the login */
    struct tls *tls;
    struct error err;
    char bytes[8];
    size_t got;
    host_begin(&of, TLS1_2_VERSION);
    assert_true(tls_open(&wire, &endpoint, &credentials, &tls, &err));
    host.instead = "HTTP/1.1 400 Bad Request\r\n\r\n";
    assert_false(tls_receive(tls, bytes, sizeof bytes, &got, &err));
    assert_string_equal(err.text, "TLS: wrong version number");
    tls_close(tls);
    host_end();
    forget(&of);
}

static void large_messages(void **state)
{
    enum { LARGE = 100000 };
    struct identity of = identify(NAMES, EVP_sha256(), -1, 1);
    struct credentials credentials = trusting(&of);
    struct endpoint endpoint = named("hv01", false);
    char *bytes = arena_array(&arena, LARGE, 1), *answer = arena_array(&arena, LARGE, 1);
    struct tls *tls;
    struct error err;
    size_t got;
    (void)state;
    host_begin(&of, 0);
    assert_true(tls_open(&wire, &endpoint, &credentials, &tls, &err));
    for (size_t i = 0; i < LARGE; i++)
        bytes[i] = (char)(i % 251);
    host.question = bytes;
    host.reply = "yes";
    assert_true(tls_send(tls, bytes, LARGE, &err));
    assert_true(tls_receive(tls, answer, 2, &got, &err));
    assert_int_equal(host.received, LARGE);
    assert_int_equal(got, 2);
    assert_true(tls_receive(tls, answer, LARGE, &got, &err)); /* what is there already */
    assert_int_equal(got, 1);
    tls_close(tls);
    host_end();
    forget(&of);
}

/* Whichever piece breaks, of a handshake, a message or an answer: that is what is told. */
static void broken_wires(void **state)
{
    struct identity of = identify(NAMES, EVP_sha256(), -1, 1);
    struct credentials credentials = trusting(&of);
    struct endpoint endpoint = named("hv01", false);
    (void)state;
    for (int way = 0; way < 6;
         way++) { /* sending and receiving; with new keys of TLS 1.3 and 1.2 */
        bool done = false;
        for (unsigned at = 1; !done; at++) {
            host_begin(&of, way < 4 ? TLS1_3_VERSION : TLS1_2_VERSION);
            host.reply = "yes";
            host.renews = way > 1;
            host.broken_send = way & 1 ? at : 0;
            host.broken_receive = way & 1 ? 0 : at;
            const char *found = talk(&endpoint, &credentials);
            done = host.broken_send || host.broken_receive;
            assert_string_equal(found, done ? "= yes" : "it broke");
            assert_true(at < 10);
            host_end();
        }
    }
    forget(&of);
}

/* A certificate is refused even where the alert that tells the host does not go out. */
static void unsent_alert(void **state)
{
    struct identity of = identify(NAMES, EVP_sha256(), -1, 1);
    struct credentials credentials = trusting(&of);
    struct endpoint endpoint = named("hv02", false);
    (void)state;
    host_begin(&of, 0);
    host.broken_send = 2;
    assert_holds(talk(&endpoint, &credentials), "the certificate is refused (hostname mismatch)");
    assert_int_equal(host.broken_send, 0);
    host_end();
    forget(&of);
}

/* What OpenSSL can't do ends in words, and nothing is sent. */
static void failures(void **state)
{
    static const char no_memory[] = "out of memory",
                      no_name[] =
                          "the host's name can't be used with a certificate: no reason given";
    static const char no_certificate[] = "the host showed no certificate: no reason given";
    enum { TRUSTS, PINS, KNOWS_NONE };
    static const struct {
        const char *call;
        unsigned at;
        int login;
        const char *host;
        const char *expected;
    } table[] = {
        {"calloc", 1, TRUSTS, "hv01", no_memory},
        {"SSL_CTX_new", 1, TRUSTS, "hv01", "OpenSSL can't be started: no reason given"},
        {"SSL_CTX_ctrl", 1, TRUSTS, "hv01", "OpenSSL can't be started: no reason given"},
        {"SSL_CTX_set_default_verify_paths", 1, KNOWS_NONE, "hv01",
         "the system's authorities can't be read: no reason given"},
        {"SSL_new", 1, TRUSTS, "hv01", no_memory},
        {"BIO_new", 1, TRUSTS, "hv01", no_memory},
        {"BIO_new", 2, TRUSTS, "hv01", no_memory},
        {"SSL_set1_host", 1, TRUSTS, "hv01", no_name},
        {"SSL_ctrl", 1, TRUSTS, "hv01", no_name},
        {"X509_VERIFY_PARAM_set1_ip_asc", 1, TRUSTS, "192.0.2.1", no_name},
        {"BIO_write", 1, TRUSTS, "hv01", no_memory},
        {"SSL_get0_peer_certificate", 1, PINS, "hv01", no_certificate},
        {"X509_digest", 1, PINS, "hv01", no_certificate},
        {"SSL_write_ex", 1, TRUSTS, "hv01", "TLS: no reason given"},
    };
    struct identity of = identify(NAMES, EVP_sha256(), -1, 1);
    const struct credentials logins[] = {
        [TRUSTS] = trusting(&of), [PINS] = pinning(&of), [KNOWS_NONE] = {.ca = NULL}};
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct endpoint endpoint = named(table[i].host, *table[i].host == '1');
        host_begin(&of, 0);
        host.reply = "yes";
        failing = table[i].call;
        failing_at = table[i].at;
        const char *found = talk(&endpoint, &logins[table[i].login]);
        failing = NULL;
        if (strcmp(found, table[i].expected) != 0)
            fail_msg("%s: %s", table[i].call, found);
        assert_int_equal(host.received, 0);
        host_end();
    }
    struct credentials nowhere = {.ca = unit_path("nowhere")};
    struct endpoint endpoint = named("hv01", false);
    assert_string_equal(talk(&endpoint, &nowhere),
                        say("ca = %s: no certificates can be read from it", nowhere.ca));
    forget(&of);
}

RUN_TESTS(TEST(certificates), TEST(fingerprints), TEST(bindings), TEST(ends), TEST(large_messages),
          TEST(broken_wires), TEST(unsent_alert), TEST(failures));
