/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A preloaded library that lets system calls of a check fail, hang or tell another time, where a
 * test can't get the kernel to. FAULT in the environment says how, words with blanks between them:
 *
 *     pread=hang                     reading never answers
 *     nanosleep=hang                 a sleep never ends
 *     write=ENOSPC                   writing to a file fails (standard output works on)
 *     openat, fsync, renameat = E... making, syncing, renaming a file fails
 *     clock=SECONDS                  the wall clock is so far ahead, or behind
 *     fork=ERROR                     no process can be started
 *     lost=1                         one that was is killed at once
 *     late=SECONDS                   so much time has passed when it is asked for the second time
 *     kill=N                         SIGKILL before the N-th call that changes a file
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* What FAULT says of a call, or NULL. */
static const char *fault(const char *call)
{
    const char *at = getenv("FAULT");
    size_t length = strlen(call);
    while (at && *at) {
        if (!strncmp(at, call, length) && at[length] == '=')
            return at + length + 1;
        at = strchr(at, ' ');
        at = at ? at + 1 : NULL;
    }
    return NULL;
}

static int fails(const char *call)
{
    static const struct {
        const char *name;
        int number;
    } errors[] = {
        {"ENOSPC", ENOSPC}, {"EROFS", EROFS}, {"EIO", EIO}, {"EDQUOT", EDQUOT}, {"EAGAIN", EAGAIN}};
    const char *how = fault(call);
    for (size_t i = 0; how && i < sizeof errors / sizeof *errors; i++)
        if (!strncmp(how, errors[i].name, strlen(errors[i].name))) {
            errno = errors[i].number;
            return 1;
        }
    return 0;
}

static void count_change(void)
{
    static int changes;
    const char *at = fault("kill");
    if (at && ++changes == atoi(at))
        raise(SIGKILL);
}

ssize_t pread(int fd, void *bytes, size_t size, off_t offset)
{
    while (fault("pread"))
        pause();
    return REAL(pread)(fd, bytes, size, offset);
}

ssize_t pread64(int fd, void *bytes, size_t size, off64_t offset)
{
    while (fault("pread"))
        pause();
    return REAL(pread64)(fd, bytes, size, offset);
}

int nanosleep(const struct timespec *wanted, struct timespec *left)
{
    while (fault("nanosleep"))
        pause();
    return REAL(nanosleep)(wanted, left);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    if (fd > 2) {
        count_change();
        if (fails("write"))
            return -1;
        if (fault("kill") && size > 1) /* so that there is a moment with half of it written */
            size /= 2;
    }
    return REAL(write)(fd, bytes, size);
}

int openat(int directory, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = (flags & O_CREAT) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (flags & O_CREAT) {
        count_change();
        if (fails("openat"))
            return -1;
    }
    return REAL(openat)(directory, path, flags, mode);
}

int openat64(int directory, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = (flags & O_CREAT) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return openat(directory, path, flags, mode);
}

int fsync(int fd)
{
    count_change();
    return fails("fsync") ? -1 : REAL(fsync)(fd);
}

int renameat(int from, const char *name, int to, const char *other)
{
    count_change();
    return fails("renameat") ? -1 : REAL(renameat)(from, name, to, other);
}

int unlinkat(int directory, const char *name, int flags)
{
    count_change();
    return REAL(unlinkat)(directory, name, flags);
}

pid_t fork(void)
{
    pid_t child = fails("fork") ? -1 : REAL(fork)();
    if (child == 0 && fault("lost"))
        raise(SIGKILL);
    return child;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static int asked;
    const char *ahead = fault("clock"), *late = fault("late");
    int got = REAL(clock_gettime)(clock, now);
    if (late && clock == CLOCK_MONOTONIC && asked++)
        now->tv_sec += atol(late);
    if (ahead && clock == CLOCK_REALTIME)
        now->tv_sec += atol(ahead);
    return got;
}
