/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The source record:DIR: a directory of files that Windows' own tools wrote, so that a log from the
 * field runs through the shipped programs as it is.
 *
 *   counters.csv    typeperf, logman, relog (or counters.tsv)
 *   registry.reg    reg export
 *   <Class>.csv     Get-WmiObject <Class> | Export-Csv
 */
#include "counter/export_csv.h"
#include "counter/pdh_log.h"
#include "counter/reg_file.h"
#include "counter/source.h"

#include "plugin/name.h"
#include "plugin/show.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct record {
    struct source source;
    const char *directory;
    const struct encoding *encoding;
    bool has_at;
    stamp at;
    unsigned long max_age;
    struct moment moment;
};

static bool open_record(const char *argument, const struct source_options *options,
                        struct arena *arena, struct source **ret, struct error *err)
{
    struct record *record = ARENA_NEW(arena, struct record);
    if (!record)
        return error_memory(err);
    *record = (struct record){.source = {.kind = &source_record, .arena = arena},
                              .directory = argument,
                              .max_age = options->max_age,
                              .has_at = options->at};
    if (!argument || !*argument)
        return error_set(err, "--source: expected record:DIR, a directory of recorded files");
    if (options->at && !stamp_parse_iso(options->at, &record->at))
        return error_set(err,
                         "--at: '%s' is no time: expected YYYY-MM-DD HH:MM or YYYY-MM-DD HH:MM:SS",
                         SHOW_NAME(options->at));
    if (options->encoding && !(record->encoding = encoding_find(options->encoding)))
        return error_set(err, "--encoding: '%s' is no encoding: expected one of %s",
                         SHOW_NAME(options->encoding), encoding_names());
    *ret = &record->source;
    return true;
}

static void close_record(struct source *source)
{
    (void)source; /* every file is closed once it was read */
}

static struct moment record_moment(const struct source *source)
{
    return ((const struct record *)source)->moment;
}

/* ---- counters ---- */

/* A column that was asked for. */
struct column {
    const char *instance;
    struct counter *counter;
    uint32_t index;  /* in the row, the time stamp's left out */
    uint32_t sample; /* of the counter */
};

/* They are needed no longer than the log is open, so they do not stay in the arena. */
struct columns {
    struct text items; /* struct column, in the order of the file */
    const char *host;  /* that they are of; NULL before the first */
};

static struct column *column_items(const struct columns *columns, size_t *ret_count)
{
    *ret_count = columns->items.length / sizeof(struct column);
    return (struct column *)(void *)columns->items.bytes;
}

/* The columns of an instance mostly stand side by side, and share its name. */
static bool add_column(struct columns *columns, struct counter *counter, const char *instance,
                       size_t index, struct arena *arena)
{
    size_t count;
    const struct column *items = column_items(columns, &count);
    const char *name = count ? items[count - 1].instance : NULL;
    if (!name || strcmp(name, instance) != 0)
        name = arena_text(arena, instance, strlen(instance));
    const struct column column = {.instance = name, .counter = counter, .index = (uint32_t)index};
    text_add(&columns->items, (const char *)&column, sizeof column);
    counter->count++;
    return name && !columns->items.failed;
}

/* What is known of a counter while its columns are looked for. */
struct progress {
    bool object_seen;
    struct name_index instances;
};

/* Give each column its place among the samples of its counter. A path that typeperf was given twice
 * is two columns of the same instance: the second is left out, or a balancer would have twice the
 * memory. */
static bool place_samples(struct columns *columns, struct counter *counters,
                          struct progress *progress, size_t count, struct arena *arena,
                          struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        struct counter *counter = &counters[i];
        counter->samples = arena_array(arena, counter->count, sizeof *counter->samples);
        if (!counter->samples)
            return error_memory(err);
        if (!name_index_make(&progress[i].instances, counter->count, arena, err))
            return false;
        counter->count = 0;
    }
    size_t found, kept = 0;
    struct column *items = column_items(columns, &found);
    for (size_t i = 0; i < found; i++) {
        struct column column = items[i];
        struct counter *counter = column.counter;
        struct name_index *instances = &progress[counter - counters].instances;
        column.sample = (uint32_t)counter->count;
        if (name_index_add(instances, column.instance, column.sample) != column.sample)
            continue;
        counter->samples[counter->count++].instance = column.instance;
        items[kept++] = column;
    }
    text_cut(&columns->items, kept * sizeof *items);
    return true;
}

