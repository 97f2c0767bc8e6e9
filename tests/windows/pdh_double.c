/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A pdh.dll that stands beside a program and is loaded instead of the system's: it answers as
 * Microsoft's reference says that PDH does, about the host that the scenario describes. It counts
 * what is open. With OLD_PDH it is that of Windows Server 2003, without PdhAddEnglishCounterW.
 */
#include "scenario.h"

#include <windows.h>

#include <pdh.h>
#include <pdhmsg.h>
#include <stdio.h>
#include <stdlib.h>

#define EXPORT __declspec(dllexport)

enum { LONGEST = 1024 };

struct path {
    wchar_t object[LONGEST], instance[LONGEST], counter[LONGEST];
    bool has_instance;
};

struct pdh_counter {
    struct pdh_counter *next;
    PDH_HQUERY query;
    struct path path;
};

static struct pdh_counter *counters; /* of all queries */
static long opened, left;
static unsigned growths, collections;

/* ---- the scenario's counters ---- */

/* \Object(Instance)\Counter, up to the end or " = ". Instances may hold brackets, objects don't. */
static bool parse_path(const wchar_t *text, struct path *ret, const wchar_t **ret_rest)
{
    wchar_t copy[3 * LONGEST];
    const wchar_t *equals = wcsstr(text, L" = ");
    size_t length = equals ? (size_t)(equals - text) : wcslen(text);
    *ret_rest = equals ? equals + 3 : text + length;
    if (*text != L'\\' || length >= 3 * LONGEST)
        return false;
    wmemcpy(copy, text + 1, length - 1);
    copy[length - 1] = L'\0';
    wchar_t *counter = wcsrchr(copy, L'\\');
    if (!counter)
        return false;
    *counter++ = L'\0';
    wchar_t *instance = wcschr(copy, L'('), *end = copy + wcslen(copy) - 1;
    ret->has_instance = instance && *end == L')';
    if (ret->has_instance) {
        *end = L'\0';
        *instance++ = L'\0';
    }
    wcsncpy(ret->object, copy, LONGEST - 1);
    wcsncpy(ret->instance, ret->has_instance ? instance : L"", LONGEST - 1);
    wcsncpy(ret->counter, counter, LONGEST - 1);
    return true;
}

/* The lines of this counter: calls visit with each instance's values until it returns false. */
struct line {
    struct path path;
    const wchar_t *values;
    bool raw;
};

static bool next_line(size_t *at, struct line *ret)
{
    const struct scenario *scenario = scenario_get();
    while (*at < scenario->count) {
        const wchar_t *text = scenario->lines[(*at)++], *raw = scenario_after(text, L"raw");
        *ret = (struct line){.raw = raw};
        if (parse_path(raw ? raw : text, &ret->path, &ret->values))
            return true;
    }
    return false;
}

static bool same_counter(const struct path *a, const struct path *b)
{
    return !_wcsicmp(a->object, b->object) && !_wcsicmp(a->counter, b->counter) &&
           a->has_instance == b->has_instance;
}

/* A scenario's value at this collection. */
struct value {
    bool gone;
    DWORD status;
    double number;
};

static struct value value_at(const wchar_t *values, unsigned collection)
{
    struct value value = {.gone = true};
    for (unsigned i = 1; *values && i <= collection; i++) {
        if (!wcsncmp(values, L"gone", 4))
            value = (struct value){.gone = true};
        else if (!wcsncmp(values, L"0x", 2)) {
            wchar_t *end;
            value = (struct value){.status = wcstoul(values, &end, 16)};
            value.number = *end == L':' ? wcstod(end + 1, NULL) : 0;
        } else
            value = (struct value){.number = wcstod(values, NULL)};
        values += wcscspn(values, L" ");
        values += wcsspn(values, L" ");
    }
    return value;
}

static PDH_STATUS sequence_at(const wchar_t *rest, unsigned collection)
{
    unsigned long long status = 0, next;
    for (unsigned i = 1; rest && i <= collection && scenario_number(&rest, &next); i++)
        status = next;
    return (PDH_STATUS)status;
}

static const wchar_t *directive(const wchar_t *word)
{
    const struct scenario *scenario = scenario_get();
    for (size_t i = 0; i < scenario->count; i++) {
        const wchar_t *rest = scenario_after(scenario->lines[i], word);
        if (rest)
            return rest;
    }
    return NULL;
}

/* ---- queries ---- */

EXPORT PDH_STATUS WINAPI PdhOpenQueryW(LPCWSTR source, DWORD_PTR user, PDH_HQUERY *ret)
{
    (void)source, (void)user;
    PDH_STATUS status = sequence_at(directive(L"open"), 1);
    if (status != ERROR_SUCCESS)
        return status;
    opened++, left++;
    *ret = calloc(1, 1);
    return ERROR_SUCCESS;
}

EXPORT PDH_STATUS WINAPI PdhCloseQuery(PDH_HQUERY query)
{
    for (struct pdh_counter **at = &counters; *at;) {
        struct pdh_counter *counter = *at;
        if (counter->query != query) {
            at = &counter->next;
            continue;
        }
        *at = counter->next;
        free(counter);
        left--;
    }
    free(query);
    left--;
    return ERROR_SUCCESS;
}

