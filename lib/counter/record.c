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
#include "counter/record_log.h"
#include "counter/reg_file.h"
#include "counter/source.h"
#include "plugin/show.h"

struct record {
    struct source source;
    const char *directory;
    const struct encoding *encoding;
    bool has_at;
    stamp at;
    unsigned long max_age;
    struct moment moment;
    struct record_log *log; /* NULL: not opened yet */
    bool owns_log;          /* false: that of a source which this one is the past of */
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
    struct record *record = (struct record *)source;
    if (record->owns_log)
        record_log_close(record->log);
}

static struct moment record_moment(const struct source *source)
{
    return ((const struct record *)source)->moment;
}

/* ---- counters ---- */

/* How old the row is by this machine's clock, against --max-age. A row from the future is refused
 * too: until then, it would look new however long nothing was written. */
static bool check_age(const struct record *record, struct error *err)
{
    if (!record->max_age)
        return true;
    const char *path = record->log->pdh.lines.path;
    const struct moment *row = &record->moment;
    if (!row->has_bias)
        return error_set(err,
                         "%s: the header names no time zone, so its age is not known: write the "
                         "log with typeperf -o, not from the screen",
                         path);
    int64_t age = (clock_now() - (row->wall + (int64_t)row->bias * 60000)) / 1000;
    int64_t most = (int64_t)record->max_age;
    if (age <= most && age >= -most)
        return true;
    char shown[STAMP_SIZE];
    return error_set(err, "%s: the row of %s%s%s%s is %s --max-age=%lu s: %s", path,
                     stamp_print_iso(shown, row->wall), *row->zone ? " (" : "", row->zone,
                     *row->zone ? ")" : "",
                     age > most ? "older than" : "further in the future than", record->max_age,
                     age > most ? "is the log still written?" : "which clock is wrong?");
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

/* The log is opened once, so that all of a check is read from one file, whatever takes its place.
 */
static bool open_log(struct record *record, struct error *err)
{
    if (record->log)
        return true;
    struct record_log *log = ARENA_NEW(record->source.arena, struct record_log);
    if (!log)
        return error_memory(err);
    if (!record_log_open(log, record->directory, record->encoding, record->source.arena, err))
        return false;
    record->log = log;
    record->owns_log = true;
    return true;
}

static bool record_counters(struct source *source, struct counter *counters, size_t count,
                            struct error *err)
{
    struct record *record = (struct record *)source;
    const stamp *at = record->has_at ? &record->at : NULL;
    return (open_log(record, err) &&
            record_log_counters(record->log, at, counters, count, source->arena, &record->moment,
                                err) &&
            check_age(record, err)) ||
           conclude_file(err, READ_FAILED);
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

/* The same record, at an earlier row. That there is one is found out at once. */
static bool record_earlier(struct source *source, unsigned long seconds, struct arena *arena,
                           struct source **ret, struct error *err)
{
    struct record *record = (struct record *)source;
    struct record *earlier = ARENA_NEW(arena, struct record);
    if (!earlier)
        return error_memory(err);
    if (!open_log(record, err))
        return conclude_file(err, READ_FAILED);
    *earlier = *record;
    earlier->source.arena = arena;
    earlier->owns_log = false;
    earlier->max_age = 0;
    earlier->has_at = true;
    earlier->at = record->moment.wall - (seconds ? (stamp)seconds * 1000 : 1);
    *ret = &earlier->source;
    return record_log_find(record->log, &earlier->at, &earlier->moment.wall, err) ||
           conclude_file(err, READ_FAILED);
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
