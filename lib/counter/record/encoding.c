/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/record/encoding.h"

#include "counter/record/codepages.h"
#include "plugin/scan.h"
#include "plugin/utf8.h"

#include <stdint.h>
#include <string.h>

enum kind { UTF8, UTF16LE, UTF16BE, CP932, SINGLE_BYTE, RAW };

/* The name is in the row, not behind a pointer, so that the table needs no relocation. */
struct encoding {
    char name[13];
    uint8_t kind;
    uint8_t page;    /* enum codepage of a SINGLE_BYTE */
    uint16_t number; /* of Windows' code page */
};

/* In the order of names[]; the first rows are in that of enum kind, to be found by it. */
static const struct encoding encodings[] = {
    {"utf-8", UTF8, 0, 65001},
    {"utf-16le", UTF16LE, 0, 1200},
    {"utf-16be", UTF16BE, 0, 1201},
    {"cp932", CP932, 0, 932},
    {"windows-1250", SINGLE_BYTE, CODEPAGE_1250, 1250},
    {"windows-1251", SINGLE_BYTE, CODEPAGE_1251, 1251},
    {"windows-1252", SINGLE_BYTE, CODEPAGE_1252, 1252},
    {"windows-1253", SINGLE_BYTE, CODEPAGE_1253, 1253},
    {"windows-1254", SINGLE_BYTE, CODEPAGE_1254, 1254},
    {"windows-1255", SINGLE_BYTE, CODEPAGE_1255, 1255},
    {"windows-1256", SINGLE_BYTE, CODEPAGE_1256, 1256},
    {"windows-1257", SINGLE_BYTE, CODEPAGE_1257, 1257},
    {"windows-1258", SINGLE_BYTE, CODEPAGE_1258, 1258},
    {"cp437", SINGLE_BYTE, CODEPAGE_437, 437},
    {"cp850", SINGLE_BYTE, CODEPAGE_850, 850},
    {"cp852", SINGLE_BYTE, CODEPAGE_852, 852},
    {"cp858", SINGLE_BYTE, CODEPAGE_858, 858},
    {"cp866", SINGLE_BYTE, CODEPAGE_866, 866},
    {"windows-874", SINGLE_BYTE, CODEPAGE_874, 874},
};

static const struct encoding raw = {"raw", RAW, 0, 0};

static const char names[] = "utf-8, utf-16le, utf-16be, cp932, windows-1250, windows-1251, "
                            "windows-1252, windows-1253, windows-1254, windows-1255, "
                            "windows-1256, windows-1257, windows-1258, cp437, cp850, cp852, "
                            "cp858, cp866, windows-874";

static const struct encoding *by_number(unsigned number)
{
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++)
        if (encodings[i].number == number)
            return &encodings[i];
    return NULL;
}

/* The names that are no number, as encoding_find() has plain ones. */
static const struct {
    char name[11];
    uint16_t number;
} aliases[] = {
    {"utf8", 65001},   {"utf16", 1200},   {"utf16le", 1200}, {"unicode", 1200},
    {"utf16be", 1201}, {"shiftjis", 932}, {"sjis", 932},     {"windows31j", 932},
};

/* What may stand before a number, the empty one last. IBM's 874 and 932 are not Microsoft's. */
static const struct {
    char prefix[8];
    uint16_t most;
} prefixes[] = {{"cp", 65535}, {"windows", 65535}, {"ms", 65535}, {"ibm", 866}, {"", 65535}};

static const struct encoding *find_number(const char *plain)
{
    size_t i = 0;
    while (!scan_begins(plain, prefixes[i].prefix))
        i++;

    const char *digit = plain + strlen(prefixes[i].prefix);
    unsigned number = 0;
    for (; *digit >= '0' && *digit <= '9' && number < 10000; digit++)
        number = number * 10 + (unsigned)(*digit - '0');
    return *digit == '\0' && number <= prefixes[i].most ? by_number(number) : NULL;
}

