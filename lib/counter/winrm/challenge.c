/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/winrm/challenge.h"

#include "counter/counter.h"

#include <stdint.h>
#include <string.h>

enum {
    HEADER = 48, /* up to and with the descriptor of the target's properties */
    TYPE_AT = 8,
    NAME_AT = 12,
    FLAGS_AT = 20,
    INFO_AT = 40,
};

/* Without these the session would not be sealed, or by 40 or 56 bits, or by NTLM's first version.
 */
static const uint32_t needed_flags = 0x00000001u | /* Unicode */
                                     0x00000010u | /* sign */
                                     0x00000020u | /* seal */
                                     0x00080000u | /* extended session security */
                                     0x00800000u | /* the target's properties are there */
                                     0x20000000u;  /* 128 bits */

static uint32_t number(const unsigned char *at, size_t bytes)
{
    uint32_t value = 0;
    for (size_t i = bytes; i-- > 0;)
        value = value << 8 | at[i];
    return value;
}

static bool invalid(struct error *err, const char *what)
{
    return error_set_code(err, READ_INVALID, "the host's NTLM challenge is refused: %s", what);
}

/* Length, room, offset: what a descriptor points to lies behind the header and within the message.
 */
static bool find_field(const unsigned char *bytes, size_t length, size_t at,
                       const unsigned char **ret, size_t *ret_length)
{
    size_t field = number(bytes + at, 2), offset = number(bytes + at + 4, 4);
    *ret = bytes + offset;
    *ret_length = field;
    return offset >= HEADER && (uint64_t)offset + field <= length;
}

/* Pairs of an id, a length and a value, ended by id 0. */
static bool check_pairs(const unsigned char *at, size_t length)
{
    while (length >= 4) {
        uint32_t id = number(at, 2);
        size_t size = number(at + 2, 2);
        if (size > length - 4)
            return false;
        if (id == 0)
            return size == 0;
        at += 4 + size;
        length -= 4 + size;
    }
    return false;
}

bool challenge_check(const void *challenge, size_t length, struct error *err)
{
    static const char signature[] = "NTLMSSP";
    const unsigned char *bytes = challenge, *field;
    size_t field_length;
    if (length < HEADER || memcmp(bytes, signature, sizeof signature) != 0 ||
        number(bytes + TYPE_AT, 4) != 2)
        return invalid(err, "it is none");
    if ((number(bytes + FLAGS_AT, 4) & needed_flags) != needed_flags)
        return invalid(err, "it does not offer sealing with 128 bits");
    if (!find_field(bytes, length, NAME_AT, &field, &field_length) || !field_length ||
        field_length % 2)
        return invalid(err, "it names no target");
    if (!find_field(bytes, length, INFO_AT, &field, &field_length) ||
        !check_pairs(field, field_length))
        return invalid(err, "its target's properties are malformed");
    return true;
}
