/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows of a WMI class of this Windows, through COM. */
#ifndef COUNTER_WINDOWS_WMI_H
#define COUNTER_WINDOWS_WMI_H

#include "counter/counter.h"

struct IWbemLocator;

/* COM and WMI's locator, begun with the first query. {0} is one that was not begun. */
struct wmi {
    bool com_begun;
    struct IWbemLocator *locator;
};

/* As source_rows(). */
bool wmi_rows(struct wmi *wmi, const struct row_query *query, row_visitor *visit, void *context,
              struct arena *arena, struct error *err);

void wmi_end(struct wmi *wmi);

#endif
