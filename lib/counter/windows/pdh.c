/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A wildcard is not expanded by us: PDH's array calls give all instances of a counter that was
 * added with (*), on a Windows of any language, and in one moment. Expanding it first would need
 * local names, and miss what comes and goes in between.
 *
 * Every counter is added by itself, and one that this Windows lacks spoils no other. A value is
 * good only where both the call and the value's own CStatus say so.
 *
 * Source: Microsoft's reference of pdh.h.
 */
#include "counter/windows/pdh.h"

#include "counter/source.h"
#include "counter/windows/perflib.h"
#include "counter/windows/status.h"
#include "platform/platform.h"
#include "platform/wide.h"
#include "plugin/name.h"

#include <windows.h>

#include <pdh.h>
#include <pdhmsg.h>

#include <string.h>

/* Without NOCAP100, PDH may cap a pressure of 135 % at 100. */
enum { VALUE_FORMAT = PDH_FMT_DOUBLE | PDH_FMT_NOCAP100 };

/* A pressure or a size of memory is good at the first sample; what is not good after two more will
 * not be so soon. */
enum { MOST_RESAMPLES = 2 };

/* How often an array may grow between asking for its size and for itself. */
enum { MOST_GROWTHS = 8 };

struct query {
    PDH_HQUERY handle;
    struct arena *arena;
    struct counter *counters;
    PDH_HCOUNTER *handles; /* one for each counter; NULL: could not be added */
    size_t count;
    unsigned pause; /* after which sampling again might make something good; 0: nothing */
};

/* ---- adding ---- */

typedef PDH_STATUS WINAPI add_english(PDH_HQUERY, LPCWSTR, DWORD_PTR, PDH_HCOUNTER *);

/* PDH has it since Windows Vista and Server 2008. */
static add_english *find_add_english(void)
{
    FARPROC address = GetProcAddress(GetModuleHandleW(L"pdh.dll"), "PdhAddEnglishCounterW");
    return (add_english *)(void (*)(void))address;
}

static unsigned long add_counter(struct query *query, const struct counter *counter,
                                 PDH_HCOUNTER *ret)
{
    add_english *add = find_add_english();
    if (!add)
        return perflib_add(query->handle, counter, query->arena, ret);
    const char *path = arena_format(query->arena, "\\%s%s\\%s", counter->object,
                                    counter->instances ? "(*)" : "", counter->name);
    const wchar_t *wide = wide_from_text(path, query->arena);
    return wide ? (unsigned long)add(query->handle, wide, 0, ret) : PDH_MEMORY_ALLOCATION_FAILURE;
}

/* ---- reading ---- */

/* What a call and the value it gave say together. */
static unsigned long value_status(PDH_STATUS status, DWORD value)
{
    bool valid = value == PDH_CSTATUS_VALID_DATA || value == PDH_CSTATUS_NEW_DATA;
    /* PDH_INVALID_DATA only means that the value says why. */
    bool ask_value = status == ERROR_SUCCESS || status == (PDH_STATUS)PDH_INVALID_DATA;
    return ask_value && !valid ? value : (unsigned long)status;
}

static unsigned long read_single(struct query *query, struct counter *counter, PDH_HCOUNTER handle)
{
    PDH_FMT_COUNTERVALUE value = {0};
    PDH_STATUS answer = PdhGetFormattedCounterValue(handle, VALUE_FORMAT, NULL, &value);
    unsigned long status = value_status(answer, value.CStatus);
    if (status != ERROR_SUCCESS)
        return status;
    struct sample *sample = ARENA_NEW(query->arena, struct sample);
    if (!sample)
        return PDH_MEMORY_ALLOCATION_FAILURE;
    *sample = (struct sample){.instance = "", .value = value.doubleValue, .present = true};
    counter->samples = sample;
    counter->count = 1;
    return ERROR_SUCCESS;
}

/* The two counter types of a plain "/sec". Source: winperf.h. */
enum { TYPE_COUNTER = 0x10410400, TYPE_BULK_COUNT = 0x10410500 };

