/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/inventory.h"

#include "hyperv/cell.h"
#include "hyperv/reading.h"

#include <string.h>

/* ---- VMs ---- */

enum { NAME, ELEMENT_NAME, ENABLED_STATE };
static const char *const computer_properties[] = {"Name", "ElementName", "EnabledState", NULL};

/* EnabledState of a VM without memory: off, and saved (v1's number, and v2's). Whatever else it is
 * (running, paused, starting, stopping), it holds some. Source: Microsoft's class reference. */
static bool is_stopped(const char *enabled_state)
{
    static const char *const stopped[] = {"3", "32769", "6"};
    for (size_t i = 0; enabled_state && i < sizeof stopped / sizeof *stopped; i++)
        if (!strcmp(enabled_state, stopped[i]))
            return true;
    return false;
}

enum { GUID_LENGTH = 36 };

/* 8-4-4-4-12 hexadecimal digits. The host's own row has its name there. */
static bool is_guid(const char *text)
{
    for (size_t i = 0; i < GUID_LENGTH; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !text[i] || !strchr("0123456789abcdefABCDEF", text[i]))
            return false;
    }
    return true;
}

struct reading_inventory {
    struct inventory *inventory;
    struct arena *arena;
    struct name_index by_guid;
};

static bool visit_computer(void *context, const char *const *cells, struct error *err)
{
    struct reading_inventory *reading = context;
    struct inventory *inventory = reading->inventory;
    if (!cells[NAME])
        return true;
    if (!is_guid(cells[NAME]) || cells[NAME][GUID_LENGTH]) {
        inventory->saw_host = true;
        return true;
    }
    struct configured_vm *items = arena_grow(reading->arena, inventory->items, inventory->count,
                                             &inventory->room, sizeof *items);
    if (!items)
        return error_memory(err);
    inventory->items = items;
    const char *name = cells[ELEMENT_NAME] ? cells[ELEMENT_NAME] : "";
    struct configured_vm *vm = &items[inventory->count];
    *vm = (struct configured_vm){
        .name = arena_text(reading->arena, name, strlen(name)),
        .guid = arena_text(reading->arena, cells[NAME], GUID_LENGTH),
        .stopped = is_stopped(cells[ENABLED_STATE]),
        .next_of_name = NAME_NOT_FOUND,
    };
    if (!vm->name || !vm->guid)
        return error_memory(err);
    inventory->count++;
    return true;
}

static bool read_computers(struct source *source, struct reading_inventory *reading,
                           struct error *err)
{
    static const struct row_query computers = {hyperv_namespaces, CLASS_COMPUTER,
                                               computer_properties};
    static const struct row_query summaries = {hyperv_namespaces, CLASS_SUMMARY,
                                               computer_properties};
    if (source_rows(source, &computers, visit_computer, reading, err))
        return true;
    struct error first = *err;
    if (first.code != READ_NO_OBJECT || reading->inventory->count)
        return false;
    /* This class has no row of the host, so that no row may be no right. */
    if (source_rows(source, &summaries, visit_computer, reading, err))
        return true;
    if (err->code == READ_NO_OBJECT)
        *err = first;
    return false;
}

/* ---- settings ---- */

enum { INSTANCE_ID, LIMIT, RESERVATION, QUANTITY, DYNAMIC, BUFFER, WEIGHT };
static const char *const setting_properties[] = {
    "InstanceID",         "Limit",  "Reservation", "VirtualQuantity", "DynamicMemoryEnabled",
    "TargetMemoryBuffer", "Weight", NULL};

static double megabytes(const char *cell)
{
    uint64_t value;
    return cell_whole(cell, &value) ? (double)value * MEGABYTE : 0;
}

static unsigned small_number(const char *cell)
{
    uint64_t value;
    return cell_whole(cell, &value) && value <= 100000 ? (unsigned)value : 0;
}

/* InstanceID is "Microsoft:<GUID>\<resource>"; another GUID is a snapshot's, and
 * "Microsoft:Definition\..." a template of Hyper-V's own. */
static bool visit_setting(void *context, const char *const *cells, struct error *err)
{
    static const char prefix[] = "Microsoft:";
    struct reading_inventory *reading = context;
    const char *id = cells[INSTANCE_ID];
    (void)err;
    if (!id || strncmp(id, prefix, sizeof prefix - 1) != 0 || !is_guid(id + sizeof prefix - 1))
        return true;
    char guid[GUID_LENGTH + 1];
    memcpy(guid, id + sizeof prefix - 1, GUID_LENGTH);
    guid[GUID_LENGTH] = '\0';
    uint32_t found = name_index_find(&reading->by_guid, guid);
    if (found == NAME_NOT_FOUND)
        return true;

    struct configured_vm *vm = &reading->inventory->items[found];
    /* Every Windows that has Dynamic Memory has this property; without it, a VM that was taken for
     * a static one would never alarm. */
    vm->has_settings = cell_truth(cells[DYNAMIC], &vm->dynamic);
    vm->maximum = megabytes(cells[LIMIT]);
    vm->startup = megabytes(cells[QUANTITY]);
    vm->minimum = megabytes(cells[RESERVATION]);
    vm->buffer = small_number(cells[BUFFER]);
    vm->weight = small_number(cells[WEIGHT]);
    return true;
}

static bool index_vms(struct reading_inventory *reading, struct error *err)
{
    struct inventory *inventory = reading->inventory;
    if (!name_index_make(&inventory->by_name, inventory->count, reading->arena, err) ||
        !name_index_make(&reading->by_guid, inventory->count, reading->arena, err))
        return false;
    for (uint32_t i = 0; i < inventory->count; i++) {
        struct configured_vm *vm = &inventory->items[i];
        name_index_add(&reading->by_guid, vm->guid, i);
        uint32_t first = name_index_add(&inventory->by_name, vm->name, i);
        if (first != i) {
            vm->next_of_name = inventory->items[first].next_of_name;
            inventory->items[first].next_of_name = i;
        }
    }
    return true;
}

bool inventory_read(struct source *source, struct arena *arena, struct inventory *ret,
                    struct error *err)
{
    static const struct row_query settings = {hyperv_namespaces, CLASS_SETTINGS,
                                              setting_properties};
    struct inventory inventory = {0};
    struct reading_inventory reading = {.inventory = &inventory, .arena = arena};
    if (!read_computers(source, &reading, err))
        return reading_explain_error(err);
    /* A token without rights gets no error but no rows, not even the host's own. */
    if (!inventory.count && !inventory.saw_host)
        return error_set_code(err, READ_DENIED,
                              "%s has no row, not even the host's: the account has no right to see "
                              "VMs (it must be in Hyper-V Administrators, or Administrators before "
                              "Windows Server 2012)",
                              CLASS_COMPUTER);
    if (!index_vms(&reading, err))
        return false;
    if (!source_rows(source, &settings, visit_setting, &reading, err))
        return reading_explain_error(err);
    *ret = inventory;
    return true;
}
