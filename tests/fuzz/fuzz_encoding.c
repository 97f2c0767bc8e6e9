/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Encodings: whatever the bytes and whatever they are taken for, the text is UTF-8; what was UTF-8
 * stays as it was. The first line may name the encoding. */
#include "fuzz.h"

#include "counter/record/encoding.h"
#include "plugin/utf8.h"

#include <stdlib.h>
#include <string.h>

static void see(const struct encoding *encoding, const char *bytes, size_t length)
{
    struct text text = {0};
    encoding_decode(encoding, bytes, length, &text);
    HOLDS(!text.failed && utf8_valid(text.bytes, text.length));
    if (utf8_valid(bytes, length) && encoding == encoding_find("utf-8"))
        HOLDS(text.length == length && (!length || !memcmp(text.bytes, bytes, length)));
    text_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *newline = size ? memchr(data, '\n', size) : NULL;
    char *name = fuzz_string(data, newline ? (size_t)(newline - data) : 0);
    size_t head = newline ? (size_t)(newline - data) + 1 : 0, length = size - head, bom;
    char *bytes = malloc(length ? length : 1);
    HOLDS(bytes);
    if (length)
        memcpy(bytes, data + head, length);

    const struct encoding *named = encoding_find(name);
    HOLDS(!named || encoding_find(encoding_name(named)) == named);
    for (int cut = 0; cut < 2; cut++) {
        const struct encoding *found = encoding_detect(bytes, length, cut, named, &bom);
        HOLDS(found && bom <= length);
        see(found, bytes + bom, length - bom);
    }
    if (named)
        see(named, bytes, length);
    struct text text = {0}, again = {0};
    encoding_decode(encoding_raw(), bytes, length, &text);
    encoding_bytes(text_of(&text), &again);
    if (!length || !memchr(bytes, '\0', length))
        HOLDS(again.length == length && (!length || !memcmp(again.bytes, bytes, length)));
    text_free(&text);
    text_free(&again);
    free(bytes);
    free(name);
    return 0;
}
