/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/smart_paging.h"

#include "plugin/name.h"
#include "plugin/state_file.h"

static bool add(struct smart_paging *paging, const struct paging_vm *vm, struct arena *arena)
{
    struct paging_vm *items =
        arena_grow(arena, paging->items, paging->count, &paging->room, sizeof *items);
    if (!items)
        return false;
    paging->items = items;
    items[paging->count++] = *vm;
    return true;
}

bool smart_paging_of(const struct vms *vms, int64_t moment, struct arena *arena,
                     struct smart_paging *ret)
{
    *ret = (struct smart_paging){0};
    for (size_t i = 0; i < vms->count; i++) {
        const struct vm *vm = &vms->items[i];
        const struct paging_vm one = {vm->guid ? vm->guid : vm->name, vm, moment};
        if (vm->kind == VM_DYNAMIC && vm->paging && !add(ret, &one, arena))
            return false;
    }
    return true;
}

void smart_paging_continue(struct smart_paging *now, const struct smart_paging *before)
{
    for (size_t i = 0; i < now->count; i++)
        for (size_t k = 0; k < before->count; k++)
            if (name_equal(now->items[i].key, before->items[k].key) &&
                before->items[k].since < now->items[i].since)
                now->items[i].since = before->items[k].since;
}

char *smart_paging_print(const struct paging_vm *vm, struct arena *arena)
{
    return arena_format(arena, "%lld %s", (long long)vm->since, vm->key);
}

bool smart_paging_parse(struct smart_paging *paging, const char *line, struct arena *arena)
{
    double since; /* ms, which a double holds exactly */
    if (!state_take_number(&line, &since) || !*line)
        return false;
    const struct paging_vm vm = {.key = arena_format(arena, "%s", line), .since = (int64_t)since};
    return add(paging, &vm, arena);
}
