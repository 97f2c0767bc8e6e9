/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/record/pdh_log.h"

#include "counter/counter.h"
#include "plugin/scan.h"
#include "plugin/show.h"

#include <stdlib.h>
#include <string.h>

enum {
    TAIL = 16 * 1024,           /* the first look for a row; doubled until a row is in it */
    FIELD = 16,                 /* characters that a field of a row mostly has, at most */
    BISECT_LEAST = 256,         /* closer than this, bisection ends and rows are read one by one */
    NOT_ROWS_AT_MOST = 64,      /* lines at the end of a log that are no row, before it is none */
    LONGEST_COLUMN = 64 * 1024, /* a path has at most 2,048 characters */
    LONGEST_ROW = 16 * 1024 * 1024, /* a row of 1,024 VMs with all counters has about 250 KB */
    DISORDER = 1800 * 1000, /* rows this much older than those above them are in the wrong place */
    ZONES = 3600 * 1000,    /* by how much daylight saving sets clocks that don't tell their zone */
};

/* ---- the header ---- */

/* The zone's name is what stands before the pair of the bias, or, where it was cut and there is no
 * bias, what is left of it. */
static bool parse_format(struct pdh_log *log, const char *format)
{
    bool has_bias;
    int bias;
    if (!pdh_format_parse(format, &has_bias, &bias))
        return false;
    *log->zone = '\0';
    const char *open = strchr(format + 1, '('), *last = scan_last(format, '(');
    if (!open || (has_bias && last == open))
        return true;
    const char *end = has_bias ? last : open + 1 + scan_until(open + 1, ")");
    size_t length = (size_t)(end - open) - 1;
    if (has_bias && open[length] == ')')
        length--;
    if (length >= sizeof log->zone)
        length = sizeof log->zone - 1;
    memcpy(log->zone, open + 1, length);
    log->zone[length] = '\0';
    return true;
}

/* How much of the header was read and not yet taken. */
static size_t untaken(const struct pdh_log *log)
{
    return log->header.length - (size_t)(log->names.next - log->header.bytes);
}

/* Read on in the header: the columns that were taken make room. */
static bool read_on(struct pdh_log *log, struct error *err)
{
    struct text *header = &log->header;
    size_t rest = untaken(log), length;
    char *part;
    if (rest > LONGEST_COLUMN)
        return error_set(err, "%s:%u: a column of more than %d bytes: is a quote missing?",
                         log->lines.path, log->lines.number, LONGEST_COLUMN);
    if (!lines_part(&log->lines, FIELDS_DELIMITERS, &part, &length, err))
        return false;
    memmove(header->bytes, log->names.next, rest);
    text_cut(header, rest);
    text_add(header, part, length);
    log->names.next = header->bytes;
    return !header->failed || error_memory(err);
}

/* *ret is NULL behind the last column. */
static bool next_column(struct pdh_log *log, char **ret, struct error *err)
{
    while (log->names.next && log->lines.inside && !fields_has_whole(&log->names, untaken(log)))
        if (!read_on(log, err))
            return false;
    bool opens = log->names.next && *log->names.next == '"';
    *ret = fields_next(&log->names);
    log->columns += *ret != NULL;
    if (opens && !log->names.quoted)
        return error_set(err, "%s:%u: a header without its end: was the file cut?", log->lines.path,
                         log->lines.number);
    return true;
}

static bool begin_header(struct pdh_log *log, struct error *err)
{
    struct lines *lines = &log->lines;
    char *part, *format;
    size_t length;
    do { /* redirected screen output begins with an empty line */
        if (!lines_part(lines, FIELDS_DELIMITERS, &part, &length, err))
            return false;
    } while (part && !length);
    if (!part)
        return error_set(err, "%s: empty", lines->path);

    text_add(&log->header, part, length);
    if (log->header.failed)
        return error_memory(err);
    log->delimiter = fields_guess_delimiter(log->header.bytes);
    log->names = fields_begin(log->header.bytes, log->delimiter);
    log->columns = 0;
    char shown[NAME_SIZE];
    show_name_in(shown, log->header.bytes); /* before it is taken apart */
    if (!next_column(log, &format, err))
        return false;
    if (!parse_format(log, format))
        return error_set(err,
                         "%s:%u: '%s' is not the beginning of a performance log (PDH-CSV 4.0), as "
                         "typeperf, logman and relog write it",
                         lines->path, lines->number, shown);
    if (!log->names.next)
        return error_set(err, "%s:%u: a log without a counter", lines->path, lines->number);
    return true;
}

