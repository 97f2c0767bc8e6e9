/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The registry of this Windows: HKEY_LOCAL_MACHINE, in the 64-bit view from either build. */
#ifndef COUNTER_WINDOWS_REGISTRY_H
#define COUNTER_WINDOWS_REGISTRY_H

#include "counter/counter.h"

bool registry_read(const char *key, const char *value, struct arena *arena,
                   struct registry_value *ret, struct error *err);

#endif
