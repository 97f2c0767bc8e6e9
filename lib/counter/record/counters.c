/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/record/counters.h"

#include "counter/source.h"
#include "plugin/name.h"
#include "plugin/scan.h"
#include "plugin/show.h"
#include "plugin/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A counter that was looked for in the header. */
struct known_counter {
    struct known_counter *next;
    const char *object, *name;
    bool instances;
    bool object_seen;
    struct column {
        const char *instance;
        uint32_t index; /* in the row, the time stamp's left out */
    } * columns;        /* in the order of the file, each instance once */
    size_t count;
};

bool record_counters_open(struct record_counters *log, const char *directory,
                          const struct encoding *named, struct arena *arena, struct error *err)
{
    *log = (struct record_counters){.arena = arena};
    const char *csv = arena_format(arena, "%s/counters.csv", directory);
    const char *tsv = arena_format(arena, "%s/counters.tsv", directory);
    struct error no_tsv;
    if (pdh_log_open(&log->pdh, csv, named, err))
        return true;
    if (err->code != PLATFORM_ABSENT)
        return false;
    if (pdh_log_open(&log->pdh, tsv, named, &no_tsv))
        return true;
    if (no_tsv.code != PLATFORM_ABSENT)
        *err = no_tsv;
    return false;
}

void record_counters_close(struct record_counters *log)
{
    pdh_log_close(&log->pdh);
}

/* ---- the header ---- */

/* A column that was found. They are many, so they don't stay in the arena. */
struct found {
    struct column column;
    uint32_t of; /* which of the counters that are looked for */
};

/* What is looked for, and what was found. */
struct search {
    struct known_counter *counters;
    size_t count;
    struct text found; /* struct found, in the order of the file */
};

static struct found *found_items(const struct search *search, size_t *ret_count)
{
    *ret_count = search->found.length / sizeof(struct found);
    return (struct found *)(void *)search->found.bytes;
}

/* The columns of an instance mostly stand side by side, and share its name. */
static bool add_found(struct record_counters *log, struct search *search, size_t of,
                      const char *instance, size_t index)
{
    size_t count;
    const struct found *items = found_items(search, &count);
    const char *name = count ? items[count - 1].column.instance : NULL;
    if (!name || strcmp(name, instance) != 0)
        name = arena_text(log->arena, instance, strlen(instance));
    const struct found found = {{name, (uint32_t)index}, (uint32_t)of};
    text_add(&search->found, (const char *)&found, sizeof found);
    search->counters[of].count++;
    return name && !search->found.failed;
}

static bool is_ascii(const char *text)
{
    size_t length = strlen(text);
    return utf8_ascii_span(text, length) == length;
}

static bool is_one_of(const char *object, const char *const *names)
{
    while (*names && !scan_ascii_equal(object, *names))
        names++;
    return *names;
}

/* Windows writes the names of objects and counters in its own language. */
static bool see_language(struct record_counters *log, const char *object)
{
    static const char *const hyperv[] = {"Hyper-V Dynamic Memory ", "Hyper-V Hypervisor",
                                         "Hyper-V Virtual "};
    static const char *const english[] = {"Memory",      "Process",           "PhysicalDisk",
                                          "LogicalDisk", "Network Interface", "Paging File",
                                          NULL};
    /* Other languages have these words, too. */
    static const char *const common[] = {"System", "Server", "Processor", "Cache", NULL};
    for (size_t i = 0; i < sizeof hyperv / sizeof *hyperv; i++)
        if (scan_ascii_begins(object, hyperv[i])) {
            log->is_english = true;
            return true;
        }
    if (is_one_of(object, english)) {
        log->is_english = true;
        return true;
    }
    bool of_hyperv = scan_find(object, "Hyper-V") || scan_find(object, "hyper-v");
    bool foreign = of_hyperv && (!scan_ascii_begins(object, "Hyper-V ") || !is_ascii(object));
    bool told = log->foreign && (log->foreign_hyperv || !foreign);
    if (told || is_one_of(object, common))
        return true;
    log->foreign_hyperv = foreign;
    log->foreign = arena_text(log->arena, object, strlen(object));
    return log->foreign;
}

