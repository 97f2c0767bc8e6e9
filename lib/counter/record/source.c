/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The source record:DIR: a directory of files that Windows' own tools wrote, so that a log from the
 * field runs through the shipped programs as it is.
 *
 *   counters.csv    typeperf, logman, relog (or counters.tsv)
 *   registry.reg    reg export
 *   <Class>.csv     Get-WmiObject <Class> | Export-Csv
 */
#include "counter/source.h"
#include "counter/record/counters.h"
#include "counter/record/export_csv.h"
#include "counter/record/log_time.h"
#include "counter/record/reg_file.h"
#include "plugin/format.h"
#include "plugin/show.h"

#include <stdio.h>
#include <string.h>

/* What is opened once, so that all of a check is read from one file, whatever takes its place. */
struct files {
    struct record_counters log;
    bool has_log;
    bool settled;                /* what the files are written in that don't say so is decided */
    const struct encoding *rows; /* for those of classes */
    const char *evidence;        /* the class whose names were taken for it; NULL: none */
    uint64_t evidence_size;      /* of its file then */
};

struct record {
    struct source source;
    const char *directory;
    const struct source_options *options;
    const struct encoding *encoding; /* what the user says */
    int ahead;                       /* of UTC, in minutes, where has_offset */
    bool has_offset;
    struct pdh_moment row;
    struct pdh_place place; /* of the counters that were read last */
    struct moment moment;   /* of those */
    struct files *files;
    bool owns_files; /* false: those of a source which this one is the past of */
};

static bool open_record(const char *argument, const struct source_options *options,
                        struct arena *arena, struct source **ret, struct error *err)
{
    struct record *record = ARENA_NEW(arena, struct record);
    struct source_options *kept = ARENA_NEW(arena, struct source_options);
    if (!record || !kept)
        return error_memory(err);
    *kept = *options;
    *record = (struct record){
        .source = {.kind = &source_record, .arena = arena, .place = "in this record"},
        .directory = argument,
        .options = kept,
        .has_offset = options->utc_offset,
        .moment = {.zone = ""},
        .owns_files = true};
    if (!argument || !*argument)
        return error_set(err, "--source: expected record:DIR, a directory of recorded files");
    if (options->at && !stamp_parse_iso(options->at, &record->row.at))
        return error_set(
            err, "--at: '%s' is not a time: expected YYYY-MM-DD HH:MM or YYYY-MM-DD HH:MM:SS",
            SHOW_NAME(options->at));
    record->row.kind = options->at ? PDH_AT : PDH_LAST;
    if (options->encoding && !(record->encoding = encoding_find(options->encoding)))
        return error_set(err, "--encoding: '%s' is not a known encoding: expected one of %s",
                         SHOW_NAME(options->encoding), encoding_names());
    if (options->utc_offset && !stamp_parse_offset(options->utc_offset, &record->ahead))
        return error_set(err, "--utc-offset: '%s' is not an offset: expected +HH:MM or -HH:MM",
                         SHOW_NAME(options->utc_offset));
    record->files = ARENA_NEW(arena, struct files);
    if (!record->files)
        return error_memory(err);
    record->files->settled = record->encoding;
    record->files->rows = record->encoding;
    *ret = &record->source;
    return true;
}

static void close_record(struct source *source)
{
    struct record *record = (struct record *)source;
    if (record->owns_files && record->files->has_log)
        record_counters_close(&record->files->log);
}

static struct moment record_moment(const struct source *source)
{
    return ((const struct record *)source)->moment;
}

/* ---- how old ---- */

/* Against --max-age, by this machine's clock. What is from the future is refused too: until then,
 * it would look new however long nothing was written. */
static bool check_age(const struct record *record, const char *path, const char *what,
                      const char *it, int64_t utc, struct error *err)
{
    int verdict = log_time_judge(utc, clock_now(), record->options->max_age);
    if (!verdict)
        return true;
    if (verdict < 0)
        return error_set(err, "%s: %s is older than --max-age=%lu s: is %s still written?", path,
                         what, record->options->max_age, it);
    return error_set(err,
                     "%s: %s is further in the future than --max-age=%lu s: which clock is wrong?",
                     path, what, record->options->max_age);
}

/* A file without a row of its own time is as old as the file. */
static bool check_file_age(const struct record *record, const char *path, int64_t written,
                           struct error *err)
{
    char when[STAMP_SIZE], what[STAMP_SIZE + 32];
    format_text(what, sizeof what, "the file, of %s UTC,", stamp_print_iso(when, written));
    return check_age(record, path, what, "it", written, err);
}

