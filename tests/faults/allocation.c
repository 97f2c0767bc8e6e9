/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Out of memory at every place where it can be: for every allocation that a check makes on a
 * record, it is run again with that one failing, and again with that one and all later ones. Each
 * time it must answer UNKNOWN on one line that says so, exit with 3, and have given back all that
 * it took.
 *
 * The program's arena has no blocks, so that each piece is an allocation of its own. Files are
 * those of the fuzz targets, in memory.
 */
#include "faults.h"
#include "memory.h"
#include "platform/platform.h"
#include "tests/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int run(const struct test *test, unsigned first, bool later)
{
    allocations.made = 0;
    allocations.first = first;
    allocations.later = later;
    int status = test_run(test);
    allocations.first = 0;
    return status;
}

/* Is this the line that must be said? Behind an option's, usage may stand. */
static bool is_clean(const char *output)
{
    const char *unknown = strstr(output, "UNKNOWN - "), *reason = strstr(output, "out of memory");
    const char *end = strchr(output, '\n');
    return unknown && reason > unknown && end > reason &&
           (!end[1] || !strncmp(end, "\nUsage: ", 8) ||
            !strncmp(end, "\nno record was written: ", 24));
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
        /* A record that can't be written changes no verdict, but says so. */
        bool beside = status == undisturbed && strstr(got, "no record was written: out of memory");
        bool text = strlen(got) == output.size; /* and nothing behind it */
        snprintf(said, sizeof said, "allocation %u of %u: exit status %d, %ld not given back: %s",
                 *number, all, status, kept, got);
        if (kept || !text || !(beside || (status == STATE_UNKNOWN && (same || is_clean(got)))))
            wrong = said;
        free(got);
    }
    free(normal);
    return wrong;
}

/* What describes all programs is whole, or it is said that it is not. */
static bool describes(void)
{
    allocations = (struct allocations){0};
    bool right = program(0, NULL) == 0;
    unsigned all = allocations.made;
    for (unsigned number = 1; number <= all; number++) {
        allocations = (struct allocations){.first = number};
        right = program(0, NULL) == 1 && !allocations.live && right;
    }
    allocations = (struct allocations){0};
    return right && all;
}

int main(void)
{
    tap_ok(describes(), "describe");
    for (const struct test *test = tests; test->check; test++)
        for (int later = 0; later < 2; later++) {
            test_load(test);
            unsigned number;
            const char *why = problem(test, later, &number);
            if (!tap_ok(!why, "%s on %s, %u allocations%s", test->check->program,
                        test->record ? test->record : "local", number - 1,
                        later ? ", all later ones fail too" : ""))
                printf("# %s\n", why);
            memory_clear();
        }
    return tap_end();
}
