/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/utf8.h"

#include <stdint.h>
#include <string.h>

unsigned long utf8_next(const char **at, const char *end)
{
    unsigned lead = (unsigned char)*(*at)++;
    if (lead < 0x80)
        return lead;
    if (lead < 0xC2 || lead > 0xF4) /* C0 and C1 could only begin an overlong form */
        return UTF8_BAD;

    int more = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    unsigned long codepoint = lead & (0x3FU >> more);
    /* The second byte alone decides on overlong forms, surrogates and what is too large. */
    unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    for (; more > 0; more--) {
        if (*at == end)
            return UTF8_CUT;
        unsigned byte = (unsigned char)**at;
        if (byte < low || byte > high)
            return UTF8_BAD;
        ++*at;
        codepoint = codepoint << 6 | (byte & 0x3F);
        low = 0x80;
        high = 0xBF;
    }
    return codepoint;
}

size_t utf8_ascii_span(const char *bytes, size_t length)
{
    size_t span = 0;
    /* Counter logs are ASCII nearly throughout: eight bytes at a step. */
    for (uint64_t eight; length - span >= sizeof eight; span += sizeof eight) {
        memcpy(&eight, bytes + span, sizeof eight);
        if (eight & UINT64_C(0x8080808080808080))
            break;
    }
    while (span < length && (unsigned char)bytes[span] < 0x80)
        span++;
    return span;
}

size_t utf8_span(const char *bytes, size_t length)
{
    size_t span = 0;
    while (span < length) {
        span += utf8_ascii_span(bytes + span, length - span);
        const char *next = bytes + span;
        if (span == length || utf8_next(&next, bytes + length) > 0x10FFFF)
            break;
        span = (size_t)(next - bytes);
    }
    return span;
}

bool utf8_valid(const char *bytes, size_t length)
{
    return utf8_span(bytes, length) == length;
}

bool utf8_is_unprintable(unsigned long codepoint)
{
    static const struct {
        unsigned long first, last;
    } unprintable[] = {
        {0x0000, 0x001F}, /* C0 */
        {0x007F, 0x009F}, /* DEL, C1 */
        {0x00AD, 0x00AD}, /* soft hyphen */
        {0x061C, 0x061C}, /* Arabic letter mark */
        {0x200B,
         0x200F}, /* zero width space, non-joiner, joiner; left-to-right, right-to-left mark */
        {0x2028, 0x202E}, /* line, paragraph separator; bidirectional embeddings and overrides */
        {0x2060, 0x206F}, /* word joiner, invisible operators, bidirectional isolates, deprecated */
        {0xD800, 0xDFFF}, /* surrogates */
        {0xFDD0, 0xFDEF}, /* noncharacters; the last two of every plane are some, too */
        {0xFEFF, 0xFEFF}, /* byte order mark, once a zero width no-break space */
        {0xE0000, 0xE007F}, /* tags */
    };

    if (codepoint > 0x10FFFF || (codepoint & 0xFFFE) == 0xFFFE)
        return true;
    for (size_t i = 0; i < sizeof unprintable / sizeof *unprintable; i++)
        if (codepoint >= unprintable[i].first && codepoint <= unprintable[i].last)
            return true;
    return false;
}
