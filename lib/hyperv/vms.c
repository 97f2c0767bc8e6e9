/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/vms.h"

#include "hyperv/join.h"
#include "plugin/number.h"
#include "plugin/scan.h"
#include "plugin/utf8.h"

#include <stdlib.h>
#include <string.h>

/* ---- which VM is an instance of? ---- */

/* How .NET and some providers write the characters that counter paths give a meaning to. Whether
 * Hyper-V does is not documented, so both forms join. */
static const char *mangle(const char *name, struct arena *arena)
{
    static const char from[] = "()#/\\", to[] = "[]___";
    char *mangled = arena_format(arena, "%s", name);
    for (char *c = mangled; *c; c++) {
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
        uint32_t first = name_index_add(&join->by_mangled_name, name, i);
        if (!name_equal(inventory->items[first].name, inventory->items[i].name))
            join->ambiguous[first] = true;
    }
    return true;
}

/* The length of "web01" in "web01#1", which may be the second VM named web01. 0: no such number. */
static size_t without_number(const char *instance)
{
    const char *hash = scan_last(instance, '#');
    if (!hash || !hash[1] || hash[1 + scan_span(hash + 1, "0123456789")])
        return 0;
    return (size_t)(hash - instance);
}

/* The first VM that an instance can be of by its name, or NAME_NOT_FOUND. A number behind the name
 * may be the system's, for a namesake, or part of the name that somebody chose: where VMs of both
 * names are there, neither's instances can be told. A source that counts by itself adds none. */
static uint32_t find_name(const struct join *join, const struct name_index *index, const char *name,
                          const char *base)
{
    uint32_t found = name_index_find(index, name);
    uint32_t numbered = *base ? name_index_find(index, base) : NAME_NOT_FOUND;
    if (numbered == NAME_NOT_FOUND || found == NAME_NOT_FOUND)
        return found == NAME_NOT_FOUND ? numbered : found;
    if (join->inventory.items[numbered].next_of_name != NAME_NOT_FOUND)
        join->namesakes[found].doubtful = join->namesakes[numbered].doubtful = true;
    return found;
}

/* *ret is the first VM of the name that an instance is of, or NAME_NOT_FOUND. */
static bool find_owner(struct join *join, const char *instance, uint32_t *ret, struct error *err)
{
    *ret = NAME_NOT_FOUND;
    if (!join->has_inventory)
        return true;
    size_t length = join->counted ? 0 : without_number(instance);
    const char *base = arena_text(join->arena, instance, length);
    if (!base)
        return error_memory(err);
    *ret = find_name(join, &join->inventory.by_name, instance, base);
    if (*ret != NAME_NOT_FOUND || !join->inventory.count)
        return true;
    if (!join->ambiguous && !index_mangled_names(join, err))
        return false;
    *ret = find_name(join, &join->by_mangled_name, mangle(instance, join->arena),
                     mangle(base, join->arena));
    if (*ret != NAME_NOT_FOUND && join->ambiguous[*ret])
        *ret = NAME_NOT_FOUND;
    return true;
}

/* A column of a log that is blank does not even say that the instance is there. */
static bool says_something(struct join *join, size_t instance)
{
    const struct sample *same = &join->counters[VM_PHYSICAL].samples[instance];
    bool says = false;
    for (size_t i = 0; i < join->counter_count && !says; i++) {
        const struct sample *sample = reading_find(&join->counters[i], same, &join->cursors[i]);
        says = sample && !sample->blank;
    }
    return says;
}

static bool find_owners(struct join *join, struct error *err)
{
    const struct counter *physical = &join->counters[VM_PHYSICAL];
    for (size_t i = 0; i < physical->count; i++)
        join->counted = join->counted || physical->samples[i].ordinal;
    for (size_t i = 0; i < physical->count; i++) {
        uint32_t *owner = &join->owners[i];
        *owner = JOIN_SILENT;
        if (!says_something(join, i))
            continue;
        if (!find_owner(join, physical->samples[i].instance, owner, err))
            return false;
        if (*owner != NAME_NOT_FOUND)
            join->namesakes[*owner].instances++;
    }
    memset(join->cursors, 0, sizeof join->cursors);
    return true;
}

static bool is_static(const struct configured_vm *vm)
{
    return vm->has_settings && !vm->dynamic;
}

