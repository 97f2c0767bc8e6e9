/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/source.h"

#include <string.h>

bool row_query_asks(const struct row_query *query, size_t property, const char *namespace)
{
    return !query->v2_alone || property != query->v2_alone ||
           !strcmp(namespace, query->namespaces[0]);
}
