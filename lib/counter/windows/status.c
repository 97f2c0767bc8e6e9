/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/windows/status.h"

#include "platform/wide.h"

#include <windows.h>

#include <pdh.h>
#include <pdhmsg.h>
#include <wbemcli.h>

/* The pauses are those that NSClient++ has found to work: a second sample for a value that needs
 * two, half a second for a clock that seemed to go backwards. */
enum { SECOND_SAMPLE = 1000, CLOCK_AGAIN = 500 };

#define CODE(code) (unsigned long)(code), #code

static const struct known {
    unsigned long code;
    const char *name; /* NULL: the end, for all others */
    enum read_status reading;
    unsigned pause;
} known[] = {
    {CODE(PDH_CSTATUS_NO_MACHINE), READ_FAILED, 0},
    {CODE(PDH_CSTATUS_NO_INSTANCE), READ_NO_SAMPLE, 0},
    {CODE(PDH_MORE_DATA), READ_FAILED, 0},
    {CODE(PDH_RETRY), READ_NO_SAMPLE, SECOND_SAMPLE},
    {CODE(PDH_NO_DATA), READ_NO_SAMPLE, SECOND_SAMPLE},
    {CODE(PDH_CALC_NEGATIVE_DENOMINATOR), READ_NO_SAMPLE, CLOCK_AGAIN},
    {CODE(PDH_CALC_NEGATIVE_TIMEBASE), READ_NO_SAMPLE, CLOCK_AGAIN},
    {CODE(PDH_CALC_NEGATIVE_VALUE), READ_NO_SAMPLE, CLOCK_AGAIN},
    {CODE(PDH_CSTATUS_NO_OBJECT), READ_NO_OBJECT, 0},
    {CODE(PDH_CSTATUS_NO_COUNTER), READ_NO_COUNTER, 0},
    {CODE(PDH_CSTATUS_INVALID_DATA), READ_NO_SAMPLE, SECOND_SAMPLE},
    {CODE(PDH_MEMORY_ALLOCATION_FAILURE), READ_FAILED, 0},
    {CODE(PDH_INVALID_ARGUMENT), READ_FAILED, 0},
    {CODE(PDH_FUNCTION_NOT_FOUND), READ_FAILED, 0},
    {CODE(PDH_CSTATUS_NO_COUNTERNAME), READ_NO_COUNTER, 0},
    {CODE(PDH_CSTATUS_BAD_COUNTERNAME), READ_FAILED, 0},
    {CODE(PDH_INVALID_BUFFER), READ_INVALID, 0},
    {CODE(PDH_CANNOT_CONNECT_MACHINE), READ_FAILED, 0},
    {CODE(PDH_INVALID_DATA), READ_NO_SAMPLE, SECOND_SAMPLE},
    {CODE(PDH_CANNOT_READ_NAME_STRINGS), READ_DAMAGED, 0},
    {CODE(PDH_NOT_IMPLEMENTED), READ_FAILED, 0},
    {CODE(PDH_STRING_NOT_FOUND), READ_DAMAGED, 0},
    {CODE(PDH_ACCESS_DENIED), READ_DENIED, 0},
    {CODE(PDH_QUERY_PERF_DATA_TIMEOUT), READ_TIMEOUT, 0},
    {CODE(WBEM_S_TIMEDOUT), READ_TIMEOUT, 0},
    {CODE(WBEM_E_FAILED), READ_FAILED, 0},
    {CODE(WBEM_E_NOT_FOUND), READ_NO_COUNTER, 0},
    {CODE(WBEM_E_ACCESS_DENIED), READ_DENIED, 0},
    {CODE(WBEM_E_PROVIDER_FAILURE), READ_FAILED, 0},
    {CODE(WBEM_E_OUT_OF_MEMORY), READ_FAILED, 0},
    {CODE(WBEM_E_CRITICAL_ERROR), READ_FAILED, 0},
    {CODE(WBEM_E_INVALID_NAMESPACE), READ_NO_OBJECT, 0},
    {CODE(WBEM_E_INVALID_CLASS), READ_NO_OBJECT, 0},
    {CODE(WBEM_E_PROVIDER_NOT_FOUND), READ_FAILED, 0},
    {CODE(WBEM_E_PROVIDER_LOAD_FAILURE), READ_FAILED, 0},
    {CODE(WBEM_E_INITIALIZATION_FAILURE), READ_FAILED, 0},
    {CODE(WBEM_E_TRANSPORT_FAILURE), READ_FAILED, 0},
    {CODE(WBEM_E_INVALID_QUERY), READ_FAILED, 0},
    {CODE(WBEM_E_CALL_CANCELLED), READ_FAILED, 0},
    {CODE(WBEM_E_SHUTTING_DOWN), READ_FAILED, 0},
    {CODE(WBEM_E_QUOTA_VIOLATION), READ_FAILED, 0},
    {CODE(WBEM_E_TIMED_OUT), READ_TIMEOUT, 0},
    {CODE(WBEM_E_PROVIDER_TIMED_OUT), READ_TIMEOUT, 0},
    {CODE(E_ACCESSDENIED), READ_DENIED, 0},
    {CODE(E_OUTOFMEMORY), READ_FAILED, 0},
    {CODE(REGDB_E_CLASSNOTREG), READ_FAILED, 0},
    {CODE(ERROR_ACCESS_DENIED), READ_DENIED, 0},
    {0, NULL, READ_FAILED, 0},
};

static const struct known *find(unsigned long code)
{
    const struct known *at = known;
    while (at->name && at->code != code)
        at++;
    return at;
}

enum read_status status_reading(unsigned long code)
{
    return find(code)->reading;
}

unsigned status_pause(unsigned long code)
{
    return find(code)->pause;
}

const char *status_text(unsigned long code, struct arena *arena)
{
    enum { FROM_PDH = 0xBB8, PDH_RANGE = 0x100 };
    const char *words = find(code)->name;
    if (!words)
        words =
            wide_message(code, (code & 0xFFFF) - FROM_PDH < PDH_RANGE ? L"pdh.dll" : NULL, arena);
    return arena_format(arena, "0x%08lX%s%s", code, *words ? " " : "", words);
}

bool status_error(struct error *err, unsigned long code, const char *what, struct arena *arena)
{
    return error_set_code(err, status_reading(code), "%s: %s", status_text(code, arena), what);
}
