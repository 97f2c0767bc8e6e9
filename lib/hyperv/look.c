/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/look.h"

#include <math.h>

bool look_add(struct look *look, const struct look_vm *vm, struct arena *arena)
{
    struct look_vm *vms = arena_grow(arena, look->vms, look->count, &look->room, sizeof *vms);
    if (!vms)
        return false;
    look->vms = vms;
    vms[look->count++] = *vm;
    return true;
}

void look_conclude(struct look *look)
{
    look->demand = 0;
    look->capacity = look->available;
    for (size_t i = 0; i < look->count; i++) {
        look->demand += look->vms[i].demand;
        look->capacity += look->vms[i].physical;
    }
    look->shortage = fmax(0, look->demand - look->capacity);
}

static bool value_of(const struct vm *vm, enum vm_counter counter, double *ret)
{
    if (!vm->values || !vm->has_value[counter])
        return false;
    *ret = vm->values[counter];
    return true;
}

static struct look_vm look_at(const struct vm *vm)
{
    /* A guest without (or with an old) integration service shows a pressure of 0. */
    bool tells = vm->has_pressure && vm->pressure > 0;
    double wish = tells ? vm->physical * vm->pressure / 100 : vm->physical;
    double minimum = vm->minimum > 0 ? vm->minimum : vm->startup;
    struct look_vm look = {
        .key = vm->namesakes > 1 ? NULL
               : vm->guid        ? vm->guid
                                 : vm->name,
        .name = vm->name,
        .physical = vm->physical,
        .wish = wish,
        .demand = fmin(wish, fmax(vm->maximum, vm->physical)),
        .least = vm->startup > 0 ? fmin(minimum, vm->startup) : minimum,
    };
    look.need = tells ? wish * (1 + vm->buffer / 100.0) : wish;
    look.goal = fmin(fmax(look.need, look.least), fmax(vm->maximum, vm->physical));
    double visible;
    if (value_of(vm, VM_GUEST_VISIBLE, &visible))
        look.lost_ever = fmax(0, visible - vm->physical);
    look.has_moves = value_of(vm, VM_ADDED, &look.added) && value_of(vm, VM_REMOVED, &look.removed);
    return look;
}

bool look_of(const struct vms *vms, struct arena *arena, struct look *ret, struct error *err)
{
    struct look look = {.available = vms->balancer.available};
    for (size_t i = 0; i < vms->count; i++) {
        const struct vm *vm = &vms->items[i];
        if (vm->kind != VM_DYNAMIC)
            continue;
        const struct look_vm seen = look_at(vm);
        if (!look_add(&look, &seen, arena))
            return error_memory(err);
        look.silent += vm->has_pressure && !(vm->pressure > 0);
        look.unread += !vm->has_pressure;
    }
    look_conclude(&look);
    *ret = look;
    return true;
}
