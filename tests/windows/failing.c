/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Every call that can fail, failing: for each allocation and each call of Windows that a check
 * makes on a host, it is run again with that one failing. Each time it must tell what it tells
 * otherwise, or why not, and no better state, and have given back all that it took.
 *
 *   failing DIRECTORY [old]     a directory of its own; old: beside a Windows Server 2003
 *
 * The arena has no blocks, so that each piece is an allocation of its own.
 */
#include "calls.h"
#include "check/suite.h"
#include "tests/tap.h"

#include <stdlib.h>
#include <string.h>

enum { LATER = 600 }; /* seconds between the first run and the others */

/* ---- checks on a host ---- */

/* Made by a check in its directory; removed before each run, as nothing overwrites it. */
#define RECORD "record"

struct test {
    const struct check *check; /* NULL: the end of the table */
    const char *arguments[6];
};

static const struct test tests[] = {
    {&check_hv_balancer, {"-v", "--all-counters"}},
    {&check_hv_vm_memory, {"-v"}},
    {&check_hv_memory_reserve, {"-v"}},
    {&check_hv_page_reads, {"-v", "--state-dir=state"}},
    {&check_hv_page_reads, {"-v"}}, /* in the usual place */
    {&check_hv_balancer, {"-v", "--extra-opts=s@./settings.ini"}},
    {&check_hv_balancer, {"--extra-opts"}},
    {&check_hv_balancer, {"-v", "--record=" RECORD}},
    {&check_hv_balancer, {"-v", "--source=record:HV01"}},
    {0},
};

/* On Windows Server 2003. */
static const struct test old_tests[] = {{&check_hv_guest_memory, {"-v"}}, {0}};

static void remove_record(void)
{
    WIN32_FIND_DATAA found;
    char path[MAX_PATH + sizeof RECORD];
    HANDLE search = FindFirstFileA(RECORD "\\*", &found);
    if (search == INVALID_HANDLE_VALUE)
        return;
    do {
        snprintf(path, sizeof path, RECORD "\\%s", found.cFileName);
        DeleteFileA(path);
    } while (FindNextFileA(search, &found));
    FindClose(search);
}

static int run(const struct test *test, struct text *out)
{
    char *arguments[sizeof test->arguments / sizeof *test->arguments + 2] = {
        (char *)(uintptr_t)test->check->program};
    int count = 1;
    remove_record();
    for (const char *const *more = test->arguments; *more; more++)
        arguments[count++] = (char *)(uintptr_t)*more;
    return check_run(test->check, count, arguments, out);
}

static bool same_first_line(const char *a, const char *b)
{
    size_t length = strcspn(a, "|\n");
    return length == strcspn(b, "|\n") && !memcmp(a, b, length);
}

/* A check that can't tell says so. One that tells a state, no better than otherwise, tells all that
 * it does otherwise, or why not. */
static bool is_fair(int status, const char *got, int undisturbed, const char *normal)
{
    char code[16];
    const char *const reasons[] = {code,
                                   "permission denied",
                                   "not a regular file",
                                   "out of memory",
                                   "E_OUTOFMEMORY",
                                   "PDH_MEMORY_ALLOCATION_FAILURE",
                                   NULL};
    snprintf(code, sizeof code, "0x%08lX", calls.told);
    bool why = false;
    for (const char *const *reason = calls.where ? reasons : reasons + 3; *reason; reason++)
        why = why || strstr(got, *reason);
    if (status == undisturbed && same_first_line(got, normal))
        return true;
    if (status == STATE_UNKNOWN)
        return strstr(got, " UNKNOWN - ") && (why || calls.where);
    return status >= undisturbed && why;
}

/* With each call failing; what goes wrong, or NULL. */
static const char *problem(const struct test *test, ULONGLONG begun, unsigned *ret_calls)
{
    static char said[4096];
    struct text normal = {0};
    calls.now = begun;
    calls.keeps = false;
    run(test, &normal); /* what is made once for all */
    text_free(&normal);
    calls.now = begun + (ULONGLONG)LATER * SECOND;
    calls.keeps = true;
    long live, open = calls.handles;
    allocations.made = 0;
    int undisturbed = run(test, &normal);
    unsigned all = *ret_calls = allocations.made;
    const char *wrong = NULL;
    live = allocations.live;
    for (unsigned number = 1; number <= all && !wrong; number++) {
        struct text out = {0};
        calls.now = begun + (ULONGLONG)LATER * SECOND;
        calls.where = NULL;
        allocations.made = 0;
        allocations.first = number;
        int status = run(test, &out);
        allocations.first = 0;
        long kept = allocations.live - live - (out.bytes != NULL);
        const char *got = out.bytes ? out.bytes : "";
        snprintf(said, sizeof said,
                 "call %u of %u (%s): exit status %d, not given back: %ld, open: %ld: %s# else: %s",
                 number, all, calls.where ? calls.where : "memory", status, kept,
                 calls.handles - open, got, normal.bytes);
        if (!is_fair(status, got, undisturbed, normal.bytes) || kept || calls.handles != open)
            wrong = said;
        text_free(&out);
    }
    text_free(&normal);
    return wrong;
}

static void check_all(const struct test *test)
{
    static const DWORD codes[] = {ERROR_GEN_FAILURE, ERROR_ACCESS_DENIED};
    ULONGLONG begun;
    GetSystemTimeAsFileTime((FILETIME *)&begun);
    for (; test->check; test++)
        for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
            unsigned all;
            calls.told = codes[i];
            const char *why = problem(test, begun, &all);
            if (!tap_ok(!why, "%s %s, each of %u calls failing with %lu", test->check->program,
                        test->arguments[test->arguments[1] != NULL], all, calls.told))
                printf("# %s\n", why);
        }
}

int program(int argc, char **argv)
{
    if (argc < 2 || !calls_catch() || !SetCurrentDirectoryA(argv[1]))
        return 1;
    check_all(argc > 2 ? old_tests : tests);
    return tap_end();
}
