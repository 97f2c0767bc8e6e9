/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/inventory.h"

#include "hyperv/cell.h"
#include "hyperv/reading.h"
#include "plugin/scan.h"
#include "plugin/show.h"

#include <string.h>

/* ---- VMs ---- */

enum { NAME, ELEMENT_NAME, ENABLED_STATE, COMPUTER_NEEDED };
static const char *const computer_properties[] = {"Name", "ElementName", "EnabledState", NULL};

/* What is there must be understood: a word in the place of a number is not taken for anything. Null
 * is not told. */
static bool whole_or_null(const char *class_name, const char *property, const char *cell,
                          uint64_t *ret, struct error *err)
{
    *ret = 0;
    return !cell || cell_whole(cell, ret) ||
           error_set_code(err, READ_INVALID, "%s: '%s' is not a number, as %s must be", class_name,
                          SHOW_NAME(cell), property);
}

/* EnabledState of a VM without memory: off, and saved (v1's number, and v2's). Whatever else it is
 * (running, paused, starting, stopping), it holds some. Source: Microsoft's class reference. */
static bool is_stopped(uint64_t enabled_state)
{
    return enabled_state == 3 || enabled_state == 6 || enabled_state == 32769;
}

enum { GUID_LENGTH = 36 };

/* 8-4-4-4-12 hexadecimal digits. The host's own row has its name there. */
static bool is_guid(const char *text)
{
    for (size_t i = 0; i < GUID_LENGTH; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        char c = text[i];
        bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (dash ? c != '-' : !digit)
            return false;
    }
    return true;
}

struct reading_inventory {
    struct inventory *inventory;
    struct arena *arena;
    const struct row_query *computers; /* where the VMs are from */
    struct name_index by_guid;
};

/* Two rows of one VM are two exports in one file, or none that this program knows how to choose
 * from. */
static bool refuse_second(const char *class_name, const char *guid, struct error *err)
{
    return error_set_code(err, READ_INVALID,
                          "%s: GUID %s appears twice: were two exports put into one file?",
                          class_name, guid);
}

static bool visit_computer(void *context, const char *const *cells, struct error *err)
{
    struct reading_inventory *reading = context;
    struct inventory *inventory = reading->inventory;
    if (!cells[NAME])
        return true;
    if (!is_guid(cells[NAME]) || cells[NAME][GUID_LENGTH]) {
        inventory->saw_host = true;
        inventory->host = arena_text(reading->arena, cells[NAME], strlen(cells[NAME]));
        return inventory->host || error_memory(err);
    }
    uint64_t enabled_state;
    if (!whole_or_null(CLASS_COMPUTER, computer_properties[ENABLED_STATE], cells[ENABLED_STATE],
                       &enabled_state, err))
        return false;
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
        .stopped = is_stopped(enabled_state),
        .has_state = cells[ENABLED_STATE],
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
    static const struct row_query computers = {.namespaces = hyperv_namespaces,
                                               .class_name = CLASS_COMPUTER,
                                               .properties = computer_properties,
                                               .needed = COMPUTER_NEEDED};
    static const struct row_query summaries = {.namespaces = hyperv_namespaces,
                                               .class_name = CLASS_SUMMARY,
                                               .properties = computer_properties,
                                               .needed = COMPUTER_NEEDED};
    reading->computers = &computers;
    if (source_rows(source, &computers, visit_computer, reading, err))
        return true;
    struct error first = *err;
    if (first.code != READ_NO_OBJECT)
        return false;
    /* This class has no row of the host, so that no row may be no right. */
    reading->computers = &summaries;
    if (source_rows(source, &summaries, visit_computer, reading, err))
        return true;
    if (err->code == READ_NO_OBJECT)
        *err = first;
    return false;
}

/* ---- settings ---- */

enum {
    INSTANCE_ID,
    DYNAMIC,
    LIMIT,
    SETTINGS_NEEDED,
    QUANTITY = SETTINGS_NEEDED,
    PAGING, /* v2 has it alone */
    LIMITS,
    RESERVATION = LIMITS,
    BUFFER,
    WEIGHT
};
static const char *const setting_properties[] = {"InstanceID",
                                                 "DynamicMemoryEnabled",
                                                 "Limit",
                                                 "VirtualQuantity",
                                                 "SwapFilesInUse",
                                                 "Reservation",
                                                 "TargetMemoryBuffer",
                                                 "Weight",
                                                 NULL};

