/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/source.h"

#include "plugin/show.h"

#include <string.h>

static const struct source_kind *const kinds[] = {&source_local, &source_record, &source_winrm};

bool source_open(const char *spec, const struct source_options *options, struct arena *arena,
                 struct source **ret, struct error *err)
{
    size_t length = strcspn(spec, ":");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strlen(kinds[i]->name) == length && !memcmp(spec, kinds[i]->name, length)) {
            if (options->credentials && kinds[i] != &source_winrm)
                return error_set(err, "--credentials is for winrm:HOST: %s needs none",
                                 kinds[i]->name);
            return kinds[i]->open(spec[length] ? spec + length + 1 : NULL, options, arena, ret,
                                  err);
        }
    return error_set(err, "--source: '%s': expected local, record:DIR or winrm:HOST",
                     SHOW_NAME(spec));
}

bool source_is_plain_local(const char *argument, const struct source_options *options,
                           struct error *err)
{
    if (argument)
        return error_set(
            err,
            "--source: local takes nothing behind it: expected local, record:DIR or winrm:HOST");
    if (options->at)
        return error_set(err, "--at is for a record: local reads the present");
    return true;
}

void source_close(struct source *source)
{
    if (source)
        source->kind->close(source);
}

bool source_counters(struct source *source, struct counter *counters, size_t count,
                     struct error *err)
{
    for (size_t i = 0; i < count; i++)
        counters[i] = (struct counter){.object = counters[i].object,
                                       .name = counters[i].name,
                                       .instances = counters[i].instances,
                                       .rate = counters[i].rate};
    return source->kind->counters(source, counters, count, err);
}

bool source_registry(struct source *source, const char *key, const char *value,
                     struct registry_value *ret, struct error *err)
{
    return source->kind->registry(source, key, value, ret, err);
}

bool source_rows(struct source *source, const struct row_query *query, row_visitor *visit,
                 void *context, struct error *err)
{
    return source->kind->rows(source, query, visit, context, err);
}

bool source_earlier(struct source *source, unsigned long seconds, struct arena *arena,
                    struct source **ret, struct error *err)
{
    if (!source->kind->earlier)
        return error_set_code(err, READ_UNSUPPORTED, "%s: knows no past", source->kind->name);
    return source->kind->earlier(source, seconds, arena, ret, err);
}

struct moment source_moment(const struct source *source)
{
    return source->kind->moment(source);
}

const char *source_remark(const struct source *source)
{
    return source->remark;
}

bool registry_dword(const struct registry_value *value, uint32_t *ret)
{
    if (!value->exists || value->type != REGISTRY_DWORD || value->size != 4)
        return false;
    *ret = (uint32_t)value->data[0] | (uint32_t)value->data[1] << 8 |
           (uint32_t)value->data[2] << 16 | (uint32_t)value->data[3] << 24;
    return true;
}

bool counter_fail(struct counter *counter, enum reading reading, struct arena *arena,
                  const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    counter->problem = arena_vformat(arena, format, arguments);
    va_end(arguments);
    counter->reading = reading;
    return counter->problem;
}
