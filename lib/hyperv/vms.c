/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/vms.h"

#include "hyperv/inventory.h"

#include <stdlib.h>
#include <string.h>

/* Everything that is joined. */
struct join {
    const struct vms_options *options;
    struct arena *arena;
    struct counter counters[VM_COUNTERS]; /* the first is VM_PHYSICAL */
    enum vm_counter asked[VM_COUNTERS];   /* which they are */
    size_t counter_count;
    size_t cursors[VM_COUNTERS];
    struct inventory inventory;
    bool has_inventory;     /* false: it can't be read, and maxima are given */
    unsigned *instances_of; /* for each configured VM, the first of its name: how many instances */
    struct name_index by_mangled_name;
    bool *ambiguous;      /* for each configured VM: another's name is mangled to the same */
    unsigned strangers;   /* instances whose name no VM has, running or stopped */
    const char *stranger; /* the first of them */
    struct vms vms;
};

/* ---- which VM is an instance of? ---- */

/* How .NET and some providers write the characters that counter paths give a meaning to. Whether
 * Hyper-V does is not documented, so both forms join. */
static const char *mangle(const char *name, struct arena *arena)
{
    static const char from[] = "()#/\\", to[] = "[]___";
    char *mangled = arena_text(arena, name, strlen(name));
    for (char *c = mangled; c && *c; c++) {
        const char *special = strchr(from, *c);
        if (special)
            *c = to[special - from];
    }
    return mangled;
}

static bool index_mangled_names(struct join *join, struct error *err)
{
    const struct inventory *inventory = &join->inventory;
    if (!name_index_make(&join->by_mangled_name, inventory->count, join->arena, err))
        return false;
    join->ambiguous = arena_array(join->arena, inventory->count, sizeof *join->ambiguous);
    if (!join->ambiguous)
        return error_memory(err);
    for (uint32_t i = 0; i < inventory->count; i++) {
        const char *name = mangle(inventory->items[i].name, join->arena);
        if (!name)
            return error_memory(err);
        uint32_t first = name_index_add(&join->by_mangled_name, name, i);
        if (!name_equal(inventory->items[first].name, inventory->items[i].name))
            join->ambiguous[first] = true;
    }
    return true;
}

/* The length of "web01" in "web01#1", which is the second VM named web01 unless one is really named
 * so. 0: there is no such number. */
static size_t without_number(const char *instance)
{
    const char *hash = strrchr(instance, '#');
    if (!hash || !hash[1] || hash[1 + strspn(hash + 1, "0123456789")])
        return 0;
    return (size_t)(hash - instance);
}

static uint32_t find_name(const struct join *join, const struct name_index *index, const char *name,
                          const char *base)
{
    uint32_t found = name_index_find(index, name);
    if (found != NAME_NOT_FOUND || !*base)
        return found;
    found = name_index_find(index, base);
    if (found != NAME_NOT_FOUND && join->inventory.items[found].next_of_name == NAME_NOT_FOUND)
        found = NAME_NOT_FOUND; /* there is but one of that name, so this is none of it */
    return found;
}

/* *ret is the first VM of the name that an instance is of, or NAME_NOT_FOUND. */
static bool find_vm(struct join *join, const char *instance, uint32_t *ret, struct error *err)
{
    const char *base = arena_text(join->arena, instance, without_number(instance));
    if (!base)
        return error_memory(err);
    *ret = find_name(join, &join->inventory.by_name, instance, base);
    if (*ret != NAME_NOT_FOUND || !join->inventory.count)
        return true;
    if (!join->ambiguous && !index_mangled_names(join, err))
        return false;
    instance = mangle(instance, join->arena);
    base = mangle(base, join->arena);
    if (!instance || !base)
        return error_memory(err);
    *ret = find_name(join, &join->by_mangled_name, instance, base);
    if (*ret != NAME_NOT_FOUND && join->ambiguous[*ret])
        *ret = NAME_NOT_FOUND;
    return true;
}

/* ---- what it may have at most ---- */

static void give_maximum(struct join *join, struct vm *vm)
{
    vm->maximum = join->options->maximum;
    vm->given = true;
}