bool pdh_log_open(struct pdh_log *log, const char *path, const struct encoding *named,
                  struct error *err)
{
    *log = (struct pdh_log){0};
    if (!lines_open(&log->lines, path, named, err))
        return false;
    if (begin_header(log, err))
        return true;
    pdh_log_close(log);
    return false;
}

bool pdh_log_column(struct pdh_log *log, char **ret, struct error *err)
{
    if (!next_column(log, ret, err))
        return false;
    if (!*ret)
        text_free(&log->header);
    return true;
}

/* Read a header of the map from its beginning. */
static bool enter(struct pdh_log *log, uint32_t header, struct error *err)
{
    const struct pdh_map_header *to = &log->map.headers[header];
    log->entered = header;
    text_cut(&log->header, 0);
    lines_seek(&log->lines, to->begin, to->number);
    return begin_header(log, err);
}

bool pdh_log_rewind(struct pdh_log *log, struct error *err)
{
    if (log->has_map)
        return enter(log, log->entered, err);
    text_cut(&log->header, 0);
    lines_rewind(&log->lines);
    return begin_header(log, err);
}

/* Go to the header above a row; *ret_other: it is another than before, and so are its columns. */
static bool go_to_header(struct pdh_log *log, const struct pdh_place *place, bool *ret_other,
                         struct error *err)
{
    uint32_t header = log->map.parts[place->part].header;
    const struct pdh_map_header *to = &log->map.headers[header];
    *ret_other = header != log->entered;
    if (to->broken)
        return error_set(err,
                         "%s:%u: the rest of a header, so that the columns of the rows below it "
                         "are not known: was the log damaged or put together by hand?",
                         log->lines.path, to->number);
    return !*ret_other || enter(log, header, err);
}

static bool pass_header(struct pdh_log *log, struct error *err)
{
    char *column;
    do {
        if (!pdh_log_column(log, &column, err))
            return false;
    } while (column);
    return true;
}

void pdh_log_close(struct pdh_log *log)
{
    pdh_map_free(&log->map);
    lines_close(&log->lines);
    text_free(&log->header);
    text_free(&log->buffer);
    text_free(&log->decoded);
}

/* ---- rows ---- */

/* Read these bytes of the file into the buffer. */
static bool read_bytes(struct pdh_log *log, uint64_t from, uint64_t to, struct error *err)
{
    size_t wanted = (size_t)(to - from), got;
    text_cut(&log->buffer, 0);
    if (!text_reserve(&log->buffer, wanted))
        return error_memory(err);
    if (!file_read(&log->lines.file, from, log->buffer.bytes, wanted, &got, err))
        return error_prefix(err, "%s: ", log->lines.path);
    if (got < wanted)
        return error_set(err, "%s: became shorter while it was read", log->lines.path);
    log->buffer.length = got;
    log->buffer.bytes[got] = '\0';
    return true;
}

/* The header that the rows of this part have. */
static const struct pdh_map_header *header_of(const struct pdh_log *log, uint32_t part)
{
    return &log->map.headers[log->map.parts[part].header];
}

static const struct encoding *encoding_of(const struct pdh_map_header *header)
{
    return encoding_find(header->unit == 1 ? "utf-8" : header->big ? "utf-16be" : "utf-16le");
}

/* UTF-8 of raw bytes of a row, which holds ASCII alone wherever it matters. */
static char *decode(struct pdh_log *log, const struct pdh_map_header *header, char *bytes,
                    size_t *length)
{
    *length -= *length % header->unit; /* half a character at the end is not written yet */
    if (header->unit == 2) {
        text_cut(&log->decoded, 0);
        encoding_decode(encoding_of(header), bytes, *length, &log->decoded);
        if (!text_reserve(&log->decoded, 1))
            return NULL;
        *length = log->decoded.length;
        bytes = log->decoded.bytes;
    }
    while (*length && bytes[*length - 1] == '\r')
        --*length;
    bytes[*length] = '\0';
    return bytes;
}