static bool check_row_age(const struct record *record, struct error *err)
{
    const struct pdh_log *log = &record->files->log.pdh;
    const struct moment *row = &record->moment;
    const struct log_time time = {.wall = row->wall,
                                  .has_bias = row->has_bias,
                                  .bias = row->bias,
                                  .zone = row->zone,
                                  .is_last = pdh_log_is_last(log, &record->place),
                                  .written = log->lines.file.written};
    int64_t utc;
    char when[STAMP_SIZE], zone[NAME_SIZE], what[STAMP_SIZE + NAME_SIZE + 32];
    if (!record->options->max_age)
        return true;
    show_name_in(zone, row->zone);
    format_text(what, sizeof what, "the row of %s%s%s%s", stamp_print_iso(when, row->wall),
                *row->zone ? " (" : "", zone, *row->zone ? ")" : "");
    if (!log_time_utc(&time, &utc))
        return error_set(err,
                         "%s: the age of %s is unknown: the header names no time zone, or was "
                         "cut within its name, and the file's own time differs. Give "
                         "--utc-offset=+HH:MM, and preserve times when copying files",
                         log->lines.path, what);
    return check_age(record, log->lines.path, what, "the log", utc, err);
}

/* What platform.h says of a file, in this library's terms. */
static bool conclude_file(struct error *err, enum read_status absent)
{
    err->code = err->code == PLATFORM_ABSENT   ? (int)absent
                : err->code == PLATFORM_DENIED ? READ_DENIED
                : err->code == READ_NO_SAMPLE  ? READ_NO_SAMPLE
                                               : READ_FAILED;
    return false;
}

static bool open_log(struct record *record, struct error *err)
{
    struct files *files = record->files;
    const struct encoding *named = record->encoding ? record->encoding : encoding_raw();
    if (!files->has_log)
        files->has_log =
            record_counters_open(&files->log, record->directory, named, record->source.arena, err);
    return files->has_log;
}

/* ---- what it is written in ---- */

static const char *rows_path(const struct record *record, const char *class_name)
{
    return arena_format(record->source.arena, "%s/%s.csv", record->directory, class_name);
}

struct collected {
    struct record_names *names;
    struct arena *arena;
};

static bool collect_name(void *context, const char *const *cells, struct error *err)
{
    const struct collected *to = context;
    return !cells[0] || record_names_add(to->names, cells[0], to->arena) || error_memory(err);
}

/* The names of the first class that there is a file of. */
static bool collect_rows(const struct record *record, struct record_names *names, struct error *err)
{
    const struct row_names *from = record->options->names;
    struct collected to = {names, record->source.arena};
    for (; from && from->class_name && !names->count; from++) {
        const char *const properties[] = {from->property, NULL};
        const struct row_query query = {.class_name = from->class_name, .properties = properties};
        const char *path = rows_path(record, from->class_name);
        struct export_csv_file file = {0};
        if (!export_csv_rows(path, encoding_raw(), &query, record->source.arena, collect_name, &to,
                             &file, err)) {
            if (err->code != PLATFORM_ABSENT)
                return false;
            continue;
        }
        names->raw = file.encoding == encoding_raw();
        record->files->evidence = from->class_name;
        record->files->evidence_size = file.size;
    }
    return true;
}

static void tell_strangers(struct record *record, const struct record_encodings *found)
{
    if (!found->strangers)
        return;
    record->source.remark =
        arena_format(record->source.arena,
                     "%s: its encoding is unknown: '%s'%s no name in the exports in any encoding; "
                     "give it with --encoding, and export with Export-Csv -Encoding UTF8",
                     record->files->log.pdh.lines.path, SHOW_NAME(found->stranger),
                     found->strangers > 1 ? " and others are" : " is");
}

/* Decide what the files are written in that do not say so, by all of them, once a name is met that
 * this makes a difference to. *ret_again: the log must be read anew. */
static bool settle_encodings(struct record *record, bool raw_rows, bool *ret_again,
                             struct error *err)
{
    struct files *files = record->files;
    struct arena *arena = record->source.arena;
    bool raw_log = files->has_log && record_counters_is_raw(&files->log);
    *ret_again = false;
    if (files->settled || (!raw_log && !raw_rows))
        return true;
    struct record_names instances = {0}, rows = {0};
    struct record_encodings found;
    if (files->has_log && !record_counters_instances(&files->log, &instances, arena))
        return error_memory(err);
    if (instances.count || raw_rows) {
        if (!collect_rows(record, &rows, err))
            return false;
    } else if (files->log.foreign && !record_names_add(&instances, files->log.foreign, arena)) {
        return error_memory(err); /* to be shown: nothing joins */
    }
    if (!record_encodings_choose(files->log.pdh.lines.path, &instances, &rows, arena, &found, err))
        return false;
    files->settled = true;
    files->rows = found.rows;
    *ret_again = raw_log;
    if (files->has_log)
        record_counters_name(&files->log, found.log);
    tell_strangers(record, &found);
    return true;
}

/* ---- counters ---- */

