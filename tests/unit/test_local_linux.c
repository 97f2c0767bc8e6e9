/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "counter/linux/local.h"
#include "tests/faults/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A kernel that has no CLOCK_BOOTTIME. The linker sends all calls here. */
static bool without_boottime;
int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
    if (without_boottime && clock == CLOCK_BOOTTIME) {
        errno = EINVAL;
        return -1;
    }
    return __real_clock_gettime(clock, ret);
}

/* ---- asking ---- */

#define AVAILABLE       "Memory", "Available MBytes"
#define PAGE_READS      "Memory", "Page Reads/sec"
#define MAXIMUM_SERVICE "Hyper-V Dynamic Memory Integration Service"
#define MAXIMUM         MAXIMUM_SERVICE, "Maximum Memory, Mbytes"

static struct counter ask_at(const char *root, const char *object, const char *name,
                             const char **ret_remark)
{
    struct counter counter = {.object = object, .name = name};
    struct source *source;
    struct error err;
    assert_true(local_linux_open_at(root, &arena, &source, &err));
    assert_true(source_counters(source, &counter, 1, &err));
    if (ret_remark)
        *ret_remark = source_remark(source);
    source_close(source);
    return counter;
}

static struct counter ask(const char *object, const char *name)
{
    return ask_at(unit_path(""), object, name, NULL);
}

/* The remark that a check prints after reading Available MBytes. */
static const char *remark(void)
{
    const char *text;
    ask_at(unit_path(""), AVAILABLE, &text);
    return text;
}

static const char *kernel(const char *name)
{
    const char *data = getenv("DATA");
    assert_non_null(data);
    return arena_format(&arena, "%s/linux/%s", data, name);
}

/* Two texts that end and begin alike but for the directory of the test. */
static void assert_problem(const struct counter *counter, enum read_status reading,
                           const char *problem)
{
    assert_int_equal(counter->reading, reading);
    assert_non_null(counter->problem);
    const char *text = counter->problem;
    const char *root = unit_path("");
    size_t length = strlen(root);
    if (!strncmp(text, root, length))
        text += length;
    assert_string_equal(text, problem);
    assert_int_equal(counter->count, 0);
    assert_false(counter->is_raw);
}

static void assert_value(const struct counter *counter, double value)
{
    if (counter->reading != READ_OK)
        fail_msg("%s", counter->problem);
    assert_int_equal(counter->count, 1);
    assert_string_equal(counter->samples[0].instance, "");
    assert_true(counter->samples[0].present);
    if (counter->samples[0].value < value || counter->samples[0].value > value)
        fail_msg("%.6f instead of %.6f", counter->samples[0].value, value);
}

/* ---- what kernels write ---- */

static void available_is_what_each_kernel_means_by_it(void **state)
{
    (void)state;
    static const struct {
        const char *kernel;
        double kilobytes;
    } kernels[] = {
        {"rhel-6", 146208 + 158660 + 743916 - 288}, /* without MemAvailable */
        {"debian-12", 435456},
        {"recorded-6.18", 22936120},
    };
    for (size_t i = 0; i < LENGTH(kernels); i++) {
        struct counter counter = ask_at(kernel(kernels[i].kernel), AVAILABLE, NULL);
        assert_value(&counter, kernels[i].kilobytes / 1024);
    }
}

#define UNTOLD                                                                                     \
    "this kernel does not tell how much of its cache is shared memory, which is not available: "   \
    "there may be less than this"

/* Before 3.14: what is shared (tmpfs, databases' buffers) is in Cached, and nobody can have it. */
static void shared_memory_is_not_available(void **state)
{
    (void)state;
    for (unsigned cached = 0; cached <= 4096; cached += 512)
        for (unsigned shared = 0; shared <= 4096; shared += 512) {
            unit_text_file(
                "/proc/meminfo",
                say("MemTotal: 8192 kB\nMemFree: 1024 kB\nBuffers: 256 kB\nCached: %u kB\n"
                    "Shmem: %u kB\n",
                    cached, shared));
            struct counter counter = ask(AVAILABLE);
            /* more shared than cached: read while it changed */
            assert_value(&counter, (1024 + 256 + (cached > shared ? cached - shared : 0)) / 1024.0);
            assert_null(remark());
            unit_text_file("/proc/meminfo", say("MemFree: 1024 kB\nBuffers: 256 kB\nCached: %u kB\n"
                                                "Shmem: %u kB\nMemAvailable: 2048 kB\n",
                                                cached, shared));
            counter = ask(AVAILABLE); /* the kernel's own figure counts */
            assert_value(&counter, 2);
        }
}

