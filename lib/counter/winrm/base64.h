/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Base64 as RFC 4648 has it, for the tokens in HTTP's headers: no line ends, padded, strict. */
#ifndef COUNTER_WINRM_BASE64_H
#define COUNTER_WINRM_BASE64_H

#include "plugin/text.h"

void base64_encode(const void *bytes, size_t length, struct text *out);

/* Appends the bytes; false where the text is none. Look at out->failed besides. */
bool base64_decode(const char *text, size_t length, struct text *out);

#endif