static void set_kind(struct join *join, struct vm *vm, const struct configured_vm *configured)
{
    double host = join->vms.host_memory;
    vm->startup = configured->startup;
    vm->minimum = configured->minimum;
    vm->buffer = configured->buffer;
    vm->weight = configured->weight;
    if (configured->has_settings && !configured->dynamic) {
        vm->kind = VM_STATIC;
        vm->maximum = configured->startup;
    } else if (configured->has_settings && configured->maximum > 0 && host > 0) {
        vm->unlimited = configured->maximum >= host;
        vm->maximum = vm->unlimited ? host : configured->maximum;
    } else if (join->options->maximum > 0) {
        give_maximum(join, vm);
    } else {
        vm->kind = VM_UNJUDGED;
        vm->problem = !configured->has_settings ? "no memory settings of it can be read"
                      : host > 0                ? "its maximum RAM is not told"
                                                : "the host's RAM is not known";
    }
}

/* Of VMs with the same name, an instance is one, but nobody can tell which. It is not one that
 * could never hold as much; of the others, the one with the least room is judged: too early an
 * alarm, if any, never too late a one. */
static void set_kind_of_namesake(struct join *join, struct vm *vm, uint32_t first)
{
    const struct configured_vm *items = join->inventory.items;
    struct vm chosen = *vm;
    bool any = false;
    for (uint32_t i = first; i != NAME_NOT_FOUND; i = items[i].next_of_name) {
        if (items[i].stopped)
            continue;
        struct vm candidate = *vm;
        set_kind(join, &candidate, &items[i]);
        bool possible = candidate.kind != VM_DYNAMIC || candidate.maximum >= vm->physical;
        bool stricter = candidate.kind == VM_UNJUDGED ||
                        (candidate.kind == VM_DYNAMIC &&
                         (chosen.kind == VM_STATIC || candidate.maximum < chosen.maximum));
        if (possible && (!any || (chosen.kind != VM_UNJUDGED && stricter))) {
            chosen = candidate;
            any = true;
        }
    }
    if (!any) {
        chosen.kind = VM_UNJUDGED;
        chosen.problem = "it holds more than any VM of this name may have";
    }
    *vm = chosen;
}

static unsigned running_of_name(const struct join *join, uint32_t first, uint32_t *ret_running)
{
    unsigned running = 0;
    const struct configured_vm *items = join->inventory.items;
    for (uint32_t i = first; i != NAME_NOT_FOUND; i = items[i].next_of_name)
        if (!items[i].stopped) {
            running++;
            *ret_running = i;
        }
    return running;
}

/* ---- joining ---- */

static bool set_values(struct join *join, struct vm *vm, const char *instance)
{
    double *values = NULL;
    bool *has_value = NULL;
    if (join->options->counters) {
        values = arena_array(join->arena, VM_COUNTERS, sizeof *values);
        has_value = arena_array(join->arena, VM_COUNTERS, sizeof *has_value);
        if (!values || !has_value)
            return false;
    }
    bool has_physical = false;
    for (size_t i = 0; i < join->counter_count; i++) {
        enum vm_counter counter = join->asked[i];
        const struct sample *sample = reading_find(&join->counters[i], instance, &join->cursors[i]);
        double value = 0;
        bool has = reading_value(sample, vm_counter_names[counter].unit, &value);
        if (values) {
            values[counter] = value;
            has_value[counter] = has;
        }
        if (counter == VM_PHYSICAL) {
            vm->physical = value;
            has_physical = has;
        } else if (counter == VM_PRESSURE) {
            vm->pressure = value;
            vm->has_pressure = has;
        }
    }
    vm->values = values;
    vm->has_value = has_value;
    if (!has_physical) {
        vm->kind = VM_UNJUDGED;
        vm->problem = "its Physical Memory has no valid value";
    }
    return true;
}

static void leave_out(struct vms *vms, const char *name)
{
    vms->left_out[vms->left_out_count++] = name;
}

