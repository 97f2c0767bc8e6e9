/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Every call that can fail, failing: for each allocation and each call of Windows that a check
 * makes on a host, it is run again with that one failing. Each time it must tell what it tells
 * otherwise, or why not, and no better state, and have given back all that it took. And functions
 * of Windows' own files in situations that no check of such a host meets.
 *
 *   failing DIRECTORY     a directory of its own
 *
 * Calls of Windows are caught in the program's table of imports; the doubles of PDH and WMI have
 * tables of their own. The arena has no blocks, so that each piece is an allocation of its own.
 */
#include "check/suite.h"
#include "counter/windows/registry.h"
#include "platform/native.h"
#include "platform/parallel.h"
#include "tests/faults/memory.h"
#include "tests/tap.h"

#include <windows.h>

#include <aclapi.h>
#include <limits.h>
#include <oleauto.h>
#include <pdh.h>
#include <sddl.h>
#include <stdlib.h>
#include <string.h>

/* ---- calls that fail ---- */

static DWORD told;        /* by those that fail */
static const char *where; /* the call that did; NULL: an allocation */
static long handles;      /* open */
static DWORD ours;        /* the thread that runs the check; the deadline's has its own pace */

static bool fails(const char *name)
{
    if (GetCurrentThreadId() != ours || !allocations_fail())
        return false;
    where = name;
    SetLastError(told);
    return true;
}

#define STATUS ((LONG)told)
#define RESULT HRESULT_FROM_WIN32(told)

