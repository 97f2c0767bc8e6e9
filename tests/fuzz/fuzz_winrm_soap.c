/* SPDX-License-Identifier: GPL-3.0-or-later */

/* SOAP: sections are the answers that a host gives one after the other. What is read of it is
 * counted right, is UTF-8, and belongs to its arena; every failure has a reason. */
#include "fuzz.h"

#include "counter/winrm/fault.h"
#include "counter/winrm/perf.h"
#include "counter/winrm/registry.h"
#include "counter/winrm/wsman.h"
#include "plugin/utf8.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t *rest;
static size_t rest_size;
static char *answer;

/* In place of session.c: the next section is the answer; behind the last the host is gone. */
bool session_post(struct session *session, const char *soap, size_t length, const char **ret,
                  size_t *ret_length, struct error *err)
{
    (void)session;
    HOLDS(length && soap[0] == '<' && !soap[length]);
    if (!rest_size)
        return error_set_code(err, READ_FAILED, "gone");
    struct section section = fuzz_section(&rest, &rest_size);
    free(answer);
    answer = malloc(section.size + 1);
    HOLDS(answer);
    if (section.size)
        memcpy(answer, section.data, section.size);
    answer[section.size] = '\0';
    *ret = answer;
    *ret_length = section.size;
    return true;
}

int wire_patience(const struct wire *wire)
{
    (void)wire;
    return 10000;
}

static void see_text(const char *text)
{
    HOLDS(utf8_valid(text, strlen(text)));
}

static bool same_text(const char *a, const char *b)
{
    return !a == !b && (!a || !strcmp(a, b));
}

static bool same_soap(const struct soap *a, const struct soap *b)
{
    const struct soap_row *x = a->rows, *y = b->rows;
    for (; x && y; x = x->next, y = y->next) {
        const struct soap_cell *p = x->cells, *q = y->cells;
        for (; p && q; p = p->next, q = q->next)
            if (!same_text(p->name, q->name) || !same_text(p->text, q->text))
                return false;
        if (p || q || !same_text(x->name, y->name))
            return false;
    }
    return !x && !y && a->row_count == b->row_count && same_text(a->kind, b->kind) &&
           same_text(a->relates_to, b->relates_to) && same_text(a->context, b->context) &&
           a->ends == b->ends && a->is_fault == b->is_fault &&
           a->fault.has_code == b->fault.has_code && a->fault.code == b->fault.code &&
           same_text(a->fault.text, b->fault.text);
}

/* Rows that are read without the XML parser are those that it reads. */
static void see_both_ways(const char *bytes, size_t length)
{
    struct arena arena = {0};
    struct soap soap, by_parser;
    struct error err, why;
    bool parsed = soap_parse(bytes, length, &arena, &soap, &err);
    HOLDS(parsed == soap_parse_by_parser(bytes, length, &arena, &by_parser, &why));
    HOLDS(parsed ? same_soap(&soap, &by_parser) : err.code == why.code);
    arena_free(&arena);
}

static void see_soap(const char *bytes, size_t length)
{
    struct arena arena = {0};
    struct soap soap;
    struct error err;
    see_both_ways(bytes, length);
    if (soap_parse(bytes, length, &arena, &soap, &err)) {
        size_t rows = 0;
        for (const struct soap_row *row = soap.rows; row; row = row->next) {
            rows++;
            see_text(row->name);
            for (const struct soap_cell *cell = row->cells; cell; cell = cell->next) {
                see_text(cell->name);
                see_text(cell->text ? cell->text : "");
            }
        }
        HOLDS(rows == soap.row_count && rows <= SOAP_MOST_ROWS);
        HOLDS(*soap.kind && (soap.is_fault == !strcmp(soap.kind, "Fault")));
        see_text(soap.context);
        see_text(soap.fault.text);
        HOLDS(!fault_error(&err, &soap.fault, "x") && *err.text && err.code != READ_OK);
    } else {
        HOLDS(err.code == READ_INVALID && *err.text);
    }
    arena_free(&arena);
}

static void see_counters(struct counter *counters, size_t count, struct arena *arena)
{
    static const struct object_class classes[] = {
        {"A B", "Win32_PerfRawData_X_AB"}, {"Memory", "Win32_PerfRawData_PerfOS_Memory"}, {0}};
    struct session session = {.endpoint = {.shown = "h:5985"}, .http = {.wire = WIRE_CLOSED}};
    struct error err;
    if (!perf_counters(&session, classes, counters, count, arena, &err)) {
        HOLDS(*err.text);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct counter *counter = &counters[i];
        HOLDS((counter->reading == READ_OK) == !counter->problem);
        HOLDS(counter->reading == READ_OK || !counter->count);
        HOLDS(counter->reading != READ_OK || !counter->rate || counter->instances ||
              (counter->is_raw && counter->raw.frequency));
        HOLDS(counter->reading != READ_OK || counter->rate || counter->instances ||
              (counter->count == 1 && counter->samples[0].present));
        for (size_t k = 0; k < counter->count; k++)
            see_text(counter->samples[k].instance);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct session session = {.endpoint = {.shown = "h:5985"}, .http = {.wire = WIRE_CLOSED}};
    struct counter counters[] = {{.object = "A B", .name = "One Two/sec", .instances = true},
                                 {.object = "Memory", .name = "Available MBytes"},
                                 {.object = "A B", .name = "Three", .instances = true},
                                 {.object = "Memory", .name = "Page Reads/sec", .rate = true},
                                 {.object = "Unknown", .name = "X"}};
    struct registry_value value = {0};
    struct error err;

    see_soap((const char *)data, size);
    rest = data, rest_size = size;
    see_counters(counters, sizeof counters / sizeof *counters, &arena);
    rest = data, rest_size = size;
    if (winrm_registry(&session, "KEY", "Value", &arena, &value, &err)) {
        unsigned sum = 0;
        for (size_t i = 0; i < value.size; i++)
            sum += value.data[i];
        HOLDS(value.exists || (!value.size && !sum));
    } else {
        HOLDS(*err.text);
    }
    free(answer);
    answer = NULL;
    arena_free(&arena);
    return 0;
}
