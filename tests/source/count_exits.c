// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * For `make coverage` alone: what ends by _exit(), as a check does at its deadline and a child that asked
 * one host, has its branches counted too. gcov writes its counts only in exit().
 */
void __gcov_dump(void);
/* Of a test whose allocations fail: from now on they don't. */
void allocations_end(void) __attribute__((weak));
void __real__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));

void __wrap__exit(int status) {
    if (allocations_end)
        allocations_end();
    __gcov_dump();
    __real__exit(status);
}