EXPORT PDH_STATUS WINAPI PdhCollectQueryData(PDH_HQUERY handle)
{
    (void)handle;
    const wchar_t *rest = directive(L"collect");
    scenario_hang(rest);
    return sequence_at(rest, ++collections);
}

/* ---- counters ---- */

static PDH_STATUS add(PDH_HQUERY query, const struct path *path, PDH_HCOUNTER *ret)
{
    struct line line;
    bool has_object = false, has_counter = false;
    for (size_t at = 0; next_line(&at, &line);) {
        has_object = has_object || !_wcsicmp(line.path.object, path->object);
        has_counter = has_counter || same_counter(&line.path, path);
    }
    if (!has_counter)
        return (PDH_STATUS)(has_object ? PDH_CSTATUS_NO_COUNTER : PDH_CSTATUS_NO_OBJECT);
    struct pdh_counter *counter = calloc(1, sizeof *counter);
    opened++, left++;
    *counter = (struct pdh_counter){.next = counters, .query = query, .path = *path};
    counters = counter;
    *ret = counter;
    return ERROR_SUCCESS;
}

#ifndef OLD_PDH
EXPORT PDH_STATUS WINAPI PdhAddEnglishCounterW(PDH_HQUERY query, LPCWSTR text, DWORD_PTR user,
                                               PDH_HCOUNTER *ret);

EXPORT PDH_STATUS WINAPI PdhAddEnglishCounterW(PDH_HQUERY query, LPCWSTR text, DWORD_PTR user,
                                               PDH_HCOUNTER *ret)
{
    (void)user;
    struct path path;
    const wchar_t *rest = scenario_of(L"add", text);
    if (rest)
        return sequence_at(rest, 1);
    return parse_path(text, &path, &rest) ? add(query, &path, ret)
                                          : (PDH_STATUS)PDH_CSTATUS_BAD_COUNTERNAME;
}
#endif

/* "local INDEX NAME = ENGLISH": the English name of a local one, or NULL. */
static const wchar_t *english_of(const wchar_t *name)
{
    const struct scenario *scenario = scenario_get();
    for (size_t i = 0; i < scenario->count; i++) {
        unsigned long long index;
        const wchar_t *rest = scenario_after(scenario->lines[i], L"local");
        if (!rest || !scenario_number(&rest, &index))
            continue;
        const wchar_t *equals = wcsstr(rest, L" = ");
        size_t length = equals ? (size_t)(equals - rest) : 0;
        if (equals && wcslen(name) == length && !_wcsnicmp(rest, name, length))
            return equals + 3;
    }
    return NULL;
}

/* Local names alone: an English one is none, except on an English Windows (no "local" line). */
EXPORT PDH_STATUS WINAPI PdhAddCounterW(PDH_HQUERY query, LPCWSTR text, DWORD_PTR user,
                                        PDH_HCOUNTER *ret)
{
    (void)user;
    struct path path;
    const wchar_t *rest;
    if (!parse_path(text, &path, &rest))
        return (PDH_STATUS)PDH_CSTATUS_BAD_COUNTERNAME;
    if (directive(L"local")) {
        const wchar_t *object = english_of(path.object), *counter = english_of(path.counter);
        if (!object || !counter)
            return (PDH_STATUS)(object ? PDH_CSTATUS_NO_COUNTER : PDH_CSTATUS_NO_OBJECT);
        wcsncpy(path.object, object, LONGEST - 1);
        wcsncpy(path.counter, counter, LONGEST - 1);
    }
    return add(query, &path, ret);
}

EXPORT PDH_STATUS WINAPI PdhLookupPerfNameByIndexW(LPCWSTR machine, DWORD wanted, LPWSTR buffer,
                                                   LPDWORD room)
{
    (void)machine;
    const struct scenario *scenario = scenario_get();
    for (size_t i = 0; i < scenario->count; i++) {
        unsigned long long index;
        const wchar_t *rest = scenario_after(scenario->lines[i], L"local");
        if (!rest || !scenario_number(&rest, &index) || index != wanted)
            continue;
        const wchar_t *equals = wcsstr(rest, L" = ");
        DWORD length = (DWORD)(equals ? (size_t)(equals - rest) : wcslen(rest));
        if (*room <= length)
            return (PDH_STATUS)PDH_MORE_DATA;
        wmemcpy(buffer, rest, length);
        buffer[length] = L'\0';
        *room = length + 1;
        return ERROR_SUCCESS;
    }
    return (PDH_STATUS)PDH_STRING_NOT_FOUND;
}

/* ---- values ---- */

static void fill(PDH_FMT_COUNTERVALUE *out, struct value value, DWORD format)
{
    bool capped = value.number > 100 && !(format & PDH_FMT_NOCAP100);
    out->CStatus = value.status;
    if (format & PDH_FMT_DOUBLE)
        out->doubleValue = capped ? 100 : value.number;
    else
        out->CStatus = PDH_INVALID_ARGUMENT;
}

