/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Rows of a WMI class in a file, as PowerShell's Export-Csv writes them.
 *
 *     #TYPE System.Management.ManagementObject#root\virtualization\v2\Msvm_ComputerSystem
 *     "Name","ElementName","EnabledState"
 *     "HVHOST1","HVHOST1","2"
 *
 * wmic /format:csv writes an empty line first, and the name of the machine into a first column.
 * The #TYPE line may be missing, the delimiter may be the user's (-UseCulture), a field may hold
 * line breaks. Exporting nothing leaves an empty file, which is no rows.
 */
#ifndef COUNTER_RECORD_EXPORT_CSV_H
#define COUNTER_RECORD_EXPORT_CSV_H

#include "counter/counter.h"
#include "counter/record/lines.h"

/* What was seen of the file, where it could be opened. */
struct export_csv_file {
    const struct encoding *(*choose)(void *context); /* as in struct lines; given, or NULL */
    void *context;
    const struct encoding *encoding; /* NULL: all of it is ASCII */
    int64_t written;                 /* as in struct file; 0: not opened */
    uint64_t size;
};

/* Visit every row of the file with the properties of the query; a property that is no column is
 * NULL in every row, and so is an empty field: Export-Csv writes null like "". Those that the query
 * needs must be columns, the first in any case, or this is some other file. */
bool export_csv_rows(const char *path, const struct encoding *named, const struct row_query *query,
                     struct arena *arena, row_visitor *visit, void *context,
                     struct export_csv_file *file, struct error *err);

#endif
