/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugins/check.h"

#include "hyperv/balancer.h"
#include "hyperv/windows.h"
#include "plugin/name.h"
#include "plugin/show.h"

struct balancer_options {
    struct common_options common;
    struct range pressure_warning, pressure_critical;
    struct range parent_warning, parent_critical;
    bool all_counters;
};

#define TARGET(member) offsetof(struct balancer_options, member)

static const struct option rows[] = {
    OPTION_THRESHOLDS(option_memory_range, "2048:", "1024:",
                      "the balancer's Available Memory is outside RANGE; in MB, or with a unit "
                      "(2GB:), or in percent of the host's RAM (10%:)."),
    {.name = "pressure-warning",
     .argument = "RANGE",
     .read = option_percent_range,
     .target = TARGET(pressure_warning),
     .help = "WARNING if the balancer's Average Pressure is outside RANGE, in percent."},
    {.name = "pressure-critical",
     .argument = "RANGE",
     .read = option_percent_range,
     .target = TARGET(pressure_critical),
     .help = "CRITICAL if the balancer's Average Pressure is outside RANGE, in percent."},
    {.name = "parent-warning",
     .argument = "RANGE",
     .read = option_memory_range,
     .target = TARGET(parent_warning),
     .help = "WARNING if the parent's own Available MBytes are outside RANGE; in units as -w."},
    {.name = "parent-critical",
     .argument = "RANGE",
     .read = option_memory_range,
     .target = TARGET(parent_critical),
     .help = "CRITICAL if the parent's own Available MBytes are outside RANGE; in units as -w."},
    {.name = "all-counters",
     .read = option_flag,
     .target = TARGET(all_counters),
     .help = "Also show what was added and removed in all: every counter of the group."},
    {0},
};

/* What is judged beside the available memory. */
struct second {
    const char *label, *what, *counter, *unit;
    bool known;
    const char *problem; /* why it is not known; NULL: it has no valid value */
    double value;
    struct range warning, critical;
    enum range_unit range_unit;
};

/* Judge it, add its perfdata, and return what the first line says of it. */
static const char *judge_second(struct run *run, const struct second *second)
{
    struct finding *root = &run->result.root;
    if (!second->known) {
        if (!second->warning.set && !second->critical.set)
            return "";
        result_say(result_add(root, STATE_UNKNOWN), "%s can't be judged: %s", second->counter,
                   second->problem ? second->problem : "it has no valid value at this moment");
        const char *unknown = arena_format(run->arena, ", %s unknown", second->counter);
        return unknown ? unknown : "";
    }
    root->state =
        state_worse(root->state, state_of(second->value, &second->warning, &second->critical));
    result_measure(root, (struct perfdata){.label = second->label,
                                           .value = second->value,
                                           .unit = second->unit,
                                           .warning = second->warning,
                                           .critical = second->critical});
    char shown[SHOW_SIZE];
    if (second->range_unit == RANGE_MEMORY)
        show_memory(shown, second->value);
    else
        show_percent(shown, second->value);
    const char *text = arena_format(run->arena, ", %s %s%s", second->what, shown,
                                    check_limit(run->arena, second->value, &second->warning,
                                                &second->critical, second->range_unit));
    return text ? text : "";
}

static bool resolve_percent(struct run *run, struct range *const ranges[], size_t count,
                            struct error *err)
{
    struct windows windows = {0};
    for (size_t i = 0; i < count; i++) {
        if (!ranges[i]->of_total)
            continue;
        if (!windows.version && !windows_read(run->source, run->arena, &windows, err))
            return error_prefix(err, "percent needs the host's memory size: ");
        *ranges[i] = range_of_total(*ranges[i], windows.memory);
    }
    return true;
}

/* All counters of a node: a line, and perfdata where there is only one node. */
static void tell_counters(struct run *run, const struct balancer_node *node, bool measure)
{
    struct text line = {0};
    for (size_t i = 0; i < BALANCER_COUNTERS; i++) {
        const struct counter_name *counter = &balancer_counter_names[i];
        if (!node->has_value[i])
            continue;
        text_puts(&line, line.length ? ", " : "");
        check_show_counter(counter, node->values[i], &line);
        if (measure && i >= BALANCER_NEEDED)
            result_measure(&run->result.root,
                           check_counter_perfdata(counter->label, counter->unit, node->values[i]));
    }
    result_tell(&run->result.root, "%s: %s", SHOW_NAME(node->name), line.bytes ? line.bytes : "");
    run->result.failed = run->result.failed || line.failed;
    text_free(&line);
}

