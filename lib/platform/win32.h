/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the implementations for Windows share. */
#ifndef PLATFORM_WIN32_H
#define PLATFORM_WIN32_H

#include "platform/platform.h"

#include <windows.h>

/* platform_refuse() for a code of GetLastError()'s. */
bool win32_refuse(const char *path, DWORD code, struct error *err);

/* A path as CreateFileW and its like take it, long ones too. NULL: out of memory. */
const wchar_t *win32_path(const char *path, struct arena *arena);

/* All of it, or false with GetLastError(). */
bool win32_write(HANDLE handle, const char *bytes, size_t length);

/* The value of an environment variable, or NULL where it is not set. */
const char *win32_environment(const wchar_t *name, struct arena *arena);

/* %ProgramData%, or what it stands for. NULL: out of memory. */
const char *win32_program_data(struct arena *arena);

#endif
