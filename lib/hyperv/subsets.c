/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/subsets.h"

uint64_t subsets_count(size_t n, size_t k)
{
    uint64_t count = 1;
    if (k > n)
        return 0;
    for (size_t i = 0; i < k; i++) {
        if (count > UINT64_MAX / (n - i))
            return UINT64_MAX;
        count = count * (n - i) / (i + 1);
    }
    return count;
}

void subsets_first(size_t *set, size_t k)
{
    for (size_t i = 0; i < k; i++)
        set[i] = i;
}

bool subsets_next(size_t *set, size_t k, size_t n)
{
    size_t at = k;
    while (at > 0 && set[at - 1] == n - k + at - 1)
        at--;
    if (!at)
        return false;
    set[at - 1]++;
    for (size_t i = at; i < k; i++)
        set[i] = set[i - 1] + 1;
    return true;
}
