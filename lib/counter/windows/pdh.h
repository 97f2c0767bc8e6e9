/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Performance counters of this Windows, through PDH. */
#ifndef COUNTER_WINDOWS_PDH_H
#define COUNTER_WINDOWS_PDH_H

#include "counter/counter.h"

/* As source_counters(). Every call enumerates anew, and nothing stays open behind it. */
bool pdh_counters(struct counter *counters, size_t count, struct arena *arena, struct error *err);

#endif
