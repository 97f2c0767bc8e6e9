/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700 /* nftw() */
#include "unit.h"

#include "plugin/utf8.h"

#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

struct arena arena;

/* Where any user may read: a test may become nobody. */
static const char pattern[] = "/tmp/unit-XXXXXX";
static char directory[sizeof pattern];

int unit_setup(void **state)
{
    (void)state;
    memcpy(directory, pattern, sizeof pattern);
    return mkdtemp(directory) && chmod(directory, 0755) == 0 ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status, (void)kind, (void)where;
    return remove(path);
}

int unit_teardown(void **state)
{
    (void)state;
    arena_free(&arena);
    return nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text = arena_vformat(&arena, format, arguments);
    va_end(arguments);
    assert_non_null(text);
    return text;
}

const char *unit_path(const char *name)
{
    return say("%s/%s", directory, name);
}

const char *unit_file(const char *name, const char *bytes, size_t length)
{
    char *path = arena_format(&arena, "%s/%s", directory, name);
    assert_non_null(path);
    for (char *slash = strchr(path + sizeof directory, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0755) != 0 && errno != EEXIST)
            fail_msg("%s: %s", path, strerror(errno));
        *slash = '/';
    }
    FILE *file = fopen(path, "wb");
    if (!file)
        fail_msg("%s: %s", path, strerror(errno));
    assert_int_equal(length, length ? fwrite(bytes, 1, length, file) : 0);
    assert_int_equal(0, fclose(file));
    return path;
}

const char *unit_text_file(const char *name, const char *text)
{
    return unit_file(name, text, strlen(text));
}

struct text unit_read(const char *path)
{
    struct text text = {0};
    struct file file;
    struct error err;
    if (!file_open(path, &file, &err) || !file_read_whole(&file, path, 1 << 24, &text, &err))
        fail_msg("%s", err.text);
    file_close(&file);
    return text;
}

struct text unit_utf16(const char *from, bool big, bool bom)
{
    struct text text = {0};
    const char *end = from + strlen(from);
    while (bom || from < end) {
        unsigned long codepoint = bom ? 0xFEFF : utf8_next(&from, end);
        bom = false;
        assert_true(codepoint < 0x10000); /* no test needs surrogates */
        char high = (char)(codepoint >> 8), low = (char)(codepoint & 0xFF);
        text_add(&text, big ? (char[]){high, low} : (char[]){low, high}, 2);
    }
    assert_false(text.failed);
    return text;
}

void check_holds(const char *text, const char *part, const char *file, int line)
{
    if (text && part && strstr(text, part))
        return;
    print_error("\"%s\"\nshould hold \"%s\"\n", text ? text : "(NULL)", part ? part : "(NULL)");
    _fail(file, line);
}

void check_double(double found, double expected, const char *file, int line)
{
    if (found >= expected && found <= expected)
        return;
    print_error("%.17g is not %.17g\n", found, expected);
    _fail(file, line);
}

uint32_t unit_random(uint32_t below)
{
    static uint32_t seed = 1; /* xorshift */
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed % below;
}