struct tally join_tally(const struct join *join, uint32_t first)
{
    const struct configured_vm *items = join->inventory.items;
    struct tally tally = {.one_running = NAME_NOT_FOUND};
    for (uint32_t i = first; i != NAME_NOT_FOUND; i = items[i].next_of_name) {
        tally.all++;
        if (items[i].stopped)
            continue;
        tally.running++;
        tally.counted += !is_static(&items[i]);
        tally.one_running = i;
    }
    /* The only VM of its name runs when a counter says so, whatever an older export does. */
    if (tally.all == 1 && !tally.running && join->namesakes[first].instances) {
        tally.running = tally.counted = 1;
        tally.one_running = first;
    }
    return tally;
}

const char *join_problem(const struct join *join, uint32_t first, const struct tally *tally)
{
    unsigned instances = join->namesakes[first].instances;
    if (join->namesakes[first].doubtful)
        return "another VM's name is this one with a number, so their counters can't be told apart";
    if (instances > tally->running)
        return arena_format(join->arena,
                            "%u counter instances have this name, but only %u running VM%s that "
                            "this account can see",
                            instances, tally->running, tally->running == 1 ? "" : "s");
    if (tally->all > 1 && instances < tally->counted)
        return arena_format(join->arena, "of %u running VMs of this name, only %u have counters",
                            tally->running, instances);
    return NULL;
}

/* ---- what it may have at most ---- */

static void give_maximum(struct join *join, struct vm *vm)
{
    vm->limit = join->options->maximum;
    vm->given = true;
}

/* The settings are of now, and so no word about a row of a log that has one of its own, or about
 * the look before. */
static void take_paging(const struct join *join, struct vm *vm, const struct configured_vm *of)
{
    bool dated = join->options->settings || (join->recorded && vm->has_smart_paging);
    vm->paging = vm->smart_paging > 0 || (of->paging && !dated);
}

static void set_kind(struct join *join, struct vm *vm, const struct configured_vm *configured)
{
    double host = join->vms.host_memory;
    take_paging(join, vm, configured);
    vm->startup = configured->startup;
    vm->minimum = configured->minimum;
    vm->buffer = configured->buffer;
    vm->weight = configured->weight;
    if (is_static(configured)) {
        vm->kind = VM_STATIC;
        /* Whether the guest of a static VM reports at all is not documented. */
        vm->has_guest_available = vm->has_guest_available && vm->guest_available > 0;
        vm->limit = configured->startup;
    } else if (configured->has_settings && configured->maximum > 0 && host > 0) {
        vm->limit = smaller(configured->maximum, host);
    } else if (join->options->maximum > 0) {
        give_maximum(join, vm);
    } else {
        vm->kind = VM_UNJUDGED;
        vm->problem = configured->has_settings ? "its maximum RAM is not reported"
                                               : "no memory settings of it can be read";
    }
}

/* Of VMs with the same name, an instance is one, but nobody can tell which. It is not one that
 * could never hold as much; of the others, the one with the least room is judged: too early an
 * alarm, if any, never too late a one. */
static void set_kind_of_namesake(struct join *join, struct vm *vm, uint32_t first)
{
    const struct configured_vm *items = join->inventory.items;
    struct vm chosen = *vm;
    bool any = false, paging = false;
    for (uint32_t i = first; i != NAME_NOT_FOUND; i = items[i].next_of_name) {
        if (items[i].stopped)
            continue;
        struct vm candidate = *vm;
        set_kind(join, &candidate, &items[i]);
        paging |= candidate.paging;
        bool possible = candidate.kind != VM_DYNAMIC || candidate.limit >= vm->physical;
        bool stricter = candidate.kind == VM_UNJUDGED ||
                        (candidate.kind == VM_DYNAMIC &&
                         (chosen.kind == VM_STATIC || candidate.limit < chosen.limit));
        if (possible && (!any || (chosen.kind != VM_UNJUDGED && stricter))) {
            chosen = candidate;
            any = true;
        }
    }
    if (!any) {
        chosen.kind = VM_UNJUDGED;
        chosen.problem = "it holds more than any VM of this name can have";
    }
    chosen.paging = paging;
    *vm = chosen;
}

/* What a VM can really reach is bounded by what the host has for all of them. Where that is not
 * known, it is no less than what they hold. */
