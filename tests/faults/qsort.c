/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A qsort() that keeps to its contract and no more, for LD_PRELOAD: what compares equal it puts in
 * another order than it found it in, as the C libraries of some systems do. An order that hangs on
 * that is told on standard error, and ends the program: two elements that differ compare equal, or
 * the function contradicts itself. HOSTILE_QSORT names a file, which grows with every call.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int comparison(const void *a, const void *b);

static void end(const char *why)
{
    if (write(STDERR_FILENO, why, strlen(why)) < 0)
        _exit(98);
    _exit(99);
}

static void swap(char *a, char *b, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char c = a[i];
        a[i] = b[i];
        b[i] = c;
    }
}

static void count_call(void)
{
    const char *path = getenv("HOSTILE_QSORT");
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    if (fd >= 0 && (write(fd, ".", 1) != 1 || close(fd) != 0))
        end("hostile qsort: its file can't be written\n");
}

/* Heap sort, of what was turned round before. */
static void sift(char *base, size_t root, size_t count, size_t size, comparison *compare)
{
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && compare(base + child * size, base + (child + 1) * size) < 0)
            child++;
        if (compare(base + root * size, base + child * size) >= 0)
            return;
        swap(base + root * size, base + child * size, size);
    }
}

void qsort(void *array, size_t count, size_t size, comparison *compare)
{
    char *base = array;
    count_call();
    for (size_t i = 0; i + 1 < count - i; i++)
        swap(base + i * size, base + (count - 1 - i) * size, size);
    for (size_t i = count / 2; i-- > 0;)
        sift(base, i, count, size, compare);
    for (size_t i = count; i-- > 1;) {
        swap(base, base + i * size, size);
        sift(base, 0, i, size, compare);
    }
    for (size_t i = 0; i + 1 < count; i++) {
        const char *a = base + i * size, *b = a + size;
        int order = compare(a, b), back = compare(b, a);
        if (order > 0 || (order < 0) != (back > 0))
            end("hostile qsort: the comparison contradicts itself\n");
        if (order == 0 && memcmp(a, b, size) != 0)
            end("hostile qsort: two that differ compare equal\n");
    }
}
