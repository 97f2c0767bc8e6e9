/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/winrm/credentials.h"

#include "counter/winrm/hex.h"
#include "plugin/name.h"
#include "plugin/show.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGEST_FILE = 65536 };

/* ---- values ---- */

struct line {
    struct credentials *credentials;
    const struct key *key;
    char *value;
    unsigned number;
};

struct key {
    const char *name;
    bool (*read)(const struct line *line, struct error *err);
    size_t target;
};

static bool read_text(const struct line *line, struct error *err)
{
    (void)err;
    const char **target = (const char **)((char *)line->credentials + line->key->target);
    *target = line->value;
    return true;
}

static bool read_ntlm(const struct line *line, struct error *err)
{
    line->credentials->ntlm_allowed = !strcmp(line->value, "allow");
    return line->credentials->ntlm_allowed ||
           error_set(err, "line %u: ntlm takes nothing but allow", line->number);
}

static bool read_transport(const struct line *line, struct error *err)
{
    line->credentials->transport = !strcmp(line->value, "tls")    ? TRANSPORT_TLS
                                   : !strcmp(line->value, "http") ? TRANSPORT_HTTP
                                                                  : TRANSPORT_BY_PORT;
    return line->credentials->transport != TRANSPORT_BY_PORT ||
           error_set(err, "line %u: transport is http or tls", line->number);
}

/* Two digits for each byte, with or without colons or blanks between the bytes. */
static bool read_fingerprint(const struct line *line, struct error *err)
{
    size_t count = 0;
    const char *at = line->value;
    while (count < FINGERPRINT_SIZE) {
        int high = hex_digit(at[0]), low = high < 0 ? -1 : hex_digit(at[1]);
        if (low < 0)
            break;
        line->credentials->fingerprint[count++] = (unsigned char)(high * 16 + low);
        at += 2;
        at += *at == ':' || *at == ' ';
    }
    line->credentials->has_fingerprint = true;
    return (count == FINGERPRINT_SIZE && !*at) ||
           error_set(err,
                     "line %u: fingerprint is the SHA-256 of a certificate: 64 hexadecimal digits",
                     line->number);
}

#define TEXT(member)                                                                               \
    {                                                                                              \
#member, read_text, offsetof(struct credentials, member)                                   \
    }

static const struct key keys[] = {
    TEXT(username),
    TEXT(password),
    TEXT(domain),
    TEXT(keytab),
    TEXT(principal),
    TEXT(ccache),
    TEXT(hosts),
    TEXT(spn),
    TEXT(ca),
    {"ntlm", read_ntlm, 0},
    {"transport", read_transport, 0},
    {"fingerprint", read_fingerprint, 0},
};

enum { KEYS = sizeof keys / sizeof *keys };

/* ---- the file's text ---- */

static char *trim(char *text)
{
    static const char blanks[] = " \t\r";
    text += strspn(text, blanks);
    size_t length = strlen(text);
    while (length && strchr(blanks, text[length - 1]))
        length--;
    text[length] = '\0';
    return text;
}

/* What a line says is not shown: it may be the password, with a typo in front. */
static bool read_line(struct credentials *credentials, char *text, unsigned number, unsigned *seen,
                      struct error *err)
{
    char *name = trim(text);
    if (!*name || *name == '#' || *name == ';')
        return true;
    char *equals = strchr(name, '=');
    if (!equals)
        return error_set(err, "line %u: expected NAME = VALUE", number);
    *equals = '\0';
    name = trim(name);
    size_t i = 0;
    while (i < KEYS && strcmp(keys[i].name, name) != 0)
        i++;
    if (i == KEYS)
        return error_set(err, "line %u: unknown name before '='", number);
    if (*seen & 1u << i)
        return error_set(err, "line %u: %s is given twice", number, keys[i].name);
    *seen |= 1u << i;
    struct line line = {credentials, &keys[i], trim(equals + 1), number};
    if (!*line.value)
        return error_set(err, "line %u: %s has no value", number, keys[i].name);
    return keys[i].read(&line, err);
}

/* What does not go together is not guessed at. */
static bool conclude(struct credentials *credentials, struct error *err)
{
    const struct credentials *of = credentials;
    const char *kerberos = of->keytab      ? "keytab"
                           : of->ccache    ? "ccache"
                           : of->principal ? "principal"
                                           : NULL;
    if (!of->hosts)
        return error_set(err, "no hosts: it must name the hosts that this login is for, as in "
                              "hosts = hv*.example.com");
    if (of->username && kerberos)
        return error_set(err, "%s is for Kerberos and username for NTLM: leave one out", kerberos);
    if (of->username && !of->password)
        return error_set(err, "username without password");
    if (of->password && !of->username && !of->principal)
        return error_set(err, "password without username (NTLM) or principal (Kerberos)");
    if (of->password && (of->keytab || of->ccache))
        return error_set(err, "password and %s: leave one out", of->keytab ? "keytab" : "ccache");
    if (of->domain && !of->username)
        return error_set(err, "domain without username");
    if (of->ca && of->has_fingerprint)
        return error_set(err, "ca and fingerprint: leave one out");
    credentials->ntlm = of->username != NULL;
    return true;
}

