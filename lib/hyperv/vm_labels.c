/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/vm_labels.h"

#include "plugin/name.h"
#include "plugin/scan.h"

#include <string.h>
#include <strings.h>

enum { GUID_DIGITS = 8 };

/* The name under which a label's history is kept: PNP4Nagios' files and Icinga's Graphite metrics
 * have '_' for a blank, others for a dot too. Labels that are one there would share a history. */
static const char *stored_as(const char *label, struct arena *arena)
{
    char *stored = arena_text(arena, label, strlen(label));
    for (char *at = stored; at && *at; at++)
        if (*at == ' ' || *at == '.')
            *at = '_';
    return stored;
}

/* Labels get endings: _physical, _pressure, _current_pressure. A VM that is named so would give its
 * label to what is another's: the pressure of "web_current" is the current pressure of "web", and
 * that of "worst" is the summary's. */
static bool is_ambiguous(const char *label)
{
    static const char *const words[] = {"_current", "_minimum", "_maximum"};
    size_t length = strlen(label);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t ending = strlen(words[i]);
        if (length >= ending && scan_ascii_equal(label + length - ending, words[i]))
            return true;
    }
    return scan_ascii_equal(label, "worst");
}

static const char *guid_label(const struct vm *vm, struct arena *arena)
{
    return vm->guid ? arena_text(arena, vm->guid, GUID_DIGITS) : NULL;
}

/* Of VMs that have the same label, none keeps it; where there are GUIDs, they get theirs. */
static bool part_twins(const struct vms *vms, bool by_guid, const char **labels,
                       struct arena *arena, struct error *err)
{
    struct name_index taken;
    bool *twin = arena_array(arena, vms->count, sizeof *twin);
    if (!twin || !name_index_make(&taken, vms->count, arena, err))
        return error_memory(err);
    for (uint32_t i = 0; i < vms->count; i++) {
        const char *stored = labels[i] ? stored_as(labels[i], arena) : NULL;
        if (labels[i] && !stored)
            return error_memory(err);
        uint32_t other = stored ? name_index_add(&taken, stored, i) : i;
        if (other != i)
            twin[i] = twin[other] = true;
    }
    for (size_t i = 0; i < vms->count; i++)
        if (twin[i])
            labels[i] = by_guid ? guid_label(&vms->items[i], arena) : NULL;
    return true;
}

bool vm_labels(const struct vms *vms, enum label_mode mode, struct arena *arena,
               const char *const **ret, struct error *err)
{
    const char **labels = arena_array(arena, vms->count, sizeof *labels);
    if (!labels)
        return error_memory(err);
    for (size_t i = 0; i < vms->count; i++) {
        const struct vm *vm = &vms->items[i];
        if (vm->namesakes > 1)
            continue;
        const char *name = mode == LABEL_NAME ? name_label(vm->name, arena) : NULL;
        const char *stored = name ? stored_as(name, arena) : NULL;
        labels[i] = stored && !is_ambiguous(stored) ? name : guid_label(vm, arena);
    }
    /* The second time, for a VM whose name is the beginning of another's GUID. */
    if (!part_twins(vms, true, labels, arena, err) || !part_twins(vms, false, labels, arena, err))
        return false;
    *ret = labels;
    return true;
}
