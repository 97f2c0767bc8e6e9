/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What differs between systems, behind one face: arguments, files, clock, timeout, output.
 *
 * posix.c and windows.c implement it; configure chooses one. Everywhere above, text is UTF-8 and
 * paths use what the user wrote. No other part of the project asks which system it runs on, except
 * the `local` sources, which are about nothing else.
 */
#ifndef PLATFORM_PLATFORM_H
#define PLATFORM_PLATFORM_H

#include "plugin/arena.h"
#include "plugin/text.h"

#include <stdint.h>

/* ---- start ---- */

/* The program, called by the platform's own main() with arguments in UTF-8; returns the exit
 * status. Each plugin defines it (lib/check/main.c). */
int program(int argc, char **argv);

/* ---- files ---- */

/* Why a file could not be had, in error.code. The message has the same words on every system. */
enum platform_code {
    PLATFORM_ABSENT = 100,
    PLATFORM_DENIED,
    PLATFORM_EXISTS,
    PLATFORM_OTHER,
    PLATFORM_REFUSED, /* it is there, but others could have made it what it is */
};

/* For the implementations: "PATH: no such file", or PLATFORM_OTHER in the system's own words. */
bool platform_refuse(struct error *err, const char *path, enum platform_code code,
                     const char *other);

/* An open file for reading at any offset. Only regular files open: a FIFO or a device in the place
 * of a record must not hang a check. Symbolic links are followed. */
struct file {
    intptr_t handle;
    uint64_t size;   /* when it was opened */
    int64_t written; /* when something was last written to it, in ms since 1970-01-01 00:00 UTC */
};

bool file_open(const char *path, struct file *ret, struct error *err);

/* Read up to wanted bytes from offset on; *ret_got is less only at the end of the file. */
bool file_read(const struct file *file, uint64_t offset, char *bytes, size_t wanted,
               size_t *ret_got, struct error *err);

void file_close(struct file *file);

/* All of an open file, appended to out; more than limit bytes are an error. path: for messages. */
bool file_read_whole(const struct file *file, const char *path, size_t limit, struct text *out,
                     struct error *err);

/* Write a file that does not exist yet (PLATFORM_EXISTS): nothing is ever overwritten. */
bool file_write_new(const char *path, const char *bytes, size_t length, struct error *err);

/* Give a file another name in its directory, which no file may have yet; remove a file. */
bool file_rename(const char *from, const char *to, struct error *err);
bool file_remove(const char *path, struct error *err);

/* Make a directory; one that is there already is fine. */
bool directory_make(const char *path, struct error *err);

/* ---- settings ---- */

/* Where --extra-opts looks when no file is named. NULL: out of memory. */
const char *platform_config_path(struct arena *arena);

/* The whole file, appended to out, if nobody else could have written it: what is in it decides what
 * alarms. It is the user's own or an administrator's, and so is the directory that it is in; nobody
 * else may write to it or put another one in its place (PLATFORM_REFUSED). Regular files alone. */
bool settings_read(const char *path, size_t limit, struct text *out, struct error *err);

/* For it, of the implementations: whether an open file is such a one. */
bool platform_trusts(const char *path, const struct file *file, struct error *err);

/* ---- what a check keeps for its next run ---- */

/* A directory that nobody else can change: it is the user's own or an administrator's, nobody else
 * may write in it (the sticky bit of /tmp does not help), and its last name is no symbolic link.
 * Only files in such a one are read back as a check's own words. */
struct private_directory {
    const char *path; /* the caller's, for messages */
    intptr_t handle;
    bool writable;
};

/* Open it. A missing one is made, for the user alone, where that may be done; with make_above also
 * those above it, in which other accounts may make theirs. None is made above in a directory of
 * another user's: root, who tries a check by hand, would leave one there in that user's way. */
bool private_directory_open(const char *path, bool make_above, struct private_directory *ret,
                            struct error *err);

void private_directory_close(struct private_directory *directory);

/* Append the file's bytes to out; more than limit are an error. Only a regular file that others
 * could not have written is read, and never through a symbolic link. */
bool private_file_read(const struct private_directory *directory, const char *name, size_t limit,
                       struct text *out, struct error *err);

/* Replace the file at once and whole: whoever reads sees the old or the new one. For the user
 * alone. Where another process is writing the same file just now, PLATFORM_EXISTS. */
bool private_file_write(const struct private_directory *directory, const char *name,
                        const char *bytes, size_t length, struct error *err);

/* Where state may be kept, the best place first, ended by one without a path: below what the user
 * or MP_STATE_PATH names, or else below each of the places that this system has for such things. It
 * is a directory of this account's own there, named by its number (the user's, or the SID), so that
 * accounts can follow each other in any order: who tries a check by hand is seldom who runs it
 * then. named: by the user, or NULL. NULL: out of memory. */
struct state_place {
    const char *path;
    bool make_above; /* whoever comes first; false: the administrator's to make */
};
const struct state_place *platform_state_places(const char *named, struct arena *arena);

/* The name of this machine. NULL: out of memory. */
const char *platform_host(struct arena *arena);

/* ---- clock ---- */

/* Milliseconds since 1970-01-01 00:00 UTC. */
int64_t clock_now(void);

/* Sleep, no longer than the deadline leaves. */
void clock_sleep(unsigned milliseconds);

/* ---- timeout and output ---- */

/* After this many seconds, write answer to standard output by itself and end the process with
 * status, whatever the program is doing then. answer must stay where it is. Called again, it counts
 * anew, with another answer. */
bool deadline_start(unsigned long seconds, const char *answer, int status, struct error *err);

/* Milliseconds until the deadline; UINT_MAX where none was started. Whoever asks a system that may
 * not answer waits for less than that, so that it can tell what did not. */
unsigned deadline_left(void);

/* Write all to standard output, as bytes: no conversion of line ends or encodings; but on Windows
 * an output of a length that NSClient++ can't read loses its last line's end. The deadline still
 * ends the process, but no longer writes. False when not all of it could be written. */
bool output_write(const char *bytes, size_t length);

#endif
