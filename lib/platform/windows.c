/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/platform.h"

#include "platform/native.h"
#include "platform/wide.h"

#include <limits.h>
#include <string.h>

/* ---- start ---- */

/* MinGW's start-up code asks for it: --include=web* is a pattern of ours, not one for files. */
extern int _dowildcard; /* NOLINT(*-reserved-identifier,cert-dcl*): the name is MinGW's */
int _dowildcard = 0;

int wmain(int argc, wchar_t **argv);

int wmain(int argc, wchar_t **argv)
{
    /* A box that waits for somebody to press OK would hang a check under a service. */
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
    enum { OUT_OF_MEMORY = 3 };
    struct arena arena = {0};
    char **arguments = arena_array(&arena, (size_t)argc + 1, sizeof *arguments);
    int status = arguments ? 0 : OUT_OF_MEMORY;
    for (int i = 0; !status && i < argc; i++)
        if (!(arguments[i] = wide_to_text(argv[i], &arena)))
            status = OUT_OF_MEMORY;
    if (!status)
        status = program(argc, arguments);
    arena_free(&arena);
    return status;
}

/* ---- files ---- */

bool native_refuse_code(const char *path, DWORD code, struct error *err)
{
    static const struct {
        DWORD code;
        enum platform_code means;
    } known[] = {
        {ERROR_FILE_NOT_FOUND, PLATFORM_ABSENT}, {ERROR_PATH_NOT_FOUND, PLATFORM_ABSENT},
        {ERROR_INVALID_NAME, PLATFORM_ABSENT},   {ERROR_BAD_PATHNAME, PLATFORM_ABSENT},
        {ERROR_INVALID_DRIVE, PLATFORM_ABSENT},  {ERROR_BAD_NETPATH, PLATFORM_ABSENT},
        {ERROR_BAD_NET_NAME, PLATFORM_ABSENT},   {ERROR_DIRECTORY, PLATFORM_ABSENT},
        {ERROR_ACCESS_DENIED, PLATFORM_DENIED},  {ERROR_FILE_EXISTS, PLATFORM_EXISTS},
        {ERROR_ALREADY_EXISTS, PLATFORM_EXISTS}, {0},
    };
    enum platform_code means = PLATFORM_OTHER;
    for (size_t i = 0; known[i].code; i++)
        if (known[i].code == code)
            means = known[i].means;
    struct arena arena = {0};
    const char *other = arena_format(&arena, "0x%08lX %s", code, wide_message(code, NULL, &arena));
    platform_refuse(err, path, means, other);
    arena_free(&arena);
    return false;
}

bool native_refuse(const char *path, struct error *err)
{
    return native_refuse_code(path, GetLastError(), err);
}

const wchar_t *native_path(const char *path, struct arena *arena)
{
    enum { LONGEST_PLAIN = MAX_PATH - 13 };
    static const wchar_t local[] = L"\\\\?\\", share[] = L"\\\\?\\UNC";
    enum { PREFIX = sizeof share / sizeof *share - 1 };

    wchar_t *wide = wide_from_text(path, arena);
    DWORD room = wide ? GetFullPathNameW(wide, 0, NULL, NULL) : 0;
    if (room <= LONGEST_PLAIN)
        return wide;
    wchar_t *buffer = arena_array(arena, (size_t)room + PREFIX, sizeof *buffer);
    if (!buffer)
        return NULL;
    wchar_t *full = buffer + PREFIX;
    DWORD length = GetFullPathNameW(wide, room, full, NULL);
    if (!length || length >= room || !wcsncmp(full, local, 4) || !wcsncmp(full, L"\\\\.\\", 4))
        return wide;
    if (full[0] == L'\\')
        return wmemcpy(full + 1 - PREFIX, share, PREFIX); /* \\server\share: \\?\UNC\server... */
    return wmemcpy(full - 4, local, 4);
}

static HANDLE open_native(const char *path, DWORD access, DWORD creation, struct error *err)
{
    struct arena arena = {0};
    HANDLE handle = INVALID_HANDLE_VALUE;
    const wchar_t *native = native_path(path, &arena);
    if (!native) {
        error_memory(err);
    } else {
        /* Whoever writes, renames or deletes the file is not kept from it. BACKUP_SEMANTICS opens a
         * directory too, so that it can be called by what it is. */
        handle = CreateFileW(native, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                             NULL, creation, FILE_FLAG_BACKUP_SEMANTICS, NULL);
        if (handle == INVALID_HANDLE_VALUE)
            native_refuse(path, err);
    }
    arena_free(&arena);
    return handle;
}

