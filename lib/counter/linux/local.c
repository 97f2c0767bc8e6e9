/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The source `local` on Linux: a guest's memory under the counter paths that Windows has for it.
 *
 *   \Memory\Available MBytes   MemAvailable of /proc/meminfo. Kernels before 3.14 lack it; then
 *                              MemFree + Buffers + Cached - Shmem: what programs share and tmpfs
 *                              holds is in Cached, and can't be had. Kernels before 2.6.32 don't
 *                              tell it, which is said. The balloon driver tells the host the same
 *                              figure (si_mem_available()).
 *   \Memory\Page Reads/sec     pgmajfault of /proc/vmstat: faults that had to wait for a disk
 *   \Hyper-V Dynamic Memory Integration Service\Maximum Memory, Mbytes
 *                              max_dynamic_page_count of hv_balloon's file in debugfs, which
 *                              kernels since 6.0 have, for root alone; 0: the host has not said
 *   Win32_OperatingSystem      TotalVisibleMemorySize: MemTotal
 */
#include "counter/linux/local.h"

#include "counter/source.h"
#include "platform/platform.h"
#include "plugin/scan.h"
#include "plugin/show.h"

#include <string.h>
#include <strings.h>
#include <time.h>

/* Files of the kernel have no size and are made while they are read. The longest, /proc/vmstat, has
 * some 6 KB. */
enum { KERNEL_FILE = 24 * 1024 };

struct local {
    struct source source;
    const char *root;
    struct text path; /* of the file that was read last */
    struct text text; /* and what it holds */
    uint64_t total;   /* MemTotal, where /proc/meminfo was read; KB */
};

bool local_linux_open_at(const char *root, struct arena *arena, struct source **ret,
                         struct error *err)
{
    struct local *local = ARENA_NEW(arena, struct local);
    if (!local)
        return error_memory(err);
    local->source = (struct source){.kind = &source_local, .arena = arena};
    local->root = root;
    *ret = &local->source;
    return true;
}

static bool open_local(const char *argument, const struct source_options *options,
                       struct arena *arena, struct source **ret, struct error *err)
{
    (void)options; /* it honours none */
    return source_is_plain_local(argument, err) && local_linux_open_at("", arena, ret, err);
}

static void close_local(struct source *source)
{
    struct local *local = (struct local *)source;
    text_free(&local->path);
    text_free(&local->text);
}

static struct moment local_moment(const struct source *source)
{
    (void)source;
    return (struct moment){.wall = clock_now(), .zone = "UTC", .has_bias = true};
}

/* ---- files of the kernel ---- */

static bool read_kernel_file(struct local *local, const char *name, struct error *err)
{
    struct file file;
    size_t got;
    text_cut(&local->path, 0);
    text_puts(&local->path, local->root);
    text_puts(&local->path, name);
    if (local->path.failed)
        return error_memory(err);
    if (!file_open(local->path.bytes, &file, err)) {
        err->code = err->code == PLATFORM_DENIED   ? READ_DENIED
                    : err->code == PLATFORM_ABSENT ? READ_NO_OBJECT
                                                   : READ_FAILED;
        return false;
    }
    text_cut(&local->text, 0);
    bool read = text_reserve(&local->text, KERNEL_FILE)
                    ? file_read(&file, 0, local->text.bytes, KERNEL_FILE, &got, err)
                    : error_memory(err);
    file_close(&file);
    if (!read) {
        err->code = READ_FAILED;
        return error_prefix(err, "%s: ", local->path.bytes);
    }
    local->text.length = got;
    local->text.bytes[got] = '\0';
    return true;
}

/* A whole number; false where there is none, or one that nothing here can be. */
static bool parse_number(const char *text, uint64_t *ret)
{
    uint64_t value = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9'; at++) {
        if (value > (UINT64_MAX - 9) / 10)
            return false;
        value = value * 10 + (uint64_t)(*at - '0');
    }
    *ret = value;
    return at > text;
}