/* Which line of the file begins with this byte of a part. To be asked for a message alone: lines
 * are counted from the part's beginning on, in the buffer. */
static unsigned line_number(struct pdh_log *log, uint32_t part, uint64_t begin)
{
    const struct pdh_map_part *in = &log->map.parts[part];
    unsigned number = in->number;
    struct error none;
    for (uint64_t at = in->begin, to; at < begin; at = to) {
        to = begin - at < TAIL ? begin : at + TAIL;
        if (!read_bytes(log, at, to, &none))
            break;
        for (size_t i = 0; i < log->buffer.length; i++)
            number += log->buffer.bytes[i] == '\n';
    }
    return number;
}

static bool refuse_nul(struct pdh_log *log, unsigned number, struct error *err)
{
    return error_set(err, "%s:%u: a damaged row: there is a NUL in it", log->lines.path, number);
}

/* A line of a part that must be a row, though its time stamp can't be read. */
static bool refuse_bad(struct pdh_log *log, uint32_t part, unsigned number, uint64_t begin,
                       struct error *err)
{
    char head[PDH_STAMP_AT_MOST + 1], shown[NAME_SIZE];
    unsigned unit = header_of(log, part)->unit;
    size_t got = 0, length = 0;
    struct error none;
    if (!file_read(&log->lines.file, begin, head, sizeof head - 1, &got, &none))
        got = 0;
    for (size_t i = 0; i < got && head[i] != '\n' && head[i] != '\r'; i++) {
        if (!head[i] && unit == 1)
            return refuse_nul(log, number, err);
        if (head[i] && head[i] != '"')
            head[length++] = head[i];
    }
    head[length] = '\0';
    head[scan_until(head, FIELDS_DELIMITERS)] = '\0';
    return error_set(err,
                     "%s:%u: the time stamp '%s' can't be read: was the log saved by a "
                     "spreadsheet? Take it as typeperf, logman or relog wrote it",
                     log->lines.path, number, show_name_in(shown, head));
}

static bool no_row(struct pdh_log *log, struct error *err)
{
    return error_set_code(err, PDH_NO_ROW, "%s: no row at its end", log->lines.path);
}

/* ---- before a row ---- */

/* The last line end before `end` in the buffer; false: there is none. */
static bool find_last_line_end(const struct pdh_log *log, const struct pdh_map_header *header,
                               size_t end, size_t *ret_start, size_t *ret_end)
{
    size_t unit = header->unit;
    const char *bytes = log->buffer.bytes;
    for (size_t i = end / unit * unit; i >= unit; i -= unit)
        if (bytes[i - unit + header->big] == '\n' && (unit == 1 || !bytes[i - 1 - header->big])) {
            *ret_start = i - unit;
            *ret_end = i;
            return true;
        }
    return false;
}

/* The last line with a time stamp in a part before the byte `end` of it, where a line begins. False
 * with PDH_NO_ROW where there is none. */
static bool last_row_before(struct pdh_log *log, uint32_t part, uint64_t end, struct pdh_place *ret,
                            struct error *err)
{
    const struct pdh_map_header *header = header_of(log, part);
    uint64_t first = log->map.parts[part].begin, look = TAIL;
    for (;;) {
        uint64_t from = end - first > look ? end - look : first;
        from -= (from - first) % header->unit;
        if (!read_bytes(log, from, end, err))
            return false;
        size_t stop = log->buffer.length, line_end, start; /* the end of the line looked at */
        bool found;
        do {
            found = find_last_line_end(log, header, stop, &line_end, &start);
            if (!found && from > first)
                break; /* the line begins before this piece */
            if (!found)
                start = 0;
            struct pdh_map_line line =
                pdh_map_line(header, log->buffer.bytes + start, stop - start);
            *ret = (struct pdh_place){part, from + start, line.when};
            if (line.kind == PDH_LINE_ROW)
                return true;
            if (line.kind == PDH_LINE_BAD || line.kind == PDH_LINE_CUT) /* it has its line end */
                return refuse_bad(log, part, line_number(log, part, ret->begin), ret->begin, err);
            stop = line_end;
        } while (found);
        if (from == first || look >= LONGEST_ROW)
            break;
        look *= 2;
    }
    return no_row(log, err);
}

