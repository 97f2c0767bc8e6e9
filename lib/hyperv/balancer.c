/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/balancer.h"

#include "plugin/number.h"
#include "plugin/show.h"

/* available: of one instance. The parent's counter, behind those of the balancer, has none. */
static void add_node(struct balancer *balancer, const struct counter *counters,
                     const struct sample *available, size_t cursors[BALANCER_COUNTERS])
{
    struct balancer_node *node = &balancer->nodes[balancer->count++];
    node->name = available->instance;
    node->has_raw = available->present;
    node->raw = available->value;
    for (size_t i = 0; counters[i].instances; i++) {
        const struct sample *sample = reading_find(&counters[i], available, &cursors[i]);
        node->has_value[i] =
            reading_value(sample, balancer_counter_names[i].unit, &node->values[i]);
        if (i == BALANCER_PRESSURE)
            node->has_pressure = reading_pressure(sample, &node->pressure);
    }
    node->valid = node->has_value[BALANCER_AVAILABLE];
    node->available = node->values[BALANCER_AVAILABLE];
    if (node->valid) {
        balancer->available += node->available;
        if (!balancer->poorest || node->available < balancer->poorest->available)
            balancer->poorest = node;
    } else if (!balancer->invalid) {
        balancer->invalid = node;
    }
}

/* The node under the highest. Where one does not tell its pressure, it may be the one. */
static void conclude_pressure(struct balancer *balancer)
{
    balancer->has_pressure = balancer->count > 0;
    for (size_t i = 0; i < balancer->count; i++) {
        const struct balancer_node *node = &balancer->nodes[i];
        if (node->has_value[BALANCER_PRESSURE] && !node->has_pressure)
            balancer->pressure_problem = "it is 0, so no guest reports its demand to the balancer";
        balancer->has_pressure = balancer->has_pressure && node->has_pressure;
        balancer->pressure = larger(balancer->pressure, node->pressure);
    }
}

/* The parent's own is read with them: both lines of the guideline's graphs at one moment. */
size_t balancer_ask(struct counter *counters, bool all)
{
    size_t own = all ? BALANCER_COUNTERS : BALANCER_NEEDED;
    reading_ask(counters, HYPERV_BALANCER, balancer_counter_names, own);
    counters[own] = (struct counter){.object = MEMORY_OBJECT, .name = MEMORY_AVAILABLE};
    return own + 1;
}

bool balancer_conclude(const struct source *source, const struct counter *counters, size_t asked,
                       struct arena *arena, struct balancer *ret, struct error *err)
{
    size_t own = asked - 1;
    const struct counter *available = &counters[BALANCER_AVAILABLE];
    if (available->reading != READ_OK)
        return reading_explain(source, available, err);
    if (!available->count)
        return error_set_code(err, READ_NO_SAMPLE, "\\%s(*)\\%s has no instance", HYPERV_BALANCER,
                              available->name);

    struct balancer balancer = {0};
    balancer.nodes = arena_array(arena, available->count, sizeof *balancer.nodes);
    if (!balancer.nodes)
        return error_memory(err);
    size_t cursors[BALANCER_COUNTERS] = {0};
    for (size_t i = 0; i < available->count; i++)
        add_node(&balancer, counters, &available->samples[i], cursors);
    conclude_pressure(&balancer);

    const struct counter *parent = &counters[own];
    balancer.has_parent =
        parent->reading == READ_OK &&
        reading_value(&parent->samples[0], UNIT_MEGABYTES, &balancer.parent_available);
    if (counters[BALANCER_PRESSURE].problem)
        balancer.pressure_problem = counters[BALANCER_PRESSURE].problem;
    balancer.parent_problem = parent->problem;
    for (size_t i = 0; i < asked; i++)
        if (reading_is_untold(&counters[i]))
            balancer.untold[balancer.untold_count++] = counters[i].name;
        else if (counters[i].reading != READ_OK)
            balancer.missing[balancer.missing_count++] = reading_missing(&counters[i], arena);
    *ret = balancer;
    return !arena->failed || error_memory(err);
}

bool balancer_read(struct source *source, bool all, struct arena *arena, struct balancer *ret,
                   struct error *err)
{
    struct counter counters[BALANCER_ASKED];
    size_t asked = balancer_ask(counters, all);
    if (!source_counters(source, counters, asked, err))
        return reading_explain_error(err);
    return balancer_conclude(source, counters, asked, arena, ret, err);
}

bool balancer_presses(const struct balancer_node *node)
{
    return node->has_pressure && node->pressure > 100;
}

bool balancer_check(const struct balancer *balancer, struct error *err)
{
    const struct balancer_node *invalid = balancer->invalid;
    if (!invalid)
        return true;
    if (!invalid->has_raw)
        return error_set(err, "Available Memory of '%s' has no value at this moment",
                         SHOW_NAME(invalid->name));
    return error_set(err,
                     "Available Memory of '%s' is %.0f MB, which is impossible: the provider "
                     "counted below zero",
                     SHOW_NAME(invalid->name), invalid->raw);
}
