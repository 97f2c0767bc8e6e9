/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The frame that every check stands in: it reads the options, opens the source, starts the timeout,
 * and prints what the check found. A check itself is a struct check: its options, and one function
 * that reads, judges and tells.
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "counter/counter.h"
#include "hyperv/counter_names.h"
#include "plugin/options.h"
#include "plugin/render.h"
#include "plugin/result.h"

/* The options that all checks have. A check's own struct of options begins with this. */
struct common_options {
    struct range warning, critical;
    unsigned long timeout;
    unsigned verbose;
    bool help, version;
    const char *source;
    const char *record;
    struct source_options source_options;
    unsigned perfdata; /* enum perfdata_mode */
    unsigned long max_bytes;
    struct text_list extra; /* of each --extra-opts its value, or "" */
};

struct check;

/* A running check. */
struct run {
    const struct check *check;
    const void *options; /* the check's own struct of options */
    struct source *source;
    struct arena *arena;
    struct result result;
    const char
        *unwritten; /* why there is no record, where --record asked for one; NULL: there is */
};

struct example {
    const char *arguments;
    const char *meaning;
};

/* An item of perfdata that a check prints. "<vm>" and "<node>" stand for a name. What may not be
 * known is printed all the same, as U. */
struct label {
    const char *name;
    const char *unit; /* "", "B", "%", "c" */
    const char *meaning;
    const char *when; /* NULL: always */
};

/* What a check is about, and so to which object of a monitoring it belongs. */
enum check_where { CHECK_HOST, CHECK_GUEST, CHECK_CLUSTER };

struct check {
    const char *program; /* "check_hv_balancer" */
    const char *brief;   /* what it does, in half a line: "watch the RAM that ..." */
    const char *title;   /* "HV BALANCER" */
    const char *purpose; /* what it watches and why, in one or two sentences */
    enum check_where where;
    const struct option *options;
    size_t options_size;
    const struct example *examples; /* ended by one without arguments */
    const struct label *labels;     /* in the order in which they are printed, ended by {0} */
    unsigned refuses; /* SOURCE_... of source.h: options that this check has no use for */

    /* Does it read --source, with these options? Else run->source is NULL. NULL: always. */
    bool (*reads_source)(const void *options);

    /* Read, judge, and tell in run->result. False: it is UNKNOWN, and *err tells why. */
    bool (*run)(struct run *run, struct error *err);
};

/* -w and -c, with the check's own unit, defaults and words. The first rows of its options. */
#define OPTION_THRESHOLDS(reader, warning_preset, critical_preset, alarms)                         \
    {.name = "warning",                                                                            \
     .letter = 'w',                                                                                \
     .argument = "RANGE",                                                                          \
     .read = (reader),                                                                             \
     .target = offsetof(struct common_options, warning),                                           \
     .preset = (warning_preset),                                                                   \
     .help = "WARNING if " alarms},                                                                \
    {                                                                                              \
        .name = "critical", .letter = 'c', .argument = "RANGE", .read = (reader),                  \
        .target = offsetof(struct common_options, critical), .preset = (critical_preset),          \
        .help = "CRITICAL if " alarms                                                              \
    }

/* The option of the checks that read VMs; their struct of options has a `struct text_list ignore`.
 */
#define OPTION_IGNORE_INSTANCE(type)                                                               \
    {                                                                                              \
        .name = "ignore-instance", .argument = "GLOB", .read = option_texts,                       \
        .target = offsetof(type, ignore), .repeats = true,                                         \
        .help = "Accept counter instances whose name matches without a VM that this account can "  \
                "see, such as those of containers. This never hides a VM."                         \
    }

/* The rows that all checks have, behind their own. */
extern const struct option check_common_options[];

/* Run a check with these arguments and append what it prints; returns the exit status. */
int check_run(const struct check *check, int argc, char *const *argv, struct text *out);

/* The same, written to standard output. */
int check_main(const struct check *check, int argc, char *const *argv);

/* ---- for the checks ---- */

/* Judge a value by the ranges that its perfdata has: the finding gets the state, if that is worse,
 * and the perfdata. Returns the words for the limit, as check_limit() does. An unknown value has no
 * state. */
const char *check_judge(struct finding *finding, const struct perfdata *value,
                        enum range_unit unit);

/* " (critical below 1024 MB)" where a range alarms on this value, "" where none does. */
const char *check_limit(struct arena *arena, double value, const struct range *warning,
                        const struct range *critical, enum range_unit unit);

/* ", 2 VMs can't be judged" for the first line; "" where all can. */
struct vms;
const char *check_count_unjudged(const struct vms *vms, struct arena *arena);

/* What was not read of the VMs, and which instances were ignored, as notes. */
void check_note_vms(struct run *run, const struct vms *vms);

/* What newer Windows tells and this one, or this record, does not: a note. */
void check_note_untold(struct run *run, const char *const *names, size_t count);

/* Of NUMA nodes that do not share memory, the one that is short, or may be: a line of the result,
 * and the state that it means. */
struct demand;
void check_tell_nodes(struct run *run, const struct demand *look, enum state state);

/* That a node has little, and what its pressure is is not known: UNKNOWN. */
struct balancer_node;
void check_unsure_node(struct finding *finding, const struct balancer_node *node,
                       const char *remedy);

/* A Hyper-V counter as perfdata, and as text: "Added Memory 512 MB". */
struct perfdata check_counter_perfdata(const char *label, enum counter_unit unit, double value);
void check_show_counter(const struct counter_name *counter, double value, struct text *out);

/* What a source is opened with. */
struct source_options check_source_options(const struct common_options *common);

/* What ends a check's file: it makes a program of it, but where it is linked with other checks. */
#ifdef CHECK_LIBRARY
#define CHECK_PROGRAM(check)
#else
#include "platform/platform.h"
#define CHECK_PROGRAM(check)                                                                       \
    int program(int argc, char **argv)                                                             \
    {                                                                                              \
        return check_main(&(check), argc, argv);                                                   \
    }
#endif

#endif
