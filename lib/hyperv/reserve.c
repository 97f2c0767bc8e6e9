/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/reserve.h"

#include "hyperv/counter_names.h"
#include "hyperv/reading.h"

static const char *type_name(unsigned type, struct arena *arena)
{
    static const char *const names[] = {
        [0] = "REG_NONE",
        [REGISTRY_SZ] = "REG_SZ",
        [2] = "REG_EXPAND_SZ",
        [REGISTRY_BINARY] = "REG_BINARY",
        [REGISTRY_DWORD] = "REG_DWORD",
        [5] = "REG_DWORD_BIG_ENDIAN",
        [7] = "REG_MULTI_SZ",
        [REGISTRY_QWORD] = "REG_QWORD",
    };
    if (type < sizeof names / sizeof *names && names[type])
        return names[type];
    return arena_format(arena, "value of type %u", type);
}

/* The value is not set. Is this a place where it would be? */

static bool stop(void *context, const char *const *cells, struct error *err)
{
    (void)cells, (void)err;
    *(bool *)context = true;
    return false;
}

/* Whoever may not read the class can still tell that it is there. */
static bool has_hyperv(struct source *source, struct error *err)
{
    static const char *const properties[] = {"Name", NULL};
    static const struct row_query query = {.namespaces = hyperv_namespaces,
                                           .class_name = CLASS_COMPUTER,
                                           .properties = properties,
                                           .needed = 1};
    bool seen = false;
    return source_rows(source, &query, stop, &seen, err) || seen || err->code != READ_NO_OBJECT;
}

/* On a machine, what is not in its registry is not set; but where there is no Hyper-V, that says
 * nothing. Of a record, the file must have the key. */
static bool check_place(struct source *source, const struct registry_value *value,
                        struct error *err)
{
    if (source_is_record(source))
        return value->key_exists ||
               error_set_code(
                   err, READ_NO_OBJECT,
                   "%s does not contain the key HKEY_LOCAL_MACHINE\\%s, so whether %s is "
                   "set is not known: export that key with reg export",
                   value->origin, RESERVE_KEY, RESERVE_VALUE);
    if (has_hyperv(source, err))
        return true;
    struct error cause = *err;
    return error_set_code(err, READ_NO_OBJECT,
                          "no %s %s, so there are no VMs to keep memory from: is the "
                          "Hyper-V role installed? (%s)",
                          CLASS_COMPUTER, source_place(source), cause.text);
}

bool reserve_read(struct source *source, struct arena *arena, struct reserve *ret,
                  struct error *err)
{
    struct registry_value value;
    uint32_t megabytes;
    if (!source_registry(source, RESERVE_KEY, RESERVE_VALUE, &value, err))
        return reading_explain_error(err);
    if (!value.exists && !check_place(source, &value, err))
        return false;
    struct reserve reserve = {.kind = RESERVE_ABSENT};
    if (registry_dword(&value, &megabytes)) {
        reserve.kind = RESERVE_SET;
        reserve.bytes = (double)megabytes * MEGABYTE;
    } else if (value.exists) {
        reserve.kind = RESERVE_MALFORMED;
        reserve.fault = arena_format(arena, "a %s of %zu bytes, not a REG_DWORD of 4",
                                     type_name(value.type, arena), value.size);
    }
    *ret = reserve;
    return true;
}

double reserve_computed(double host_memory)
{
    return 384.0 * MEGABYTE + 30.0 * MEGABYTE * (host_memory / (1024.0 * MEGABYTE));
}