/* name(parameters) answers so when it must fail. */
#define CALLS(CALL)                                                                                \
    CALL(CreateDirectoryW, BOOL, FALSE, (LPCWSTR a, LPSECURITY_ATTRIBUTES b), (a, b))              \
    CALL(GetFileType, DWORD, FILE_TYPE_UNKNOWN, (HANDLE a), (a))                                   \
    CALL(ReadFile, BOOL, FALSE, (HANDLE a, LPVOID b, DWORD c, LPDWORD d, LPOVERLAPPED e),          \
         (a, b, c, d, e))                                                                          \
    CALL(WriteFile, BOOL, FALSE, (HANDLE a, LPCVOID b, DWORD c, LPDWORD d, LPOVERLAPPED e),        \
         (a, b, c, d, e))                                                                          \
    CALL(FlushFileBuffers, BOOL, FALSE, (HANDLE a), (a))                                           \
    CALL(CreateEventW, HANDLE, NULL, (LPSECURITY_ATTRIBUTES a, BOOL b, BOOL c, LPCWSTR d),         \
         (a, b, c, d))                                                                             \
    CALL(CreateThread, HANDLE, NULL,                                                               \
         (LPSECURITY_ATTRIBUTES a, SIZE_T b, LPTHREAD_START_ROUTINE c, LPVOID d, DWORD e,          \
          LPDWORD f),                                                                              \
         (a, b, c, d, e, f))                                                                       \
    CALL(SetEvent, BOOL, FALSE, (HANDLE a), (a))                                                   \
    CALL(MultiByteToWideChar, int, 0, (UINT a, DWORD b, LPCCH c, int d, LPWSTR e, int f),          \
         (a, b, c, d, e, f))                                                                       \
    CALL(WideCharToMultiByte, int, 0,                                                              \
         (UINT a, DWORD b, LPCWCH c, int d, LPSTR e, int f, LPCCH g, LPBOOL h),                    \
         (a, b, c, d, e, f, g, h))                                                                 \
    CALL(GetFullPathNameW, DWORD, 0, (LPCWSTR a, DWORD b, LPWSTR c, LPWSTR * d), (a, b, c, d))     \
    CALL(GetComputerNameExW, BOOL, FALSE, (COMPUTER_NAME_FORMAT a, LPWSTR b, LPDWORD c),           \
         (a, b, c))                                                                                \
    CALL(DeleteFileW, BOOL, FALSE, (LPCWSTR a), (a))                                               \
    CALL(GetTokenInformation, BOOL, FALSE,                                                         \
         (HANDLE a, TOKEN_INFORMATION_CLASS b, LPVOID c, DWORD d, PDWORD e), (a, b, c, d, e))      \
    CALL(ConvertSidToStringSidW, BOOL, FALSE, (PSID a, LPWSTR * b), (a, b))                        \
    CALL(ConvertStringSecurityDescriptorToSecurityDescriptorW, BOOL, FALSE,                        \
         (LPCWSTR a, DWORD b, PSECURITY_DESCRIPTOR * c, PULONG d), (a, b, c, d))                   \
    CALL(GetSecurityInfo, DWORD, told,                                                             \
         (HANDLE a, SE_OBJECT_TYPE b, SECURITY_INFORMATION c, PSID * d, PSID * e, PACL * f,        \
          PACL * g, PSECURITY_DESCRIPTOR * h),                                                     \
         (a, b, c, d, e, f, g, h))                                                                 \
    CALL(GetAce, BOOL, FALSE, (PACL a, DWORD b, LPVOID * c), (a, b, c))                            \
    CALL(FormatMessageW, DWORD, 0,                                                                 \
         (DWORD a, LPCVOID b, DWORD c, DWORD d, LPWSTR e, DWORD f, va_list * g),                   \
         (a, b, c, d, e, f, g))                                                                    \
    CALL(CoInitializeSecurity, HRESULT, RESULT,                                                    \
         (PSECURITY_DESCRIPTOR a, LONG b, SOLE_AUTHENTICATION_SERVICE * c, void *d, DWORD e,       \
          DWORD f, void *g, DWORD h, void *i),                                                     \
         (a, b, c, d, e, f, g, h, i))                                                              \
    CALL(CoSetProxyBlanket, HRESULT, RESULT,                                                       \
         (IUnknown * a, DWORD b, DWORD c, OLECHAR * d, DWORD e, DWORD f,                           \
          RPC_AUTH_IDENTITY_HANDLE g, DWORD h),                                                    \
         (a, b, c, d, e, f, g, h))                                                                 \
    CALL(CoCreateInstance, HRESULT, RESULT,                                                        \
         (REFCLSID a, LPUNKNOWN b, DWORD c, REFIID d, LPVOID * e), (a, b, c, d, e))                \
    CALL(VariantChangeTypeEx, HRESULT, RESULT,                                                     \
         (VARIANTARG * a, const VARIANTARG *b, LCID c, USHORT d, VARTYPE e), (a, b, c, d, e))      \
    CALL(PdhCollectQueryData, PDH_STATUS, STATUS, (PDH_HQUERY a), (a))                             \
    CALL(PdhGetFormattedCounterValue, PDH_STATUS, STATUS,                                          \
         (PDH_HCOUNTER a, DWORD b, LPDWORD c, PPDH_FMT_COUNTERVALUE d), (a, b, c, d))              \
    CALL(PdhGetFormattedCounterArrayW, PDH_STATUS, STATUS,                                         \
         (PDH_HCOUNTER a, DWORD b, LPDWORD c, LPDWORD d, PPDH_FMT_COUNTERVALUE_ITEM_W e),          \
         (a, b, c, d, e))                                                                          \
    CALL(PdhGetCounterTimeBase, PDH_STATUS, STATUS, (PDH_HCOUNTER a, LONGLONG * b), (a, b))        \
    CALL(PdhLookupPerfNameByIndexW, PDH_STATUS, STATUS, (LPCWSTR a, DWORD b, LPWSTR c, LPDWORD d), \
         (a, b, c, d))                                                                             \
    CALL(PdhAddCounterW, PDH_STATUS, STATUS,                                                       \
         (PDH_HQUERY a, LPCWSTR b, DWORD_PTR c, PDH_HCOUNTER * d), (a, b, c, d))

/* The same of what opens something, which the last argument of CLOSES gives back. */
#define OPENS(CALL)                                                                                \
    CALL(CreateFileW, HANDLE, INVALID_HANDLE_VALUE, got != INVALID_HANDLE_VALUE,                   \
         (LPCWSTR a, DWORD b, DWORD c, LPSECURITY_ATTRIBUTES d, DWORD e, DWORD f, HANDLE g),       \
         (a, b, c, d, e, f, g))                                                                    \
    CALL(OpenProcessToken, BOOL, FALSE, got, (HANDLE a, DWORD b, PHANDLE c), (a, b, c))            \
    CALL(RegOpenKeyExW, LONG, STATUS, got == ERROR_SUCCESS,                                        \
         (HKEY a, LPCWSTR b, DWORD c, REGSAM d, PHKEY e), (a, b, c, d, e))                         \
    CALL(PdhOpenQueryW, PDH_STATUS, STATUS, got == ERROR_SUCCESS,                                  \
         (LPCWSTR a, DWORD_PTR b, PDH_HQUERY * c), (a, b, c))                                      \
    CALL(CoInitializeEx, HRESULT, RESULT, SUCCEEDED(got), (LPVOID a, DWORD b), (a, b))             \
    CALL(SysAllocString, BSTR, NULL, got != NULL, (const OLECHAR *a), (a))

