/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A source in front of another that keeps what goes through it, to write it as a record: for a
 * support case, or as a test of what a host looked like.
 */
#ifndef COUNTER_RECORD_WRITER_H
#define COUNTER_RECORD_WRITER_H

#include "counter/counter.h"

/* Stand in front of inner, which is closed with the writer. */
bool record_writer_open(struct source *inner, struct arena *arena, struct source **ret,
                        struct error *err);

/* A rate's raw numbers have become a value, which is what a log of counters holds. */
bool record_writer_rate(struct source *source, const struct counter *counter, double value,
                        struct error *err);

/* Write what was read into a directory, which is made if need be: all of it or nothing. Nothing is
 * overwritten: to what another check wrote there in the last minutes, a log gets the columns that
 * it has not, and of other files the same must be there already. Anything else is an error. */
bool record_writer_write(struct source *writer, const char *directory, struct error *err);

#endif
