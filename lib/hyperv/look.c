/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/look.h"

#include "plugin/number.h"

#include <stdlib.h>
#include <string.h>

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
    look->shortage = larger(0, look->demand - look->capacity);
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
        .demand = smaller(wish, larger(vm->maximum, vm->physical)),
        .least = vm->startup > 0 ? smaller(minimum, vm->startup) : minimum,
    };
    look.need = tells ? wish * (1 + vm->buffer / 100.0) : wish;
    look.goal = smaller(larger(look.need, look.least), larger(vm->maximum, vm->physical));
    double visible;
    if (value_of(vm, VM_GUEST_VISIBLE, &visible))
        look.lost_ever = larger(0, visible - vm->physical);
    look.has_moves = value_of(vm, VM_ADDED, &look.added) && value_of(vm, VM_REMOVED, &look.removed);
    return look;
}

bool look_of(const struct vms *vms, struct arena *arena, struct look *ret, struct error *err)
{
    struct look look = {.available = vms->balancer.available,
                        .vms = arena_array(arena, vms->count, sizeof *look.vms),
                        .room = vms->count};
    if (!look.vms)
        return error_memory(err);
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

/* ---- as lines ---- */

/* Bytes, rounded to whole ones: "1234 ". Moves *line behind it. */
static bool take_bytes(const char **line, double *ret)
{
    size_t digits = strspn(*line, "0123456789");
    if (!digits || digits > 18 || ((*line)[digits] != ' ' && (*line)[digits]))
        return false;
    *ret = strtod(*line, NULL);
    *line += digits + ((*line)[digits] == ' ');
    return true;
}

char *look_print(const struct look *look, struct arena *arena)
{
    return arena_format(arena, "%.0f %.0f", look->available, look->shortage);
}

bool look_parse(struct look *look, const char *line)
{
    double available, shortage;
    if (!take_bytes(&line, &available) || !take_bytes(&line, &shortage) || *line)
        return false;
    look->available = available;
    look->shortage = shortage;
    return true;
}

char *look_vm_print(const struct look_vm *vm, struct arena *arena)
{
    return arena_format(arena, "%.0f %d %.0f %.0f %s", vm->physical, vm->has_moves, vm->added,
                        vm->removed, vm->key);
}

bool look_vm_parse(struct look *look, const char *line, struct arena *arena)
{
    struct look_vm vm = {0};
    double has_moves;
    if (!take_bytes(&line, &vm.physical) || !take_bytes(&line, &has_moves) ||
        !take_bytes(&line, &vm.added) || !take_bytes(&line, &vm.removed) || !*line)
        return false;
    vm.has_moves = has_moves > 0;
    vm.key = vm.name = arena_text(arena, line, strlen(line));
    return vm.key && look_add(look, &vm, arena);
}
