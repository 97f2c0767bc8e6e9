/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/state_file.h"
#include "plugin/format.h"
#include "plugin/scan.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char magic[] = "monitoring-plugins-hyperv 1\n";

static const char end_key[] = "end ";

enum { DIGITS = 16, END_LENGTH = sizeof end_key - 1 + DIGITS + 1 };

/* FNV-1a. It finds accidents; who could forge a state has the right to write it. */
static uint64_t checksum(uint64_t sum, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        sum = (sum ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
    return sum;
}

static const uint64_t no_bytes = UINT64_C(14695981039346656037);

/* ---- writing ---- */

/* A line ends where its line end is, and nowhere else. */
static void blank_controls(const struct text *text, size_t from)
{
    for (size_t i = from; i < text->length; i++)
        if ((unsigned char)text->bytes[i] < ' ')
            text->bytes[i] = ' ';
}

static void add_line(struct text *out, const char *key, const char *value)
{
    text_puts(out, key);
    text_puts(out, " ");
    size_t from = out->length;
    text_puts(out, value);
    blank_controls(out, from);
    text_puts(out, "\n");
}

static void add_header(struct text *out, const struct state_owner *owner)
{
    text_puts(out, magic);
    add_line(out, "program", owner->program);
    add_line(out, "source", owner->source);
    add_line(out, "host", owner->host);
    text_puts(out, "\n");
}

void state_file_begin(struct text *out, const struct state_owner *owner)
{
    text_cut(out, 0);
    add_header(out, owner);
}

void state_file_add(struct text *out, const char *key, const char *format, ...)
{
    text_puts(out, key);
    text_puts(out, " ");
    size_t from = out->length;
    va_list arguments;
    va_start(arguments, format);
    text_vprintf(out, format, arguments);
    va_end(arguments);
    blank_controls(out, from);
    text_puts(out, "\n");
}

static void add_checksum(struct text *out, const char *bytes, size_t length)
{
    uint64_t sum = checksum(no_bytes, bytes, length);
    text_puts(out, end_key);
    for (int shift = 60; shift >= 0; shift -= 4)
        text_add(out, &"0123456789abcdef"[sum >> shift & 15], 1);
    text_puts(out, "\n");
}

void state_file_end(struct text *out)
{
    if (!out->failed)
        add_checksum(out, out->bytes, out->length);
}

/* ---- reading ---- */

/* Where the two headers first differ tells whose state it is. */
static bool refuse_header(const char *text, const char *header, struct error *err)
{
    static const char *const lines[] = {"of another version", "of another program",
                                        "of another source", "of another host"};
    size_t line = 0;
    for (; *header && *text == *header; text++, header++)
        line += *header == '\n';
    return error_set(err, "%s", line < sizeof lines / sizeof *lines ? lines[line] : "damaged");
}

bool state_file_open(struct text *text, const struct state_owner *owner, struct state_file *ret,
                     struct error *err)
{
    struct text header = {0}, end = {0};
    add_header(&header, owner);
    size_t body = text->length < END_LENGTH ? 0 : text->length - END_LENGTH;
    if (body)
        add_checksum(&end, text->bytes, body);
    bool opened = false;
    if (header.failed || end.failed)
        error_memory(err);
    else if (!body || memcmp(text->bytes + body, end.bytes, END_LENGTH) != 0 ||
             memchr(text->bytes, '\0', text->length))
        error_set(err, "damaged");
    else if (!scan_begins(text->bytes, header.bytes))
        refuse_header(text->bytes, header.bytes, err);
    else
        opened = true;
    if (opened) {
        text_cut(text, body);
        *ret = (struct state_file){.next = text->bytes + header.length};
    }
    text_free(&header);
    text_free(&end);
    return opened;
}

bool state_file_next(struct state_file *file, struct state_file_entry *ret)
{
    char *key = file->next, *value = strchr(key, ' '), *end = strchr(key, '\n');
    if (!value || !end || value > end)
        return false;
    *value = *end = '\0';
    *ret = (struct state_file_entry){.key = key, .value = value + 1};
    file->next = end + 1;
    return true;
}

bool state_take_number(const char **value, double *ret)
{
    size_t digits = scan_span(*value, "0123456789");
    if (!digits || digits > 18 || ((*value)[digits] != ' ' && (*value)[digits]))
        return false;
    *ret = strtod(*value, NULL);
    *value += digits + ((*value)[digits] == ' ');
    return true;
}

/* ---- the file's name ---- */

char *state_file_name(char name[STATE_FILE_NAME_SIZE], const struct state_owner *owner)
{
    uint64_t sum = checksum(no_bytes, owner->source, strlen(owner->source) + 1);
    sum = checksum(sum, owner->host, strlen(owner->host));
    format_text(name, STATE_FILE_NAME_SIZE, "%.64s-%08lx.state", owner->program,
                (unsigned long)(sum ^ sum >> 32) & 0xFFFFFFFF);
    return name;
}
