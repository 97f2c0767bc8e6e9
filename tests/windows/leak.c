/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Opens a query of PDH and leaves it open, so that the doubles can be seen to notice. */
#include <windows.h>

#include <pdh.h>

int wmain(void);

int wmain(void)
{
    PDH_HQUERY query;
    return PdhOpenQueryW(NULL, 0, &query) != ERROR_SUCCESS;
}
