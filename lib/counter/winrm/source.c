/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The source `winrm:HOST`: another machine's Windows, asked over WS-Management.
 *
 * Counters are its WMI classes of raw values, the registry is its StdRegProv, and rows are rows.
 * One connection serves all that a check asks, one question after the other, and is made by the
 * first.
 */
#include "counter/winrm/source.h"

#include "counter/winrm/fault.h"
#include "counter/winrm/perf.h"
#include "counter/winrm/registry.h"
#include "counter/winrm/wsman.h"
#include "platform/platform.h"

#include <string.h>

struct winrm {
    struct source source;
    struct session session;
    const struct object_class *classes;
};

static bool open_winrm(const char *argument, const struct source_options *options,
                       struct arena *arena, struct source **ret, struct error *err)
{
    struct endpoint endpoint;
    if (!endpoint_parse(argument, arena, &endpoint, err))
        return false;
    if (!options->credentials)
        return error_set(err, "--source: winrm needs --credentials=FILE, which says how to log in");
    struct winrm *winrm = ARENA_NEW(arena, struct winrm);
    if (!winrm)
        return error_memory(err);
    winrm->source = (struct source){.kind = &winrm_kind, .arena = arena};
    winrm->classes = options->classes;
    winrm->session.http.wire = WIRE_CLOSED;
    if (!credentials_read(options->credentials, &winrm->session.credentials, err))
        return false;
    endpoint_choose(&endpoint, winrm->session.credentials.transport);
    winrm->session.endpoint = endpoint;
    winrm->source.place = arena_format(arena, "on %s", endpoint.host);
    if (!credentials_allow(&winrm->session.credentials, &endpoint, err)) {
        credentials_close(&winrm->session.credentials);
        return error_prefix(err, "--credentials: %s: ", options->credentials);
    }
    *ret = &winrm->source;
    return true;
}

static bool at_host(const struct winrm *winrm, struct error *err)
{
    return error_prefix(err, "%s: ", winrm->session.endpoint.shown);
}

static bool read_counters(struct source *source, struct counter *counters, size_t count,
                          struct error *err)
{
    struct winrm *winrm = (struct winrm *)source;
    return perf_counters(&winrm->session, winrm->classes, counters, count, source->arena, err) ||
           at_host(winrm, err);
}

static bool read_registry(struct source *source, const char *key, const char *value,
                          struct registry_value *ret, struct error *err)
{
    struct winrm *winrm = (struct winrm *)source;
    return winrm_registry(&winrm->session, key, value, source->arena, ret, err) ||
           at_host(winrm, err);
}

/* ---- rows ---- */

struct rows {
    const struct row_query *query;
    row_visitor *visit;
    void *context;
    const char **cells;
    size_t count;        /* of the properties that are asked for */
    bool visitor_failed; /* the error is the visitor's own */
};

static bool visit_row(void *context, const struct soap_row *row, struct error *err)
{
    struct rows *rows = context;
    bool there;
    for (size_t i = 0; i < rows->count; i++)
        rows->cells[i] = soap_cell(row, rows->query->properties[i], &there);
    if (rows->visit(rows->context, rows->cells, err))
        return true;
    rows->visitor_failed = true;
    return false;
}

static const char *select_text(const struct rows *rows, const char *namespace, bool all,
                               struct arena *arena)
{
    struct text wql = {0};
    text_puts(&wql, "SELECT ");
    for (size_t i = 0; i < rows->count && !all; i++)
        if (row_query_asks(rows->query, i, namespace))
            text_printf(&wql, "%s%s", i ? ", " : "", rows->query->properties[i]);
    text_printf(&wql, "%s FROM %s", all ? "*" : "", rows->query->class_name);
    const char *text = wql.failed ? NULL : arena_text(arena, wql.bytes, wql.length);
    text_free(&wql);
    return text;
}

/* In one namespace. An older Windows may lack one of the properties, and then refuses to select it;
 * not all at once, because some of a VM's are slow to compute. */
static bool select_rows(struct winrm *winrm, struct rows *rows, const char *namespace,
                        struct soap_fault *ret_fault, struct error *err)
{
    struct arena *arena = winrm->source.arena;
    size_t visited = 0;
    for (int all = 0; all < 2; all++) {
        const struct wsman_query query = {
            .namespace = namespace,
            .wql = select_text(rows, namespace, all, arena),
            .what = arena_format(arena, "%s: %s", namespace, rows->query->class_name)};
        if (!query.wql)
            return error_memory(err);
        if (wsman_enumerate(&winrm->session, &query, visit_row, rows, &visited, ret_fault, err))
            return true;
        if (visited || !fault_is_about_properties(ret_fault))
            return false;
    }
    /* All properties can't be asked for either: then it is the class. */
    if (fault_is_about_class(ret_fault))
        err->code = READ_NO_OBJECT;
    return false;
}

static bool read_rows(struct source *source, const struct row_query *query, row_visitor *visit,
                      void *context, struct error *err)
{
    struct winrm *winrm = (struct winrm *)source;
    struct rows rows = {.query = query, .visit = visit, .context = context};
    struct soap_fault fault = {.text = ""};
    size_t count = 0;
    while (query->properties[count])
        count++;
    rows.cells = arena_array(source->arena, count, sizeof *rows.cells);
    rows.count = query->looked_at ? query->looked_at : count;
    if (!rows.cells)
        return error_memory(err);
    bool read = false;
    for (size_t i = 0; query->namespaces[i] && !read; i++) {
        read = select_rows(winrm, &rows, query->namespaces[i], &fault, err);
        if (!read && !fault_is_about_namespace(&fault))
            break;
    }
    return read || (!rows.visitor_failed && at_host(winrm, err));
}

/* ---- the rest ---- */

static struct moment winrm_moment(const struct source *source)
{
    (void)source;
    return (struct moment){.wall = clock_now(), .zone = "UTC", .has_bias = true};
}

static void close_winrm(struct source *source)
{
    struct winrm *winrm = (struct winrm *)source;
    session_close(&winrm->session);
}

const struct source_kind winrm_kind = {
    .name = "winrm",
    .open = open_winrm,
    .counters = read_counters,
    .registry = read_registry,
    .rows = read_rows,
    .moment = winrm_moment,
    .close = close_winrm,
};
