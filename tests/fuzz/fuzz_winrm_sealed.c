/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sealed messages: what is found lies in the bytes, one piece behind the other; and what is printed
 * is found again. */
#include "fuzz.h"

#include "counter/winrm/sealed.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sealed sealed;
    struct error err;
    char *bytes = malloc(size ? size : 1); /* of just this size, so that reading on is noticed */
    HOLDS(bytes);
    if (size)
        memcpy(bytes, data, size);
    if (sealed_parse(bytes, size, &sealed, &err)) {
        HOLDS(sealed.signature >= bytes &&
              sealed.signature + sealed.signature_length == sealed.data);
        HOLDS(sealed.data + sealed.data_length <= bytes + size);
    }
    struct text printed = {0};
    size_t signature = size / 3;
    sealed_print(&printed, size, signature, bytes, size);
    HOLDS(sealed_parse(printed.bytes, printed.length, &sealed, &err));
    HOLDS(sealed.plain_length == size && sealed.signature_length == signature);
    HOLDS(sealed.signature_length + sealed.data_length == size);
    HOLDS(!size || !memcmp(sealed.signature, bytes, size));
    text_free(&printed);
    free(bytes);
    return 0;
}
