/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The counter-access library: one interface to the three ways in which Windows can be asked.
 *
 *   counters  performance counters, by their English object and counter name; every instance
 *   registry  one value of HKEY_LOCAL_MACHINE, in the 64-bit view
 *   rows      the instances of a WMI class, chosen properties as text
 *
 * A source answers all three: `local` asks this machine, `record:DIR` reads files that Windows' own
 * tools wrote, `winrm:HOST` asks another machine. The model above does not know which it is talking
 * to.
 *
 *     struct source *source;
 *     struct counter counters[] = {{.object = "Memory", .name = "Available MBytes"}};
 *     if (!source_open("local", &options, &arena, &source, &err)) ...
 *     if (!source_counters(source, counters, 1, &err)) ...        // nothing could be read
 *     if (counters[0].reading != READ_OK) ...                     // this one could not
 *     source_close(source);
 *
 * What is read belongs to the arena that the source was opened with and outlives the source.
 * Values are as Windows gives them: a "MB" counter counts in 2^20 bytes, a pressure in percent.
 */
#ifndef COUNTER_COUNTER_H
#define COUNTER_COUNTER_H

#include "counter/record/stamp.h"
#include "plugin/arena.h"

#include <stdint.h>

/* What became of something that was asked for; error.code of every function here. */
enum read_status {
    READ_OK,
    READ_NO_OBJECT,   /* this machine has no such object, class or key: role or driver absent */
    READ_NO_COUNTER,  /* the object is there, but not this counter, value or property */
    READ_NO_SAMPLE,   /* the counter is there, but has no value at this moment */
    READ_INVALID,     /* a value that can't be one: not a number, wrong type or size */
    READ_DENIED,      /* no right to read it */
    READ_DAMAGED,     /* the system's counter registration is broken */
    READ_TIMEOUT,     /* no answer in time */
    READ_UNSUPPORTED, /* this source has nothing of this kind */
    READ_LANGUAGE,    /* a log whose names are in another language */
    READ_FAILED,      /* anything else */
};

/* ---- counters ---- */

/* One value of one instance. */
struct sample {
    const char *instance; /* as the system names it; "" for an object without instances */
    unsigned ordinal;     /* of several of one name, which: the first is 0. A log has "web01#1" for
                             the second in the name itself, and can't tell it from a VM of that name */
    double value;
    bool present; /* false: its value is missing or unreadable */
    bool blank;   /* of a log: nothing stands there, which does not even say that the instance is */
};

/* A rate's raw ingredients: rate = (count - count before) / (ticks - ticks before) * frequency. */
struct raw_rate {
    uint64_t count;
    uint64_t ticks;     /* of a clock that begins when the system starts and is never set */
    uint64_t frequency; /* ticks in a second */
    unsigned bits;      /* the width at which count wraps: 32 or 64 */
};

/* A counter to read, and what was read. */
struct counter {
    /* asked for; the source may keep both names until it is closed */
    const char *object; /* "Hyper-V Dynamic Memory VM" */
    const char *name;   /* "Physical Memory" */
    bool instances;     /* the object has instances, and all are wanted */
    bool rate;          /* a "/sec" counter: raw, where the source has it so */
    bool newer;         /* not every Windows that has the object has it. Where all of an object are
                           asked for at once and refused, the last of these is left out first */

    /* answered */
    enum read_status reading;
    const char *problem;    /* where reading is not READ_OK: why, hex code first; else NULL */
    struct sample *samples; /* one for each instance */
    size_t count;
    bool is_raw; /* raw was filled instead of samples */
    struct raw_rate raw;
};

/* ---- registry ---- */

/* Types by the numbers that Windows has for them. */
enum { REGISTRY_SZ = 1, REGISTRY_BINARY = 3, REGISTRY_DWORD = 4, REGISTRY_QWORD = 11 };

struct registry_value {
    bool exists;               /* false: the value, or its key, is not there: no error */
    unsigned type;             /* REGISTRY_... */
    const unsigned char *data; /* as the registry keeps it */
    size_t size;               /* of data, in bytes */
    bool key_exists;           /* the key is there, whether the value is or not */
    const char *origin;        /* the file that this is from; NULL: this machine's registry */
};

/* The number of a REG_DWORD; false where it is of another type or not of 4 bytes. */
bool registry_dword(const struct registry_value *value, uint32_t *ret);

/* ---- WMI rows ---- */

