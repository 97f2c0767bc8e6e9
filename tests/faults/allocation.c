/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Out of memory at every place where it can be: for every allocation that a check makes on a
 * record, it is run again with that one failing, and again with that one and all later ones. Each
 * time it must answer UNKNOWN on one line that says so, exit with 3, and have given back all that
 * it took.
 *
 * The linker sends this program's malloc(), calloc(), realloc() and free() here (--wrap); files are
 * those of the fuzz targets, in memory.
 */
#include "../fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- allocations ---- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *old);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *old);

static struct {
    unsigned made;  /* since it was armed */
    unsigned first; /* the one that fails, from 1; 0: none */
    bool later;     /* and all behind it */
    long live;      /* taken and not given back */
} allocations;

static bool fails(void)
{
    unsigned number = ++allocations.made;
    return allocations.first &&
           (number == allocations.first || (allocations.later && number > allocations.first));
}

static void *taken(void *block)
{
    allocations.live += block != NULL;
    return block;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : taken(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : taken(__real_calloc(count, size));
}

void *__wrap_realloc(void *old, size_t size)
{
    if (fails())
        return NULL;
    void *block = __real_realloc(old, size);
    allocations.live += !old && block;
    return block;
}

void __wrap_free(void *old)
{
    allocations.live -= old != NULL;
    __real_free(old);
}

/* ---- records ---- */

static void load_file(const char *directory, const char *name)
{
    char path[4096];
    static uint8_t bytes[1024 * 1024];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return;
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    snprintf(path, sizeof path, "R/%s", name);
    memory_file(path, bytes, size);
}

static void load_record(const char *record)
{
    char directory[2048];
    const char *data = getenv("DATA");
    snprintf(directory, sizeof directory, "%s/%s", data ? data : "tests/data", record);
    DIR *entries = opendir(directory);
    HOLDS(entries);
    for (struct dirent *entry; (entry = readdir(entries));)
        load_file(directory, entry->d_name);
    closedir(entries);
}

/* ---- the test ---- */

enum { ARGUMENTS = 8 };

static const struct test {
    const struct check *check;
    const char *record;
    const char *arguments[ARGUMENTS];
} tests[] = {
    {&check_hv_balancer, "formats/typeperf-file", {"-v", "--all-counters", "-w", "10%:"}},
    {&check_hv_balancer, "formats/numa", {"-v", "--all-counters", "--record=D"}},
    {&check_hv_balancer, "formats/utf16", {"--at=2011-09-01 12:00:20"}},
    {&check_hv_balancer, "formats/no-hyperv", {"-v"}},
    {&check_hv_balancer, "guideline/no-reserve/host", {"--at=2011-09-01 10:35:45"}},
    {&check_hv_vm_memory, "formats/odd-names", {"-v", "--all-counters"}},
    {&check_hv_vm_memory, "formats/cp932", {"-v", "--label=guid", "--record=D"}},
    {&check_hv_vm_memory, "formats/typeperf-stdout-de", {"-v", "--include=*", "--exclude=x"}},
    {&check_hv_vm_memory, "guideline/reserve/host", {"--override=VM*,warning=1,critical=2"}},
    {&check_hv_vm_memory, "guideline/dynamic-88/host", {"-v", "--max-bytes=1023"}},
    {&check_hv_vm_memory, "formats/reg-ansi", {"--maximum=4GB"}},
    {&check_hv_guest_memory, "guideline/one-vm/vm2", {"-v", "--encoding=cp1252"}},
    {&check_hv_page_reads, "guideline/no-reserve/host", {"-v", "--record=D"}},
    {&check_hv_memory_reserve, "guideline/reserve/host", {"-v", "--record=D"}},
    {&check_hv_memory_reserve, "formats/reg-continued", {"--expect=2048", "--extra-opts=s@ini"}},
    {&check_hv_memory_reserve, "formats/reg-string", {"-w", "1024:", "--help"}},
    {&check_hv_memory_reserve, "formats/reg-utf16", {"--no-such"}},
};

static int run(const struct test *test, unsigned first, bool later)
{
    const char *arguments[ARGUMENTS + 3] = {test->check->program, "--source=record:R"};
    int count = 2;
    for (const char *const *more = test->arguments; *more; more++)
        arguments[count++] = *more;
    allocations.made = 0;
    allocations.first = first;
    allocations.later = later;
    int status = check_main(test->check, count, (char *const *)(uintptr_t)arguments);
    allocations.first = 0;
    return status;
}

/* What the check would say if nothing failed, and with each failing; NULL: all is as it must be. */
static const char *problem(const struct test *test, bool later, unsigned *number)
{
    static char said[1024];
    static const char out_of_memory[] = "UNKNOWN - out of memory\n";
    long live = allocations.live;
    run(test, 0, false);
    unsigned all = allocations.made;
    for (*number = 1; *number <= all; ++*number) {
        int status = run(test, *number, later);
        struct section output = memory_output();
        snprintf(said, sizeof said, "exit status %d, %ld not given back: %.*s", status,
                 allocations.live - live, (int)output.size, (const char *)output.data);
        bool clean = output.size >= sizeof out_of_memory - 1 &&
                     memchr(output.data, '\n', output.size) == output.data + output.size - 1 &&
                     strstr(said, "out of memory") && strstr(said, "UNKNOWN - ");
        if (status != STATE_UNKNOWN || allocations.live != live || !clean)
            return said;
    }
    return NULL;
}

int main(void)
{
    static const char ini[] = "[s]\nverbose\nwarning = 1024:\n";
    unsigned count = 0, failed = 0;
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        for (int later = 0; later < 2; later++) {
            load_record(tests[i].record);
            memory_file("ini", (const uint8_t *)ini, sizeof ini - 1);
            memory_discard_writes();
            unsigned number;
            const char *why = problem(&tests[i], later, &number);
            printf("%s %u - %s on %s, %u allocations%s\n", why ? "not ok" : "ok", ++count,
                   tests[i].check->program, tests[i].record, number - 1,
                   later ? ", all later ones fail too" : "");
            if (why)
                printf("# allocation %u: %s\n", number, why);
            failed += why != NULL;
            memory_clear();
        }
    printf("1..%u\n", count);
    return failed ? 1 : 0;
}
