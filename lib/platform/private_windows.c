/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Private files of platform.h. A user may make directories in %ProgramData%, so what is found there
 * is looked at: who owns it, and whom its access list lets write. While its handle is open, nobody
 * can rename or delete the directory or one above it, so what was looked at stays what it was.
 *
 * Source: Microsoft's reference of access control.
 */
#include "platform/native.h"
#include "platform/wide.h"

#include <aclapi.h>
#include <sddl.h>

#include <string.h>

static bool refuse_words(const char *path, const char *words, struct error *err)
{
    return error_set_code(err, PLATFORM_DENIED, "%s: %s", path, words);
}

static const char *child_path(const struct private_directory *directory, const char *name,
                              struct arena *arena)
{
    return arena_format(arena, "%s/%s", directory->path, name);
}

/* ---- who may write ---- */

enum { LARGEST_USER = sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE };

struct user {
    union {
        TOKEN_USER token;
        unsigned char room[LARGEST_USER];
    };
};

static bool find_user(struct user *ret)
{
    HANDLE token;
    DWORD size;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
        return false;
    BOOL found = GetTokenInformation(token, TokenUser, ret, sizeof *ret, &size);
    CloseHandle(token);
    return found;
}

/* We ourselves, the system, and administrators, who may write everywhere. */
static bool is_trusted(PSID sid, const struct user *user)
{
    return EqualSid(sid, user->token.User.Sid) || IsWellKnownSid(sid, WinLocalSystemSid) ||
           IsWellKnownSid(sid, WinBuiltinAdministratorsSid);
}

/* What lets somebody put other words into a file, or another file in its place. */
enum {
    WRITING = FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_DELETE_CHILD | DELETE | WRITE_DAC |
              WRITE_OWNER | (int)GENERIC_WRITE | GENERIC_ALL
};

static bool lets_others_write(PACL list, const struct user *user)
{
    for (DWORD i = 0; list && i < list->AceCount; i++) {
        void *entry;
        if (!GetAce(list, i, &entry))
            return true;
        const ACE_HEADER *header = entry;
        const ACCESS_ALLOWED_ACE *allowed = entry; /* all begin with a mask */
        if (header->AceType == ACCESS_DENIED_ACE_TYPE || (header->AceFlags & INHERIT_ONLY_ACE) ||
            !(allowed->Mask & (DWORD)WRITING))
            continue;
        if (header->AceType != ACCESS_ALLOWED_ACE_TYPE ||
            !is_trusted((PSID)(intptr_t)&allowed->SidStart, user))
            return true;
    }
    return !list; /* no list at all: everybody may do everything */
}

/* Could somebody else have written this? NULL: no. */
static const char *why_not_private(HANDLE handle)
{
    PSID owner;
    PACL list;
    PSECURITY_DESCRIPTOR descriptor;
    struct user user;
    if (!find_user(&user) ||
        GetSecurityInfo(handle, SE_FILE_OBJECT,
                        OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner, NULL, &list,
                        NULL, &descriptor) != ERROR_SUCCESS)
        return "its owner can't be told";
    const char *problem = !owner || !is_trusted(owner, &user) ? "belongs to another user"
                          : lets_others_write(list, &user)    ? "others can write to it"
                                                              : NULL;
    LocalFree(descriptor);
    return problem;
}

enum { LONGEST_SID = 187 }; /* as a string: SECURITY_MAX_SID_STRING_CHARACTERS */

/* For what we make: this user, the system and administrators, nobody else, and the same for all
 * that is made in it. NULL: it could not be built. Free it with LocalFree(). */
static PSECURITY_DESCRIPTOR private_security(void)
{
    struct user user;
    wchar_t *sid;
    PSECURITY_DESCRIPTOR descriptor = NULL;
    if (!find_user(&user) || !ConvertSidToStringSidW(user.token.User.Sid, &sid))
        return NULL;
    static const wchar_t format[] = L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;%ls)";
    wchar_t text[sizeof format / sizeof *format + LONGEST_SID];
    _snwprintf(text, sizeof text / sizeof *text - 1, format, sid);
    text[sizeof text / sizeof *text - 1] = L'\0';
    LocalFree(sid);
    return ConvertStringSecurityDescriptorToSecurityDescriptorW(text, SDDL_REVISION_1, &descriptor,
                                                                NULL)
               ? descriptor
               : NULL;
}

