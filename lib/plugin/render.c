/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/render.h"

#include "plugin/scan.h"
#include "plugin/show.h"
#include "plugin/utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* What a first line may take whatever else is printed, so that perfdata is there or not by its own
 * length. RENDER_LEAST is not less. */
enum { FIRST_LINE_ROOM = RENDER_LEAST };

/* ---- texts ---- */

/* What stands for a sign that somebody on the way takes for his own: behind a bar begins perfdata;
 * a web page takes what is between angle brackets for HTML, and Nagios takes them out of mails; a
 * backslash is dropped by Nagios' pages, and \n, \t and \c are a line's end, a tab and the end of a
 * mail. The brackets are those that Japanese mail has too; a slash is one that Windows takes in a
 * path. */
static const char *stand_in(char sign)
{
    switch (sign) {
    case '|':
        return "¦";
    case '<':
        return "＜";
    case '>':
        return "＞";
    case '\\':
        return "/";
    default:
        return NULL;
    }
}

void render_safe(const char *text, struct text *out)
{
    const char *end = text + strlen(text), *plain = text;
    while (text < end) {
        const char *shown = stand_in(*text);
        if (*text >= ' ' && *text <= '~' && !shown) {
            text++;
            continue;
        }
        const char *start = text;
        if (!utf8_is_unprintable(utf8_next(&text, end)) && !shown)
            continue;
        text_add(out, plain, (size_t)(start - plain));
        if (!show_mark(start))
            text_puts(out, shown ? shown : "\xEF\xBF\xBD"); /* U+FFFD */
        plain = text;
    }
    text_add(out, plain, (size_t)(end - plain));
}

/* ---- the first line ---- */

/* A part of a line that may be shortened: a name, or a long word. */
struct part {
    size_t start, length;
};

enum { MOST_PARTS = 16 };

struct parts {
    struct part items[MOST_PARTS];
    size_t count;
};

/* How far to shorten, at most. */
enum { SHORTEST_NAME = 12, SHORTEST_WORD = 24 };

static const char ellipsis[] = "…";
enum { ELLIPSIS = sizeof ellipsis - 1 };

static void add_part(struct parts *parts, size_t start, size_t length)
{
    if (parts->count < MOST_PARTS)
        parts->items[parts->count++] = (struct part){start, length};
}

/* Append a text made safe, and note where its names are. */
static void add_named(const char *text, struct text *out, struct parts *names)
{
    size_t start = 0;
    bool inside = false;
    while (*text) {
        const char *next = text, *mark = NULL;
        while (*next && !(mark = show_mark(next)))
            next++;
        struct text piece = {0};
        text_add(&piece, text, (size_t)(next - text));
        if (piece.length)
            render_safe(piece.bytes, out);
        out->failed = out->failed || piece.failed;
        text_free(&piece);
        if (inside)
            add_part(names, start, out->length - start);
        inside = mark && !strcmp(mark, NAME_BEGIN);
        start = out->length;
        text = mark ? next + NAME_MARK : next;
    }
}

/* The words between blanks. */
static struct parts find_words(const struct text *line, size_t start)
{
    struct parts words = {0};
    for (size_t at = start; at < line->length;) {
        size_t length = scan_until(line->bytes + at, " ");
        if (length > SHORTEST_WORD)
            add_part(&words, at, length);
        at += length + 1;
    }
    return words;
}

/* Not within a character: how many bytes of the first length are whole ones. */
static size_t whole_characters(const char *bytes, size_t length)
{
    while (length && ((unsigned char)bytes[length] & 0xC0) == 0x80)
        length--;
    return length;
}

static size_t shortened_by(const struct parts *parts, size_t most)
{
    size_t less = 0;
    for (size_t i = 0; i < parts->count; i++)
        if (parts->items[i].length > most)
            less += parts->items[i].length - most;
    return less;
}

/* Of a name its beginning is kept, of a word (a path) also its end. */
static void add_shortened(const char *bytes, size_t length, size_t most, bool both_ends,
                          struct text *out)
{
    size_t room = most - ELLIPSIS, head = both_ends ? room / 2 : room, tail = room - head;
    text_add(out, bytes, whole_characters(bytes, head));
    text_puts(out, ellipsis);
    size_t end = both_ends ? length - tail : length;
    while (end < length && ((unsigned char)bytes[end] & 0xC0) == 0x80)
        end++;
    text_add(out, bytes + end, length - end);
}

