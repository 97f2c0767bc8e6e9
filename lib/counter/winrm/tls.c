/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * OpenSSL speaks to two buffers, and the bytes go by the wire's own functions: so there is one
 * place that waits, and no SIGPIPE.
 */
#include "counter/winrm/tls.h"

#include "counter/counter.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <stdlib.h>
#include <string.h>

struct tls {
    struct wire *wire;
    SSL_CTX *context;
    SSL *ssl;
    BIO *in, *out; /* the ssl's */
};

/* ---- failures ---- */

static bool fail(struct error *err, const char *what)
{
    unsigned long code = ERR_get_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;
    ERR_clear_error();
    return error_set_code(err, READ_FAILED, "%s: %s", what, reason ? reason : "no reason given");
}

/* Why a certificate was refused, and what helps. */
static bool refuse_certificate(long result, struct error *err)
{
    const char *remedy =
        "name the authority that signed it with ca = FILE in the credentials file, "
        "or pin it with fingerprint =";
    if (result == X509_V_ERR_HOSTNAME_MISMATCH || result == X509_V_ERR_IP_ADDRESS_MISMATCH)
        remedy = "ask for the host by the name in its certificate";
    else if (result == X509_V_ERR_CERT_HAS_EXPIRED || result == X509_V_ERR_CERT_NOT_YET_VALID)
        remedy = "renew it, or set the clock";
    return error_set_code(err, READ_FAILED, "the certificate is refused (%s): %s",
                          X509_verify_cert_error_string(result), remedy);
}

/* ---- bytes between OpenSSL and the wire ---- */

static bool flush_out(struct tls *tls, struct error *err)
{
    char *bytes;
    long length = BIO_get_mem_data(tls->out, &bytes);
    if (length <= 0)
        return true;
    bool sent = wire_send_plain(tls->wire, bytes, (size_t)length, err);
    (void)BIO_reset(tls->out);
    return sent;
}

/* *ret_open false: the host has closed the connection. */
static bool fill_in(struct tls *tls, bool *ret_open, struct error *err)
{
    char bytes[16384];
    size_t got;
    if (!wire_receive_plain(tls->wire, bytes, sizeof bytes, &got, err))
        return false;
    *ret_open = got > 0;
    return BIO_write(tls->in, bytes, (int)got) == (int)got || error_memory(err);
}

/* ---- a connection ---- */

static bool set_trust(SSL_CTX *context, const struct credentials *credentials, struct error *err)
{
    if (credentials->has_fingerprint)
        return true;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    if (!credentials->ca)
        return SSL_CTX_set_default_verify_paths(context) == 1 ||
               fail(err, "the system's authorities can't be read");
    if (SSL_CTX_load_verify_file(context, credentials->ca) == 1)
        return true;
    ERR_clear_error();
    return error_set_code(err, READ_FAILED, "ca = %s: no certificates can be read from it",
                          credentials->ca);
}

static bool set_name(SSL *ssl, const struct endpoint *endpoint)
{
    if (endpoint->is_address)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), endpoint->host) == 1;
    union {
        const char *given;
        char *taken; /* OpenSSL's macro casts const away, which clang holds against it */
    } name = {.given = endpoint->host};
    return SSL_set1_host(ssl, name.given) == 1 && SSL_set_tlsext_host_name(ssl, name.taken) == 1;
}

static bool shake_hands(struct tls *tls, struct error *err)
{
    for (;;) {
        bool open;
        int done = SSL_connect(tls->ssl);
        int why = done == 1 ? SSL_ERROR_NONE : SSL_get_error(tls->ssl, done);
        long verified = SSL_get_verify_result(tls->ssl);
        /* An alert that tells the host why goes out first, as far as it takes it. */
        struct error unsent;
        bool flushed = flush_out(tls, why == SSL_ERROR_WANT_READ || done == 1 ? err : &unsent);
        if (done == 1)
            return flushed;
        if (why != SSL_ERROR_WANT_READ)
            return SSL_get_verify_mode(tls->ssl) == SSL_VERIFY_PEER && verified != X509_V_OK
                       ? refuse_certificate(verified, err)
                       : fail(err, "no TLS (is this its port for HTTPS?)");
        if (!flushed || !fill_in(tls, &open, err))
            return false;
        if (!open)
            return error_set_code(err, READ_FAILED,
                                  "no TLS (is this its port for HTTPS?): the host ended the "
                                  "connection");
    }
}