/* ---- the directory ---- */

/* Each directory of the path that is missing. Whether it worked is seen when it is opened. */
static void make_directories(const char *path, struct arena *arena)
{
    PSECURITY_DESCRIPTOR descriptor = private_security();
    SECURITY_ATTRIBUTES attributes = {.nLength = sizeof attributes,
                                      .lpSecurityDescriptor = descriptor};
    for (size_t length = 1; descriptor && path[length - 1]; length++) {
        if (path[length] && !strchr("/\\", path[length]))
            continue;
        const char *part = arena_text(arena, path, length);
        const wchar_t *native = part ? native_path(part, arena) : NULL;
        if (native)
            CreateDirectoryW(native, &attributes);
        if (!path[length])
            break;
    }
    LocalFree(descriptor);
}

/* Not FILE_SHARE_DELETE: it stays where it is. OPEN_REPARSE_POINT: a link is not followed. */
static HANDLE open_directory(const wchar_t *path, DWORD access)
{
    return CreateFileW(path, access | READ_CONTROL | FILE_LIST_DIRECTORY,
                       FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
                       FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
}

static bool is_directory(HANDLE handle)
{
    BY_HANDLE_FILE_INFORMATION information;
    return GetFileInformationByHandle(handle, &information) &&
           (information.dwFileAttributes &
            (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT)) == FILE_ATTRIBUTE_DIRECTORY;
}

static bool open_private(const char *path, bool make, struct private_directory *ret,
                         struct arena *arena, struct error *err)
{
    const wchar_t *native = native_path(path, arena);
    if (!native)
        return error_memory(err);
    HANDLE handle = open_directory(native, FILE_ADD_FILE);
    DWORD code = GetLastError();
    if (handle == INVALID_HANDLE_VALUE && make &&
        (code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND)) {
        make_directories(path, arena);
        handle = open_directory(native, FILE_ADD_FILE);
    }
    bool writable = handle != INVALID_HANDLE_VALUE;
    if (!writable && GetLastError() == ERROR_ACCESS_DENIED)
        handle = open_directory(native, 0);
    if (handle == INVALID_HANDLE_VALUE)
        return native_refuse(path, err);
    const char *problem =
        is_directory(handle) ? why_not_private(handle) : "no directory, or a symbolic link";
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
    bool opened = open_private(path, make, ret, &arena, err);
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
    const char *problem = why_not_private((HANDLE)file->handle);
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
    const wchar_t *native = path ? native_path(path, arena) : NULL;
    if (!native)
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
    PSECURITY_DESCRIPTOR descriptor = private_security();
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
    const char *fresh = path ? arena_format(&arena, "%s/.%s.new", directory->path, name) : NULL;
    const wchar_t *native = fresh ? native_path(path, &arena) : NULL;
    const wchar_t *native_fresh = fresh ? native_path(fresh, &arena) : NULL;
    DWORD code = native && native_fresh ? replace(native_fresh, native, bytes, length)
                                        : ERROR_NOT_ENOUGH_MEMORY;
    bool exists = code == ERROR_FILE_EXISTS || code == ERROR_ALREADY_EXISTS;
    if (code != ERROR_SUCCESS)
        native_refuse_code(exists ? fresh : path ? path : name, code, err);
    arena_free(&arena);
    return code == ERROR_SUCCESS;
}

/* ---- places ---- */

const struct state_place *platform_state_places(struct arena *arena)
{
    struct state_place *places = arena_array(arena, 2, sizeof *places);
    const char *named = native_environment(L"MP_STATE_PATH", arena);
    const char *data = named ? NULL : native_program_data(arena);
    if (!places || (!named && !data))
        return NULL;
    places[0] = (struct state_place){
        named ? named : arena_format(arena, "%s\\monitoring-plugins-hyperv", data), true};
    return places[0].path ? places : NULL;
}

const char *platform_host(struct arena *arena)
{
    wchar_t name[256];
    DWORD room = sizeof name / sizeof *name;
    return wide_to_text(GetComputerNameExW(ComputerNameDnsHostname, name, &room) ? name : L"",
                        arena);
}
