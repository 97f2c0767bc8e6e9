/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Every system call that fails: for each call that a function of platform.h makes, it is called
 * again with that one failing, and again with that one and all later ones. Each time all of it was
 * done, or none, and then it says why; what was there before is whole; what a signal interrupts
 * goes on; and nothing stays open. The linker sends the calls here (--wrap).
 */
#include "memory.h"
#include "platform/parallel.h"
#include "platform/platform.h"
#include "plugin/state_file.h"
#include "tests/tap.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- the calls ---- */

enum fault {
    NO_FAULT,
    NO_MEMORY,
    DISK_FAILS,
    NOT_PERMITTED,
    INTERRUPTED, /* what waits */
    NONE_TAKEN,  /* a write of no byte, which is no error */
    HALF_TAKEN,  /* a read or write of less than was wanted */
    FORESTALLED, /* somebody else makes that directory a moment before */
    NOT_KEPT,    /* what was written is known to be lost as the file is closed */
    REPLACED,    /* and somebody else's file has that name, at a second look */
    FAULTS
};
static const char *const fault_names[] = {
    "nothing",       "no memory",  "the disk fails", "not permitted", "interrupted",
    "no byte taken", "half taken", "forestalled",    "not kept",      "replaced",
};

static struct plan {
    enum fault fault;
    unsigned first; /* the call that fails, from 1 */
    bool later;     /* and all behind it */
} plan, plan_of_children;
static const struct plan none;
static bool is_child;
static unsigned made; /* of the calls that the fault can befall */

static void follow(struct plan wanted)
{
    plan = wanted;
    made = 0;
    allocations.made = 0;
    allocations.first = plan.fault == NO_MEMORY ? plan.first : 0;
    allocations.later = plan.later;
}

static bool befalls(enum fault fault)
{
    if (plan.fault != fault)
        return false;
    made++;
    return made == plan.first || (plan.later && made > plan.first);
}

static bool fails(bool waits)
{
    errno = EIO;
    if (befalls(DISK_FAILS))
        return true;
    errno = EPERM;
    if (befalls(NOT_PERMITTED))
        return true;
    errno = EINTR; /* what stays where nothing fails, as from an earlier call */
    return waits && befalls(INTERRUPTED);
}

#define CALL(type, name, waits, parameters, arguments)                                             \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return fails(waits) ? -1 : __real_##name arguments;                                        \
    }

CALL(int, faccessat, false, (int at, const char *path, int mode, int flags),
     (at, path, mode, flags))
CALL(int, fstat, false, (int fd, struct stat *status), (fd, status))
CALL(int, fsync, false, (int fd), (fd))
CALL(int, gethostname, false, (char *name, size_t size), (name, size))
CALL(int, linkat, false, (int at, const char *from, int to_at, const char *to, int flags),
     (at, from, to_at, to, flags))
CALL(int, pipe, false, (int ends[2]), (ends))
CALL(int, poll, true, (struct pollfd * waits, nfds_t count, int most), (waits, count, most))
CALL(int, rename, false, (const char *from, const char *to), (from, to))
CALL(int, renameat, false, (int at, const char *from, int to_at, const char *to),
     (at, from, to_at, to))
CALL(int, sigaction, false, (int number, const struct sigaction *action, struct sigaction *before),
     (number, action, before))
CALL(int, unlinkat, false, (int at, const char *path, int flags), (at, path, flags))
CALL(pid_t, waitpid, true, (pid_t process, int *status, int options), (process, status, options))

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
static time_t frozen; /* the wall clock stands still; 0: it runs */
int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
    int told = __real_clock_gettime(clock, now);
    if (frozen && clock == CLOCK_REALTIME)
        *now = (struct timespec){.tv_sec = frozen};
    return told;
}

int __real_fcntl(int fd, int command, ...);
int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
    bool written = (__real_fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY;
    bool lost = written && befalls(NOT_KEPT), failed = lost || fails(false);
    int error = lost ? EIO : errno, closed = __real_close(fd); /* it is closed all the same */
    errno = error;
    return failed ? -1 : closed;
}