static void tell_nodes(struct run *run, const struct balancer *balancer)
{
    for (size_t i = 0; i < balancer->count; i++) {
        const struct balancer_node *node = &balancer->nodes[i];
        struct finding *finding = result_add(&run->result.root, STATE_OK);
        result_say(finding, "%s: %s available", SHOW_NAME(node->name),
                   SHOW(show_memory, node->available));
        const char *name = name_label(node->name, run->arena);
        const char *label = name ? arena_format(run->arena, "%s_available", name) : NULL;
        if (label)
            result_measure(
                finding, (struct perfdata){.label = label, .value = node->available, .unit = "B"});
    }
}

static bool run(struct run *run, struct error *err)
{
    const struct balancer_options *options = run->options;
    struct range warning = options->common.warning, critical = options->common.critical;
    struct finding *root = &run->result.root;
    struct balancer balancer;
    if (!balancer_read(run->source, options->all_counters, run->arena, &balancer, err) ||
        !balancer_check(&balancer, err))
        return false;
    struct second pressure = {.label = "average_pressure",
                              .what = "pressure",
                              .counter = "Average Pressure",
                              .unit = "%",
                              .known = balancer.has_pressure,
                              .problem = balancer.pressure_problem,
                              .value = balancer.pressure,
                              .warning = options->pressure_warning,
                              .critical = options->pressure_critical,
                              .range_unit = RANGE_PERCENT};
    struct second parent = {.label = "parent_available",
                            .what = "parent has",
                            .counter = "the parent's Available MBytes",
                            .unit = "B",
                            .known = balancer.has_parent,
                            .problem = balancer.parent_problem,
                            .value = balancer.parent_available,
                            .warning = options->parent_warning,
                            .critical = options->parent_critical,
                            .range_unit = RANGE_MEMORY};
    struct range *const ranges[] = {&warning, &critical, &parent.warning, &parent.critical};
    if (!resolve_percent(run, ranges, 4, err))
        return false;

    root->state = state_of(balancer.available, &warning, &critical);
    result_measure(root, (struct perfdata){.label = "available",
                                           .value = balancer.available,
                                           .unit = "B",
                                           .warning = warning,
                                           .critical = critical});
    const char *nodes = "";
    if (balancer.count > 1)
        nodes = arena_format(run->arena, " on %zu NUMA nodes, least on %s: %s", balancer.count,
                             SHOW_NAME(balancer.poorest->name),
                             SHOW(show_memory, balancer.poorest->available));
    const char *pressure_text = judge_second(run, &pressure);
    const char *parent_text = judge_second(run, &parent);
    result_say(root, "%s available for VMs%s%s%s%s", SHOW(show_memory, balancer.available),
               check_limit(run->arena, balancer.available, &warning, &critical, RANGE_MEMORY),
               nodes ? nodes : "", pressure_text, parent_text);

    if (balancer.count > 1)
        tell_nodes(run, &balancer);
    for (size_t i = 0; options->all_counters && i < balancer.count; i++)
        tell_counters(run, &balancer.nodes[i], balancer.count == 1);
    for (size_t i = 0; i < balancer.missing_count; i++)
        result_note(root, "not read: %s", balancer.missing[i]);
    return true;
}

static const struct example examples[] = {
    {"", "On the host: WARNING below 2048 MB, CRITICAL below 1024 MB left for VMs."},
    {"-w 10%: -c 5%:", "In percent of the host's RAM."},
    {"--pressure-warning=80 --pressure-critical=100 --parent-warning=512:",
     "Also judge the pressure and what the parent has left for itself."},
    {0},
};

const struct check check_hv_balancer = {
    .program = "check_hv_balancer",
    .title = "HV BALANCER",
    .purpose = "Watches what the memory balancer of a Hyper-V host still has for its VMs. When it "
               "runs dry, VMs take memory from each other.",
    .options = rows,
    .options_size = sizeof(struct balancer_options),
    .examples = examples,
    .run = run,
};