const struct encoding *encoding_find(const char *name)
{
    char plain[16]; /* longer than any known name */
    size_t length = 0;
    for (; *name; name++) {
        if (*name == '-' || *name == '_')
            continue;
        if (length == sizeof plain - 1)
            return NULL;
        /* tolower() would ask the locale, and a Turkish one has another small I. */
        plain[length++] = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
    }
    plain[length] = '\0';

    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (!strcmp(plain, aliases[i].name))
            return by_number(aliases[i].number);
    return find_number(plain);
}

const struct encoding *encoding_raw(void)
{
    return &raw;
}

void encoding_bytes(const char *text, struct text *out)
{
    const char *end = text + strlen(text);
    text_cut(out, 0);
    while (text < end)
        text_add(out, (char[]){(char)utf8_next(&text, end)}, 1);
}

const char *encoding_names(void)
{
    return names;
}

const char *encoding_name(const struct encoding *encoding)
{
    return encoding->name;
}

size_t encoding_unit(const struct encoding *encoding)
{
    return encoding->kind == UTF16LE || encoding->kind == UTF16BE ? 2 : 1;
}

/* Each next function takes one code point as utf8_next() does, or returns its UTF8_BAD, UTF8_CUT.
 */

static unsigned unit16(const char *at, bool big)
{
    unsigned first = (unsigned char)at[0], second = (unsigned char)at[1];
    return big ? first << 8 | second : second << 8 | first;
}