int __wrap_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    void *lock = va_arg(arguments, void *);
    va_end(arguments);
    return fails(false) ? -1 : __real_fcntl(fd, command, lock);
}

pid_t __real_fork(void);
pid_t __wrap_fork(void);
pid_t __wrap_fork(void)
{
    pid_t child = fails(false) ? -1 : __real_fork();
    if (child == 0) {
        is_child = true;
        follow(plan_of_children);
    }
    return child;
}

int __real_fstatat(int at, const char *path, struct stat *status, int flags);
int __wrap_fstatat(int at, const char *path, struct stat *status, int flags);
static void replace(int at, const char *path);
int __wrap_fstatat(int at, const char *path, struct stat *status, int flags)
{
    if (at != AT_FDCWD && befalls(REPLACED))
        replace(at, path);
    return fails(false) ? -1 : __real_fstatat(at, path, status, flags);
}

int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode)
{
    if (befalls(FORESTALLED))
        __real_mkdir(path, mode);
    return fails(false) ? -1 : __real_mkdir(path, mode);
}

int __real_nanosleep(const struct timespec *wanted, struct timespec *left);
int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left);
int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left)
{
    if (!fails(true))
        return __real_nanosleep(wanted, left);
    *left = *wanted;
    return -1;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = (flags & O_CREAT) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return fails(false) ? -1 : __real_open(path, flags, mode);
}

int __real_openat(int at, const char *path, int flags, ...);
int __wrap_openat(int at, const char *path, int flags, ...);
int __wrap_openat(int at, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = (flags & O_CREAT) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return fails(false) ? -1 : __real_openat(at, path, flags, mode);
}

static size_t part_of(size_t size)
{
    return befalls(HALF_TAKEN) ? (size + 1) / 2 : size;
}

ssize_t __real_pread(int fd, void *bytes, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t size, off_t offset)
{
    return fails(true) ? -1 : __real_pread(fd, bytes, part_of(size), offset);
}

ssize_t __real_read(int fd, void *bytes, size_t size);
ssize_t __wrap_read(int fd, void *bytes, size_t size);
ssize_t __wrap_read(int fd, void *bytes, size_t size)
{
    return fails(true) ? -1 : __real_read(fd, bytes, part_of(size));
}

ssize_t __real_write(int fd, const void *bytes, size_t size);
ssize_t __wrap_write(int fd, const void *bytes, size_t size);
ssize_t __wrap_write(int fd, const void *bytes, size_t size)
{
    ssize_t written = fails(true)           ? -1
                      : befalls(NONE_TAKEN) ? 0
                                            : __real_write(fd, bytes, part_of(size));
    if (is_child && !(written < 0 && errno == EINTR))
        follow(none); /* that was its work: what counts branches comes behind it */
    return written;
}

/* ---- a directory for it ---- */

static char scratch[] = "/tmp/calls-XXXXXX";

static const char *in_scratch(const char *name)
{
    static char paths[4][64];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", scratch, name);
    return path;
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        abort();
}

static bool holds(const char *name, const char *text)
{
    char got[64] = "";
    FILE *file = fopen(in_scratch(name), "r");
    size_t length = file ? fread(got, 1, sizeof got - 1, file) : 0;
    if (file)
        fclose(file);
    return file && length == strlen(text) && !strcmp(got, text);
}

static bool is_there(const char *name)
{
    struct stat status;
    return lstat(in_scratch(name), &status) == 0;
}

