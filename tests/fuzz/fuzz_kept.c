/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What check_hv_contention and check_hv_capacity keep: lines of an earlier look, of a look of now
 * behind a 1E, and of a history behind another. Whatever they say, what is concluded from them is
 * possible.
 */
#include "fuzz.h"

#include "hyperv/contention.h"
#include "hyperv/remote_pages.h"
#include "hyperv/smart_paging.h"
#include "plugin/forecast.h"
#include "plugin/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef bool line_reader(void *into, const char *line, struct arena *arena);

static void read_lines(struct section section, line_reader *read, void *into, struct arena *arena)
{
    char *lines = fuzz_string(section.data, section.size);
    for (char *line = lines, *end; line; line = end) {
        end = strchr(line, '\n');
        if (end)
            *end++ = '\0';
        read(into, line, arena);
    }
    free(lines);
}

/* The other lines of a look: what is read of one is printed as it was. */
static void see_others(const char *line, struct arena *arena)
{
    struct smart_paging paging = {0}, again = {0};
    struct remote_pages remote = {0}, twice = {0};
    if (smart_paging_parse(&paging, line, arena)) {
        HOLDS(smart_paging_parse(&again, smart_paging_print(paging.items, arena), arena));
        HOLDS(again.items->since == paging.items->since &&
              !strcmp(again.items->key, paging.items->key));
    }
    if (remote_pages_parse(&remote, line, arena)) {
        HOLDS(remote_pages_parse(&twice, remote_pages_print(remote.items, arena), arena));
        HOLDS(!strcmp(twice.items->name, remote.items->name));
    }
}

static bool read_look(void *into, const char *line, struct arena *arena)
{
    struct demand *look = into;
    see_others(line, arena);
    return demand_vm_parse(look, line, arena) || demand_parse(look, line);
}

static bool read_hour(void *into, const char *line, struct arena *arena)
{
    return history_parse(into, line, arena);
}

/* What a state does not keep: here a VM wants what was added to it, and may have twice that. */
static void complete(struct demand *look)
{
    for (size_t i = 0; i < look->count; i++) {
        struct demand_vm *vm = &look->vms[i];
        vm->wish = vm->added;
        vm->demand = vm->wish < 2 * vm->physical ? vm->wish : 2 * vm->physical;
        vm->need = vm->goal = vm->demand * 1.2;
        vm->least = vm->removed;
    }
    demand_conclude(look);
}

static void see_contention(struct demand *before, struct demand *now, struct arena *arena)
{
    struct contention contention;
    struct error err;
    double moved = 0;
    HOLDS(contention_judge(now, before, arena, &contention, &err));
    HOLDS(*phase_name(contention.phase));
    HOLDS(contention.phase != PHASE_OPEN || !before);
    HOLDS(now->shortage >= 0 && (now->shortage <= 0 || contention.phase == PHASE_CONTENTION));
    HOLDS(contention.giving + contention.taking <= contention.count);
    HOLDS(contention.held >= 0 && contention.gained >= 0 && contention.returned >= 0);
    for (size_t i = 0; i < contention.move_count; i++)
        moved += contention_frees(contention.move[i]);
    HOLDS(now->shortage <= 0 || !contention.move_count || moved >= now->shortage * (1 - 1e-9));
}

static void see_history(struct history *history, struct arena *arena)
{
    size_t count;
    for (size_t i = 0; i < history->count; i++) {
        struct history again = {0};
        char line[HISTORY_LINE_SIZE];
        HOLDS(history_parse(&again, history_print(line, &history->hours[i]), arena));
        HOLDS(again.hours->hour == history->hours[i].hour);
    }
    struct trend_point *points = history_points(history, 7.0 * TREND_DAY, arena, &count);
    HOLDS(points && count <= history->count);
    struct trend trend = trend_fit(points, count);
    HOLDS(isfinite(trend.slope) && trend.explained <= 1 + 1e-9 && trend.variance >= 0);
    struct trend_point now = {1.9e9, 2e9};
    struct forecast forecast = forecast_of(points, count, &now, 1e9);
    HOLDS(forecast.verdict != FORECAST_REACHED);
    HOLDS(forecast.verdict != FORECAST_FALLING || forecast.seconds >= 0);
    now.value = 1e9;
    HOLDS(forecast_of(points, count, &now, 1e9).verdict == FORECAST_REACHED);
    HOLDS(history_add(history, 1.9e9, 5, arena) && history->count <= HISTORY_HOURS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct demand before = {0}, now = {0};
    struct history history = {0};
    read_lines(fuzz_section(&data, &size), read_look, &before, &arena);
    read_lines(fuzz_section(&data, &size), read_look, &now, &arena);
    read_lines(fuzz_section(&data, &size), read_hour, &history, &arena);
    complete(&before);
    complete(&now);
    see_contention(&before, &now, &arena);
    see_contention(NULL, &now, &arena);
    see_history(&history, &arena);
    arena_free(&arena);
    return 0;
}
