/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Files, directories and the clock; timeout and output are tested on whole programs. */
#include "unit.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static void what_is_no_file_is_refused_at_once(void **state)
{
    (void)state;
    struct error err;
    struct file file;
    unit_text_file("a-file", "x");
    unit_text_file("a-directory/x", "");
    assert_int_equal(0, mkfifo(unit_path("a-fifo"), 0600)); /* which nobody ever writes */
    assert_int_equal(0, symlink("a-fifo", unit_path("to-fifo")));
    assert_int_equal(0, symlink("nowhere", unit_path("to-nothing")));
    assert_int_equal(0, symlink("to-itself", unit_path("to-itself")));
    int socket_fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", unit_path("a-socket"));
    assert_int_equal(0, bind(socket_fd, (struct sockaddr *)&address, sizeof address));
    close(socket_fd);

    static const struct {
        const char *name, *problem;
        enum platform_code code;
    } cases[] = {
        {"a-directory", ": not a regular file", PLATFORM_OTHER},
        {"a-fifo", ": not a regular file", PLATFORM_OTHER},
        {"to-fifo", ": not a regular file", PLATFORM_OTHER},
        {"a-socket", ": ", PLATFORM_OTHER},
        {"to-itself", ": ", PLATFORM_OTHER},
        {"nothing", ": no such file or directory", PLATFORM_ABSENT},
        {"to-nothing", ": no such file or directory", PLATFORM_ABSENT},
        {"no/such/way", ": no such file or directory", PLATFORM_ABSENT},
        {"a-file/x", ": no such file or directory", PLATFORM_ABSENT},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const char *path = unit_path(cases[i].name);
        if (file_open(path, &file, &err))
            fail_msg("%s opens", path);
        assert_holds(err.text, say("%s%s", path, cases[i].problem));
        assert_int_equal(err.code, cases[i].code);
    }
    assert_false(file_open("/dev/zero", &file, &err));
    assert_string_equal(err.text, "/dev/zero: not a regular file");
}

static void links_are_followed(void **state)
{
    (void)state;
    struct error err;
    struct file file;
    unit_text_file("linked", "12345");
    assert_int_equal(0, symlink("linked", unit_path("link")));
    assert_true(file_open(unit_path("link"), &file, &err));
    assert_int_equal(file.size, 5);
    assert_true(fcntl((int)file.handle, F_GETFD) & FD_CLOEXEC); /* of no other program */
    file_close(&file);
    assert_int_equal(file.handle, -1);
}

static void reading_anywhere(void **state)
{
    (void)state;
    struct error err;
    struct file file;
    const char *path = unit_text_file("digits", "0123456789");
    assert_true(file_open(path, &file, &err));
    for (size_t offset = 0; offset < 13; offset++)
        for (size_t wanted = 0; wanted < 13; wanted++) {
            size_t got = 99, rest = offset < 10 ? 10 - offset : 0;
            char *bytes = malloc(wanted ? wanted : 1); /* a sanitizer sees what is beyond it */
            assert_non_null(bytes);
            assert_true(file_read(&file, offset, bytes, wanted, &got, &err));
            assert_int_equal(got, wanted < rest ? wanted : rest);
            assert_memory_equal(bytes, &"0123456789"[rest ? offset : 0], got);
            free(bytes);
        }
    file_close(&file);
}

static void when_a_file_was_written(void **state)
{
    (void)state;
    struct error err;
    struct file file;
    const struct timespec times[2] = {{.tv_sec = 0}, {.tv_sec = 1314878430, .tv_nsec = 987654321}};
    const char *path = unit_text_file("dated", "x");
    assert_int_equal(0, utimensat(AT_FDCWD, path, times, 0));
    assert_true(file_open(path, &file, &err));
    assert_int_equal(file.written, INT64_C(1314878430987));
    file_close(&file);
}

