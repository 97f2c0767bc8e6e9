/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * SOAP of WS-Management: an answer taken apart. It is either rows (of an enumeration, or of a
 * method's output) or a fault. Names count without their prefixes, since Windows and OMI have
 * different ones for the same, and order does not count.
 *
 * Hostile XML is an error: a document type, a depth of more than 32, more than 65,536 rows, an end
 * before the end. UTF-8 and UTF-16 are read.
 */
#ifndef COUNTER_WINRM_SOAP_H
#define COUNTER_WINRM_SOAP_H

#include "plugin/arena.h"

#include <stdint.h>

enum { SOAP_DEEPEST = 32, SOAP_MOST_ROWS = 65536 };

struct soap_cell {
    const char *name;
    const char *text; /* NULL: null */
    struct soap_cell *next;
};

struct soap_row {
    const char *name; /* of the element: the class, or XmlFragment */
    struct soap_cell *cells, *last;
    struct soap_row *next;
};

struct soap_fault {
    bool has_code;
    uint32_t code;    /* of WinRM, WMI or Win32: what says most */
    const char *text; /* the server's words; "" where it has none */
};

struct soap {
    const char *kind;       /* "EnumerateResponse", "PullResponse", "Fault", ... */
    const char *relates_to; /* the message that it answers, or "" */
    struct soap_row *rows, *last;
    size_t row_count;
    const char *context; /* for the next page; "" where there is none */
    bool ends;           /* there is no next page */
    bool is_fault;
    struct soap_fault fault;
};

/* What it has belongs to the arena. False: READ_INVALID, or no memory. */
bool soap_parse(const char *bytes, size_t length, struct arena *arena, struct soap *ret,
                struct error *err);

/* The same without fragment.h, more slowly: whether both read the same is tested. */
bool soap_parse_by_parser(const char *bytes, size_t length, struct arena *arena, struct soap *ret,
                          struct error *err);

/* The number that a cell's text is, if it is one: decimal digits alone, and at most so much. */
bool soap_whole(const char *text, uint64_t most, uint64_t *ret);

/* The text of the row's cell; NULL where it is null or not there. *ret_there tells which. */
const char *soap_cell(const struct soap_row *row, const char *name, bool *ret_there);

#endif