/* The columns that are looked for are of one machine. */
static bool check_host(struct record_counters *log, const char *host, struct error *err)
{
    if (!log->host && !(log->host = arena_text(log->arena, host, strlen(host))))
        return error_memory(err);
    return scan_ascii_equal(log->host, host) ||
           error_set(err, "%s:%u: columns of two machines, '%s' and '%s': a record is of one",
                     log->pdh.lines.path, log->pdh.lines.number, SHOW_NAME(log->host),
                     SHOW_NAME(host));
}

/* Is this column of a counter that is looked for? */
static bool look_at_column(struct record_counters *log, struct search *search,
                           const struct counter_path *path, size_t index, struct error *err)
{
    const char *compared = NULL; /* counters of one object are asked for together */
    bool of_object = false;
    for (size_t i = 0; i < search->count; i++) {
        struct known_counter *counter = &search->counters[i];
        if (counter->object != compared) {
            compared = counter->object;
            of_object = scan_ascii_equal(path->object, compared);
        }
        if (!of_object)
            continue;
        counter->object_seen = true;
        if (!scan_ascii_equal(path->counter, counter->name) ||
            counter->instances != (*path->instance != '\0'))
            continue;
        if (!check_host(log, path->host, err))
            return false;
        if (!add_found(log, search, i, path->instance, index))
            return error_memory(err);
    }
    return true;
}

/* A path that typeperf was given twice is two columns of the same instance: the second is left out,
 * or a balancer would have twice the memory. */
static bool keep_first(struct known_counter *counter, struct error *err)
{
    struct arena scratch = {0};
    struct name_index instances;
    bool made = name_index_make(&instances, counter->count, &scratch, err);
    size_t kept = 0;
    for (size_t i = 0; made && i < counter->count; i++) {
        uint32_t number = (uint32_t)i;
        if (name_index_add(&instances, counter->columns[i].instance, number) == number)
            counter->columns[kept++] = counter->columns[i];
    }
    counter->count = kept;
    arena_free(&scratch);
    return made;
}

static bool place_columns(struct record_counters *log, struct search *search, struct error *err)
{
    for (size_t i = 0; i < search->count; i++) {
        struct known_counter *counter = &search->counters[i];
        counter->columns = arena_array(log->arena, counter->count, sizeof *counter->columns);
        if (!counter->columns)
            return error_memory(err);
        counter->count = 0;
    }
    size_t count;
    const struct found *items = found_items(search, &count);
    for (size_t i = 0; i < count; i++) {
        struct known_counter *counter = &search->counters[items[i].of];
        counter->columns[counter->count++] = items[i].column;
    }
    for (size_t i = 0; i < search->count; i++)
        if (!keep_first(&search->counters[i], err))
            return false;
    return true;
}

static bool search_header(struct record_counters *log, struct search *search, struct error *err)
{
    char *column;
    if (!log->contents.whole)
        log->contents = (struct contents){0};
    for (size_t index = 0;; index++) {
        struct counter_path path;
        bool same;
        if (!pdh_log_column(&log->pdh, &column, err))
            return false;
        if (!column)
            break;
        if (!counter_path_split(column, &path))
            continue;
        if (!contents_see(&log->contents, &path, index, log->arena, &same) ||
            (!same && !see_language(log, path.object)))
            return error_memory(err);
        if (!look_at_column(log, search, &path, index, err))
            return false;
    }
    log->contents.whole = true;
    return true;
}

/* What was kept of the header when it was read, if that tells all that is looked for. */
static bool is_kept(const struct record_counters *log, const struct search *search)
{
    bool told = true, object_seen;
    for (size_t i = 0; i < search->count && told; i++)
        told = contents_tell(&log->contents, search->counters[i].object,
                             search->counters[i].instances, &object_seen);
    return told;
}