/* A class to enumerate. Properties come as text, as PowerShell prints them: "True", "4096". */
struct row_query {
    const char *const *namespaces; /* tried in this order while one does not exist; NULL-ended */
    const char *class_name;
    const char *const *properties; /* NULL-ended; every object of the class has the first */
    size_t needed;   /* so many of them, from the first on, a record must have columns of, lest what
                        was not exported is taken for what is not there */
    size_t v2_alone; /* the place of the one that the class has in the first namespace alone, where
                        alone it is asked for; 0: none */
    size_t looked_at; /* so many of them, from the first on, the visitor looks at, 0: all. The rest
                         is for a record that is being written; a source that each costs something
                         may leave them null */
};

/* Called for every row with a cell for each property, NULL where it is null or unknown. Cells live
 * during the call only. False ends the enumeration and is handed on; to an error of READ_INVALID a
 * record adds its file and line. */
typedef bool row_visitor(void *context, const char *const *cells, struct error *err);

/* ---- sources ---- */

struct source;

/* Rows of a class whose cells are names that instances of counters have, too. */
struct row_names {
    const char *class_name, *property;
};

/* What WMI calls an object of counters: its class of raw values. The names of its properties follow
 * from those of the counters. */
struct object_class {
    const char *object;     /* "Memory" */
    const char *class_name; /* "Win32_PerfRawData_PerfOS_Memory" */
};

struct source_options {
    const char *at; /* the moment of a recorded log, "2011-09-01 10:25[:00]"; NULL: the last */
    unsigned long max_age;         /* seconds a record may be old; 0: any */
    const char *encoding;          /* of files that say nothing about theirs; NULL: as found */
    const char *utc_offset;        /* of a log whose header has lost it, "+01:00"; NULL: none */
    const char *credentials;       /* the file that says how to log in elsewhere; NULL: none */
    const struct row_names *names; /* evidence for the encoding of a record; ended by one without a
                                      class; NULL: none. No option of a user's */
    const struct object_class *classes; /* ended by one without an object; NULL: none. No option of
                                           a user's; outlives the source */
};

/* Open the source that spec names: "local", "record:DIR" or "winrm:HOST[:PORT]". False: an error
 * that begins with the option that is wrong or that this source can't honour. */
bool source_open(const char *spec, const struct source_options *options, struct arena *arena,
                 struct source **ret, struct error *err);
void source_close(struct source *source);

/* Whether such a spec names what is not of this machine: then the spec itself says whose it is, and
 * what was kept of it is good on every machine that asks the same. */
bool source_is_elsewhere(const char *spec);

/* Whether it names what is asked over a network. */
bool source_is_remote(const char *spec);

/* Whether it names a source at all. */
bool source_is_known(const char *spec);

/* Read counters, all at the same moment. True: each tells by its own reading how it went. False:
 * none could be asked at all. */
bool source_counters(struct source *source, struct counter *counters, size_t count,
                     struct error *err);

/* Read HKEY_LOCAL_MACHINE\key, value. */
bool source_registry(struct source *source, const char *key, const char *value,
                     struct registry_value *ret, struct error *err);

/* Enumerate a class. */
bool source_rows(struct source *source, const struct row_query *query, row_visitor *visit,
                 void *context, struct error *err);

/* A source that answers as this one would have done before the moment of the counters that it read
 * last: so many seconds before, or for 0 one row of the log. False with READ_UNSUPPORTED where a
 * source knows no past, READ_NO_SAMPLE where its past does not go back so far. It must be closed
 * first; what it reads belongs to the arena given here. */
bool source_earlier(struct source *source, unsigned long seconds, struct arena *arena,
                    struct source **ret, struct error *err);

/* When the counters that were read last were so: what a clock showed, and where that clock is. */
struct moment {
    stamp wall;
    const char *zone; /* "Tokyo Standard Time", or "" */
    bool has_bias;    /* false: the record does not say */
    int bias;         /* minutes: UTC = wall + bias, at that moment: daylight saving changes it */
    bool recorded;    /* false: just now */
};

struct moment source_moment(const struct source *source);

/* Does it read what was recorded, rather than a machine? */
bool source_is_record(const struct source *source);

/* Where what it reads is, to end a sentence with: "on this machine", "in this record", "on hv01".
 */
const char *source_place(const struct source *source);

/* What whoever reads the values must know about their origin ("measured in a container: ..."), or
 * NULL. */
const char *source_remark(const struct source *source);

#endif
