/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/remote_pages.h"

#include "hyperv/reading.h"
#include "plugin/name.h"
#include "plugin/state_file.h"

static bool add(struct remote_pages *pages, const struct remote_vm *vm, struct arena *arena)
{
    struct remote_vm *items =
        arena_grow(arena, pages->items, pages->count, &pages->room, sizeof *items);
    if (!items)
        return false;
    pages->items = items;
    items[pages->count++] = *vm;
    return true;
}

bool remote_pages_read(struct source *source, struct arena *arena, struct remote_pages *ret,
                       struct error *err)
{
    struct counter counter = {
        .object = HYPERV_VM_NUMA, .name = HYPERV_VM_REMOTE_PAGES, .instances = true};
    struct remote_pages pages = {0};
    if (!source_counters(source, &counter, 1, err))
        return false;
    if (counter.reading != READ_OK)
        return error_set_code(err, (int)counter.reading, "%s (%s)", counter.name, counter.problem);
    for (size_t i = 0; i < counter.count; i++) {
        struct remote_vm vm = {.name = counter.samples[i].instance};
        if (!name_equal(vm.name, "_Total") &&
            reading_value(&counter.samples[i], UNIT_TOTAL, &vm.pages) && !add(&pages, &vm, arena))
            return error_memory(err);
    }
    *ret = pages;
    return true;
}

const struct remote_vm *remote_pages_find(const struct remote_pages *pages, const char *name)
{
    for (size_t i = 0; i < pages->count; i++)
        if (name_equal(pages->items[i].name, name))
            return &pages->items[i];
    return NULL;
}

bool remote_pages_grow(double pages, double more, double seconds)
{
    enum { MOST = 100, AN_HOUR = 3600 };
    return pages > MOST && seconds > 0 && more * AN_HOUR > MOST * seconds;
}

char *remote_pages_print(const struct remote_vm *vm, struct arena *arena)
{
    return arena_format(arena, "%.0f %s", vm->pages, vm->name);
}

bool remote_pages_parse(struct remote_pages *pages, const char *line, struct arena *arena)
{
    struct remote_vm vm;
    if (!state_take_number(&line, &vm.pages) || !*line)
        return false;
    vm.name = arena_format(arena, "%s", line);
    return add(pages, &vm, arena);
}