static bool join_instance(struct join *join, const char *instance, struct error *err)
{
    struct vm vm = {.name = instance, .namesakes = 1};
    if (!set_values(join, &vm, instance))
        return error_memory(err);
    if (!join->has_inventory) {
        if (vm.kind != VM_UNJUDGED)
            give_maximum(join, &vm);
        join->vms.items[join->vms.count++] = vm;
        return true;
    }
    uint32_t running = NAME_NOT_FOUND, first = NAME_NOT_FOUND;
    if (!find_vm(join, instance, &first, err))
        return false;
    if (first != NAME_NOT_FOUND) {
        vm.namesakes = running_of_name(join, first, &running);
        join->instances_of[first]++;
    }
    if (running == NAME_NOT_FOUND) { /* stopped, deleted or moved away since the counters */
        if (first == NAME_NOT_FOUND && !join->strangers++)
            join->stranger = instance;
        leave_out(&join->vms, instance);
        return true;
    }
    const struct configured_vm *configured = &join->inventory.items[running];
    vm.name = configured->name;
    if (vm.namesakes == 1)
        vm.guid = configured->guid;
    if (vm.kind != VM_UNJUDGED && vm.namesakes == 1)
        set_kind(join, &vm, configured);
    else if (vm.kind != VM_UNJUDGED)
        set_kind_of_namesake(join, &vm, first);
    join->vms.items[join->vms.count++] = vm;
    return true;
}

/* A running VM that has no instance. A static one is listed all the same: whether Hyper-V has
 * counters for it differs between versions. Another began after the counters were read, and is left
 * out; but if there is also an instance that has no VM, their names may differ in a way that we do
 * not know of, and if there is no instance at all, whoever wrote the record may have left them out.
 * Neither must stay quiet. */
static void join_without_instance(struct join *join, const struct configured_vm *configured)
{
    struct vm vm = {.name = configured->name, .guid = configured->guid, .namesakes = 1};
    if (configured->has_settings && !configured->dynamic) {
        vm.physical = configured->startup;
        set_kind(join, &vm, configured);
    } else if (join->strangers) {
        join->strangers--;
        vm.kind = VM_UNJUDGED;
        vm.problem = arena_format(
            join->arena, "no counter instance has its name, while '%s' is no VM's", join->stranger);
    } else if (!join->counters[VM_PHYSICAL].count) {
        vm.kind = VM_UNJUDGED;
        vm.problem = "there is no counter instance of it, nor of any VM";
    } else {
        leave_out(&join->vms, configured->name);
        return;
    }
    join->vms.items[join->vms.count++] = vm;
}

static void join_rest(struct join *join)
{
    struct inventory *inventory = &join->inventory;
    for (uint32_t i = 0; i < inventory->count; i++) {
        const struct configured_vm *configured = &inventory->items[i];
        uint32_t first = name_index_find(&inventory->by_name, configured->name);
        if (configured->stopped) {
            join->vms.stopped[join->vms.stopped_count++] = configured->name;
            if (configured->startup > join->vms.largest_startup) {
                join->vms.largest_startup = configured->startup;
                join->vms.largest_stopped = configured->name;
            }
        } else if (join->instances_of[first]) {
            join->instances_of[first]--; /* an instance stands for one of the name */
        } else {
            join_without_instance(join, configured);
        }
    }
}

static int compare_vms(const void *a, const void *b)
{
    const struct vm *x = a, *y = b;
    int order = name_compare(x->name, y->name);
    return order ? order : strcmp(x->guid ? x->guid : "", y->guid ? y->guid : "");
}

/* ---- reading ---- */

