/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/name.h"

#include "plugin/utf8.h"

#include <string.h>

/* Runs of capital letters and how far away their small ones are; in a run of pairs, capitals and
 * small letters take turns. Source: Unicode's CaseFolding.txt, simple folding. */
static const struct fold {
    uint16_t first, last;
    int16_t distance; /* 1: pairs */
} folds[] = {
    {0xC0, 0xD6, 32},     {0xD8, 0xDE, 32},   {0x100, 0x12F, 1},   {0x132, 0x137, 1},
    {0x139, 0x148, -1},   {0x14A, 0x177, 1},  {0x179, 0x17E, -1},  {0x386, 0x386, 38},
    {0x388, 0x38A, 37},   {0x38C, 0x38C, 64}, {0x38E, 0x38F, 63},  {0x391, 0x3A1, 32},
    {0x3A3, 0x3AB, 32},   {0x400, 0x40F, 80}, {0x410, 0x42F, 32},  {0x460, 0x481, 1},
    {0x48A, 0x4BF, 1},    {0x4D0, 0x52F, 1},  {0x1E00, 0x1E95, 1}, {0x1EA0, 0x1EFF, 1},
    {0xFF21, 0xFF3A, 32},
};

static unsigned long fold(unsigned long codepoint)
{
    for (size_t i = 0; i < sizeof folds / sizeof *folds; i++) {
        const struct fold *run = &folds[i];
        if (codepoint < run->first || codepoint > run->last)
            continue;
        if (run->distance == 1) /* the capital is the even one */
            return codepoint | 1;
        if (run->distance == -1) /* the capital is the odd one */
            return codepoint + (codepoint & 1);
        return codepoint + (unsigned long)run->distance;
    }
    return codepoint;
}

static unsigned fold_ascii(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? c + 32u : c;
}

static unsigned long next_folded(const char **at, const char *end)
{
    unsigned char first = (unsigned char)**at;
    if (first >= 0x80)
        return fold(utf8_next(at, end));
    ++*at;
    return fold_ascii(first);
}

static bool is_inside_character(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

int name_compare(const char *a, const char *b)
{
    /* Names of one host begin alike: what is the same byte by byte need not be folded. */
    size_t same = 0;
    while (a[same] && a[same] == b[same])
        same++;
    if (!a[same] && !b[same])
        return 0;
    while (same && (is_inside_character(a[same]) || is_inside_character(b[same])))
        same--;
    a += same;
    b += same;
    const char *a_end = a + strlen(a), *b_end = b + strlen(b);
    unsigned long x, y;
    do {
        x = next_folded(&a, a_end);
        y = next_folded(&b, b_end);
    } while (x && x == y);
    return (x > y) - (x < y);
}

bool name_equal(const char *a, const char *b)
{
    return name_compare(a, b) == 0;
}

bool name_matches(const char *glob, const char *name)
{
    const char *glob_end = glob + strlen(glob), *name_end = name + strlen(name);
    /* Where to go on when what follows the last '*' does not match: one character later. */
    const char *after_star = NULL, *retry = NULL;
    for (;;) {
        if (*glob == '*') {
            after_star = ++glob;
            retry = name;
            continue;
        }
        if (name == name_end && glob == glob_end)
            return true;
        if (name < name_end) { /* the end of a glob is no character of it */
            const char *glob_next = glob, *name_next = name;
            unsigned long wanted = next_folded(&glob_next, glob_end);
            unsigned long found = next_folded(&name_next, name_end);
            if (wanted == '?' || wanted == found) {
                glob = glob_next;
                name = name_next;
                continue;
            }
        }
        if (!after_star || retry == name_end)
            return false;
        utf8_next(&retry, name_end);
        glob = after_star;
        name = retry;
    }
}

/* FNV-1a over the folded code points. */
static uint32_t hash(const char *name)
{
    uint32_t value = 2166136261u;
    for (; *name && (unsigned char)*name < 0x80; name++)
        value = (value ^ fold_ascii((unsigned char)*name)) * 16777619u;
    for (const char *end = name + strlen(name); name < end;)
        value = (value ^ (uint32_t)next_folded(&name, end)) * 16777619u;
    return value;
}

bool name_index_make(struct name_index *index, size_t count, struct arena *arena, struct error *err)
{
    size_t slots = 8;
    while (slots / 2 < count)
        slots *= 2;
    *index = (struct name_index){.mask = slots - 1};
    index->slots = arena_array(arena, slots, sizeof *index->slots);
    return index->slots || error_memory(err);
}

static struct name_slot *find_slot(const struct name_index *index, const char *name)
{
    size_t at = hash(name) & index->mask;
    while (index->slots[at].name && !name_equal(index->slots[at].name, name))
        at = (at + 1) & index->mask;
    return &index->slots[at];
}

uint32_t name_index_add(struct name_index *index, const char *name, uint32_t number)
{
    struct name_slot *slot = find_slot(index, name);
    if (!slot->name)
        *slot = (struct name_slot){name, number};
    return slot->number;
}

uint32_t name_index_find(const struct name_index *index, const char *name)
{
    const struct name_slot *slot = find_slot(index, name);
    return slot->name ? slot->number : NAME_NOT_FOUND;
}

const char *name_label(const char *name, struct arena *arena)
{
    size_t length = strlen(name);
    bool shown = false;
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)name[i] >= 0x80)
            return NULL;
        shown = shown || name[i] != ' ';
    }
    char *label = shown ? arena_text(arena, name, length) : NULL;
    for (char *c = label; c && *c; c++) {
        bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z');
        if (!letter && !(*c >= '0' && *c <= '9') && !strchr("_.- ", *c))
            *c = '_';
    }
    return label;
}
