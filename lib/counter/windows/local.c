/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The source `local` on Windows: PDH, the registry and WMI of this machine. */
#include "counter/source.h"

#include "counter/windows/pdh.h"
#include "counter/windows/registry.h"
#include "counter/windows/wmi.h"
#include "platform/platform.h"

struct local {
    struct source source;
    struct wmi wmi;
};

static bool open_local(const char *argument, const struct source_options *options,
                       struct arena *arena, struct source **ret, struct error *err)
{
    (void)options; /* it honours none */
    if (!source_is_plain_local(argument, err))
        return false;
    struct local *local = ARENA_NEW(arena, struct local);
    if (!local)
        return error_memory(err);
    local->source = (struct source){.kind = &source_local, .arena = arena};
    *ret = &local->source;
    return true;
}

static bool local_counters(struct source *source, struct counter *counters, size_t count,
                           struct error *err)
{
    return pdh_counters(counters, count, source->arena, err);
}

static bool local_registry(struct source *source, const char *key, const char *value,
                           struct registry_value *ret, struct error *err)
{
    return registry_read(key, value, source->arena, ret, err);
}

static bool local_rows(struct source *source, const struct row_query *query, row_visitor *visit,
                       void *context, struct error *err)
{
    struct local *local = (struct local *)source;
    return wmi_rows(&local->wmi, query, visit, context, source->arena, err);
}

static struct moment local_moment(const struct source *source)
{
    (void)source;
    return (struct moment){.wall = clock_now(), .zone = "UTC", .has_bias = true};
}

static void close_local(struct source *source)
{
    struct local *local = (struct local *)source;
    wmi_end(&local->wmi);
}

const struct source_kind source_local = {
    .name = "local",
    .open = open_local,
    .counters = local_counters,
    .registry = local_registry,
    .rows = local_rows,
    .moment = local_moment,
    .close = close_local,
};
