/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Private files of platform.h. Everything goes through the descriptor of a directory that was
 * looked at once, so nobody can put another one in its place in between. */
#include "platform/posix.h"
#include "plugin/format.h"
#include "plugin/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* "DIR/NAME: ..." for errno */
static bool refuse_in(const struct private_directory *directory, const char *name,
                      struct error *err)
{
    posix_refuse(name, err);
    return error_prefix(err, "%s/", directory->path);
}

static bool refuse_words(const struct private_directory *directory, const char *name,
                         const char *words, struct error *err)
{
    return error_set_code(err, PLATFORM_REFUSED, "%s%s%s: %s", directory->path, *name ? "/" : "",
                          name, words);
}

/* Could somebody else have written this? */
static const char *why_not_private(const struct stat *status)
{
    if (status->st_uid != 0 && status->st_uid != geteuid())
        return "belongs to another user";
    if (status->st_mode & (S_IWGRP | S_IWOTH))
        return "others can write to it";
    return NULL;
}

/* ---- the directory ---- */

/* One directory of those above. *owner: of the one above it, and then of it. */
static bool make_one_above(const char *path, uid_t *owner, struct error *err)
{
    struct stat status;
    if (fstatat(AT_FDCWD, path, &status, 0) != 0) {
        if (errno == ENOENT && *owner != 0 && *owner != geteuid())
            return error_set_code(err, PLATFORM_REFUSED,
                                  "%s: not created, because its parent belongs to another user",
                                  path);
        if (errno != ENOENT || (mkdir(path, 0755) != 0 && errno != EEXIST) ||
            fstatat(AT_FDCWD, path, &status, 0) != 0)
            return posix_refuse(path, err);
    }
    *owner = status.st_uid;
    return true;
}

/* mkdir -p above the last name. */
static bool make_above(char *path, struct error *err)
{
    uid_t owner = geteuid();
    bool made = true;
    for (char *at = path + 1; *at && made; at++)
        if (*at == '/') {
            *at = '\0';
            made = make_one_above(path, &owner, err);
            *at = '/';
        }
    return made;
}

