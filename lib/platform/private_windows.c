/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Private files of platform.h. Below %ProgramData% every user may make files and directories, so a
 * directory is taken by what its security descriptor says: owned by us, SYSTEM or the
 * administrators, and nobody else may write in it. While it is open it can't be renamed or removed:
 * that right is not shared.
 */
#include "platform/win32.h"

#include "platform/wide.h"

#include <aclapi.h>
#include <sddl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- who may write ---- */

/* The rights of a directory or file that let somebody change what is read from it. */
enum {
    WRITING =
        FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_DELETE_CHILD | DELETE | WRITE_DAC | WRITE_OWNER
};
static const DWORD WRITING_ALL = WRITING | GENERIC_WRITE | GENERIC_ALL;

/* The user that this process is; to be freed. */
static TOKEN_USER *our_user(void)
{
    HANDLE token;
    DWORD size = 0;
    TOKEN_USER *user = NULL;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
        return NULL;
    GetTokenInformation(token, TokenUser, NULL, 0, &size);
    user = size ? malloc(size) : NULL;
    if (user && !GetTokenInformation(token, TokenUser, user, size, &size)) {
        free(user);
        user = NULL;
    }
    CloseHandle(token);
    return user;
}

static bool is_trusted(PSID sid, const TOKEN_USER *user)
{
    static const WELL_KNOWN_SID_TYPE trusted[] = {
        WinLocalSystemSid, WinBuiltinAdministratorsSid,
        WinCreatorOwnerSid /* whoever makes something there: for that alone */};
    for (size_t i = 0; i < sizeof trusted / sizeof *trusted; i++)
        if (IsWellKnownSid(sid, trusted[i]))
            return true;
    return user && EqualSid(sid, user->User.Sid);
}

static const char *why_list_not_private(PACL list, const TOKEN_USER *user)
{
    static const char others[] = "others can write to it";
    if (!list) /* no list at all lets everybody in */
        return others;
    for (WORD i = 0; i < list->AceCount; i++) {
        void *entry;
        if (!GetAce(list, i, &entry))
            return others;
        const ACE_HEADER *header = entry;
        ACCESS_ALLOWED_ACE *allowed = entry;
        if (header->AceType == ACCESS_DENIED_ACE_TYPE)
            continue;
        if (header->AceType != ACCESS_ALLOWED_ACE_TYPE) /* of kinds that files do not have */
            return others;
        if ((allowed->Mask & WRITING_ALL) && !is_trusted(&allowed->SidStart, user))
            return others;
    }
    return NULL;
}

static const char *why_not_private(HANDLE handle)
{
    PSID owner;
    PACL list;
    PSECURITY_DESCRIPTOR descriptor;
    if (GetSecurityInfo(handle, SE_FILE_OBJECT,
                        OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner, NULL, &list,
                        NULL, &descriptor) != ERROR_SUCCESS)
        return "who may write to it can't be told";
    TOKEN_USER *user = our_user();
    const char *problem = !owner || !is_trusted(owner, user) ? "belongs to another user"
                                                             : why_list_not_private(list, user);
    free(user);
    LocalFree(descriptor);
    return problem;
}

/* ---- the directory ---- */

static bool refuse_words(const struct private_directory *directory, const char *name,
                         const char *words, struct error *err)
{
    return error_set_code(err, PLATFORM_DENIED, "%s%s%s: %s", directory->path, *name ? "\\" : "",
                          name, words);
}

static bool refuse_in(const struct private_directory *directory, const char *name, DWORD code,
                      struct error *err)
{
    return win32_refuse(name, code, err) || error_prefix(err, "%s\\", directory->path);
}