static bool search_kept(struct record_counters *log, struct search *search, struct error *err)
{
    for (size_t i = 0; i < search->count; i++) {
        struct known_counter *counter = &search->counters[i];
        const struct contents_column *column = NULL;
        contents_tell(&log->contents, counter->object, counter->instances, &counter->object_seen);
        while (!counter->instances &&
               (column = contents_next(&log->contents, column, counter->object, counter->name))) {
            if (!check_host(log, column->host, err))
                return false;
            if (!add_found(log, search, i, "", column->index))
                return error_memory(err);
        }
    }
    return true;
}

static struct known_counter *find_known(const struct record_counters *log,
                                        const struct counter *counter)
{
    struct known_counter *known = log->known;
    while (known &&
           (strcmp(known->object, counter->object) != 0 ||
            strcmp(known->name, counter->name) != 0 || known->instances != counter->instances))
        known = known->next;
    return known;
}

/* Look for those that are not known yet, all in one pass, or in what was kept of one before. */
static bool learn(struct record_counters *log, const struct counter *counters, size_t count,
                  struct error *err)
{
    size_t unknown = 0;
    for (size_t i = 0; i < count; i++)
        unknown += !find_known(log, &counters[i]);
    if (!unknown)
        return true;
    struct known_counter *wanted = arena_array(log->arena, unknown, sizeof *wanted);
    if (!wanted)
        return error_memory(err);
    struct search search = {.counters = wanted};
    for (size_t i = 0; i < count; i++)
        if (!find_known(log, &counters[i]))
            wanted[search.count++] = (struct known_counter){.object = counters[i].object,
                                                            .name = counters[i].name,
                                                            .instances = counters[i].instances};
    bool fresh = log->pdh.columns == 1; /* none was taken yet */
    bool found = is_kept(log, &search) ? search_kept(log, &search, err)
                                       : (fresh || pdh_log_rewind(&log->pdh, err)) &&
                                             search_header(log, &search, err);
    found = found && place_columns(log, &search, err);
    text_free(&search.found);
    for (size_t i = 0; found && i < search.count; i++) {
        wanted[i].next = log->known;
        log->known = &wanted[i];
    }
    return found;
}

/* ---- the row ---- */

/* "98.000000", "98,000000" where the system writes numbers so, " " or "" for a missing sample. */
static void parse_value(char *field, struct sample *ret)
{
    char *comma = strchr(field, ',');
    if (comma)
        *comma = '.';
    field += scan_span(field, " ");
    ret->blank = !*field;
    if (ret->blank || scan_span(field, "0123456789+-.eE") != strlen(field))
        return;
    char *end;
    double value = strtod(field, &end);
    ret->present = !*end && value >= -1e300 && value <= 1e300;
    ret->value = ret->present ? value : 0;
}

/* A counter that is being filled. */
struct filling {
    const struct known_counter *known;
    struct sample *samples;
    size_t next; /* of its columns */
};

static uint32_t next_index(const struct filling *filling, size_t count)
{
    uint32_t least = UINT32_MAX;
    for (size_t i = 0; i < count; i++) {
        const struct known_counter *known = filling[i].known;
        if (filling[i].next < known->count && known->columns[filling[i].next].index < least)
            least = known->columns[filling[i].next].index;
    }
    return least;
}

static void fill_samples(struct filling *filling, size_t count, struct fields *values)
{
    uint32_t wanted = next_index(filling, count), index = 0;
    for (char *field; wanted != UINT32_MAX && (field = fields_next(values)); index++) {
        if (index != wanted)
            continue;
        struct sample parsed = {0};
        parse_value(field, &parsed);
        for (size_t i = 0; i < count; i++) {
            struct filling *to = &filling[i];
            if (to->next == to->known->count || to->known->columns[to->next].index != index)
                continue;
            parsed.instance = to->samples[to->next].instance;
            to->samples[to->next++] = parsed;
        }
        wanted = next_index(filling, count);
    }
}

