/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/source.h"

#include "plugin/scan.h"
#include "plugin/show.h"

#include <string.h>

static const struct source_kind *const kinds[] = {&source_local, &source_record, &source_winrm};

static const struct {
    unsigned option;
    const char *name;
} option_names[] = {{SOURCE_AT, "--at"},
                    {SOURCE_MAX_AGE, "--max-age"},
                    {SOURCE_ENCODING, "--encoding"},
                    {SOURCE_UTC_OFFSET, "--utc-offset"}};

unsigned source_options_given(const struct source_options *options)
{
    return (options->at ? SOURCE_AT : 0u) | (options->max_age ? SOURCE_MAX_AGE : 0u) |
           (options->encoding ? SOURCE_ENCODING : 0u) |
           (options->utc_offset ? SOURCE_UTC_OFFSET : 0u);
}

const char *source_option_name(unsigned options)
{
    size_t i = 0;
    while (i + 1 < sizeof option_names / sizeof *option_names &&
           !(options & option_names[i].option))
        i++;
    return option_names[i].name;
}

static bool open_kind(const struct source_kind *kind, const char *argument,
                      const struct source_options *options, struct arena *arena,
                      struct source **ret, struct error *err)
{
    unsigned beyond = source_options_given(options) & ~kind->honours;
    if (beyond)
        return error_set(err, "%s is for a record: %s reads current values",
                         source_option_name(beyond), kind->name);
    if (options->credentials && !(kind->honours & SOURCE_CREDENTIALS))
        return error_set(err, "--credentials is for winrm:HOST: %s needs none", kind->name);
    return kind->open(argument, options, arena, ret, err);
}

/* The kind that a spec names, and what stands behind its colon, or NULL; NULL: none. */
static const struct source_kind *find_kind(const char *spec, const char **ret_argument)
{
    size_t length = scan_until(spec, ":");
    *ret_argument = spec[length] ? spec + length + 1 : NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strlen(kinds[i]->name) == length && !memcmp(spec, kinds[i]->name, length))
            return kinds[i];
    return NULL;
}

bool source_open(const char *spec, const struct source_options *options, struct arena *arena,
                 struct source **ret, struct error *err)
{
    const char *argument;
    const struct source_kind *kind = find_kind(spec, &argument);
    if (!kind)
        return error_set(err, "--source: '%s': expected local, record:DIR or winrm:HOST",
                         SHOW_NAME(spec));
    return open_kind(kind, argument, options, arena, ret, err);
}

bool source_is_elsewhere(const char *spec)
{
    const char *argument;
    const struct source_kind *kind = find_kind(spec, &argument);
    return kind && kind != &source_local;
}

bool source_is_remote(const char *spec)
{
    const char *argument;
    return find_kind(spec, &argument) == &source_winrm;
}

bool source_is_known(const char *spec)
{
    const char *argument;
    return find_kind(spec, &argument);
}

bool source_is_plain_local(const char *argument, struct error *err)
{
    return !argument || error_set(err, "--source: local takes no argument: expected local, "
                                       "record:DIR or winrm:HOST");
}

void source_close(struct source *source)
{
    if (source)
        source->kind->close(source);
}

void counters_clear(struct counter *counters, size_t count)
{
    for (size_t i = 0; i < count; i++)
        counters[i] = (struct counter){.object = counters[i].object,
                                       .name = counters[i].name,
                                       .instances = counters[i].instances,
                                       .rate = counters[i].rate,
                                       .newer = counters[i].newer};
}

bool source_counters(struct source *source, struct counter *counters, size_t count,
                     struct error *err)
{
    counters_clear(counters, count);
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
        return error_set_code(err, READ_UNSUPPORTED, "%s: has no earlier data", source->kind->name);
    return source->kind->earlier(source, seconds, arena, ret, err);
}

struct moment source_moment(const struct source *source)
{
    return source->kind->moment(source);
}

bool source_is_record(const struct source *source)
{
    return source->kind->recorded ||
           (source->kind->inner && source_is_record(source->kind->inner(source)));
}

const char *source_place(const struct source *source)
{
    return source->place ? source->place : "on this machine";
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

void counter_fail(struct counter *counter, enum read_status reading, struct arena *arena,
                  const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    counter->problem = arena_vformat(arena, format, arguments);
    va_end(arguments);
    counter->reading = reading;
}
