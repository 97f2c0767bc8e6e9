/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A value of the registry through WMI's StdRegProv. On 64-bit Windows it has the 64-bit view.
 *
 * The number that is expected is asked for first. Only where that says no, the key's names and
 * types are asked for: whether the key is missing, the value, or only its type another.
 */
#ifndef COUNTER_WINRM_REGISTRY_H
#define COUNTER_WINRM_REGISTRY_H

#include "counter/counter.h"
#include "counter/winrm/session.h"

/* As source_registry(). */
bool winrm_registry(struct session *session, const char *key, const char *value,
                    struct arena *arena, struct registry_value *ret, struct error *err);

#endif
