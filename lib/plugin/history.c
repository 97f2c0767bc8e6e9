/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/history.h"

#include "plugin/format.h"
#include "plugin/number.h"
#include "plugin/scan.h"
#include "plugin/show.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR = 3600 };

static bool append(struct history *history, struct history_hour hour, struct arena *arena)
{
    struct history_hour *hours =
        arena_grow(arena, history->hours, history->count, &history->room, sizeof *hours);
    if (!hours)
        return false;
    history->hours = hours;
    hours[history->count++] = hour;
    return true;
}

bool history_add(struct history *history, double seconds, double value, struct arena *arena)
{
    int64_t hour = (int64_t)(seconds / HOUR);
    while (history->count && history->hours[history->count - 1].hour > hour)
        history->count--;
    size_t old = 0;
    while (old < history->count && history->hours[old].hour <= hour - HISTORY_HOURS)
        old++;
    history->count -= old;
    if (old)
        memmove(history->hours, history->hours + old, history->count * sizeof *history->hours);

    struct history_hour *last = history->count ? &history->hours[history->count - 1] : NULL;
    if (!last || last->hour < hour)
        return append(history, (struct history_hour){hour, value}, arena);
    last->least = smaller(last->least, value);
    return true;
}

char *history_print(char text[HISTORY_LINE_SIZE], const struct history_hour *hour)
{
    format_text(text, HISTORY_LINE_SIZE, "%" PRId64 " %s", hour->hour,
                SHOW(show_exact, hour->least));
    return text;
}

bool history_parse(struct history *history, const char *line, struct arena *arena)
{
    static const char digits[] = "0123456789";
    size_t hour = scan_span(line, digits), value = 0;
    if (hour && hour <= 12 && line[hour] == ' ')
        value = scan_span(line + hour + 1, "0123456789.");
    if (!value || value > 24 || line[hour + 1 + value])
        return false;
    char *end;
    struct history_hour read = {(int64_t)strtoull(line, NULL, 10), strtod(line + hour + 1, &end)};
    if (*end || (history->count && history->hours[history->count - 1].hour >= read.hour))
        return false;
    return append(history, read, arena);
}

struct trend_point *history_points(const struct history *history, double seconds,
                                   struct arena *arena, size_t *ret_count)
{
    struct trend_point *points = arena_array(arena, history->count, sizeof *points);
    if (!points)
        return NULL;
    size_t count = 0;
    for (size_t i = 0; i < history->count; i++) {
        const struct history_hour *hour = &history->hours[i],
                                  *last = &history->hours[history->count - 1];
        if ((double)(last->hour - hour->hour) * HOUR <= seconds)
            points[count++] = (struct trend_point){(double)hour->hour * HOUR, hour->least};
    }
    *ret_count = count;
    return points;
}
