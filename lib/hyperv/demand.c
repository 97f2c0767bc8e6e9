/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/demand.h"

#include "plugin/number.h"
#include "plugin/state_file.h"

bool demand_add(struct demand *look, const struct demand_vm *vm, struct arena *arena)
{
    struct demand_vm *vms = arena_grow(arena, look->vms, look->count, &look->room, sizeof *vms);
    if (!vms)
        return false;
    look->vms = vms;
    vms[look->count++] = *vm;
    return true;
}

double demand_lack(const struct demand_vm *vm)
{
    return larger(0, vm->demand - vm->physical);
}

double demand_spare(const struct demand_vm *vm)
{
    return larger(0, vm->physical - larger(vm->wish, vm->least));
}

static bool any_wants(const struct demand *look)
{
    for (size_t i = 0; i < look->count; i++)
        if (look->vms[i].wish > look->vms[i].physical)
            return true;
    return false;
}

/* A balancer that is dry while its VMs together want more than they have is short of memory,
 * whatever their maxima are. And where there are several, as NUMA nodes do not share: which VM is
 * on which is not told, so what VMs lack may all be on the one. Those on a node that presses have
 * nothing to spare. */
static void conclude_nodes(struct demand *look)
{
    size_t count = look->balancer.count;
    for (size_t i = 0; i < count; i++) {
        const struct balancer_node *node = &look->balancer.nodes[i];
        double shortage = count > 1 ? larger(0, look->lack - node->available) : 0;
        bool dry = node->available < DEMAND_DRY;
        if (balancer_presses(node) && (dry || shortage > 0) &&
            (!look->short_node || shortage > look->shortage)) {
            look->short_node = node;
            look->shortage = larger(look->shortage, shortage);
        }
        if (count > 1 && !node->has_pressure && (shortage > 0 || (dry && any_wants(look))))
            look->unsure_node = node;
    }
}

void demand_conclude(struct demand *look)
{
    double spare = 0;
    look->demand = look->lack = 0;
    look->capacity = look->available;
    for (size_t i = 0; i < look->count; i++) {
        const struct demand_vm *vm = &look->vms[i];
        look->demand += vm->demand;
        look->capacity += vm->physical;
        look->lack += demand_lack(vm);
        spare += demand_spare(vm);
    }
    look->host_shortage = larger(0, look->lack - look->available - spare);
    look->shortage = look->host_shortage;
    conclude_nodes(look);
}

static bool value_of(const struct vm *vm, enum vm_counter counter, double *ret)
{
    if (!vm->values || !vm->has_value[counter])
        return false;
    *ret = vm->values[counter];
    return true;
}

struct demand_vm demand_of_vm(const struct vm *vm)
{
    double wish = vm->has_pressure ? vm->physical * vm->pressure / 100 : vm->physical;
    double minimum = vm->minimum > 0 ? vm->minimum : vm->startup;
    struct demand_vm look = {
        .key = vm->namesakes > 1 ? NULL
               : vm->guid        ? vm->guid
                                 : vm->name,
        .name = vm->name,
        .physical = vm->physical,
        .wish = wish,
        .demand = smaller(wish, larger(vm->limit, vm->physical)),
        .least = vm->startup > 0 ? smaller(minimum, vm->startup) : minimum,
    };
    look.need = vm->has_pressure ? wish * (1 + vm->buffer / 100.0) : wish;
    look.goal = smaller(larger(look.need, look.least), larger(vm->limit, vm->physical));
    double visible;
    if (value_of(vm, VM_GUEST_VISIBLE, &visible))
        look.lost_ever = larger(0, visible - vm->physical);
    look.has_moves = value_of(vm, VM_ADDED, &look.added) && value_of(vm, VM_REMOVED, &look.removed);
    return look;
}

bool demand_of(const struct vms *vms, struct arena *arena, struct demand *ret, struct error *err)
{
    struct demand look = {.balancer = vms->balancer,
                          .available = vms->balancer.available,
                          .vms = arena_array(arena, vms->count, sizeof *look.vms)};
    if (!look.vms)
        return error_memory(err);
    for (size_t i = 0; i < vms->count; i++) {
        const struct vm *vm = &vms->items[i];
        if (vm->kind != VM_DYNAMIC)
            continue;
        look.vms[look.count++] = demand_of_vm(vm);
        look.silent += vm->silent;
        look.unread += !vm->has_pressure && !vm->silent;
    }
    demand_conclude(&look);
    *ret = look;
    return true;
}

/* ---- as lines ---- */

char *demand_print(const struct demand *look, struct arena *arena)
{
    return arena_format(arena, "%.0f %.0f", look->available, look->shortage);
}

bool demand_parse(struct demand *look, const char *line)
{
    double available, shortage;
    if (!state_take_number(&line, &available) || !state_take_number(&line, &shortage) || *line)
        return false;
    look->available = available;
    look->shortage = shortage;
    return true;
}

char *demand_vm_print(const struct demand_vm *vm, struct arena *arena)
{
    return arena_format(arena, "%.0f %d %.0f %.0f %s", vm->physical, vm->has_moves, vm->added,
                        vm->removed, vm->key);
}

bool demand_vm_parse(struct demand *look, const char *line, struct arena *arena)
{
    struct demand_vm vm = {0};
    double has_moves;
    if (!state_take_number(&line, &vm.physical) || !state_take_number(&line, &has_moves) ||
        !state_take_number(&line, &vm.added) || !state_take_number(&line, &vm.removed) || !*line)
        return false;
    vm.has_moves = has_moves > 0;
    vm.key = vm.name = arena_format(arena, "%s", line);
    return demand_add(look, &vm, arena);
}
