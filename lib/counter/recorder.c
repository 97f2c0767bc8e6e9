/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/recorder.h"

#include "counter/source.h"
#include "platform/platform.h"
#include "plugin/text.h"

#include <stdio.h>
#include <string.h>

/* Every file is built as text while its part is read, and written at the end. */
struct recorded_class {
    struct recorded_class *next;
    const char *name;
    struct text csv;
    size_t columns;
};

struct recorder {
    struct source source;
    struct source *inner;
    struct text header, row; /* of counters.csv, behind the time stamp */
    struct text registry;
    struct recorded_class *classes;
};

static const struct source_kind source_recorder;

bool recorder_open(struct source *inner, struct arena *arena, struct source **ret,
                   struct error *err)
{
    struct recorder *recorder = ARENA_NEW(arena, struct recorder);
    if (!recorder)
        return error_memory(err);
    recorder->source = (struct source){.kind = &source_recorder, .arena = arena};
    recorder->inner = inner;
    *ret = &recorder->source;
    return true;
}

static void close_recorder(struct source *source)
{
    struct recorder *recorder = (struct recorder *)source;
    text_free(&recorder->header);
    text_free(&recorder->row);
    text_free(&recorder->registry);
    for (struct recorded_class *class = recorder->classes; class; class = class->next)
        text_free(&class->csv);
    source_close(recorder->inner);
}

static struct moment recorder_moment(const struct source *source)
{
    return source_moment(((const struct recorder *)source)->inner);
}

/* What was before is no part of the record. */
static bool recorder_earlier(struct source *source, unsigned long seconds, struct arena *arena,
                             struct source **ret, struct error *err)
{
    return source_earlier(((struct recorder *)source)->inner, seconds, arena, ret, err);
}

/* "text", with its quotes doubled */
static void add_quoted(struct text *out, const char *text)
{
    text_add(out, "\"", 1);
    for (; *text; text++)
        text_add(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    text_add(out, "\"", 1);
}

static void add_column(struct recorder *recorder, const struct counter *counter,
                       const char *instance, const double *value)
{
    struct text path = {0};
    text_printf(&path, "\\\\RECORD\\%s%s%s%s\\%s", counter->object, *instance ? "(" : "", instance,
                *instance ? ")" : "", counter->name);
    text_add(&recorder->header, ",", 1);
    add_quoted(&recorder->header, path.bytes ? path.bytes : "");
    recorder->header.failed = recorder->header.failed || path.failed;
    text_free(&path);
    if (value)
        text_printf(&recorder->row, ",\"%.6f\"", *value);
    else
        text_puts(&recorder->row, ",\" \"");
}

static bool recorder_counters(struct source *source, struct counter *counters, size_t count,
                              struct error *err)
{
    struct recorder *recorder = (struct recorder *)source;
    bool read = source_counters(recorder->inner, counters, count, err);
    source->remark = source_remark(recorder->inner);
    if (!read)
        return false;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < counters[i].count; k++) {
            const struct sample *sample = &counters[i].samples[k];
            add_column(recorder, &counters[i], sample->instance,
                       sample->present ? &sample->value : NULL);
        }
    return (!recorder->header.failed && !recorder->row.failed) || error_memory(err);
}

bool recorder_rate(struct source *source, const struct counter *counter, double value,
                   struct error *err)
{
    struct recorder *recorder = (struct recorder *)source;
    if (source->kind != &source_recorder)
        return true;
    add_column(recorder, counter, "", &value);
    return (!recorder->header.failed && !recorder->row.failed) || error_memory(err);
}

static bool recorder_registry(struct source *source, const char *key, const char *value,
                              struct registry_value *ret, struct error *err)
{
    struct recorder *recorder = (struct recorder *)source;
    if (!source_registry(recorder->inner, key, value, ret, err))
        return false;
    struct text *out = &recorder->registry;
    uint32_t dword;
    text_printf(out, "\r\n[HKEY_LOCAL_MACHINE\\%s]\r\n", key);
    if (registry_dword(ret, &dword)) {
        text_printf(out, "\"%s\"=dword:%08x\r\n", value, (unsigned)dword);
    } else if (ret->exists) {
        text_printf(out, "\"%s\"=hex(%x):", value, ret->type);
        for (size_t i = 0; i < ret->size; i++)
            text_printf(out, "%s%02x", i ? "," : "", ret->data[i]);
        text_puts(out, "\r\n");
    }
    return !out->failed || error_memory(err);
}