/* ---- a moment in a part ---- */

/* The beginning of the first line at or behind offset in a part, which is in front of `end`, and
 * its time stamp. *ret_begin is `end` where no line with a time stamp begins before that. */
static bool first_stamp_behind(struct pdh_log *log, uint32_t part, uint64_t offset, uint64_t end,
                               uint64_t *ret_begin, stamp *ret, struct error *err)
{
    const struct pdh_map_header *header = header_of(log, part);
    uint64_t first = log->map.parts[part].begin, look = TAIL;
    for (;;) {
        uint64_t to = end - offset > look ? offset + look : end;
        if (!read_bytes(log, offset, to, err))
            return false;
        size_t at = 0, line_end, behind;
        bool skip = offset > first; /* in the middle of a line, perhaps */
        for (;;) {
            const char *bytes = log->buffer.bytes + at;
            size_t left = log->buffer.length - at;
            if (skip && !find_line_end(bytes, left, encoding_of(header), &line_end, &behind))
                break;
            if (skip)
                at += behind;
            skip = true;
            struct pdh_map_line line =
                pdh_map_line(header, log->buffer.bytes + at, log->buffer.length - at);
            if (line.kind == PDH_LINE_ROW) {
                *ret = line.when;
                *ret_begin = offset + at;
                return true;
            }
        }
        if (to == end) {
            *ret_begin = end;
            return true;
        }
        if (look >= LONGEST_ROW)
            return error_set(err, "%s: no row in %d bytes: not a log", log->lines.path,
                             LONGEST_ROW);
        look *= 2;
    }
}

/* Where the first row of a part that is later than `at` begins, or the part's end. */
static bool find_later(struct pdh_log *log, uint32_t part, stamp at, uint64_t *ret,
                       struct error *err)
{
    const struct pdh_map_part *in = &log->map.parts[part];
    unsigned unit = header_of(log, part)->unit;
    uint64_t low = in->begin, later = in->end, high = later;
    while (low + BISECT_LEAST < high) { /* low may be above high: behind a row's beginning there */
        uint64_t middle = low + (high - low) / 2, begin;
        middle -= (middle - in->begin) % unit;
        stamp found;
        if (!first_stamp_behind(log, part, middle, later, &begin, &found, err))
            return false;
        if (begin == later || found > at) {
            later = begin;
            high = middle;
        } else {
            low = begin + unit;
        }
    }
    for (uint64_t begin = low; begin < later;) { /* at most a few rows are left */
        stamp found;
        if (!first_stamp_behind(log, part, begin, later, &begin, &found, err))
            return false;
        if (begin < later && found > at)
            later = begin;
        else
            begin += unit;
    }
    *ret = later;
    return true;
}

/* ---- places ---- */

static bool make_map(struct pdh_log *log, struct error *err)
{
    if (log->has_map)
        return true;
    pdh_map_free(&log->map);
    log->has_map = pdh_map_make(&log->map, &log->lines.file, err) ||
                   error_prefix(err, "%s: ", log->lines.path);
    return log->has_map;
}

/* The last row of a part. */
static bool end_of_part(struct pdh_log *log, uint32_t part, struct pdh_place *ret,
                        struct error *err)
{
    const struct pdh_map_part *in = &log->map.parts[part];
    if (in->bad)
        return refuse_bad(log, part, in->bad, in->bad_begin, err);
    *ret = (struct pdh_place){part, in->last, in->last_stamp};
    return true;
}