#define CLOSES(CALL)                                                                               \
    CALL(CloseHandle, BOOL, (HANDLE a), (a))                                                       \
    CALL(RegCloseKey, LONG, (HKEY a), (a))                                                         \
    CALL(PdhCloseQuery, PDH_STATUS, (PDH_HQUERY a), (a))

#define CALL(name, type, failure, parameters, arguments)                                           \
    static type(WINAPI *real_##name) parameters;                                                   \
    static type WINAPI double_##name parameters                                                    \
    {                                                                                              \
        return fails(#name) ? (failure) : real_##name arguments;                                   \
    }
CALLS(CALL)
#undef CALL
#define CALL(name, type, failure, good, parameters, arguments)                                     \
    static type(WINAPI *real_##name) parameters;                                                   \
    static type WINAPI double_##name parameters                                                    \
    {                                                                                              \
        if (fails(#name))                                                                          \
            return failure;                                                                        \
        type got = real_##name arguments;                                                          \
        handles += (good);                                                                         \
        return got;                                                                                \
    }
OPENS(CALL)
#undef CALL
#define CALL(name, type, parameters, arguments)                                                    \
    static type(WINAPI *real_##name) parameters;                                                   \
    static type WINAPI double_##name parameters                                                    \
    {                                                                                              \
        handles--;                                                                                 \
        return real_##name arguments;                                                              \
    }
CLOSES(CALL)
#undef CALL

static void(WINAPI *real_CoUninitialize)(void);
static void WINAPI double_CoUninitialize(void)
{
    handles--;
    real_CoUninitialize();
}

static void(WINAPI *real_SysFreeString)(BSTR);
static void WINAPI double_SysFreeString(BSTR text)
{
    handles -= text != NULL;
    real_SysFreeString(text);
}

/* ---- time, and what was kept ---- */

/* The clock stands, but while a check sleeps. The system's ticks go by it, and a counter of 2/s. */
static ULONGLONG now; /* as a FILETIME */
enum { SECOND = 10000000, LATER = 600 };

static void(WINAPI *real_GetSystemTimeAsFileTime)(LPFILETIME);
static void WINAPI double_GetSystemTimeAsFileTime(LPFILETIME ret)
{
    *ret = (FILETIME){.dwLowDateTime = (DWORD)now, .dwHighDateTime = (DWORD)(now >> 32)};
}

static void(WINAPI *real_Sleep)(DWORD);
static void WINAPI double_Sleep(DWORD milliseconds)
{
    now += milliseconds * (SECOND / 1000);
}

static PDH_STATUS(WINAPI *real_PdhGetRawCounterValue)(PDH_HCOUNTER, LPDWORD, PPDH_RAW_COUNTER);
static PDH_STATUS WINAPI double_PdhGetRawCounterValue(PDH_HCOUNTER handle, LPDWORD type,
                                                      PPDH_RAW_COUNTER ret)
{
    if (fails("PdhGetRawCounterValue"))
        return STATUS;
    PDH_STATUS status = real_PdhGetRawCounterValue(handle, type, ret);
    ret->SecondValue = (LONGLONG)now;
    ret->FirstValue = (LONGLONG)(uint32_t)(2 * (now / SECOND));
    return status;
}

/* What the first run kept stays, so that each run finds the same; what a run would put in its place
 * stays under the other name, left behind for the next one. */
static bool keeps;
static BOOL(WINAPI *real_MoveFileExW)(LPCWSTR, LPCWSTR, DWORD);
static BOOL WINAPI double_MoveFileExW(LPCWSTR from, LPCWSTR to, DWORD flags)
{
    if (fails("MoveFileExW"))
        return FALSE;
    return (keeps && (flags & MOVEFILE_REPLACE_EXISTING)) || real_MoveFileExW(from, to, flags);
}

/* ---- what Wine has not ---- */

static DWORD attributes; /* that every file has, too: Wine follows links and shows none */
static bool grows;       /* a value of the registry, between asking for its size and for itself */

static BOOL(WINAPI *real_GetFileInformationByHandle)(HANDLE, LPBY_HANDLE_FILE_INFORMATION);
static BOOL WINAPI double_GetFileInformationByHandle(HANDLE handle,
                                                     LPBY_HANDLE_FILE_INFORMATION ret)
{
    if (fails("GetFileInformationByHandle"))
        return FALSE;
    BOOL got = real_GetFileInformationByHandle(handle, ret);
    ret->dwFileAttributes |= attributes;
    return got;
}

static BOOL(WINAPI *real_GetFileAttributesExW)(LPCWSTR, GET_FILEEX_INFO_LEVELS, LPVOID);
static BOOL WINAPI double_GetFileAttributesExW(LPCWSTR path, GET_FILEEX_INFO_LEVELS level,
                                               LPVOID ret)
{
    if (fails("GetFileAttributesExW"))
        return FALSE;
    BOOL got = real_GetFileAttributesExW(path, level, ret);
    ((WIN32_FILE_ATTRIBUTE_DATA *)ret)->dwFileAttributes |= attributes;
    return got;
}

static LONG(WINAPI *real_RegQueryValueExW)(HKEY, LPCWSTR, LPDWORD, LPDWORD, LPBYTE, LPDWORD);
static LONG WINAPI double_RegQueryValueExW(HKEY key, LPCWSTR name, LPDWORD reserved, LPDWORD type,
                                           LPBYTE data, LPDWORD size)
{
    if (fails("RegQueryValueExW"))
        return STATUS;
    if (data && grows) {
        grows = false;
        return ERROR_MORE_DATA;
    }
    return real_RegQueryValueExW(key, name, reserved, type, data, size);
}

typedef void function(void);

/* Where this program has the address of an imported function; NULL: it imports none of this name.
 */
static function **import_of(const char *name)
{
    const char *image = (const char *)GetModuleHandleW(NULL);
    const IMAGE_NT_HEADERS *headers =
        (const void *)(image + ((const IMAGE_DOS_HEADER *)(const void *)image)->e_lfanew);
    const IMAGE_IMPORT_DESCRIPTOR *library =
        (const void *)(image + headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT]
                                   .VirtualAddress);
    for (; library->Name; library++) {
        const IMAGE_THUNK_DATA *names = (const void *)(image + library->OriginalFirstThunk);
        const IMAGE_THUNK_DATA *addresses = (const void *)(image + library->FirstThunk);
        for (size_t i = 0; names[i].u1.AddressOfData; i++)
            if (!IMAGE_SNAP_BY_ORDINAL(names[i].u1.Ordinal) &&
                !strcmp(image + names[i].u1.AddressOfData + offsetof(IMAGE_IMPORT_BY_NAME, Name),
                        name))
                return (function **)(uintptr_t)&addresses[i].u1.Function;
    }
    return NULL;
}

/* Put another in its place, and keep it. */
static void replace(const char *name, function *instead, function **ret_real)
{
    DWORD before;
    function **at = import_of(name);
    if (!at || !VirtualProtect(at, sizeof *at, PAGE_READWRITE, &before))
        return;
    *ret_real = *at;
    *at = instead;
}

static void replace_all(void)
{
#define REPLACE(name)   replace(#name, (function *)double_##name, (function **)&real_##name);
#define CALL(name, ...) REPLACE(name)
    CALLS(CALL)
    OPENS(CALL)
    CLOSES(CALL)
    CALL(CoUninitialize)
    CALL(SysFreeString) CALL(Sleep) CALL(GetFileInformationByHandle) CALL(GetFileAttributesExW)
        CALL(RegQueryValueExW) CALL(GetSystemTimeAsFileTime) CALL(PdhGetRawCounterValue)
            CALL(MoveFileExW)
#undef CALL
}

/* ---- checks on a host ---- */

/* Made by a check in its directory; removed before each run, as nothing overwrites it. */
#define RECORD "record"

struct test {
    const struct check *check; /* NULL: the end of the table */
    const char *arguments[6];
};

static const struct test tests[] = {
#ifdef OLD
    {&check_hv_guest_memory, {"-v"}},
#else
    {&check_hv_balancer, {"-v", "--all-counters"}},
    {&check_hv_vm_memory, {"-v"}},
    {&check_hv_memory_reserve, {"-v"}},
    {&check_hv_page_reads, {"-v", "--state-dir=state"}},
    {&check_hv_page_reads, {"-v"}}, /* in the usual place */
    {&check_hv_balancer, {"-v", "--extra-opts=s@settings.ini"}},
    {&check_hv_balancer, {"--extra-opts"}},
    {&check_hv_balancer, {"-v", "--record=" RECORD}},
    {&check_hv_balancer, {"-v", "--source=record:HV01"}},
#endif
    {0},
};

static void remove_record(void)
{
    WIN32_FIND_DATAA found;
    char path[MAX_PATH + sizeof RECORD];
    HANDLE search = FindFirstFileA(RECORD "\\*", &found);
    if (search == INVALID_HANDLE_VALUE)
        return;
    do {
        snprintf(path, sizeof path, RECORD "\\%s", found.cFileName);
        DeleteFileA(path);
    } while (FindNextFileA(search, &found));
    FindClose(search);
}

static int run(const struct test *test, struct text *out)
{
    char *arguments[sizeof test->arguments / sizeof *test->arguments + 2] = {
        (char *)(uintptr_t)test->check->program};
    int count = 1;
    remove_record();
    for (const char *const *more = test->arguments; *more; more++)
        arguments[count++] = (char *)(uintptr_t)*more;
    return check_run(test->check, count, arguments, out);
}

static bool same_first_line(const char *a, const char *b)
{
    size_t length = strcspn(a, "|\n");
    return length == strcspn(b, "|\n") && !memcmp(a, b, length);
}

/* A check that can't tell says so. One that tells a state, no better than otherwise, tells all that
 * it does otherwise, or why not. */
static bool is_fair(int status, const char *got, int undisturbed, const char *normal)
{
    char code[16];
    const char *const reasons[] = {code,
                                   "permission denied",
                                   "not a regular file",
                                   "out of memory",
                                   "E_OUTOFMEMORY",
                                   "PDH_MEMORY_ALLOCATION_FAILURE",
                                   NULL};
    snprintf(code, sizeof code, "0x%08lX", told);
    bool why = false;
    for (const char *const *reason = where ? reasons : reasons + 3; *reason; reason++)
        why = why || strstr(got, *reason);
    if (status == undisturbed && same_first_line(got, normal))
        return true;
    if (status == STATE_UNKNOWN)
        return strstr(got, " UNKNOWN - ") && (why || where);
    return status >= undisturbed && why;
}

/* With each call failing; what goes wrong, or NULL. */
static const char *problem(const struct test *test, ULONGLONG begun, unsigned *ret_calls)
{
    static char said[4096];
    struct text normal = {0};
    now = begun;
    keeps = false;
    run(test, &normal); /* what is made once for all */
    text_free(&normal);
    now = begun + (ULONGLONG)LATER * SECOND;
    keeps = true;
    long live = allocations.live, open = handles;
    allocations.made = 0;
    int undisturbed = run(test, &normal);
    unsigned all = *ret_calls = allocations.made;
    const char *wrong = NULL;
    live = allocations.live;
    for (unsigned number = 1; number <= all && !wrong; number++) {
        struct text out = {0};
        now = begun + (ULONGLONG)LATER * SECOND;
        where = NULL;
        allocations.made = 0;
        allocations.first = number;
        int status = run(test, &out);
        allocations.first = 0;
        long kept = allocations.live - live - (out.bytes != NULL);
        const char *got = out.bytes ? out.bytes : "";
        snprintf(said, sizeof said,
                 "call %u of %u (%s): exit status %d, not given back: %ld, open: %ld: %s# else: %s",
                 number, all, where ? where : "memory", status, kept, handles - open, got,
                 normal.bytes);
        if (!is_fair(status, got, undisturbed, normal.bytes) || kept || handles != open)
            wrong = said;
        text_free(&out);
    }
    text_free(&normal);
    return wrong;
}

static void check_all(void)
{
    static const DWORD codes[] = {ERROR_GEN_FAILURE, ERROR_ACCESS_DENIED};
    ULONGLONG begun;
    GetSystemTimeAsFileTime((FILETIME *)&begun);
    for (const struct test *test = tests; test->check; test++)
        for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
            unsigned calls;
            told = codes[i];
            const char *why = problem(test, begun, &calls);
            if (!tap_ok(!why, "%s %s, each of %u calls failing with %lu", test->check->program,
                        test->arguments[test->arguments[1] != NULL], calls, told))
                printf("# %s\n", why);
        }
}

#ifndef OLD
/* ---- where no check leads ---- */

/* That none could be set is told; and the next try may. */
static void check_deadline(void)
{
    static const char *const titles[] = {"an event", "another one", "a thread", "a word to it"};
    static const char expected[] = "0x0000001F: no thread for the timeout";
    bool left = deadline_left() == UINT_MAX;
    tap_ok(left, "before it is set, a timeout leaves time without an end");
    told = ERROR_GEN_FAILURE;
    for (unsigned i = 0; i < sizeof titles / sizeof *titles; i++) {
        struct error err = {0};
        allocations.made = 0;
        allocations.first = i < 3 ? i + 1 : 0;
        bool set = deadline_start(3600, "", 3, &err);
        allocations.first = 0;
        tap_ok(set == (i == 3) && (set || !strcmp(err.text, expected)),
               "a timeout, for which %s %s", i < 3 ? titles[i] : "all",
               i < 3 ? "can't be had" : "can be had");
    }
    struct error err = {0};
    allocations.made = 0;
    allocations.first = 1;
    bool moved = deadline_start(3600, "", 3, &err);
    allocations.first = 0;
    tap_ok(!moved && !strcmp(err.text, expected), "a timeout that can't be moved");
}

static void work(void *context, size_t item, struct text *out)
{
    (void)context;
    text_printf(out, "item %zu", item);
}

static void check_parallel(void)
{
    struct parallel_answer answers[2];
    struct error err;
    allocations.made = 0;
    allocations.first = 1;
    bool ran = parallel_run(2, work, NULL, 0, answers, &err);
    allocations.first = 0;
    tap_ok(ran && !answers[0].done && !strcmp(answers[0].problem.text, "out of memory"),
           "work whose answer takes the last memory has none");
    tap_ok(ran && answers[1].done && !strcmp(answers[1].text.bytes, "item 1"),
           "and the next is done");
    text_free(&answers[0].text);
    text_free(&answers[1].text);
}

/* Longer than Windows' own 260 characters. */
#define LONGEST                                                                                    \
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"  \
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"  \
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"

static void check_paths(void)
{
    static const struct {
        const char *path;
        const wchar_t *native;
    } paths[] = {
        {"C:/short/../name", L"C:/short/../name"},
        {"C:/a/../" LONGEST, L"\\\\?\\C:\\" LONGEST},
        {"//server/share/" LONGEST, L"\\\\?\\UNC\\server\\share\\" LONGEST},
        {"\\\\?\\C:\\" LONGEST, L"\\\\?\\C:\\" LONGEST},
        {"\\\\.\\C:\\" LONGEST, L"\\\\.\\C:\\" LONGEST},
        {"//?/C:/" LONGEST, L"//?/C:/" LONGEST},
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct arena arena = {0};
        const wchar_t *native = native_path(paths[i].path, &arena);
        tap_ok(native && !wcscmp(native, paths[i].native), "%.20s... becomes %.20ls...",
               paths[i].path, native);
        arena_free(&arena);
    }
}

/* A private directory is made in one that is there: what is told of it. */
static void check_above(void)
{
    static const struct {
        const char *path, *above;
    } paths[] = {
        {"none/x", "none: "},   {"none/\\/x", "none: "}, {"none\\x/", "none\\x: "},
        {"Q:\\x", "Q:\\: "},    {"Q:/\\x", "Q:/\\: "},   {"Q:x", "Q:: "},
        {"/none/x", "/none: "},
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct private_directory directory;
        struct error err = {0};
        bool opened = private_directory_open(paths[i].path, false, &directory, &err);
        tap_ok(!opened && !strncmp(err.text, paths[i].above, strlen(paths[i].above)), "%s is in %s",
               paths[i].path, err.text);
    }
}
#endif

/* ---- the registry ---- */

#define RESERVE "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Virtualization"

/* The registry of this machine, for this process, is a key of the tests' user. */
static bool make_registry(void)
{
    DWORD megabytes = 2048;
    HKEY machine, key;
    return RegCreateKeyA(HKEY_CURRENT_USER, "failing", &machine) == ERROR_SUCCESS &&
           RegCreateKeyA(machine, RESERVE, &key) == ERROR_SUCCESS &&
           RegSetValueExA(key, "MemoryReserve", 0, REG_DWORD, (const BYTE *)&megabytes,
                          sizeof megabytes) == ERROR_SUCCESS &&
           RegCloseKey(key) == ERROR_SUCCESS &&
           RegOverridePredefKey(HKEY_LOCAL_MACHINE, machine) == ERROR_SUCCESS;
}

#ifndef OLD
static bool set_value(const char *name, size_t size)
{
    HKEY key;
    bool set = false;
    BYTE *bytes = calloc(size, 1);
    if (bytes && RegCreateKeyA(HKEY_LOCAL_MACHINE, RESERVE, &key) == ERROR_SUCCESS) {
        set = RegSetValueExA(key, name, 0, REG_BINARY, bytes, (DWORD)size) == ERROR_SUCCESS;
        RegCloseKey(key);
    }
    free(bytes);
    return set;
}

static void check_registry(void)
{
    enum { LARGEST = 16 * 1024 * 1024 };
    struct arena arena = {0};
    struct error err = {0};
    struct registry_value value;
    grows = true;
    tap_ok(registry_read(RESERVE, "MemoryReserve", &arena, &value, &err) && value.size == 4 &&
               value.data[1] == 2048 >> 8,
           "a value that grew since its size was asked for is read again");
    tap_ok(set_value("Large", LARGEST) && registry_read(RESERVE, "Large", &arena, &value, &err) &&
               value.size == LARGEST,
           "a value of the size of the largest");
    tap_ok(set_value("Large", LARGEST + 1) &&
               !registry_read(RESERVE, "Large", &arena, &value, &err),
           "a larger one is refused: %.10s", err.text);
    arena_free(&arena);
}

/* ---- private files ---- */

static bool told_link(bool refused, const struct error *err)
{
    return refused && err->code == PLATFORM_REFUSED && strstr(err->text, "a symbolic link");
}

/* A file, or a directory, that is a link: its target could be anybody's. */
static void check_links(const struct private_directory *directory)
{
    struct private_directory other;
    struct file file;
    struct text text = {0};
    struct error err;
    bool opened = file_open("settings.ini", &file, &err);
    attributes = FILE_ATTRIBUTE_REPARSE_POINT;
    tap_ok(told_link(!private_file_read(directory, "x", 100, &text, &err), &err),
           "a private file that is a link");
    tap_ok(told_link(!private_directory_open("private", false, &other, &err), &err),
           "a private directory that is a link, or is in one");
    tap_ok(opened && told_link(!platform_trusts("settings.ini", &file, &err), &err),
           "settings that are a link");
    attributes = 0;
    tap_ok(opened && platform_trusts("settings.ini", &file, &err), "settings that are none");
    file_close(&file);
    text_free(&text);
}

/* How long ago, in seconds, another process began to write the same file, and whether it counts as
 * one that died since. */
static void check_abandoned(const struct private_directory *directory)
{
    static const struct {
        int age;
        bool died;
    } rows[] = {{0, false}, {60, false}, {61, true}, {-60, false}, {-61, true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {0};
        struct text text = {0};
        ULONGLONG written = now - (ULONGLONG)((LONGLONG)rows[i].age * SECOND);
        FILETIME time = {.dwLowDateTime = (DWORD)written, .dwHighDateTime = (DWORD)(written >> 32)};
        bool begun = file_write_new("private/.x.new", "half", 4, &err);
        HANDLE handle =
            CreateFileA("private/.x.new", GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
        bool set = begun && SetFileTime(handle, NULL, NULL, &time);
        CloseHandle(handle);
        handles++; /* CreateFileA() is not counted */
        bool wrote = private_file_write(directory, "x", "whole", 5, &err);
        tap_ok(set && wrote == rows[i].died && (wrote || err.code == PLATFORM_EXISTS),
               "what another process began %d s ago", rows[i].age);
        DeleteFileA("private/.x.new");
        tap_ok(private_file_read(directory, "x", 100, &text, &err) && !strcmp(text.bytes, "whole"),
               "and what was there is whole");
        text_free(&text);
    }
}

/* What is done to files: with each call of it failing, it tells that it is not done, or it is. */
static struct private_directory private;
static struct text found;

static bool set_up(void)
{
    struct error err;
    DeleteFileA("private/.x.new");
    DeleteFileA("private/b");
    RemoveDirectoryA("private/d");
    DeleteFileA("private/a");
    text_cut(&found, 0);
    return private_file_write(&private, "x", "whole", 5, &err) &&
           file_write_new("private/a", "a", 1, &err);
}

static bool is_there(const char *path)
{
    return GetFileAttributesA(path) != INVALID_FILE_ATTRIBUTES;
}

static bool x_is(const char *content)
{
    struct text text = {0};
    struct error err;
    bool same = private_file_read(&private, "x", 100, &text, &err) && !strcmp(text.bytes, content);
    text_free(&text);
    return same;
}

static bool write_x(struct error *err)
{
    return private_file_write(&private, "x", "again", 5, err);
}

static bool x_written(bool done)
{
    return x_is(done ? "again" : "whole");
}

static bool read_x(struct error *err)
{
    return private_file_read(&private, "x", 100, &found, err);
}

static bool x_read(bool done)
{
    return !done || !strcmp(found.bytes, "whole");
}

static bool write_b(struct error *err)
{
    return file_write_new("private/b", "b", 1, err);
}

static bool b_written(bool done)
{
    return !done || is_there("private/b");
}

static bool rename_a(struct error *err)
{
    return file_rename("private/a", "private/b", err);
}

static bool a_renamed(bool done)
{
    return is_there("private/b") == done && is_there("private/a") != done;
}

static bool remove_a(struct error *err)
{
    return file_remove("private/a", err);
}

static bool a_removed(bool done)
{
    return is_there("private/a") != done;
}

static bool make_d(struct error *err)
{
    return directory_make("private/d", err);
}

static bool d_made(bool done)
{
    return is_there("private/d") == done;
}

static bool open_other(struct error *err)
{
    struct private_directory other;
    bool opened = private_directory_open("private/d", true, &other, err);
    if (opened)
        private_directory_close(&other);
    return opened;
}

static bool other_opened(bool done)
{
    return !done || is_there("private/d");
}

static const struct {
    const char *title;
    bool (*run)(struct error *err);
    bool (*holds)(bool done);
} operations[] = {
    {"a private file is written", write_x, x_written},
    {"a private file is read", read_x, x_read},
    {"a file is written", write_b, b_written},
    {"a file is renamed", rename_a, a_renamed},
    {"a file is removed", remove_a, a_removed},
    {"a directory is made", make_d, d_made},
    {"a private directory is made", open_other, other_opened},
};

static void check_operations(void)
{
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        const char *wrong = NULL;
        bool done = false, failed = true;
        unsigned number = 0;
        long open = handles;
        while (failed && !wrong) {
            struct error err = {0};
            bool ready = set_up();
            where = NULL;
            allocations.made = 0;
            allocations.first = ++number;
            done = operations[i].run(&err);
            allocations.first = 0;
            failed = allocations.made >= number;
            if (!ready || !operations[i].holds(done) || handles != open || (!done && !*err.text))
                wrong = where ? where : "memory";
        }
        tap_ok(!wrong && done, "%s, each of %u calls failing: %s", operations[i].title, number - 1,
               wrong ? wrong : "");
    }
}

static void check_private(void)
{
    struct private_directory directory;
    struct text text = {0};
    struct error err = {0};
    bool opened = private_directory_open("private", false, &directory, &err);
    if (!tap_ok(opened && directory.writable, "a private directory is made: %s", err.text))
        return;
    tap_ok(private_file_write(&directory, "x", "whole", 5, &err), "a private file");
    tap_ok(private_file_read(&directory, "x", 5, &text, &err) && text.length == 5,
           "as many bytes as may be");
    tap_ok(!private_file_read(&directory, "x", 4, &text, &err) && err.code == PLATFORM_REFUSED,
           "one more than may be");
    text_free(&text);
    private = directory;
    told = ERROR_GEN_FAILURE;
    check_operations();
    told = ERROR_SHARING_VIOLATION;
    allocations.made = 0;
    for (allocations.first = 1; !where || strcmp(where, "CreateFileW") != 0; allocations.first++) {
        allocations.made = 0;
        private_file_write(&directory, "x", "again", 5, &err);
    }
    allocations.first = 0;
    tap_ok(err.code == PLATFORM_EXISTS, "another process has the new one open: %s", err.text);
    tap_ok(private_file_write(&directory, "x", "whole", 5, &err), "and no more");
    check_links(&directory);
    check_abandoned(&directory);
    set_up();
    text_free(&found);
    private_directory_close(&directory);
}
#endif

int program(int argc, char **argv)
{
    if (argc != 2 || !make_registry() || !SetCurrentDirectoryA(argv[1]))
        return 1;
    ours = GetCurrentThreadId();
    now = 133500000000000000; /* 2024 */
    replace_all();
#ifndef OLD
    check_deadline();
    check_parallel();
    check_paths();
    check_above();
    check_registry();
    check_private();
#endif
    check_all();
    return tap_end();
}