static unsigned long read_rate(struct query *query, struct counter *counter, PDH_HCOUNTER handle)
{
    PDH_RAW_COUNTER raw = {0};
    DWORD type = 0;
    LONGLONG frequency = 0;
    PDH_STATUS answer = PdhGetRawCounterValue(handle, &type, &raw);
    unsigned long status = value_status(answer, raw.CStatus);
    if (status == ERROR_SUCCESS)
        status = (unsigned long)PdhGetCounterTimeBase(handle, &frequency);
    if (status != ERROR_SUCCESS)
        return status;
    if ((type != TYPE_COUNTER && type != TYPE_BULK_COUNT) || frequency <= 0) {
        counter_fail(counter, READ_INVALID, query->arena,
                     "0x%08lX is not the type of a rate per second", type);
        return ERROR_SUCCESS;
    }
    uint64_t count = (uint64_t)raw.FirstValue;
    counter->is_raw = true;
    counter->raw = (struct raw_rate){.count = type == TYPE_COUNTER ? (uint32_t)count : count,
                                     .ticks = (uint64_t)raw.SecondValue,
                                     .frequency = (uint64_t)frequency,
                                     .bits = type == TYPE_COUNTER ? 32 : 64};
    return ERROR_SUCCESS;
}

/* The size is asked for again from nothing each time: PDH's answer to one that was too small can't
 * be relied on. */
static unsigned long get_array(struct arena *arena, PDH_HCOUNTER handle,
                               PDH_FMT_COUNTERVALUE_ITEM_W **ret_items, DWORD *ret_count)
{
    for (unsigned growths = 0; growths < MOST_GROWTHS; growths++) {
        DWORD size = 0, count = 0;
        PDH_STATUS status = PdhGetFormattedCounterArrayW(handle, VALUE_FORMAT, &size, &count, NULL);
        if (status != (PDH_STATUS)PDH_MORE_DATA) {
            *ret_count = 0;
            return (unsigned long)status;
        }
        PDH_FMT_COUNTERVALUE_ITEM_W *items = arena_array(arena, size, 1);
        if (!items)
            return PDH_MEMORY_ALLOCATION_FAILURE;
        DWORD room = size;
        status = PdhGetFormattedCounterArrayW(handle, VALUE_FORMAT, &size, &count, items);
        if (status == (PDH_STATUS)PDH_MORE_DATA)
            continue;
        if (status == ERROR_SUCCESS && count > room / sizeof *items)
            return PDH_INVALID_BUFFER;
        *ret_items = items;
        *ret_count = count;
        return (unsigned long)status;
    }
    return PDH_MORE_DATA;
}

/* Instances of one name are counted. Whether PDH tells them apart already, by "#1" behind the name,
 * as counter paths do, is not documented: then no name stands twice. Counters of an object list
 * their instances in one order, so the numbers agree between them. */
static bool count_namesakes(struct counter *counter, struct arena *arena)
{
    struct name_index first;
    struct error none;
    unsigned *repeats = arena_array(arena, counter->count, sizeof *repeats);
    if (!repeats || !name_index_make(&first, counter->count, arena, &none))
        return false;
    for (size_t i = 0; i < counter->count; i++) {
        struct sample *sample = &counter->samples[i];
        uint32_t of = name_index_add(&first, sample->instance, (uint32_t)i);
        if (of != i)
            sample->ordinal = ++repeats[of];
    }
    return true;
}

static void note_pause(struct query *query, unsigned long status)
{
    unsigned pause = status_pause(status);
    if (pause > query->pause)
        query->pause = pause;
}

static unsigned long read_instances(struct query *query, struct counter *counter,
                                    PDH_HCOUNTER handle)
{
    PDH_FMT_COUNTERVALUE_ITEM_W *items = NULL;
    DWORD count;
    unsigned long status = get_array(query->arena, handle, &items, &count);
    if (status == PDH_CSTATUS_NO_INSTANCE)
        return ERROR_SUCCESS; /* of all instances there is none */
    if (status != ERROR_SUCCESS)
        return status;
    struct sample *samples = arena_array(query->arena, count, sizeof *samples);
    if (!samples)
        return PDH_MEMORY_ALLOCATION_FAILURE;
    counter->samples = samples;
    for (DWORD i = 0; i < count; i++) {
        unsigned long item = value_status(ERROR_SUCCESS, items[i].FmtValue.CStatus);
        if (item == PDH_CSTATUS_NO_INSTANCE)
            continue; /* it has gone meanwhile */
        note_pause(query, item);
        samples[counter->count++] = (struct sample){
            .instance = wide_to_text(items[i].szName ? items[i].szName : L"", query->arena),
            .value = items[i].FmtValue.doubleValue,
            .present = item == ERROR_SUCCESS,
        };
        if (!samples[counter->count - 1].instance)
            return PDH_MEMORY_ALLOCATION_FAILURE;
    }
    return count_namesakes(counter, query->arena) ? ERROR_SUCCESS : PDH_MEMORY_ALLOCATION_FAILURE;
}

