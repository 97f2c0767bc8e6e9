/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/winrm/registry.h"

#include "counter/winrm/wsman.h"
#include "plugin/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A method's ReturnValue: of Win32. A value that is not there was seen to give 1, and 2. */
enum { SUCCESS = 0, FILE_NOT_FOUND = 2, ACCESS_DENIED = 5 };

static const struct soap_row no_row;

struct question {
    struct session *session;
    struct arena *arena;
    const char *key, *value;
};

static bool refuse(const struct question *question, uint64_t status, struct error *err)
{
    if (status == ACCESS_DENIED)
        return error_set_code(
            err, READ_DENIED,
            "ERROR_ACCESS_DENIED: StdRegProv: HKEY_LOCAL_MACHINE\\%s: the account "
            "needs Execute Methods on root\\default",
            question->key);
    return error_set_code(err, READ_FAILED, "0x%08llX: StdRegProv: HKEY_LOCAL_MACHINE\\%s",
                          (unsigned long long)status, question->key);
}

/* Call a method on the key, with the value's name or without. *ret_status is its ReturnValue. */
static bool call(const struct question *question, const char *method, bool with_value,
                 const struct soap_row **ret, uint64_t *ret_status, struct error *err)
{
    enum { LOCAL_MACHINE = 0x80000002u };
    struct text arguments = {0};
    bool there;
    text_printf(&arguments, "<p:hDefKey>%u</p:hDefKey><p:sSubKeyName>", LOCAL_MACHINE);
    wsman_escape(&arguments, question->key);
    text_puts(&arguments, "</p:sSubKeyName>");
    if (with_value) {
        text_puts(&arguments, "<p:sValueName>");
        wsman_escape(&arguments, question->value);
        text_puts(&arguments, "</p:sValueName>");
    }
    const struct wsman_call with = {"root\\default", "StdRegProv", method, arguments.bytes};
    bool called = arguments.failed
                      ? error_memory(err)
                      : wsman_invoke(question->session, &with, question->arena, ret, err);
    text_free(&arguments);
    if (!called)
        return false;
    return soap_whole(soap_cell(*ret, "ReturnValue", &there), UINT32_MAX, ret_status) ||
           error_set_code(err, READ_INVALID,
                          "not a WinRM answer: StdRegProv.%s without a "
                          "ReturnValue",
                          method);
}

/* ---- values of other types ---- */

static bool keep_bytes(struct registry_value *value, unsigned type, struct text *bytes,
                       struct arena *arena, struct error *err)
{
    /* Four bytes of zeros behind it end any text, however it was written. */
    text_add(bytes, "\0\0\0\0", 4);
    const char *data = bytes->failed ? NULL : arena_text(arena, bytes->bytes, bytes->length);
    if (!data)
        return error_memory(err);
    *value = (struct registry_value){.exists = true,
                                     .key_exists = true,
                                     .type = type,
                                     .data = (const unsigned char *)data,
                                     .size = bytes->length - 4};
    return true;
}

static void add_number(struct text *out, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        text_add(out, (char[]){(char)(number >> 8 * i & 255)}, 1);
}

static bool add_dword(struct text *out, const char *text)
{
    uint64_t number = 0;
    bool good = soap_whole(text, UINT32_MAX, &number);
    add_number(out, number, 4);
    return good;
}

static bool add_qword(struct text *out, const char *text)
{
    uint64_t number = 0;
    bool good = soap_whole(text, UINT64_MAX, &number);
    add_number(out, number, 8);
    return good;
}

static bool add_byte(struct text *out, const char *text)
{
    uint64_t number = 0;
    bool good = soap_whole(text, 255, &number);
    add_number(out, number, 1);
    return good;
}

/* As the registry keeps it: UTF-16 with a zero at its end. The parser lets nothing but characters
 * pass. */
static bool add_string(struct text *out, const char *text)
{
    const char *at = text, *end = at + strlen(at);
    while (at < end) {
        unsigned long c = utf8_next(&at, end);
        if (c > 0xFFFF) {
            add_number(out, 0xD800 + ((c - 0x10000) >> 10), 2);
            c = 0xDC00 + (c & 0x3FF);
        }
        add_number(out, c, 2);
    }
    add_number(out, 0, 2);
    return true;
}

