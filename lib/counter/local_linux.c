/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The source `local` on Linux: a guest's memory under the counter paths that Windows has for it.
 *
 *   \Memory\Available MBytes   MemAvailable of /proc/meminfo. Kernels before 3.14 lack it; then
 *                              MemFree + Buffers + Cached, as free(1) did it. The balloon driver
 *                              tells the host the same figure (si_mem_available()).
 *   \Memory\Page Reads/sec     pgmajfault of /proc/vmstat: faults that had to wait for a disk
 *   \Hyper-V Dynamic Memory Integration Service\Maximum Memory, Mbytes
 *                              max_dynamic_page_count of hv_balloon's file in debugfs, which
 *                              kernels since 6.0 have, for root alone
 *   Win32_OperatingSystem      TotalVisibleMemorySize: MemTotal
 */
#include "counter/local_linux.h"

#include "counter/source.h"
#include "platform/platform.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

struct local {
    struct source source;
    const char *root;
};

bool local_linux_open_at(const char *root, struct arena *arena, struct source **ret,
                         struct error *err)
{
    struct local *local = ARENA_NEW(arena, struct local);
    if (!local)
        return error_memory(err);
    *local = (struct local){.source = {.kind = &source_local, .arena = arena}, .root = root};
    *ret = &local->source;
    return true;
}

static bool open_local(const char *argument, const struct source_options *options,
                       struct arena *arena, struct source **ret, struct error *err)
{
    if (argument)
        return error_set(err,
                         "--source: local takes nothing behind it: expected local or record:DIR");
    if (options->at)
        return error_set(err, "--at is for a record: local reads the present");
    return local_linux_open_at("", arena, ret, err);
}

static void close_local(struct source *source)
{
    (void)source;
}

static struct moment local_moment(const struct source *source)
{
    (void)source;
    return (struct moment){.wall = clock_now(), .zone = "UTC", .has_bias = true};
}

/* ---- files of the kernel ---- */

/* These have no size and are made while they are read: one read() of enough bytes is one moment. */
enum { KERNEL_FILE = 32 * 1024 };

struct kernel_file {
    char path[256];
    char text[KERNEL_FILE];
};

static bool read_kernel_file(const struct local *local, const char *name, struct kernel_file *file,
                             struct error *err)
{
    size_t root = strlen(local->root), length = strlen(name);
    if (root + length >= sizeof file->path)
        return error_set(err, "%s: too long a path", local->root);
    memcpy(file->path, local->root, root);
    memcpy(file->path + root, name, length + 1);
    int fd = open(file->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_set_code(err,
                              errno == EACCES || errno == EPERM ? READ_DENIED
                              : errno == ENOENT                 ? READ_NO_OBJECT
                                                                : READ_FAILED,
                              "%s: %s", file->path, strerror(errno));
    size_t got = 0;
    ssize_t part;
    while ((part = read(fd, file->text + got, sizeof file->text - 1 - got)) != 0) {
        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0)
            break;
        got += (size_t)part;
    }
    int error = errno;
    close(fd);
    if (part < 0)
        return error_set_code(err, READ_FAILED, "%s: %s", file->path, strerror(error));
    file->text[got] = '\0';
    return true;
}

/* The number behind a name at the beginning of a line: "MemFree:   123 kB", "pgmajfault 12". */
static bool find_number(const char *text, const char *name, uint64_t *ret)
{
    size_t length = strlen(name);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) != 0)
            continue;
        const char *at = line + length;
        at += strspn(at, " \t:");
        if (at == line + length || *at < '0' || *at > '9')
            continue;
        *ret = strtoull(at, NULL, 10);
        return true;
    }
    return false;
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

static bool read_available(struct local *local, struct counter *counter, struct error *err)
{
    struct kernel_file file;
    uint64_t available, free_memory, buffers, cached;
    if (!read_kernel_file(local, "/proc/meminfo", &file, err))
        return false;
    if (!find_number(file.text, "MemAvailable", &available)) {
        if (!find_number(file.text, "MemFree", &free_memory) ||
            !find_number(file.text, "Buffers", &buffers) ||
            !find_number(file.text, "Cached", &cached))
            return error_set_code(err, READ_NO_COUNTER, "%s: no MemAvailable, and no MemFree",
                                  file.path);
        available = free_memory + buffers + cached;
    }
    return answer(counter, (double)available / 1024, local->source.arena, err);
}

