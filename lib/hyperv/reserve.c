/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/reserve.h"

#include "hyperv/names.h"
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

bool reserve_read(struct source *source, struct arena *arena, struct reserve *ret,
                  struct error *err)
{
    struct registry_value value;
    uint32_t megabytes;
    if (!source_registry(source, RESERVE_KEY, RESERVE_VALUE, &value, err))
        return reading_explain_error(err);
    struct reserve reserve = {.kind = RESERVE_ABSENT};
    if (registry_dword(&value, &megabytes)) {
        reserve.kind = RESERVE_SET;
        reserve.bytes = (double)megabytes * MEGABYTE;
    } else if (value.exists) {
        const char *type = type_name(value.type, arena);
        reserve.kind = RESERVE_MALFORMED;
        reserve.fault =
            type ? arena_format(arena, "a %s of %zu bytes, not a REG_DWORD of 4", type, value.size)
                 : NULL;
        if (!reserve.fault)
            return error_memory(err);
    }
    *ret = reserve;
    return true;
}

double reserve_computed(double host_memory)
{
    return 384.0 * MEGABYTE + 30.0 * MEGABYTE * (host_memory / (1024.0 * MEGABYTE));
}