static void bound_maxima(struct join *join)
{
    struct vms *vms = &join->vms;
    double held = 0;
    for (size_t i = 0; i < vms->count; i++)
        held += vms->items[i].physical;
    vms->for_vms = join->no_pool ? 0 : held + vms->balancer.available;
    for (size_t i = 0; i < vms->count; i++) {
        struct vm *vm = &vms->items[i];
        if (vm->kind == VM_UNJUDGED)
            continue;
        vm->bounded = vm->kind == VM_DYNAMIC && vms->for_vms > 0 && vms->for_vms < vm->limit;
        vm->maximum = vm->maximum_least = vm->bounded ? vms->for_vms : vm->limit;
        if (vm->kind == VM_DYNAMIC && join->no_pool && held < vm->limit) {
            vm->maximum_least = held;
            vm->problem = join->no_pool;
        }
    }
}

/* ---- joining ---- */

static struct vm *add(struct join *join, const struct vm *vm)
{
    struct vm *added = &join->vms.items[join->vms.count];
    *added = *vm;
    added->place = join->vms.count++;
    return added;
}

static void cannot_judge(struct vm *vm, const char *problem)
{
    vm->kind = VM_UNJUDGED;
    vm->problem = problem;
}

static void take_value(struct vm *vm, enum vm_counter counter, const struct sample *sample,
                       double value, bool has)
{
    switch (counter) {
    case VM_PHYSICAL:
        vm->physical = value;
        break;
    case VM_PRESSURE:
        vm->has_pressure = reading_pressure(sample, &vm->pressure);
        vm->silent = has && !vm->has_pressure;
        break;
    case VM_CURRENT_PRESSURE:
        vm->has_current_pressure = reading_pressure(sample, &vm->current_pressure);
        break;
    case VM_GUEST_AVAILABLE:
        vm->has_guest_available = has;
        vm->guest_available = value;
        break;
    case VM_SMART_PAGING:
        vm->has_smart_paging = has;
        vm->smart_paging = value;
        break;
    default:
        break;
    }
}

static bool set_values(struct join *join, struct vm *vm, const struct sample *instance)
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
        if (counter == VM_PHYSICAL)
            has_physical = has;
        take_value(vm, counter, sample, has ? value : 0, has);
    }
    /* Of a guest that reports nothing, a 0 is no report; of one that does, it is the end. */
    if (vm->silent || (!vm->has_pressure && !(vm->guest_available > 0)))
        vm->has_guest_available = false;
    vm->values = values;
    vm->has_value = has_value;
    if (!has_physical)
        cannot_judge(vm, "its Physical Memory has no valid value");
    return true;
}

/* An instance that no VM has which this account may see. */
static void join_stranger(struct join *join, struct vm *vm)
{
    if (text_list_matches(join->options->ignore, vm->name)) {
        join->vms.ignored[join->vms.ignored_count++] = vm->name;
        return;
    }
    join->apart = true;
    const char *why = join->recorded
                          ? "no VM in the record's export has this name: was it written without "
                            "the right to see all VMs, or before this one existed"
                          : "no VM that this account can see has this name: does it lack rights";
    bool ascii = utf8_ascii_span(vm->name, strlen(vm->name)) == strlen(vm->name);
    cannot_judge(
        vm, arena_format(join->arena, "%s%s? For a utility VM, such as those of containers, use %s",
                         why, join->recorded && !ascii ? ", or is the --encoding wrong" : "",
                         "--ignore-instance"));
    add(join, vm);
}

static bool join_instance(struct join *join, size_t instance, struct error *err)
{
    const struct sample *sample = &join->counters[VM_PHYSICAL].samples[instance];
    uint32_t first = join->owners[instance];
    struct vm vm = {.name = sample->instance, .namesakes = 1};
    if (first == JOIN_SILENT)
        return true;
    if (!set_values(join, &vm, sample))
        return error_memory(err);
    if (!join->has_inventory) {
        if (vm.kind != VM_UNJUDGED)
            give_maximum(join, &vm);
        add(join, &vm);
        return true;
    }
    if (first == NAME_NOT_FOUND) {
        join_stranger(join, &vm);
        return true;
    }
    struct tally tally = join_tally(join, first);
    const char *problem = join_problem(join, first, &tally);
    uint32_t which = tally.running == 1 ? tally.one_running : join->matches[instance];
    vm.name = join->inventory.items[first].name;
    vm.namesakes = problem ? tally.all : which == NAME_NOT_FOUND ? tally.running : 1;
    if (!problem && which != NAME_NOT_FOUND) {
        const struct configured_vm *one = &join->inventory.items[which];
        vm.guid = one->guid;
        join->apart |= one->stopped; /* it is being started, or stopped */
        join_take_summary(join, &vm);
    }
    if (problem) {
        join->apart = true;
        cannot_judge(&vm, problem);
    } else if (vm.kind != VM_UNJUDGED && which != NAME_NOT_FOUND) {
        set_kind(join, &vm, &join->inventory.items[which]);
    } else if (vm.kind != VM_UNJUDGED) {
        set_kind_of_namesake(join, &vm, first);
    }
    add(join, &vm);
    return true;
}