static bool check_fingerprint(SSL *ssl, const struct credentials *credentials, struct error *err)
{
    if (!credentials->has_fingerprint)
        return true;
    unsigned char found[EVP_MAX_MD_SIZE];
    X509 *certificate = SSL_get0_peer_certificate(ssl);
    if (!certificate || !X509_digest(certificate, EVP_sha256(), found, NULL))
        return fail(err, "the host showed no certificate");
    return !memcmp(found, credentials->fingerprint, FINGERPRINT_SIZE) ||
           error_set_code(err, READ_FAILED,
                          "the certificate does not match fingerprint =: if it was renewed, pin "
                          "the new one");
}

static bool set_up(struct tls *tls, const struct endpoint *endpoint,
                   const struct credentials *credentials, struct error *err)
{
    tls->context = SSL_CTX_new(TLS_client_method());
    if (!tls->context || !SSL_CTX_set_min_proto_version(tls->context, TLS1_2_VERSION))
        return fail(err, "OpenSSL can't be started");
    if (!set_trust(tls->context, credentials, err))
        return false;
    tls->ssl = SSL_new(tls->context);
    tls->in = BIO_new(BIO_s_mem());
    tls->out = BIO_new(BIO_s_mem());
    if (!tls->ssl || !tls->in || !tls->out) {
        BIO_free(tls->in);
        BIO_free(tls->out);
        return error_memory(err);
    }
    BIO_set_mem_eof_return(tls->in, -1); /* nothing there yet is not the end */
    SSL_set_bio(tls->ssl, tls->in, tls->out);
    return set_name(tls->ssl, endpoint) ||
           fail(err, "the host's name can't be used with a certificate");
}

bool tls_open(struct wire *wire, const struct endpoint *endpoint,
              const struct credentials *credentials, struct tls **ret, struct error *err)
{
    struct tls *tls = calloc(1, sizeof *tls);
    if (!tls)
        return error_memory(err);
    tls->wire = wire;
    ERR_clear_error();
    if (!set_up(tls, endpoint, credentials, err) || !shake_hands(tls, err) ||
        !check_fingerprint(tls->ssl, credentials, err)) {
        tls_close(tls);
        return false;
    }
    *ret = tls;
    return true;
}

bool tls_send(struct tls *tls, const char *bytes, size_t length, struct error *err)
{
    size_t written;
    while (length) {
        size_t piece = length < 16384 ? length : 16384;
        if (SSL_write_ex(tls->ssl, bytes, piece, &written) != 1)
            return fail(err, "TLS");
        if (!flush_out(tls, err))
            return false;
        bytes += written;
        length -= written;
    }
    return true;
}

bool tls_receive(struct tls *tls, char *bytes, size_t room, size_t *ret_got, struct error *err)
{
    for (;;) {
        bool open;
        int done = SSL_read_ex(tls->ssl, bytes, room, ret_got);
        int why = done == 1 ? SSL_ERROR_NONE : SSL_get_error(tls->ssl, done);
        if (done == 1)
            return flush_out(tls, err);
        if (why == SSL_ERROR_ZERO_RETURN) {
            *ret_got = 0;
            return true;
        }
        if (why != SSL_ERROR_WANT_READ)
            return fail(err, "TLS");
        if (!flush_out(tls, err) || !fill_in(tls, &open, err))
            return false;
        if (!open) {
            *ret_got = 0; /* cut off: whoever waits for more finds out */
            return true;
        }
    }
}

/* RFC 5929: by the hash of the certificate's own signature, SHA-256 in place of MD5 and SHA-1 and
 * where it has none. */
void tls_binding(const struct tls *tls, struct binding *ret)
{
    static const char prefix[] = "tls-server-end-point:";
    enum { PREFIX = sizeof prefix - 1 };
    X509 *certificate = SSL_get0_peer_certificate(tls->ssl);
    int digest = NID_undef;
    unsigned length = 0;
    if (!certificate)
        return;
    X509_get_signature_info(certificate, &digest, NULL, NULL, NULL);
    const EVP_MD *hash = digest == NID_sha384   ? EVP_sha384()
                         : digest == NID_sha512 ? EVP_sha512()
                                                : EVP_sha256();
    memcpy(ret->bytes, prefix, PREFIX);
    if (X509_digest(certificate, hash, ret->bytes + PREFIX, &length))
        ret->length = PREFIX + length;
}

void tls_close(struct tls *tls)
{
    SSL_free(tls->ssl); /* and its buffers */
    SSL_CTX_free(tls->context);
    free(tls);
}
