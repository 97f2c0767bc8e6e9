/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/record/pdh_map.h"

#include "counter/record/fields.h"
#include "plugin/scan.h"

#include <stdlib.h>
#include <string.h>

#ifndef BLOCK /* fuzzing wants many: 512 */
#define BLOCK (64 * 1024)
#endif

enum {
    TOKEN = 2 * 13,     /* bytes of "(PDH-CSV 4.0)" at most */
    BEFORE_TOKEN = 8,   /* bytes that may belong to it: a mark, a quote */
    PATH_AT_MOST = 512, /* how far behind "(" the ")\" of a path is looked for */
    HOUR = 3600 * 1000,
    PARTS_AT_MOST = 1 << 20, /* a header for each row, every minute for two years */
    STAMP_HEAD = 28,         /* characters that a time stamp has at most, with what surrounds it */
};

/* ---- what a line is ---- */

/* "-540)": minutes of at most a day. */
static bool parse_bias(const char *text, int *ret)
{
    int minutes = 0;
    text += scan_span(text, " ");
    bool negative = *text == '-';
    text += negative || *text == '+';
    const char *digit = text;
    for (; *digit >= '0' && *digit <= '9' && minutes <= 1440; digit++)
        minutes = minutes * 10 + (*digit - '0');
    *ret = negative ? -minutes : minutes;
    return digit > text && *digit == ')' && minutes <= 1440;
}

bool pdh_format_parse(const char *format, bool *ret_has_bias, int *ret_bias)
{
    static const char *const kinds[] = {"(PDH-CSV 4.0)", "(PDH-TSV 4.0)"};
    size_t length = strlen(kinds[0]);
    if (!scan_begins(format, kinds[0]) && !scan_begins(format, kinds[1]))
        return false;
    /* The zone's name may have brackets of its own: the bias is what stands in the last pair. */
    const char *open = scan_last(format + length, '(');
    *ret_has_bias = false;
    if (!open)
        return true;
    int bias;
    *ret_has_bias = parse_bias(open + 1, &bias);
    if (*ret_has_bias)
        *ret_bias = bias;
    return true;
}

/* The time stamp that a line of at most STAMP_HEAD characters begins with. Only what stands in front of its field's end is one: of
 * "10:25:00.123", cut, "10:25:00" would be another. */
static bool parse_stamp(const char *line, char delimiter, stamp *ret)
{
    char field[STAMP_HEAD + 1], stop = delimiter;
    if (*line == '"')
        stop = *line++;
    size_t length = 0;
    while (line[length] && line[length] != stop)
        length++;
    if (line[length] != stop)
        return false;
    memcpy(field, line, length);
    field[length] = '\0';
    return stamp_parse_pdh(field, ret);
}