/* A running VM that has no instance. A static one is listed all the same: whether Hyper-V has
 * counters for it differs between versions. */
static void join_without_instance(struct join *join, const struct configured_vm *configured)
{
    struct vm vm = {.name = configured->name, .guid = configured->guid, .namesakes = 1};
    if (is_static(configured)) {
        vm.physical = configured->startup;
        join_take_summary(join, &vm);
        set_kind(join, &vm, configured);
    } else {
        join->apart = true;
        cannot_judge(&vm, join->recorded ? "it is running, but the log has no value for it: did "
                                           "the log begin before it was started?"
                                         : "it is running, but has no counters");
    }
    add(join, &vm);
}

static void join_stopped(struct join *join, const struct configured_vm *configured)
{
    join->vms.stopped[join->vms.stopped_count++] = configured->name;
    if (configured->startup > join->vms.largest_startup) {
        join->vms.largest_startup = configured->startup;
        join->vms.largest_stopped = configured->name;
    }
}

static bool is_stopped(const struct join *join, uint32_t vm, uint32_t first)
{
    return join->inventory.items[vm].stopped && join_tally(join, first).one_running != vm;
}

/* Of those that run, each instance stands for one of its name: of the dynamic ones first, which
 * must have one. */
static void join_rest(struct join *join)
{
    struct inventory *inventory = &join->inventory;
    for (int statics = 0; statics < 2; statics++)
        for (uint32_t i = 0; i < inventory->count; i++) {
            const struct configured_vm *configured = &inventory->items[i];
            uint32_t first = name_index_find(&inventory->by_name, configured->name);
            if (is_stopped(join, i, first)) {
                if (!statics)
                    join_stopped(join, configured);
            } else if (is_static(configured) != statics || join->matched[i])
                continue;
            else if (!join->namesakes[first].instances || join->namesakes[first].told)
                join_without_instance(join, configured);
            else
                join->namesakes[first].instances--;
        }
}

