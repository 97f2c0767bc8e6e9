/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/record/writer.h"

#include "counter/record/fields.h"
#include "counter/source.h"
#include "platform/platform.h"
#include "plugin/name.h"
#include "plugin/scan.h"
#include "plugin/text.h"

#include <string.h>

/* A column of the log, and its value. */
struct recorded_column {
    const char *object, *name; /* of the counter */
    const char *path, *value;  /* quoted */
};

/* Every other file is built as text while its part is read, and written at the end. */
struct recorded_class {
    struct recorded_class *next;
    const char *name;
    struct text csv;
    size_t columns;
};

struct writer {
    struct source source;
    struct source *inner;
    struct recorded_column *columns;
    size_t count, room;
    struct text registry;
    bool has_registry;
    struct recorded_class *classes;
};

static const struct source_kind source_writer;

bool record_writer_open(struct source *inner, struct arena *arena, struct source **ret,
                        struct error *err)
{
    struct writer *writer = ARENA_NEW(arena, struct writer);
    if (!writer)
        return error_memory(err);
    writer->source =
        (struct source){.kind = &source_writer, .arena = arena, .place = source_place(inner)};
    writer->inner = inner;
    *ret = &writer->source;
    return true;
}

static void close_writer(struct source *source)
{
    struct writer *writer = (struct writer *)source;
    text_free(&writer->registry);
    for (struct recorded_class *class = writer->classes; class; class = class->next)
        text_free(&class->csv);
    source_close(writer->inner);
}

static struct moment writer_moment(const struct source *source)
{
    return source_moment(((const struct writer *)source)->inner);
}

static const struct source *writer_inner(const struct source *source)
{
    return ((const struct writer *)source)->inner;
}

/* What was before is no part of the record. */
static bool writer_earlier(struct source *source, unsigned long seconds, struct arena *arena,
                           struct source **ret, struct error *err)
{
    return source_earlier(((struct writer *)source)->inner, seconds, arena, ret, err);
}

