/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/record/contents.h"

#include "plugin/scan.h"

#include <string.h>

enum { KEPT_AT_MOST = 256 }; /* objects and columns: typeperf's list of a host has fewer objects */

static bool has_room(struct contents *contents)
{
    contents->incomplete = contents->kept == KEPT_AT_MOST;
    contents->kept += !contents->incomplete;
    return !contents->incomplete;
}

static struct contents_object *find_object(const struct contents *contents, const char *name)
{
    struct contents_object *object = contents->objects;
    while (object && !scan_ascii_equal(object->name, name))
        object = object->next;
    return object;
}

static bool see_object(struct contents *contents, const char *name, struct arena *arena)
{
    struct contents_object *object = find_object(contents, name);
    if (!object && has_room(contents)) {
        object = ARENA_NEW(arena, struct contents_object);
        if (!object)
            return false;
        *object = (struct contents_object){.next = contents->objects,
                                           .name = arena_text(arena, name, strlen(name))};
        contents->objects = object;
    }
    contents->last = object;
    return !object || object->name;
}

static bool add_column(struct contents *contents, const struct counter_path *path, size_t index,
                       struct arena *arena)
{
    struct contents_column *column = ARENA_NEW(arena, struct contents_column);
    if (!column)
        return false;
    *column =
        (struct contents_column){.object = contents->last,
                                 .host = arena_text(arena, path->host, strlen(path->host)),
                                 .counter = arena_text(arena, path->counter, strlen(path->counter)),
                                 .index = (uint32_t)index};
    if (!contents->end)
        contents->end = &contents->columns;
    *contents->end = column;
    contents->end = &column->next;
    return column->host && column->counter;
}

bool contents_see(struct contents *contents, const struct counter_path *path, size_t index,
                  struct arena *arena, bool *ret_same)
{
    *ret_same = false;
    if (contents->whole || contents->incomplete)
        return true;
    *ret_same = contents->last && !strcmp(contents->last->name, path->object);
    if (!*ret_same && !see_object(contents, path->object, arena))
        return false;
    if (contents->incomplete)
        return true;
    if (*path->instance) {
        contents->last->has_instances = true;
        return true;
    }
    return !has_room(contents) || add_column(contents, path, index, arena);
}

bool contents_tell(const struct contents *contents, const char *object, bool instances,
                   bool *ret_object)
{
    const struct contents_object *found = find_object(contents, object);
    *ret_object = found;
    return contents->whole && !contents->incomplete &&
           !(instances && found && found->has_instances);
}

const struct contents_column *contents_next(const struct contents *contents,
                                            const struct contents_column *after, const char *object,
                                            const char *counter)
{
    const struct contents_column *column = after ? after->next : contents->columns;
    while (column && (!scan_ascii_equal(column->object->name, object) ||
                      !scan_ascii_equal(column->counter, counter)))
        column = column->next;
    return column;
}