/* The number behind a name at the beginning of a line: "MemFree:   123 kB", "pgmajfault 12". */
static bool find_number(const char *text, const char *name, uint64_t *ret)
{
    size_t length = strlen(name);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (*line != *name || !scan_begins(line, name))
            continue;
        size_t between = scan_span(line + length, " \t:");
        if (between && parse_number(line + length + between, ret))
            return true;
    }
    return false;
}

/* The total with it, for what else is asked of this moment. */
static bool read_meminfo(struct local *local, struct error *err)
{
    if (!read_kernel_file(local, "/proc/meminfo", err))
        return false;
    if (!find_number(local->text.bytes, "MemTotal", &local->total))
        local->total = 0;
    return true;
}

/* ---- counters ---- */

static bool answer(struct counter *counter, double value, struct arena *arena, struct error *err)
{
    counter->samples = ARENA_NEW(arena, struct sample);
    if (!counter->samples)
        return error_memory(err);
    counter->samples[0] = (struct sample){.instance = "", .value = value, .present = true};
    counter->count = 1;
    return true;
}

/* Say something of all that was read, behind what is said already; once, however often it is read.
 */
static void remark(struct local *local, const char *words)
{
    const char *before = local->source.remark;
    if (!before)
        local->source.remark = words;
    else if (!scan_find(before, words))
        local->source.remark = arena_format(local->source.arena, "%s; %s", before, words);
}

/* On a kernel that does not tell it: what is free, and what of the page cache can be had. */
static bool reckon_available(struct local *local, uint64_t *ret, struct error *err)
{
    const char *text = local->text.bytes;
    uint64_t free_memory, buffers, cached, shared = 0;
    if (!find_number(text, "MemFree", &free_memory) || !find_number(text, "Buffers", &buffers) ||
        !find_number(text, "Cached", &cached))
        return error_set_code(err, READ_NO_COUNTER,
                              "%s: no MemAvailable, and no MemFree, Buffers and Cached",
                              local->path.bytes);
    if (!find_number(text, "Shmem", &shared))
        remark(local, "this kernel does not tell how much of its cache is shared memory, which is "
                      "not available: there may be less than this");
    *ret = free_memory + buffers + (cached > shared ? cached - shared : 0);
    return true;
}

static bool read_available(struct local *local, struct counter *counter, struct error *err)
{
    uint64_t available;
    return read_meminfo(local, err) &&
           (find_number(local->text.bytes, "MemAvailable", &available) ||
            reckon_available(local, &available, err)) &&
           answer(counter, (double)available / 1024, local->source.arena, err);
}

static bool read_page_reads(struct local *local, struct counter *counter, struct error *err)
{
    struct timespec up;
    if (!read_kernel_file(local, "/proc/vmstat", err))
        return false;
    if (!find_number(local->text.bytes, "pgmajfault", &counter->raw.count))
        return error_set_code(err, READ_NO_COUNTER, "%s: no pgmajfault", local->path.bytes);
    if (clock_gettime(CLOCK_BOOTTIME, &up) != 0) /* Linux before 2.6.39 */
        clock_gettime(CLOCK_MONOTONIC, &up);
    counter->raw.ticks = (uint64_t)up.tv_sec * 1000 + (uint64_t)up.tv_nsec / 1000000;
    counter->raw.frequency = 1000;
    counter->raw.bits = sizeof(unsigned long) * 8; /* the kernel's own counter has this width */
    counter->is_raw = true;
    return true;
}

