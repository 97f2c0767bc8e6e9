/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "calls.h"

#include <aclapi.h>
#include <oleauto.h>
#include <pdh.h>
#include <sddl.h>
#include <stdint.h>
#include <string.h>

struct calls calls = {.now = 133500000000000000}; /* 2024 */

static DWORD thread; /* that runs the check; the deadline's has its own pace */

static bool fails(const char *name)
{
    if (GetCurrentThreadId() != thread || !allocations_fail())
        return false;
    calls.where = name;
    SetLastError(calls.told);
    return true;
}

#define STATUS ((LONG)calls.told)
#define RESULT HRESULT_FROM_WIN32(calls.told)

/* name(parameters) answers so when it must fail. */
#define CALLS(CALL)                                                                                \
    CALL(CreateDirectoryW, BOOL, FALSE, (LPCWSTR a, LPSECURITY_ATTRIBUTES b), (a, b))              \
    CALL(GetFileType, DWORD, FILE_TYPE_UNKNOWN, (HANDLE a), (a))                                   \
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
    CALL(GetSecurityInfo, DWORD, calls.told,                                                       \
         (HANDLE a, SE_OBJECT_TYPE b, SECURITY_INFORMATION c, PSID * d, PSID * e, PACL * f,        \
          PACL * g, PSECURITY_DESCRIPTOR * h),                                                     \
         (a, b, c, d, e, f, g, h))                                                                 \
    CALL(GetAce, BOOL, FALSE, (PACL a, DWORD b, LPVOID * c), (a, b, c))                            \
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
        calls.handles += (good);                                                                   \
        return got;                                                                                \
    }
