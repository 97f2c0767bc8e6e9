/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/posix.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Where one of these was closed, the next file that is opened would get its number, and what is
 * printed would go into it. Nothing can be written to what stands in for it. */
static void keep_standard_descriptors(void)
{
    struct stat status;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fstat(fd, &status) != 0) /* and not fcntl(), which nothing else here needs */
            open("/dev/null", O_RDONLY);
}

int main(int argc, char **argv)
{
    keep_standard_descriptors();
    return program(argc, argv);
}

/* ---- files ---- */

bool posix_refuse(const char *path, struct error *err)
{
    enum platform_code code = errno == ENOENT || errno == ENOTDIR ? PLATFORM_ABSENT
                              : errno == EACCES || errno == EPERM ? PLATFORM_DENIED
                              : errno == EEXIST                   ? PLATFORM_EXISTS
                                                                  : PLATFORM_OTHER;
    return platform_refuse(err, path, code, code == PLATFORM_OTHER ? strerror(errno) : NULL);
}

bool file_open(const char *path, struct file *ret, struct error *err)
{
    /* O_NONBLOCK: opening a FIFO would wait for a writer. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return posix_refuse(path, err);
    struct stat status;
    if (fstat(fd, &status) != 0) {
        posix_refuse(path, err);
        close(fd);
        return false;
    }
    if (!S_ISREG(status.st_mode)) {
        close(fd);
        return error_set_code(err, PLATFORM_OTHER, "%s: not a regular file", path);
    }
    *ret = (struct file){.handle = fd,
                         .size = (uint64_t)status.st_size,
                         .written = (int64_t)status.st_mtim.tv_sec * 1000 +
                                    status.st_mtim.tv_nsec / 1000000};
    return true;
}

bool file_read(const struct file *file, uint64_t offset, char *bytes, size_t wanted,
               size_t *ret_got, struct error *err)
{
    size_t got = 0;
    while (got < wanted) {
        ssize_t part = pread((int)file->handle, bytes + got, wanted - got, (off_t)(offset + got));
        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0)
            return error_set(err, "%s", strerror(errno));
        if (part == 0)
            break;
        got += (size_t)part;
    }
    *ret_got = got;
    return true;
}

void file_close(struct file *file)
{
    close((int)file->handle);
    *file = (struct file){.handle = -1};
}

bool file_write_new(const char *path, const char *bytes, size_t length, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return posix_refuse(path, err);
    bool written = posix_write(fd, bytes, length);
    if (!written)
        posix_refuse(path, err);
    if (close(fd) != 0 && written)
        written = posix_refuse(path, err);
    return written;
}

/* linkat() refuses a name that is taken, which rename() would take over; where a file system has no
 * links, nobody else may write there at the same moment. */
bool file_rename(const char *from, const char *to, struct error *err)
{
    struct stat taken;
    if (linkat(AT_FDCWD, from, AT_FDCWD, to, 0) == 0)
        return file_remove(from, err);
    if (errno == EEXIST || fstatat(AT_FDCWD, to, &taken, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EEXIST;
        return posix_refuse(to, err);
    }
    return rename(from, to) == 0 || posix_refuse(from, err);
}

bool file_remove(const char *path, struct error *err)
{
    return unlinkat(AT_FDCWD, path, 0) == 0 || posix_refuse(path, err);
}

bool directory_make(const char *path, struct error *err)
{
    return mkdir(path, 0755) == 0 || errno == EEXIST || posix_refuse(path, err);
}

const char *platform_config_path(struct arena *arena)
{
    (void)arena;
    return "/etc/monitoring-plugins/hyperv.ini";
}

/* ---- clock ---- */

int64_t clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void clock_sleep(unsigned milliseconds)
{
    struct timespec left = {.tv_sec = milliseconds / 1000,
                            .tv_nsec = (long)(milliseconds % 1000) * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}

/* ---- timeout and output ---- */

static struct {
    const char *answer; /* NULL once the program itself is answering */
    size_t length;
    int status;
    int64_t end; /* in milliseconds of the clock that is never set; 0: there is no deadline */
} deadline;

static int64_t uptime(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void answer_and_leave(int signal_number)
{
    (void)signal_number;
    if (deadline.answer)
        posix_write(STDOUT_FILENO, deadline.answer, deadline.length);
    _exit(deadline.status);
}

bool deadline_start(unsigned long seconds, const char *answer, int status, struct error *err)
{
    alarm(0); /* one that was set before must not find half of this */
    deadline.answer = answer;
    deadline.length = strlen(answer);
    deadline.status = status;
    struct sigaction action = {.sa_handler = answer_and_leave};
    if (sigaction(SIGALRM, &action, NULL) != 0)
        return error_set(err, "SIGALRM: %s", strerror(errno));
    /* Whoever started us may have blocked it, and a blocked alarm never answers. The handler's own
     * mask is empty, and functions that make such a one cost more at each start than the rest of
     * this. */
    sigprocmask(SIG_SETMASK, &action.sa_mask, NULL);
    deadline.end = uptime() + (int64_t)seconds * 1000;
    alarm((unsigned)seconds);
    return true;
}

unsigned deadline_left(void)
{
    if (!deadline.end)
        return UINT_MAX;
    int64_t left = deadline.end - uptime();
    return left > 0 ? (unsigned)left : 0;
}

bool output_write(const char *bytes, size_t length)
{
    deadline.answer = NULL;
    sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN},
              NULL); /* a reader that went away is an error to see, not a death */
    return posix_write(STDOUT_FILENO, bytes, length);
}
