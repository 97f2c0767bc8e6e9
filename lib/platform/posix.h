/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the implementations for POSIX share. */
#ifndef PLATFORM_POSIX_H
#define PLATFORM_POSIX_H

#include "platform/platform.h"

/* platform_refuse() for errno. */
bool posix_refuse(const char *path, struct error *err);

/* All of it, or false with errno. */
bool posix_write(int fd, const char *bytes, size_t length);

#endif
