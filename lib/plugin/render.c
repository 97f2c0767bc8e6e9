/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/render.h"

#include "plugin/show.h"
#include "plugin/utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
    FIRST_LINE_ROOM = 256, /* what a first line may take when the items' perfdata is decided */
    VALUE_ROOM = 16,       /* digits of the largest value, 2^53 */
};

void render_safe(const char *text, struct text *out)
{
    const char *end = text + strlen(text), *plain = text;
    while (text < end) {
        if (*text >= ' ' && *text <= '~' && *text != '|') {
            text++;
            continue;
        }
        const char *start = text;
        unsigned long codepoint = utf8_next(&text, end);
        if (codepoint != '|' && !utf8_is_unprintable(codepoint))
            continue;
        text_add(out, plain, (size_t)(start - plain));
        text_add_codepoint(out, codepoint == '|' ? 0xA6 : 0xFFFD); /* a broken bar for a bar */
        plain = text;
    }
    text_add(out, plain, (size_t)(end - plain));
}

/* Strings alone, which is most of what is printed: printf() is a hundred times as much work. */
static void add_all(struct text *out, const char *a, const char *b, const char *c)
{
    text_puts(out, a);
    text_puts(out, b);
    text_puts(out, c);
}

/* ---- perfdata ---- */

/* Returns how long it is with a value of VALUE_ROOM: the same whatever the value. */
static size_t add_measure(const struct perfdata *perfdata, struct text *out)
{
    char warning[RANGE_TEXT_SIZE] = "", critical[RANGE_TEXT_SIZE] = "", maximum[SHOW_SIZE] = "";
    const char *value = perfdata->unknown ? "U" : SHOW(show_rounded, perfdata->value);
    size_t before = out->length;
    if (perfdata->warning.set)
        range_print(warning, &perfdata->warning);
    if (perfdata->critical.set)
        range_print(critical, &perfdata->critical);
    if (perfdata->maximum > 0)
        show_rounded(maximum, perfdata->maximum);

    add_all(out, " '", perfdata->label, "'=");
    add_all(out, value, perfdata->unit, "");
    if (*warning || *critical || *maximum)
        add_all(out, ";", warning, "");
    if (*critical || *maximum)
        add_all(out, ";", critical, "");
    if (*maximum)
        add_all(out, ";0;", maximum, "");
    return out->length - before - strlen(value) + VALUE_ROOM;
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
    if (!lines.full || out->failed)
        return;
    lines.left_out += lines_behind(out, lines.safe_length);
    text_cut(out, lines.safe_length);
    if (out->length + MORE_ROOM <= limit)
        text_printf(out, more_format, lines.left_out);
}

/* ---- all of it ---- */

/* By lengths that don't depend on values; the real ones count where the first line is longer than
 * a first line should be. */
static bool items_fit(const struct render_options *options, size_t at_most, size_t real)
{
    size_t limit = options->max_bytes;
    if (options->perfdata == PERFDATA_SUMMARY)
        return false;
    if (!limit)
        return true;
    size_t for_items = options->perfdata == PERFDATA_AUTO ? limit - limit / 4 : limit;
    return FIRST_LINE_ROOM + at_most <= for_items && real <= limit;
}

enum state render(const struct result *result, const struct render_options *options,
                  struct text *out)
{
    enum state state = result_state(&result->root);
    size_t start = out->length;
    add_all(out, result->title, " ", state_name(state));
    text_puts(out, " - ");
    render_safe(result->root.text, out);

    struct text perfdata = {0};
    if (options->perfdata != PERFDATA_NONE) {
        size_t at_most = sizeof " |\n" - 1 + add_measures(&result->root, &perfdata);
        size_t summary = perfdata.length;
        size_t most = options->max_bytes ? options->max_bytes : SIZE_MAX;
        at_most += add_measures_below(&result->root, most, &perfdata);
        size_t real = sizeof " |\n" - 1 + perfdata.length + out->length - start;
        if (!result_has_room(result) || !items_fit(options, at_most, real))
            text_cut(&perfdata, summary);
    }
    size_t behind = perfdata.length ? perfdata.length + sizeof " |\n" - 1 : 1;
    size_t limit = options->max_bytes ? start + options->max_bytes : (size_t)-1;
    add_long_text(result, limit > behind ? limit - behind : 0, out);

    if (perfdata.length) {
        text_puts(out, " |");
        text_add(out, perfdata.bytes, perfdata.length);
    }
    text_puts(out, "\n");
    out->failed = out->failed || perfdata.failed || result->failed;
    text_free(&perfdata);
    return out->failed ? STATE_UNKNOWN : state;
}
