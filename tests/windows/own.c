/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Windows' own files in situations that no check of a host that is well meets, and what they do to
 * files with each call of it failing.
 *
 *   own DIRECTORY     a directory of its own, with settings.ini
 */
#include "calls.h"
#include "counter/windows/registry.h"
#include "counter/windows/wmi.h"
#include "platform/native.h"
#include "platform/parallel.h"
#include "platform/wide.h"
#include "tests/tap.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* ---- timeout, work, paths ---- */

/* That none could be set is told; and the next try may. */
static void check_deadline(void)
{
    static const char *const titles[] = {"an event", "another one", "a thread", "a word to it"};
    static const char expected[] = "0x0000001F: no thread for the timeout";
    bool left = deadline_left() == UINT_MAX;
    tap_ok(left, "before it is set, a timeout leaves time without an end");
    calls.told = ERROR_GEN_FAILURE;
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

/* How much of an answer is printed: what NSClient++ waits behind loses its last line's end. */
static void check_output(void)
{
    enum { PIECE = 4086, MOST = 2 * PIECE + 1 };
    static const struct {
        DWORD length, printed;
        char last;
    } rows[] = {{0, 0, 0},           {PIECE - 1, PIECE - 1, '\n'}, {PIECE, PIECE - 1, '\n'},
                {PIECE, PIECE, 'x'}, {PIECE + 1, PIECE + 1, '\n'}, {2 * PIECE, 2 * PIECE - 1, '\n'},
                {MOST, MOST, '\n'}};
    static char bytes[MOST];
    HANDLE before = GetStdHandle(STD_OUTPUT_HANDLE);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        memset(bytes, 'x', sizeof bytes);
        if (rows[i].length)
            bytes[rows[i].length - 1] = rows[i].last;
        HANDLE file = CreateFileA("output", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
        SetStdHandle(STD_OUTPUT_HANDLE, file);
        calls.slept = 0;
        bool written = output_write(bytes, rows[i].length);
        SetStdHandle(STD_OUTPUT_HANDLE, before);
        tap_ok(written && GetFileSize(file, NULL) == rows[i].printed,
               "of an answer of %lu bytes %lu are printed", rows[i].length, rows[i].printed);
        tap_ok((calls.slept == INFINITE) == (i > 0), "%s",
               i ? "who comes after an answer waits for the end" : "the first answers");
        CloseHandle(file);
    }
    struct error err;
    calls.slept = 0;
    deadline_start(3600, "", 3, &err);
    tap_ok(calls.slept == INFINITE,
           "a timeout that is moved after an answer waits for the end, too");
}

static void check_left(void)
{
    struct error err;
    calls.ticks = 0;
    deadline_start(3600, "", 3, &err);
    unsigned all = deadline_left();
    calls.ticks = 3600 * 1000;
    tap_ok(all > 3000 * 1000 && all <= 3600 * 1000 && !deadline_left(),
           "what the timeout leaves, and leaves no more");
    calls.ticks = 0;
    deadline_start(3600, "", 3, &err);
}

/* ---- WMI, Wine's own ---- */

static bool count_row(void *context, const char *const *cells, struct error *err)
{
    (void)err;
    *(unsigned *)context += cells[0] != NULL;
    return true;
}

static void check_wmi(void)
{
    static const struct {
        const char *call;
        HRESULT told;
        bool good;
    } rows[] = {{"CoCreateInstance", E_FAIL, false},
                {"CoInitializeSecurity", E_FAIL, false},
                {"CoInitializeSecurity", RPC_E_TOO_LATE, true}};
    const struct row_query query = {.namespaces = (const char *const[]){"root\\cimv2", NULL},
                                    .class_name = "Win32_OperatingSystem",
                                    .properties = (const char *const[]){"Version", NULL}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena arena = {0};
        struct error err;
        struct wmi wmi = {0};
        unsigned count = 0;
        bool good = false;
        calls.told = (DWORD)rows[i].told;
        calls.where = NULL;
        for (unsigned n = 1; n < 100 && (!calls.where || strcmp(calls.where, rows[i].call) != 0);
             n++) {
            wmi_end(&wmi);
            count = 0;
            allocations.made = 0;
            allocations.first = n;
            good = wmi_rows(&wmi, &query, count_row, &count, &arena, &err);
            allocations.first = 0;
        }
        tap_ok(good == rows[i].good && count == good, "WMI, where %s says 0x%08lX", rows[i].call,
               rows[i].told);
        count = 0;
        tap_ok(wmi_rows(&wmi, &query, count_row, &count, &arena, &err) && count == 1,
               "and asked once more");
        wmi_end(&wmi);
        arena_free(&arena);
    }
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
        const wchar_t *plain = wide_from_text(paths[i].path, &arena);
        bool good = native && plain && !wcscmp(native, paths[i].native);
        allocations.made = 0;
        for (unsigned number = 1; good && allocations.made + 1 >= number; number++) {
            allocations.made = 0;
            allocations.first = number;
            const wchar_t *other = native_path(paths[i].path, &arena);
            allocations.first = 0;
            good = !other || !wcscmp(other, native) || !wcscmp(other, plain);
        }
        tap_ok(good, "%.20s... becomes %.20ls..., or stays where a call fails", paths[i].path,
               native);
        arena_free(&arena);
    }
}