/* Make it, for SYSTEM, the administrators and ourselves; parents as they come. */
static void make_directories(const char *path, struct arena *arena)
{
    char *part = arena_text(arena, path, strlen(path));
    for (char *at = part; at && (at = strpbrk(at + 1, "\\/"));) {
        char separator = *at;
        *at = '\0';
        const wchar_t *native = win32_path(part, arena);
        if (native)
            CreateDirectoryW(native, NULL);
        *at = separator;
    }
    SECURITY_ATTRIBUTES attributes = {.nLength = sizeof attributes};
    const wchar_t *native = win32_path(path, arena);
    TOKEN_USER *user = our_user();
    wchar_t *sid = NULL;
    if (native && user && ConvertSidToStringSidW(user->User.Sid, &sid)) {
        wchar_t rights[512]; /* O: the owner; P: nothing inherited; FA: all, also of files in it */
        swprintf(rights, sizeof rights / sizeof *rights,
                 L"O:%lsD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;%ls)", sid, sid);
        if (ConvertStringSecurityDescriptorToSecurityDescriptorW(
                rights, SDDL_REVISION_1, &attributes.lpSecurityDescriptor, NULL)) {
            CreateDirectoryW(native, &attributes);
            LocalFree(attributes.lpSecurityDescriptor);
        }
        LocalFree(sid);
    }
    free(user);
}

