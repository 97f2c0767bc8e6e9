/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What all unit tests share: cmocka with the headers that it wants in front, a program() that runs
 * the tests in an arena and a directory of their own, and a few assertions that say what they got.
 */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "platform/platform.h"
#include "plugin/arena.h"
#include "plugin/text.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* Emptied behind every test. */
extern struct arena arena;

int unit_setup(void **state);
int unit_teardown(void **state);

#define TEST(function) cmocka_unit_test_setup_teardown(function, unit_setup, unit_teardown)

/* platform.h's program(), for the platform's main(): tests link with it as the plugins do. */
#define RUN_TESTS(...)                                                                             \
    int program(int argc, char **argv)                                                             \
    {                                                                                              \
        const struct CMUnitTest tests[] = {__VA_ARGS__};                                           \
        (void)argc, (void)argv;                                                                    \
        return cmocka_run_group_tests(tests, NULL, NULL);                                          \
    }                                                                                              \
    int program(int argc, char **argv)

/* printf into the arena; never NULL. */
const char *say(const char *format, ...) LIKE_PRINTF(1, 2);

/* A path in the directory of this test, which is removed at its end with all files in it. */
const char *unit_path(const char *name);

/* Write such a file, in place of one that is there, and return its path. Directories on the way
 * are made. */
const char *unit_file(const char *name, const char *bytes, size_t length);
const char *unit_text_file(const char *name, const char *text);

/* The whole of a file. */
struct text unit_read(const char *path);

/* UTF-8 as UTF-16, with or without a BOM; the caller frees it. */
struct text unit_utf16(const char *text, bool big, bool bom);

/* Fails unless the text holds the part. */
void check_holds(const char *text, const char *part, const char *file, int line);
#define assert_holds(text, part) check_holds((text), (part), __FILE__, __LINE__)

/* Doubles, to the last bit. */
void check_double(double found, double expected, const char *file, int line);
#define assert_double(found, expected) check_double((found), (expected), __FILE__, __LINE__)

/* A chance that is the same in every run. */
uint32_t unit_random(uint32_t below);

#endif
