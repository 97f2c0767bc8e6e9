// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * For `make coverage` alone: what ends by _exit(), or on Windows by TerminateProcess(), as a check
 * does at its deadline and a child that asked one host, has its branches counted too. gcov writes
 * its counts only in exit().
 */
void __gcov_dump(void);
/* Of a test whose allocations fail: from now on they don't. */
void allocations_end(void) __attribute__((weak));

#ifdef _WIN32
#include <windows.h>

/* What the linker finds in place of the import's own address. */
typedef BOOL WINAPI terminate(HANDLE, UINT);
extern terminate *__real___imp_TerminateProcess, *__wrap___imp_TerminateProcess;

static BOOL WINAPI count_and_terminate(HANDLE process, UINT status)
{
    __gcov_dump();
    return __real___imp_TerminateProcess(process, status);
}

terminate *__wrap___imp_TerminateProcess = count_and_terminate;
#else
void __real__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));

void __wrap__exit(int status)
{
    if (allocations_end)
        allocations_end();
    __gcov_dump();
    __real__exit(status);
}
#endif