static bool read_maximum(struct local *local, struct counter *counter, struct error *err)
{
    static const char name[] = "/sys/kernel/debug/hv-balloon";
    uint64_t pages, page_size;
    if (!read_kernel_file(local, name, err)) {
        if (err->code == READ_DENIED)
            return error_set_code(err, READ_DENIED, "%s: only root may read it", local->path.bytes);
        if (err->code == READ_NO_OBJECT)
            return error_set_code(
                err, READ_NO_OBJECT,
                "%s: not there: that takes Linux 6.0 with hv_balloon, and debugfs",
                local->path.bytes);
        return false;
    }
    if (!find_number(local->text.bytes, "max_dynamic_page_count", &pages) ||
        !find_number(local->text.bytes, "page_size", &page_size))
        return error_set_code(err, READ_NO_COUNTER, "%s: no max_dynamic_page_count",
                              local->path.bytes);
    return answer(counter, (double)pages * (double)page_size / (1024 * 1024), local->source.arena,
                  err);
}

static const struct {
    const char *object, *name;
    bool (*read)(struct local *local, struct counter *counter, struct error *err);
} known[] = {
    {"Memory", "Available MBytes", read_available},
    {"Memory", "Page Reads/sec", read_page_reads},
    {"Hyper-V Dynamic Memory Integration Service", "Maximum Memory, Mbytes", read_maximum},
};

static void tell_limit(struct local *local);

static bool local_counters(struct source *source, struct counter *counters, size_t count,
                           struct error *err)
{
    struct local *local = (struct local *)source;
    (void)err; /* each counter tells its own */
    for (size_t i = 0; i < count; i++) {
        struct counter *counter = &counters[i];
        size_t k = 0, rows = sizeof known / sizeof *known;
        while (k < rows && (!scan_ascii_equal(known[k].object, counter->object) ||
                            !scan_ascii_equal(known[k].name, counter->name)))
            k++;
        struct error cause;
        if (k == rows)
            counter_fail(counter, READ_NO_OBJECT, source->arena,
                         "Linux has no counter of this kind");
        else if (!known[k].read(local, counter, &cause))
            counter_fail(counter, cause.code ? (enum read_status)cause.code : READ_FAILED,
                         source->arena, "%s", cause.text);
    }
    tell_limit(local);
    return true;
}

/* ---- the rest ---- */

static bool local_registry(struct source *source, const char *key, const char *value,
                           struct registry_value *ret, struct error *err)
{
    (void)source, (void)key, (void)value, (void)ret;
    return error_set_code(err, READ_UNSUPPORTED,
                          "Linux has no registry: this check is for a Hyper-V host, or for a "
                          "record of one (--source=record:DIR)");
}

static bool local_rows(struct source *source, const struct row_query *query, row_visitor *visit,
                       void *context, struct error *err)
{
    struct local *local = (struct local *)source;
    if (strcmp(query->class_name, "Win32_OperatingSystem") != 0)
        return error_set_code(err, READ_UNSUPPORTED, "Linux has no WMI");
    if (!local->total && !read_meminfo(local, err))
        return false;
    if (!local->total)
        return error_set_code(err, READ_NO_COUNTER, "%s: no MemTotal", local->path.bytes);
    size_t count = 0;
    while (query->properties[count])
        count++;
    const char *kilobytes = arena_format(source->arena, "%llu", (unsigned long long)local->total);
    const char **cells = arena_array(source->arena, count, sizeof *cells);
    if (!cells)
        return error_memory(err);
    for (size_t i = 0; i < count; i++)
        cells[i] = !strcmp(query->properties[i], "TotalVisibleMemorySize") ? kilobytes
                   : !strcmp(query->properties[i], "Version")              ? "0.0"
                                                                           : NULL;
    return visit(context, cells, err);
}

const struct source_kind source_local = {
    .name = "local",
    .open = open_local,
    .counters = local_counters,
    .registry = local_registry,
    .rows = local_rows,
    .moment = local_moment,
    .close = close_local,
};

/* ---- containers ---- */