/* Since 1970-01-01 00:00 UTC. */
static int64_t milliseconds_of(const FILETIME *time)
{
    static const int64_t epoch = 116444736000000000; /* 1970 in 100 ns since 1601 */
    return (((int64_t)time->dwHighDateTime << 32 | time->dwLowDateTime) - epoch) / 10000;
}

bool native_regular(const char *path, HANDLE handle, struct file *ret, struct error *err)
{
    BY_HANDLE_FILE_INFORMATION information;
    bool disk = GetFileType(handle) == FILE_TYPE_DISK;
    bool known = disk && GetFileInformationByHandle(handle, &information);
    bool regular = known && !(information.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY);
    if (!regular) {
        if (disk && !known)
            native_refuse(path, err);
        else
            error_set_code(err, PLATFORM_OTHER, "%s: not a regular file", path);
        CloseHandle(handle);
        return false;
    }
    *ret =
        (struct file){.handle = (intptr_t)handle,
                      .size = (uint64_t)information.nFileSizeHigh << 32 | information.nFileSizeLow,
                      .written = milliseconds_of(&information.ftLastWriteTime)};
    return true;
}

bool file_open(const char *path, struct file *ret, struct error *err)
{
    HANDLE handle = open_native(path, GENERIC_READ, OPEN_EXISTING, err);
    return handle != INVALID_HANDLE_VALUE && native_regular(path, handle, ret, err);
}

/* Of so many bytes, those that one call reads or writes. */
static DWORD part_of(size_t length)
{
    enum { LARGEST = 1 << 30 };
    return length < LARGEST ? (DWORD)length : LARGEST;
}

bool file_read(const struct file *file, uint64_t offset, char *bytes, size_t wanted,
               size_t *ret_got, struct error *err)
{
    size_t got = 0;
    while (got < wanted) {
        DWORD part;
        uint64_t at = offset + got;
        OVERLAPPED where = {.Offset = (DWORD)at, .OffsetHigh = (DWORD)(at >> 32)};
        if (!ReadFile((HANDLE)file->handle, bytes + got, part_of(wanted - got), &part, &where)) {
            DWORD code = GetLastError();
            if (code == ERROR_HANDLE_EOF)
                break;
            struct arena arena = {0};
            error_set(err, "0x%08lX %s", code, wide_message(code, NULL, &arena));
            arena_free(&arena);
            return false;
        }
        if (part == 0)
            break;
        got += part;
    }
    *ret_got = got;
    return true;
}

void file_close(struct file *file)
{
    CloseHandle((HANDLE)file->handle);
    *file = (struct file){.handle = (intptr_t)INVALID_HANDLE_VALUE};
}

bool native_write(HANDLE handle, const char *bytes, size_t length)
{
    while (length) {
        DWORD part;
        if (!WriteFile(handle, bytes, part_of(length), &part, NULL))
            return false;
        if (part == 0) {
            SetLastError(ERROR_WRITE_FAULT);
            return false;
        }
        bytes += part;
        length -= part;
    }
    return true;
}

bool file_write_new(const char *path, const char *bytes, size_t length, struct error *err)
{
    HANDLE handle = open_native(path, GENERIC_WRITE, CREATE_NEW, err);
    if (handle == INVALID_HANDLE_VALUE)
        return false;
    bool written = native_write(handle, bytes, length) || native_refuse(path, err);
    CloseHandle(handle);
    return written;
}

bool file_rename(const char *from, const char *to, struct error *err)
{
    struct arena arena = {0};
    const wchar_t *native_from = native_path(from, &arena), *native_to = native_path(to, &arena);
    bool renamed = native_from && native_to
                       ? MoveFileExW(native_from, native_to, 0) || native_refuse(to, err)
                       : error_memory(err);
    arena_free(&arena);
    return renamed;
}

bool file_remove(const char *path, struct error *err)
{
    struct arena arena = {0};
    const wchar_t *native = native_path(path, &arena);
    bool removed = native ? DeleteFileW(native) || native_refuse(path, err) : error_memory(err);
    arena_free(&arena);
    return removed;
}

bool directory_make(const char *path, struct error *err)
{
    struct arena arena = {0};
    const wchar_t *native = native_path(path, &arena);
    bool made = native ? CreateDirectoryW(native, NULL) || GetLastError() == ERROR_ALREADY_EXISTS ||
                             native_refuse(path, err)
                       : error_memory(err);
    arena_free(&arena);
    return made;
}

