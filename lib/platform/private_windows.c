/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Private files of platform.h. A user may make directories in %ProgramData%, so what is found there
 * is looked at: who owns it, and whom its access list lets write. While its handle is open, nobody
 * can rename or delete the directory or one above it, so what was looked at stays what it was.
 *
 * Every account has a directory of its own, named by its SID, below one that all share. Whoever
 * comes first makes that one so that the others can make theirs in it. Where somebody was there
 * before to keep us from it, there is a second place: the account's own profile, where only
 * administrators could be.
 *
 * Source: Microsoft's reference of access control.
 */
#include "platform/native.h"
#include "platform/trust.h"
#include "platform/wide.h"

#include <string.h>

static bool refuse_words(const char *path, const char *words, struct error *err)
{
    return error_set_code(err, PLATFORM_REFUSED, "%s: %s", path, words);
}

static const char *child_path(const struct private_directory *directory, const char *name,
                              struct arena *arena)
{
    return arena_format(arena, "%s/%s", directory->path, name);
}

/* ---- the directory ---- */

static void make_directory(const wchar_t *path, enum trust_kind kind)
{
    SECURITY_ATTRIBUTES attributes = {.nLength = sizeof attributes,
                                      .lpSecurityDescriptor = trust_descriptor(kind)};
    if (attributes.lpSecurityDescriptor)
        CreateDirectoryW(path, &attributes);
    LocalFree(attributes.lpSecurityDescriptor);
}

/* The directory that a path is in. NULL: out of memory. */
static const char *above_of(const char *path, struct arena *arena)
{
    size_t length = strlen(path);
    while (length && !strchr("/\\:", path[length - 1]))
        length--;
    if (!length)
        return ".";
    size_t end = length;
    while (end > 1 && strchr("/\\", path[end - 1]))
        end--;
    /* "C:" alone would be that drive's current directory. */
    return arena_text(arena, path, path[end - 1] == ':' ? length : end);
}

/* Each directory of the path that is missing. Whether it worked is seen when it is opened. */
static void make_directories(const char *path, struct arena *arena)
{
    size_t end = strlen(path);
    for (size_t length = 1; length <= end; length++) {
        if (!strchr("/\\", path[length])) /* which finds the end, too */
            continue;
        const char *part = arena_text(arena, path, length);
        const wchar_t *native = part ? native_path(part, arena) : NULL;
        if (native)
            make_directory(native, TRUST_SHARED);
    }
}

