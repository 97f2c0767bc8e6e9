/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Windows' status codes, of PDH, WMI, COM and Win32 alike: what each means for a check, and its
 * words, hex code first. They share one numbering, so one table holds those that mean more than
 * "failed".
 */
#ifndef COUNTER_WINDOWS_STATUS_H
#define COUNTER_WINDOWS_STATUS_H

#include "counter/counter.h"

enum read_status status_reading(unsigned long code);

/* Milliseconds after which another sample may be good, 0 where it is no use to try. */
unsigned status_pause(unsigned long code);

/* "0xC0000BB8 PDH_CSTATUS_NO_OBJECT", or with the system's words for what has no name here: they
 * are in its own language, and may be none. */
const char *status_text(unsigned long code, struct arena *arena);

/* Fill *err with a code and what failed: "0x80041003 WBEM_E_ACCESS_DENIED: root\cimv2". Returns
 * false. */
bool status_error(struct error *err, unsigned long code, const char *what, struct arena *arena);

#endif
