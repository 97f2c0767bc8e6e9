/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/record/export_csv.h"

#include "counter/record/fields.h"
#include "plugin/scan.h"

#include <string.h>
#include <strings.h>

/* A row of a class is a few hundred bytes, and its longest field a VM's notes. */
enum { LONGEST_RECORD = 16 * 1024 * 1024 };

struct export_csv {
    struct lines lines;
    char delimiter;
    unsigned number;    /* the line on which the record begins */
    struct text record; /* joined from lines, where a field has line breaks */
};

static bool refuse_cut(const struct export_csv *csv, struct error *err)
{
    return error_set(err, "%s:%u: a row without its end: was the file cut?", csv->lines.path,
                     csv->number);
}

/* The next record; *ret NULL at the end of the file. */
static bool next_record(struct export_csv *csv, char **ret, struct error *err)
{
    char *line;
    size_t length;
    bool open = false;
    if (!lines_next(&csv->lines, &line, &length, err))
        return false;
    csv->number = csv->lines.number;
    if (line && !csv->delimiter && length && *line != '#')
        csv->delimiter = fields_guess_delimiter(line);
    if (line)
        fields_count(line, length, csv->delimiter, &open);
    *ret = line;
    text_cut(&csv->record, 0);
    while (open && !csv->record.failed) {
        text_add(&csv->record, line, length);
        text_add(&csv->record, "\n", 1);
        if (!lines_next(&csv->lines, &line, &length, err))
            return false;
        if (!line || csv->record.length > LONGEST_RECORD)
            return refuse_cut(csv, err);
        fields_count(line, length, csv->delimiter, &open);
        if (!open) {
            text_add(&csv->record, line, length);
            *ret = csv->record.bytes;
        }
    }
    /* A last field that stands in quotes has its end; another may go on: 3 of 32769. */
    if (line && length && !csv->lines.ended && line[length - 1] != '"')
        return refuse_cut(csv, err);
    return !csv->record.failed || error_memory(err);
}

static size_t property_of(const char *const *properties, const char *column)
{
    size_t i = 0;
    while (properties[i] && !scan_ascii_equal(column, properties[i]))
        i++;
    return properties[i] ? i : SIZE_MAX;
}

static bool check_columns(const struct export_csv *csv, const struct row_query *query,
                          const size_t *columns, size_t count, struct error *err)
{
    for (size_t i = 0; i < query->needed || i == 0; i++) {
        size_t column = 0;
        while (column < count && columns[column] != i)
            column++;
        if (column < count)
            continue;
        if (i == 0)
            return error_set(err, "%s:%u: no column '%s': not an export of this class",
                             csv->lines.path, csv->number, query->properties[0]);
        return error_set(
            err,
            "%s:%u: no column '%s', which the result depends on: export every property, "
            "from Get-WmiObject to Export-Csv without a Select-Object between",
            csv->lines.path, csv->number, query->properties[i]);
    }
    return true;
}

/* For each column, which property it is; SIZE_MAX: none that was asked for. */
static bool read_header(struct export_csv *csv, const struct row_query *query, struct arena *arena,
                        size_t **ret_columns, size_t *ret_count, struct error *err)
{
    char *record;
    do {
        if (!next_record(csv, &record, err))
            return false;
    } while (record && (!*record || *record == '#'));

    size_t *columns = NULL, count = 0, room = 0;
    struct fields fields = record ? fields_begin(record, csv->delimiter) : (struct fields){0};
    for (const char *name; (name = fields_next(&fields)); count++) {
        columns = arena_grow(arena, columns, count, &room, sizeof *columns);
        if (!columns)
            return error_memory(err);
        columns[count] = property_of(query->properties, name);
    }
    *ret_columns = columns;
    *ret_count = count;
    return !record || check_columns(csv, query, columns, count, err);
}

static bool visit_rows(struct export_csv *csv, const struct row_query *query, struct arena *arena,
                       row_visitor *visit, void *context, struct error *err)
{
    size_t *columns = NULL, count = 0, wanted = 0;
    if (!read_header(csv, query, arena, &columns, &count, err))
        return false;
    while (query->properties[wanted])
        wanted++;
    const char **cells = arena_array(arena, wanted + 1, sizeof *cells);
    if (!cells)
        return error_memory(err);

    for (;;) {
        char *record;
        if (!next_record(csv, &record, err))
            return false;
        if (!record)
            return true;
        if (!*record)
            continue;
        memset(cells, 0, wanted * sizeof *cells);
        struct fields fields = fields_begin(record, csv->delimiter);
        size_t column = 0;
        for (const char *field; (field = fields_next(&fields)); column++)
            if (column < count && columns[column] != SIZE_MAX && *field)
                cells[columns[column]] = field;
        if (column != count)
            return error_set(err, "%s:%u: a row of %zu fields under a header of %zu",
                             csv->lines.path, csv->number, column, count);
        if (cells[0] && scan_ascii_equal(cells[0], query->properties[0]))
            return error_set(err, "%s:%u: a second header: were two exports put into one file?",
                             csv->lines.path, csv->number);
        err->code = 0; /* a visitor may stop without an error */
        if (!visit(context, cells, err)) {
            if (err->code == READ_INVALID)
                error_prefix(err, "%s:%u: ", csv->lines.path, csv->number);
            return false;
        }
    }
}

bool export_csv_rows(const char *path, const struct encoding *named, const struct row_query *query,
                     struct arena *arena, row_visitor *visit, void *context,
                     struct export_csv_file *file, struct error *err)
{
    struct export_csv csv = {0};
    file->encoding = NULL;
    file->written = 0;
    file->size = 0;
    if (!lines_open(&csv.lines, path, named, err))
        return false;
    csv.lines.choose = file->choose;
    csv.lines.context = file->context;
    bool visited = visit_rows(&csv, query, arena, visit, context, err);
    file->encoding = csv.lines.encoding;
    file->written = csv.lines.file.written;
    file->size = csv.lines.file.size;
    lines_close(&csv.lines);
    text_free(&csv.record);
    return visited;
}
