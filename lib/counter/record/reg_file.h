/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * One value of a .reg file, as regedit and `reg export` write it: "Windows Registry Editor Version
 * 5.00" in UTF-16, or the older REGEDIT4 in the ANSI code page.
 */
#ifndef COUNTER_RECORD_REG_FILE_H
#define COUNTER_RECORD_REG_FILE_H

#include "counter/counter.h"
#include "counter/record/lines.h"

/* Find HKEY_LOCAL_MACHINE\key, value. Not there, or deleted by the file ("value"=-), is exists =
 * false; key_exists tells whether the file holds the key at all. Where it stands twice the last
 * counts, as for regedit. *ret_written is as in struct file. False: not a .reg file, or the line
 * that can't be read. */
bool reg_file_find(const char *path, const struct encoding *named, const char *key,
                   const char *value, struct arena *arena, struct registry_value *ret,
                   int64_t *ret_written, struct error *err);

#endif