/* ---- telling ---- */

static void fail_counter(struct query *query, struct counter *counter, unsigned long status)
{
    counter->samples = NULL;
    counter->count = 0;
    counter_fail(counter, status_reading(status), query->arena, "%s",
                 status_text(status, query->arena));
}

/* PDH may say "no counter" where the whole object is missing. So where none of several counters of
 * an object is there, neither is the object. */
static void conclude_objects(struct query *query)
{
    for (size_t i = 0; i < query->count; i++) {
        struct counter *counter = &query->counters[i];
        size_t asked = 0, missing = 0;
        for (size_t k = 0; k < query->count; k++)
            if (!strcmp(query->counters[k].object, counter->object)) {
                asked++;
                missing += query->counters[k].reading == READ_NO_COUNTER ||
                           query->counters[k].reading == READ_NO_OBJECT;
            }
        if (asked > 1 && missing == asked)
            counter->reading = READ_NO_OBJECT;
    }
}

/* ---- a query ---- */

/* Add them all to the query; how many there are. */
static size_t add_all(struct query *query)
{
    size_t added = 0;
    for (size_t i = 0; i < query->count; i++) {
        unsigned long status = add_counter(query, &query->counters[i], &query->handles[i]);
        if (status == ERROR_SUCCESS) {
            added++;
            continue;
        }
        query->handles[i] = NULL;
        fail_counter(query, &query->counters[i], status);
    }
    return added;
}

/* One sample of all counters, at one moment. */
static bool collect(struct query *query, struct error *err)
{
    unsigned long collected = (unsigned long)PdhCollectQueryData(query->handle);
    query->pause = 0;
    note_pause(query, collected);
    for (size_t i = 0; i < query->count; i++) {
        struct counter *counter = &query->counters[i];
        PDH_HCOUNTER handle = query->handles[i];
        if (!handle)
            continue;
        counter->reading = READ_OK;
        counter->problem = NULL;
        counter->count = 0;
        unsigned long status = collected != ERROR_SUCCESS ? collected
                               : counter->rate            ? read_rate(query, counter, handle)
                               : counter->instances       ? read_instances(query, counter, handle)
                                                          : read_single(query, counter, handle);
        note_pause(query, status);
        if (status == PDH_MEMORY_ALLOCATION_FAILURE)
            return error_memory(err);
        if (status != ERROR_SUCCESS)
            fail_counter(query, counter, status);
    }
    return true;
}

static bool run_query(struct query *query, struct error *err)
{
    size_t added = add_all(query);
    for (unsigned resamples = 0; added; resamples++) {
        if (!collect(query, err))
            return false;
        /* The pause and as much again for what follows must fit into what --timeout leaves. */
        if (!query->pause || resamples == MOST_RESAMPLES || deadline_left() / 2 < query->pause)
            break;
        clock_sleep(query->pause);
    }
    conclude_objects(query);
    return true;
}

bool pdh_counters(struct counter *counters, size_t count, struct arena *arena, struct error *err)
{
    struct query query = {.arena = arena, .counters = counters, .count = count};
    query.handles = arena_array(arena, count, sizeof *query.handles);
    if (!query.handles)
        return error_memory(err);
    PDH_STATUS status = PdhOpenQueryW(NULL, 0, &query.handle);
    if (status != ERROR_SUCCESS)
        return status_error(err, (unsigned long)status, "the performance counters", arena);
    bool ran = run_query(&query, err);
    PdhCloseQuery(query.handle); /* and its counters with it */
    return ran;
}