/* Shorten the longest parts alike, as little as it takes, so that the line fits if it can. */
static void shorten(struct text *line, const struct parts *parts, size_t limit, size_t least,
                    bool both_ends)
{
    if (line->length <= limit)
        return;
    size_t most = least;
    for (size_t i = 0; i < parts->count; i++)
        if (parts->items[i].length > most)
            most = parts->items[i].length;
    while (most > least && line->length - shortened_by(parts, most) > limit)
        most--;
    struct text whole = *line;
    size_t copied = 0;
    *line = (struct text){.failed = whole.failed};
    for (size_t i = 0; i < parts->count; i++) {
        const struct part *part = &parts->items[i];
        if (part->length <= most)
            continue;
        text_add(line, whole.bytes + copied, part->start - copied);
        add_shortened(whole.bytes + part->start, part->length, most, both_ends, line);
        copied = part->start + part->length;
    }
    text_add(line, whole.bytes + copied, whole.length - copied);
    text_free(&whole);
}

/* The last resort: the line ends behind a word that still fits; a single word, anywhere. */
static void cut_end(struct text *line, size_t start, size_t limit)
{
    if (line->length <= limit)
        return;
    size_t most = limit - ELLIPSIS, end = most;
    while (line->bytes[end - 1] != ' ') /* as the last of the title is */
        end--;
    text_cut(line, end > start ? end : whole_characters(line->bytes, most));
    text_puts(line, ellipsis);
}

void render_first_line(const char *title, enum state state, const char *text, size_t most,
                       struct text *out)
{
    struct text line = {0};
    struct parts names = {0};
    text_printf(&line, "%s %s - ", title, state_name(state));
    size_t start = line.length, limit = most ? most : SIZE_MAX;
    add_named(text, &line, &names);
    shorten(&line, &names, limit, SHORTEST_NAME, false);
    if (line.length > limit) {
        struct parts words = find_words(&line, start);
        shorten(&line, &words, limit, SHORTEST_WORD, true);
    }
    cut_end(&line, start, limit);
    if (line.length)
        text_add(out, line.bytes, line.length);
    out->failed = out->failed || line.failed;
    text_free(&line);
}

/* ---- perfdata ---- */

/* Strings alone, which is most of what is printed: printf() is a hundred times as much work. */
static void add_all(struct text *out, const char *a, const char *b, const char *c)
{
    text_puts(out, a);
    text_puts(out, b);
    text_puts(out, c);
}

/* How long a value is reckoned to be, whatever it is now: the set of items must not change with it.
 * Only what no host has is longer (10 PB, 10 million percent), and then its own length counts. */
static size_t value_room(const char *value, const char *unit)
{
    size_t length = strlen(value), room = *unit == '%' ? 8 : *unit == 'B' ? 16 : 12;
    return length > room ? length : room;
}

/* The same for limits. Those of memory may be reckoned from what a host has at the moment. */
static size_t limit_room(const char *limit, const char *unit)
{
    enum { MEMORY_DIGITS = 13 };
    size_t room = strlen(limit);
    while (*unit == 'B' && *limit) {
        size_t digits = scan_span(limit, "0123456789.");
        if (digits && digits < MEMORY_DIGITS)
            room += MEMORY_DIGITS - digits;
        limit += digits ? digits : 1;
    }
    return room;
}

/* Returns how long it could be. */
static size_t add_measure(const struct perfdata *perfdata, struct text *out)
{
    char warning[RANGE_TEXT_SIZE] = "", critical[RANGE_TEXT_SIZE] = "", maximum[SHOW_SIZE] = "";
    const char *value = perfdata->unknown ? "U" : SHOW(show_rounded, perfdata->value);
    const char *unit = perfdata->unit;
    size_t before = out->length;
    if (perfdata->warning.set)
        range_print(warning, &perfdata->warning);
    if (perfdata->critical.set)
        range_print(critical, &perfdata->critical);
    if (perfdata->maximum > 0)
        show_rounded(maximum, perfdata->maximum);

    add_all(out, " '", perfdata->label, "'=");
    add_all(out, value, unit, "");
    if (*warning || *critical || *maximum)
        add_all(out, ";", warning, "");
    if (*critical || *maximum)
        add_all(out, ";", critical, "");
    if (*maximum)
        add_all(out, ";0;", maximum, "");
    size_t given = strlen(value) + strlen(warning) + strlen(critical) + strlen(maximum);
    return out->length - before - given + value_room(value, unit) + limit_room(warning, unit) +
           limit_room(critical, unit) + limit_room(maximum, unit);
}

/* Append the measures of one finding; returns how long they could be. */
static size_t add_measures(const struct finding *finding, struct text *out)
{
    size_t room = 0;
    for (const struct measure *measure = finding->measures; measure; measure = measure->next)
        room += add_measure(&measure->perfdata, out);
    return room;
}

/* Once they could be longer than `most`, the rest is not looked at. */
static size_t add_measures_below(const struct finding *parent, size_t most, struct text *out)
{
    size_t room = 0;
    const struct finding *child = parent->children;
    for (; child && room <= most; child = child->next) {
        room += add_measures(child, out);
        room += add_measures_below(child, most, out);
    }
    return room;
}

