/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Performance counters as WMI has them: each object is a class, each counter a property of it.
 *
 * The raw classes are asked. The formatted ones cost a host 250 ms a query instead of 10, and the
 * raw value of a plain number is that number; that of a rate is what a rate over the interval since
 * the previous check needs.
 *
 * A property is named like its counter, without blanks and marks, "/sec" being "Persec" and '%'
 * "Percent": WMI's own rule, by which all of its classes are made.
 */
#ifndef COUNTER_WINRM_PERF_H
#define COUNTER_WINRM_PERF_H

#include "counter/source.h"
#include "counter/winrm/session.h"

/* As source_counters(): one enumeration for each object. */
bool perf_counters(struct session *session, const struct object_class *classes,
                   struct counter *counters, size_t count, struct arena *arena, struct error *err);

/* "PageReadsPersec" of "Page Reads/sec". NULL: out of memory. */
const char *perf_property(const char *counter, struct arena *arena);

#endif
