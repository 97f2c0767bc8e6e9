/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * English counter names on a Windows whose PDH knows the local ones alone: Server 2003, before
 * PdhAddEnglishCounterW.
 *
 * The registry has the English names with their indices (Perflib\009), and PDH tells the local name
 * of an index. The same name may stand there under several, of which one is the right one, so all
 * are tried.
 */
#ifndef COUNTER_WINDOWS_PERFLIB_H
#define COUNTER_WINDOWS_PERFLIB_H

#include "counter/counter.h"

/* PDH's handles, so that not everybody has to include windows.h. */
typedef void *pdh_handle;

/* Add a counter to a query by its local name; returns PDH's status. */
unsigned long perflib_add(pdh_handle query, const struct counter *counter, struct arena *arena,
                          pdh_handle *ret);

#endif
