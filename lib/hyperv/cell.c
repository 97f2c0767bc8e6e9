/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/cell.h"
#include "plugin/scan.h"

#include <stddef.h>
#include <strings.h>

bool cell_whole(const char *cell, uint64_t *ret)
{
    uint64_t value = 0;
    if (!cell || !*cell)
        return false;
    for (; *cell; cell++) {
        if (*cell < '0' || *cell > '9' || value > (INT64_MAX - 9) / 10)
            return false;
        value = value * 10 + (uint64_t)(*cell - '0');
    }
    *ret = value;
    return true;
}

bool cell_signed(const char *cell, int64_t *ret)
{
    uint64_t value;
    if (!cell)
        return false;
    bool negative = *cell == '-';
    if (!cell_whole(cell + negative, &value))
        return false;
    *ret = negative ? -(int64_t)value : (int64_t)value;
    return true;
}

bool cell_truth(const char *cell, bool *ret)
{
    bool yes = cell && scan_ascii_equal(cell, "true");
    if (!yes && (!cell || !scan_ascii_equal(cell, "false")))
        return false;
    *ret = yes;
    return true;
}