static bool read_page_reads(struct local *local, struct counter *counter, struct error *err)
{
    struct kernel_file file;
    struct timespec up;
    if (!read_kernel_file(local, "/proc/vmstat", &file, err))
        return false;
    if (!find_number(file.text, "pgmajfault", &counter->raw.count))
        return error_set_code(err, READ_NO_COUNTER, "%s: no pgmajfault", file.path);
    clock_gettime(CLOCK_BOOTTIME, &up);
    counter->raw.ticks = (uint64_t)up.tv_sec * 1000 + (uint64_t)up.tv_nsec / 1000000;
    counter->raw.frequency = 1000;
    counter->raw.bits = sizeof(unsigned long) * 8; /* the kernel's own counter has this width */
    counter->is_raw = true;
    return true;
}

static bool read_maximum(struct local *local, struct counter *counter, struct error *err)
{
    static const char name[] = "/sys/kernel/debug/hv-balloon";
    struct kernel_file file;
    uint64_t pages, page_size;
    if (!read_kernel_file(local, name, &file, err)) {
        if (err->code == READ_DENIED)
            return error_set_code(err, READ_DENIED, "%s: only root may read it", file.path);
        return false;
    }
    if (!find_number(file.text, "max_dynamic_page_count", &pages) ||
        !find_number(file.text, "page_size", &page_size))
        return error_set_code(err, READ_NO_COUNTER, "%s: no max_dynamic_page_count", file.path);
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

static void tell_container(struct local *local);

static bool local_counters(struct source *source, struct counter *counters, size_t count,
                           struct error *err)
{
    struct local *local = (struct local *)source;
    for (size_t i = 0; i < count; i++) {
        struct counter *counter = &counters[i];
        size_t k = 0, rows = sizeof known / sizeof *known;
        while (k < rows && (strcasecmp(known[k].object, counter->object) != 0 ||
                            strcasecmp(known[k].name, counter->name) != 0))
            k++;
        struct error cause;
        bool told = k == rows ? counter_fail(counter, READ_NO_OBJECT, source->arena,
                                             "Linux has no counter of this kind")
                    : known[k].read(local, counter, &cause)
                        ? true
                        : counter_fail(counter, cause.code ? (enum reading)cause.code : READ_FAILED,
                                       source->arena, "%s", cause.text);
        if (!told)
            return error_memory(err);
    }
    tell_container(local);
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
    struct kernel_file file;
    uint64_t total;
    if (strcmp(query->class_name, "Win32_OperatingSystem") != 0)
        return error_set_code(err, READ_UNSUPPORTED, "Linux has no WMI");
    if (!read_kernel_file(local, "/proc/meminfo", &file, err))
        return false;
    if (!find_number(file.text, "MemTotal", &total))
        return error_set_code(err, READ_NO_COUNTER, "%s: no MemTotal", file.path);
    char kilobytes[32];
    const char *cells[8] = {0};
    snprintf(kilobytes, sizeof kilobytes, "%llu", (unsigned long long)total);
    for (size_t i = 0; query->properties[i] && i < sizeof cells / sizeof *cells; i++)
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

/* /proc/meminfo is the machine's even where a control group allows less. Say so: the balancer and
 * the pager care for the machine, but whoever runs this in a container may expect otherwise. v2 has
 * "max" where there is no limit, v1 a number near 2^63. */
static void tell_container(struct local *local)
{
    static const char *const limits[] = {"/sys/fs/cgroup/memory.max",
                                         "/sys/fs/cgroup/memory/memory.limit_in_bytes"};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct kernel_file file;
        struct error none;
        if (!read_kernel_file(local, limits[i], &file, &none))
            continue;
        char *end;
        uint64_t bytes = strtoull(file.text, &end, 10);
        if (end == file.text || bytes >= (uint64_t)1 << 60)
            continue;
        local->source.remark =
            arena_format(local->source.arena,
                         "measured the whole machine, not this container, which may use %llu MB",
                         (unsigned long long)(bytes / (1024 * 1024)));
        return;
    }
}
