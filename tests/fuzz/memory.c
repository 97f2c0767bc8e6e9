/* SPDX-License-Identifier: GPL-3.0-or-later */

/* platform.h without a system: files in memory, a clock that stands still, no deadline; and a
 * source `local` that this machine has nothing to do with. */
#include "fuzz.h"

#include "counter/record/lines.h"
#include "counter/record/pdh_map.h"
#include "counter/source.h"
#include "platform/platform.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* The linker looks into this archive for what is asked for before it comes to the library. So they
 * are asked for here, or it would take the library's, which read in large pieces. */
extern const struct small_pieces {
    bool (*lines)(struct lines *lines, const char *path, const struct encoding *named,
                  struct error *err);
    bool (*map)(struct pdh_map *map, const struct file *file, struct error *err);
} memory_small_pieces;
const struct small_pieces memory_small_pieces = {lines_open, pdh_map_make};

enum { FILES_AT_MOST = 16 };

static struct {
    char *path;
    uint8_t *bytes; /* of just the file's size, so that reading on is noticed */
    size_t size;
} files[FILES_AT_MOST];

static size_t file_count;
static bool discard;

void memory_discard_writes(bool discarded)
{
    discard = discarded;
}

static size_t find(const char *path)
{
    size_t i = 0;
    while (i < file_count && strcmp(files[i].path, path) != 0)
        i++;
    return i;
}

void memory_file(const char *path, const uint8_t *bytes, size_t length)
{
    size_t i = find(path);
    HOLDS(i < FILES_AT_MOST);
    if (i == file_count) {
        files[i].path = fuzz_string((const uint8_t *)path, strlen(path));
        file_count++;
    } else {
        free(files[i].bytes);
    }
    files[i].bytes = malloc(length ? length : 1);
    HOLDS(files[i].bytes);
    if (length)
        memcpy(files[i].bytes, bytes, length);
    files[i].size = length;
}

void memory_clear(void)
{
    while (file_count) {
        free(files[--file_count].path);
        free(files[file_count].bytes);
    }
}

size_t memory_size(const char *path)
{
    size_t i = find(path);
    HOLDS(i < file_count);
    return files[i].size;
}

void memory_shorten(const char *path, size_t size)
{
    size_t i = find(path);
    HOLDS(i < file_count && size <= files[i].size);
    uint8_t *old = files[i].bytes;
    files[i].bytes = NULL;
    memory_file(path, old, size);
    free(old);
}

/* ---- platform.h ---- */

bool (*memory_before_read)(const char *path, struct error *err);

bool file_open(const char *path, struct file *ret, struct error *err)
{
    size_t i = find(path);
    if (i == file_count)
        return platform_refuse(err, path, PLATFORM_ABSENT, NULL);
    *ret = (struct file){.handle = (intptr_t)i, .size = files[i].size, .written = memory_now};
    return true;
}

bool file_read(const struct file *file, uint64_t offset, char *bytes, size_t wanted,
               size_t *ret_got, struct error *err)
{
    if (memory_before_read && !memory_before_read(files[file->handle].path, err))
        return false;
    size_t size = files[file->handle].size, left = offset < size ? size - (size_t)offset : 0;
    *ret_got = wanted < left ? wanted : left;
    if (*ret_got)
        memcpy(bytes, files[file->handle].bytes + offset, *ret_got);
    return true;
}

void file_close(struct file *file)
{
    *file = (struct file){.handle = -1};
}

bool file_write_new(const char *path, const char *bytes, size_t length, struct error *err)
{
    if (discard)
        return true;
    if (find(path) < file_count)
        return platform_refuse(err, path, PLATFORM_EXISTS, NULL);
    memory_file(path, (const uint8_t *)bytes, length);
    return true;
}

bool file_rename(const char *from, const char *to, struct error *err)
{
    if (discard)
        return true;
    size_t i = find(from);
    if (find(to) < file_count)
        return platform_refuse(err, to, PLATFORM_EXISTS, NULL);
    if (i == file_count)
        return platform_refuse(err, from, PLATFORM_ABSENT, NULL);
    size_t length = strlen(to);
    files[i].path = realloc(files[i].path, length + 1);
    HOLDS(files[i].path);
    memcpy(files[i].path, to, length + 1);
    return true;
}

