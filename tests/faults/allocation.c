/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Out of memory at every place where it can be: for every allocation that a check makes on a
 * record, it is run again with that one failing, and again with that one and all later ones. Each
 * time it must answer UNKNOWN on one line that says so, exit with 3, and have given back all that
 * it took.
 *
 * The linker sends this program's malloc(), calloc(), realloc() and free() here (--wrap), and its
 * arena has no blocks, so that each piece is an allocation of its own. Files are those of the fuzz
 * targets, in memory.
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
    const char *record; /* NULL: the source is local, and rates are raw */
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
    {&check_hv_page_reads, NULL, {"-v", "--record=D"}},
    {&check_hv_memory_reserve, "guideline/reserve/host", {"-v", "--record=D"}},
    {&check_hv_memory_reserve, "formats/reg-continued", {"--expect=2048", "--extra-opts=s@ini"}},
    {&check_hv_memory_reserve, "formats/reg-string", {"-w", "1024:", "--help"}},
    {&check_hv_memory_reserve, "formats/reg-utf16", {"--no-such"}},
};

static int run(const struct test *test, unsigned first, bool later)
{
    const char *arguments[ARGUMENTS + 3] = {test->check->program,
                                            test->record ? "--source=record:R" : "--source=local"};
    int count = 2;
    for (const char *const *more = test->arguments; *more; more++)
        arguments[count++] = *more;
    memory_rate = (struct raw_rate){.count = 7, .ticks = 1000, .frequency = 100, .bits = 64};
    allocations.made = 0;
    allocations.first = first;
    allocations.later = later;
    int status = check_main(test->check, count, (char *const *)(uintptr_t)arguments);
    allocations.first = 0;
    return status;
}

/* Is this the line that must be said? Behind an option's, usage may stand. */
static bool is_clean(const char *output)
{
    const char *unknown = strstr(output, "UNKNOWN - "), *reason = strstr(output, "out of memory");
    const char *end = strchr(output, '\n');
    return unknown && reason > unknown && end > reason &&
           (!end[1] || !strncmp(end, "\nUsage: ", 8));
}

/* Run it with each allocation failing; what goes wrong with *number, or NULL. */
static const char *problem(const struct test *test, bool later, unsigned *number)
{
    static char said[4096];
    long live = allocations.live;
    int undisturbed = run(test, 0, false);
    unsigned all = allocations.made;
    struct section output = memory_output();
    char *normal = fuzz_string(output.data, output.size), *got = NULL;
    const char *wrong = NULL;
    for (*number = 1; *number <= all && !wrong; ++*number) {
        int status = run(test, *number, later);
        long kept = allocations.live - live - 1;
        output = memory_output();
        got = fuzz_string(output.data, output.size);
        /* A check that fails anyway need not say why it could not say more. */
        bool same = undisturbed == STATE_UNKNOWN && !strcmp(got, normal);
        snprintf(said, sizeof said, "allocation %u of %u: exit status %d, %ld not given back: %s",
                 *number, all, status, kept, got);
        if (status != STATE_UNKNOWN || kept || !(same || is_clean(got)))
            wrong = said;
        free(got);
    }
    free(normal);
    return wrong;
}

int main(void)
{
    static const char ini[] = "[s]\nverbose\nwarning = 1024:\n";
    unsigned count = 0, failed = 0;
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        for (int later = 0; later < 2; later++) {
            if (tests[i].record)
                load_record(tests[i].record);
            memory_file("ini", (const uint8_t *)ini, sizeof ini - 1);
            memory_discard_writes();
            unsigned number;
            const char *why = problem(&tests[i], later, &number);
            printf("%s %u - %s on %s, %u allocations%s\n", why ? "not ok" : "ok", ++count,
                   tests[i].check->program, tests[i].record ? tests[i].record : "local", number - 1,
                   later ? ", all later ones fail too" : "");
            if (why)
                printf("# %s\n", why);
            failed += why != NULL;
            memory_clear();
        }
    printf("1..%u\n", count);
    return failed ? 1 : 0;
}
