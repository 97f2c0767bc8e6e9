/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Files that change while they are read: at every single read of every check, the disk fails, or
 * the file that is read is cut in half, to a byte less, or to nothing. The answer is UNKNOWN that
 * names the file, or the very answer of an untouched file: never another one.
 */
#include "faults.h"
#include "tests/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum change { DISK_FAILS, HALVED, ONE_LESS, EMPTIED, CHANGES };
static const char *const change_names[CHANGES] = {"the disk fails", "halved", "a byte less",
                                                  "emptied"};

static struct {
    enum change change;
    unsigned at, reads; /* the read at which it happens, from 1; 0: never */
    char path[256];
} fault;

static bool before_read(const char *path, struct error *err)
{
    bool kept = strstr(path, ".state") != NULL; /* what is wrong with that changes no verdict */
    if (kept || ++fault.reads != fault.at)
        return true;
    snprintf(fault.path, sizeof fault.path, "%s", path);
    size_t size = memory_size(path);
    switch (fault.change) {
    case HALVED:
        memory_shorten(path, size / 2);
        break;
    case ONE_LESS:
        memory_shorten(path, size ? size - 1 : 0);
        break;
    case EMPTIED:
        memory_shorten(path, 0);
        break;
    default:
        return error_set(err, "Input/output error");
    }
    return true;
}

static char *run(const struct test *test, enum change change, unsigned at, int *ret_status)
{
    memory_clear();
    fault.at = 0;
    test_load(test);
    fault.change = change;
    fault.at = at;
    fault.reads = 0;
    *ret_status = test_run(test);
    struct section output = memory_output();
    return fuzz_string(output.data, output.size);
}

static bool is_right(int status, const char *output, enum change change, const char *normal)
{
    if (strcmp(output, normal) == 0 && change != DISK_FAILS)
        return true;
    /* A node where a VM could move to is told of, and changes no verdict. */
    if (strstr(output, "\nR does not answer, so it has no room: ") &&
        !strncmp(output, normal, strcspn(normal, "\n")))
        return true;
    const char *unknown = strstr(output, "UNKNOWN - "), *end = strchr(output, '\n');
    return status == STATE_UNKNOWN && unknown && end && strstr(unknown, fault.path) &&
           (!end[1] || !strncmp(end, "\nUsage: ", 8));
}

int main(void)
{
    memory_before_read = before_read;
    for (const struct test *test = tests; test->check; test++) {
        int status;
        char *normal = run(test, CHANGES, 0, &status);
        unsigned reads = fault.reads;
        for (enum change change = 0; test->record && reads && change < CHANGES; change++) {
            bool right = true;
            unsigned at = 0;
            while (right && at < reads) {
                char *output = run(test, change, ++at, &status);
                right = is_right(status, output, change, normal);
                if (!right)
                    printf("# read %u, of %s: exit status %d: %s# instead of %s", at, fault.path,
                           status, output, normal);
                free(output);
            }
            tap_ok(right, "%s on %s, %s at any of %u reads", test->check->program, test->record,
                   change_names[change], reads);
        }
        free(normal);
    }
    return tap_end();
}