/* "text", with its quotes doubled */
static void add_quoted(struct text *out, const char *text)
{
    text_add(out, "\"", 1);
    for (; *text; text++)
        text_add(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    text_add(out, "\"", 1);
}

/* What is read once more replaces what was read before: also instances that have gone. */
static void forget_counter(struct writer *writer, const struct counter *counter)
{
    size_t kept = 0;
    for (size_t i = 0; i < writer->count; i++) {
        const struct recorded_column *column = &writer->columns[i];
        if (strcmp(column->object, counter->object) != 0 ||
            strcmp(column->name, counter->name) != 0)
            writer->columns[kept++] = *column;
    }
    writer->count = kept;
}

static bool add_column(struct writer *writer, const struct counter *counter, const char *instance,
                       const double *value)
{
    struct arena *arena = writer->source.arena;
    struct text path = {0}, quoted = {0};
    text_printf(&path, "\\\\RECORD\\%s%s%s%s\\%s", counter->object, *instance ? "(" : "", instance,
                *instance ? ")" : "", counter->name);
    add_quoted(&quoted, path.bytes ? path.bytes : "");
    const char *text = arena_text(arena, quoted.bytes ? quoted.bytes : "", quoted.length);
    struct recorded_column *columns =
        arena_grow(arena, writer->columns, writer->count, &writer->room, sizeof *columns);
    if (columns)
        writer->columns = columns;
    bool added = columns && text && !path.failed && !quoted.failed;
    if (added) {
        columns[writer->count++] = (struct recorded_column){
            .object = counter->object,
            .name = counter->name,
            .path = text,
            .value = value ? arena_format(arena, "\"%.6f\"", *value) : "\" \""};
        added = !arena->failed;
    }
    text_free(&path);
    text_free(&quoted);
    return added;
}

static bool writer_counters(struct source *source, struct counter *counters, size_t count,
                            struct error *err)
{
    struct writer *writer = (struct writer *)source;
    bool read = source_counters(writer->inner, counters, count, err);
    source->remark = source_remark(writer->inner);
    if (!read)
        return false;
    for (size_t i = 0; i < count; i++) {
        forget_counter(writer, &counters[i]);
        for (size_t k = 0; k < counters[i].count; k++) {
            const struct sample *sample = &counters[i].samples[k];
            if (!add_column(writer, &counters[i], sample->instance,
                            sample->present ? &sample->value : NULL))
                return error_memory(err);
        }
    }
    return true;
}

bool record_writer_rate(struct source *source, const struct counter *counter, double value,
                        struct error *err)
{
    struct writer *writer = (struct writer *)source;
    if (source->kind != &source_writer)
        return true;
    forget_counter(writer, counter);
    return add_column(writer, counter, "", &value) || error_memory(err);
}

static bool writer_registry(struct source *source, const char *key, const char *value,
                            struct registry_value *ret, struct error *err)
{
    struct writer *writer = (struct writer *)source;
    if (!source_registry(writer->inner, key, value, ret, err))
        return false;
    struct text *out = &writer->registry;
    uint32_t dword;
    text_cut(out, 0);
    writer->has_registry = true;
    if (ret->key_exists)
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
    struct text csv;
    size_t columns;
    row_visitor *visit;
    void *context;
};

static bool record_row(void *context, const char *const *cells, struct error *err)
{
    struct recording *recording = context;
    struct text *csv = &recording->csv;
    for (size_t i = 0; i < recording->columns; i++) {
        text_puts(csv, i ? "," : "");
        if (cells[i])
            add_quoted(csv, cells[i]);
    }
    text_puts(csv, "\r\n");
    return csv->failed ? error_memory(err) : recording->visit(recording->context, cells, err);
}

/* The class as it is kept, or anew. NULL: out of memory. */
static struct recorded_class *find_class(struct writer *writer, const char *name)
{
    struct recorded_class *class = writer->classes;
    while (class && strcmp(class->name, name) != 0)
        class = class->next;
    if (!class && (class = ARENA_NEW(writer->source.arena, struct recorded_class))) {
        class->name = name;
        class->next = writer->classes;
        writer->classes = class;
    }
    return class;
}

/* The last reading counts, unless one before it had more to tell, or it came to no end. */
static bool writer_rows(struct source *source, const struct row_query *query, row_visitor *visit,
                        void *context, struct error *err)
{
    struct writer *writer = (struct writer *)source;
    struct recorded_class *class = find_class(writer, query->class_name);
    struct recording recording = {.visit = visit, .context = context};
    if (!class)
        return error_memory(err);
    for (; query->properties[recording.columns]; recording.columns++) {
        text_puts(&recording.csv, recording.columns ? "," : "\xEF\xBB\xBF");
        add_quoted(&recording.csv, query->properties[recording.columns]);
    }
    text_puts(&recording.csv, "\r\n");
    struct row_query whole = *query;
    whole.looked_at = 0;
    bool read = recording.csv.failed
                    ? error_memory(err)
                    : source_rows(writer->inner, &whole, record_row, &recording, err);
    if (read && recording.columns >= class->columns) {
        struct text before = class->csv;
        class->csv = recording.csv;
        class->columns = recording.columns;
        recording.csv = before;
    }
    text_free(&recording.csv);
    return read;
}

/* ---- what is there already ---- */

enum {
    LARGEST_FILE = 64 * 1024 * 1024,
    SAME_MOMENT = 300 * 1000, /* as long as it takes to call one check after the other */
};

static const char mark[] = "\xEF\xBB\xBF";

/* A file of the record: what to write, or that the same is there. */
struct output {
    const char *path, *new, *old; /* its place, and those beside it on the way there and away */
    struct text content;
    bool there; /* a file of that name is: where it isn't the same, it gives way */
    bool same;
    bool written, moved, placed; /* how far it has come */
};

/* *ret_there: there is one, and *ret is what it holds. */
static bool read_existing(const char *path, struct text *ret, bool *ret_there, struct error *err)
{
    struct file file;
    *ret_there = file_open(path, &file, err);
    if (!*ret_there)
        return err->code == PLATFORM_ABSENT;
    bool read = file_read_whole(&file, path, LARGEST_FILE, ret, err);
    file_close(&file);
    return read;
}

/* "(PDH-CSV 4.0)..." with its quotes, as the header of a record begins. */
static const char *first_field(const struct writer *writer, struct arena *arena)
{
    struct moment moment = source_moment(writer->inner);
    return moment.has_bias
               ? arena_format(arena, "\"(PDH-CSV 4.0) (%s)(%d)\"", moment.zone, moment.bias)
               : "\"(PDH-CSV 4.0)\"";
}

/* The two lines of a log that a writer wrote: the header, without its first field, and the row,
 * without its time stamp. False: it is something else. */
static bool take_apart(struct text *log, const char *first, char **ret_header, char **ret_row,
                       stamp *ret_when)
{
    size_t length = strlen(first);
    char *at = log->bytes;
    if (!scan_begins(at, mark) || !scan_begins(at + sizeof mark - 1, first) ||
        strlen(at) != log->length)
        return false;
    at += sizeof mark - 1 + length;
    char *end = scan_find(at, "\r\n"), *row = end ? end + 2 : NULL;
    char *row_end = row ? scan_find(row, "\r\n") : NULL;
    if (!row_end || row_end[2] || *row != '"')
        return false;
    char *quote = strchr(row + 1, '"');
    if (!quote)
        return false;
    *end = *row_end = *quote = '\0';
    *ret_header = at;
    *ret_row = quote + 1;
    return stamp_parse_pdh(row + 1, ret_when);
}

/* The columns that a log has. */
static bool index_columns(char *header, struct name_index *index, struct arena *arena,
                          struct error *err)
{
    size_t count = 0;
    for (const char *at = header; (at = scan_find(at, "\",\"")); at += 2)
        count++;
    if (!name_index_make(index, count + 2, arena, err))
        return false;
    struct fields fields = fields_begin(header, ','); /* the first is empty */
    for (const char *path; (path = fields_next(&fields));)
        name_index_add(index, path, 0);
    return true;
}

static const char *unquoted(const char *quoted, struct arena *arena)
{
    struct fields fields = fields_begin(arena_format(arena, "%s", quoted), ',');
    return fields_next(&fields);
}

static void put_log(struct text *out, const char *first, const char *header, stamp when,
                    const char *row)
{
    char stamp_text[STAMP_SIZE];
    text_printf(out, "%s%s%s\r\n\"%s\"%s\r\n", mark, first, header,
                stamp_print_pdh(stamp_text, when), row);
}

/* The log with the columns that are not there yet. */
static bool merge_log(const struct writer *writer, struct text *there, const char *first,
                      struct arena *arena, struct output *output, struct error *err)
{
    struct text header = text_in(arena), row = text_in(arena);
    struct name_index index;
    char *old_header, *old_row, when_text[STAMP_SIZE];
    stamp when, now = source_moment(writer->inner).wall;
    if (!take_apart(there, first, &old_header, &old_row, &when))
        return platform_refuse(err, output->path, PLATFORM_EXISTS, NULL);
    if (now - when > SAME_MOMENT || when - now > SAME_MOMENT)
        return error_set_code(err, PLATFORM_EXISTS,
                              "%s is of %s, and a record is of one moment: name a new directory",
                              output->path, stamp_print_iso(when_text, when));
    text_puts(&header, old_header);
    text_puts(&row, old_row);
    if (!index_columns(old_header, &index, arena, err))
        return false;
    output->same = true;
    for (size_t i = 0; i < writer->count; i++) {
        const struct recorded_column *column = &writer->columns[i];
        if (name_index_find(&index, unquoted(column->path, arena)) != NAME_NOT_FOUND)
            continue;
        text_printf(&header, ",%s", column->path);
        text_printf(&row, ",%s", column->value);
        output->same = false;
    }
    put_log(&output->content, first, text_of(&header), when, text_of(&row));
    return true;
}

static bool prepare_log(const struct writer *writer, struct arena *arena, struct output *output,
                        struct error *err)
{
    struct text there = text_in(arena), header = text_in(arena), row = text_in(arena);
    const char *first = first_field(writer, arena);
    if (!read_existing(output->path, &there, &output->there, err))
        return false;
    if (output->there)
        return merge_log(writer, &there, first, arena, output, err);
    for (size_t i = 0; i < writer->count; i++) {
        text_printf(&header, ",%s", writer->columns[i].path);
        text_printf(&row, ",%s", writer->columns[i].value);
    }
    put_log(&output->content, first, text_of(&header), source_moment(writer->inner).wall,
            text_of(&row));
    return true;
}

/* Of any other file, the same must be there already. */
static bool prepare_other(struct arena *arena, struct output *output, struct error *err)
{
    struct text there = text_in(arena);
    const struct text *wanted = &output->content;
    if (wanted->failed)
        return error_memory(err);
    if (!read_existing(output->path, &there, &output->there, err))
        return false;
    output->same = output->there && there.length == wanted->length &&
                   !memcmp(there.bytes, wanted->bytes, wanted->length);
    if (output->same || !output->there)
        return true;
    return error_set_code(err, PLATFORM_EXISTS,
                          "%s exists already and holds something else: name a new directory",
                          output->path);
}

static void put_registry(const struct writer *writer, struct text *utf16)
{
    text_add(utf16, "\xFF\xFE", 2);
    const char *const parts[] = {"Windows Registry Editor Version 5.00\r\n",
                                 writer->registry.bytes ? writer->registry.bytes : ""};
    for (size_t i = 0; i < 2; i++)
        for (const char *at = parts[i]; *at; at++) /* names and numbers of ours: ASCII */
            text_add(utf16, (char[]){*at, 0}, 2);
    utf16->failed |= writer->registry.failed;
}

/* ---- writing ---- */

static void begin_output(struct output *output, const char *directory, const char *name,
                         struct arena *arena)
{
    *output = (struct output){.path = arena_format(arena, "%s/%s", directory, name),
                              .new = arena_format(arena, "%s/%s.new", directory, name),
                              .old = arena_format(arena, "%s/%s.old", directory, name),
                              .content = text_in(arena)};
}

/* All files that have something to tell; *ret_count of them. What finds no memory is told by the
 * arena. */
static bool prepare(const struct writer *writer, const char *directory, struct arena *arena,
                    struct output *outputs, size_t *ret_count, struct error *err)
{
    struct output *next = outputs;
    if (writer->count) {
        begin_output(next, directory, "counters.csv", arena);
        if (!prepare_log(writer, arena, next++, err))
            return false;
    }
    if (writer->has_registry) {
        begin_output(next, directory, "registry.reg", arena);
        put_registry(writer, &next->content);
        if (!prepare_other(arena, next++, err))
            return false;
    }
    for (const struct recorded_class *class = writer->classes; class; class = class->next) {
        if (!class->csv.length)
            continue;
        begin_output(next, directory, arena_format(arena, "%s.csv", class->name), arena);
        text_add(&next->content, class->csv.bytes, class->csv.length);
        if (!prepare_other(arena, next++, err))
            return false;
    }
    *ret_count = (size_t)(next - outputs);
    return !arena->failed;
}

/* Each is written beside its place first, so that what can't be written takes no place. */
static bool place(struct output *output, bool moving, struct error *err)
{
    if (output->same)
        return true;
    if (!moving)
        return output->written =
                   file_write_new(output->new, output->content.bytes, output->content.length, err);
    if (output->there && !(output->moved = file_rename(output->path, output->old, err)))
        return false;
    return output->placed = file_rename(output->new, output->path, err);
}

/* Back to what was there; or, where all went well, away with what gave way. */
static void tidy(const struct output *output, bool done)
{
    struct error ignored;
    if (done && output->moved)
        file_remove(output->old, &ignored);
    if (done)
        return;
    if (output->placed)
        file_remove(output->path, &ignored);
    else if (output->written)
        file_remove(output->new, &ignored);
    if (output->moved)
        file_rename(output->old, output->path, &ignored);
}

static bool write_all(struct output *outputs, size_t count, struct error *err)
{
    bool done = true;
    for (int moving = 0; moving < 2 && done; moving++)
        for (size_t i = 0; i < count && done; i++)
            done = place(&outputs[i], moving, err);
    for (size_t i = count; i--;)
        tidy(&outputs[i], done);
    return done;
}

bool record_writer_write(struct source *source, const char *directory, struct error *err)
{
    const struct writer *writer = (const struct writer *)source;
    struct arena scratch = {0};
    size_t most = 2, count = 0;
    for (const struct recorded_class *class = writer->classes; class; class = class->next)
        most++;
    struct output *outputs = arena_array(&scratch, most, sizeof *outputs);
    bool written = outputs && directory_make(directory, err) &&
                   prepare(writer, directory, &scratch, outputs, &count, err) &&
                   write_all(outputs, count, err);
    bool failed = scratch.failed; /* whatever was made of what is there without it */
    arena_free(&scratch);
    return failed ? error_memory(err) : written;
}

static const struct source_kind source_writer = {
    .name = "writer",
    .counters = writer_counters,
    .registry = writer_registry,
    .rows = writer_rows,
    .moment = writer_moment,
    .earlier = writer_earlier,
    .inner = writer_inner,
    .close = close_writer,
};