static void shared_memory_that_is_not_told_is_said(void **state)
{
    (void)state;
    struct counter counters[2];
    struct source *source;
    struct error err;
    unit_text_file("/proc/meminfo", "MemTotal: 8192 kB\nMemFree: 1024 kB\nBuffers: 256 kB\n"
                                    "Cached: 768 kB\n"); /* before 2.6.32 */
    assert_string_equal(remark(), UNTOLD);
    unit_text_file("/proc/self/cgroup", "7:memory:/docker/4f\n");
    unit_text_file("/sys/fs/cgroup/memory/memory.limit_in_bytes", "1048576\n");
    assert_true(local_linux_open_at(unit_path(""), &arena, &source, &err));
    for (size_t i = 0; i < LENGTH(counters); i++) { /* however often it is read */
        counters[i] = (struct counter){.object = "Memory", .name = "Available MBytes"};
        assert_true(source_counters(source, &counters[i], 1, &err));
        assert_value(&counters[i], 2);
    }
    assert_string_equal(source_remark(source), UNTOLD
                        "; measured the whole machine of 8 MB: the container or service that "
                        "this runs in may use 1 MB");
    source_close(source);
}

static void page_reads_come_raw(void **state)
{
    (void)state;
    static const struct {
        const char *kernel;
        uint64_t count;
    } kernels[] = {{"rhel-6", 4113}, {"debian-12", 9172}, {"recorded-6.18", 13456}};
    struct counter counter = {0};
    for (size_t i = 0; i < LENGTH(kernels); i++) {
        uint64_t before = counter.raw.ticks;
        counter = ask_at(kernel(kernels[i].kernel), PAGE_READS, NULL);
        assert_int_equal(counter.reading, READ_OK);
        assert_true(counter.is_raw);
        assert_true(counter.raw.count == kernels[i].count);
        assert_true(counter.raw.ticks >= before && counter.raw.ticks > 0);
        assert_int_equal(counter.raw.frequency, 1000);
        assert_int_equal(counter.raw.bits, sizeof(long) * 8);
    }
}

/* Linux before 2.6.39: then the uptime is that without what the machine slept. */
static void page_reads_of_a_kernel_without_boottime(void **state)
{
    (void)state;
    without_boottime = true;
    struct counter counter = ask_at(kernel("rhel-6"), PAGE_READS, NULL);
    without_boottime = false;
    assert_int_equal(counter.reading, READ_OK);
    assert_true(counter.raw.count == 4113 && counter.raw.ticks > 0);
}

static void the_maximum_is_in_debugfs(void **state)
{
    (void)state;
    struct counter counter = ask_at(kernel("debian-12"), MAXIMUM, NULL);
    assert_value(&counter, 4096);
    unit_text_file("/sys/kernel/debug/hv-balloon", "host_version          : 2.0\n"
                                                   "page_size             : 4096\n"
                                                   "total_pages_committed : 0\n"
                                                   "max_dynamic_page_count: 268435456\n");
    counter = ask(MAXIMUM);
    assert_value(&counter, 1048576); /* Hyper-V's own default: 1 TB */
}

/* Zero is what the driver begins with: the host has not told yet. The model knows it for that. */
static void zero_pages_are_passed_on(void **state)
{
    (void)state;
    unit_text_file("/sys/kernel/debug/hv-balloon",
                   "page_size             : 4096\nmax_dynamic_page_count: 0\n");
    struct counter counter = ask(MAXIMUM);
    assert_value(&counter, 0);
}

static bool take_total(void *context, const char *const *cells, struct error *err)
{
    (void)err;
    static char kept[32]; /* also where there is no memory */
    snprintf(kept, sizeof kept, "%s", cells[0]);
    *(const char **)context = kept;
    assert_string_equal(cells[1], "0.0");
    assert_null(cells[2]);
    return true;
}

