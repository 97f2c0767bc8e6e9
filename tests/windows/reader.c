/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Reads what a program prints as NSClient++ does on Windows, with its own end of the pipe open: in
 * pieces of 4,086 bytes, and behind a full piece it waits for another. Prints it again.
 *
 *   reader SECONDS COMMAND LINE     status 9 when it is still waiting after so long
 *   reader --print N                prints N bytes at once, the last a line's end
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { PIECE = 4086, MOST = 1 << 20, BLOCKED = 9 };

static HANDLE output(void)
{
    return GetStdHandle(STD_OUTPUT_HANDLE);
}

static int print(size_t length)
{
    static char bytes[MOST];
    DWORD written;
    memset(bytes, 'x', sizeof bytes);
    bytes[length - 1] = '\n';
    return !WriteFile(output(), bytes, (DWORD)length, &written, NULL) || written != length;
}

static void read_pieces(HANDLE pipe)
{
    char piece[PIECE];
    DWORD length, written;
    do {
        if (!ReadFile(pipe, piece, PIECE, &length, NULL) || !length)
            return;
        WriteFile(output(), piece, length, &written, NULL);
    } while (length == PIECE);
}

static DWORD WINAPI give_up(void *seconds)
{
    Sleep((DWORD)(ULONG_PTR)seconds * 1000);
    TerminateProcess(GetCurrentProcess(), BLOCKED);
    return 0;
}

static int read_from(wchar_t *command)
{
    SECURITY_ATTRIBUTES inherited = {.nLength = sizeof inherited, .bInheritHandle = TRUE};
    STARTUPINFOW start = {.cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION process;
    HANDLE ours, theirs;
    DWORD available, status = 0, state = WAIT_TIMEOUT;
    if (!CreatePipe(&ours, &theirs, &inherited, 0))
        return 1;
    start.hStdOutput = start.hStdError = theirs;
    if (!CreateProcessW(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &start, &process))
        return 1;
    while (PeekNamedPipe(ours, NULL, 0, NULL, &available, NULL))
        if (available)
            read_pieces(ours);
        else if (state != WAIT_TIMEOUT)
            break;
        else
            state = WaitForSingleObject(process.hProcess, 100);
    GetExitCodeProcess(process.hProcess, &status);
    return (int)status;
}

int wmain(int argc, wchar_t **argv);

int wmain(int argc, wchar_t **argv)
{
    if (argc < 3)
        return 1;
    if (!wcscmp(argv[1], L"--print"))
        return print(wcstoul(argv[2], NULL, 10));
    wchar_t command[8192] = L"";
    for (int i = 2; i < argc; i++) {
        wcscat(command, i > 2 ? L" " : L"");
        wcscat(command, argv[i]);
    }
    HANDLE patience =
        CreateThread(NULL, 0, give_up, (void *)(ULONG_PTR)wcstoul(argv[1], NULL, 10), 0, NULL);
    return patience ? read_from(command) : 1;
}
