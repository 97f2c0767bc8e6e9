/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The decoder against bytes written out here, and against iconv(3) of the C library, whose tables
 * have another origin than ours, for everything that one and two bytes can be. A system whose iconv
 * lacks one of the pages fails the test: it needs glibc's.
 */
#include "counter/record/encoding.h"
#include "plugin/utf8.h"

#include <iconv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static const char replacement[] = "\xEF\xBF\xBD";

static const struct encoding *find(const char *name)
{
    const struct encoding *encoding = encoding_find(name);
    if (!encoding)
        fail_msg("%s is unknown", name);
    return encoding;
}

static void *copy(const char *bytes, size_t length)
{
    char *exact = malloc(length ? length : 1); /* so that a sanitizer sees what reads beyond it */
    assert_non_null(exact);
    if (length)
        memcpy(exact, bytes, length);
    return exact;
}

/* Bytes for a message; it is overwritten by the fourth call after. */
static const char *hex(const char *bytes, size_t length)
{
    static char ring[4][256];
    static unsigned turn;
    char *text = ring[turn++ % 4];
    text[0] = '\0';
    for (size_t i = 0; i < length && i < 80; i++)
        snprintf(text + 3 * i, 4, "%02X ", (unsigned char)bytes[i]);
    return text;
}

static void check_decode(const char *name, const char *bytes, size_t length, const char *expected,
                         size_t expected_length, int line)
{
    char *exact = copy(bytes, length);
    struct text text = {0};
    text_puts(&text, "<");
    encoding_decode(find(name), exact, length, &text);
    assert_false(text.failed);
    if (text.length != expected_length + 1 || text.bytes[0] != '<' ||
        memcmp(text.bytes + 1, expected, expected_length))
        fail_msg("line %d: %s: %sbecomes %sand not %s", line, name, hex(bytes, length),
                 hex(text.bytes + 1, text.length - 1), hex(expected, expected_length));
    text_free(&text);
    free(exact);
}

#define DECODES(name, bytes, expected)                                                             \
    check_decode(name, bytes, sizeof(bytes) - 1, expected, sizeof(expected) - 1, __LINE__)

static void check_detect(const char *expected, size_t bom, const char *bytes, size_t length,
                         bool cut, const char *named, int line)
{
    char *exact = copy(bytes, length);
    size_t found_bom = 99;
    const struct encoding *found =
        encoding_detect(exact, length, cut, named ? find(named) : NULL, &found_bom);
    if (found != find(expected) || found_bom != bom)
        fail_msg("line %d: %sis taken for %s with a BOM of %zu bytes and not for %s with %zu", line,
                 hex(bytes, length), encoding_name(found), found_bom, expected, bom);
    free(exact);
}

enum { WHOLE = false, CUT = true };

#define DETECTS(expected, bom, bytes, cut, named)                                                  \
    check_detect(expected, bom, bytes, sizeof(bytes) - 1, cut, named, __LINE__)

static void names(void **state)
{
    (void)state;
    static const struct {
        const char *name, *is;
    } known[] = {
        {"utf-8", "utf-8"},
        {"UTF8", "utf-8"},
        {"CP65001", "utf-8"},
        {"utf-16", "utf-16le"},
        {"Unicode", "utf-16le"},
        {"UTF-16LE", "utf-16le"},
        {"utf_16_be", "utf-16be"},
        {"1200", "utf-16le"},
        {"1201", "utf-16be"},
        {"cp932", "cp932"},
        {"Shift_JIS", "cp932"},
        {"SJIS", "cp932"},
        {"Windows-31J", "cp932"},
        {"ms932", "cp932"},
        {"932", "cp932"},
        {"windows-932", "cp932"},
        {"cp1252", "windows-1252"},
        {"Windows-1252", "windows-1252"},
        {"1250", "windows-1250"},
        {"IBM850", "cp850"},
        {"ibm866", "cp866"},
        {"CP-437", "cp437"},
        {"windows-874", "windows-874"},
        {"cp874", "windows-874"},
    };
    static const char *const unknown[] = {
        "",
        "-",
        "cp",
        "windows",
        "932x",
        "x932",
        "cp 932",
        "0",
        "1259",
        "65536932",
        "cp93",
        "ibm932",
        "ibm874",
        "ibm1252",
        "latin1",
        "euc-jp",
        "cpcp932",
        "utf",
        "utf-16lee",
        "cp4294968228",
        "windows-1252windows-1252",
    };

    for (size_t i = 0; i < LENGTH(known); i++)
        assert_string_equal(encoding_name(find(known[i].name)), known[i].is);
    for (size_t i = 0; i < LENGTH(unknown); i++)
        if (encoding_find(unknown[i]))
            fail_msg("\"%s\" is known", unknown[i]);

    /* The list for the user names every encoding once, by the name that the encoding has. */
    char *list = copy(encoding_names(), strlen(encoding_names()) + 1);
    size_t count = 0;
    const struct encoding *seen[64];
    for (char *name = list, *next; name; name = next) {
        next = strstr(name, ", ");
        if (next) {
            *next = '\0';
            next += 2;
        }
        assert_string_equal(encoding_name(find(name)), name);
        for (size_t i = 0; i < count; i++)
            assert_ptr_not_equal(seen[i], find(name));
        assert_true(count < LENGTH(seen));
        seen[count++] = find(name);
    }
    assert_int_equal(count, 19);
    free(list);

    assert_int_equal(encoding_unit(find("utf-8")), 1);
    assert_int_equal(encoding_unit(find("cp932")), 1);
    assert_int_equal(encoding_unit(find("cp1252")), 1);
    assert_int_equal(encoding_unit(find("utf-16le")), 2);
    assert_int_equal(encoding_unit(find("utf-16be")), 2);
}

