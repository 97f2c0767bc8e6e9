/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake_source.h"

#include "unit.h"

#include <math.h>

int fake_open_count, fake_counter_reads, fake_row_reads;
const struct fake_value *fake_then;
const struct fake_class *fake_classes_then;

struct fake_source {
    struct source source;
    const struct fake *fake;
};

/* As PDH's array has them: of one name, one behind the other. */
static unsigned ordinal_of(const struct counter *counter, const char *instance)
{
    unsigned ordinal = 0;
    for (size_t i = 0; i < counter->count; i++)
        ordinal += !strcmp(counter->samples[i].instance, instance);
    return ordinal;
}

static bool answer(struct source *source, struct counter *counter, const struct fake_value *values)
{
    bool object = false, found = false;
    size_t room = 0;
    for (const struct fake_value *row = values; row && row->object; row++) {
        object = object || !strcmp(row->object, counter->object);
        if (strcmp(row->object, counter->object) != 0 || strcmp(row->name, counter->name) != 0)
            continue;
        found = true;
        if (row->reading != READ_OK) {
            counter_fail(counter, row->reading, source->arena, "0x%08X: as the test wants",
                         (unsigned)row->reading);
            return true;
        }
        if (row->raw) {
            counter->is_raw = true;
            counter->raw = *row->raw;
            continue;
        }
        if (!row->instance)
            continue;
        assert_int_equal(counter->instances, *row->instance != '\0');
        counter->samples = arena_grow(source->arena, counter->samples, counter->count, &room,
                                      sizeof *counter->samples);
        if (!counter->samples)
            return false;
        counter->samples[counter->count] =
            (struct sample){.instance = row->instance,
                            .ordinal = ordinal_of(counter, row->instance),
                            .value = isnan(row->value) ? 0 : row->value,
                            .present = !isnan(row->value),
                            .blank = row->blank};
        counter->count++;
    }
    if (!found)
        counter_fail(counter, object ? READ_NO_COUNTER : READ_NO_OBJECT, source->arena,
                     "0x%08X: no such %s", object ? 0xC0000BB9u : 0xC0000BB8u,
                     object ? "counter" : "object");
    return true;
}

static bool fake_counters(struct source *source, struct counter *counters, size_t count,
                          struct error *err)
{
    const struct fake *fake = ((struct fake_source *)source)->fake;
    source->remark = fake->remark;
    if (fake->counters_fail)
        return error_set_code(err, (int)fake->counters_fail, "no counter at all");
    const struct fake_value *values = fake_counter_reads++ && fake_then ? fake_then : fake->values;
    for (size_t i = 0; i < count; i++)
        if (!answer(source, &counters[i], values))
            return error_memory(err);
    return true;
}

static bool fake_registry(struct source *source, const char *key, const char *value,
                          struct registry_value *ret, struct error *err)
{
    const struct fake *fake = ((struct fake_source *)source)->fake;
    if (fake->registry_fails)
        return error_set_code(err, (int)fake->registry_fails, "no registry");
    *ret = (struct registry_value){0};
    if (fake->key && !strcmp(fake->key, key) && !strcmp(fake->value, value))
        *ret = fake->registry;
    ret->key_exists = ret->key_exists || ret->exists;
    return true;
}

/* ---- rows ---- */

enum { CELLS = 16 };

/* One line of a table: its cells, trimmed in a copy. Returns the line behind it. */
static const char *take_line(const char *line, struct arena *from, const char *cells[CELLS])
{
    size_t length = strcspn(line, "\n"), count = 0;
    char *at = arena_text(from, line, length);
    assert_non_null(at);
    memset(cells, 0, CELLS * sizeof *cells);
    for (; at; count++) {
        char *bar = strchr(at, '|'), *end = bar ? bar : at + strlen(at);
        assert_true(count < CELLS);
        at += strspn(at, " ");
        while (end > at && end[-1] == ' ')
            end--;
        cells[count] = end > at ? at : NULL;
        *end = '\0';
        at = bar ? bar + 1 : NULL;
    }
    return line + length + (line[length] == '\n');
}

static bool visit_table(struct source *source, const char *table, const char *const *properties,
                        row_visitor *visit, void *context, struct error *err)
{
    const char *header[CELLS], *cells[CELLS], *chosen[CELLS + 1];
    table = take_line(table, source->arena, header);
    while (*table) {
        table = take_line(table, source->arena, cells);
        memset(chosen, 0, sizeof chosen);
        for (size_t p = 0; properties[p]; p++)
            for (size_t i = 0; i < CELLS && header[i]; i++)
                if (!strcmp(header[i], properties[p]))
                    chosen[p] = cells[i];
        if (!visit(context, chosen, err))
            return false;
    }
    return true;
}

static bool fake_rows(struct source *source, const struct row_query *query, row_visitor *visit,
                      void *context, struct error *err)
{
    const struct fake *fake = ((struct fake_source *)source)->fake;
    const struct fake_class *classes =
        fake_row_reads++ && fake_classes_then ? fake_classes_then : fake->classes;
    for (const char *const *space = query->namespaces; *space; space++)
        for (const struct fake_class *class = classes; class && class->name; class ++) {
            if (strcmp(class->name, query->class_name) != 0 ||
                (class->only_in && strcmp(class->only_in, *space) != 0))
                continue;
            if (class->reading != READ_OK)
                return error_set_code(err, (int)class->reading, "%s: as the test wants",
                                      class->name);
            return visit_table(source, class->table, query->properties, visit, context, err);
        }
    return error_set_code(err, READ_NO_OBJECT, "no class %s", query->class_name);
}

static struct moment fake_moment(const struct source *source)
{
    return ((const struct fake_source *)source)->fake->moment;
}

static void fake_close(struct source *source)
{
    (void)source;
    fake_open_count--;
}

static const struct source_kind fake_kind = {
    .name = "fake",
    .counters = fake_counters,
    .registry = fake_registry,
    .rows = fake_rows,
    .moment = fake_moment,
    .close = fake_close,
};

struct source *fake_open(const struct fake *fake)
{
    struct fake_source *source = ARENA_NEW(&arena, struct fake_source);
    assert_non_null(source);
    *source = (struct fake_source){.source = {.kind = &fake_kind, .arena = &arena}, .fake = fake};
    fake_open_count++;
    return &source->source;
}
