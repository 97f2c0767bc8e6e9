/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The body of a sealed message on HTTP, multipart/encrypted as WinRM has it:
 *
 *     --Encrypted Boundary
 *     Content-Type: application/HTTP-SPNEGO-session-encrypted
 *     OriginalContent: type=application/soap+xml;charset=UTF-8;Length=1234
 *     --Encrypted Boundary
 *     Content-Type: application/octet-stream
 *     <length of the signature, 4 bytes><signature><sealed bytes>--Encrypted Boundary--
 *
 * There is no empty line between a part's head and its bytes. Windows puts a tab before each field;
 * Microsoft's OMI refuses one, so ours have none. Sources: [MS-WSMV] 2.2.9.1; what OMI and Windows
 * were seen to send.
 */
#ifndef COUNTER_WINRM_SEALED_H
#define COUNTER_WINRM_SEALED_H

#include "plugin/text.h"

#define SEALED_CONTENT_TYPE                                                                        \
    "multipart/encrypted;protocol=\"application/HTTP-SPNEGO-session-encrypted\";"                  \
    "boundary=\"Encrypted Boundary\""

#define SOAP_CONTENT_TYPE "application/soap+xml;charset=UTF-8"

/* A message taken apart; the pointers are into its bytes. */
struct sealed {
    size_t plain_length; /* what its sender says */
    const char *signature;
    size_t signature_length;
    const char *data;
    size_t data_length;
};

/* Append the message. signature and data follow each other in token. */
void sealed_print(struct text *out, size_t plain_length, size_t signature_length, const char *token,
                  size_t token_length);

bool sealed_parse(const char *bytes, size_t length, struct sealed *ret, struct error *err);

#endif