/* When it was, in a part: minutes to add to its clock for that of the header's zone. */
static bool part_bias(const struct pdh_log *log, uint32_t part, int *ret)
{
    const struct pdh_map_header *header = header_of(log, part);
    *ret = header->bias - log->map.parts[part].shift;
    return header->has_bias;
}

bool pdh_log_bias(const struct pdh_log *log, const struct pdh_place *place, int *ret)
{
    return part_bias(log, place->part, ret);
}

/* How much later a moment of one part is than another of a second one. Where one of their headers
 * tells no zone, their clocks are compared as they are. */
static int64_t later_by(const struct pdh_log *log, uint32_t part, stamp when, uint32_t other,
                        stamp other_when, int64_t *ret_doubt)
{
    int bias, other_bias;
    bool known = part_bias(log, part, &bias) && part_bias(log, other, &other_bias);
    *ret_doubt = known ? DISORDER : DISORDER + ZONES;
    return when - other_when + (known ? (int64_t)(bias - other_bias) * 60000 : 0);
}

/* Rows mostly stand in the order of time. Where older ones stand behind newer ones, because logs
 * were put together in another order or a clock was set back by more than an hour, which of them
 * is meant can't be told. `most` bounds the rows that may be newer, or is NULL. */
static bool check_order(struct pdh_log *log, const struct pdh_place *place, const stamp *most,
                        struct error *err)
{
    for (uint32_t i = 0; i < place->part; i++) {
        const struct pdh_map_part *part = &log->map.parts[i];
        stamp newest = most && part->last_stamp > *most ? *most : part->last_stamp;
        int64_t doubt;
        if (!part->has_row || (most && part->first_stamp > *most))
            continue;
        if (later_by(log, i, newest, place->part, place->when, &doubt) <= doubt)
            continue;
        char newer[STAMP_SIZE], older[STAMP_SIZE];
        return error_set(err,
                         "%s:%u: the row of %s comes after newer ones, of %s: was the clock set "
                         "back, or were logs put together in another order?",
                         log->lines.path, line_number(log, place->part, place->begin),
                         stamp_print_iso(older, place->when), stamp_print_iso(newer, newest));
    }
    return true;
}

static bool last_row(struct pdh_log *log, struct pdh_place *ret, struct error *err)
{
    if (!log->map.part_count || log->map.others >= NOT_ROWS_AT_MOST)
        return no_row(log, err);
    return end_of_part(log, (uint32_t)log->map.part_count - 1, ret, err) &&
           check_order(log, ret, NULL, err);
}

static bool in_part_at(struct pdh_log *log, uint32_t part, stamp at, struct pdh_place *ret,
                       struct error *err)
{
    const struct pdh_map_part *in = &log->map.parts[part];
    uint64_t later;
    *ret = (struct pdh_place){part, in->last, in->last_stamp};
    if (at >= in->last_stamp)
        return at == in->last_stamp || end_of_part(log, part, ret, err);
    return find_later(log, part, at, &later, err) && last_row_before(log, part, later, ret, err);
}

static bool refuse_moment(struct pdh_log *log, bool begins, stamp when, struct error *err)
{
    char text[STAMP_SIZE];
    return error_set_code(err, begins ? PDH_NO_ROW : 0, "%s: %s at %s, %s the requested time",
                          log->lines.path, begins ? "begins" : "ends", stamp_print_iso(text, when),
                          begins ? "after" : "before");
}

static bool row_at(struct pdh_log *log, stamp at, struct pdh_place *ret, struct error *err)
{
    const struct pdh_map_part *parts = log->map.parts, *next = NULL;
    stamp most = INT64_MIN, least = INT64_MAX;
    for (uint32_t i = (uint32_t)log->map.part_count; i--;) {
        const struct pdh_map_part *part = &parts[i];
        if (!part->has_row)
            continue;
        bool behind = next ? at < next->first_stamp : part->bad != 0;
        if (part->first_stamp <= at && (at <= part->last_stamp || behind))
            return in_part_at(log, i, at, ret, err) && check_order(log, ret, &at, err);
        most = part->last_stamp > most && part->last_stamp < at ? part->last_stamp : most;
        least = part->first_stamp < least ? part->first_stamp : least;
        next = part;
    }
    if (!next)
        return no_row(log, err);
    bool begins = at < least;
    return refuse_moment(log, begins, begins ? least : most, err);
}

