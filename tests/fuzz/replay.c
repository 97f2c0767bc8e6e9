/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Runs a target once on every file of the directories that stand for it: $SRCDIR/tests/fuzz/corpus/
 * and regressions/, below the target's name, which is the program's own without "fuzz_". An input
 * that does not hold ends the program; the TAP line before it is the last.
 */
#include "fuzz.h"
#include "tests/tap.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void replay(const char *path, const char *name)
{
    static uint8_t buffer[1024 * 1024];
    FILE *file = fopen(path, "rb");
    if (!file) {
        printf("Bail out! %s can't be read\n", path);
        exit(1);
    }
    size_t size = fread(buffer, 1, sizeof buffer, file);
    fclose(file);
    uint8_t *bytes = malloc(size ? size : 1); /* of just this size: reading on is noticed */
    if (!bytes)
        exit(1);
    memcpy(bytes, buffer, size);
    printf("# %s\n", path);
    fflush(stdout);
    LLVMFuzzerTestOneInput(bytes, size);
    tap_ok(true, "%s", name);
    free(bytes);
}

static void replay_all(const char *kind, const char *target)
{
    char path[4096];
    struct dirent **entries;
    const char *srcdir = getenv("SRCDIR");
    snprintf(path, sizeof path, "%s/tests/fuzz/%s/%s", srcdir ? srcdir : ".", kind, target);
    int found = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < found; i++) {
        char input[4096 + 300];
        snprintf(input, sizeof input, "%s/%s", path, entries[i]->d_name);
        if (*entries[i]->d_name != '.')
            replay(input, entries[i]->d_name);
        free(entries[i]);
    }
    if (found >= 0)
        free(entries);
}

int main(int argc, char **argv)
{
    static const char prefix[] = "fuzz_";
    const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
    const char *target = strncmp(name, prefix, sizeof prefix - 1) ? name : name + sizeof prefix - 1;
    for (int i = 1; i < argc; i++)
        replay(argv[i], argv[i]);
    if (argc < 2) {
        replay_all("corpus", target);
        replay_all("regressions", target);
    }
    return tap_end(); /* a target without inputs tests nothing */
}