/* ---- long text ---- */

struct lines {
    struct text *out;
    size_t limit; /* how long out may become */
    bool full;    /* a line did not fit: the rest is counted */
    unsigned left_out;
    size_t safe_length; /* out's length up to which "… and N more" still fits behind */
};

static const char more_format[] = "\n… and %u more";
enum { MORE_ROOM = sizeof more_format + 8 };

static void add_line(struct lines *lines, const struct finding *finding, int depth)
{
    size_t before = lines->out->length;
    if (!lines->full) {
        text_printf(lines->out, "\n%*s", depth * 2, "");
        if (!finding->note && !finding->always)
            text_printf(lines->out, "[%s] ", state_name(result_state(finding)));
        render_safe(finding->text, lines->out);
        lines->full = lines->out->length > lines->limit;
        if (lines->out->length + MORE_ROOM <= lines->limit)
            lines->safe_length = lines->out->length;
    }
    if (lines->full) {
        lines->left_out++;
        text_cut(lines->out, before);
    }
}

static void add_lines(struct lines *lines, const struct finding *parent, bool verbose, int depth)
{
    static const enum state worst_first[] = {STATE_CRITICAL, STATE_WARNING, STATE_UNKNOWN,
                                             STATE_OK};
    for (size_t i = 0; i < sizeof worst_first / sizeof *worst_first; i++) {
        for (const struct finding *child = parent->children; child; child = child->next)
            if (result_state(child) == worst_first[i] &&
                (worst_first[i] != STATE_OK || verbose || child->always)) {
                add_line(lines, child, depth);
                add_lines(lines, child, verbose, depth + 1);
            }
    }
}

/* How many lines stand behind this length of the output. */
static unsigned lines_behind(const struct text *out, size_t length)
{
    unsigned count = 0;
    for (; length < out->length; length++)
        count += out->bytes[length] == '\n';
    return count;
}

static void add_long_text(const struct result *result, size_t limit, struct text *out)
{
    struct lines lines = {.out = out, .limit = limit, .safe_length = out->length};
    add_lines(&lines, &result->root, result->verbose, 0);
    if (!lines.full)
        return;
    lines.left_out += lines_behind(out, lines.safe_length);
    text_cut(out, lines.safe_length);
    text_printf(out, more_format, lines.left_out);
}

/* Whether there is anything behind the first line. */
static bool has_lines(const struct result *result)
{
    for (const struct finding *child = result->root.children; child; child = child->next)
        if (result->verbose || child->always || result_state(child) != STATE_OK)
            return true;
    return false;
}

/* ---- all of it ---- */

/* What there must be room for beside the items: by lengths that depend neither on values nor on who
 * is worst and stands in the first line. */
static bool fits(const struct render_options *options, size_t room)
{
    size_t limit = options->max_bytes;
    return !limit || FIRST_LINE_ROOM + room <= limit;
}

static bool items_fit(const struct render_options *options, size_t room)
{
    size_t limit = options->max_bytes;
    if (options->perfdata == PERFDATA_SUMMARY)
        return false;
    return options->perfdata == PERFDATA_AUTO && limit ? FIRST_LINE_ROOM + room <= limit - limit / 4
                                                       : fits(options, room);
}

/* " | items" */
static void add_perfdata(const struct result *result, const struct render_options *options,
                         struct text *out)
{
    if (options->perfdata == PERFDATA_NONE)
        return;
    text_puts(out, " |");
    size_t bar = out->length, room = bar + sizeof "\n" - 1;
    size_t most = options->max_bytes ? options->max_bytes : SIZE_MAX;
    room += add_measures(&result->root, out);
    bool summary = fits(options, room);
    size_t end = out->length;
    room += add_measures_below(&result->root, most, out);
    if (!summary)
        text_cut(out, 0);
    else if (!result_has_room(result) || !items_fit(options, room))
        text_cut(out, end);
    if (out->length == bar)
        text_cut(out, 0);
}

enum state render(const struct result *result, const struct render_options *options,
                  struct text *out)
{
    enum state state = result_state(&result->root);
    size_t limit = options->max_bytes ? options->max_bytes : SIZE_MAX / 2, start = out->length;
    struct text perfdata = {0};
    add_perfdata(result, options, &perfdata);
    limit -= perfdata.length + sizeof "\n" - 1;
    render_first_line(result->title, state, result->root.text,
                      has_lines(result) ? limit - MORE_ROOM : limit, out);
    add_long_text(result, start + limit, out);
    if (perfdata.length)
        text_add(out, perfdata.bytes, perfdata.length);
    text_puts(out, "\n");
    out->failed = out->failed || perfdata.failed || result->arena->failed;
    text_free(&perfdata);
    return out->failed ? STATE_UNKNOWN : state;
}
