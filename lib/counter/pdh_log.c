/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/pdh_log.h"

#include "counter/counter.h"
#include "plugin/show.h"

#include <stdlib.h>
#include <string.h>

enum {
    TAIL = 16 * 1024,      /* the first look at the end of a log; doubled until a row is in it */
    FIELD = 16,            /* characters that a field of a row mostly has, at most */
    BISECT_LEAST = 256,    /* closer than this, bisection ends and rows are read one by one */
    NOT_ROWS_AT_MOST = 64, /* lines at the end of a log that are no row, before it is none */
    LONGEST_COLUMN = 64 * 1024, /* a path has at most 2,048 characters */
    STAMP_FIELD_MOST = 128,     /* bytes in which a row's time stamp must end, in any encoding */
    LONGEST_ROW = 16 * 1024 * 1024, /* a row of 1,024 VMs with all counters has about 250 KB */
};

/* ---- the header ---- */

/* "(PDH-CSV 4.0) (Tokyo Standard Time)(-540)": the zone's name is localised and may be cut, even in
 * a bracket of its own; the bias is what stands in the last pair. */
static bool parse_format(struct pdh_log *log, const char *format)
{
    static const char *const kinds[] = {"(PDH-CSV 4.0)", "(PDH-TSV 4.0)"};
    size_t length = strlen(kinds[0]);
    if (strncmp(format, kinds[0], length) != 0 && strncmp(format, kinds[1], length) != 0)
        return false;
    const char *rest = format + length;
    rest += strspn(rest, " ");
    const char *open = strrchr(rest, '(');
    if (!open)
        return true;
    char *end;
    long bias = strtol(open + 1, &end, 10);
    if (end == open + 1 || *end != ')' || bias < -1440 || bias > 1440)
        return true;
    log->has_bias = true;
    log->bias = (int)bias;
    if (*rest == '(' && open > rest + 1) {
        size_t name = (size_t)(open - rest) - 1;
        if (rest[name] == ')')
            name--;
        if (name >= sizeof log->zone)
            name = sizeof log->zone - 1;
        memcpy(log->zone, rest + 1, name);
        log->zone[name] = '\0';
    }
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
    *ret = fields_next(&log->names);
    log->columns += *ret != NULL;
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

bool pdh_log_rewind(struct pdh_log *log, struct error *err)
{
    text_cut(&log->header, 0);
    lines_rewind(&log->lines);
    return begin_header(log, err);
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

static size_t unit_of(const struct pdh_log *log)
{
    return log->lines.encoding ? encoding_unit(log->lines.encoding) : 1;
}

/* UTF-8 of raw bytes of a row, which holds ASCII alone wherever it matters. */
static char *decode(struct pdh_log *log, char *bytes, size_t *length)
{
    *length -= *length % unit_of(log); /* half a character at the end is not written yet */
    if (unit_of(log) == 1) {
        if (*length && bytes[*length - 1] == '\r')
            --*length;
        bytes[*length] = '\0';
        return bytes;
    }
    text_cut(&log->decoded, 0);
    encoding_decode(log->lines.encoding, bytes, *length, &log->decoded);
    if (!text_reserve(&log->decoded, 1))
        return NULL;
    *length = log->decoded.length;
    if (*length && log->decoded.bytes[*length - 1] == '\r')
        --*length;
    log->decoded.bytes[*length] = '\0';
    return log->decoded.bytes;
}

/* The time stamp that a line begins with. Only what stands in front of its field's end is one: of
 * "10:25:00.123", cut, "10:25:00" would be another. */
static bool parse_stamp(const char *line, char delimiter, stamp *ret)
{
    char field[STAMP_SIZE], stop = delimiter;
    if (*line == '"')
        stop = *line++;
    size_t length = 0;
    while (line[length] && line[length] != stop && length < STAMP_SIZE - 1)
        length++;
    if (line[length] != stop)
        return false;
    memcpy(field, line, length);
    field[length] = '\0';
    return stamp_parse_pdh(field, ret);
}

/* Is this line a row that was written to its end? An unquoted number without a line end behind it
 * may go on: 12 of 123. A crash of the host leaves NULs where a row should be. */
static bool is_row(const struct pdh_log *log, const char *line, size_t length, bool ended,
                   stamp *ret_stamp)
{
    bool open = false;
    return length && parse_stamp(line, log->delimiter, ret_stamp) &&
           fields_count(line, length, log->delimiter, &open) == log->columns && !open &&
           !memchr(line, '\0', length) && (ended || line[length - 1] == '"');
}

/* The last line end before `end` in the buffer; false: there is none. */
static bool find_last_line_end(const struct pdh_log *log, size_t end, size_t *ret_start,
                               size_t *ret_end)
{
    size_t unit = unit_of(log);
    const char *bytes = log->buffer.bytes;
    if (unit == 1) {
        while (end && bytes[end - 1] != '\n')
            end--;
        *ret_start = end - 1;
        *ret_end = end;
        return end;
    }
    for (size_t i = end / unit * unit; i >= unit; i -= unit) {
        size_t start, behind;
        if (find_line_end(bytes + i - unit, unit, log->lines.encoding, &start, &behind)) {
            *ret_start = i - unit;
            *ret_end = i;
            return true;
        }
    }
    return false;
}

/* The last whole row that ends at or before `end` (which is a line's beginning, or the end of the
 * file). *ret is NULL where there is none. */
static bool last_row_before(struct pdh_log *log, uint64_t end, char **ret, stamp *ret_stamp,
                            struct error *err)
{
    uint64_t first = log->lines.offset;
    uint64_t look = (uint64_t)log->columns * FIELD * unit_of(log);
    if (look < TAIL)
        look = TAIL;
    while (first < end) {
        uint64_t from = end - first > look ? end - look : first;
        from -= (from - first) % unit_of(log);
        if (!read_bytes(log, from, end, err))
            return false;
        size_t stop = log->buffer.length; /* the end of the line that is looked at */
        bool ended = false;
        unsigned not_rows = 0;
        while (not_rows < NOT_ROWS_AT_MOST) {
            size_t line_end, start;
            bool found = find_last_line_end(log, stop, &line_end, &start);
            if (!found && from > first)
                break; /* the line begins before this piece */
            if (!found)
                start = 0;
            size_t length = stop - start;
            char *line = decode(log, log->buffer.bytes + start, &length);
            if (!line)
                return error_memory(err);
            if (is_row(log, line, length, ended, ret_stamp)) {
                *ret = line;
                return true;
            }
            not_rows += length > 0;
            if (!found)
                break;
            stop = line_end;
            ended = true;
        }
        if (from == first || not_rows >= NOT_ROWS_AT_MOST || look >= LONGEST_ROW)
            break;
        look *= 2;
    }
    *ret = NULL;
    return true;
}

/* The beginning of the first line at or behind offset, and its time stamp. *ret_begin is `end`
 * where no line with a time stamp begins before that. */
static bool first_stamp_behind(struct pdh_log *log, uint64_t offset, uint64_t end,
                               uint64_t *ret_begin, stamp *ret, struct error *err)
{
    uint64_t look = TAIL, begin = offset;
    while (begin < end) {
        uint64_t to = end - begin > look ? begin + look : end;
        if (!read_bytes(log, begin, to, err))
            return false;
        size_t at = 0, line_end, behind;
        bool skip = begin > log->lines.offset; /* in the middle of a line, perhaps */
        for (;;) {
            if (skip) {
                if (!find_line_end(log->buffer.bytes + at, log->buffer.length - at,
                                   log->lines.encoding, &line_end, &behind))
                    break;
                at += behind;
            }
            skip = true;
            size_t length = log->buffer.length - at;
            if (length > STAMP_FIELD_MOST)
                length = STAMP_FIELD_MOST;
            char head[STAMP_FIELD_MOST + 1];
            memcpy(head, log->buffer.bytes + at, length);
            char *line = decode(log, head, &length);
            if (!line)
                return error_memory(err);
            if (parse_stamp(line, log->delimiter, ret)) {
                *ret_begin = begin + at;
                return true;
            }
        }
        if (to == end)
            break;
        if (look >= LONGEST_ROW)
            return error_set(err, "%s: no row in %d bytes: not a log", log->lines.path,
                             LONGEST_ROW);
        look *= 2;
    }
    *ret_begin = end;
    return true;
}

/* Where the first row later than `at` begins, or the end of the file. Rows stand in the order of
 * time; where a clock was set back, one of the possible places is found. */
static bool find_later(struct pdh_log *log, stamp at, uint64_t *ret, struct error *err)
{
    uint64_t low = log->lines.offset, high = log->lines.file.size;
    uint64_t later = high;
    while (low + BISECT_LEAST < high) { /* low may be above high: behind a row's beginning there */
        uint64_t middle = low + (high - low) / 2, begin;
        middle -= (middle - log->lines.offset) % unit_of(log);
        stamp found;
        if (!first_stamp_behind(log, middle, later, &begin, &found, err))
            return false;
        if (begin == later || found > at) {
            later = begin;
            high = middle;
        } else {
            low = begin + unit_of(log);
        }
    }
    for (uint64_t begin = low; begin < later;) { /* at most a few rows are left */
        stamp found;
        if (!first_stamp_behind(log, begin, later, &begin, &found, err))
            return false;
        if (begin < later && found > at)
            later = begin;
        else
            begin += unit_of(log);
    }
    *ret = later;
    return true;
}

static bool no_row(const struct pdh_log *log, struct error *err)
{
    return error_set(err, "%s: no complete row of %zu fields at its end", log->lines.path,
                     log->columns);
}

bool pdh_log_row(struct pdh_log *log, const stamp *at, stamp *ret_stamp, struct fields *ret_values,
                 struct error *err)
{
    uint64_t end = log->lines.file.size;
    char *row, text[STAMP_SIZE];
    if (!pass_header(log, err))
        return false;
    if (!last_row_before(log, end, &row, ret_stamp, err))
        return false;
    if (!row)
        return no_row(log, err);
    if (at) {
        if (*at > *ret_stamp)
            return error_set(err, "%s: ends at %s, before the moment asked for", log->lines.path,
                             stamp_print_iso(text, *ret_stamp));
        if (!find_later(log, *at, &end, err) || !last_row_before(log, end, &row, ret_stamp, err))
            return false;
        if (!row) {
            uint64_t begin;
            if (!first_stamp_behind(log, log->lines.offset, log->lines.file.size, &begin, ret_stamp,
                                    err))
                return false;
            return error_set_code(err, READ_NO_SAMPLE,
                                  "%s: begins at %s, after the moment asked for", log->lines.path,
                                  stamp_print_iso(text, *ret_stamp));
        }
        if (*ret_stamp > *at)
            return error_set(err,
                             "%s: its clock was set back near %s, so the row of the moment asked "
                             "for can't be told",
                             log->lines.path, stamp_print_iso(text, *ret_stamp));
    }
    struct fields fields = fields_begin(row, log->delimiter);
    fields_next(&fields);
    *ret_values = fields;
    return true;
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
    size_t length = strcspn(object, "(\\");
    if (!length || !object[length])
        return false;

    struct counter_path parts = {.host = host, .object = object, .instance = object + length};
    if (object[length] == '(') {
        /* The last ")\" ends the instance: "web (prod)\1" is a name that somebody may choose. */
        char *end = NULL;
        for (char *found = strstr(object, ")\\"); found; found = strstr(found + 1, ")\\"))
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