static HANDLE open_entry(const wchar_t *native, DWORD access, DWORD share, DWORD creation)
{
    /* OPEN_REPARSE_POINT: a link is opened itself, to be seen. */
    return CreateFileW(native, access, share, NULL, creation,
                       FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
}

static HANDLE open_directory(const wchar_t *native)
{
    return open_entry(native, FILE_LIST_DIRECTORY | FILE_READ_ATTRIBUTES | READ_CONTROL,
                      FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING);
}

/* Can we make files there? Asked for by opening it with that right. */
static bool can_write(const wchar_t *native)
{
    HANDLE handle =
        open_entry(native, FILE_ADD_FILE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                   OPEN_EXISTING);
    if (handle != INVALID_HANDLE_VALUE)
        CloseHandle(handle);
    return handle != INVALID_HANDLE_VALUE;
}

static bool open_private(const char *path, bool make, struct arena *arena,
                         struct private_directory *ret, struct error *err)
{
    struct private_directory directory = {.path = path};
    const wchar_t *native = win32_path(path, arena);
    if (!native)
        return error_memory(err);
    HANDLE handle = open_directory(native);
    DWORD code = GetLastError();
    if (handle == INVALID_HANDLE_VALUE && make &&
        (code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND)) {
        make_directories(path, arena);
        handle = open_directory(native);
        code = GetLastError();
    }
    if (handle == INVALID_HANDLE_VALUE)
        return win32_refuse(path, code, err);
    BY_HANDLE_FILE_INFORMATION information;
    const char *problem = !GetFileInformationByHandle(handle, &information) ||
                                  !(information.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) ||
                                  (information.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT)
                              ? "no directory, or a symbolic link"
                              : why_not_private(handle);
    if (problem) {
        CloseHandle(handle);
        return refuse_words(&directory, "", problem, err);
    }
    directory.handle = (intptr_t)handle;
    directory.writable = can_write(native);
    *ret = directory;
    return true;
}

bool private_directory_open(const char *path, bool make, struct private_directory *ret,
                            struct error *err)
{
    struct arena arena = {0};
    bool opened = open_private(path, make, &arena, ret, err);
    arena_free(&arena);
    return opened;
}

void private_directory_close(struct private_directory *directory)
{
    CloseHandle((HANDLE)directory->handle);
    directory->handle = (intptr_t)INVALID_HANDLE_VALUE;
}

/* ---- its files ---- */

static const wchar_t *path_in(const struct private_directory *directory, const char *before,
                              const char *name, const char *behind, struct arena *arena)
{
    const char *path = arena_format(arena, "%s\\%s%s%s", directory->path, before, name, behind);
    return path ? win32_path(path, arena) : NULL;
}

static const char *why_not_read(HANDLE handle, size_t limit, uint64_t *ret_size)
{
    BY_HANDLE_FILE_INFORMATION information;
    enum { NO_FILE = FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_DEVICE };
    if (GetFileType(handle) != FILE_TYPE_DISK ||
        !GetFileInformationByHandle(handle, &information) ||
        (information.dwFileAttributes & NO_FILE))
        return "not a regular file";
    if (information.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT)
        return "a symbolic link";
    *ret_size = (uint64_t)information.nFileSizeHigh << 32 | information.nFileSizeLow;
    return *ret_size > limit ? "too large" : why_not_private(handle);
}

bool private_file_read(const struct private_directory *directory, const char *name, size_t limit,
                       struct text *out, struct error *err)
{
    struct arena arena = {0};
    const wchar_t *native = path_in(directory, "", name, "", &arena);
    HANDLE handle =
        native ? open_entry(native, GENERIC_READ | READ_CONTROL,
                            FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, OPEN_EXISTING)
               : INVALID_HANDLE_VALUE;
    DWORD code = GetLastError();
    arena_free(&arena);
    if (!native)
        return error_memory(err);
    if (handle == INVALID_HANDLE_VALUE)
        return refuse_in(directory, name, code, err);
    uint64_t size = 0;
    size_t got = 0;
    bool read = false;
    const char *problem = why_not_read(handle, limit, &size);
    if (problem)
        refuse_words(directory, name, problem, err);
    else if (!text_reserve(out, (size_t)size))
        error_memory(err);
    else if (!file_read(&(struct file){.handle = (intptr_t)handle}, 0, out->bytes + out->length,
                        (size_t)size, &got, err))
        error_prefix(err, "%s\\%s: ", directory->path, name);
    else
        read = true;
    CloseHandle(handle);
    if (read) {
        out->length += got;
        out->bytes[out->length] = '\0';
    }
    return read;
}

/* As private_posix.c does it: the new file's name is a lock, too, which is taken from the dead. */
enum { ABANDONED = 60 }; /* seconds */

static HANDLE create(const wchar_t *fresh)
{
    return open_entry(fresh, GENERIC_WRITE, FILE_SHARE_READ, CREATE_NEW);
}

static bool is_abandoned(const wchar_t *fresh)
{
    WIN32_FILE_ATTRIBUTE_DATA data;
    FILETIME now;
    if (!GetFileAttributesExW(fresh, GetFileExInfoStandard, &data))
        return GetLastError() == ERROR_FILE_NOT_FOUND;
    GetSystemTimeAsFileTime(&now);
    int64_t age = (int64_t)((uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime) -
                  (int64_t)((uint64_t)data.ftLastWriteTime.dwHighDateTime << 32 |
                            data.ftLastWriteTime.dwLowDateTime);
    age /= 10000000; /* 100 ns */
    return age > ABANDONED || age < -ABANDONED;
}

static DWORD replace(const wchar_t *fresh, const wchar_t *native, const char *bytes, size_t length)
{
    HANDLE handle = create(fresh);
    if (handle == INVALID_HANDLE_VALUE && GetLastError() == ERROR_FILE_EXISTS &&
        is_abandoned(fresh)) {
        DeleteFileW(fresh);
        handle = create(fresh);
    }
    if (handle == INVALID_HANDLE_VALUE)
        return GetLastError();
    DWORD code = win32_write(handle, bytes, length) && FlushFileBuffers(handle) ? ERROR_SUCCESS
                                                                                : GetLastError();
    CloseHandle(handle);
    if (code == ERROR_SUCCESS &&
        !MoveFileExW(fresh, native, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH))
        code = GetLastError();
    if (code != ERROR_SUCCESS)
        DeleteFileW(fresh);
    return code;
}

bool private_file_write(const struct private_directory *directory, const char *name,
                        const char *bytes, size_t length, struct error *err)
{
    struct arena arena = {0};
    const wchar_t *fresh = path_in(directory, ".", name, ".new", &arena);
    const wchar_t *native = path_in(directory, "", name, "", &arena);
    bool written = false;
    if (!fresh || !native) {
        error_memory(err);
    } else {
        DWORD code = replace(fresh, native, bytes, length);
        written = code == ERROR_SUCCESS || refuse_in(directory, name, code, err);
    }
    arena_free(&arena);
    return written;
}

/* ---- places ---- */

const struct state_place *platform_state_places(struct arena *arena)
{
    struct state_place *places = arena_array(arena, 2, sizeof *places);
    const char *named = win32_environment(L"MP_STATE_PATH", arena);
    const char *data = named && *named ? NULL : win32_program_data(arena);
    if (!places || (!data && !(named && *named)))
        return NULL;
    places[0].path = data ? arena_format(arena, "%s\\monitoring-plugins-hyperv", data) : named;
    places[0].make = true;
    return places[0].path ? places : NULL;
}

const char *platform_host(struct arena *arena)
{
    wchar_t name[256];
    DWORD length = sizeof name / sizeof *name;
    if (!GetComputerNameExW(ComputerNamePhysicalDnsHostname, name, &length))
        *name = L'\0';
    return wide_to_text(name, arena);
}