static void clear(void)
{
    static const char *const names[] = {"a", "b", "f", ".f.new", "p/q/r", "p/q", "p"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        remove(in_scratch(names[i]));
}

static unsigned open_descriptors(void)
{
    unsigned count = 0;
    for (int fd = 0; fd < 100; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* ---- what is called, and what must hold then ---- */

static void with_a_file(void)
{
    put(in_scratch("a"), "ours");
}

static bool reads_settings(struct error *err)
{
    struct text text = {0};
    bool read = settings_read(in_scratch("a"), 100, &text, err);
    bool whole = !read || !strcmp(text.bytes, "ours");
    text_free(&text);
    return read && whole;
}

/* And not a byte more, behind which there is something else. */
static bool reads_a_part(struct error *err)
{
    char bytes[] = "######";
    size_t got = 0;
    struct file file;
    if (!file_open(in_scratch("a"), &file, err))
        return false;
    bool read = file_read(&file, 1, bytes, 2, &got, err);
    file_close(&file);
    return read && got == 2 && !strcmp(bytes, "ur####");
}

static bool writes_a_file(struct error *err)
{
    return file_write_new(in_scratch("b"), "ours", 4, err);
}

static bool is_written(bool done)
{
    return !done || holds("b", "ours");
}

static bool renames(struct error *err)
{
    return file_rename(in_scratch("a"), in_scratch("b"), err);
}

static bool is_renamed(bool done)
{
    return done ? holds("b", "ours") && !is_there("a") : holds("a", "ours") || holds("b", "ours");
}

static void with_two_files(void)
{
    with_a_file();
    put(in_scratch("b"), "theirs");
}

static bool is_told_of_the_name(struct error *err)
{
    return !file_rename(in_scratch("a"), in_scratch("b"), err) && err->code == PLATFORM_EXISTS;
}

static bool are_as_before(bool done)
{
    (void)done;
    return holds("a", "ours") && holds("b", "theirs");
}

static bool removes(struct error *err)
{
    return file_remove(in_scratch("a"), err);
}

static bool is_removed(bool done)
{
    return is_there("a") != done;
}

static bool makes_a_directory(struct error *err)
{
    return directory_make(in_scratch("p"), err);
}

static bool is_made(bool done)
{
    return !done || is_there("p");
}

static bool opens(const char *path, bool above, struct error *err)
{
    struct private_directory directory;
    bool open = private_directory_open(path, above, &directory, err);
    if (open)
        private_directory_close(&directory);
    return open;
}

static bool makes_all_above(struct error *err)
{
    return opens(in_scratch("p/q/r"), true, err);
}

static bool all_are_made(bool done)
{
    return !done || is_there("p/q/r");
}

static bool makes_its_own(struct error *err)
{
    return opens(in_scratch("p"), false, err);
}

static bool replaced;

/* The previous state, and what a process that was killed had begun of the next. */
static void with_a_state(void)
{
    const struct timespec long_ago[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
    replaced = false;
    put(in_scratch("f"), "before");
    put(in_scratch(".f.new"), "half");
    if (utimensat(AT_FDCWD, in_scratch(".f.new"), long_ago, 0) != 0)
        abort();
}

static bool with_directory(bool use(const struct private_directory *, struct error *),
                           struct error *err)
{
    struct private_directory directory;
    if (!private_directory_open(scratch, false, &directory, err))
        return false;
    bool done = use(&directory, err);
    private_directory_close(&directory);
    return done;
}

static bool write_state(const struct private_directory *directory, struct error *err)
{
    return private_file_write(directory, "f", "after", 5, err);
}

static bool keeps_a_state(struct error *err)
{
    return with_directory(write_state, err);
}

static bool is_kept(bool done)
{
    return holds("f", done ? "after" : "before") && (!replaced || holds(".f.new", "theirs"));
}

/* Another writer, who took away what was abandoned, and began his own. */
static void replace(int at, const char *path)
{
    (void)at;
    remove(in_scratch("g"));
    put(in_scratch("g"), "theirs");
    if (rename(in_scratch("g"), in_scratch(path)) != 0)
        abort();
    replaced = true;
}

static const struct state_owner owner = {"check_hv_page_reads", "local", "web01"};

static void with_a_whole_state(void)
{
    struct text text = {0};
    state_file_begin(&text, &owner);
    state_file_add(&text, "page_reads", "%d", 7408);
    state_file_end(&text);
    put(in_scratch("f"), text.bytes);
    text_free(&text);
}

static bool read_state(const struct private_directory *directory, struct error *err)
{
    struct text text = {0};
    struct state_file file;
    struct state_file_entry entry;
    bool read = private_file_read(directory, "f", 1000, &text, err) &&
                state_file_open(&text, &owner, &file, err);
    bool whole = !read || (state_file_next(&file, &entry) && !strcmp(entry.value, "7408"));
    text_free(&text);
    return read && whole;
}

static bool reads_a_state(struct error *err)
{
    return with_directory(read_state, err);
}

static bool knows_its_places(struct error *err)
{
    struct arena arena = {0};
    static char far[2000]; /* more than a first block of memory holds */
    memset(far, '/', sizeof far - 1);
    const struct state_place *places = platform_state_places(far, &arena);
    const char *host = platform_host(&arena);
    bool known = places && host;
    for (; known && places->path; places++)
        known = *places->path == '/';
    arena_free(&arena);
    return known || error_memory(err);
}

static bool starts_a_deadline(struct error *err)
{
    bool started = deadline_start(3600, "late\n", 3, err);
    alarm(0);
    return started;
}

static bool sleeps(struct error *err)
{
    (void)err;
    clock_sleep(1);
    return true;
}

static void work(void *context, size_t item, struct text *out)
{
    (void)context;
    text_printf(out, "answer %zu", item);
}

static bool wrong_answer;

/* Each answer that is there is whole, and each that is not says why. */
static bool asks_three(struct error *err)
{
    enum { COUNT = 3 };
    struct parallel_answer answers[COUNT];
    if (!parallel_run(COUNT, work, NULL, 0, answers, err))
        return false;
    bool done = true;
    wrong_answer = false;
    for (size_t i = 0; i < COUNT; i++) {
        char wanted[] = {'a', 'n', 's', 'w', 'e', 'r', ' ', (char)('0' + i), '\0'};
        const char *got = text_of(&answers[i].text);
        wrong_answer |= answers[i].done ? strcmp(got, wanted) != 0 : !*answers[i].problem.text;
        if (!answers[i].done)
            *err = answers[i].problem;
        done = done && answers[i].done;
        text_free(&answers[i].text);
    }
    return done;
}

static bool none_is_wrong(bool done)
{
    (void)done;
    return !wrong_answer;
}

static bool anything(bool done)
{
    (void)done;
    return true;
}

static const struct operation {
    const char *title;
    void (*prepare)(void);
    bool (*run)(struct error *err);
    bool (*whole)(bool done);
    const char *also; /* what it says where the cause is none of the user's business */
    bool in_children;
} operations[] = {
    {"settings are read", with_a_file, reads_settings, anything, "", false},
    {"a part of a file is read", with_a_file, reads_a_part, anything, "", false},
    {"a new file is written", clear, writes_a_file, is_written, "", false},
    {"a file gets another name", with_a_file, renames, is_renamed, "", false},
    {"a name that is taken stays so", with_two_files, is_told_of_the_name, are_as_before, "",
     false},
    {"a file is removed", with_a_file, removes, is_removed, "", false},
    {"a directory is made", clear, makes_a_directory, is_made, "", false},
    {"a directory is made below others", clear, makes_all_above, all_are_made, "", false},
    {"a directory is made for its user", clear, makes_its_own, is_made, "no such file or directory",
     false},
    {"a state is kept", with_a_state, keeps_a_state, is_kept, "exists already", false},
    {"a state is read", with_a_whole_state, reads_a_state, anything, "", false},
    {"places and the host's name", clear, knows_its_places, anything, "", false},
    {"a deadline is started", clear, starts_a_deadline, anything, "", false},
    {"a sleep", clear, sleeps, anything, "", false},
    {"three are asked at once", clear, asks_three, none_is_wrong, "no answer in time", false},
    {"those who ask them fail", clear, asks_three, none_is_wrong, "out of memory", true},
};

static bool says_why(const struct operation *operation, enum fault fault, const char *text)
{
    static const int errors[FAULTS] = {
        [DISK_FAILS] = EIO, [NOT_PERMITTED] = EPERM, [NONE_TAKEN] = EINTR, [NOT_KEPT] = EIO};
    if (*operation->also && strstr(text, operation->also))
        return true;
    if (fault == NO_MEMORY)
        return strstr(text, "out of memory");
    return (errors[fault] && strstr(text, strerror(errors[fault]))) ||
           (fault == NOT_PERMITTED && strstr(text, ": permission denied"));
}

/* What goes wrong with this plan, or NULL. */
static const char *problem(const struct operation *operation, struct plan wanted, bool *ret_reached)
{
    struct error err = {0};
    clear();
    operation->prepare();
    plan_of_children = operation->in_children ? wanted : none;
    unsigned before = open_descriptors();
    long live = allocations.live;
    follow(operation->in_children ? none : wanted);
    bool done = operation->run(&err);
    *ret_reached = operation->in_children
                       ? wanted.first < 4 /* they make fewer; who knows how many */
                       : (wanted.fault == NO_MEMORY ? allocations.made : made) >= wanted.first;
    follow(none);
    while (waitpid(-1, NULL, 0) > 0) /* where that failed */
        ;
    if (!operation->whole(done))
        return done ? "it is not done" : "it is half done";
    if (!done &&
        (wanted.fault == INTERRUPTED || wanted.fault == HALF_TAKEN || wanted.fault == FORESTALLED))
        return "it does not go on";
    if (!done && wanted.fault != REPLACED && !says_why(operation, wanted.fault, err.text))
        return "it does not say why";
    if (open_descriptors() != before)
        return "a descriptor stays open";
    return allocations.live == live ? NULL : "memory is lost";
}

static void test(const struct operation *operation, struct plan wanted)
{
    const char *wrong = NULL;
    for (bool reached = true; reached && !wrong;) {
        wanted.first++;
        wrong = problem(operation, wanted, &reached);
    }
    if (!tap_ok(!wrong, "%s: %s at each call%s", operation->title, fault_names[wanted.fault],
                wanted.later ? " and from then on" : ""))
        printf("# call %u: %s\n", wanted.first, wrong);
}

/* A disk on another machine may tell as late as that. */
static void test_late(void)
{
    struct error err;
    clear();
    put(in_scratch("f"), "before");
    follow((struct plan){.fault = NOT_KEPT, .first = 1});
    bool new_one = writes_a_file(&err);
    follow((struct plan){.fault = NOT_KEPT, .first = 1});
    bool state = keeps_a_state(&err);
    follow(none);
    tap_ok(!new_one && !state && is_kept(false) && !is_there(".f.new"),
           "what is lost as late as the file is closed is not done");
}

/* What a process left that died is there for a minute, by whichever way its clock was wrong. */
static void test_ages(void)
{
    static const int ages[] = {-3600, -61, -60, 0, 60, 61, 3600};
    bool right = true;
    frozen = 1314878400;
    for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
        const struct timespec times[2] = {{.tv_sec = frozen}, {.tv_sec = frozen - ages[i]}};
        struct error err;
        with_a_state();
        if (utimensat(AT_FDCWD, in_scratch(".f.new"), times, 0) != 0)
            abort();
        right = right && keeps_a_state(&err) == (abs(ages[i]) > 60);
    }
    frozen = 0;
    tap_ok(right, "what was abandoned stays for a minute");
}

/* How many of the three standard descriptors this program was started with are there now. */
static int standard_descriptors(void)
{
    int count = 0;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* Whichever were closed, as daemons do it: or what a check opens would be what it prints to. */
static void test_start(const char *self)
{
    bool all = true;
    for (int closed = 0; closed < 8; closed++) {
        int status = 0;
        pid_t child = fork();
        if (child == 0) {
            for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
                if (closed >> fd & 1)
                    close(fd);
            execl(self, self, "count", (char *)NULL);
            _exit(0);
        }
        all = all && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
              WEXITSTATUS(status) == 3;
    }
    tap_ok(all, "a program has its three descriptors, whichever it was started without");
}

int program(int argc, char **argv)
{
    if (argc > 1)
        return standard_descriptors();
    if (!mkdtemp(scratch))
        abort();
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        for (enum fault fault = NO_MEMORY; fault < FAULTS; fault++) {
            bool once = fault == INTERRUPTED || fault == REPLACED || operations[i].in_children;
            for (int later = 0; later < (once ? 1 : 2); later++)
                test(&operations[i], (struct plan){.fault = fault, .later = later});
        }
    test_late();
    test_ages();
    test_start(argv[0]);
    clear();
    rmdir(scratch);
    return tap_end();
}