/*
 * /proc/meminfo and /proc/vmstat are the whole machine's, even where a control group allows less.
 * The balloon and the pager care for the machine, but whoever runs this in a container, or in a
 * service with MemoryMax=, may expect otherwise: say so. (Under lxcfs, meminfo is the container's
 * own; then the limit is not below its MemTotal.)
 *
 * A group is limited by its own file and by those of all groups above it. In a container these
 * paths may begin above what is mounted there; then only the mount's top is found, which is the
 * container's own group.
 */
static const struct hierarchy {
    const char *controller; /* in /proc/self/cgroup; version 2 has none there */
    const char *mount, *file;
} hierarchies[] = {
    {"memory", "/sys/fs/cgroup/memory", "/memory.limit_in_bytes"},
    {"", "/sys/fs/cgroup", "/memory.max"},
};
enum { HIERARCHIES = sizeof hierarchies / sizeof *hierarchies };

/* Is it one of the names between commas? */
static bool has_name(const char *list, size_t length, const char *name)
{
    size_t wanted = strlen(name);
    if (!wanted)
        return !length;
    for (const char *end = list + length; list < end;) {
        const char *comma = memchr(list, ',', (size_t)(end - list));
        size_t one = (size_t)((comma ? comma : end) - list);
        if (one == wanted && !memcmp(list, name, one))
            return true;
        list += one + 1;
    }
    return false;
}

/* Append the group that this process is in, of lines "4:cpu,memory:/path" and "0::/path"; nothing,
 * where that is the first. False: this hierarchy has no such controller. */
static bool find_group(const char *text, const char *controller, struct text *group)
{
    for (const char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
        const char *names = strchr(line, ':'), *path = names ? strchr(names + 1, ':') : NULL;
        if (!path || path > end || !has_name(names + 1, (size_t)(path - names - 1), controller))
            continue;
        if (end > path + 2) /* more than "/" */
            text_add(group, path + 1, (size_t)(end - path - 1));
        return true;
    }
    return false;
}

/* Of the hierarchy's top and the groups down to this one, which begins at path's mount. */
static uint64_t smallest_limit(struct local *local, const struct hierarchy *hierarchy,
                               struct text *path)
{
    uint64_t smallest = UINT64_MAX, limit;
    size_t mount = strlen(hierarchy->mount), at = path->length;
    while (!path->failed) {
        struct error none;
        text_puts(path, hierarchy->file);
        if (read_kernel_file(local, path->bytes, &none) &&
            parse_number(local->text.bytes, &limit) && limit < smallest)
            smallest = limit;
        if (at == mount)
            break;
        do
            at--;
        while (at > mount && path->bytes[at] != '/');
        text_cut(path, at);
    }
    return smallest;
}

/* Of the group that this process is in; UINT64_MAX: none. */
static uint64_t own_limit(struct local *local, struct text *path)
{
    struct error none;
    if (!read_kernel_file(local, "/proc/self/cgroup", &none))
        return UINT64_MAX;
    for (size_t i = 0; i < HIERARCHIES; i++) {
        text_cut(path, 0);
        text_puts(path, hierarchies[i].mount);
        if (find_group(local->text.bytes, hierarchies[i].controller, path))
            return smallest_limit(local, &hierarchies[i], path); /* a controller is in one */
    }
    return UINT64_MAX;
}

static void tell_limit(struct local *local)
{
    struct text path = {0};
    struct error none;
    uint64_t smallest = own_limit(local, &path);
    if (path.failed || local->path.failed || local->text.failed) /* there may be a smaller one */
        local->source.arena->failed = true;
    text_free(&path);
    /* Where there is none, version 2 says "max", and version 1 a number near 2^63. */
    if (smallest > INT64_MAX / 2 || (!local->total && !read_meminfo(local, &none)) ||
        smallest / 1024 >= local->total)
        return;
    const char *words = arena_format(
        local->source.arena,
        "measured the whole machine of %s: the container or service that this runs in may use %s",
        SHOW(show_memory, (double)local->total * 1024), SHOW(show_memory, (double)smallest));
    remark(local, words);
}