static bool megabytes(const char *const *cells, size_t property, double *ret, struct error *err)
{
    uint64_t value;
    if (!whole_or_null(CLASS_SETTINGS, setting_properties[property], cells[property], &value, err))
        return false;
    *ret = (double)value * MEGABYTE;
    return true;
}

/* ret stays as it is where the cell is null. */
static bool truth(const char *const *cells, size_t property, bool *ret, struct error *err)
{
    return !cells[property] || cell_truth(cells[property], ret) ||
           error_set_code(err, READ_INVALID, "%s: '%s' is neither True nor False, as %s must be",
                          CLASS_SETTINGS, SHOW_NAME(cells[property]), setting_properties[property]);
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
    reading->inventory->tells_paging = reading->inventory->tells_paging || cells[PAGING];
    if (!id || !scan_begins(id, prefix) || !is_guid(id + sizeof prefix - 1))
        return true;
    char guid[GUID_LENGTH + 1];
    memcpy(guid, id + sizeof prefix - 1, GUID_LENGTH);
    guid[GUID_LENGTH] = '\0';
    uint32_t found = name_index_find(&reading->by_guid, guid);
    if (found == NAME_NOT_FOUND)
        return true;

    struct configured_vm *vm = &reading->inventory->items[found];
    if (vm->seen_settings)
        return refuse_second(CLASS_SETTINGS, guid, err);
    vm->seen_settings = true;
    if (!truth(cells, DYNAMIC, &vm->dynamic, err) || !truth(cells, PAGING, &vm->paging, err))
        return false;
    /* Without it, a VM that was taken for a static one would never alarm. */
    vm->has_settings = cells[DYNAMIC];
    vm->buffer = small_number(cells[BUFFER]);
    vm->weight = small_number(cells[WEIGHT]);
    return megabytes(cells, LIMIT, &vm->maximum, err) &&
           megabytes(cells, QUANTITY, &vm->startup, err) &&
           megabytes(cells, RESERVATION, &vm->minimum, err);
}

/* For whom a GUID is found twice, in a second pass: the source then tells its line. */
struct repeated {
    const char *class_name, *guid;
    unsigned seen;
};

static bool visit_repeated(void *context, const char *const *cells, struct error *err)
{
    struct repeated *repeated = context;
    if (cells[NAME] && name_equal(cells[NAME], repeated->guid) && repeated->seen++)
        return refuse_second(repeated->class_name, repeated->guid, err);
    return true;
}

static bool refuse_repeated(struct source *source, const struct row_query *computers,
                            const char *guid, struct error *err)
{
    struct repeated repeated = {.class_name = computers->class_name, .guid = guid};
    if (source_rows(source, computers, visit_repeated, &repeated, err))
        refuse_second(computers->class_name, guid, err);
    return false;
}

static bool index_vms(struct source *source, struct reading_inventory *reading, struct error *err)
{
    struct inventory *inventory = reading->inventory;
    if (!name_index_make(&inventory->by_name, inventory->count, reading->arena, err) ||
        !name_index_make(&reading->by_guid, inventory->count, reading->arena, err))
        return false;
    for (uint32_t i = 0; i < inventory->count; i++) {
        struct configured_vm *vm = &inventory->items[i];
        if (name_index_add(&reading->by_guid, vm->guid, i) != i)
            return refuse_repeated(source, reading->computers, vm->guid, err);
        uint32_t first = name_index_add(&inventory->by_name, vm->name, i);
        if (first != i) {
            vm->next_of_name = inventory->items[first].next_of_name;
            inventory->items[first].next_of_name = i;
        }
    }
    return true;
}

bool inventory_read(struct source *source, bool limits_only, struct arena *arena,
                    struct inventory *ret, struct error *err)
{
    const struct row_query settings = {.namespaces = hyperv_namespaces,
                                       .class_name = CLASS_SETTINGS,
                                       .properties = setting_properties,
                                       .needed = SETTINGS_NEEDED,
                                       .v2_alone = PAGING,
                                       .looked_at = limits_only ? LIMITS : 0};
    struct inventory inventory = {.host = ""};
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
    if (!index_vms(source, &reading, err))
        return false;
    if (!source_rows(source, &settings, visit_setting, &reading, err))
        return reading_explain_error(err);
    *ret = inventory;
    return true;
}
