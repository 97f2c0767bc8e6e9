/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a check found, as data: a tree of findings, each with a state, a text and perfdata.
 *
 * The root is the check's answer: its text is the first line, its perfdata the summary. Under it
 * stands one finding for each thing that was judged (a VM, a NUMA node) or noticed (a counter that
 * this Windows lacks). Findings keep the order in which they were added. Nothing is printed here.
 *
 *     struct result result;
 *     result_begin(&result, &arena, "HV BALANCER");
 *     result_say(&result.root, "%s available for VMs", SHOW(show_memory, bytes));
 *     result_measure(&result.root, (struct perfdata){.label = "available", .value = bytes, ...});
 *     struct finding *vm = result_add(&result.root, STATE_CRITICAL);
 *
 * Memory comes from the arena. When there is none left, the functions do nothing, arena->failed
 * tells, and the renderer answers UNKNOWN: a result that lost something is never OK.
 */
#ifndef PLUGIN_RESULT_H
#define PLUGIN_RESULT_H

#include "plugin/arena.h"
#include "plugin/range.h"

/* The exit statuses of the guidelines. */
enum state { STATE_OK, STATE_WARNING, STATE_CRITICAL, STATE_UNKNOWN };

/* "OK", "WARNING", "CRITICAL", "UNKNOWN". */
const char *state_name(enum state state);

/* The one that matters more: CRITICAL, then WARNING, then UNKNOWN, then OK. What is known to be bad
 * is told before what could not be read, and neither is ever hidden by an OK. */
enum state state_worse(enum state a, enum state b);

/* CRITICAL where the critical range alarms, else WARNING where the warning range does, else OK. */
enum state state_of(double value, const struct range *warning, const struct range *critical);

/*
 * One value for the graphs. Memory is in bytes: Icinga 2 reads "MB" as 10^6.
 *
 * What may be unknown is printed all the same, as U: PNP4Nagios stores by position, and stops at a
 * set that changes. It keeps a U as a gap, NSClient++ and Monitoring::Plugin hand it on, and
 * Icinga 2's writers, which go by label, leave the item out.
 */
struct perfdata {
    const char *label; /* [A-Za-z0-9_.-] and blanks: see label.h */
    double value;
    bool unknown;         /* printed as U: the item is there, its value is not known just now */
    const char *unit;     /* "", "B", "%", "c" (a counter that only grows) */
    struct range warning; /* as judged, in the value's unit; not set: left out */
    struct range critical;
    double maximum; /* 0: none. The minimum is 0 wherever there is a maximum. */
};

struct measure {
    struct perfdata perfdata;
    struct measure *next;
};

struct finding {
    struct result *result; /* whose arena it lives in */
    enum state state;
    bool note;        /* a remark, which is not judged and shown with -v alone */
    bool always;      /* a line that was asked for, which is not judged and always shown */
    const char *text; /* UTF-8, one line; the renderer makes it safe to print */
    struct measure *measures, *last_measure;
    struct finding *children, *last_child;
    struct finding *next;
};

struct result {
    struct finding root;
    struct arena *arena;
    const char *title;    /* "HV BALANCER" */
    bool verbose;         /* -v: what is OK is shown, too, and remarks are kept */
    struct finding spare; /* stands in for a child that found no memory */

    /* Perfdata of the children is printed whole or not at all. Where it can't fit, the rest is not
     * even kept: a host with thousands of VMs has megabytes of it. */
    size_t room;  /* for it, in bytes; 0: any */
    size_t least; /* what it takes, at least */
};

void result_begin(struct result *result, struct arena *arena, const char *title);

/* A new child, behind those that are there. Never NULL: without memory it is the
 * spare, which is not in the tree. */
struct finding *result_add(struct finding *parent, enum state state);

/* Set the text of a finding. */
void result_say(struct finding *finding, const char *format, ...) LIKE_PRINTF(2, 3);

/* Add a remark, if result->verbose: what was left out, what this Windows lacks, when the sample was
 * taken. */
void result_note(struct finding *parent, const char *format, ...) LIKE_PRINTF(2, 3);

/* Add a line that is shown always, for what an option asked to be told. */
void result_tell(struct finding *parent, const char *format, ...) LIKE_PRINTF(2, 3);

/* Add a value, behind those that are there. The label is not copied. */
void result_measure(struct finding *finding, struct perfdata perfdata);

/* False: children have more values than there is room for, and no other will be kept. */
bool result_has_room(const struct result *result);

/* The worst state of a finding and all below it. */
enum state result_state(const struct finding *finding);

/* How many children have this state. */
unsigned result_count(const struct finding *finding, enum state state);

#endif