bool file_remove(const char *path, struct error *err)
{
    (void)path, (void)err;
    return true;
}

bool directory_make(const char *path, struct error *err)
{
    (void)path, (void)err;
    return true;
}

const char *platform_config_path(struct arena *arena)
{
    return arena_text(arena, "hyperv.ini", strlen("hyperv.ini"));
}

/* ---- private files ---- */

bool platform_trusts(const char *path, const struct file *file, struct error *err)
{
    (void)path, (void)file, (void)err;
    return true;
}

bool private_directory_open(const char *path, bool make_above, struct private_directory *ret,
                            struct error *err)
{
    (void)make_above, (void)err;
    *ret = (struct private_directory){.path = path, .writable = true};
    return true;
}

void private_directory_close(struct private_directory *directory)
{
    (void)directory;
}

bool private_file_read(const struct private_directory *directory, const char *name, size_t limit,
                       struct text *out, struct error *err)
{
    (void)directory;
    return settings_read(name, limit, out, err);
}

bool private_file_write(const struct private_directory *directory, const char *name,
                        const char *bytes, size_t length, struct error *err)
{
    (void)directory, (void)err;
    if (!discard)
        memory_file(name, (const uint8_t *)bytes, length);
    return true;
}

const struct state_place *platform_state_places(const char *named, struct arena *arena)
{
    struct state_place *places = arena_array(arena, 2, sizeof *places);
    (void)named;
    if (places)
        *places = (struct state_place){"S", true};
    return places;
}

const char *platform_host(struct arena *arena)
{
    return arena_text(arena, "host", strlen("host"));
}

/* ---- clock ---- */

int64_t memory_now = MEMORY_NOW;

int64_t clock_now(void)
{
    return memory_now;
}

void clock_sleep(unsigned milliseconds)
{
    (void)milliseconds;
}

bool deadline_start(unsigned long seconds, const char *answer, int status, struct error *err)
{
    (void)seconds, (void)answer, (void)status, (void)err;
    return true;
}

unsigned deadline_left(void)
{
    return UINT_MAX;
}

static struct section output;

bool output_write(const char *bytes, size_t length)
{
    static uint8_t kept[1024 * 1024];
    output = (struct section){kept, length < sizeof kept ? length : sizeof kept};
    memcpy(kept, bytes, output.size);
    return true;
}

struct section memory_output(void)
{
    return output;
}

/* ---- source.h ---- */

/* What this machine would tell: one raw rate, which the test sets. */
struct raw_rate memory_rate;

static bool open_local(const char *argument, const struct source_options *options,
                       struct arena *arena, struct source **ret, struct error *err)
{
    (void)argument, (void)options;
    *ret = ARENA_NEW(arena, struct source);
    if (!*ret)
        return error_memory(err);
    (*ret)->kind = &source_local;
    (*ret)->arena = arena;
    return true;
}

static bool local_counters(struct source *source, struct counter *counters, size_t count,
                           struct error *err)
{
    (void)err;
    for (size_t i = 0; i < count; i++) {
        counters[i].is_raw = counters[i].rate && memory_rate.frequency;
        counters[i].raw = memory_rate;
        if (!counters[i].is_raw)
            counter_fail(&counters[i], READ_NO_OBJECT, source->arena, "nothing here");
    }
    memory_rate.ticks += memory_rate.frequency;
    return true;
}

static bool local_registry(struct source *source, const char *key, const char *value,
                           struct registry_value *ret, struct error *err)
{
    (void)source, (void)key, (void)value, (void)ret;
    return error_set_code(err, READ_UNSUPPORTED, "no registry here");
}

static bool local_rows(struct source *source, const struct row_query *query, row_visitor *visit,
                       void *context, struct error *err)
{
    (void)source, (void)query, (void)visit, (void)context;
    return error_set_code(err, READ_UNSUPPORTED, "no classes here");
}

static struct moment local_moment(const struct source *source)
{
    (void)source;
    return (struct moment){.wall = clock_now(), .zone = "", .has_bias = true};
}

static void local_close(struct source *source)
{
    (void)source;
}

const struct source_kind source_local = {
    .name = "local",
    .open = open_local,
    .counters = local_counters,
    .registry = local_registry,
    .rows = local_rows,
    .moment = local_moment,
    .close = local_close,
};
