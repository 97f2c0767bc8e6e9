/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/render.h"

#include "plugin/show.h"
#include "plugin/utf8.h"

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

/* ---- perfdata ---- */

static void add_measure(const struct perfdata *perfdata, struct text *out)
{
    char warning[RANGE_TEXT_SIZE] = "", critical[RANGE_TEXT_SIZE] = "", maximum[SHOW_SIZE] = "";
    if (perfdata->warning.set)
        range_print(warning, &perfdata->warning);
    if (perfdata->critical.set)
        range_print(critical, &perfdata->critical);
    if (perfdata->maximum > 0)
        show_rounded(maximum, perfdata->maximum);

    text_printf(out, " '%s'=%s%s", perfdata->label, SHOW(show_rounded, perfdata->value),
                perfdata->unit);
    if (*warning || *critical || *maximum)
        text_printf(out, ";%s", warning);
    if (*critical || *maximum)
        text_printf(out, ";%s", critical);
    if (*maximum)
        text_printf(out, ";0;%s", maximum);
}

/* Append the measures of one finding; returns how long they could be with the longest values. */
static size_t add_measures(const struct finding *finding, struct text *out)
{
    size_t before = out->length, room = 0;
    for (const struct measure *measure = finding->measures; measure; measure = measure->next) {
        add_measure(&measure->perfdata, out);
        room += VALUE_ROOM - 1; /* at least one digit is there */
    }
    return out->length - before + room;
}

static size_t add_measures_below(const struct finding *parent, struct text *out)
{
    size_t room = 0;
    for (const struct finding *child = parent->children; child; child = child->next) {
        room += add_measures(child, out);
        room += add_measures_below(child, out);
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

static void add_long_text(const struct result *result, bool verbose, size_t limit, struct text *out)
{
    struct lines lines = {.out = out, .limit = limit, .safe_length = out->length};
    add_lines(&lines, &result->root, verbose, 0);
    if (!lines.full || out->failed)
        return;
    lines.left_out += lines_behind(out, lines.safe_length);
    text_cut(out, lines.safe_length);
    if (out->length + MORE_ROOM <= limit)
        text_printf(out, more_format, lines.left_out);
}

/* ---- all of it ---- */

static bool items_fit(const struct render_options *options, size_t first_line, size_t summary,
                      size_t items, size_t items_at_most)
{
    size_t limit = options->max_bytes;
    switch (options->perfdata) {
    case PERFDATA_ALL:
        return !limit || first_line + summary + items + sizeof " |\n" - 1 <= limit;
    case PERFDATA_AUTO:
        return !limit || FIRST_LINE_ROOM + summary + items_at_most <= limit - limit / 4;
    default:
        return false;
    }
}

enum state render(const struct result *result, const struct render_options *options,
                  struct text *out)
{
    enum state state = result_state(&result->root);
    size_t start = out->length;
    text_printf(out, "%s %s - ", result->title, state_name(state));
    render_safe(result->root.text, out);

    struct text perfdata = {0};
    if (options->perfdata != PERFDATA_NONE) {
        size_t summary = add_measures(&result->root, &perfdata), end = perfdata.length;
        size_t items = add_measures_below(&result->root, &perfdata);
        if (!items_fit(options, out->length - start, summary, perfdata.length - end, items))
            text_cut(&perfdata, end);
    }
    size_t behind = perfdata.length ? perfdata.length + sizeof " |\n" - 1 : 1;
    size_t limit = options->max_bytes ? start + options->max_bytes : (size_t)-1;
    add_long_text(result, options->verbose, limit > behind ? limit - behind : 0, out);

    if (perfdata.length) {
        text_puts(out, " |");
        text_add(out, perfdata.bytes, perfdata.length);
    }
    text_puts(out, "\n");
    out->failed = out->failed || perfdata.failed || result->failed;
    text_free(&perfdata);
    return out->failed ? STATE_UNKNOWN : state;
}
