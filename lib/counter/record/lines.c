/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/record/lines.h"

#include "plugin/utf8.h"

#include <string.h>

/* The header of a log with Hyper-V's 1,024 VMs and all counters has about 1 MB; what is longer than
 * the limit is no text file of these tools. */
enum { LONGEST_LINE = 64 * 1024 * 1024 };

#ifndef PIECE /* fuzzing wants lines of many pieces: 512 */
#define PIECE (32 * 1024)
#endif

bool lines_open(struct lines *lines, const char *path, const struct encoding *named,
                struct error *err)
{
    *lines = (struct lines){.path = path, .named = named};
    return file_open(path, &lines->file, err);
}

void lines_seek(struct lines *lines, uint64_t start, unsigned number)
{
    text_free(&lines->raw);
    text_free(&lines->decoded);
    *lines = (struct lines){.path = lines->path,
                            .named = lines->named,
                            .choose = lines->choose,
                            .context = lines->context,
                            .file = lines->file,
                            .start = start,
                            .offset = start,
                            .number = number - 1};
}

void lines_rewind(struct lines *lines)
{
    lines_seek(lines, 0, 1);
}

void lines_close(struct lines *lines)
{
    lines_rewind(lines);
    file_close(&lines->file);
}

bool find_line_end(const char *bytes, size_t length, const struct encoding *encoding,
                   size_t *ret_start, size_t *ret_end)
{
    size_t unit = encoding ? encoding_unit(encoding) : 1;
    if (unit == 1) {
        const char *newline = memchr(bytes, '\n', length);
        if (!newline)
            return false;
        *ret_start = (size_t)(newline - bytes);
        *ret_end = *ret_start + 1;
        return true;
    }
    const char *newline = encoding == encoding_find("utf-16be") ? "\0\n" : "\n\0";
    for (size_t i = 0; i + 2 <= length; i += 2)
        if (bytes[i] == newline[0] && bytes[i + 1] == newline[1]) {
            *ret_start = i;
            *ret_end = i + 2;
            return true;
        }
    return false;
}

/* Behind the last of these ASCII characters in the bytes; 0: there is none. */
static size_t find_last_stop(const char *bytes, size_t length, const struct encoding *encoding,
                             const char *stops)
{
    if (!*stops)
        return 0;
    size_t unit = encoding ? encoding_unit(encoding) : 1;
    size_t low = encoding == encoding_find("utf-16be"); /* of a unit's bytes, the one with ASCII */
    for (size_t i = length / unit * unit; i; i -= unit) {
        const char *at = bytes + i - unit;
        if (at[low] && strchr(stops, at[low]) && (unit == 1 || !at[!low]))
            return i;
    }
    return 0;
}

/* Read one more piece behind what is there. *ret_got is 0 at the end of the file. */
static bool read_piece(struct lines *lines, size_t *ret_got, struct error *err)
{
    struct text *raw = &lines->raw;
    if (lines->taken) { /* move the rest to the front: the delivered lines are done with */
        memmove(raw->bytes, raw->bytes + lines->taken, raw->length - lines->taken);
        raw->length -= lines->taken;
        lines->searched -= lines->taken;
        lines->taken = 0;
    }
    if (lines->offset + raw->length > lines->begin + LONGEST_LINE)
        return error_set(err, "%s:%u: a line of more than %d bytes: not a text file", lines->path,
                         lines->number + !lines->inside, LONGEST_LINE);
    if (!text_reserve(raw, PIECE))
        return error_memory(err);
    if (!file_read(&lines->file, lines->offset + raw->length, raw->bytes + raw->length, PIECE,
                   ret_got, err))
        return error_prefix(err, "%s: ", lines->path);
    raw->length += *ret_got;
    if (!*ret_got && lines->offset + raw->length < lines->file.size) /* not all rows were seen */
        return error_set(err, "%s: became shorter while it was read", lines->path);
    return true;
}