static void decode_utf8(void **state)
{
    (void)state;
    DECODES("utf-8", "", "");
    DECODES("utf-8", "a\0\r\n", "a\0\r\n");
    DECODES("utf-8", "\xEF\xBB\xBFx", "\xEF\xBB\xBFx"); /* the caller skips a BOM */
    DECODES("utf-8", "\xE6\x9D\xB1\xF0\x9F\x92\xBB", "\xE6\x9D\xB1\xF0\x9F\x92\xBB");
    DECODES("utf-8", "\xE6\x9D\"\xFF,\xC3", "\xEF\xBF\xBD\"\xEF\xBF\xBD,\xEF\xBF\xBD");
    DECODES("utf-8", "\xC0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void decode_utf16(void **state)
{
    (void)state;
    DECODES("utf-16le", "", "");
    DECODES("utf-16le", "\"\0\x71\x67\xAC\x4E\r\0\n\0", "\"\xE6\x9D\xB1\xE4\xBA\xAC\r\n");
    DECODES("utf-16be", "\0\"\x67\x71\x4E\xAC\0\r\0\n", "\"\xE6\x9D\xB1\xE4\xBA\xAC\r\n");
    DECODES("utf-16le", "\x3D\xD8\xBB\xDC", "\xF0\x9F\x92\xBB");
    DECODES("utf-16be", "\xD8\x3D\xDC\xBB", "\xF0\x9F\x92\xBB");
    DECODES("utf-16be", "\xDB\xFF\xDF\xFF", "\xF4\x8F\xBF\xBF");
    /* Unpaired: a low one, a high one before a character, two high ones, a high one at the end. */
    DECODES("utf-16be", "\xDC\xBB\0x", "\xEF\xBF\xBDx");
    DECODES("utf-16be", "\xD8\x3D\0x", "\xEF\xBF\xBDx");
    DECODES("utf-16be", "\xD8\x3D\xD8\x3D\xDC\xBB", "\xEF\xBF\xBD\xF0\x9F\x92\xBB");
    DECODES("utf-16be", "\xD8\x3D\xE0\x00", "\xEF\xBF\xBD\xEE\x80\x80");
    DECODES("utf-16be", "\xD8\x3D\xDB\xFF", "\xEF\xBF\xBD\xEF\xBF\xBD");
    DECODES("utf-16be", "\0x\xD8\x3D", "x\xEF\xBF\xBD");
    DECODES("utf-16be", "\0x\xD8\x3D\xDC", "x\xEF\xBF\xBD");
    DECODES("utf-16le", "x\0y", "x\xEF\xBF\xBD");
    DECODES("utf-16le", "x", "\xEF\xBF\xBD");
}

static void decode_cp932(void **state)
{
    (void)state;
    DECODES("cp932", "", "");
    DECODES("cp932", "\\\\HOST\\~", "\\\\HOST\\~"); /* no yen sign, no overline */
    DECODES("cp932", "\x93\x8C\x8B\x9E", "\xE6\x9D\xB1\xE4\xBA\xAC");
    DECODES("cp932", "\x95\x5C\x83\x5C", "\xE8\xA1\xA8\xE3\x82\xBD"); /* trail bytes 5C */
    DECODES("cp932", "\xB1\xDF", "\xEF\xBD\xB1\xEF\xBE\x9F");         /* halfwidth katakana */
    DECODES("cp932", "\x81\x60\x81\x7C\x81\x91",
            "\xEF\xBD\x9E\xEF\xBC\x8D\xEF\xBF\xA0"); /* Microsoft's FF5E, FF0D, FFE0 */
    DECODES("cp932", "\x87\x40\x87\x8A", "\xE2\x91\xA0\xE3\x88\xB1"); /* NEC row 13 */
    DECODES("cp932", "\xED\x40\xFA\x5C\xFC\x4B\xFB\xFC",
            "\xE7\xBA\x8A\xE7\xBA\x8A\xE9\xBB\x91\xE9\xAB\x99"); /* NEC's IBM kanji; IBM's */
    DECODES("cp932", "\xF0\x40\xF0\x7E\xF0\x80\xF9\xFC",
            "\xEE\x80\x80\xEE\x80\xBE\xEE\x80\xBF\xEE\x9D\x97"); /* E000, E03E, E03F, E757 */
    DECODES("cp932", "\x80\xA0\xFD\xFE\xFF",
            "\xC2\x80\xEF\xA3\xB0\xEF\xA3\xB1\xEF\xA3\xB2\xEF\xA3\xB3");
    /* Damaged: what can stand for itself does. */
    DECODES("cp932", "\x93\"\x93\n\x93\x7F\x93",
            "\xEF\xBF\xBD\"\xEF\xBF\xBD\n\xEF\xBF\xBD\x7F"
            "\xEF\xBF\xBD");
    DECODES("cp932", "\x85\x41\x85\x9F\x93\x8C", "\xEF\xBF\xBD\x41\xEF\xBF\xBD\xE6\x9D\xB1");
    DECODES("cp932", "\x93\xFD\x41", "\xEF\xBF\xBD\xEF\xA3\xB1\x41");
}

static void decode_single_bytes(void **state)
{
    (void)state;
    DECODES("cp1252", "M\xE9moire \x80", "M\xC3\xA9moire \xE2\x82\xAC");
    DECODES("cp1252", "a\x81\x9D", "a\xEF\xBF\xBD\xEF\xBF\xBD");
    DECODES("cp850", "m\x82moire \xD5", "m\xC3\xA9moire \xC4\xB1");
    DECODES("cp858", "\xD5", "\xE2\x82\xAC");
    DECODES("cp437", "\xE1\xFF", "\xC3\x9F\xC2\xA0");
    DECODES("cp866", "\x8F\xA0\xAC", "\xD0\x9F\xD0\xB0\xD0\xBC");
    DECODES("cp1251", "\xCF\xE0\xEC", "\xD0\x9F\xD0\xB0\xD0\xBC");
    DECODES("cp1250", "pam\xEC\x9D", "pam\xC4\x9B\xC5\xA5");
    DECODES("cp874", "\xA1\x85", "\xE0\xB8\x81\xE2\x80\xA6");
}

static void no_memory(void **state)
{
    (void)state;
    struct text text = {.failed = true};
    encoding_decode(find("cp932"), "ab\x93\x8C", 4, &text);
    assert_true(text.failed);
    assert_null(text.bytes);
    struct text nothing = {0};
    encoding_decode(find("cp932"), NULL, 0, &nothing);
    assert_false(nothing.failed);
    assert_int_equal(nothing.length, 0);
}

static void detect_boms(void **state)
{
    (void)state;
    DETECTS("utf-8", 3, "\xEF\xBB\xBF", WHOLE, NULL);
    DETECTS("utf-8", 3, "\xEF\xBB\xBF\x93\x8C", WHOLE, "cp932"); /* also over what the user says */
    DETECTS("utf-16le", 2, "\xFF\xFE", WHOLE, NULL);
    DETECTS("utf-16le", 2, "\xFF\xFEx\0", WHOLE, "cp932");
    DETECTS("utf-16be", 2, "\xFE\xFF\0x", WHOLE, "utf-16le");
    DETECTS("windows-1252", 0, "\xEF\xBB", WHOLE, NULL);
}

static void detect_utf16_without_bom(void **state)
{
    (void)state;
    DETECTS("utf-16le", 0, "x\0", WHOLE, NULL);
    DETECTS("utf-16be", 0, "\0x", WHOLE, NULL);
    DETECTS("utf-16le", 0, "\"\0a\0\"\0\r\0\n\0", WHOLE, "cp932");
    DETECTS("utf-16be", 0, "\0\"\0a\0\"\0\r\0\n", WHOLE, "cp932");
    DETECTS("utf-16le", 0, "\"\0a\0\"\0\r\0\n", CUT, NULL);
    DETECTS("utf-16le", 0, "\r\0\n\0\"\0", WHOLE, NULL);
    DETECTS("utf-16le", 0, "\"\0\x71\x67\x00\x30\"\0", WHOLE, NULL); /* U+3000 has a NUL, too */
    DETECTS("utf-16be", 0, "\0\"\x67\x71\x30\x00\0\"", WHOLE, NULL);
    DETECTS("utf-16le", 0, "x\0\n\0\0\0\0\0", WHOLE, NULL); /* damage behind the first line */
    /* Runs of NULs in a damaged log; bytes that are no text. */
    DETECTS("utf-8", 0, "\0\0\0\0", WHOLE, NULL);
    DETECTS("utf-8", 0, "ab\0\0\0\0cd\n", WHOLE, NULL);
    DETECTS("utf-8", 0, "a\0\0\0\0\0cd\n", WHOLE, NULL);
    DETECTS("cp932", 0, "\x93\x8C\0\0\0\0\x8B\x9E", WHOLE, NULL);
    DETECTS("utf-8", 0, "\x01\0x\0", WHOLE, NULL);
    /* Text that begins with another character is UTF-16 where the user says so. */
    DETECTS("utf-16le", 0, "\x42\x30\x20\0", WHOLE, "utf-16le");
    DETECTS("utf-8", 0, "\x42\x30\x20\x20", WHOLE, "utf-16le");
}

static void detect_bytes(void **state)
{
    (void)state;
    size_t bom = 99;
    assert_ptr_equal(encoding_detect(NULL, 0, false, find("cp932"), &bom), find("utf-8"));
    assert_int_equal(bom, 0);
    DETECTS("utf-8", 0, "plain", WHOLE, "cp932");
    DETECTS("utf-8", 0, "\xE6\x9D\xB1\xE4\xBA\xAC", WHOLE, "cp932");
    DETECTS("cp932", 0, "\x93\x8C\x8B\x9E", WHOLE, NULL);
    DETECTS("cp932", 0, "\xB1\xDF\xB2", WHOLE, NULL);
    DETECTS("cp850", 0, "\x93\x8C\x8B\x9E", WHOLE, "cp850");
    DETECTS("cp932", 0, "caf\xE9", WHOLE, "cp932"); /* what the user says needs no proof */
    DETECTS("windows-1252", 0, "caf\xE9 ", WHOLE, NULL);
    DETECTS("windows-1252", 0, "Verf\xFCgbar", WHOLE, NULL);
    DETECTS("windows-1252", 0, "\x80 100", WHOLE, NULL);
    DETECTS("windows-1252", 0, "100\xA0%", WHOLE, NULL);
    DETECTS("windows-1252", 0, "\x8D\x81.\x81", WHOLE,
            NULL); /* assigned in neither: still an answer */
    /* The user-defined area is no proof of Japanese; the letters are common ones. */
    DETECTS("windows-1252", 0, "Tama\xF1o f\xF3rmula", WHOLE, NULL);
    DETECTS("windows-1252", 0,
            "Gr\xF6\xDF"
            "e",
            WHOLE, NULL);
    DETECTS("cp932", 0, "\xF0\x40", WHOLE, "cp932");
}

static void detect_cut_samples(void **state)
{
    (void)state;
    static const char utf8[] = "\xE6\x9D\xB1\xF0\x9F\x92\xBB\xC3\xA9\xE4\xBA\xAC";
    for (size_t length = 0; length < sizeof utf8; length++)
        check_detect("utf-8", 0, utf8, length, CUT, "cp850", __LINE__);
    static const char cp932[] = "\x93\x8C\x8B\x9E\x95\x5C\xB1\x83\x5C";
    for (size_t length = 1; length < sizeof cp932; length++)
        check_detect("cp932", 0, cp932, length, CUT, NULL, __LINE__);

    DETECTS("utf-8", 0, "caf\xE9", CUT, NULL);
    DETECTS("windows-1252", 0, "caf\xE9", WHOLE, NULL);
    DETECTS("cp850", 0, "caf\xE9", WHOLE, "cp850");
    DETECTS("cp932", 0, "\x93\x8C\x8B", CUT, NULL);
    DETECTS("windows-1252", 0, "\x93\x8C\x8B", WHOLE, NULL);
    /* Unfinished elsewhere than at the end, or never to become a character: not cut, wrong. */
    DETECTS("windows-1252", 0, "\xE6,", CUT, NULL);
    DETECTS("windows-1252", 0, "\xF4\x90", CUT, NULL);
}

/* ---- against iconv ---- */

static iconv_t open_iconv(const char *name)
{
    iconv_t converter = iconv_open("UTF-8", name);
    if (converter == (iconv_t)-1)
        fail_msg("iconv(3) of this C library lacks %s", name);
    return converter;
}

/* True where iconv takes all the bytes for characters; ret_length is the length of its UTF-8. */
static bool ask_iconv(iconv_t converter, const char *bytes, size_t length, char *ret_utf8,
                      size_t room, size_t *ret_length)
{
    char in[8], *from = memcpy(in, bytes, length), *to = ret_utf8;
    size_t left = room;
    iconv(converter, NULL, NULL, NULL, NULL);
    bool whole = iconv(converter, &from, &length, &to, &left) != (size_t)-1 &&
                 iconv(converter, NULL, NULL, &to, &left) != (size_t)-1;
    *ret_length = room - left;
    return whole;
}

/* Windows gives these bytes of 932 code points that stand for nothing; glibc gives them none. */
static bool has_filler(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned byte = (unsigned char)bytes[i];
        if (byte == 0x80 || byte == 0xA0 || byte >= 0xFD)
            return true;
    }
    return false;
}

/* Where a mark follows its base, glibc makes one character of the two; Windows and we leave both.
 * All are canonically equivalent but the six of 1258 with DE behind D3, D6, DA, F3, F6 and FA,
 * where glibc has the marks in the wrong order. */
struct composed {
    uint16_t pair, codepoint;
};

static const struct composed composed_1255[] = {
    {0xD6C7, 0xFB1F}, {0xE0C7, 0xFB2E}, {0xE0C8, 0xFB2F}, {0xE0CC, 0xFB30}, {0xE1CC, 0xFB31},
    {0xE1CF, 0xFB4C}, {0xE2CC, 0xFB32}, {0xE3CC, 0xFB33}, {0xE4CC, 0xFB34}, {0xE5C9, 0xFB4B},
    {0xE5CC, 0xFB35}, {0xE6CC, 0xFB36}, {0xE8CC, 0xFB38}, {0xE9C4, 0xFB1D}, {0xE9CC, 0xFB39},
    {0xEACC, 0xFB3A}, {0xEBCC, 0xFB3B}, {0xEBCF, 0xFB4D}, {0xECCC, 0xFB3C}, {0xEECC, 0xFB3E},
    {0xF0CC, 0xFB40}, {0xF1CC, 0xFB41}, {0xF3CC, 0xFB43}, {0xF4CC, 0xFB44}, {0xF4CF, 0xFB4E},
    {0xF6CC, 0xFB46}, {0xF7CC, 0xFB47}, {0xF8CC, 0xFB48}, {0xF9CC, 0xFB49}, {0xF9D1, 0xFB2A},
    {0xF9D2, 0xFB2B}, {0xFACC, 0xFB4A},
};

static const struct composed composed_1258[] = {
    {0x41CC, 0x00C0}, {0x41D2, 0x1EA2}, {0x41DE, 0x00C3}, {0x41EC, 0x00C1}, {0x41F2, 0x1EA0},
    {0x42F2, 0x1E04}, {0x43EC, 0x0106}, {0x44F2, 0x1E0C}, {0x45CC, 0x00C8}, {0x45D2, 0x1EBA},
    {0x45DE, 0x1EBC}, {0x45EC, 0x00C9}, {0x45F2, 0x1EB8}, {0x47EC, 0x01F4}, {0x48F2, 0x1E24},
    {0x49CC, 0x00CC}, {0x49D2, 0x1EC8}, {0x49DE, 0x0128}, {0x49EC, 0x00CD}, {0x49F2, 0x1ECA},
    {0x4BEC, 0x1E30}, {0x4BF2, 0x1E32}, {0x4CEC, 0x0139}, {0x4CF2, 0x1E36}, {0x4DEC, 0x1E3E},
    {0x4DF2, 0x1E42}, {0x4ECC, 0x01F8}, {0x4EDE, 0x00D1}, {0x4EEC, 0x0143}, {0x4EF2, 0x1E46},
    {0x4FCC, 0x00D2}, {0x4FD2, 0x1ECE}, {0x4FDE, 0x00D5}, {0x4FEC, 0x00D3}, {0x4FF2, 0x1ECC},
    {0x50EC, 0x1E54}, {0x52EC, 0x0154}, {0x52F2, 0x1E5A}, {0x53EC, 0x015A}, {0x53F2, 0x1E62},
    {0x54F2, 0x1E6C}, {0x55CC, 0x00D9}, {0x55D2, 0x1EE6}, {0x55DE, 0x0168}, {0x55EC, 0x00DA},
    {0x55F2, 0x1EE4}, {0x56DE, 0x1E7C}, {0x56F2, 0x1E7E}, {0x57CC, 0x1E80}, {0x57EC, 0x1E82},
    {0x57F2, 0x1E88}, {0x59CC, 0x1EF2}, {0x59D2, 0x1EF6}, {0x59DE, 0x1EF8}, {0x59EC, 0x00DD},
    {0x59F2, 0x1EF4}, {0x5AEC, 0x0179}, {0x5AF2, 0x1E92}, {0x61CC, 0x00E0}, {0x61D2, 0x1EA3},
    {0x61DE, 0x00E3}, {0x61EC, 0x00E1}, {0x61F2, 0x1EA1}, {0x62F2, 0x1E05}, {0x63EC, 0x0107},
    {0x64F2, 0x1E0D}, {0x65CC, 0x00E8}, {0x65D2, 0x1EBB}, {0x65DE, 0x1EBD}, {0x65EC, 0x00E9},
    {0x65F2, 0x1EB9}, {0x67EC, 0x01F5}, {0x68F2, 0x1E25}, {0x69CC, 0x00EC}, {0x69D2, 0x1EC9},
    {0x69DE, 0x0129}, {0x69EC, 0x00ED}, {0x69F2, 0x1ECB}, {0x6BEC, 0x1E31}, {0x6BF2, 0x1E33},
    {0x6CEC, 0x013A}, {0x6CF2, 0x1E37}, {0x6DEC, 0x1E3F}, {0x6DF2, 0x1E43}, {0x6ECC, 0x01F9},
    {0x6EDE, 0x00F1}, {0x6EEC, 0x0144}, {0x6EF2, 0x1E47}, {0x6FCC, 0x00F2}, {0x6FD2, 0x1ECF},
    {0x6FDE, 0x00F5}, {0x6FEC, 0x00F3}, {0x6FF2, 0x1ECD}, {0x70EC, 0x1E55}, {0x72EC, 0x0155},
    {0x72F2, 0x1E5B}, {0x73EC, 0x015B}, {0x73F2, 0x1E63}, {0x74F2, 0x1E6D}, {0x75CC, 0x00F9},
    {0x75D2, 0x1EE7}, {0x75DE, 0x0169}, {0x75EC, 0x00FA}, {0x75F2, 0x1EE5}, {0x76DE, 0x1E7D},
    {0x76F2, 0x1E7F}, {0x77CC, 0x1E81}, {0x77EC, 0x1E83}, {0x77F2, 0x1E89}, {0x79CC, 0x1EF3},
    {0x79D2, 0x1EF7}, {0x79DE, 0x1EF9}, {0x79EC, 0x00FD}, {0x79F2, 0x1EF5}, {0x7AEC, 0x017A},
    {0x7AF2, 0x1E93}, {0xA8CC, 0x1FED}, {0xA8EC, 0x0385}, {0xC2CC, 0x1EA6}, {0xC2D2, 0x1EA8},
    {0xC2DE, 0x1EAA}, {0xC2EC, 0x1EA4}, {0xC2F2, 0x1EAC}, {0xC3CC, 0x1EB0}, {0xC3D2, 0x1EB2},
    {0xC3DE, 0x1EB4}, {0xC3EC, 0x1EAE}, {0xC3F2, 0x1EB6}, {0xC5EC, 0x01FA}, {0xC6EC, 0x01FC},
    {0xC7EC, 0x1E08}, {0xCACC, 0x1EC0}, {0xCAD2, 0x1EC2}, {0xCADE, 0x1EC4}, {0xCAEC, 0x1EBE},
    {0xCAF2, 0x1EC6}, {0xCFEC, 0x1E2E}, {0xD3DE, 0x1E4C}, {0xD4CC, 0x1ED2}, {0xD4D2, 0x1ED4},
    {0xD4DE, 0x1ED6}, {0xD4EC, 0x1ED0}, {0xD4F2, 0x1ED8}, {0xD5CC, 0x1EDC}, {0xD5D2, 0x1EDE},
    {0xD5DE, 0x1EE0}, {0xD5EC, 0x1EDA}, {0xD5F2, 0x1EE2}, {0xD6DE, 0x1E4E}, {0xD8EC, 0x01FE},
    {0xDADE, 0x1E78}, {0xDCCC, 0x01DB}, {0xDCEC, 0x01D7}, {0xDDCC, 0x1EEA}, {0xDDD2, 0x1EEC},
    {0xDDDE, 0x1EEE}, {0xDDEC, 0x1EE8}, {0xDDF2, 0x1EF0}, {0xE2CC, 0x1EA7}, {0xE2D2, 0x1EA9},
    {0xE2DE, 0x1EAB}, {0xE2EC, 0x1EA5}, {0xE2F2, 0x1EAD}, {0xE3CC, 0x1EB1}, {0xE3D2, 0x1EB3},
    {0xE3DE, 0x1EB5}, {0xE3EC, 0x1EAF}, {0xE3F2, 0x1EB7}, {0xE5EC, 0x01FB}, {0xE6EC, 0x01FD},
    {0xE7EC, 0x1E09}, {0xEACC, 0x1EC1}, {0xEAD2, 0x1EC3}, {0xEADE, 0x1EC5}, {0xEAEC, 0x1EBF},
    {0xEAF2, 0x1EC7}, {0xEFEC, 0x1E2F}, {0xF3DE, 0x1E4D}, {0xF4CC, 0x1ED3}, {0xF4D2, 0x1ED5},
    {0xF4DE, 0x1ED7}, {0xF4EC, 0x1ED1}, {0xF4F2, 0x1ED9}, {0xF5CC, 0x1EDD}, {0xF5D2, 0x1EDF},
    {0xF5DE, 0x1EE1}, {0xF5EC, 0x1EDB}, {0xF5F2, 0x1EE3}, {0xF6DE, 0x1E4F}, {0xF8EC, 0x01FF},
    {0xFADE, 0x1E79}, {0xFCCC, 0x01DC}, {0xFCEC, 0x01D8}, {0xFDCC, 0x1EEB}, {0xFDD2, 0x1EED},
    {0xFDDE, 0x1EEF}, {0xFDEC, 0x1EE9}, {0xFDF2, 0x1EF1},
};

static bool is_composed(const struct composed *composed, size_t count, const char *pair,
                        const char *utf8, size_t utf8_length)
{
    unsigned wanted = (unsigned)(unsigned char)pair[0] << 8 | (unsigned char)pair[1];
    for (size_t i = 0; i < count; i++)
        if (composed[i].pair == wanted) {
            const char *at = utf8;
            return utf8_next(&at, utf8 + utf8_length) == composed[i].codepoint &&
                   at == utf8 + utf8_length;
        }
    return false;
}

static void every_byte_and_pair_is_as_iconv_has_it(void **state)
{
    (void)state;
    /* Five filler bytes alone, and beside one of the 191 other single bytes or each other. */
    enum { FILLERS = 5 + 2 * 5 * 191 + 5 * 5 };
    static const struct {
        const char *name; /* ours and glibc's */
        unsigned differences;
        const struct composed *composed; /* all of the differences, or else all are fillers */
    } pages[] = {
        {"CP932", FILLERS, NULL},
        {"CP1250", 0, NULL},
        {"CP1251", 0, NULL},
        {"CP1252", 0, NULL},
        {"CP1253", 0, NULL},
        {"CP1254", 0, NULL},
        {"CP1255", LENGTH(composed_1255), composed_1255},
        {"CP1256", 0, NULL},
        {"CP1257", 0, NULL},
        {"CP1258", LENGTH(composed_1258), composed_1258},
        {"CP437", 0, NULL},
        {"CP850", 0, NULL},
        {"CP852", 0, NULL},
        {"CP858", 0, NULL},
        {"CP866", 0, NULL},
        {"CP874", 0, NULL},
    };

    struct text text = {0};
    for (size_t i = 0; i < LENGTH(pages); i++) {
        const char *name = pages[i].name;
        const struct encoding *encoding = find(name);
        iconv_t converter = open_iconv(name);
        unsigned differences = 0;
        for (unsigned value = 0; value < 0x100 + 0x10000; value++) {
            size_t length = value < 0x100 ? 1 : 2, utf8_length;
            char pair[2] = {(char)((value - 0x100) >> 8), (char)value}, utf8[32];
            const char *bytes = pair + 2 - length;
            bool whole = ask_iconv(converter, bytes, length, utf8, sizeof utf8, &utf8_length);
            text_cut(&text, 0);
            encoding_decode(encoding, bytes, length, &text);
            bool replaced = false; /* by a U+FFFD, which no page has */
            for (size_t at = 0; at + 3 <= text.length; at++)
                replaced |= !memcmp(text.bytes + at, replacement, 3);
            bool same = text.length == utf8_length && !memcmp(text.bytes, utf8, utf8_length);
            if (whole ? same : replaced)
                continue;

            differences++;
            bool known = pages[i].composed
                             ? whole && length == 2 &&
                                   is_composed(pages[i].composed, pages[i].differences, bytes, utf8,
                                               utf8_length)
                             : pages[i].differences && !whole && has_filler(bytes, length);
            if (known && !replaced)
                continue;
            fail_msg("%s: %sbecomes %sand in iconv %s", name, hex(bytes, length),
                     hex(text.bytes, text.length), whole ? hex(utf8, utf8_length) : "nothing");
        }
        if (differences != pages[i].differences)
            fail_msg("%s: %u differences from iconv, not %u", name, differences,
                     pages[i].differences);
        iconv_close(converter);
    }
    assert_false(text.failed);
    text_free(&text);
}

static void every_utf16_is_as_iconv_has_it(void **state)
{
    (void)state;
    struct text text = {0};
    for (int big = 0; big < 2; big++) {
        const char *name = big ? "UTF-16BE" : "UTF-16LE";
        const struct encoding *encoding = find(name);
        iconv_t converter = open_iconv(name);
        for (unsigned unit = 0; unit < 0x10000; unit++) {
            char bytes[2], utf8[32];
            bytes[!big] = (char)(unit >> 8);
            bytes[big] = (char)unit;
            size_t utf8_length;
            bool whole = ask_iconv(converter, bytes, 2, utf8, sizeof utf8, &utf8_length);
            assert_int_equal(whole, unit < 0xD800 || unit > 0xDFFF);
            text_cut(&text, 0);
            encoding_decode(encoding, bytes, 2, &text);
            if (!whole) {
                memcpy(utf8, replacement, 3);
                utf8_length = 3;
            }
            if (text.length != utf8_length || memcmp(text.bytes, utf8, utf8_length))
                fail_msg("%s: unit %04X becomes %s", name, unit, hex(text.bytes, text.length));
        }
        for (unsigned high = 0xD800; high < 0xDC00; high++) {
            for (unsigned low = 0xDC00; low < 0xE000; low++) {
                char bytes[4], utf8[32];
                bytes[!big] = (char)(high >> 8);
                bytes[big] = (char)high;
                bytes[2 + !big] = (char)(low >> 8);
                bytes[2 + big] = (char)low;
                size_t utf8_length;
                bool whole = ask_iconv(converter, bytes, 4, utf8, sizeof utf8, &utf8_length);
                text_cut(&text, 0);
                encoding_decode(encoding, bytes, 4, &text);
                if (!whole || text.length != utf8_length || memcmp(text.bytes, utf8, utf8_length))
                    fail_msg("%s: %04X %04X becomes %s", name, high, low,
                             hex(text.bytes, text.length));
            }
        }
        iconv_close(converter);
    }
    assert_false(text.failed);
    text_free(&text);
}

/* Whatever the bytes and the encoding: the text is UTF-8, never shorter than characters can be, and
 * a line end and a quote behind damage are there. */
static void any_bytes_become_utf8(void **state)
{
    (void)state;
    static const char *const names_of[] = {"utf-8", "utf-16le", "utf-16be", "cp932", "cp1252"};
    uint32_t random = 20240229;
    struct text text = {0};
    for (unsigned round = 0; round < 50000; round++) {
        char bytes[24];
        random = random * 1664525 + 1013904223;
        size_t length = random >> 16 & 15;
        for (size_t i = 0; i < length; i++) {
            random = random * 1664525 + 1013904223;
            bytes[i] = (char)(random >> 24);
        }
        bytes[length++] = '\n'; /* no multi-byte character ends so */
        bytes[length++] = '"';
        char *exact = copy(bytes, length);
        for (size_t i = 0; i < LENGTH(names_of); i++) {
            const struct encoding *encoding = find(names_of[i]);
            size_t from = text.length, bom;
            encoding_decode(encoding, exact, length, &text);
            if (!utf8_valid(text.bytes + from, text.length - from) ||
                text.length - from < length / 4)
                fail_msg("%s: %sbecomes %s", names_of[i], hex(bytes, length),
                         hex(text.bytes + from, text.length - from));
            if (encoding_unit(encoding) == 1)
                assert_memory_equal(text.bytes + text.length - 2, "\n\"", 2);
            assert_non_null(encoding_detect(exact, length, round & 1, NULL, &bom));
            text_cut(&text, from);
        }
        free(exact);
        text_cut(&text, 0);
    }
    assert_false(text.failed);
    text_free(&text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(decode_utf8),
        cmocka_unit_test(decode_utf16),
        cmocka_unit_test(decode_cp932),
        cmocka_unit_test(decode_single_bytes),
        cmocka_unit_test(no_memory),
        cmocka_unit_test(detect_boms),
        cmocka_unit_test(detect_utf16_without_bom),
        cmocka_unit_test(detect_bytes),
        cmocka_unit_test(detect_cut_samples),
        cmocka_unit_test(every_byte_and_pair_is_as_iconv_has_it),
        cmocka_unit_test(every_utf16_is_as_iconv_has_it),
        cmocka_unit_test(any_bytes_become_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