const char *native_environment(const wchar_t *name, struct arena *arena)
{
    DWORD room = GetEnvironmentVariableW(name, NULL, 0);
    wchar_t *value = room ? arena_array(arena, room, sizeof *value) : NULL;
    return value && GetEnvironmentVariableW(name, value, room) < room ? wide_to_text(value, arena)
                                                                      : NULL;
}

/* Windows Server 2003 has no %ProgramData%, but what it stands for. */
const char *native_program_data(struct arena *arena)
{
    const char *directory = native_environment(L"ProgramData", arena);
    if (directory || arena->failed)
        return directory;
    directory = native_environment(L"ALLUSERSPROFILE", arena);
    return directory       ? arena_format(arena, "%s\\Application Data", directory)
           : arena->failed ? NULL
                           : "C:\\ProgramData";
}

const char *platform_config_path(struct arena *arena)
{
    const char *directory = native_program_data(arena);
    const char *path =
        directory ? arena_format(arena, "%s\\monitoring-plugins\\hyperv.ini", directory) : NULL;
    return arena->failed ? NULL : path;
}

/* ---- clock ---- */

int64_t clock_now(void)
{
    FILETIME now;
    GetSystemTimeAsFileTime(&now);
    return milliseconds_of(&now);
}

void clock_sleep(unsigned milliseconds)
{
    Sleep(milliseconds);
}

/* ---- timeout and output ---- */

static struct {
    void *volatile answer; /* whoever takes it may write; NULL once somebody did */
    size_t length;
    UINT status;
    HANDLE watching;           /* an event: the thread runs */
    HANDLE moved;              /* an event: there is another deadline now */
    DWORD begun, milliseconds; /* 0 milliseconds: there is no deadline */
} deadline;

/* A thread of its own: it answers even while the program waits for a provider that hangs. */
static DWORD WINAPI answer_and_leave(void *unused)
{
    (void)unused;
    do
        SetEvent(deadline.watching);
    while (WaitForSingleObject(deadline.moved, deadline_left()) == WAIT_OBJECT_0);
    const char *answer = InterlockedExchangePointer(&deadline.answer, NULL);
    if (answer)
        native_write(GetStdHandle(STD_OUTPUT_HANDLE), answer, deadline.length);
    /* Not ExitProcess(): that waits for locks which the hanging thread may hold. */
    TerminateProcess(GetCurrentProcess(), deadline.status);
    return 0;
}

/* False: Windows said why not in GetLastError(). */
static bool start_thread(void)
{
    if (!(deadline.watching = CreateEventW(NULL, TRUE, FALSE, NULL)) ||
        !(deadline.moved = CreateEventW(NULL, FALSE, FALSE, NULL)))
        return false;
    HANDLE thread = CreateThread(NULL, 0, answer_and_leave, NULL, 0, NULL);
    if (!thread)
        return false;
    /* From here on it counts, and no process ends while a thread of it is still being made. */
    WaitForSingleObject(deadline.watching, INFINITE);
    CloseHandle(thread);
    return true;
}

bool deadline_start(unsigned long seconds, const char *answer, int status, struct error *err)
{
    static bool runs;
    /* Where the deadline before was first, its answer is the only one: wait for the end. */
    if (runs && !InterlockedExchangePointer(&deadline.answer, NULL))
        Sleep(INFINITE);
    deadline.length = strlen(answer);
    deadline.status = (UINT)status;
    deadline.begun = GetTickCount();
    deadline.milliseconds = seconds * 1000;
    deadline.answer = (void *)(intptr_t)answer;
    bool told = runs ? SetEvent(deadline.moved) : start_thread();
    runs = runs || told;
    return told || error_set(err, "0x%08lX: no thread for the timeout", GetLastError());
}

unsigned deadline_left(void)
{
    if (!deadline.milliseconds)
        return UINT_MAX;
    DWORD passed = GetTickCount() - deadline.begun;
    return passed < deadline.milliseconds ? deadline.milliseconds - passed : 0;
}

/* NSClient++ (0.5.3 to 0.16 at least) reads what a script prints in pieces of so many bytes, and
 * behind a full one waits for another: when none comes, for good. So what would end with a full
 * piece goes without its last line's end, which no agent needs; one more would be too many for
 * --max-bytes. */
enum { NSCLIENT_PIECE = 4086 };

bool output_write(const char *bytes, size_t length)
{
    /* Where the deadline was first, its answer is the only one: wait for the end. */
    if (deadline.milliseconds && !InterlockedExchangePointer(&deadline.answer, NULL))
        Sleep(INFINITE);
    if (length && length % NSCLIENT_PIECE == 0 && bytes[length - 1] == '\n')
        length--;
    return native_write(GetStdHandle(STD_OUTPUT_HANDLE), bytes, length);
}