static int compare_vms(const void *a, const void *b)
{
    const struct vm *x = a, *y = b;
    int order = name_compare(x->name, y->name);
    if (!order)
        order = strcmp(x->guid ? x->guid : "", y->guid ? y->guid : "");
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

bool vm_is_dormant(const struct vm *vm)
{
    return vm->kind == VM_DYNAMIC && vm->silent && vm->startup > 0 && vm->physical == vm->startup;
}

const char *vm_status(const struct vm *vm)
{
    return vm->summary ? summary_status(vm->summary, vm->kind == VM_STATIC) : NULL;
}

/* ---- reading ---- */

/* What the host has for VMs needs the balancer. Whoever judges it needs it anyway; for another, the
 * maxima that it bounds are not known without. */
static bool conclude_pool(struct join *join, const struct source *source,
                          const struct counter *counters, size_t asked, struct error *err)
{
    struct balancer *balancer = &join->vms.balancer;
    bool read = balancer_conclude(source, counters, asked, join->arena, balancer, err);
    if (join->options->balancer)
        return read;
    if (read && balancer_check(balancer, err))
        return true;
    join->no_pool = arena_format(
        join->arena,
        "the RAM that the host has for VMs, and so the effective maximum, is not known: %s",
        err->text);
    return true;
}

static void take_reading(struct join *join, const struct counter *counter, enum vm_counter which)
{
    struct vms *vms = &join->vms;
    if (counter->reading == READ_OK)
        vms->told |= counter->count ? 1u << which : 0;
    else if (reading_is_untold(counter))
        vms->untold[vms->untold_count++] = counter->name;
    else
        vms->missing[vms->missing_count++] = reading_missing(counter, join->arena);
}

/* The counters first, so that a VM that goes in between is not taken for one without counters. */
static bool read_counters(struct join *join, struct source *source, struct error *err)
{
    struct counter counters[VM_COUNTERS + BALANCER_ASKED];
    size_t own = 0;
    for (size_t i = 0; i < VM_COUNTERS; i++)
        if (i < VM_NEEDED || join->options->counters & 1u << i) {
            reading_ask(&counters[own], HYPERV_VM, &vm_counter_names[i], 1);
            join->asked[own++] = (enum vm_counter)i;
        }
    size_t asked = balancer_ask(&counters[own], false);
    if (!source_counters(source, counters, own + asked, err))
        return reading_explain_error(err);

    /* Without a running VM a log has no column of the object, and PDH may say that it has no data.
     * Then the balancer tells that Hyper-V is there. */
    const struct counter *physical = &counters[VM_PHYSICAL], *balancer = &counters[own];
    bool no_instances =
        (physical->reading == READ_NO_OBJECT || physical->reading == READ_NO_SAMPLE) &&
        balancer->reading == READ_OK;
    if (physical->reading != READ_OK && !no_instances)
        return reading_explain(source, physical, err);
    if (!conclude_pool(join, source, balancer, asked, err))
        return false;
    for (size_t i = 0; i < own && !no_instances; i++)
        take_reading(join, &counters[i], join->asked[i]);
    memcpy(join->counters, counters, own * sizeof *counters);
    join->counter_count = own;
    return true;
}

/* Without the settings, or without the host's RAM that bounds them, a maximum that was given stands
 * in: for VMs that have counters. Without these too, nobody knows whether there are any. */
static bool read_settings(struct join *join, struct source *source, struct error *err)
{
    const struct vms *known = join->options->settings;
    if (known) {
        join->has_inventory = true;
        join->inventory = *known->inventory;
        join->vms.inventory = known->inventory;
        join->vms.host = known->host;
        join->vms.host_memory = known->host_memory;
        return true;
    }
    struct host host;
    join->has_inventory =
        inventory_read(source, join->options->limits_only, join->arena, &join->inventory, err);
    if (join->has_inventory && host_read(source, join->arena, &host, err)) {
        struct inventory *kept = ARENA_NEW(join->arena, struct inventory);
        if (!kept)
            return error_memory(err);
        *kept = join->inventory;
        join->vms.inventory = kept;
        join->vms.host = host;
        join->vms.host_memory = host.memory;
        return true;
    }
    if (!(join->options->maximum > 0) ||
        (!join->has_inventory && !join->counters[VM_PHYSICAL].count))
        return error_prefix(err, "the VMs' settings can't be read: ");
    join->vms.missing[join->vms.missing_count++] = /* Physical Memory is none of these */
        arena_format(join->arena, "%s", err->text);
    return true;
}

static bool make_tables(struct join *join, struct error *err)
{
    struct arena *arena = join->arena;
    struct vms *vms = &join->vms;
    size_t instances = join->counters[VM_PHYSICAL].count, configured = join->inventory.count;
    vms->items = arena_array(arena, instances + configured, sizeof *vms->items);
    vms->stopped = arena_array(arena, configured, sizeof *vms->stopped);
    vms->ignored = arena_array(arena, instances, sizeof *vms->ignored);
    join->namesakes = arena_array(arena, configured, sizeof *join->namesakes);
    join->owners = arena_array(arena, instances, sizeof *join->owners);
    join->matches = arena_array(arena, instances, sizeof *join->matches);
    join->matched = arena_array(arena, configured, sizeof *join->matched);
    if (arena->failed)
        return error_memory(err);
    for (size_t i = 0; i < instances; i++)
        join->matches[i] = NAME_NOT_FOUND;
    return true;
}

static bool read_once(struct join *join, struct source *source, struct error *err)
{
    if (!read_counters(join, source, err) || !read_settings(join, source, err))
        return false;
    join->recorded = source_moment(source).recorded;
    if (!make_tables(join, err) || !find_owners(join, err) || !join_summaries(join, source, err))
        return false;
    for (size_t i = 0; i < join->counters[VM_PHYSICAL].count; i++)
        if (!join_instance(join, i, err))
            return false;
    if (join->has_inventory)
        join_rest(join);
    bound_maxima(join);
    join->vms.tells_paging = join->inventory.tells_paging || join->vms.told & 1u << VM_SMART_PAGING;
    qsort(join->vms.items, join->vms.count, sizeof *join->vms.items, compare_vms);
    return !join->arena->failed || error_memory(err);
}

/* What does not join on a live host may have come or gone between the reads; what does not the
 * second time either, is told. A record has one moment, and no second look would show another. */
bool vms_read(struct source *source, const struct vms_options *options, struct arena *arena,
              struct vms *ret, struct error *err)
{
    struct join first = {.options = options, .arena = arena};
    if (!read_once(&first, source, err))
        return false;
    struct join second = {.options = options, .arena = arena};
    bool again = first.apart && !source_moment(source).recorded;
    if (again && !read_once(&second, source, err))
        return false;
    *ret = again ? second.vms : first.vms;
    return true;
}