/* What is asked of Win32_OperatingSystem, or of another class. */
static bool ask_rows(struct source *source, const char *class_name, const char **ret,
                     struct error *err)
{
    static const char *const properties[] = {"TotalVisibleMemorySize", "Version", "Other", NULL};
    static const char *const namespaces[] = {"root\\cimv2", NULL};
    const struct row_query query = {
        .namespaces = namespaces, .class_name = class_name, .properties = properties, .needed = 1};
    return source_rows(source, &query, take_total, ret, err);
}

static void total_memory_comes_as_windows_names_it(void **state)
{
    (void)state;
    const char *total = NULL;
    struct source *source;
    struct error err;
    assert_true(local_linux_open_at(kernel("debian-12"), &arena, &source, &err));
    assert_true(ask_rows(source, "Win32_OperatingSystem", &total, &err));
    assert_string_equal(total, "978916");
    assert_true(ask_rows(source, "Win32_OperatingSystem", &total, &err)); /* known already */
    assert_string_equal(total, "978916");
    assert_false(ask_rows(source, "Win32_ComputerSystem", &total, &err));
    assert_int_equal(err.code, READ_UNSUPPORTED);
    source_close(source);

    assert_true(local_linux_open_at(unit_path(""), &arena, &source, &err));
    assert_false(ask_rows(source, "Win32_OperatingSystem", &total, &err));
    assert_int_equal(err.code, READ_NO_OBJECT);
    unit_text_file("/proc/meminfo", "MemFree: 5 kB\n");
    assert_false(ask_rows(source, "Win32_OperatingSystem", &total, &err));
    assert_int_equal(err.code, READ_NO_COUNTER);
    assert_holds(err.text, "/proc/meminfo: no MemTotal");
    source_close(source);
}

/* ---- what can be wrong ---- */

static void what_is_not_there_is_told(void **state)
{
    (void)state;
    struct counter counter = ask(AVAILABLE);
    assert_problem(&counter, READ_NO_OBJECT, "/proc/meminfo: no such file or directory");
    counter = ask(PAGE_READS);
    assert_problem(&counter, READ_NO_OBJECT, "/proc/vmstat: no such file or directory");
    counter = ask(MAXIMUM);
    assert_problem(&counter, READ_NO_OBJECT,
                   "/sys/kernel/debug/hv-balloon: not there: that takes Linux 6.0 with "
                   "hv_balloon, and debugfs");
    counter = ask("Hyper-V Dynamic Memory Balancer", "Available Memory");
    assert_problem(&counter, READ_NO_OBJECT, "Linux has no counter of this kind");
}

static void what_has_no_number_is_told(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "\n",
        "MemTotal: 5 kB\n",
        "MemAvailable:\n",
        "MemAvailable: many kB\n",
        "MemAvailable: -5 kB\n",
        "XMemAvailable: 5 kB\n",
        "MemAvailableX: 5 kB\n",
        "MemAvailable: 99999999999999999999999 kB\n",
        "MemFree: 1 kB\nBuffers: 1 kB\nCachedX: 1 kB\n",
        "MemFree: 1 kB\nCached: 1 kB\n",
        "Buffers: 1 kB\nCached: 1 kB\n",
    };
    for (size_t i = 0; i < LENGTH(texts); i++) {
        unit_text_file("/proc/meminfo", texts[i]);
        struct counter counter = ask(AVAILABLE);
        assert_problem(&counter, READ_NO_COUNTER,
                       "/proc/meminfo: no MemAvailable, and no MemFree, Buffers and Cached");
    }
    unit_text_file("/proc/vmstat", "pgfault 12\npgmajfaults 7\n");
    struct counter counter = ask(PAGE_READS);
    assert_problem(&counter, READ_NO_COUNTER, "/proc/vmstat: no pgmajfault");
    unit_text_file("/sys/kernel/debug/hv-balloon", "page_size : 4096\n");
    counter = ask(MAXIMUM);
    assert_problem(&counter, READ_NO_COUNTER,
                   "/sys/kernel/debug/hv-balloon: no max_dynamic_page_count");
    unit_text_file("/sys/kernel/debug/hv-balloon", "max_dynamic_page_count: 1048576\n");
    counter = ask(MAXIMUM);
    assert_problem(&counter, READ_NO_COUNTER,
                   "/sys/kernel/debug/hv-balloon: no max_dynamic_page_count");
}

