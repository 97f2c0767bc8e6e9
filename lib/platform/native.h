/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the Windows implementations of platform.h share. */
#ifndef PLATFORM_NATIVE_H
#define PLATFORM_NATIVE_H

#include "platform/platform.h"

#include <windows.h>

/* Refuse a path for a code of Windows', or for GetLastError(). */
bool native_refuse_code(const char *path, DWORD code, struct error *err);
bool native_refuse(const char *path, struct error *err);

/* A path as Windows takes it. One that is longer than MAX_PATH (less a short name, for directories)
 * is taken only when it is absolute and begins with \\?\; others stay as they are. NULL: out of
 * memory, and the arena has failed. */
const wchar_t *native_path(const char *path, struct arena *arena);

/* Take over the handle of what must be a regular file; it is closed where it is none. */
bool native_regular(const char *path, HANDLE handle, struct file *ret, struct error *err);

bool native_write(HANDLE handle, const char *bytes, size_t length);

/* The value of an environment variable. NULL: it is not set, or out of memory (arena->failed). */
const char *native_environment(const wchar_t *name, struct arena *arena);

/* %ProgramData%, or what that was before it had a name. NULL: out of memory. */
const char *native_program_data(struct arena *arena);

#endif
