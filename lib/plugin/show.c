/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/show.h"
#include "plugin/format.h"
#include "plugin/scan.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double MB = 1024.0 * 1024.0;

/* Above 2^53 a double no longer counts in ones, and nothing measured here comes near. */
static const double LARGEST = 9007199254740992.0;

double show_nearest(double value)
{
    return value < 0 ? -floor(0.5 - value) : floor(value + 0.5);
}

/* The digits of a whole number that is not above LARGEST. Not printf("%.0f"): a check's own work is
 * mostly numbers such as these, and printing a double reckons with a hundred digits. */
static char *show_whole(char text[SHOW_SIZE], double value)
{
    char digits[SHOW_SIZE], *end = digits + sizeof digits, *at = end;
    uint64_t rest = (uint64_t)(value < 0 ? -value : value);
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        *--at = '-';
    memcpy(text, at, (size_t)(end - at));
    text[end - at] = '\0';
    return text;
}

static char *add_words(char text[SHOW_SIZE], const char *words)
{
    memcpy(text + strlen(text), words, strlen(words) + 1);
    return text;
}

char *show_memory(char text[SHOW_SIZE], double bytes)
{
    double megabytes = bytes / MB, tenths = show_nearest(megabytes * 10) / 10;
    if (tenths > -100 && tenths < 100 && tenths != show_nearest(tenths))
        return add_words(show_exact(text, tenths), " MB");
    if (bytes < 10240 * MB && bytes > -10240 * MB)
        return add_words(show_whole(text, show_nearest(megabytes)), " MB");
    if (!(bytes < LARGEST && bytes > -LARGEST)) {
        format_text(text, SHOW_SIZE, "more than %.0f GB", LARGEST / MB / 1024);
        return text;
    }
    show_whole(text, show_nearest(bytes / MB / 102.4)); /* tenths of a GB, at least a hundred */
    size_t last = strlen(text) - 1;
    const char tenth[] = {'.', text[last], '\0'};
    text[last] = '\0';
    return add_words(add_words(text, tenth), " GB");
}

char *show_exact(char text[SHOW_SIZE], double value)
{
    if (!(fabs(value) <= LARGEST))
        value = value > 0 ? LARGEST : -LARGEST;
    if (value == floor(value))
        return show_whole(text, value);
    int decimals = 1;
    do
        format_text(text, SHOW_SIZE, "%.*f", decimals, value);
    while (decimals++ < 15 && strtod(text, NULL) != value);
    return text;
}

char *show_rounded(char text[SHOW_SIZE], double value)
{
    double hundredths = show_nearest(value * 100), whole = floor(hundredths / 100);
    if (!(hundredths >= 0 && hundredths <= LARGEST))
        return show_exact(text, hundredths / 100);
    show_whole(text, whole);
    unsigned rest = (unsigned)(hundredths - whole * 100);
    if (rest)
        add_words(text, (const char[]){'.', (char)('0' + rest / 10),
                                       rest % 10 ? (char)('0' + rest % 10) : '\0', '\0'});
    return text;
}

char *show_percent(char text[SHOW_SIZE], double value)
{
    return add_words(show_rounded(text, value), " %");
}

const char *show_mark(const char *text)
{
    static const char *const marks[] = {NAME_BEGIN, NAME_END};
    if (*text != *marks[0]) /* nearly always */
        return NULL;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (scan_begins(text, marks[i]))
            return marks[i];
    return NULL;
}

void show_unmark(char *text)
{
    char *to = text =
        text + scan_until(text, (char[]){*NAME_BEGIN, '\0'}); /* nearly always the end */
    while (*text)
        if (show_mark(text))
            text += NAME_MARK;
        else
            *to++ = *text++;
    *to = '\0';
}

/* A name that has a mark in it must not end where it does not. */
static void spoil_marks(char *text)
{
    static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD, as long as a mark */
    for (; *text; text++)
        if (show_mark(text))
            memcpy(text, replacement, NAME_MARK);
}

const char *show_plural(size_t count, const char *one, const char *many)
{
    return count == 1 ? one : many;
}

char *show_name_in(char text[NAME_SIZE], const char *name)
{
    enum { MOST = NAME_COLUMNS * 4 };
    char *to = text + NAME_MARK;
    size_t length = 0, columns = 0, cut = 0;
    memcpy(text, NAME_BEGIN, NAME_MARK);
    while (length < (size_t)MOST && name[length]) {
        if (((unsigned char)name[length] & 0xC0) != 0x80 && columns++ == NAME_COLUMNS - 1)
            cut = length;
        length++;
        if (columns > NAME_COLUMNS)
            break;
    }
    bool whole = !name[length] && columns <= NAME_COLUMNS;
    if (!whole && !cut) /* not UTF-8 at all: a run of continuation bytes */
        cut = NAME_COLUMNS;
    size_t shown = whole ? length : cut;
    memcpy(to, name, shown);
    to[shown] = '\0';
    spoil_marks(to);
    to += shown;
    if (!whole) {
        memcpy(to, "…", sizeof "…" - 1);
        to += sizeof "…" - 1;
    }
    memcpy(to, NAME_END, NAME_MARK + 1);
    return text;
}