bool credentials_parse(char *text, size_t length, struct credentials *ret, struct error *err)
{
    struct credentials credentials = {.bytes = text, .length = length};
    unsigned seen = 0, number = 0;
    if (strlen(text) < length)
        return error_set(err, "not plain text: save it as UTF-8");
    if (!strncmp(text, "\xEF\xBB\xBF", 3))
        text += 3;
    while (*text) {
        char *end = text + strcspn(text, "\n");
        bool more = *end;
        *end = '\0';
        if (!read_line(&credentials, text, ++number, &seen, err))
            return false;
        text = end + more;
    }
    if (!conclude(&credentials, err))
        return false;
    *ret = credentials;
    return true;
}

/* ---- the file ---- */

static const char *why_not_secret(const struct stat *status)
{
    if (!S_ISREG(status->st_mode))
        return "not a regular file";
    if (status->st_uid != 0 && status->st_uid != geteuid())
        return "belongs to another user: it must be this user's or root's";
    if (status->st_mode & (S_IRWXG | S_IRWXO))
        return "others can get at it: run chmod 600 on it";
    if ((uintmax_t)status->st_size > LARGEST_FILE)
        return "too large to be a credentials file";
    return NULL;
}

static bool read_all(int fd, char *bytes, size_t length)
{
    size_t got = 0;
    while (got < length) {
        ssize_t part = read(fd, bytes + got, length - got);
        if (part < 0 && errno == EINTR)
            continue;
        if (part <= 0)
            return false;
        got += (size_t)part;
    }
    return true;
}

static bool read_open(int fd, char **ret, size_t *ret_length, struct error *err)
{
    struct stat status;
    const char *problem = fstat(fd, &status) != 0 ? strerror(errno) : why_not_secret(&status);
    if (problem)
        return error_set(err, "%s", problem);
    size_t length = (size_t)status.st_size;
    char *bytes = calloc(length + 1, 1);
    if (!bytes)
        return error_memory(err);
    if (!read_all(fd, bytes, length)) {
        explicit_bzero(bytes, length);
        free(bytes);
        return error_set(err, "could not be read whole");
    }
    *ret = bytes;
    *ret_length = length;
    return true;
}

bool credentials_read(const char *path, struct credentials *ret, struct error *err)
{
    char *bytes = NULL;
    size_t length = 0;
    /* O_NONBLOCK: opening a FIFO would wait for a writer. */
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    bool read = fd >= 0 ? read_open(fd, &bytes, &length, err)
                        : error_set(err, "%s",
                                    errno == ELOOP ? "a symbolic link, which is not "
                                                     "followed"
                                                   : strerror(errno));
    if (fd >= 0)
        close(fd);
    if (read && !credentials_parse(bytes, length, ret, err)) {
        explicit_bzero(bytes, length);
        free(bytes);
        read = false;
    }
    return read || error_prefix(err, "--credentials: %s: ", path);
}

static bool is_allowed(const char *patterns, const char *host)
{
    static const char between[] = " \t,";
    while (*(patterns += strspn(patterns, between))) {
        char pattern[256];
        size_t length = strcspn(patterns, between);
        if (length < sizeof pattern) {
            memcpy(pattern, patterns, length);
            pattern[length] = '\0';
            if (name_matches(pattern, host))
                return true;
        }
        patterns += length;
    }
    return false;
}

bool credentials_allow(const struct credentials *credentials, const struct endpoint *endpoint,
                       struct error *err)
{
    if (!is_allowed(credentials->hosts, endpoint->host))
        return error_set(err, "hosts does not name %s: nothing was sent to it",
                         SHOW_NAME(endpoint->host));
    if (credentials->ntlm && !endpoint->tls && !credentials->ntlm_allowed)
        return error_set(err,
                         "NTLM does not prove who answers at %s: use TLS (port 5986), or "
                         "Kerberos (keytab or principal), or write ntlm = allow",
                         SHOW_NAME(endpoint->shown));
    return true;
}

void credentials_forget_password(struct credentials *credentials)
{
    if (credentials->password)
        explicit_bzero((char *)credentials->bytes + (credentials->password - credentials->bytes),
                       strlen(credentials->password));
    credentials->password = NULL;
}

void credentials_close(struct credentials *credentials)
{
    if (credentials->bytes)
        explicit_bzero(credentials->bytes, credentials->length);
    free(credentials->bytes);
    *credentials = (struct credentials){0};
}