/* The last path that is short, and the first that is long: with a short name in it, as a directory.
 */
static void check_longest(void)
{
    enum { SHORT = MAX_PATH - 14 };
    char path[SHORT + 2] = "C:/";
    for (size_t length = SHORT; length <= SHORT + 1; length++) {
        struct arena arena = {0};
        memset(path + 3, 'x', length - 3);
        const wchar_t *native = native_path(path, &arena);
        tap_ok(native && !wcsncmp(native, L"\\\\?\\", 4) == (length > SHORT),
               "a path of %lu characters", (unsigned long)length);
        arena_free(&arena);
    }
}

/* A private directory is made in one that is there: what is told of it. */
static void check_above(void)
{
    static const struct {
        const char *path, *above;
    } paths[] = {
        {"none/x", "none: "},   {"none/\\/x", "none: "},    {"none\\x/", "none\\x: "},
        {"Q:\\x", "Q:\\: "},    {"Q:/\\x", "Q:/\\: "},      {"Q:x", "Q:: "},
        {"/none/x", "/none: "}, {"/no|such", "/no|such: "},
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct private_directory directory;
        struct error err = {0};
        bool opened = private_directory_open(paths[i].path, false, &directory, &err);
        tap_ok(!opened && !strncmp(err.text, paths[i].above, strlen(paths[i].above)), "%s is in %s",
               paths[i].path, err.text);
    }
}

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
    calls.grows = true;
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
    calls.attributes = FILE_ATTRIBUTE_REPARSE_POINT;
    tap_ok(told_link(!private_file_read(directory, "x", 100, &text, &err), &err),
           "a private file that is a link");
    tap_ok(told_link(!private_directory_open("private", false, &other, &err), &err),
           "a private directory that is a link, or is in one");
    tap_ok(opened && told_link(!platform_trusts("settings.ini", &file, &err), &err),
           "settings that are a link");
    calls.attributes = 0;
    tap_ok(opened && platform_trusts("settings.ini", &file, &err), "settings that are none");
    file_close(&file);
    text_free(&text);
}

/* A file of which most was never written. */
static void check_large(void)
{
    static const char last[] = "last";
    LARGE_INTEGER end = {.QuadPart = (5LL << 30) + 7};
    HANDLE handle = CreateFileA("large", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    DWORD length;
    bool made = SetFilePointerEx(handle, end, NULL, FILE_BEGIN) &&
                WriteFile(handle, last, sizeof last, &length, NULL);
    CloseHandle(handle);
    calls.handles++;
    struct file file = {0};
    struct error err;
    char bytes[16] = "";
    size_t got = 0;
    bool read = made && file_open("large", &file, &err) &&
                file_read(&file, (uint64_t)end.QuadPart, bytes, sizeof bytes, &got, &err);
    tap_ok(read && file.size == (uint64_t)end.QuadPart + sizeof last && got == sizeof last &&
               !strcmp(bytes, last),
           "a file of more than 4 GB");
    file_close(&file);
    DeleteFileA("large");
}

/* Whoever reads, writes, renames or deletes a file is not kept from it while a check has it open,
 * nor a check from a file that another has open. A private directory is open to other checks, but
 * stays where it is. */
static void check_sharing(const struct private_directory *directory)
{
    static const DWORD wanted[] = {GENERIC_READ, GENERIC_WRITE, DELETE};
    enum { ALL = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE };
    struct private_directory again;
    struct error err;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        struct file file = {0};
        struct text text = {0};
        bool opened = file_open("private/x", &file, &err);
        HANDLE other = CreateFileA("private/x", wanted[i], ALL, NULL, OPEN_EXISTING, 0, NULL);
        tap_ok(opened && other != INVALID_HANDLE_VALUE, "another opens what is open: 0x%08lX",
               wanted[i]);
        file_close(&file);
        opened = file_open("private/x", &file, &err);
        bool read = private_file_read(directory, "x", 100, &text, &err);
        tap_ok(opened && read, "what another has open is opened: 0x%08lX", wanted[i]);
        file_close(&file);
        CloseHandle(other);
        calls.handles++;
        text_free(&text);
    }
    bool opened = private_directory_open("private", false, &again, &err);
    tap_ok(opened && again.writable, "a private directory that is open already");
    private_directory_close(&again);
    tap_ok(!MoveFileA("private", "elsewhere"), "it stays where it is");
}