/* Say what became of a counter. */
static void conclude(const struct record_counters *log, struct counter *counter, bool object_seen,
                     stamp row, struct arena *arena)
{
    const char *path = log->pdh.lines.path;
    char moment[STAMP_SIZE];
    if (!object_seen && log->foreign && (log->foreign_hyperv || !log->is_english))
        counter_fail(counter, READ_LANGUAGE, arena,
                     "%s:%u: no column of '%s': the names there are not English, but '%s'", path,
                     log->pdh.lines.number, counter->object, SHOW_NAME(log->foreign));
    else if (!object_seen)
        counter_fail(counter, READ_NO_OBJECT, arena, "%s: no column of '%s'", path,
                     counter->object);
    else if (!counter->count)
        counter_fail(counter, READ_NO_COUNTER, arena, "%s: no column '\\%s%s\\%s'", path,
                     counter->object, counter->instances ? "(*)" : "", counter->name);
    else if (!counter->instances && !counter->samples[0].present)
        counter_fail(counter, READ_NO_SAMPLE, arena, "%s: no value of '\\%s\\%s' at %s", path,
                     counter->object, counter->name, stamp_print_iso(moment, row));
}

/* ---- which row ---- */

static void forget(struct record_counters *log)
{
    log->known = NULL;
    log->contents = (struct contents){0};
    log->is_english = log->foreign_hyperv = false;
    log->foreign = NULL;
}

struct asking {
    struct record_counters *log;
    const struct counter *counters;
    size_t count;
};

static bool learn_header(void *context, bool other, struct error *err)
{
    const struct asking *asking = context;
    if (other)
        forget(asking->log);
    return learn(asking->log, asking->counters, asking->count, err);
}

/* All headers of a log are of the machine that the first is of. */
static bool read_row(struct record_counters *log, const struct pdh_moment *moment,
                     const struct counter *counters, size_t count, struct pdh_place *ret,
                     struct fields *values, struct error *err)
{
    struct asking asking = {log, counters, count};
    if (!log->host && !pdh_log_first_host(&log->pdh, log->arena, &log->host, err))
        return false;
    if (pdh_log_row(&log->pdh, moment, learn_header, &asking, ret, values, err))
        return true;
    if (err->code == PDH_NO_ROW)
        err->code = READ_NO_SAMPLE;
    return false;
}

bool record_counters_find(struct record_counters *log, const struct pdh_moment *moment,
                          struct pdh_place *ret, struct error *err)
{
    struct fields values;
    return read_row(log, moment, NULL, 0, ret, &values, err);
}

bool record_counters_read(struct record_counters *log, const struct pdh_moment *moment,
                          struct counter *counters, size_t count, struct arena *arena,
                          struct pdh_place *ret, struct error *err)
{
    struct fields values;
    if (!read_row(log, moment, counters, count, ret, &values, err))
        return false;
    struct filling *filling = arena_array(arena, count, sizeof *filling);
    if (!filling)
        return error_memory(err);
    for (size_t i = 0; i < count; i++) {
        const struct known_counter *known = find_known(log, &counters[i]);
        struct sample *samples = arena_array(arena, known->count, sizeof *samples);
        if (!samples)
            return error_memory(err);
        for (size_t k = 0; k < known->count; k++)
            samples[k].instance = known->columns[k].instance;
        filling[i] = (struct filling){.known = known, .samples = samples};
        counters[i].samples = samples;
        counters[i].count = known->count;
    }
    fill_samples(filling, count, &values);
    for (size_t i = 0; i < count; i++)
        conclude(log, &counters[i], filling[i].known->object_seen, ret->when, arena);
    return true;
}

/* ---- what it is written in ---- */

bool record_counters_is_raw(const struct record_counters *log)
{
    return log->pdh.lines.encoding == encoding_raw();
}

void record_counters_name(struct record_counters *log, const struct encoding *encoding)
{
    log->pdh.lines.named = encoding;
    log->host = NULL;
    forget(log);
}

bool record_counters_instances(const struct record_counters *log, struct record_names *names,
                               struct arena *arena)
{
    names->raw = record_counters_is_raw(log);
    for (const struct known_counter *known = log->known; known; known = known->next)
        for (size_t i = 0; i < known->count; i++) {
            const char *name = known->columns[i].instance;
            bool same = names->count && !strcmp(names->items[names->count - 1], name);
            if (!same && !is_ascii(name) && !record_names_add(names, name, arena))
                return false;
        }
    return true;
}
