/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Runs while tests do, so that Wine's own services, which start with the first program and end with
 * the last, belong to no test: they would write into its output. It ends when the file that each
 * test touches has been left alone for half a minute.
 *
 *   idle FILE
 */
#include <windows.h>

int wmain(int argc, wchar_t **argv);

int wmain(int argc, wchar_t **argv)
{
    enum { PATIENCE = 30, SECOND = 10000000 };
    WIN32_FILE_ATTRIBUTE_DATA data;
    FILETIME now;
    if (argc != 2)
        return 1;
    do {
        Sleep(1000);
        GetSystemTimeAsFileTime(&now);
        if (!GetFileAttributesExW(argv[1], GetFileExInfoStandard, &data))
            return 0;
    } while (((ULONGLONG)now.dwHighDateTime << 32 | now.dwLowDateTime) -
                 ((ULONGLONG)data.ftLastWriteTime.dwHighDateTime << 32 |
                  data.ftLastWriteTime.dwLowDateTime) <
             (ULONGLONG)PATIENCE * SECOND);
    return 0;
}
