/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * memory PROGRAM [ARGUMENT]... prints the most memory in KB that the program had resident. Linked
 * statically and small: what the measuring process has itself counts until the other is started.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int status, nothing[2];
    struct rusage usage;
    if (argc < 2 || pipe(nothing) != 0)
        return 2;
    pid_t child = vfork();
    if (child == 0) {
        dup2(nothing[1], STDOUT_FILENO);
        execv(argv[1], argv + 1);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child || !WIFEXITED(status) ||
        WEXITSTATUS(status) == 127)
        return 2;
    printf("%ld\n", usage.ru_maxrss);
    return 0;
}
