/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/winrm/sealed.h"

#include "counter/counter.h"

#include <string.h>
#include <strings.h>

void sealed_print(struct text *out, size_t plain_length, size_t signature_length, const char *token,
                  size_t token_length)
{
    const char four[] = {(char)(signature_length & 255), (char)(signature_length >> 8 & 255),
                         (char)(signature_length >> 16 & 255),
                         (char)(signature_length >> 24 & 255)};
    text_printf(out,
                "--Encrypted Boundary\r\n"
                "Content-Type: application/HTTP-SPNEGO-session-encrypted\r\n"
                "OriginalContent: type=" SOAP_CONTENT_TYPE ";Length=%zu\r\n"
                "--Encrypted Boundary\r\n"
                "Content-Type: application/octet-stream\r\n",
                plain_length);
    text_add(out, four, sizeof four);
    text_add(out, token, token_length);
    text_puts(out, "--Encrypted Boundary--\r\n");
}

static bool invalid(struct error *err, const char *what)
{
    return error_set_code(err, READ_INVALID, "a sealed answer can't be read: %s", what);
}

/* ---- lines ---- */

struct part {
    const char *at, *end;
};

struct span {
    const char *bytes;
    size_t length;
};

static bool next_line(struct part *part, struct span *ret)
{
    const char *end = memchr(part->at, '\n', (size_t)(part->end - part->at));
    if (!end)
        return false;
    *ret = (struct span){part->at, (size_t)(end - part->at)};
    part->at = end + 1;
    if (ret->length && end[-1] == '\r')
        ret->length--;
    while (ret->length && (*ret->bytes == ' ' || *ret->bytes == '\t')) {
        ret->bytes++;
        ret->length--;
    }
    return true;
}

/* "--NAME", also written "-- NAME": the name */
static bool boundary_of(const struct span *line, struct span *ret)
{
    if (line->length < 3 || memcmp(line->bytes, "--", 2) != 0)
        return false;
    *ret = (struct span){line->bytes + 2, line->length - 2};
    while (ret->length && *ret->bytes == ' ') {
        ret->bytes++;
        ret->length--;
    }
    while (ret->length && (ret->bytes[ret->length - 1] == ' '))
        ret->length--;
    return ret->length > 0 && ret->length <= 70;
}

static bool is_boundary(const struct span *line, const struct span *boundary)
{
    struct span found;
    return boundary_of(line, &found) && found.length == boundary->length &&
           !memcmp(found.bytes, boundary->bytes, found.length);
}

static bool begins(const struct span *line, const char *with)
{
    size_t length = strlen(with);
    return line->length >= length && !strncasecmp(line->bytes, with, length);
}

/* "...;Length=1234" */
static bool take_length(const struct span *line, size_t *ret)
{
    static const char name[] = "length=";
    for (size_t i = 0; i + sizeof name - 1 < line->length; i++) {
        if (strncasecmp(line->bytes + i, name, sizeof name - 1) != 0)
            continue;
        size_t value = 0, at = i + sizeof name - 1, start = at;
        for (; at < line->length && line->bytes[at] >= '0' && line->bytes[at] <= '9'; at++) {
            if (value > 100000000)
                return false;
            value = value * 10 + (size_t)(line->bytes[at] - '0');
        }
        *ret = value;
        return at > start && (at == line->length || line->bytes[at] == ';');
    }
    return false;
}

/* ---- the message ---- */

/* The last "--NAME--" of the bytes: what is sealed may hold anything, that too. */
static const char *find_end(const struct part *part, const struct span *boundary)
{
    for (const char *at = part->end; at-- > part->at;) {
        struct span rest = {at, (size_t)(part->end - at)};
        if (rest.length < boundary->length + 4 || memcmp(at, "--", 2) != 0)
            continue;
        rest.bytes += 2;
        rest.length -= 2;
        if (*rest.bytes == ' ') {
            rest.bytes++;
            rest.length--;
        }
        if (rest.length >= boundary->length + 2 &&
            !memcmp(rest.bytes, boundary->bytes, boundary->length) &&
            !memcmp(rest.bytes + boundary->length, "--", 2))
            return at;
    }
    return NULL;
}

static bool parse_data(const struct part *part, const struct span *boundary, struct sealed *ret,
                       struct error *err)
{
    const char *end = find_end(part, boundary);
    if (!end)
        return invalid(err, "it does not end");
    size_t length = (size_t)(end - part->at);
    if (length < 4)
        return invalid(err, "it is too short");
    const unsigned char *four = (const unsigned char *)part->at;
    size_t signature =
        (size_t)four[0] | (size_t)four[1] << 8 | (size_t)four[2] << 16 | (size_t)four[3] << 24;
    if (signature > length - 4)
        return invalid(err, "its signature is longer than itself");
    ret->signature = part->at + 4;
    ret->signature_length = signature;
    ret->data = ret->signature + signature;
    ret->data_length = length - 4 - signature;
    return true;
}

bool sealed_parse(const char *bytes, size_t length, struct sealed *ret, struct error *err)
{
    struct part part = {bytes, bytes + length};
    struct span line, boundary;
    struct sealed sealed = {0};
    bool has_length = false, has_data = false;
    do
        if (!next_line(&part, &line))
            return invalid(err, "it has no parts");
    while (!line.length);
    if (!boundary_of(&line, &boundary))
        return invalid(err, "it has no parts");
    for (;;) {
        if (!next_line(&part, &line))
            return invalid(err, "it has no second part");
        if (is_boundary(&line, &boundary))
            break;
        if (begins(&line, "OriginalContent:"))
            has_length = take_length(&line, &sealed.plain_length);
    }
    if (!has_length)
        return invalid(err, "it does not say how long it was");
    while (!has_data) {
        if (!next_line(&part, &line))
            return invalid(err, "its second part has no bytes");
        has_data = begins(&line, "Content-Type:");
    }
    if (!parse_data(&part, &boundary, &sealed, err))
        return false;
    *ret = sealed;
    return true;
}