static unsigned long next_utf16(const char **at, const char *end, bool big)
{
    if (end - *at < 2) {
        *at = end;
        return UTF8_CUT;
    }
    unsigned long unit = unit16(*at, big);
    *at += 2;
    if (unit < 0xD800 || unit > 0xDFFF)
        return unit;
    if (unit > 0xDBFF)
        return UTF8_BAD;
    if (end - *at < 2) {
        *at = end;
        return UTF8_CUT;
    }
    unsigned long low = unit16(*at, big);
    if (low < 0xDC00 || low > 0xDFFF)
        return UTF8_BAD; /* what follows is a character of its own */
    *at += 2;
    return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

static unsigned long next_cp932(const char **at, const char *end)
{
    unsigned lead = (unsigned char)*(*at)++;
    if (lead <= 0x80)
        return lead;
    if (lead >= 0xA1 && lead <= 0xDF)
        return 0xFF61 + lead - 0xA1; /* halfwidth katakana */
    if (lead == 0xA0)
        return 0xF8F0; /* private characters, so that Windows can convert them back */
    if (lead >= 0xFD)
        return 0xF8F1 + lead - 0xFD;

    if (*at == end)
        return UTF8_CUT;
    unsigned trail = (unsigned char)**at;
    if (trail < 0x40 || trail == 0x7F || trail > 0xFC)
        return UTF8_BAD;
    unsigned cell = trail - (trail < 0x7F ? 0x40 : 0x41);
    unsigned long codepoint;
    if (lead >= 0xF0 && lead <= 0xF9)
        codepoint = 0xE000 + (lead - 0xF0) * CODEPAGE_932_CELLS + cell;
    else
        codepoint = codepage_932[lead - (lead < 0xA0 ? 0x81 : lead < 0xF0 ? 0xC1 : 0xCB)][cell];
    if (codepoint != 0xFFFD || trail >= 0x80) /* an ASCII byte stays, to stand for itself */
        ++*at;
    return codepoint == 0xFFFD ? UTF8_BAD : codepoint;
}

/* Of single bytes those that are ASCII were taken before. */
static unsigned long next(const struct encoding *encoding, const char **at, const char *end)
{
    switch ((enum kind)encoding->kind) {
    case UTF8:
        return utf8_next(at, end);
    case UTF16LE:
    case UTF16BE:
        return next_utf16(at, end, encoding->kind == UTF16BE);
    case CP932:
        return next_cp932(at, end);
    case RAW:
        return (unsigned char)*(*at)++;
    case SINGLE_BYTE:
        break;
    }
    return codepage_upper[encoding->page][*(*at)++ & 0x7F];
}

void encoding_decode(const struct encoding *encoding, const char *bytes, size_t length,
                     struct text *out)
{
    if (length == 0) /* bytes may be NULL */
        return;
    const char *at = bytes, *end = bytes + length;
    while (at < end && !out->failed) {
        size_t left = (size_t)(end - at), same = 0; /* bytes that are UTF-8 as they stand */
        if (encoding->kind == UTF8)
            same = utf8_span(at, left);
        else if (encoding_unit(encoding) == 1)
            same = utf8_ascii_span(at, left);
        if (same)
            text_add(out, at, same);
        at += same;
        if (at < end)
            text_add_codepoint(out, next(encoding, &at, end));
    }
}

/* Text of one byte per unit has no NUL at its second byte; a log damaged by a run of NULs has it
 * later and side by side. The rest of the first line may be anything: counters have localised
 * names. */
static bool looks_like_utf16(const char *bytes, size_t length, bool big)
{
    for (size_t i = 0; i + 1 < length; i += 2) {
        unsigned unit = unit16(bytes + i, big);
        bool text = (unit >= ' ' && unit <= '~') || unit == '\t' || unit == '\r' || unit == '\n';
        if (unit == 0 || (i == 0 && !text))
            return false;
        if (unit == '\n')
            break;
    }
    return length >= 2;
}

static bool is_utf8(const char *bytes, size_t length, bool cut)
{
    size_t valid = utf8_span(bytes, length);
    const char *rest = bytes + valid;
    return valid == length || (cut && utf8_next(&rest, bytes + length) == UTF8_CUT);
}

static bool is_cp932(const char *bytes, size_t length, bool cut)
{
    const char *at = bytes, *end = bytes + length;
    while ((at += utf8_ascii_span(at, (size_t)(end - at))) < end) {
        unsigned long codepoint = next_cp932(&at, end);
        if (codepoint == UTF8_CUT)
            return cut;
        bool private = codepoint >= 0xE000 && codepoint <= 0xF8FF;
        if (codepoint == UTF8_BAD || codepoint == 0x80 || private)
            return false;
    }
    return true;
}

static bool begins_with(const char *bytes, size_t length, const char *bom, size_t *ret_bom)
{
    size_t wanted = strlen(bom);
    if (length < wanted || memcmp(bytes, bom, wanted) != 0)
        return false;
    *ret_bom = wanted;
    return true;
}

const struct encoding *encoding_detect(const char *bytes, size_t length, bool cut,
                                       const struct encoding *named, size_t *ret_bom)
{
    *ret_bom = 0;
    if (length == 0) /* bytes may be NULL */
        return &encodings[UTF8];
    if (begins_with(bytes, length, "\xEF\xBB\xBF", ret_bom))
        return &encodings[UTF8];
    if (begins_with(bytes, length, "\xFF\xFE", ret_bom))
        return &encodings[UTF16LE];
    if (begins_with(bytes, length, "\xFE\xFF", ret_bom))
        return &encodings[UTF16BE];
    if (looks_like_utf16(bytes, length, false))
        return &encodings[UTF16LE];
    if (looks_like_utf16(bytes, length, true))
        return &encodings[UTF16BE];
    /* UTF-16 that begins with no ASCII may be valid UTF-8 by chance; NULs tell that it isn't. */
    bool named_utf16 = named && encoding_unit(named) == 2 && memchr(bytes, '\0', length);
    if (!named_utf16 && is_utf8(bytes, length, cut))
        return &encodings[UTF8];
    if (named)
        return named;
    return is_cp932(bytes, length, cut) ? &encodings[CP932] : by_number(1252);
}