static int open_directory(const char *path)
{
    return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Returns a descriptor, or a negative number and the reason. */
static int open_or_make(char *bare, const struct private_directory *directory, bool above,
                        struct error *err)
{
    int fd = open_directory(bare);
    if (fd < 0 && errno == ENOENT) {
        if (above && !make_above(bare, err))
            return fd;
        /* Where only the administrator makes what is above, it is absent, whatever keeps us. */
        if (mkdir(bare, 0700) == 0 || errno == EEXIST)
            fd = open_directory(bare);
        else if (!above)
            errno = ENOENT;
    }
    if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
        refuse_words(directory, "", "not a directory, or a symbolic link", err);
    else if (fd < 0)
        posix_refuse(directory->path, err);
    return fd;
}

bool private_directory_open(const char *path, bool above, struct private_directory *ret,
                            struct error *err)
{
    struct private_directory directory = {.path = path};
    /* Behind a slash O_NOFOLLOW would follow. */
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    struct text bare = {0};
    text_add(&bare, path, length);
    if (bare.failed)
        return error_memory(err);
    int fd = open_or_make(bare.bytes, &directory, above, err);
    text_free(&bare);
    if (fd < 0)
        return false;
    struct stat status;
    const char *problem = fstat(fd, &status) != 0 ? strerror(errno) : why_not_private(&status);
    if (problem) {
        close(fd);
        return refuse_words(&directory, "", problem, err);
    }
    directory.handle = fd;
    directory.writable = faccessat(fd, ".", W_OK, AT_EACCESS) == 0;
    *ret = directory;
    return true;
}

void private_directory_close(struct private_directory *directory)
{
    close((int)directory->handle);
    directory->handle = -1;
}

/* ---- its files ---- */

bool private_file_read(const struct private_directory *directory, const char *name, size_t limit,
                       struct text *out, struct error *err)
{
    /* O_NONBLOCK: opening a FIFO would wait for a writer. */
    int fd = openat((int)directory->handle, name,
                    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return errno == ELOOP ? refuse_words(directory, name, "a symbolic link", err)
                              : refuse_in(directory, name, err);
    struct stat status;
    const char *problem = fstat(fd, &status) != 0    ? strerror(errno)
                          : !S_ISREG(status.st_mode) ? "not a regular file"
                                                     : why_not_private(&status);
    size_t got = 0;
    bool read = false;
    if (problem)
        refuse_words(directory, name, problem, err);
    else if ((uint64_t)status.st_size > limit)
        refuse_words(directory, name, "too large", err);
    else if (!text_reserve(out, (size_t)status.st_size))
        error_memory(err);
    else if (!file_read(&(struct file){.handle = fd}, 0, out->bytes + out->length,
                        (size_t)status.st_size, &got, err))
        error_prefix(err, "%s/%s: ", directory->path, name);
    else
        read = true;
    close(fd);
    if (read) {
        out->length += got;
        out->bytes[out->length] = '\0';
    }
    return read;
}

/* A new file is written under a name of its own, and takes the old one's place when it is
 * whole. All writers share that name, so it is a lock, too: what a process that died left behind
 * under it is taken away after so long, and never piles up. */
enum { ABANDONED = 60 }; /* seconds */

static bool lock(int fd)
{
    return fcntl(fd, F_SETLK, &(struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET}) == 0;
}

static int create(int directory, const char *name)
{
    int fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        lock(fd); /* one that is slow is not dead */
    return fd;
}

static bool is_old(const struct stat *status)
{
    int64_t age = clock_now() / 1000 - (int64_t)status->st_mtime;
    return age > ABANDONED || age < -ABANDONED;
}

/* Only with its lock: between a look at a name and its removal the name can have become that of
 * another writer's file, on the same device. */
static void remove_abandoned(int directory, const char *name)
{
    struct stat opened, named;
    int fd = openat(directory, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return;
    if (lock(fd) && fstat(fd, &opened) == 0 && is_old(&opened) &&
        fstatat(directory, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && named.st_ino == opened.st_ino)
        unlinkat(directory, name, 0);
    close(fd);
}

bool private_file_write(const struct private_directory *directory, const char *name,
                        const char *bytes, size_t length, struct error *err)
{
    char fresh[256];
    int at = (int)directory->handle;
    if (format_text(fresh, sizeof fresh, ".%s.new", name) >= sizeof fresh)
        return refuse_words(directory, name, "the name is too long", err);
    int fd = create(at, fresh);
    if (fd < 0 && errno == EEXIST) {
        remove_abandoned(at, fresh);
        fd = create(at, fresh);
    }
    if (fd < 0)
        return refuse_in(directory, fresh, err);
    bool written = posix_write(fd, bytes, length) && fsync(fd) == 0;
    int error = errno;
    if (close(fd) != 0 && written) {
        error = errno;
        written = false;
    }
    if (written && renameat(at, fresh, at, name) == 0)
        return true;
    if (written)
        error = errno;
    unlinkat(at, fresh, 0);
    errno = error;
    return refuse_in(directory, name, err);
}

/* ---- settings ---- */

static bool refuse_path(const char *path, const char *words, struct error *err)
{
    return error_set_code(err, PLATFORM_REFUSED, "%s: %s", path, words);
}

/* The directory that a path is in. Symbolic links to it are root's business: so is what they lead
 * to, which is what is looked at. */
static bool directory_is_trusted(const char *path, struct error *err)
{
    const char *slash = scan_last(path, '/');
    size_t length = slash == path ? 1 : slash ? (size_t)(slash - path) : 0;
    struct text directory = {0};
    text_add(&directory, length ? path : ".", length ? length : 1);
    if (directory.failed)
        return error_memory(err);
    struct stat status;
    const char *problem = NULL;
    bool told = fstatat(AT_FDCWD, directory.bytes, &status, 0) == 0;
    if (!told)
        posix_refuse(directory.bytes, err);
    else if ((problem = why_not_private(&status)))
        refuse_path(directory.bytes, problem, err);
    text_free(&directory);
    return told && !problem;
}

bool platform_trusts(const char *path, const struct file *file, struct error *err)
{
    struct stat status;
    const char *problem =
        fstat((int)file->handle, &status) != 0 ? strerror(errno) : why_not_private(&status);
    return problem ? refuse_path(path, problem, err) : directory_is_trusted(path, err);
}

/* ---- places ---- */

static const char *environment(const char *name)
{
    const char *value = secure_getenv(name);
    return value && *value ? value : NULL;
}

/* systemd's StateDirectory= may name several, with colons between them. */
static const char *first_of(const char *list, struct arena *arena)
{
    return arena_format(arena, "%.*s", (int)scan_until(list, ":"), list);
}

enum { MOST_PLACES = 4 };

/* The account's own directory below this one, behind the places that are there. */
static void add_place(struct state_place *places, const char *above, bool make_above,
                      struct arena *arena)
{
    while (places->path)
        places++;
    places->make_above = make_above;
    places->path = arena_format(arena, "%s/%lu", above, (unsigned long)geteuid());
}

static void add_usual_places(struct state_place *places, struct arena *arena)
{
    const char *given = environment("STATE_DIRECTORY"), *state = environment("XDG_STATE_HOME");
    const char *home = environment("HOME");
    if (given)
        add_place(places, first_of(given, arena), true, arena);
    add_place(places, "/var/lib/monitoring-plugins-hyperv", false, arena);
    if (state || home)
        add_place(places,
                  arena_format(arena, "%s%s/monitoring-plugins-hyperv", state ? state : home,
                               state ? "" : "/.local/state"),
                  true, arena);
}

const struct state_place *platform_state_places(const char *named, struct arena *arena)
{
    struct state_place *places = arena_array(arena, MOST_PLACES, sizeof *places);
    if (!places)
        return NULL;
    if (!named)
        named = environment("MP_STATE_PATH");
    if (named)
        add_place(places, named, true, arena);
    else
        add_usual_places(places, arena);
    return arena->failed ? NULL : places;
}

const char *platform_host(struct arena *arena)
{
    enum { LONGEST = 256 };
    char *name = arena_array(arena, LONGEST, 1);
    if (name && gethostname(name, LONGEST - 1) != 0)
        *name = '\0';
    return name;
}