static bool row_before(struct pdh_log *log, const struct pdh_place *of, struct pdh_place *ret,
                       struct error *err)
{
    uint32_t part = of->part;
    if (of->begin > log->map.parts[part].begin)
        return last_row_before(log, part, of->begin, ret, err);
    while (part-- > 0)
        if (log->map.parts[part].has_row || log->map.parts[part].bad)
            return end_of_part(log, part, ret, err);
    return refuse_moment(log, true, of->when, err);
}

static bool row_since(struct pdh_log *log, const struct pdh_place *of, int64_t milliseconds,
                      struct pdh_place *ret, struct error *err)
{
    const struct pdh_map_part *parts = log->map.parts;
    stamp first = of->when;
    for (uint32_t i = of->part + 1; i--;) {
        if (!parts[i].has_row)
            continue;
        int64_t doubt;
        first = parts[i].first_stamp;
        /* the moment, by this part's clock */
        stamp at = first - later_by(log, i, first, of->part, of->when, &doubt) - milliseconds;
        if (first <= at)
            return in_part_at(log, i, at, ret, err);
    }
    return refuse_moment(log, true, first, err);
}

bool pdh_log_is_last(const struct pdh_log *log, const struct pdh_place *place)
{
    return place->part == log->map.part_count - 1 &&
           place->begin == log->map.parts[place->part].last;
}

/* ---- a row ---- */

/* Read the line that begins there, at most up to the next header. *ret_ended: it has its end. */
static bool read_line(struct pdh_log *log, const struct pdh_place *place, char **ret,
                      size_t *ret_length, bool *ret_ended, struct error *err)
{
    const struct pdh_map_part *part = &log->map.parts[place->part];
    const struct pdh_map_header *header = header_of(log, place->part);
    uint64_t all = part->end - place->begin; /* of the last row, its end */
    uint64_t look = (uint64_t)log->columns * FIELD * header->unit;
    if (look < TAIL)
        look = TAIL;
    if (place->begin == part->last || look > all)
        look = all;
    size_t length, behind;
    for (;;) {
        if (look > LONGEST_ROW)
            return error_set(err, "%s:%u: a row of more than %d bytes", log->lines.path,
                             line_number(log, place->part, place->begin), LONGEST_ROW);
        if (!read_bytes(log, place->begin, place->begin + look, err))
            return false;
        *ret_ended = find_line_end(log->buffer.bytes, log->buffer.length, encoding_of(header),
                                   &length, &behind);
        if (*ret_ended || look == all)
            break;
        look = 2 * look < all ? 2 * look : all;
    }
    *ret_length = *ret_ended ? length : log->buffer.length;
    *ret = decode(log, header, log->buffer.bytes, ret_length);
    return *ret || error_memory(err);
}

/* Is it the last line of its header, so that whoever wrote it may not have come to its end? */
static bool ends_header(const struct pdh_log *log, const struct pdh_place *place)
{
    const struct pdh_map_part *part = &log->map.parts[place->part];
    return place->begin == part->last &&
           (place->part + 1 == log->map.part_count || part[1].header != part->header);
}

/* An unquoted number without a line end behind it may go on: 12 of 123. A crash of the host leaves
 * NULs where a row should be. */
