/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/source.h"

#include <string.h>

size_t row_query_properties(const struct row_query *query, const char *namespace)
{
    size_t count = 0;
    while (query->properties[count])
        count++;
    bool has_all = !query->older || !strcmp(namespace, query->namespaces[0]);
    return has_all ? count : query->older;
}
