/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Between Windows and the rest of this project: its text is UTF-16, ours UTF-8. For windows.c and
 * the parts of the `local` source; nothing above them sees a wchar_t.
 */
#ifndef PLATFORM_WIDE_H
#define PLATFORM_WIDE_H

#include "plugin/arena.h"

#include <wchar.h>

/* Either way, what is no text (half a surrogate pair, a byte that is no UTF-8) becomes U+FFFD.
 * NULL: out of memory. */
wchar_t *wide_from_text(const char *text, struct arena *arena);
char *wide_to_text(const wchar_t *wide, struct arena *arena);

/* What the system, or a module of it, has to say of a status code, on one line; "" where that is
 * nothing. In the system's language, so never alone: the code itself goes in front. */
const char *wide_message(unsigned long code, const wchar_t *module, struct arena *arena);

#endif