OPENS(CALL)
#undef CALL
#define CALL(name, type, parameters, arguments)                                                    \
    static type(WINAPI *real_##name) parameters;                                                   \
    static type WINAPI double_##name parameters                                                    \
    {                                                                                              \
        calls.handles--;                                                                           \
        return real_##name arguments;                                                              \
    }
CLOSES(CALL)
#undef CALL

static void(WINAPI *real_CoUninitialize)(void);
static void WINAPI double_CoUninitialize(void)
{
    calls.handles--;
    real_CoUninitialize();
}

static void(WINAPI *real_SysFreeString)(BSTR);
static void WINAPI double_SysFreeString(BSTR text)
{
    calls.handles -= text != NULL;
    real_SysFreeString(text);
}

/* ---- time, and what was kept ---- */

static void(WINAPI *real_GetSystemTimeAsFileTime)(LPFILETIME);
static void WINAPI double_GetSystemTimeAsFileTime(LPFILETIME ret)
{
    *ret =
        (FILETIME){.dwLowDateTime = (DWORD)calls.now, .dwHighDateTime = (DWORD)(calls.now >> 32)};
}

static DWORD(WINAPI *real_GetTickCount)(void);
static DWORD WINAPI double_GetTickCount(void)
{
    return real_GetTickCount() + calls.ticks;
}

static void(WINAPI *real_Sleep)(DWORD);
static void WINAPI double_Sleep(DWORD milliseconds)
{
    calls.now += milliseconds * (SECOND / 1000);
    calls.slept = milliseconds;
}

static PDH_STATUS(WINAPI *real_PdhGetRawCounterValue)(PDH_HCOUNTER, LPDWORD, PPDH_RAW_COUNTER);
static PDH_STATUS WINAPI double_PdhGetRawCounterValue(PDH_HCOUNTER handle, LPDWORD type,
                                                      PPDH_RAW_COUNTER ret)
{
    if (fails("PdhGetRawCounterValue"))
        return STATUS;
    PDH_STATUS status = real_PdhGetRawCounterValue(handle, type, ret);
    ret->SecondValue = (LONGLONG)calls.now;
    ret->FirstValue = (LONGLONG)(uint32_t)(2 * (calls.now / SECOND));
    return status;
}

static BOOL(WINAPI *real_MoveFileExW)(LPCWSTR, LPCWSTR, DWORD);
static BOOL WINAPI double_MoveFileExW(LPCWSTR from, LPCWSTR to, DWORD flags)
{
    if (fails("MoveFileExW"))
        return FALSE;
    return (calls.keeps && (flags & MOVEFILE_REPLACE_EXISTING)) ||
           real_MoveFileExW(from, to, flags);
}

/* ---- what Wine has not ---- */

static DWORD(WINAPI *real_FormatMessageW)(DWORD, LPCVOID, DWORD, DWORD, LPWSTR, DWORD, va_list *);
static DWORD WINAPI double_FormatMessageW(DWORD flags, LPCVOID source, DWORD code, DWORD language,
                                          LPWSTR out, DWORD room, va_list *arguments)
{
    if (fails("FormatMessageW"))
        return 0;
    return calls.words ? (DWORD)wcslen(wcscpy(out, calls.words))
                       : real_FormatMessageW(flags, source, code, language, out, room, arguments);
}

static BOOL(WINAPI *real_ReadFile)(HANDLE, LPVOID, DWORD, LPDWORD, LPOVERLAPPED);
static BOOL WINAPI double_ReadFile(HANDLE handle, LPVOID bytes, DWORD most, LPDWORD ret_part,
                                   LPOVERLAPPED at)
{
    return !fails("ReadFile") && real_ReadFile(handle, bytes, calls.full ? 0 : most, ret_part, at);
}

static BOOL(WINAPI *real_WriteFile)(HANDLE, LPCVOID, DWORD, LPDWORD, LPOVERLAPPED);
static BOOL WINAPI double_WriteFile(HANDLE handle, LPCVOID bytes, DWORD most, LPDWORD ret_part,
                                    LPOVERLAPPED at)
{
    return !fails("WriteFile") &&
           real_WriteFile(handle, bytes, calls.full ? 0 : most, ret_part, at);
}

static BOOL(WINAPI *real_GetFileInformationByHandle)(HANDLE, LPBY_HANDLE_FILE_INFORMATION);
static BOOL WINAPI double_GetFileInformationByHandle(HANDLE handle,
                                                     LPBY_HANDLE_FILE_INFORMATION ret)
{
    if (fails("GetFileInformationByHandle"))
        return FALSE;
    BOOL got = real_GetFileInformationByHandle(handle, ret);
    ret->dwFileAttributes |= calls.attributes;
    return got;
}

static BOOL(WINAPI *real_GetFileAttributesExW)(LPCWSTR, GET_FILEEX_INFO_LEVELS, LPVOID);
static BOOL WINAPI double_GetFileAttributesExW(LPCWSTR path, GET_FILEEX_INFO_LEVELS level,
                                               LPVOID ret)
{
    if (fails("GetFileAttributesExW"))
        return FALSE;
    BOOL got = real_GetFileAttributesExW(path, level, ret);
    ((WIN32_FILE_ATTRIBUTE_DATA *)ret)->dwFileAttributes |= calls.attributes;
    return got;
}

static LONG(WINAPI *real_RegQueryValueExW)(HKEY, LPCWSTR, LPDWORD, LPDWORD, LPBYTE, LPDWORD);
static LONG WINAPI double_RegQueryValueExW(HKEY key, LPCWSTR name, LPDWORD reserved, LPDWORD type,
                                           LPBYTE data, LPDWORD size)
{
    if (fails("RegQueryValueExW"))
        return STATUS;
    if (data && calls.grows) {
        calls.grows = false;
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

#define OTHERS(CALL)                                                                               \
    CALL(CoUninitialize)                                                                           \
    CALL(SysFreeString)                                                                            \
    CALL(GetTickCount)                                                                             \
    CALL(Sleep)                                                                                    \
    CALL(GetSystemTimeAsFileTime)                                                                  \
    CALL(PdhGetRawCounterValue)                                                                    \
    CALL(FormatMessageW)                                                                           \
    CALL(MoveFileExW)                                                                              \
    CALL(ReadFile)                                                                                 \
    CALL(WriteFile)                                                                                \
    CALL(GetFileInformationByHandle)                                                               \
    CALL(GetFileAttributesExW)                                                                     \
    CALL(RegQueryValueExW)

static void replace_all(void)
{
#define CALL(name, ...) replace(#name, (function *)double_##name, (function **)&real_##name);
    CALLS(CALL)
    OPENS(CALL)
    CLOSES(CALL)
    OTHERS(CALL)
#undef CALL
}
/* ---- all of it ---- */

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

bool calls_catch(void)
{
    if (!make_registry())
        return false;
    thread = GetCurrentThreadId();
    replace_all();
    return true;
}