static void check_words(void)
{
    static const struct {
        const wchar_t *told;
        const char *words;
    } rows[] = {
        {L"One. Two. ", "One. Two"}, {L"One .. ", "One"}, {L" . ", ""}, {L"", ""}, {L"One", "One"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena arena = {0};
        calls.words = rows[i].told;
        const char *words = wide_message(1, NULL, &arena);
        calls.words = NULL;
        tap_ok(!strcmp(words, rows[i].words), "Windows' words '%ls' become '%s'", rows[i].told,
               words);
        arena_free(&arena);
    }
    /* Words in which Windows would put a name are told as they are, on one line. */
    struct arena arena = {0};
    const char *words = wide_message(ERROR_BAD_EXE_FORMAT, NULL, &arena);
    tap_ok(strstr(words, "%1") && !strpbrk(words, "\r\n"), "words about a name: %s", words);
    arena_free(&arena);
}

/* Windows says that it wrote, or read, and did not. */
static void check_full(const struct private_directory *directory)
{
    struct error err = {0};
    struct text text = {0};
    calls.full = true;
    tap_ok(!private_file_write(directory, "x", "again", 5, &err) && *err.text,
           "not a byte of a private file can be written");
    tap_ok(private_file_read(directory, "x", 100, &text, &err) && !text.length,
           "a private file that has become empty since it was opened");
    calls.full = false;
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
        ULONGLONG written = calls.now - (ULONGLONG)((LONGLONG)rows[i].age * SECOND);
        FILETIME time = {.dwLowDateTime = (DWORD)written, .dwHighDateTime = (DWORD)(written >> 32)};
        bool begun = file_write_new("private/.x.new", "half", 4, &err);
        HANDLE handle =
            CreateFileA("private/.x.new", GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
        bool set = begun && SetFileTime(handle, NULL, NULL, &time);
        CloseHandle(handle);
        calls.handles++; /* CreateFileA() is not counted */
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
    RemoveDirectoryA("private/d/e");
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
    bool opened = private_directory_open("private/d/e", true, &other, err);
    if (opened)
        private_directory_close(&other);
    return opened;
}

static bool other_opened(bool done)
{
    return !done || is_there("private/d/e");
}

/* On Windows Server 2003. */
static bool find_config(struct error *err)
{
    struct arena arena = {0};
    const char *path = platform_config_path(&arena);
    if (path)
        text_puts(&found, path);
    else
        error_memory(err);
    arena_free(&arena);
    return path;
}

static bool config_found(bool done)
{
    return !done ||
           !strcmp(found.bytes, "C:\\All\\Application Data\\monitoring-plugins\\hyperv.ini");
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
    {"the place of settings is found", find_config, config_found},
};

static void check_operations(void)
{
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        const char *wrong = NULL;
        bool done = false, failed = true;
        unsigned number = 0;
        long open = calls.handles;
        while (failed && !wrong) {
            struct error err = {0};
            bool ready = set_up();
            calls.where = NULL;
            allocations.made = 0;
            allocations.first = ++number;
            done = operations[i].run(&err);
            allocations.first = 0;
            failed = allocations.made >= number;
            if (!ready || !operations[i].holds(done) || calls.handles != open ||
                (!done && !*err.text))
                wrong = calls.where ? calls.where : "memory";
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
    tap_ok(private_file_read(&directory, "x", 5, &text, &err) && !strcmp(text.bytes, "wholewhole"),
           "what is read is appended");
    text_free(&text);
    private = directory;
    calls.told = ERROR_GEN_FAILURE;
    check_operations();
    calls.told = ERROR_SHARING_VIOLATION;
    allocations.made = 0;
    for (allocations.first = 1; !calls.where || strcmp(calls.where, "CreateFileW") != 0;
         allocations.first++) {
        allocations.made = 0;
        private_file_write(&directory, "x", "again", 5, &err);
    }
    allocations.first = 0;
    tap_ok(err.code == PLATFORM_EXISTS, "another process has the new one open: %s", err.text);
    tap_ok(private_file_write(&directory, "x", "whole", 5, &err), "and no more");
    check_sharing(&directory);
    check_full(&directory);
    check_links(&directory);
    check_abandoned(&directory);
    set_up();
    text_free(&found);
    private_directory_close(&directory);
}

/* ---- the start ---- */

int wmain(int argc, wchar_t **argv);

static bool nested;

/* Under a service, a box would wait for somebody to press OK. */
enum { NO_BOXES = SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX };

static void check_start(void)
{
    wchar_t name[] = L"東", *arguments[] = {name, NULL};
    int status = 3;
    unsigned number = 0;
    nested = true;
    while (status == 3 && number < 100) {
        allocations.made = 0;
        allocations.first = ++number;
        status = wmain(1, arguments);
        allocations.first = 0;
    }
    tap_ok(!status && number > 2, "a program that has no memory for its arguments does not start");
    nested = false;
}

int program(int argc, char **argv)
{
    if (nested)
        return argc == 1 && !strcmp(argv[0], "東") && SetErrorMode(0) == NO_BOXES ? 0 : 1;
    if (argc != 2 || !calls_catch() || !SetCurrentDirectoryA(argv[1]))
        return 1;
    SetEnvironmentVariableA("ProgramData", NULL);
    SetEnvironmentVariableA("ALLUSERSPROFILE", "C:\\All");
    check_start();
    check_deadline();
    check_output();
    check_left();
    check_wmi();
    check_parallel();
    check_paths();
    check_longest();
    check_words();
    check_above();
    check_registry();
    check_large();
    check_private();
    return tap_end();
}