EXPORT PDH_STATUS WINAPI PdhGetFormattedCounterValue(PDH_HCOUNTER handle, DWORD format,
                                                     LPDWORD type, PPDH_FMT_COUNTERVALUE ret)
{
    (void)type;
    const struct pdh_counter *counter = handle;
    struct line line;
    for (size_t at = 0; next_line(&at, &line);) {
        if (line.raw || !same_counter(&line.path, &counter->path))
            continue;
        struct value value = value_at(line.values, collections);
        if (value.gone)
            value.status = PDH_CSTATUS_NO_INSTANCE;
        fill(ret, value, format);
        return value.status > PDH_CSTATUS_NEW_DATA ? (PDH_STATUS)PDH_INVALID_DATA : ERROR_SUCCESS;
    }
    return (PDH_STATUS)PDH_INVALID_HANDLE;
}

/* Structures first, then the names they point to. */
EXPORT PDH_STATUS WINAPI PdhGetFormattedCounterArrayW(PDH_HCOUNTER handle, DWORD format,
                                                      LPDWORD size, LPDWORD ret_count,
                                                      PPDH_FMT_COUNTERVALUE_ITEM_W items)
{
    const struct pdh_counter *counter = handle;
    const wchar_t *rest = directive(L"shrink");
    unsigned long long shrink = 0, grow = 0, claim = 0;
    if (items && rest)
        scenario_number(&rest, &shrink);
    if ((rest = directive(L"grow")))
        scenario_number(&rest, &grow);
    if ((rest = directive(L"claim")))
        scenario_number(&rest, &claim);

    struct line line;
    DWORD count = 0, text = 0;
    for (size_t at = 0; next_line(&at, &line);)
        if (same_counter(&line.path, &counter->path) && !value_at(line.values, collections).gone) {
            count++;
            text += (DWORD)((wcslen(line.path.instance) + 1) * sizeof(wchar_t));
        }
    if (!count)
        return (rest = directive(L"empty")) ? sequence_at(rest, 1)
                                            : (PDH_STATUS)PDH_CSTATUS_NO_INSTANCE;
    DWORD needed = count * (DWORD)sizeof *items + text;
    bool grew = items && growths < grow && ++growths;
    if (!items || *size < needed || grew) {
        *size = needed;
        return (PDH_STATUS)PDH_MORE_DATA;
    }
    wchar_t *names = (wchar_t *)(items + count);
    count -= (DWORD)(shrink < count ? shrink : count);
    DWORD i = 0;
    for (size_t at = 0; i < count && next_line(&at, &line);) {
        struct value value = value_at(line.values, collections);
        if (!same_counter(&line.path, &counter->path) || value.gone)
            continue;
        items[i].szName =
            wcscmp(line.path.instance, L"nameless") ? wcscpy(names, line.path.instance) : NULL;
        names += wcslen(line.path.instance) + 1;
        fill(&items[i++].FmtValue, value, format);
    }
    *size = needed;
    *ret_count = count + (DWORD)claim;
    return ERROR_SUCCESS;
}

/* ---- raw values ---- */

struct raw {
    unsigned long long type, frequency, count, ticks;
};

static bool find_raw(const struct pdh_counter *counter, struct raw *ret)
{
    struct line line;
    for (size_t at = 0; next_line(&at, &line);) {
        if (!line.raw || !same_counter(&line.path, &counter->path))
            continue;
        if (!scenario_number(&line.values, &ret->type) ||
            !scenario_number(&line.values, &ret->frequency))
            return false;
        for (unsigned i = 0; i < collections && *line.values; i++) {
            if (!scenario_number(&line.values, &ret->count) || *line.values++ != L'/' ||
                !scenario_number(&line.values, &ret->ticks))
                return false;
        }
        return true;
    }
    return false;
}

EXPORT PDH_STATUS WINAPI PdhGetRawCounterValue(PDH_HCOUNTER handle, LPDWORD type,
                                               PPDH_RAW_COUNTER ret)
{
    struct raw raw;
    *ret = (PDH_RAW_COUNTER){0};
    if (!find_raw(handle, &raw)) {
        PDH_FMT_COUNTERVALUE value; /* a status may stand for it */
        PDH_STATUS status = PdhGetFormattedCounterValue(handle, PDH_FMT_DOUBLE, NULL, &value);
        ret->CStatus = value.CStatus;
        return status;
    }
    *type = (DWORD)raw.type;
    ret->FirstValue = (LONGLONG)raw.count;
    ret->SecondValue = (LONGLONG)raw.ticks;
    return ERROR_SUCCESS;
}

EXPORT PDH_STATUS WINAPI PdhGetCounterTimeBase(PDH_HCOUNTER handle, LONGLONG *ret)
{
    struct raw raw;
    if (!find_raw(handle, &raw))
        return (PDH_STATUS)PDH_FUNCTION_NOT_FOUND;
    *ret = (LONGLONG)raw.frequency;
    return ERROR_SUCCESS;
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved);

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved)
{
    (void)instance, (void)reserved;
    if (reason == DLL_PROCESS_DETACH)
        scenario_report(L".pdh", "PDH handles", opened, left);
    return TRUE;
}
