/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/check.h"

#include "hyperv/balancer.h"
#include "hyperv/host.h"
#include "plugin/name.h"
#include "plugin/show.h"

struct balancer_options {
    struct common_options common;
    struct range pressure_warning, pressure_critical;
    struct range parent_warning, parent_critical;
    struct range node_warning, node_critical;
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
     .help = "WARNING if the parent's own Available MBytes are outside RANGE; units as for -w."},
    {.name = "parent-critical",
     .argument = "RANGE",
     .read = option_memory_range,
     .target = TARGET(parent_critical),
     .help = "CRITICAL if the parent's own Available MBytes are outside RANGE; units as for -w."},
    {.name = "node-warning",
     .argument = "RANGE",
     .read = option_memory_range,
     .target = TARGET(node_warning),
     .help = "WARNING if the Available Memory of a NUMA node is outside RANGE, on a host whose "
             "nodes do not share memory; units as for -w. Without this and --node-critical, a node "
             "is judged by -w and -c while its pressure is above 100 %, because a VM can grow only "
             "on its own node."},
    {.name = "node-critical",
     .argument = "RANGE",
     .read = option_memory_range,
     .target = TARGET(node_critical),
     .help = "CRITICAL if the Available Memory of such a node is outside RANGE."},
    {.name = "all-counters",
     .read = option_flag,
     .target = TARGET(all_counters),
     .help =
         "Also show every counter of the group, such as the totals of memory added and removed."},
    {0},
};

/* ---- what is judged beside the available memory ---- */

struct second {
    const char *what, *counter;
    const char *problem; /* why it is not known; NULL: it has no valid value */
    struct perfdata value;
    enum range_unit unit;
};

/* Judge it, add its perfdata, and return what the first line says of it. */
static const char *judge_second(struct run *run, const struct second *second)
{
    static char *(*const show[])(char[SHOW_SIZE], double) = {
        [RANGE_PERCENT] = show_percent,
        [RANGE_MEMORY] = show_memory,
    };
    struct finding *root = &run->result.root;
    const struct perfdata *value = &second->value;
    const char *limit = check_judge(root, value, second->unit);
    const char *text = "";
    if (!value->unknown)
        text = arena_format(run->arena, ", %s %s%s", second->what,
                            SHOW(show[second->unit], value->value), limit);
    else if (value->warning.set || value->critical.set) {
        result_say(result_add(root, STATE_UNKNOWN), "%s can't be judged: %s", second->counter,
                   second->problem ? second->problem : "it has no valid value at this moment");
        text = arena_format(run->arena, ", %s unknown", second->counter);
    }
    return text;
}

/* ---- nodes ---- */

/* What the nodes are judged by: their own ranges, or while they press, the host's. */
struct node_ranges {
    bool own;
    struct range warning, critical;
};

static void tell_node(struct run *run, const struct balancer_node *node, size_t number,
                      const struct node_ranges *ranges)
{
    struct finding *finding = result_add(&run->result.root, STATE_OK);
    const char *name = name_label(node->name, run->arena);
    const char *label = name ? arena_format(run->arena, "%s_available", name)
                             : arena_format(run->arena, "node%zu_available", number);
    bool judged = ranges->own || balancer_presses(node);
    struct perfdata value = {.label = label, .value = node->available, .unit = "B"};
    if (judged) {
        value.warning = ranges->warning;
        value.critical = ranges->critical;
    }
    const char *limit = check_judge(finding, &value, RANGE_MEMORY);
    const char *pressure = node->has_pressure ? arena_format(run->arena, ", pressure %s",
                                                             SHOW(show_percent, node->pressure))
                                              : ", pressure unknown";
    result_say(finding, "%s: %s available%s%s", SHOW_NAME(node->name),
               SHOW(show_memory, node->available), limit, pressure);
    if (judged || node->has_pressure ||
        state_of(node->available, &ranges->warning, &ranges->critical) == STATE_OK)
        return;
    check_unsure_node(finding, node, ": --node-warning and --node-critical judge it anyway");
}

/* All counters of a node: a line, and perfdata where there is only one node. */
static void tell_counters(struct run *run, const struct balancer *balancer,
                          const struct balancer_node *node)
{
    struct text line = text_in(run->arena);
    bool measure = balancer->count == 1;
    for (size_t i = 0; i < BALANCER_COUNTERS; i++) {
        const struct counter_name *counter = &balancer_counter_names[i];
        if (counter->newer && balancer->untold_count)
            continue;
        struct perfdata value =
            check_counter_perfdata(counter->label, counter->unit, node->values[i]);
        value.unknown = !node->has_value[i];
        if (measure && i >= BALANCER_NEEDED)
            result_measure(&run->result.root, value);
        if (value.unknown)
            continue;
        text_puts(&line, line.length ? ", " : "");
        check_show_counter(counter, node->values[i], &line);
    }
    result_tell(&run->result.root, "%s: %s", SHOW_NAME(node->name), text_of(&line));
}

/* ---- all of it ---- */

