/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * From a counter's answer to a value that can be judged, or to words that tell what to do.
 */
#ifndef HYPERV_READING_H
#define HYPERV_READING_H

#include "counter/counter.h"
#include "hyperv/counter_names.h"

enum { MEGABYTE = 1024 * 1024 };

/* Explain why a counter that is needed could not be read; returns false. The code stays. */
bool reading_explain(const struct source *source, const struct counter *counter, struct error *err);

/* A counter beside the judged one that could not be read, in a few words: "Average Pressure (...)".
 * NULL: out of memory. */
const char *reading_missing(const struct counter *counter, struct arena *arena);

/* Is it one that a newer Windows has, and this one has not? Then nothing is missing. */
bool reading_is_untold(const struct counter *counter);

/* Explain a source_rows() or source_registry() that failed: adds what to do. Returns false. */
bool reading_explain_error(struct error *err);

/* True where this machine or record does not have what was asked for, or grants no right to it: a
 * check that can do without goes on and says so. False where the reading itself failed: then what
 * else was read is not to be trusted either. */
bool reading_is_absent(const struct error *err);

/*
 * The value of a sample in our units: megabytes become bytes. False where it is missing or can't be
 * one: negative, or within 2^28 below 2^32. The latter is how a provider's own subtraction below
 * zero looks: a host has shown 4294967090 MB of Available Memory For Balancing, a neighbour of what
 * is read here.
 */
bool reading_value(const struct sample *sample, enum counter_unit unit, double *ret);

/* The value of a pressure. 0 is how Hyper-V says that it does not know: the guest tells nothing, or
 * there is none. No guest wants nothing at all. Source: Microsoft's B. Armstrong; the community's
 * reports of guests without integration services. */
bool reading_pressure(const struct sample *sample, double *ret);

/* The sample of the same instance in another counter, or NULL. Counters of one object list their
 * instances in the same order, so the search begins at *cursor, which it moves behind what it
 * found. */
const struct sample *reading_find(const struct counter *counter, const struct sample *same,
                                  size_t *cursor);

/* Ask for the first `count` counters of a table of names. */
void reading_ask(struct counter *counters, const char *object, const struct counter_name *names,
                 size_t count);

#endif