enum { LOST = 1 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A value behind a delimiter: what typeperf says at its end has words there. */
static bool has_value(const char *head, char delimiter)
{
    for (const char *at = head; (at = strchr(at, delimiter)); at++) {
        const char *value = at + 1 + (at[1] == '"');
        if (is_digit(value[value[0] == '-']))
            return true;
    }
    return false;
}

/* The head of a line, in ASCII. Spreadsheets write time stamps in many ways ("18:26.5"), but
 * always begin with a digit; and a line with numbers behind its first field is a row too. */
static enum pdh_line classify(const char *head, char delimiter)
{
    const char *at = head + scan_span(head, " \t\r\x1A");
    if (!*at || (*at == LOST && !at[1])) /* the second one may be of a line end in UTF-16 */
        return PDH_LINE_EMPTY;
    if (*at == LOST && at[1] == LOST)
        return PDH_LINE_BAD;
    if (has_value(head, delimiter))
        return PDH_LINE_BAD;
    at += *at == '"';
    return !is_digit(*at) ? PDH_LINE_TEXT : strchr(at, delimiter) ? PDH_LINE_BAD : PDH_LINE_CUT;
}

/* The bytes of characters that are ASCII, as text; others are '?', and NULs, which a crash leaves
 * where a row should be, are LOST. */
static void narrow(const char *bytes, size_t left, unsigned unit, bool big, size_t most,
                   char head[PDH_STAMP_AT_MOST + 1])
{
    size_t length = 0;
    for (size_t i = 0; i + unit <= left && length < most; i += unit) {
        char c = bytes[i + (unit == 2 && big)];
        if (unit == 2 && bytes[i + !big])
            c = '?';
        if (c == '\n')
            break;
        head[length++] = c ? c : LOST;
    }
    head[length] = '\0';
}

struct pdh_map_line pdh_map_line(const struct pdh_map_header *header, const char *bytes,
                                 size_t length)
{
    enum { QUOTED = sizeof "09/01/2011 10:00:00.123" - 1 };
    char head[PDH_STAMP_AT_MOST + 1];
    struct pdh_map_line line = {.kind = PDH_LINE_ROW};
    if (header->unit == 1 && length > QUOTED + 1 && bytes[0] == '"' && bytes[QUOTED + 1] == '"') {
        memcpy(head, bytes + 1, QUOTED); /* so most rows begin */
        head[QUOTED] = '\0';
        if (stamp_parse_pdh(head, &line.when))
            return line;
    }
    narrow(bytes, length, header->unit, header->big, STAMP_HEAD, head);
    if (parse_stamp(head, header->delimiter, &line.when))
        return line;
    narrow(bytes, length, header->unit, header->big, PDH_STAMP_AT_MOST / header->unit, head);
    line.kind = classify(head, header->delimiter);
    return line;
}

/* ---- reading on ---- */

struct walk {
    struct pdh_map *map;
    const struct file *file;
    char *block;
    uint64_t offset; /* of the block in the file */
    size_t length;
    uint64_t at;     /* what comes next */
    unsigned number; /* of the line there */
    stamp before;    /* the row before the last one of the part, where it has two */
    bool two;
    unsigned cut; /* the line before, where it is the beginning of a row; 0: it is none */
};

/* Have the bytes at walk->at and `wanted` more, or all to the end, and `kept` before it. */
static bool have(struct walk *walk, size_t wanted, size_t kept, struct error *err)
{
    uint64_t end = walk->offset + walk->length;
    if (walk->at + wanted <= end || end == walk->file->size)
        return true;
    walk->offset = walk->at > kept ? walk->at - kept : 0;
    return file_read(walk->file, walk->offset, walk->block, BLOCK, &walk->length, err) &&
           (walk->length == BLOCK || walk->offset + walk->length >= walk->file->size ||
            error_set(err, "became shorter while it was read"));
}

static const char *here(const struct walk *walk, size_t *ret_left)
{
    *ret_left = (size_t)(walk->offset + walk->length - walk->at);
    return walk->block + (walk->at - walk->offset);
}

/* ---- headers ---- */

static struct pdh_map_header *current(const struct walk *walk)
{
    return &walk->map->headers[walk->map->header_count - 1];
}

static bool add_header(struct walk *walk, const struct pdh_map_header *header, struct error *err)
{
    struct pdh_map *map = walk->map;
    if (map->header_count == map->header_room) {
        size_t room = map->header_room ? 2 * map->header_room : 4;
        struct pdh_map_header *grown = realloc(map->headers, room * sizeof *grown);
        if (!grown)
            return error_memory(err);
        map->headers = grown;
        map->header_room = room;
    }
    map->headers[map->header_count++] = *header;
    map->others = 0; /* those above it are no end of the log */
    walk->two = false;
    return true;
}

/* Is this "(" that of "(PDH-CSV 4.0)", and in characters of how many bytes? 0: it is another. */
static unsigned token_unit(const char *at, size_t left)
{
    static const char *const tokens[] = {"(PDH-CSV 4.0)", "(PDH-TSV 4.0)"};
    for (unsigned unit = 1; unit <= 2; unit++)
        for (size_t t = 0; t < 2; t++) {
            size_t i = 0, length = strlen(tokens[t]);
            if (left < unit * (length - 1) + 1)
                continue;
            while (i < length && at[i * unit] == tokens[t][i] &&
                   (unit == 1 || i + 1 == length || !at[i * unit + 1]))
                i++;
            if (i == length)
                return unit;
        }
    return 0;
}

/* The bytes in front of a "(" of 16 bits: is it UTF-16BE? A mark says so; without one it is what
 * the header above it was, or, of the first one, what its place in the file tells. */
static bool is_big(const struct walk *walk, const char *at)
{
    static const struct {
        size_t before;
        const char *mark;
        bool big;
    } marks[] = {{5, "\xFE\xFF", true},
                 {3, "\xFE\xFF", true},
                 {4, "\xFF\xFE", false},
                 {2, "\xFF\xFE", false}};
    size_t before = (size_t)(at - walk->block);
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (before >= marks[i].before && !memcmp(at - marks[i].before, marks[i].mark, 2))
            return marks[i].big;
    const struct pdh_map_header *above = walk->map->header_count ? current(walk) : NULL;
    bool odd = (walk->at - (above ? above->begin : 0)) % 2; /* behind a byte that is 0 */
    return odd && (!above || above->big);
}

/* Where the line of a header begins whose first character stands at `at`: its quote and its mark
 * are part of it. */
static const char *behind_mark(const struct walk *walk, const char *at, unsigned unit, bool big)
{
    if ((size_t)(at - walk->block) >= unit && *(at - unit + big) == '"')
        at -= unit;
    size_t before = (size_t)(at - walk->block), length = unit == 1 ? 3 : 2;
    const char *mark = unit == 1 ? "\xEF\xBB\xBF" : big ? "\xFE\xFF" : "\xFF\xFE";
    return before >= length && !memcmp(at - length, mark, length) ? at - length : at;
}

/* The header whose "(" stands at walk->at: where it begins, and what its first field tells. */
static bool begin_header(struct walk *walk, unsigned unit, struct error *err)
{
    size_t left;
    const char *at = here(walk, &left);
    struct pdh_map_header header = {
        .unit = unit, .big = unit == 2 && is_big(walk, at), .number = walk->number};
    at -= header.big;
    left += header.big;
    header.begin = walk->offset + (uint64_t)(behind_mark(walk, at, unit, header.big) - walk->block);

    char head[PDH_STAMP_AT_MOST + 1];
    narrow(at, left, unit, header.big, PDH_STAMP_AT_MOST, head);
    char *quote = strchr(head, '"');
    bool closes = quote && quote[1] && strchr(FIELDS_DELIMITERS, quote[1]);
    header.delimiter = closes ? quote[1] : fields_guess_delimiter(head);
    if (quote)
        *quote = '\0';
    pdh_format_parse(head, &header.has_bias, &header.bias);
    return add_header(walk, &header, err);
}

/* ---- rows ---- */

static struct pdh_map_part *last_part(const struct walk *walk)
{
    const struct pdh_map *map = walk->map;
    struct pdh_map_part *part = map->part_count ? &map->parts[map->part_count - 1] : NULL;
    return part && part->header == map->header_count - 1 ? part : NULL;
}

static struct pdh_map_part *new_part(struct walk *walk, uint64_t begin, int shift,
                                     struct error *err)
{
    struct pdh_map *map = walk->map;
    if (map->part_count == PARTS_AT_MOST) {
        error_set(err, "its clock goes back more than %d times: not a log", PARTS_AT_MOST);
        return NULL;
    }
    if (map->part_count == map->part_room) {
        size_t room = map->part_room ? 2 * map->part_room : 4;
        struct pdh_map_part *grown = realloc(map->parts, room * sizeof *grown);
        if (!grown) {
            error_memory(err);
            return NULL;
        }
        map->parts = grown;
        map->part_room = room;
    }
    struct pdh_map_part *part = &map->parts[map->part_count++];
    *part = (struct pdh_map_part){.header = (uint32_t)map->header_count - 1,
                                  .begin = begin,
                                  .last = begin,
                                  .end = begin,
                                  .number = walk->number,
                                  .shift = shift};
    walk->two = false;
    return part;
}

/* By how much the clock was set between two rows, in minutes: an hour back at the end of daylight
 * saving, less what passed between the rows, which is at most half an hour; an hour on at its
 * begin, and what passes between any two. What else the clock does is no change of its zone. */
static int clock_change(const struct walk *walk, const struct pdh_map_part *part, stamp when)
{
    stamp step = when - part->last_stamp;
    if (step < 0)
        return step <= -HOUR / 2 && step >= -HOUR ? -60 : 0;
    stamp usual = walk->two ? part->last_stamp - walk->before : 0;
    stamp slack = usual / 2 > 5000 ? usual / 2 : 5000;
    bool leapt = usual > 0 && usual <= HOUR / 2 && step >= HOUR + usual - slack &&
                 step <= HOUR + usual + slack;
    return leapt ? 60 : 0;
}

static bool add_row(struct walk *walk, uint64_t begin, stamp when, struct error *err)
{
    struct pdh_map_part *part = last_part(walk);
    int change = part && part->has_row ? clock_change(walk, part, when) : 0;
    if (!part || (part->has_row && (change || when < part->last_stamp)))
        part = new_part(walk, begin, (part ? part->shift : 0) + change, err);
    if (!part)
        return false;
    if (!part->has_row) {
        part->begin = begin;
        part->number = walk->number;
        part->first_stamp = when;
    }
    walk->two = part->has_row;
    walk->before = part->last_stamp;
    part->has_row = true;
    part->last = begin;
    part->last_stamp = when;
    part->bad = 0;
    walk->map->others = 0;
    return true;
}

static bool add_bad(struct walk *walk, uint64_t begin, struct error *err)
{
    struct pdh_map_part *part = last_part(walk);
    if (!part && !(part = new_part(walk, begin, 0, err)))
        return false;
    if (!part->bad) {
        part->bad = walk->number;
        part->bad_begin = begin;
    }
    return true;
}

/* ---- the walk ---- */

/* A path, or the end of one, outside a header: "...(web01)\Physical Memory". */
static bool is_path(const char *at, size_t left)
{
    if (left > PATH_AT_MOST)
        left = PATH_AT_MOST;
    for (const char *end = at + left; (at = memchr(at, ')', (size_t)(end - at))); at++)
        if ((end - at > 1 && at[1] == '\\') || (end - at > 2 && !at[1] && at[2] == '\\'))
            return true;
    return false;
}

/* What begins with the "(" at walk->at, which no row has: a header, or the rest of one. */
static bool look_at_open(struct walk *walk, bool *ret_header, struct error *err)
{
    if (!have(walk, PATH_AT_MOST, BEFORE_TOKEN, err))
        return false;
    size_t left;
    const char *at = here(walk, &left);
    unsigned unit = token_unit(at, left);
    *ret_header = unit;
    if (unit)
        return begin_header(walk, unit, err);
    if (!walk->map->header_count || current(walk)->broken || !is_path(at, left))
        return true;
    struct pdh_map_header rest = *current(walk);
    rest.begin = walk->at - rest.big;
    rest.number = walk->number;
    rest.broken = true;
    return add_header(walk, &rest, err);
}

/* Pass what is left of a line. A header may stand in it behind what was not written to its end. */
static bool pass_line(struct walk *walk, bool *ret_ended, struct error *err)
{
    bool in_header = false;
    for (;;) {
        if (!have(walk, 1, BEFORE_TOKEN, err))
            return false;
        size_t left;
        const char *at = here(walk, &left);
        const char *newline = memchr(at, '\n', left);
        size_t length = newline ? (size_t)(newline - at) : left;
        const char *open = in_header ? NULL : memchr(at, '(', length);
        if (open) {
            walk->at += (uint64_t)(open - at);
            if (!look_at_open(walk, &in_header, err))
                return false;
            walk->at++;
            continue;
        }
        walk->at += length + (newline != NULL);
        *ret_ended = newline != NULL;
        if (newline || walk->at == walk->file->size)
            return true;
    }
}

/* What the line at walk->at is. */
static struct pdh_map_line look_at_line(struct walk *walk)
{
    size_t left;
    const char *at = here(walk, &left);
    return pdh_map_line(current(walk), at, left);
}

/* Of a line end in UTF-16LE, 0A 00, what stands behind the 0A. */
static bool pass_rest(struct walk *walk, struct error *err)
{
    if (!walk->map->header_count || current(walk)->unit == 1 || current(walk)->big)
        return true;
    if (!have(walk, 1, BEFORE_TOKEN, err))
        return false;
    size_t left;
    const char *at = here(walk, &left);
    walk->at += left && !*at;
    return true;
}

static bool walk_line(struct walk *walk, struct error *err)
{
    struct pdh_map *map = walk->map;
    struct pdh_map_line line = {.kind = PDH_LINE_TEXT};
    bool ended;
    if (!have(walk, PDH_STAMP_AT_MOST, BEFORE_TOKEN, err))
        return false;
    walk->number++;
    size_t headers = map->header_count;
    if (headers)
        line = look_at_line(walk);
    enum pdh_line kind = line.kind;
    uint64_t begin = walk->at;
    if ((kind == PDH_LINE_ROW && !add_row(walk, begin, line.when, err)) ||
        !pass_line(walk, &ended, err) || (ended && !pass_rest(walk, err)))
        return false;
    bool met_header = map->header_count > headers;
    struct pdh_map_part *last = map->part_count ? &map->parts[map->part_count - 1] : NULL;
    if (kind == PDH_LINE_ROW)
        last->end = met_header ? map->headers[headers].begin : walk->at;
    if (met_header && last && walk->cut && last->bad == walk->cut)
        last->bad = 0; /* whoever wrote it was stopped there */
    bool bad = (kind == PDH_LINE_BAD || kind == PDH_LINE_CUT) && ended && !met_header;
    if (bad && !add_bad(walk, begin, err))
        return false;
    map->others += kind == PDH_LINE_TEXT && headers && !met_header;
    if (kind != PDH_LINE_EMPTY)
        walk->cut = kind == PDH_LINE_CUT ? walk->number : 0;
    return true;
}

bool pdh_map_make(struct pdh_map *map, const struct file *file, struct error *err)
{
    struct text block = {0};
    struct walk walk = {.map = map, .file = file};
    *map = (struct pdh_map){0};
    bool made = text_reserve(&block, BLOCK - 1) || /* and a NUL */
                error_memory(err);
    walk.block = block.bytes;
    while (made && walk.at < file->size)
        made = walk_line(&walk, err);
    text_free(&block);
    return made;
}

void pdh_map_free(struct pdh_map *map)
{
    free(map->headers);
    free(map->parts);
    *map = (struct pdh_map){0};
}
