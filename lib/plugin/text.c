/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/text.h"

#include "plugin/arena.h"
#include "plugin/format.h"
#include "plugin/scan.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text text_in(struct arena *arena)
{
    return (struct text){.arena = arena};
}

const char *text_of(const struct text *text)
{
    return text->bytes ? text->bytes : "";
}

static char *enlarge(struct text *text, size_t room)
{
    if (!text->arena)
        return realloc(text->bytes, room);
    char *bytes = arena_array(text->arena, room, 1);
    if (bytes && text->length)
        memcpy(bytes, text->bytes, text->length + 1);
    return bytes;
}

bool text_reserve(struct text *text, size_t length)
{
    if (text->failed)
        return false;
    if (length < text->room - text->length) /* room is 0 only while length is */
        return true;
    size_t room = text->room ? text->room : 256;
    while (room - text->length <= length && room <= SIZE_MAX / 2)
        room *= 2;
    char *bytes = room - text->length > length ? enlarge(text, room) : NULL;
    if (!bytes) {
        text->failed = true;
        return false;
    }
    text->bytes = bytes;
    text->room = room;
    return true;
}

void text_add(struct text *text, const char *bytes, size_t length)
{
    if (!text_reserve(text, length))
        return;
    if (length)
        memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_puts(struct text *text, const char *string)
{
    text_add(text, string, strlen(string));
}

void text_vprintf(struct text *text, const char *format, va_list arguments)
{
    /* What is printed is short: it mostly fits into the room that is there. */
    if (!text_reserve(text, 0))
        return;
    size_t room = text->room - text->length;
    va_list again;
    va_copy(again, arguments);
    size_t length = format_print(text->bytes + text->length, room, format, arguments);
    if (length < room) {
        text->length += length;
    } else {
        text->bytes[text->length] = '\0';
        if (text_reserve(text, length)) {
            format_print(text->bytes + text->length, length + 1, format, again);
            text->length += length;
        }
    }
    va_end(again);
}

void text_printf(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text_vprintf(text, format, arguments);
    va_end(arguments);
}

void text_add_codepoint(struct text *text, unsigned long codepoint)
{
    char bytes[4];
    if (codepoint > 0x10FFFF || (codepoint >= 0xD800 && codepoint <= 0xDFFF))
        codepoint = 0xFFFD;
    if (codepoint < 0x80) {
        bytes[0] = (char)codepoint;
        text_add(text, bytes, 1);
    } else if (codepoint < 0x800) {
        bytes[0] = (char)(0xC0 | codepoint >> 6);
        bytes[1] = (char)(0x80 | (codepoint & 0x3F));
        text_add(text, bytes, 2);
    } else if (codepoint < 0x10000) {
        bytes[0] = (char)(0xE0 | codepoint >> 12);
        bytes[1] = (char)(0x80 | (codepoint >> 6 & 0x3F));
        bytes[2] = (char)(0x80 | (codepoint & 0x3F));
        text_add(text, bytes, 3);
    } else {
        bytes[0] = (char)(0xF0 | codepoint >> 18);
        bytes[1] = (char)(0x80 | (codepoint >> 12 & 0x3F));
        bytes[2] = (char)(0x80 | (codepoint >> 6 & 0x3F));
        bytes[3] = (char)(0x80 | (codepoint & 0x3F));
        text_add(text, bytes, 4);
    }
}

void text_cut(struct text *text, size_t length)
{
    if (length >= text->length)
        return;
    text->length = length;
    text->bytes[length] = '\0';
}

void text_free(struct text *text)
{
    if (!text->arena)
        free(text->bytes);
    *text = (struct text){.arena = text->arena};
}

void text_wrap(struct text *text, const char *paragraph, size_t indent, size_t columns)
{
    size_t room = columns - indent;
    while (*paragraph) {
        size_t length = strlen(paragraph);
        if (length > room) {
            length = room;
            while (length && paragraph[length] != ' ')
                length--;
            if (!length)
                length = scan_until(paragraph, " ");
        }
        text_printf(text, "%*s%.*s\n", (int)indent, "", (int)length, paragraph);
        paragraph += length;
        paragraph += scan_span(paragraph, " ");
    }
}