static bool resolve_percent(struct run *run, struct range *const ranges[], size_t count,
                            struct error *err)
{
    struct host host = {0};
    for (size_t i = 0; i < count; i++) {
        if (!ranges[i]->of_total)
            continue;
        if (!host.version && !host_read(run->source, run->arena, &host, err))
            return error_prefix(err, "percent needs the host's memory size: ");
        *ranges[i] = range_of_total(*ranges[i], host.memory);
    }
    return true;
}

static bool run(struct run *run, struct error *err)
{
    const struct balancer_options *options = run->options;
    struct finding *root = &run->result.root;
    struct balancer balancer;
    if (!balancer_read(run->source, options->all_counters, run->arena, &balancer, err) ||
        !balancer_check(&balancer, err))
        return false;
    struct perfdata available = {.label = "available",
                                 .value = balancer.available,
                                 .unit = "B",
                                 .warning = options->common.warning,
                                 .critical = options->common.critical};
    struct second pressure = {.what = "pressure",
                              .counter = "Average Pressure",
                              .value = {.label = "pressure",
                                        .value = balancer.pressure,
                                        .unknown = !balancer.has_pressure,
                                        .unit = "%",
                                        .warning = options->pressure_warning,
                                        .critical = options->pressure_critical},
                              .unit = RANGE_PERCENT,
                              .problem = balancer.pressure_problem};
    struct second parent = {.what = "parent has",
                            .counter = "the parent's Available MBytes",
                            .value = {.label = "parent_available",
                                      .value = balancer.parent_available,
                                      .unknown = !balancer.has_parent,
                                      .unit = "B",
                                      .warning = options->parent_warning,
                                      .critical = options->parent_critical},
                            .unit = RANGE_MEMORY,
                            .problem = balancer.parent_problem};
    struct node_ranges nodes = {.own = options->node_warning.set || options->node_critical.set,
                                .warning = options->node_warning,
                                .critical = options->node_critical};
    struct range *const ranges[] = {&available.warning,    &available.critical,
                                    &parent.value.warning, &parent.value.critical,
                                    &nodes.warning,        &nodes.critical};
    if (!resolve_percent(run, ranges, sizeof ranges / sizeof *ranges, err))
        return false;
    if (!nodes.own) {
        nodes.warning = available.warning;
        nodes.critical = available.critical;
    }

    const char *limit = check_judge(root, &available, RANGE_MEMORY);
    const char *poorest = "";
    if (balancer.count > 1)
        poorest = arena_format(run->arena, " on %zu NUMA nodes, least on %s: %s", balancer.count,
                               SHOW_NAME(balancer.poorest->name),
                               SHOW(show_memory, balancer.poorest->available));
    const char *pressure_text = judge_second(run, &pressure);
    const char *parent_text = judge_second(run, &parent);
    result_say(root, "%s available for VMs%s%s%s%s", SHOW(show_memory, balancer.available), limit,
               poorest, pressure_text, parent_text);

    for (size_t i = 0; balancer.count > 1 && i < balancer.count; i++)
        tell_node(run, &balancer.nodes[i], i, &nodes);
    for (size_t i = 0; options->all_counters && i < balancer.count; i++)
        tell_counters(run, &balancer, &balancer.nodes[i]);
    for (size_t i = 0; i < balancer.missing_count; i++)
        result_note(root, "not read: %s", balancer.missing[i]);
    check_note_untold(run, balancer.untold, balancer.untold_count);
    return true;
}

static const struct example examples[] = {
    {"", "On the host: WARNING below 2048 MB, CRITICAL below 1024 MB left for VMs."},
    {"-w 10%: -c 5%:", "In percent of the host's RAM."},
    {"--pressure-warning=80 --pressure-critical=100 --parent-warning=512:",
     "Also judge the pressure, and the memory that the parent has left for itself."},
    {0},
};

static const struct label labels[] = {
    {"available", "B", "Available Memory, the sum of all balancer instances; thresholds -w, -c",
     NULL},
    {"pressure", "%",
     "Average Pressure, the highest of all instances; U where one of them has no value; "
     "thresholds --pressure-warning, --pressure-critical",
     NULL},
    {"parent_available", "B",
     "Available MBytes of the parent itself; thresholds --parent-warning, --parent-critical", NULL},
    {"added", "B", "Added Memory", "--all-counters, one instance"},
    {"removed", "B", "Removed Memory", "--all-counters, one instance"},
    {"add_operations", "c", "Memory Add Operations", "--all-counters, one instance"},
    {"remove_operations", "c", "Memory Remove Operations", "--all-counters, one instance"},
    {"system_current_pressure", "%", "System Current Pressure",
     "--all-counters, one instance, Windows Server 2016 and later"},
    {"<node>_available", "B",
     "Available Memory of one NUMA node; the thresholds by which it was judged",
     "several instances"},
    {0},
};

const struct check check_hv_balancer = {
    .program = "check_hv_balancer",
    .brief = "watch how much RAM a Hyper-V host has left for its VMs",
    .title = "HV BALANCER",
    .purpose = "Watches how much memory the balancer of a Hyper-V host can still give to VMs. When "
               "there is none left, VMs take memory from each other.",
    .options = rows,
    .options_size = sizeof(struct balancer_options),
    .examples = examples,
    .labels = labels,
    .run = run,
};

CHECK_PROGRAM(check_hv_balancer)