struct recording {
    struct recorded_class *class;
    row_visitor *visit;
    void *context;
};

static bool record_row(void *context, const char *const *cells, struct error *err)
{
    const struct recording *recording = context;
    struct text *csv = &recording->class->csv;
    for (size_t i = 0; i < recording->class->columns; i++) {
        text_puts(csv, i ? "," : "");
        if (cells[i])
            add_quoted(csv, cells[i]);
    }
    text_puts(csv, "\r\n");
    return csv->failed ? error_memory(err) : recording->visit(recording->context, cells, err);
}

static bool recorder_rows(struct source *source, const struct row_query *query, row_visitor *visit,
                          void *context, struct error *err)
{
    struct recorder *recorder = (struct recorder *)source;
    struct recorded_class *class = recorder->classes;
    while (class && strcmp(class->name, query->class_name) != 0)
        class = class->next;
    if (!class) {
        class = ARENA_NEW(source->arena, struct recorded_class);
        if (!class)
            return error_memory(err);
        class->name = query->class_name;
        class->next = recorder->classes;
        recorder->classes = class;
    }
    text_cut(&class->csv, 0);
    for (class->columns = 0; query->properties[class->columns]; class->columns++) {
        text_puts(&class->csv, class->columns ? "," : "\xEF\xBB\xBF");
        add_quoted(&class->csv, query->properties[class->columns]);
    }
    text_puts(&class->csv, "\r\n");
    struct recording recording = {class, visit, context};
    bool read = source_rows(recorder->inner, query, record_row, &recording, err);
    if (!read)
        text_cut(&class->csv, 0);
    return read;
}

/* ---- writing ---- */

static bool write_file(const char *directory, const char *name, const struct text *content,
                       struct error *err)
{
    struct text path = {0};
    text_printf(&path, "%s/%s", directory, name);
    bool written = !path.failed && !content->failed
                       ? file_write_new(path.bytes, content->bytes, content->length, err)
                       : error_memory(err);
    text_free(&path);
    return written;
}

static bool write_counters(const struct recorder *recorder, const char *directory,
                           struct error *err)
{
    struct moment moment = source_moment(recorder->inner);
    char when[STAMP_SIZE];
    struct text csv = {0};
    text_puts(&csv, "\xEF\xBB\xBF\"(PDH-CSV 4.0)");
    if (moment.has_bias)
        text_printf(&csv, " (%s)(%d)", moment.zone, moment.bias);
    text_puts(&csv, "\"");
    text_add(&csv, recorder->header.bytes, recorder->header.length);
    text_printf(&csv, "\r\n\"%s\"", stamp_print_pdh(when, moment.wall));
    text_add(&csv, recorder->row.bytes, recorder->row.length);
    text_puts(&csv, "\r\n");
    csv.failed = csv.failed || recorder->header.failed || recorder->row.failed;
    bool written = write_file(directory, "counters.csv", &csv, err);
    text_free(&csv);
    return written;
}

static bool write_registry(const struct recorder *recorder, const char *directory,
                           struct error *err)
{
    struct text utf16 = {.failed = recorder->registry.failed};
    text_add(&utf16, "\xFF\xFE", 2);
    const char *const parts[] = {"Windows Registry Editor Version 5.00\r\n",
                                 recorder->registry.bytes};
    for (size_t i = 0; i < 2; i++)
        for (const char *at = parts[i]; *at; at++) /* names and numbers of ours: ASCII */
            text_add(&utf16, (char[]){*at, 0}, 2);
    bool written = write_file(directory, "registry.reg", &utf16, err);
    text_free(&utf16);
    return written;
}

bool recorder_write(struct source *source, const char *directory, struct error *err)
{
    const struct recorder *recorder = (const struct recorder *)source;
    if (!directory_make(directory, err) ||
        (recorder->header.length && !write_counters(recorder, directory, err)) ||
        (recorder->registry.length && !write_registry(recorder, directory, err)))
        return false;
    for (const struct recorded_class *class = recorder->classes; class; class = class->next) {
        char name[128];
        snprintf(name, sizeof name, "%s.csv", class->name);
        if (class->csv.length && !write_file(directory, name, &class->csv, err))
            return false;
    }
    return true;
}

static const struct source_kind source_recorder = {
    .name = "recorder",
    .counters = recorder_counters,
    .registry = recorder_registry,
    .rows = recorder_rows,
    .moment = recorder_moment,
    .earlier = recorder_earlier,
    .close = close_recorder,
};
