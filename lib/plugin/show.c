/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/show.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double MB = 1024.0 * 1024.0;

/* Above 2^53 a double no longer counts in ones, and nothing measured here comes near. */
static const double LARGEST = 9007199254740992.0;

char *show_memory(char text[SHOW_SIZE], double bytes)
{
    if (bytes < 10240 * MB && bytes > -10240 * MB)
        snprintf(text, SHOW_SIZE, "%.0f MB", bytes / MB);
    else if (bytes < LARGEST && bytes > -LARGEST)
        snprintf(text, SHOW_SIZE, "%.1f GB", bytes / MB / 1024);
    else
        snprintf(text, SHOW_SIZE, "more than %.0f GB", LARGEST / MB / 1024);
    return text;
}

char *show_exact(char text[SHOW_SIZE], double value)
{
    if (!(fabs(value) <= LARGEST))
        value = value > 0 ? LARGEST : -LARGEST;
    value += 0.0; /* never "-0" */
    int decimals = 0;
    do
        snprintf(text, SHOW_SIZE, "%.*f", decimals, value);
    while (value != floor(value) && decimals++ < 15 && strtod(text, NULL) != value);
    return text;
}

char *show_rounded(char text[SHOW_SIZE], double value)
{
    double hundredths = round(value * 100);
    return show_exact(text, hundredths / 100);
}

char *show_percent(char text[SHOW_SIZE], double value)
{
    return strcat(show_rounded(text, value), " %");
}

char *show_name_in(char text[NAME_SIZE], const char *name)
{
    size_t length = 0, columns = 0, cut = 0;
    while (name[length] && length < (size_t)NAME_SIZE - 4) {
        if (((unsigned char)name[length] & 0xC0) != 0x80 && columns++ == NAME_COLUMNS - 1)
            cut = length;
        length++;
        if (columns > NAME_COLUMNS)
            break;
    }
    if (!name[length] && columns <= NAME_COLUMNS) {
        memcpy(text, name, length + 1);
        return text;
    }
    if (!cut) /* not UTF-8 at all: a run of continuation bytes */
        cut = NAME_COLUMNS;
    memcpy(text, name, cut);
    memcpy(text + cut, "…", sizeof "…");
    return text;
}
