/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/winrm/base64.h"

#include <stdint.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(const void *bytes, size_t length, struct text *out)
{
    const unsigned char *at = bytes;
    for (; length; at += 3, length = length > 3 ? length - 3 : 0) {
        uint32_t three = (uint32_t)at[0] << 16 | (length > 1 ? (uint32_t)at[1] << 8 : 0) |
                         (length > 2 ? at[2] : 0u);
        const char four[] = {alphabet[three >> 18], alphabet[three >> 12 & 63],
                             length > 1 ? alphabet[three >> 6 & 63] : '=',
                             length > 2 ? alphabet[three & 63] : '='};
        text_add(out, four, sizeof four);
    }
}

/* The value of a character, or -1. */
static int value_of(char c)
{
    const char *found = memchr(alphabet, c, sizeof alphabet - 1);
    return found ? (int)(found - alphabet) : -1;
}

bool base64_decode(const char *text, size_t length, struct text *out)
{
    if (length % 4)
        return false;
    for (; length; text += 4, length -= 4) {
        size_t padding = length > 4 ? 0 : text[3] != '=' ? 0 : text[2] != '=' ? 1 : 2;
        uint32_t three = 0;
        for (size_t i = 0; i < 4; i++) {
            int value = i < 4 - padding ? value_of(text[i]) : 0;
            if (value < 0)
                return false;
            three = three << 6 | (uint32_t)value;
        }
        if (three & ((1u << 8 * padding) - 1))
            return false; /* bits that no byte has */
        const char bytes[] = {(char)(three >> 16), (char)(three >> 8 & 255), (char)(three & 255)};
        text_add(out, bytes, 3 - padding);
    }
    return true;
}
