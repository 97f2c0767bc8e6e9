/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/node_list.h"

#include "counter/counter.h"
#include "platform/platform.h"
#include "plugin/name.h"
#include "plugin/scan.h"
#include "plugin/show.h"

#include <string.h>

enum { LARGEST = 1024 * 1024 };

bool node_list_given(const struct node_options_given *given)
{
    return given->specs.count || given->file;
}

/* ---- names ---- */

static const char *upper(const char *from, size_t length, struct arena *arena)
{
    char *name = arena_text(arena, from, length);
    for (char *at = name; at && *at; at++)
        if (*at >= 'a' && *at <= 'z')
            *at -= 'a' - 'A';
    return name;
}

/* "HV01" of "hv01.example.net:5986"; an address stays what it is. */
static const char *name_of_host(const char *host, struct arena *arena)
{
    bool address = *host == '[' || !host[scan_span(host, "0123456789.:")];
    size_t length = *host == '[' ? scan_until(host, "]") + (strchr(host, ']') != NULL)
                    : address    ? scan_until(host, ":")
                                 : scan_until(host, ".:");
    return upper(host, length, arena);
}

static const char *name_of_directory(const char *directory, struct arena *arena)
{
    size_t end = strlen(directory);
    while (end > 1 && (directory[end - 1] == '/' || directory[end - 1] == '\\'))
        end--;
    size_t start = end;
    while (start > 0 && directory[start - 1] != '/' && directory[start - 1] != '\\')
        start--;
    return arena_text(arena, directory + start, end - start);
}

static const char *name_of(const char *spec, struct arena *arena)
{
    const char *argument = strchr(spec, ':');
    if (!argument)
        return platform_host(arena);
    return source_is_remote(spec) ? name_of_host(argument + 1, arena)
                                  : name_of_directory(argument + 1, arena);
}

/* ---- the list ---- */

static bool add(struct node_list *list, const char *spec, struct arena *arena, struct error *err)
{
    if (!source_is_known(spec))
        return error_set(err, "'%s': expected local, record:DIR or winrm:HOST", SHOW_NAME(spec));
    if (list->count == NODE_LIST_MOST)
        return error_set(err, "more than %d nodes, which no cluster has", NODE_LIST_MOST);
    struct listed_node *node = &list->items[list->count];
    node->spec = arena_text(arena, spec, strlen(spec));
    node->name = name_of(spec, arena);
    if (!node->spec || !node->name)
        return error_memory(err);
    if (!*node->name)
        return error_set(err, "'%s': nothing stands behind the colon", SHOW_NAME(spec));
    for (size_t i = 0; i < list->count; i++)
        if (name_equal(list->items[i].name, node->name))
            return error_set(err, "'%s': a second node of the name %s", SHOW_NAME(spec),
                             SHOW_NAME(node->name));
    list->count++;
    return true;
}

/* Of a directory that has a name. */
static bool is_absolute(const char *directory)
{
    return *directory == '/' || *directory == '\\' || directory[1] == ':';
}

/* Of a line of a file, the record's directory is below the file's. */
static const char *resolve(const char *path, const char *spec, struct arena *arena)
{
    static const char record[] = "record:";
    size_t length = sizeof record - 1, above = strlen(path);
    if (!scan_begins(spec, record) || !spec[length] || is_absolute(spec + length))
        return spec;
    while (above > 0 && path[above - 1] != '/' && path[above - 1] != '\\')
        above--;
    return arena_format(arena, "%s%.*s%s", record, (int)above, path, spec + length);
}

static char *trim(char *line)
{
    static const char blanks[] = " \t\r";
    line += scan_span(line, blanks);
    size_t end = strlen(line);
    while (end > 0 && strchr(blanks, line[end - 1]))
        end--;
    line[end] = '\0';
    return line;
}

bool node_list_parse(struct node_list *list, const char *path, char *text, struct arena *arena,
                     struct error *err)
{
    static const char mark[] = "\xEF\xBB\xBF";
    if (scan_begins(text, mark))
        text += sizeof mark - 1;
    for (unsigned number = 1; text; number++) {
        char *end = strchr(text, '\n');
        if (end)
            *end = '\0';
        const char *line = trim(text);
        if (*line && *line != '#' && !add(list, resolve(path, line, arena), arena, err))
            return error_prefix(err, "%s:%u: ", path, number);
        text = end ? end + 1 : NULL;
    }
    return true;
}

static bool read_file(struct node_list *list, const char *path, struct arena *arena,
                      struct error *err)
{
    struct file file;
    struct text text = {0};
    size_t before = list->count;
    if (!file_open(path, &file, err))
        return false;
    bool read = file_read_whole(&file, path, LARGEST, &text, err);
    file_close(&file);
    if (read && strlen(text.bytes) < text.length)
        read = error_set(err, "%s: not plain text: save it as UTF-8", path);
    else if (read)
        read = node_list_parse(list, path, text.bytes, arena, err);
    if (read && list->count == before)
        read = error_set(err, "%s: no node stands in it", path);
    text_free(&text);
    return read;
}

bool node_list_read(const struct node_options_given *given, struct arena *arena,
                    struct node_list *ret, struct error *err)
{
    ret->count = 0;
    for (size_t i = 0; i < given->specs.count; i++)
        if (!add(ret, given->specs.items[i], arena, err))
            return error_prefix(err, "--node: ");
    return !given->file || read_file(ret, given->file, arena, err) ||
           error_prefix(err, "--nodes: ");
}