static bool take_moment(struct record *record, struct error *err)
{
    const struct pdh_log *log = &record->files->log.pdh;
    int bias;
    bool has_bias = pdh_log_bias(log, &record->place, &bias) || record->has_offset;
    if (has_bias && !pdh_log_bias(log, &record->place, &bias))
        bias -= record->ahead;
    const char *zone = arena_text(record->source.arena, log->zone, strlen(log->zone));
    record->moment = (struct moment){.wall = record->place.when,
                                     .zone = zone ? zone : "",
                                     .has_bias = has_bias,
                                     .bias = has_bias ? bias : 0,
                                     .recorded = true};
    return zone || error_memory(err);
}

static bool record_counters(struct source *source, struct counter *counters, size_t count,
                            struct error *err)
{
    struct record *record = (struct record *)source;
    bool again = true;
    if (!open_log(record, err))
        return conclude_file(err, READ_FAILED);
    while (again) {
        counters_clear(counters, count);
        if (!record_counters_read(&record->files->log, &record->row, counters, count, source->arena,
                                  &record->place, err) ||
            !settle_encodings(record, false, &again, err))
            return conclude_file(err, READ_FAILED);
    }
    return (take_moment(record, err) && check_row_age(record, err)) ||
           conclude_file(err, READ_FAILED);
}

/* ---- registry and rows ---- */

static bool record_registry(struct source *source, const char *key, const char *value,
                            struct registry_value *ret, struct error *err)
{
    const struct record *record = (const struct record *)source;
    const char *path = arena_format(source->arena, "%s/registry.reg", record->directory);
    int64_t written;
    if (!reg_file_find(path, record->encoding, key, value, source->arena, ret, &written, err))
        return conclude_file(err, READ_NO_OBJECT);
    return check_file_age(record, path, written, err) || conclude_file(err, READ_FAILED);
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

/* Somebody who reads rows meets bytes that say nothing about their encoding. */
struct choosing {
    struct record *record;
    bool failed;
    struct error *err;
};

static const struct encoding *choose_encoding(void *context)
{
    struct choosing *choosing = context;
    struct record *record = choosing->record;
    bool again;
    choosing->failed = !settle_encodings(record, true, &again, choosing->err);
    return record->files->rows ? record->files->rows : encoding_raw();
}

static bool is_same_evidence(const struct record *record, const char *class_name,
                             const struct export_csv_file *file)
{
    const struct files *files = record->files;
    return !files->evidence || strcmp(files->evidence, class_name) != 0 ||
           files->evidence_size == file->size;
}

static bool record_rows(struct source *source, const struct row_query *query, row_visitor *visit,
                        void *context, struct error *err)
{
    struct record *record = (struct record *)source;
    const char *path = rows_path(record, query->class_name);
    struct passed_on to = {visit, context, false};
    struct error unsettled = {0};
    struct choosing choosing = {.record = record, .err = &unsettled};
    struct export_csv_file file = {.choose = choose_encoding, .context = &choosing};
    const struct encoding *named = record->files->settled ? record->files->rows : encoding_raw();
    bool read = export_csv_rows(path, named, query, source->arena, pass_on, &to, &file, err);
    if (choosing.failed) {
        *err = unsettled;
        return conclude_file(err, READ_FAILED);
    }
    if (!read)
        return !to.stopped && conclude_file(err, READ_NO_OBJECT);
    if (!is_same_evidence(record, query->class_name, &file))
        error_set(err, "%s: was replaced while it was read", path);
    else if (check_file_age(record, path, file.written, err))
        return true;
    return conclude_file(err, READ_FAILED);
}

/* ---- the past ---- */

/* The same record, at an earlier row. That there is one is found out at once. */
static bool record_earlier(struct source *source, unsigned long seconds, struct arena *arena,
                           struct source **ret, struct error *err)
{
    struct record *record = (struct record *)source;
    struct record *earlier = ARENA_NEW(arena, struct record);
    struct source_options *options = ARENA_NEW(arena, struct source_options);
    if (!earlier || !options)
        return error_memory(err);
    if (!open_log(record, err))
        return conclude_file(err, READ_FAILED);
    *options = *record->options;
    options->max_age = 0; /* how old the row is that it is the past of is known */
    *earlier = *record;
    earlier->source.arena = arena;
    earlier->options = options;
    earlier->owns_files = false;
    earlier->row = (struct pdh_moment){.kind = seconds ? PDH_SINCE : PDH_BEFORE,
                                       .of = record->place,
                                       .milliseconds = (int64_t)seconds * 1000};
    if (!record_counters_find(&record->files->log, &earlier->row, &earlier->place, err) ||
        !take_moment(earlier, err))
        return conclude_file(err, READ_FAILED);
    earlier->row = (struct pdh_moment){.kind = PDH_FOUND, .of = earlier->place};
    *ret = &earlier->source;
    return true;
}

const struct source_kind source_record = {
    .name = "record",
    .honours = SOURCE_AT | SOURCE_MAX_AGE | SOURCE_ENCODING | SOURCE_UTC_OFFSET,
    .recorded = true,
    .open = open_record,
    .counters = record_counters,
    .registry = record_registry,
    .rows = record_rows,
    .moment = record_moment,
    .earlier = record_earlier,
    .close = close_record,
};