static void a_whole_file_within_a_limit(void **state)
{
    (void)state;
    struct error err;
    struct text text = {0};
    const char *path = unit_file("whole", "a\0b\n", 4);
    text_puts(&text, "<");
    assert_true(settings_read(path, 4, &text, &err));
    assert_int_equal(text.length, 5);
    assert_memory_equal(text.bytes, "<a\0b\n", 6);
    assert_false(settings_read(path, 3, &text, &err));
    assert_string_equal(err.text, say("%s: larger than 3 bytes", path));
    assert_false(settings_read(unit_path("none"), 3, &text, &err));
    assert_int_equal(err.code, PLATFORM_ABSENT);
    assert_int_equal(text.length, 5); /* as it was */
    text_free(&text);

    path = unit_text_file("empty", "");
    assert_true(settings_read(path, 0, &text, &err));
    assert_string_equal(text.bytes, ""); /* terminated all the same */
    text_free(&text);
}

static void nothing_is_overwritten(void **state)
{
    (void)state;
    struct error err;
    const char *path = unit_path("new");
    assert_true(file_write_new(path, "one\0two", 7, &err));
    struct text text = unit_read(path);
    assert_int_equal(text.length, 7);
    assert_memory_equal(text.bytes, "one\0two", 7);
    text_free(&text);

    assert_false(file_write_new(path, "three", 5, &err));
    assert_int_equal(err.code, PLATFORM_EXISTS);
    assert_string_equal(err.text, say("%s: exists already", path));
    text = unit_read(path);
    assert_int_equal(text.length, 7);
    text_free(&text);

    /* a link is something that is there, wherever it leads */
    assert_int_equal(0, symlink("elsewhere", unit_path("trap")));
    assert_false(file_write_new(unit_path("trap"), "x", 1, &err));
    assert_int_equal(err.code, PLATFORM_EXISTS);
    assert_int_equal(-1, access(unit_path("elsewhere"), F_OK));

    assert_false(file_write_new(unit_path("no/way"), "x", 1, &err));
    assert_int_equal(err.code, PLATFORM_ABSENT);
    assert_true(file_write_new(unit_path("nothing-in-it"), NULL, 0, &err));
}

/* A file that may not become so long, as on a full disk. */
static void what_does_not_fit_is_told(void **state)
{
    (void)state;
    struct error err;
    struct rlimit before, few;
    char bytes[1000] = "";
    assert_int_equal(0, getrlimit(RLIMIT_FSIZE, &before));
    few = (struct rlimit){100, before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &few));
    bool written = file_write_new(unit_path("full"), bytes, sizeof bytes, &err);
    assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &before));
    assert_false(written);
    assert_int_equal(err.code, PLATFORM_OTHER);
    assert_holds(err.text, say("%s: ", unit_path("full")));
}

static void directories(void **state)
{
    (void)state;
    struct error err;
    assert_true(directory_make(unit_path("made"), &err));
    assert_true(directory_make(unit_path("made"), &err));
    struct stat status;
    assert_int_equal(0, stat(unit_path("made"), &status));
    assert_true(S_ISDIR(status.st_mode));
    assert_false(directory_make(unit_path("not/made"), &err));
    assert_int_equal(err.code, PLATFORM_ABSENT);
}

static void the_clock(void **state)
{
    (void)state;
    int64_t before = (int64_t)time(NULL), now = clock_now() / 1000, after = (int64_t)time(NULL);
    assert_true(before <= now && now <= after + 1); /* time() can lag by a tick */
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    clock_sleep(20);
    clock_gettime(CLOCK_MONOTONIC, &end);
    assert_true((end.tv_sec - start.tv_sec) * 1000 + (end.tv_nsec - start.tv_nsec) / 1000000 >= 20);
}

static void a_deadline_comes_nearer(void **state)
{
    (void)state;
    struct error err;
    assert_int_equal(deadline_left(), UINT_MAX);
    assert_true(deadline_start(3600, "too late\n", 3, &err));
    alarm(0);
    unsigned before = deadline_left();
    assert_true(before <= 3600000);
    clock_sleep(20);
    unsigned after = deadline_left();
    assert_true(before >= after + 19); /* both are cut to a millisecond */
    assert_true(deadline_start(36000, "too late\n", 3, &err));
    alarm(0);
    assert_true(deadline_left() > 3600000); /* anew */
}

RUN_TESTS(TEST(what_is_no_file_is_refused_at_once), TEST(links_are_followed),
          TEST(reading_anywhere), TEST(when_a_file_was_written), TEST(a_whole_file_within_a_limit),
          TEST(nothing_is_overwritten), TEST(what_does_not_fit_is_told), TEST(directories),
          TEST(the_clock), TEST(a_deadline_comes_nearer));