/* The counters first, so that a VM that goes in between is only left out. */
static bool read_counters(struct join *join, struct source *source, struct error *err)
{
    struct counter counters[VM_COUNTERS + BALANCER_ASKED];
    size_t own = 0, asked = 1;
    for (size_t i = 0; i < VM_COUNTERS; i++)
        if (i < VM_NEEDED || join->options->counters & 1u << i) {
            reading_ask(&counters[own], HYPERV_VM, &vm_counter_names[i], 1);
            join->asked[own++] = (enum vm_counter)i;
        }
    if (join->options->balancer)
        asked = balancer_ask(&counters[own], false);
    else
        reading_ask(&counters[own], HYPERV_BALANCER, &balancer_counter_names[BALANCER_AVAILABLE],
                    1);
    if (!source_counters(source, counters, own + asked, err))
        return reading_explain_error(err);

    /* Without a running VM a log has no column of the object, and PDH may say that it has no data.
     * Then the balancer tells that Hyper-V is there. */
    const struct counter *physical = &counters[VM_PHYSICAL], *balancer = &counters[own];
    bool no_instances =
        (physical->reading == READ_NO_OBJECT || physical->reading == READ_NO_SAMPLE) &&
        balancer->reading == READ_OK;
    if (physical->reading != READ_OK && !no_instances)
        return reading_explain(physical, err);
    if (join->options->balancer &&
        !balancer_conclude(balancer, asked, join->arena, &join->vms.balancer, err))
        return false;
    for (size_t i = 0; i < own && !no_instances; i++)
        if (counters[i].reading != READ_OK && !(join->vms.missing[join->vms.missing_count++] =
                                                    reading_missing(&counters[i], join->arena)))
            return error_memory(err);
    memcpy(join->counters, counters, own * sizeof *counters);
    join->counter_count = own;
    return true;
}

/* Without the settings, or without the host's RAM that bounds them, a maximum that was given stands
 * in. */
static bool read_settings(struct join *join, struct source *source, struct error *err)
{
    const struct vms *known = join->options->settings;
    if (known && known->inventory) {
        join->has_inventory = true;
        join->inventory = *known->inventory;
        join->vms.inventory = known->inventory;
        join->vms.windows = known->windows;
        join->vms.host_memory = known->host_memory;
        return true;
    }
    struct windows windows;
    join->has_inventory = inventory_read(source, join->arena, &join->inventory, err);
    if (join->has_inventory && windows_read(source, join->arena, &windows, err)) {
        struct inventory *kept = ARENA_NEW(join->arena, struct inventory);
        if (!kept)
            return error_memory(err);
        *kept = join->inventory;
        join->vms.inventory = kept;
        join->vms.windows = windows;
        join->vms.host_memory = windows.memory;
        return true;
    }
    if (!(join->options->maximum > 0))
        return error_prefix(err, "the VMs' settings can't be read: ");
    const char *why = arena_text(join->arena, err->text, strlen(err->text));
    join->vms.missing[join->vms.missing_count++] = why; /* Physical Memory is none of these */
    return why || error_memory(err);
}

bool vms_read(struct source *source, const struct vms_options *options, struct arena *arena,
              struct vms *ret, struct error *err)
{
    struct join join = {.options = options, .arena = arena};
    if (!read_counters(&join, source, err) || !read_settings(&join, source, err))
        return false;
    const struct counter *physical = &join.counters[VM_PHYSICAL];
    size_t most = physical->count + join.inventory.count;
    join.vms.items = arena_array(arena, most, sizeof *join.vms.items);
    join.vms.left_out = arena_array(arena, most, sizeof *join.vms.left_out);
    join.vms.stopped = arena_array(arena, join.inventory.count, sizeof *join.vms.stopped);
    join.instances_of = arena_array(arena, join.inventory.count, sizeof *join.instances_of);
    if (!join.vms.items || !join.vms.left_out || !join.vms.stopped || !join.instances_of)
        return error_memory(err);

    for (size_t i = 0; i < physical->count; i++)
        if (!join_instance(&join, physical->samples[i].instance, err))
            return false;
    /* One VM may go in between; that none was ever heard of means that the names differ. */
    if (physical->count && join.strangers == physical->count)
        return error_set(err,
                         "no instance of %s has the name of a running VM (%zu in all, first '%s')",
                         HYPERV_VM, physical->count, physical->samples[0].instance);
    if (join.has_inventory)
        join_rest(&join);
    qsort(join.vms.items, join.vms.count, sizeof *join.vms.items, compare_vms);
    *ret = join.vms;
    return true;
}