/* The first piece tells a BOM and UTF-16, so how line ends look; the rest is decided by the first
 * line that is not ASCII. */
static void look_at_beginning(struct lines *lines)
{
    size_t bom;
    const struct encoding *encoding =
        encoding_detect(lines->raw.bytes, lines->raw.length,
                        lines->start + lines->raw.length < lines->file.size, lines->named, &bom);
    if (bom || encoding_unit(encoding) > 1)
        lines->encoding = encoding;
    lines->taken = lines->searched = bom;
    lines->offset = lines->start + bom;
}

/* Make UTF-8 of the raw bytes of a line, or of a part of it. */
static bool deliver(struct lines *lines, char *bytes, size_t length, bool last, char **ret,
                    size_t *ret_length, struct error *err)
{
    static const struct encoding *utf8;
    if (!utf8)
        utf8 = encoding_find("utf-8");
    size_t no_bom;
    if (!lines->encoding && utf8_ascii_span(bytes, length) < length) {
        lines->encoding = encoding_detect(bytes, length, false, lines->named, &no_bom);
        if (lines->choose && lines->encoding == encoding_raw())
            lines->encoding = lines->choose(lines->context);
    }
    if (lines->encoding && (lines->encoding != utf8 || !utf8_valid(bytes, length))) {
        text_cut(&lines->decoded, 0);
        encoding_decode(lines->encoding, bytes, length, &lines->decoded);
        if (!text_reserve(&lines->decoded, 1))
            return error_memory(err);
        bytes = lines->decoded.bytes;
        length = lines->decoded.length;
    }
    while (last && length && bytes[length - 1] == '\r')
        length--;
    if (length && memchr(bytes, '\0', length))
        return error_set(err, "%s:%u: not text: there is a NUL in it", lines->path,
                         lines->number + !lines->inside);
    *ret = bytes;
    *ret_length = length;
    return true;
}

bool lines_part(struct lines *lines, const char *stops, char **ret, size_t *ret_length,
                struct error *err)
{
    struct text *raw = &lines->raw;
    if (!raw->bytes) {
        size_t got;
        if (!read_piece(lines, &got, err))
            return false;
        look_at_beginning(lines);
    }
    bool continued = lines->inside, inside = false, ended;
    if (!continued)
        lines->begin = lines->offset;
    size_t start, end; /* of the line end, behind what was searched */
    while (!(ended = find_line_end(raw->bytes + lines->searched, raw->length - lines->searched,
                                   lines->encoding, &start, &end))) {
        start = end = find_last_stop(raw->bytes + lines->searched, raw->length - lines->searched,
                                     lines->encoding, stops);
        inside = end;
        if (inside)
            break;
        size_t unit = lines->encoding ? encoding_unit(lines->encoding) : 1, got;
        lines->searched = raw->length - (raw->length - lines->taken) % unit;
        if (!read_piece(lines, &got, err))
            return false;
        if (got)
            continue;
        if (raw->length == lines->taken && !continued) {
            *ret = NULL;
            return true;
        }
        start = end = raw->length - lines->searched; /* a last line without an end */
        break;
    }
    char *bytes = raw->bytes + lines->taken;
    size_t length = lines->searched + start - lines->taken;
    if (!deliver(lines, bytes, length, !inside, ret, ret_length, err))
        return false; /* and so would the next call */
    lines->offset += lines->searched + end - lines->taken;
    lines->taken = lines->searched = lines->searched + end;
    lines->number += !continued;
    lines->inside = inside;
    lines->ended = ended;
    return true;
}

bool lines_next(struct lines *lines, char **ret, size_t *ret_length, struct error *err)
{
    if (!lines_part(lines, "", ret, ret_length, err))
        return false;
    if (*ret) /* there is room for it: a line end stood there, or there is nothing behind */
        (*ret)[*ret_length] = '\0';
    return true;
}