static bool find_columns(struct pdh_log *log, struct counter *counters, struct progress *progress,
                         size_t count, struct columns *columns, struct arena *arena,
                         struct error *err)
{
    size_t index = 0;
    for (char *name; (name = fields_next(&log->names)); index++) {
        struct counter_path path;
        if (!counter_path_split(name, &path))
            continue;
        const char *compared = NULL; /* counters of one object are asked for together */
        bool of_object = false;
        for (size_t i = 0; i < count; i++) {
            if (counters[i].object != compared) {
                compared = counters[i].object;
                of_object = !strcasecmp(path.object, compared);
            }
            if (!of_object)
                continue;
            progress[i].object_seen = true;
            if (strcasecmp(path.counter, counters[i].name) != 0 ||
                counters[i].instances != (*path.instance != '\0'))
                continue;
            if (!columns->host)
                columns->host = path.host;
            if (strcasecmp(columns->host, path.host) != 0)
                return error_set(err,
                                 "%s: columns of two machines, '%s' and '%s': a record is of one",
                                 log->lines.path, SHOW_NAME(columns->host), SHOW_NAME(path.host));
            if (!add_column(columns, &counters[i], path.instance, index, arena))
                return error_memory(err);
        }
    }
    return place_samples(columns, counters, progress, count, arena, err);
}

/* "98.000000", "98,000000" where the system writes numbers so, " " or "" for a missing sample. */
static bool parse_value(char *field, double *ret)
{
    char *comma = strchr(field, ',');
    if (comma)
        *comma = '.';
    field += strspn(field, " ");
    if (!*field || strspn(field, "0123456789+-.eE") != strlen(field))
        return false;
    char *end;
    double value = strtod(field, &end);
    if (*end || !(value >= -1e300 && value <= 1e300))
        return false;
    *ret = value;
    return true;
}

static void fill_samples(const struct columns *columns, struct fields *values)
{
    size_t count, next = 0;
    const struct column *items = column_items(columns, &count);
    uint32_t index = 0;
    for (char *field; next < count && (field = fields_next(values)); index++) {
        double value = 0;
        bool parsed = items[next].index == index && parse_value(field, &value);
        for (; next < count && items[next].index == index; next++)
            if (parsed) {
                struct sample *sample = &items[next].counter->samples[items[next].sample];
                sample->value = value;
                sample->present = true;
            }
    }
}

/* Say for each counter what became of it. */
static bool conclude(struct record *record, const char *path, struct counter *counters,
                     const struct progress *progress, size_t count, struct error *err)
{
    struct arena *arena = record->source.arena;
    char moment[STAMP_SIZE];
    stamp_print_iso(moment, record->moment.wall);
    for (size_t i = 0; i < count; i++) {
        struct counter *counter = &counters[i];
        bool said = true;
        if (!progress[i].object_seen)
            said = counter_fail(counter, READ_NO_OBJECT, arena, "%s: no column of '%s'", path,
                                counter->object);
        else if (!counter->count)
            said = counter_fail(counter, READ_NO_COUNTER, arena, "%s: no column '\\%s%s\\%s'", path,
                                counter->object, counter->instances ? "(*)" : "", counter->name);
        else if (!counter->instances && !counter->samples[0].present)
            said = counter_fail(counter, READ_NO_SAMPLE, arena, "%s: no value of '\\%s\\%s' at %s",
                                path, counter->object, counter->name, moment);
        if (!said)
            return error_memory(err);
    }
    return true;
}

/* How old the row is by this machine's clock, against --max-age. A row from the future is refused
 * too: until then, it would look new however long nothing was written. */
static bool check_age(const struct record *record, const struct pdh_log *log, stamp row,
                      struct error *err)
{
    if (!record->max_age)
        return true;
    if (!log->has_bias)
        return error_set(err,
                         "%s: the header names no time zone, so its age is not known: write the "
                         "log with typeperf -o, not from the screen",
                         log->lines.path);
    int64_t age = (clock_now() - (row + (int64_t)log->bias * 60000)) / 1000;
    int64_t most = (int64_t)record->max_age;
    if (age <= most && age >= -most)
        return true;
    char shown[STAMP_SIZE];
    return error_set(err, "%s: the row of %s%s%s%s is %s --max-age=%lu s: %s", log->lines.path,
                     stamp_print_iso(shown, row), *log->zone ? " (" : "", log->zone,
                     *log->zone ? ")" : "",
                     age > most ? "older than" : "further in the future than", record->max_age,
                     age > most ? "is the log still written?" : "which clock is wrong?");
}

/* First the header and then the row, so that not both of a large log are in memory. */
static bool read_row(struct record *record, struct pdh_log *log, struct counter *counters,
                     size_t count, struct columns *columns, struct error *err)
{
    struct arena *arena = record->source.arena;
    struct progress *progress = arena_array(arena, count, sizeof *progress);
    struct fields values;
    stamp row;
    if (!progress)
        return error_memory(err);
    if (!find_columns(log, counters, progress, count, columns, arena, err))
        return false;
    pdh_log_drop_names(log);
    if (!pdh_log_row(log, record->has_at ? &record->at : NULL, &row, &values, err) ||
        !check_age(record, log, row, err))
        return false;
    const char *zone = arena_text(arena, log->zone, strlen(log->zone));
    if (!zone)
        return error_memory(err);
    record->moment = (struct moment){
        .wall = row, .zone = zone, .has_bias = log->has_bias, .bias = log->bias, .recorded = true};

    fill_samples(columns, &values);
    return conclude(record, log->lines.path, counters, progress, count, err);
}