/* debugfs is root's alone, and checks run as somebody else. Root itself is let in everywhere, so
 * the test becomes nobody for a moment. */
static void what_may_not_be_read_is_told(void **state)
{
    (void)state;
    enum { NOBODY = 65534 };
    unit_text_file("/sys/kernel/debug/hv-balloon",
                   "page_size             : 4096\nmax_dynamic_page_count: 1048576\n");
    unit_text_file("/proc/meminfo", "MemAvailable: 1024 kB\n");
    assert_int_equal(chmod(unit_path("/sys/kernel/debug"), 0), 0);
    bool root = geteuid() == 0;
    if (root)
        assert_int_equal(seteuid(NOBODY), 0);
    struct counter counter = ask(MAXIMUM), available = ask(AVAILABLE);
    if (root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod(unit_path("/sys/kernel/debug"), 0755), 0);
    assert_problem(&counter, READ_DENIED, "/sys/kernel/debug/hv-balloon: only root may read it");
    assert_value(&available, 1);
}

static void a_directory_is_no_file(void **state)
{
    (void)state;
    unit_text_file("/proc/meminfo/x", "");
    struct counter counter = ask(AVAILABLE);
    assert_problem(&counter, READ_FAILED, "/proc/meminfo: not a regular file");
    unit_text_file("/sys/kernel/debug/hv-balloon/x", "");
    counter = ask(MAXIMUM);
    assert_problem(&counter, READ_FAILED, "/sys/kernel/debug/hv-balloon: not a regular file");
}

/* One counter that can't be read leaves the others alone. */
static void each_counter_answers_for_itself(void **state)
{
    (void)state;
    struct counter counters[] = {{.object = MAXIMUM_SERVICE, .name = "Maximum Memory, Mbytes"},
                                 {.object = "memory", .name = "AVAILABLE MBYTES"},
                                 {.object = "Memory", .name = "Pages/sec"}};
    struct source *source;
    struct error err;
    unit_text_file("/proc/meminfo", "MemTotal: 4096 kB\nMemAvailable: 2048 kB\n");
    assert_true(local_linux_open_at(unit_path(""), &arena, &source, &err));
    assert_true(source_counters(source, counters, LENGTH(counters), &err));
    assert_int_equal(counters[0].reading, READ_NO_OBJECT);
    assert_value(&counters[1], 2); /* names are compared as Windows does, without regard to case */
    assert_int_equal(counters[2].reading, READ_NO_OBJECT);
    source_close(source);
}

/* ---- control groups ---- */

static void put_machine(void)
{
    unit_text_file("/proc/meminfo",
                   "MemTotal: 16777216 kB\nMemFree: 1 kB\nMemAvailable: 8388608 kB\n");
}

#define SAYS(limit)                                                                                \
    "measured the whole machine of 16.0 GB: the container or service that this runs in may "       \
    "use " limit

