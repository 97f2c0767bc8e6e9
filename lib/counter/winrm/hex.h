/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Hexadecimal digits: of fingerprints, of the sizes of chunks, of codes in faults. */
#ifndef COUNTER_WINRM_HEX_H
#define COUNTER_WINRM_HEX_H

#include <string.h>

/* The digit's value; -1: it is none. */
static inline int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = memchr(digits, c, sizeof digits - 1);
    return found ? (int)((found - digits) % 16) : -1;
}

#endif
