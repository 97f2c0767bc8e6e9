/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A source whose answers are tables in a test, so that a special case can be read at a glance.
 *
 *     static const struct fake_value values[] = {
 *         {HYPERV_VM, "Physical Memory", "web01", 512},
 *         {HYPERV_VM, "Physical Memory", "db01", NAN},       // there, but without a value
 *         {HYPERV_VM, "Average Pressure", .reading = READ_DENIED},
 *         {0}};
 *     static const struct fake_class classes[] = {
 *         {"Msvm_ComputerSystem", "Name   |ElementName|EnabledState\n"
 *                                 "HVHOST1|HVHOST1    |2           \n"},
 *         {0}};
 *     struct source *source = fake_open(&(struct fake){.values = values, .classes = classes});
 *
 * An object without a row is READ_NO_OBJECT, a counter without one READ_NO_COUNTER; a row without
 * an instance and READ_OK is a counter that has none at the moment. Blanks around a cell don't
 * count, and an empty cell is NULL.
 */
#ifndef FAKE_SOURCE_H
#define FAKE_SOURCE_H

#include "counter/source.h"

/* The tables leave out what is 0, which the language allows and a table is readable by. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

struct fake_value {
    const char *object, *name;
    const char *instance; /* "" for an object without instances */
    double value;
    enum read_status reading;
    const struct raw_rate *raw;
    bool blank; /* of a log: nothing stands there */
};

struct fake_class {
    const char *name;
    const char *table;
    const char *only_in; /* the one namespace that has it; NULL: all */
    enum read_status reading;
};

struct fake {
    const struct fake_value *values;
    const struct fake_class *classes;
    const char *key, *value; /* what is in the registry */
    struct registry_value registry;
    enum read_status counters_fail, registry_fails; /* all of it */
    struct moment moment;
    const char *remark;
};

/* The source and what it answers live in the arena of the unit tests; *fake must, too. */
struct source *fake_open(const struct fake *fake);

/* Where it is not NULL: what the counters have from the second time on that they are read. And how
 * often they were read. */
extern const struct fake_value *fake_then;
extern int fake_counter_reads;

/* The same for rows: what classes have from the second time on that rows are read. */
extern const struct fake_class *fake_classes_then;
extern int fake_row_reads;

/* How many sources are open. */
extern int fake_open_count;

#endif