/* Not FILE_SHARE_DELETE: it stays where it is. OPEN_REPARSE_POINT: a link is not followed. */
static HANDLE open_directory(const wchar_t *path, DWORD access)
{
    return CreateFileW(path, access, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
                       FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
}

static bool is_directory(HANDLE handle)
{
    BY_HANDLE_FILE_INFORMATION information;
    return GetFileInformationByHandle(handle, &information) &&
           (information.dwFileAttributes &
            (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT)) == FILE_ATTRIBUTE_DIRECTORY;
}

enum { LOOKING = READ_CONTROL | FILE_LIST_DIRECTORY };

/* The account's own; where there is none yet, it is made. INVALID_HANDLE_VALUE: GetLastError(). */
static HANDLE open_own(const wchar_t *path, bool *ret_writable)
{
    HANDLE handle = open_directory(path, LOOKING | FILE_ADD_FILE);
    DWORD code = GetLastError();
    if (handle == INVALID_HANDLE_VALUE && code == ERROR_FILE_NOT_FOUND) {
        make_directory(path, TRUST_PRIVATE);
        handle = open_directory(path, LOOKING | FILE_ADD_FILE);
        code = GetLastError();
    }
    *ret_writable = handle != INVALID_HANDLE_VALUE;
    if (!*ret_writable && code == ERROR_ACCESS_DENIED)
        handle = open_directory(path, LOOKING);
    return handle;
}

/* What is above is held while the account's own is made and opened: nobody can put a link to some
 * other place there, for us to make directories in. */
static HANDLE hold_above(const char *path, bool make, struct arena *arena, struct error *err)
{
    const char *above = above_of(path, arena);
    const wchar_t *native = above ? native_path(above, arena) : NULL;
    if (!native) {
        error_memory(err);
        return INVALID_HANDLE_VALUE;
    }
    HANDLE handle = open_directory(native, FILE_READ_ATTRIBUTES);
    if (handle == INVALID_HANDLE_VALUE && make) {
        make_directories(above, arena);
        handle = open_directory(native, FILE_READ_ATTRIBUTES);
    }
    if (handle == INVALID_HANDLE_VALUE) {
        native_refuse(above, err);
    } else if (!is_directory(handle)) {
        refuse_words(above, "not a directory, or a symbolic link", err);
        CloseHandle(handle);
        handle = INVALID_HANDLE_VALUE;
    }
    return handle;
}

static bool open_private(const char *path, struct private_directory *ret, struct arena *arena,
                         struct error *err)
{
    const wchar_t *native = native_path(path, arena);
    if (!native)
        return error_memory(err);
    bool writable;
    HANDLE handle = open_own(native, &writable);
    if (handle == INVALID_HANDLE_VALUE)
        return native_refuse(path, err);
    const char *problem = is_directory(handle) ? trust_problem(handle, TRUST_CHANGES)
                                               : "not a directory, or a symbolic link";
    if (problem) {
        CloseHandle(handle);
        return refuse_words(path, problem, err);
    }
    *ret =
        (struct private_directory){.path = path, .handle = (intptr_t)handle, .writable = writable};
    return true;
}

bool private_directory_open(const char *path, bool make, struct private_directory *ret,
                            struct error *err)
{
    struct arena arena = {0};
    HANDLE above = hold_above(path, make, &arena, err);
    bool opened = above != INVALID_HANDLE_VALUE && open_private(path, ret, &arena, err);
    if (above != INVALID_HANDLE_VALUE)
        CloseHandle(above);
    arena_free(&arena);
    return opened;
}

void private_directory_close(struct private_directory *directory)
{
    CloseHandle((HANDLE)directory->handle);
    directory->handle = (intptr_t)INVALID_HANDLE_VALUE;
}

/* ---- its files ---- */

static bool read_open(const char *path, const struct file *file, size_t limit, struct text *out,
                      struct error *err)
{
    size_t got;
    const char *problem = trust_problem((HANDLE)file->handle, TRUST_CHANGES);
    if (problem)
        return refuse_words(path, problem, err);
    if (file->size > limit)
        return refuse_words(path, "too large", err);
    if (!text_reserve(out, (size_t)file->size))
        return error_memory(err);
    if (!file_read(file, 0, out->bytes + out->length, (size_t)file->size, &got, err))
        return error_prefix(err, "%s: ", path);
    out->length += got;
    out->bytes[out->length] = '\0';
    return true;
}

static bool read_private(const char *path, size_t limit, struct text *out, struct arena *arena,
                         struct error *err)
{
    const wchar_t *native = native_path(path, arena);
    if (arena->failed)
        return error_memory(err);
    HANDLE handle = CreateFileW(
        native, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
        OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
    BY_HANDLE_FILE_INFORMATION information;
    struct file file;
    if (handle == INVALID_HANDLE_VALUE)
        return native_refuse(path, err);
    if (GetFileInformationByHandle(handle, &information) &&
        (information.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT)) {
        CloseHandle(handle);
        return refuse_words(path, "a symbolic link", err);
    }
    if (!native_regular(path, handle, &file, err))
        return false;
    bool read = read_open(path, &file, limit, out, err);
    file_close(&file);
    return read;
}

bool private_file_read(const struct private_directory *directory, const char *name, size_t limit,
                       struct text *out, struct error *err)
{
    struct arena arena = {0};
    bool read = read_private(child_path(directory, name, &arena), limit, out, &arena, err);
    arena_free(&arena);
    return read;
}

/* A new file is written under a name of its own, and takes the old one's place when it is whole.
 * All writers share that name, so it is a lock, too: what a process that died left behind under it
 * is taken away after so long, and never piles up. */
enum { ABANDONED = 60 }; /* seconds */

static HANDLE create(const wchar_t *path, PSECURITY_DESCRIPTOR descriptor)
{
    SECURITY_ATTRIBUTES attributes = {.nLength = sizeof attributes,
                                      .lpSecurityDescriptor = descriptor};
    return CreateFileW(path, GENERIC_WRITE, 0, &attributes, CREATE_NEW, FILE_ATTRIBUTE_NORMAL,
                       NULL);
}

static bool is_abandoned(const wchar_t *path)
{
    WIN32_FILE_ATTRIBUTE_DATA data;
    FILETIME now;
    if (!GetFileAttributesExW(path, GetFileExInfoStandard, &data))
        return GetLastError() == ERROR_FILE_NOT_FOUND;
    GetSystemTimeAsFileTime(&now);
    int64_t written =
        (int64_t)data.ftLastWriteTime.dwHighDateTime << 32 | data.ftLastWriteTime.dwLowDateTime;
    int64_t age = (((int64_t)now.dwHighDateTime << 32 | now.dwLowDateTime) - written) / 10000000;
    return age > ABANDONED || age < -ABANDONED;
}

/* Returns what Windows says. */
static DWORD replace(const wchar_t *fresh, const wchar_t *path, const char *bytes, size_t length)
{
    PSECURITY_DESCRIPTOR descriptor = trust_descriptor(TRUST_PRIVATE);
    if (!descriptor)
        return GetLastError();
    HANDLE handle = create(fresh, descriptor);
    if (handle == INVALID_HANDLE_VALUE && GetLastError() == ERROR_FILE_EXISTS &&
        is_abandoned(fresh)) {
        DeleteFileW(fresh);
        handle = create(fresh, descriptor);
    }
    DWORD code = handle == INVALID_HANDLE_VALUE ? GetLastError() : ERROR_SUCCESS;
    LocalFree(descriptor);
    if (code != ERROR_SUCCESS)
        return code == ERROR_SHARING_VIOLATION ? ERROR_FILE_EXISTS : code;
    if (!native_write(handle, bytes, length) || !FlushFileBuffers(handle))
        code = GetLastError();
    CloseHandle(handle);
    if (code == ERROR_SUCCESS &&
        !MoveFileExW(fresh, path, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH))
        code = GetLastError();
    if (code != ERROR_SUCCESS)
        DeleteFileW(fresh);
    return code;
}

bool private_file_write(const struct private_directory *directory, const char *name,
                        const char *bytes, size_t length, struct error *err)
{
    struct arena arena = {0};
    const char *path = child_path(directory, name, &arena);
    const char *fresh = arena_format(&arena, "%s/.%s.new", directory->path, name);
    const wchar_t *native = native_path(path, &arena);
    const wchar_t *native_fresh = native_path(fresh, &arena);
    bool written = false;
    if (arena.failed) {
        error_memory(err);
    } else {
        DWORD code = replace(native_fresh, native, bytes, length);
        written = code == ERROR_SUCCESS ||
                  native_refuse_code(code == ERROR_FILE_EXISTS ? fresh : path, code, err);
    }
    arena_free(&arena);
    return written;
}

/* ---- settings ---- */

/* Any user may add files to a directory in %ProgramData% that an administrator made there with its
 * usual rights; so a file is looked at, and of its directory only who could put another file in its
 * place. A file with a second name, or a link, could be one that was meant for something else. */
static const char *why_no_settings(HANDLE handle)
{
    BY_HANDLE_FILE_INFORMATION information;
    if (!GetFileInformationByHandle(handle, &information))
        return "its owner can't be determined";
    return information.nNumberOfLinks > 1 ? "has a second name (a hard link)"
                                          : trust_problem(handle, TRUST_CHANGES);
}

static bool is_link(const wchar_t *path)
{
    WIN32_FILE_ATTRIBUTE_DATA data;
    return GetFileAttributesExW(path, GetFileExInfoStandard, &data) &&
           (data.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT);
}

static bool directory_is_trusted(const char *path, struct arena *arena, struct error *err)
{
    const char *directory = above_of(path, arena);
    const wchar_t *native = directory ? native_path(directory, arena) : NULL;
    if (!native)
        return error_memory(err);
    HANDLE handle = CreateFileW(native, READ_CONTROL | FILE_READ_ATTRIBUTES,
                                FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                                OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return native_refuse(directory, err);
    const char *problem = trust_problem(handle, TRUST_REPLACES);
    CloseHandle(handle);
    return !problem || refuse_words(directory, problem, err);
}

bool platform_trusts(const char *path, const struct file *file, struct error *err)
{
    struct arena arena = {0};
    const wchar_t *native = native_path(path, &arena);
    const char *problem = !native           ? "out of memory"
                          : is_link(native) ? "a symbolic link"
                                            : why_no_settings((HANDLE)file->handle);
    bool trusted =
        problem ? refuse_words(path, problem, err) : directory_is_trusted(path, &arena, err);
    arena_free(&arena);
    return trusted;
}

/* ---- places ---- */

static void set_place(struct state_place *place, const char *above, const char *account,
                      struct arena *arena)
{
    place->make_above = true;
    place->path = arena_format(arena, "%s\\%s", above, account);
}

/* The profile of the account. Windows Server 2003 has no %LOCALAPPDATA%. */
static const char *profile_data(struct arena *arena)
{
    const char *data = native_environment(L"LOCALAPPDATA", arena);
    const char *profile = data ? NULL : native_environment(L"USERPROFILE", arena);
    return profile ? arena_format(arena, "%s\\Local Settings\\Application Data", profile) : data;
}

const struct state_place *platform_state_places(const char *named, struct arena *arena)
{
    static const char name[] = "%s\\monitoring-plugins-hyperv";
    struct state_place *places = arena_array(arena, 3, sizeof *places);
    const char *account = trust_account(arena);
    if (!named)
        named = native_environment(L"MP_STATE_PATH", arena);
    const char *common = named ? NULL : native_program_data(arena);
    if (arena->failed || !account)
        return NULL;
    if (named) {
        set_place(&places[0], named, account, arena);
        return arena->failed ? NULL : places;
    }
    const char *own = profile_data(arena);
    set_place(&places[0], arena_format(arena, name, common), account, arena);
    if (own)
        set_place(&places[1], arena_format(arena, name, own), account, arena);
    return arena->failed ? NULL : places;
}

const char *platform_host(struct arena *arena)
{
    enum { MOST = 256 };
    wchar_t name[MOST];
    DWORD room = MOST;
    return wide_to_text(GetComputerNameExW(ComputerNameDnsHostname, name, &room) ? name : L"",
                        arena);
}
