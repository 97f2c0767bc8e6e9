/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/record/reg_file.h"

#include "plugin/scan.h"
#include "plugin/show.h"
#include "plugin/utf8.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char root[] = "HKEY_LOCAL_MACHINE\\";

/* "name" of "name"=data, unescaped in place, "" of @=data; *ret_data is what follows '='. NULL: no
 * such line. */
static char *take_name(char *line, char **ret_data)
{
    if (line[0] == '@' && line[1] == '=') {
        *line = '\0';
        *ret_data = line + 2;
        return line;
    }
    if (*line != '"')
        return NULL;
    char *name = line + 1, *to = name, *from = name;
    for (; *from && *from != '"'; from++) {
        if (*from == '\\' && from[1])
            from++;
        *to++ = *from;
    }
    if (*from != '"' || from[1] != '=')
        return NULL;
    *to = '\0';
    *ret_data = from + 2;
    return name;
}

/* A number of at most so many hexadecimal digits: strtoul() would take "-1", " 1" and "0x1". */
static bool take_hex(char **at, size_t most, unsigned long *ret)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    size_t length = scan_span(*at, digits);
    if (!length || length > most)
        return false;
    unsigned long number = 0;
    for (; length; length--, ++*at)
        number = number << 4 | ((unsigned long)(strchr(digits, **at) - digits) & 0xF);
    *ret = number;
    return true;
}

/* "01,02,\\" and its continuation lines. */
static bool read_hex(struct lines *lines, char *at, struct text *data, struct error *err)
{
    for (;;) {
        at += scan_span(at, " \t");
        if (*at == '\\' && !at[1 + scan_span(at + 1, " \t")]) {
            size_t length;
            if (!lines_next(lines, &at, &length, err))
                return false;
            if (!at)
                return error_set(err, "ends within a value");
            continue;
        }
        if (!*at)
            return true;
        unsigned long byte;
        if (!take_hex(&at, 2, &byte))
            return error_set(err, "expected bytes in hexadecimal at '%s'", SHOW_NAME(at));
        text_add(data, (char[]){(char)byte}, 1);
        at += *at == ',';
    }
}

static void add_utf16(unsigned long codepoint, struct text *data)
{
    if (codepoint > 0xFFFF) {
        codepoint -= 0x10000;
        add_utf16(0xD800 + (codepoint >> 10 & 0x3FF), data);
        codepoint = 0xDC00 + (codepoint & 0x3FF);
    }
    text_add(data, (char[]){(char)(codepoint & 0xFF), (char)(codepoint >> 8 & 0xFF)}, 2);
}

/* A string, which may go over several lines, as the registry keeps it: UTF-16 with a NUL. */
static bool read_string(struct lines *lines, const char *at, struct text *data, struct error *err)
{
    for (at++;;) {
        const char *end = at + strlen(at);
        while (at < end && *at != '"') {
            if (*at == '\\' && at + 1 < end)
                at++;
            add_utf16(utf8_next(&at, end), data);
        }
        if (at < end)
            break;
        char *line;
        size_t length;
        if (!lines_next(lines, &line, &length, err))
            return false;
        if (!line)
            return error_set(err, "ends within a string");
        add_utf16('\r', data);
        add_utf16('\n', data);
        at = line;
    }
    add_utf16(0, data);
    return true;
}

/* "dword:" and up to 8 digits. */
static bool read_dword(char *digits, struct text *data, struct error *err)
{
    unsigned long number;
    if (!take_hex(&digits, 8, &number) || digits[scan_span(digits, " \t")])
        return error_set(err, "expected up to 8 hexadecimal digits behind dword:");
    for (int shift = 0; shift < 32; shift += 8)
        text_add(data, (char[]){(char)(number >> shift & 0xFF)}, 1);
    return true;
}

/* What stands behind "name"=, of which the type is known. */
static bool read_typed(struct lines *lines, char *written, unsigned type, struct arena *arena,
                       struct registry_value *ret, struct error *err)
{
    struct text data = {0};
    char *colon = strchr(written, ':');
    bool read = *written == '"'                      ? read_string(lines, written, &data, err)
                : *written == 'd' || *written == 'D' ? read_dword(colon + 1, &data, err)
                                                     : read_hex(lines, colon + 1, &data, err);
    const char *kept = read ? arena_text(arena, data.bytes, data.length) : NULL;
    if (read && (data.failed || !kept))
        read = error_memory(err);
    if (read)
        *ret = (struct registry_value){
            .exists = true, .type = type, .data = (const unsigned char *)kept, .size = data.length};
    text_free(&data);
    return read;
}

