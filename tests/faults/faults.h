/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Checks on records, for tests that run each of them again and again while something goes wrong. */
#ifndef TESTS_FAULTS_FAULTS_H
#define TESTS_FAULTS_FAULTS_H

#include "../fuzz/fuzz.h"

/* The table leaves out what is 0. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

struct test {
    const struct check *check; /* NULL: the end of the table */
    const char *record;        /* below tests/data; NULL: the source is local, and rates are raw */
    const char *arguments[8];
    unsigned row; /* of the log, the one that alone is left, from 2 on, and a run before has kept
                     what it saw in the one above; 0: the whole log, and nothing was kept */
};

extern const struct test tests[];

/* Make the files in memory those of the test. */
void test_load(const struct test *test);

/* Run it; memory_output() has what it wrote. */
int test_run(const struct test *test);

#endif