/* How a value of each type is asked for, and where its answer stands. Several of an array each have
 * an element. */
static const struct {
    const char *method, *answer;
    bool (*add)(struct text *out, const char *text);
    unsigned type;
    bool array;
} methods[] = {
    {"GetStringValue", "sValue", add_string, REGISTRY_SZ, false},
    {"GetExpandedStringValue", "sValue", add_string, 2, false},
    {"GetBinaryValue", "uValue", add_byte, REGISTRY_BINARY, true},
    {"GetDWORDValue", "uValue", add_dword, REGISTRY_DWORD, false},
    {"GetMultiStringValue", "sValue", add_string, 7, true},
    {"GetQWORDValue", "uValue", add_qword, REGISTRY_QWORD, false},
};

enum { METHODS = sizeof methods / sizeof *methods };

static bool take_value(const struct question *question, size_t method, const struct soap_row *row,
                       struct registry_value *ret, struct error *err)
{
    struct text bytes = {0};
    bool good = true, any = false;
    for (const struct soap_cell *cell = row->cells; cell; cell = cell->next) {
        if (strcmp(cell->name, methods[method].answer) != 0 || !cell->text)
            continue;
        good = good && methods[method].add(&bytes, cell->text);
        any = true;
    }
    if (methods[method].add == add_string && methods[method].array)
        add_number(&bytes, 0, 2); /* behind the last of a list */
    bool kept;
    if (!good || (!any && !methods[method].array))
        kept = error_set_code(err, READ_INVALID, "not a WinRM answer: StdRegProv.%s has no value",
                              methods[method].method);
    else
        kept = keep_bytes(ret, methods[method].type, &bytes, question->arena, err);
    text_free(&bytes);
    return kept;
}

static bool read_other(const struct question *question, unsigned type, struct registry_value *ret,
                       struct error *err)
{
    const struct soap_row *row = &no_row;
    uint64_t status = 0;
    size_t i = 0;
    while (i < METHODS && methods[i].type != type)
        i++;
    if (i == METHODS)
        return error_set_code(
            err, READ_INVALID,
            "HKEY_LOCAL_MACHINE\\%s, %s is of type %u, which StdRegProv does not read",
            question->key, question->value, type);
    return call(question, methods[i].method, true, &row, &status, err) &&
           (status == SUCCESS ? take_value(question, i, row, ret, err)
                              : refuse(question, status, err));
}

/* ---- which it is ---- */

/* The n-th cell of a name, counting from 0. */
static const char *cell_at(const struct soap_row *row, const char *name, size_t n)
{
    for (const struct soap_cell *cell = row->cells; cell; cell = cell->next)
        if (!strcmp(cell->name, name) && n-- == 0)
            return cell->text;
    return NULL;
}

static bool look_for(const struct question *question, struct registry_value *ret, struct error *err)
{
    const struct soap_row *row = &no_row;
    uint64_t status = 0, type = 0;
    if (!call(question, "EnumValues", false, &row, &status, err))
        return false;
    if (status == FILE_NOT_FOUND) {
        *ret = (struct registry_value){0};
        return true;
    }
    if (status != SUCCESS)
        return refuse(question, status, err);
    const char *name;
    for (size_t i = 0; (name = cell_at(row, "sNames", i)); i++)
        if (!strcasecmp(name, question->value))
            return soap_whole(cell_at(row, "Types", i), UINT32_MAX, &type)
                       ? read_other(question, (unsigned)type, ret, err)
                       : error_set_code(err, READ_INVALID,
                                        "not a WinRM answer: StdRegProv.EnumValues without types");
    *ret = (struct registry_value){.key_exists = true};
    return true;
}

bool winrm_registry(struct session *session, const char *key, const char *value,
                    struct arena *arena, struct registry_value *ret, struct error *err)
{
    enum { NUMBER = 3 };
    const struct question question = {session, arena, key, value};
    const struct soap_row *row = &no_row;
    uint64_t status = 0;
    bool there;
    if (!call(&question, methods[NUMBER].method, true, &row, &status, err))
        return false;
    if (status == ACCESS_DENIED)
        return refuse(&question, status, err);
    if (status == SUCCESS && soap_cell(row, methods[NUMBER].answer, &there))
        return take_value(&question, NUMBER, row, ret, err);
    return look_for(&question, ret, err);
}
