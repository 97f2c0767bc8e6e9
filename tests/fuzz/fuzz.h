/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What the fuzz targets share.
 *
 * A target is one file: a function that hands bytes to a part of the project and says what must
 * hold whatever the bytes are. Linked with libFuzzer it searches; linked with replay.c it runs the
 * inputs of corpus/ and regressions/ again, in every build and with any compiler.
 *
 * Files are in memory: memory.c stands in for the system's part of platform.h.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "check/check.h"

#include <stdint.h>

/* The target itself, by libFuzzer's name for it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold: else a message, and an abort that the fuzzer reports with the input. */
#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fuzz_fail(__FILE__, __LINE__, #condition);                                             \
    } while (0)

void fuzz_fail(const char *file, int line, const char *condition);

/* The bytes as a string of their own, up to the first NUL in them; freed by the caller. */
char *fuzz_string(const uint8_t *data, size_t size);

/* Structured inputs are sections with a 1E ("record separator") between them. The next section;
 * past the last one, an empty one. */
struct section {
    const uint8_t *data;
    size_t size;
};

struct section fuzz_section(const uint8_t **data, size_t *size);

/* Run a check with arguments that stand one on a line, the program's name first; then see that the
 * output is one that NRPE, Icinga and a terminal can take. Another first line than a program's name
 * does nothing. */
void fuzz_check(struct section arguments);

/* ---- memory.c ---- */

/* Make this the content of a file; replaces what is there. */
void memory_file(const char *path, const uint8_t *bytes, size_t length);

/* Called before each read, where it is set; false: the read fails so. */
extern bool (*memory_before_read)(const char *path, struct error *err);

size_t memory_size(const char *path);
void memory_shorten(const char *path, size_t size);

/* Remove all files. */
void memory_clear(void);

/* Whether from now on what is written is thrown away. */
void memory_discard_writes(bool discarded);

/* The time, in ms since 1970, at which all files were written just now. */
extern int64_t memory_now;
#define MEMORY_NOW INT64_C(1314878400000) /* 2011-09-01 12:00 UTC */

/* What the source `local` has of every rate; none while its frequency is 0. A second passes each
 * time it is read. */
extern struct raw_rate memory_rate;

/* What was written to standard output last. */
struct section memory_output(void);

#endif