static bool read_data(struct lines *lines, char *data, struct arena *arena,
                      struct registry_value *ret, struct error *err)
{
    if (!strcmp(data, "-")) { /* the file deletes the value */
        *ret = (struct registry_value){0};
        return true;
    }
    if (*data == '"')
        return read_typed(lines, data, REGISTRY_SZ, arena, ret, err);
    if (scan_ascii_begins(data, "dword:"))
        return read_typed(lines, data, REGISTRY_DWORD, arena, ret, err);
    if (scan_ascii_begins(data, "hex:"))
        return read_typed(lines, data, REGISTRY_BINARY, arena, ret, err);
    if (scan_ascii_begins(data, "hex(")) {
        char *at = data + 4;
        unsigned long type;
        if (take_hex(&at, 8, &type) && scan_begins(at, "):"))
            return read_typed(lines, data, (unsigned)type, arena, ret, err);
    }
    return error_set(err, "expected a value: dword:, hex:, hex(N): or \"text\"");
}

/* The lines of a string that is not wanted: what stands in them is no key and no value. */
static bool skip_string(struct lines *lines, const char *written, struct error *err)
{
    struct text skipped = {0};
    bool read = read_string(lines, written, &skipped, err);
    bool failed = skipped.failed;
    text_free(&skipped);
    return read && (!failed || error_memory(err));
}

/* The line of a key, from the '[' on or the '-' behind it. */
static bool is_wanted_key(char *line, const char *key)
{
    size_t length = strlen(line);
    if (line[length - 1] == ']')
        line[length - 1] = '\0';
    return scan_ascii_begins(line + 1, root) && scan_ascii_equal(line + 1 + (sizeof root - 1), key);
}

/* What was found so far. */
struct found {
    bool in_key, key_exists;
    struct registry_value value;
};

/* "[KEY]", or "[-KEY]", which deletes it and all that is in it. */
static void enter_key(char *line, const char *key, struct found *found)
{
    bool deleted = line[1] == '-', wanted = is_wanted_key(line + deleted, key);
    if (wanted && deleted)
        found->value = (struct registry_value){0};
    if (wanted)
        found->key_exists = !deleted;
    found->in_key = wanted && !deleted;
}

static bool find(struct lines *lines, const char *key, const char *name, struct arena *arena,
                 struct registry_value *ret, struct error *err)
{
    struct found found = {0};
    char *line, *data;
    size_t length;
    do {
        if (!lines_next(lines, &line, &length, err))
            return false;
    } while (line && !length);
    if (!line || (strcmp(line, "Windows Registry Editor Version 5.00") != 0 &&
                  strcmp(line, "REGEDIT4") != 0))
        return error_set(err, "not a .reg file, as `reg export` writes it");

    for (;;) {
        if (!lines_next(lines, &line, &length, err))
            return false;
        if (!line && !lines->ended) /* the value may be among what is missing */
            return error_set(err, "the last line has no end: was the file cut?");
        if (!line)
            break;
        if (*line == '[') {
            enter_key(line, key, &found);
            continue;
        }
        const char *named = take_name(line, &data);
        bool wanted = named && found.in_key && scan_ascii_equal(named, name);
        if (wanted ? !read_data(lines, data, arena, &found.value, err)
                   : named && *data == '"' && !skip_string(lines, data, err))
            return false;
    }
    found.value.key_exists = found.key_exists;
    *ret = found.value;
    return true;
}

bool reg_file_find(const char *path, const struct encoding *named, const char *key,
                   const char *value, struct arena *arena, struct registry_value *ret,
                   int64_t *ret_written, struct error *err)
{
    struct lines lines;
    if (!lines_open(&lines, path, named, err))
        return false;
    bool found = find(&lines, key, value, arena, ret, err) ||
                 error_prefix(err, "%s:%u: ", path, lines.number);
    if (found)
        ret->origin = path;
    *ret_written = lines.file.written;
    lines_close(&lines);
    return found;
}