static bool read_row(struct pdh_log *log, const struct pdh_place *place, struct fields *ret_values,
                     bool *ret_unfinished, struct error *err)
{
    char *line = NULL;
    size_t length = 0;
    bool ended = false, open = false;
    if (!pass_header(log, err) || !read_line(log, place, &line, &length, &ended, err))
        return false;
    size_t count = fields_count(line, length, log->delimiter, &open);
    bool last_header = log->map.parts[place->part].header + 1 == log->map.header_count;
    bool whole = length && (ended || line[length - 1] == '"');
    bool may_be_cut = ends_header(log, place) && (!ended || !last_header);
    *ret_unfinished = may_be_cut && (!whole || open || count < log->columns);
    if (*ret_unfinished)
        return error_set_code(err, PDH_NO_ROW, "%s: no complete row of %zu fields at its end",
                              log->lines.path, log->columns);
    unsigned header = log->map.headers[log->entered].number;
    if (open || count != log->columns)
        return error_set(err,
                         "%s:%u: a row of %zu fields under a header of %zu (line %u): does it "
                         "belong to another log?",
                         log->lines.path, line_number(log, place->part, place->begin), count,
                         log->columns, header);
    if (memchr(line, '\0', length))
        return refuse_nul(log, line_number(log, place->part, place->begin), err);
    struct fields fields = fields_begin(line, log->delimiter);
    fields_next(&fields);
    *ret_values = fields;
    return true;
}

static bool find_place(struct pdh_log *log, const struct pdh_moment *moment, struct pdh_place *ret,
                       struct error *err)
{
    if (!make_map(log, err))
        return false;
    switch (moment->kind) {
    case PDH_LAST:
        break;
    case PDH_AT:
        return row_at(log, moment->at, ret, err);
    case PDH_BEFORE:
        return row_before(log, &moment->of, ret, err);
    case PDH_SINCE:
        return row_since(log, &moment->of, moment->milliseconds, ret, err);
    case PDH_FOUND:
        *ret = moment->of;
        return true;
    }
    return last_row(log, ret, err);
}

/* A last row that is not written to its end is not there yet: then it is the one before. */
bool pdh_log_row(struct pdh_log *log, const struct pdh_moment *moment, pdh_entered *entered,
                 void *context, struct pdh_place *ret, struct fields *ret_values, struct error *err)
{
    bool stepped = false, other, unfinished = false;
    if (!find_place(log, moment, ret, err))
        return false;
    while (go_to_header(log, ret, &other, err) && entered(context, other, err)) {
        if (read_row(log, ret, ret_values, &unfinished, err))
            return !stepped || moment->kind != PDH_AT || refuse_moment(log, false, ret->when, err);
        struct error cause = *err;
        struct pdh_place of = *ret;
        if (!unfinished)
            return false;
        if (!row_before(log, &of, ret, err)) {
            if (err->code == PDH_NO_ROW)
                *err = cause;
            return false;
        }
        stepped = true;
    }
    return false;
}

/* ---- counter paths ---- */

bool counter_path_split(char *path, struct counter_path *ret)
{
    char *host = path + strlen(path); /* "" */
    if (path[0] == '\\' && path[1] == '\\') {
        host = path + 2;
        path = strchr(host, '\\');
        if (!path)
            return false;
    }
    if (*path != '\\')
        return false;
    char *object = path + 1;
    size_t length = scan_until(object, "(\\");
    if (!length || !object[length])
        return false;

    struct counter_path parts = {.host = host, .object = object, .instance = object + length};
    if (object[length] == '(') {
        /* The last ")\" ends the instance: "web (prod)\1" is a name that somebody may choose. */
        char *end = NULL;
        for (char *found = scan_find(object, ")\\"); found; found = scan_find(found + 1, ")\\"))
            end = found;
        if (!end)
            return false;
        parts.instance = object + length + 1;
        parts.counter = end + 2;
        *end = '\0';
    } else {
        parts.counter = object + length + 1;
        parts.instance = parts.counter + strlen(parts.counter);
    }
    if (!*parts.counter)
        return false;
    object[length] = '\0';
    *path = '\0'; /* ends the host */
    *ret = parts;
    return true;
}

bool pdh_log_first_host(struct pdh_log *log, struct arena *arena, const char **ret,
                        struct error *err)
{
    char *column = NULL;
    struct counter_path path;
    *ret = NULL;
    if (!make_map(log, err))
        return false;
    if (log->map.header_count < 2)
        return true;
    if (!enter(log, 0, err))
        return false;
    do
        if (!pdh_log_column(log, &column, err))
            return false;
    while (column && !counter_path_split(column, &path));
    if (column && !(*ret = arena_text(arena, path.host, strlen(path.host))))
        return error_memory(err);
    return enter(log, 0, err);
}
