/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/labels.h"

#include "plugin/name.h"

#include <string.h>
#include <strings.h>

enum { GUID_DIGITS = 8 };

/* Labels get endings: _physical, _pressure, _current_pressure. A VM that is named so would give its
 * label to what is another's: the pressure of "web_current" is the current pressure of "web", and
 * that of "worst" is the summary's. */
static bool is_ambiguous(const char *label)
{
    static const char *const words[] = {"_current", "_minimum", "_maximum"};
    size_t length = strlen(label);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t ending = strlen(words[i]);
        if (length >= ending && !strcasecmp(label + length - ending, words[i]))
            return true;
    }
    return !strcasecmp(label, "worst");
}

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
        if (!labels[i] || is_ambiguous(labels[i]))
            labels[i] = guid_label(vm, arena);
        claim(vms, &taken, labels, i, arena);
    }
    *ret = labels;
    return true;
}
