/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/join.h"
#include "hyperv/namesakes.h"

#include <string.h>

/* Of a log, a row may be of another moment than the export: then what the two tell does not fit. */
void join_take_summary(const struct join *join, struct vm *vm)
{
    const struct summaries *summaries = join->vms.summaries;
    const struct vm_summary *summary = summaries ? summaries_find(summaries, vm->guid) : NULL;
    if (!summary || !summary->has_usage || !namesake_fits(summary->usage, vm->physical))
        return;
    vm->summary = summary;
    if (!vm->has_pressure && summary->has_pressure) {
        vm->has_pressure = true;
        vm->pressure = summary->pressure;
        vm->silent = false;
    }
}

/* What an instance holds and wants; false: it tells no RAM. */
static bool read_instance(struct join *join, size_t instance, struct namesake *ret)
{
    const struct sample *same = &join->counters[VM_PHYSICAL].samples[instance];
    const struct sample *pressure =
        reading_find(&join->counters[VM_PRESSURE], same, &join->cursors[VM_PRESSURE]);
    ret->has_pressure = reading_pressure(pressure, &ret->pressure);
    return reading_value(same, UNIT_MEGABYTES, &ret->physical);
}

static bool is_silent(struct join *join, size_t instance)
{
    const struct sample *same = &join->counters[VM_PHYSICAL].samples[instance];
    const struct sample *sample =
        reading_find(&join->counters[VM_PRESSURE], same, &join->cursors[VM_PRESSURE]);
    double value;
    return reading_value(sample, UNIT_PERCENT, &value) && !reading_pressure(sample, &value);
}

static bool is_owned(const struct join *join, size_t instance)
{
    uint32_t owner = join->owners[instance];
    return owner != NAME_NOT_FOUND && owner != JOIN_SILENT;
}

static bool has_namesake(const struct join *join, uint32_t first)
{
    return join->inventory.items[first].next_of_name != NAME_NOT_FOUND &&
           join_tally(join, first).running > 1;
}

static bool is_wanted(struct join *join)
{
    bool wanted = join->options->summaries;
    for (size_t i = 0; i < join->counters[VM_PHYSICAL].count && !wanted; i++)
        wanted = is_owned(join, i) && (has_namesake(join, join->owners[i]) || is_silent(join, i));
    memset(join->cursors, 0, sizeof join->cursors);
    return wanted;
}

/* ---- VMs of one name ---- */

/* Room for the largest group. */
struct group {
    struct namesake *instances, *vms;
    uint32_t *which, *whose; /* the instance in the counters, the VM in the inventory */
    uint32_t count, vm_count;
};

static bool make_group(struct join *join, struct group *group, struct error *err)
{
    struct arena *arena = join->arena;
    size_t instances = join->counters[VM_PHYSICAL].count, vms = join->inventory.count;
    group->instances = arena_array(arena, instances, sizeof *group->instances);
    group->which = arena_array(arena, instances, sizeof *group->which);
    group->vms = arena_array(arena, vms, sizeof *group->vms);
    group->whose = arena_array(arena, vms, sizeof *group->whose);
    return !arena->failed || error_memory(err);
}

/* False: of one of them it is not told what it holds, so any instance may be its own. */
static bool fill_group(struct join *join, uint32_t first, struct group *group)
{
    const struct configured_vm *items = join->inventory.items;
    group->count = group->vm_count = 0;
    for (uint32_t i = first; i != NAME_NOT_FOUND; i = items[i].next_of_name) {
        const struct vm_summary *of = summaries_find(join->vms.summaries, items[i].guid);
        if (items[i].stopped)
            continue;
        if (!of || !of->has_usage)
            return false;
        group->whose[group->vm_count] = i;
        group->vms[group->vm_count++] = (struct namesake){
            .physical = of->usage, .has_pressure = of->has_pressure, .pressure = of->pressure};
    }
    for (uint32_t i = 0; i < join->counters[VM_PHYSICAL].count; i++) {
        if (join->owners[i] != first)
            continue;
        if (!read_instance(join, i, &group->instances[group->count]))
            return false;
        group->which[group->count++] = i;
    }
    return true;
}

static void match_group(struct join *join, uint32_t first, struct group *group)
{
    const struct tally tally = join_tally(join, first);
    if (join_problem(join, first, &tally) || !fill_group(join, first, group))
        return;
    if (!namesakes_match(group->instances, group->count, group->vms, group->vm_count)) {
        join->apart = true; /* something may have moved between the two */
        return;
    }
    join->namesakes[first].told = true;
    for (uint32_t i = 0; i < group->count; i++) {
        uint32_t vm = group->whose[group->instances[i].match];
        join->matches[group->which[i]] = vm;
        join->matched[vm] = true;
    }
}

static bool match_all(struct join *join, struct error *err)
{
    struct group group = {0};
    for (size_t i = 0; i < join->counters[VM_PHYSICAL].count; i++) {
        if (!is_owned(join, i) || join->namesakes[join->owners[i]].seen ||
            !has_namesake(join, join->owners[i]))
            continue;
        if (!group.which && !make_group(join, &group, err))
            return false;
        join->namesakes[join->owners[i]].seen = true;
        match_group(join, join->owners[i], &group);
    }
    memset(join->cursors, 0, sizeof join->cursors);
    return true;
}

static void tell_unread(struct vms *vms, const struct error *why, struct arena *arena)
{
    if (why->code == READ_NO_OBJECT)
        vms->untold[vms->untold_count++] = CLASS_SUMMARY;
    else
        vms->missing[vms->missing_count++] = arena_format(arena, "%s", why->text);
}

/* What can't be had is only told: without it, VMs are judged as where there is none. */
bool join_summaries(struct join *join, struct source *source, struct error *err)
{
    const struct vms *known = join->options->settings;
    if (!join->has_inventory)
        return true;
    if (known) {
        join->vms.summaries = known->summaries;
    } else if (is_wanted(join)) {
        struct summaries *summaries = ARENA_NEW(join->arena, struct summaries);
        struct error why;
        if (!summaries)
            return error_memory(err);
        if (summaries_read(source, join->arena, summaries, &why)) {
            join->vms.summaries = summaries;
        } else if (reading_is_absent(&why)) {
            tell_unread(&join->vms, &why, join->arena);
        } else {
            *err = why;
            return false;
        }
    }
    return !join->vms.summaries || match_all(join, err);
}
