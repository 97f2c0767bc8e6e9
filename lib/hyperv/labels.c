/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/labels.h"

#include "plugin/name.h"

enum { GUID_DIGITS = 8 };

static const char *guid_label(const struct vm *vm, struct arena *arena)
{
    return vm->guid ? arena_text(arena, vm->guid, GUID_DIGITS) : NULL;
}

/* Give this label to the i-th VM; whoever has it already, or would, falls back to its GUID. */
static void claim(const struct vms *vms, struct name_index *taken, const char **labels, size_t i,
                  struct arena *arena)
{
    if (!labels[i])
        return;
    uint32_t other = name_index_add(taken, labels[i], (uint32_t)i);
    if (other == i)
        return;
    labels[i] = guid_label(&vms->items[i], arena);
    labels[other] = guid_label(&vms->items[other], arena);
}

bool vm_labels(const struct vms *vms, enum label_mode mode, struct arena *arena,
               const char *const **ret, struct error *err)
{
    const char **labels = arena_array(arena, vms->count, sizeof *labels);
    struct name_index taken;
    if (!labels)
        return error_memory(err);
    if (!name_index_make(&taken, vms->count, arena, err))
        return false;
    for (size_t i = 0; i < vms->count; i++) {
        const struct vm *vm = &vms->items[i];
        if (vm->namesakes > 1)
            continue;
        labels[i] = mode == LABEL_NAME ? name_label(vm->name, arena) : NULL;
        if (!labels[i])
            labels[i] = guid_label(vm, arena);
        claim(vms, &taken, labels, i, arena);
    }
    *ret = labels;
    return true;
}