static bool read_log(struct record *record, struct pdh_log *log, struct counter *counters,
                     size_t count, struct error *err)
{
    struct columns columns = {0};
    bool read = read_row(record, log, counters, count, &columns, err);
    text_free(&columns.items);
    return read;
}

static bool open_log(struct record *record, struct pdh_log *log, struct error *err)
{
    struct arena *arena = record->source.arena;
    const char *csv = arena_format(arena, "%s/counters.csv", record->directory);
    const char *tsv = arena_format(arena, "%s/counters.tsv", record->directory);
    struct error no_tsv;
    if (!csv || !tsv)
        return error_memory(err);
    if (pdh_log_open(log, csv, record->encoding, err))
        return true;
    if (err->code != PLATFORM_ABSENT)
        return false;
    if (pdh_log_open(log, tsv, record->encoding, &no_tsv))
        return true;
    if (no_tsv.code != PLATFORM_ABSENT)
        *err = no_tsv;
    return false;
}

/* What platform.h says of a file, in this library's terms. */
static bool conclude_file(struct error *err, enum reading absent)
{
    err->code = err->code == PLATFORM_ABSENT   ? (int)absent
                : err->code == PLATFORM_DENIED ? READ_DENIED
                : err->code == READ_NO_SAMPLE  ? READ_NO_SAMPLE
                                               : READ_FAILED;
    return false;
}

static bool record_counters(struct source *source, struct counter *counters, size_t count,
                            struct error *err)
{
    struct record *record = (struct record *)source;
    struct pdh_log log;
    if (!open_log(record, &log, err))
        return conclude_file(err, READ_FAILED);
    bool read = read_log(record, &log, counters, count, err);
    pdh_log_close(&log);
    return read || conclude_file(err, READ_FAILED);
}

/* ---- registry and rows ---- */

static bool record_registry(struct source *source, const char *key, const char *value,
                            struct registry_value *ret, struct error *err)
{
    const struct record *record = (const struct record *)source;
    const char *path = arena_format(source->arena, "%s/registry.reg", record->directory);
    if (!path)
        return error_memory(err);
    return reg_file_find(path, record->encoding, key, value, source->arena, ret, err) ||
           conclude_file(err, READ_NO_OBJECT);
}

struct passed_on {
    row_visitor *visit;
    void *context;
    bool stopped;
};

/* Tell an error of the visitor's, which keeps its code, from one of the file's. */
static bool pass_on(void *context, const char *const *cells, struct error *err)
{
    struct passed_on *to = context;
    to->stopped = !to->visit(to->context, cells, err);
    return !to->stopped;
}

static bool record_rows(struct source *source, const struct row_query *query, row_visitor *visit,
                        void *context, struct error *err)
{
    const struct record *record = (const struct record *)source;
    const char *path =
        arena_format(source->arena, "%s/%s.csv", record->directory, query->class_name);
    if (!path)
        return error_memory(err);
    struct passed_on to = {visit, context, false};
    return export_csv_rows(path, record->encoding, query->properties, source->arena, pass_on, &to,
                           err) ||
           (!to.stopped && conclude_file(err, READ_NO_OBJECT));
}

/* ---- the past ---- */

/* The same files, at an earlier row. That there is one is found out at once. */
static bool record_earlier(struct source *source, unsigned long seconds, struct source **ret,
                           struct error *err)
{
    const struct record *record = (const struct record *)source;
    struct record *earlier = ARENA_NEW(source->arena, struct record);
    if (!earlier)
        return error_memory(err);
    *earlier = *record;
    earlier->max_age = 0;
    earlier->has_at = true;
    earlier->at = record->moment.wall - (seconds ? (stamp)seconds * 1000 : 1);

    struct pdh_log log;
    struct fields values;
    if (!open_log(earlier, &log, err))
        return conclude_file(err, READ_FAILED);
    pdh_log_drop_names(&log);
    bool found = pdh_log_row(&log, &earlier->at, &earlier->moment.wall, &values, err);
    pdh_log_close(&log);
    *ret = &earlier->source;
    return found || conclude_file(err, READ_FAILED);
}

const struct source_kind source_record = {
    .name = "record",
    .open = open_record,
    .counters = record_counters,
    .registry = record_registry,
    .rows = record_rows,
    .moment = record_moment,
    .earlier = record_earlier,
    .close = close_record,
};