static void without_a_limit_nothing_is_said(void **state)
{
    (void)state;
    put_machine();
    assert_null(remark()); /* no control groups at all */
    unit_text_file("/proc/self/cgroup", "0::/system.slice/nrpe.service\n");
    assert_null(remark());
    unit_text_file("/sys/fs/cgroup/system.slice/nrpe.service/memory.max", "max\n");
    unit_text_file("/sys/fs/cgroup/system.slice/memory.max", "max\n");
    assert_null(remark());
    unit_text_file("/proc/self/cgroup", "4:memory:/\n1:name=systemd:/\n0::/\n");
    unit_text_file("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    assert_null(remark());
}

static void limits_of_version_2(void **state)
{
    (void)state;
    put_machine();
    unit_text_file("/proc/self/cgroup", "0::/\n"); /* a container with a view of its own */
    unit_text_file("/sys/fs/cgroup/memory.max", "536870912\n");
    assert_string_equal(remark(), SAYS("512 MB"));
}

/* Whatever is asked for first; and where the machine's memory is not told, nothing can be said. */
static void a_limit_is_told_beside_any_counter(void **state)
{
    (void)state;
    const char *text;
    unit_text_file("/proc/vmstat", "pgmajfault\t12\n");
    unit_text_file("/proc/self/cgroup", "0::/\n");
    unit_text_file("/sys/fs/cgroup/memory.max", "536870912\n");
    ask_at(unit_path(""), PAGE_READS, &text);
    assert_null(text);
    put_machine();
    struct counter counter = ask_at(unit_path(""), PAGE_READS, &text);
    assert_int_equal(counter.raw.count, 12);
    assert_string_equal(text, SAYS("512 MB"));
}

static void limits_of_nested_groups(void **state)
{
    (void)state;
    put_machine();
    unit_text_file("/proc/self/cgroup", "0::/kubepods.slice/pod7.slice/cri-1.scope\n");
    unit_text_file("/sys/fs/cgroup/kubepods.slice/pod7.slice/cri-1.scope/memory.max", "max\n");
    unit_text_file("/sys/fs/cgroup/kubepods.slice/pod7.slice/memory.max", "1073741824\n");
    unit_text_file("/sys/fs/cgroup/kubepods.slice/memory.max", "8589934592\n");
    assert_string_equal(remark(), SAYS("1024 MB")); /* the smallest of all above counts */
    unit_text_file("/sys/fs/cgroup/kubepods.slice/pod7.slice/cri-1.scope/memory.max",
                   "268435456\n");
    assert_string_equal(remark(), SAYS("256 MB"));
}

static void limits_of_version_1(void **state)
{
    (void)state;
    put_machine();
    unit_text_file("/proc/self/cgroup", "13:cpuset:/docker/4f\n" /* as long as "memory" */
                                        "12:cpu,cpuacct:/docker/4f\n"
                                        "7:hugetlb,memory:/docker/4f\n"
                                        "1:name=systemd:/docker/4f\n"
                                        "0::/docker/4f\n");
    unit_text_file("/sys/fs/cgroup/memory/docker/4f/memory.limit_in_bytes", "2147483648\n");
    unit_text_file("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    assert_string_equal(remark(), SAYS("2048 MB"));
}

/* Docker with version 1 shows the path on the host, but mounts the container's own group as the
 * top. */
static void the_top_of_what_is_mounted_counts(void **state)
{
    (void)state;
    put_machine();
    unit_text_file("/proc/self/cgroup", "7:memory:/docker/4f\n");
    unit_text_file("/sys/fs/cgroup/memory/memory.limit_in_bytes", "134217728\n");
    assert_string_equal(remark(), SAYS("128 MB"));
}

static void a_limit_above_the_machine_is_none(void **state)
{
    (void)state;
    put_machine();
    unit_text_file("/proc/self/cgroup", "0::/x\n");
    unit_text_file("/sys/fs/cgroup/x/memory.max", "17179869184\n"); /* just what the machine has */
    assert_null(remark());
    unit_text_file("/sys/fs/cgroup/x/memory.max", "17179868160\n");
    assert_string_equal(remark(), SAYS("16.0 GB"));
}

static void odd_groups_do_no_harm(void **state)
{
    (void)state;
    put_machine();
    static const char *const lines[] = {
        "",
        "\n",
        ":",
        "::\n",
        "0:\n",
        "0::",
        "0::/x",
        "memory\n",
        "7:memory\n:memory:/x\n",
        "7:memoryx,xmemory,:/x\n",
        "0::/../../..\n",
        "0::/x (deleted)\n",
    };
    unit_text_file("/sys/fs/cgroup/memory/x/memory.limit_in_bytes", "1048576\n");
    for (size_t i = 0; i < LENGTH(lines); i++) {
        unit_text_file("/proc/self/cgroup", lines[i]);
        const char *text = remark();
        if (!strstr(lines[i], ":memory:"))
            assert_null(text);
    }
    char *endless = arena_array(&arena, 8192, 1);
    memset(endless, 'a', 8190);
    memcpy(endless, "0::/", 4);
    endless[8190] = '\n';
    unit_text_file("/proc/self/cgroup", endless);
    assert_null(remark());
}

/* ---- no memory ---- */

/* Opens it, and asks for everything; all that it said, or "": that there is no memory, which the
 * arena or a counter told. */
static const char *ask_all(const char *root, struct arena *memory)
{
    struct counter counters[] = {{.object = "Memory", .name = "Available MBytes"},
                                 {.object = "Memory", .name = "Page Reads/sec"},
                                 {.object = MAXIMUM_SERVICE, .name = "Maximum Memory, Mbytes"},
                                 {.object = "Memory", .name = "Pages/sec"}};
    struct source *source;
    struct error err;
    static char said[1024];
    const char *total = "?";
    size_t length = 0;
    if (!local_linux_open_at(root, memory, &source, &err))
        return "";
    source_counters(source, counters, LENGTH(counters), &err);
    if (!ask_rows(source, "Win32_OperatingSystem", &total, &err))
        total = "none";
    bool told = memory->failed;
    for (size_t i = 0; i < LENGTH(counters) && !told; i++) {
        const char *problem = counters[i].problem ? counters[i].problem : "";
        double value = counters[i].count ? counters[i].samples[0].value : 0;
        told = strstr(problem, "out of memory");
        length += (size_t)snprintf(said + length, sizeof said - length, "%d %g %s, ",
                                   counters[i].reading, value, problem);
    }
    const char *remark = source_remark(source);
    snprintf(said + length, sizeof said - length, "%s, %s", total, remark ? remark : "");
    source_close(source);
    return told ? "" : said;
}

/* Whichever of all that it takes is not there: that is told, and nothing else said instead. */
static void without_memory_nothing_else_is_said(void **state)
{
    (void)state;
    put_machine();
    unit_text_file("/proc/meminfo", "MemTotal: 16777216 kB\nMemFree: 1024 kB\nBuffers: 0 kB\n"
                                    "Cached: 0 kB\n");
    unit_text_file("/proc/vmstat", "pgmajfault 12\n");
    unit_text_file("/sys/kernel/debug/hv-balloon",
                   "page_size: 4096\nmax_dynamic_page_count: 1048576\n");
    unit_text_file("/proc/self/cgroup", "0::/a.slice\n");
    unit_text_file("/sys/fs/cgroup/memory.max", "536870912\n");
    struct arena memory = {0};
    const char *root = unit_path("");
    allocations.made = 0;
    const char *undisturbed = say("%s", ask_all(root, &memory));
    unsigned all = allocations.made;
    arena_free(&memory);
    assert_string_equal(undisturbed, say("0 1 , 0 0 , 0 4096 , 1 0 Linux has no counter of this "
                                         "kind, 16777216, " UNTOLD "; " SAYS("512 MB")));
    for (unsigned number = 1; number <= all; number++) {
        allocations.made = 0;
        allocations.first = number;
        const char *said = ask_all(root, &memory);
        allocations.first = 0;
        if (*said && strcmp(said, undisturbed) != 0)
            fail_msg("allocation %u of %u: %s", number, all, said);
        arena_free(&memory);
    }
}

RUN_TESTS(TEST(available_is_what_each_kernel_means_by_it), TEST(shared_memory_is_not_available),
          TEST(shared_memory_that_is_not_told_is_said), TEST(page_reads_come_raw),
          TEST(page_reads_of_a_kernel_without_boottime), TEST(the_maximum_is_in_debugfs),
          TEST(zero_pages_are_passed_on), TEST(total_memory_comes_as_windows_names_it),
          TEST(what_is_not_there_is_told), TEST(what_has_no_number_is_told),
          TEST(what_may_not_be_read_is_told), TEST(a_directory_is_no_file),
          TEST(each_counter_answers_for_itself), TEST(without_a_limit_nothing_is_said),
          TEST(limits_of_version_2), TEST(a_limit_is_told_beside_any_counter),
          TEST(limits_of_nested_groups), TEST(limits_of_version_1),
          TEST(the_top_of_what_is_mounted_counts), TEST(a_limit_above_the_machine_is_none),
          TEST(odd_groups_do_no_harm), TEST(without_memory_nothing_else_is_said));
