/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/record/record_encoding.h"

#include "plugin/name.h"
#include "plugin/scan.h"
#include "plugin/utf8.h"

#include <string.h>

/* What a machine may have written, the more common first. Where nothing else tells, the order does;
 * cp932 is first where the bytes look Japanese. */
static const char *const candidates[] = {
    "cp932",        "windows-1252", "windows-1250", "windows-1251", "windows-1253", "windows-1254",
    "windows-1255", "windows-1256", "windows-1257", "windows-1258", "windows-874",  "cp850",
    "cp437",        "cp852",        "cp858",        "cp866",        "cp932",
};
enum { CANDIDATES = sizeof candidates / sizeof *candidates };

bool record_names_add(struct record_names *names, const char *name, struct arena *arena)
{
    const char **items = arena_grow(arena, names->items, names->count, &names->room, sizeof *items);
    if (!items)
        return false;
    names->items = items;
    items[names->count] = arena_text(arena, name, strlen(name));
    return items[names->count++];
}

/* ---- names in one encoding ---- */

struct reading {
    const struct encoding *encoding; /* NULL: as they are */
    bool valid;                      /* all names are text in it */
    const char **names;
};

/* How a provider may write what counter paths give a meaning to, and the number of a second VM of a
 * name, are no matter of the encoding. */
static void make_plain(char *name)
{
    static const char from[] = "()#/\\", to[] = "[]___";
    char *hash = scan_last(name, '#');
    if (hash && hash[1] && !hash[1 + scan_span(hash + 1, "0123456789")])
        *hash = '\0';
    for (; *name; name++) {
        const char *special = strchr(from, *name);
        if (special)
            *name = to[special - from];
    }
}

static bool read_names(const struct record_names *names, const struct encoding *encoding,
                       struct arena *arena, struct reading *ret)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    struct text bytes = {0}, text = {0};
    *ret = (struct reading){
        .encoding = encoding,
        .valid = true,
        .names = arena_array(arena, names->count, sizeof *ret->names),
    };
    for (size_t i = 0; i < names->count && ret->names; i++) {
        const char *name = names->items[i];
        if (encoding) {
            encoding_bytes(name, &bytes);
            text_cut(&text, 0);
            encoding_decode(encoding, text_of(&bytes), bytes.length, &text);
            name = text_of(&text);
        }
        ret->valid = ret->valid && !scan_find(name, replacement);
        char *copy = arena_text(arena, name, strlen(name));
        if (copy)
            make_plain(copy);
        ret->names[i] = copy;
    }
    bool failed = bytes.failed || text.failed || !ret->names || arena->failed;
    text_free(&bytes);
    text_free(&text);
    return !failed;
}

/* ---- do they look Japanese? ---- */

static bool is_letter(unsigned long c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* In a Western word that is valid CP932 by chance, one letter and the one behind it make a lone
 * kanji between letters: "Donn\xE9es". Nobody writes so. */
static bool looks_japanese(const char *name)
{
    const char *at = name, *end = name + strlen(name);
    unsigned long before = 0, c = at < end ? utf8_next(&at, end) : 0;
    while (c) {
        unsigned long next = at < end ? utf8_next(&at, end) : 0;
        bool alone = c >= 0x80 && before < 0x80 && next < 0x80;
        bool private = c >= 0xE000 && c <= 0xF8FF;
        if (private || c == 0x80 || (alone && (is_letter(before) || is_letter(next))))
            return false;
        before = c;
        c = next;
    }
    return true;
}

static bool are_japanese(const struct reading *names, size_t count)
{
    bool japanese = names->valid;
    for (size_t i = 0; i < count && japanese; i++)
        japanese = looks_japanese(names->names[i]);
    return japanese;
}

/* ---- which of them join ---- */

struct choice {
    const struct record_names *instances, *rows;
    struct reading of_log[CANDIDATES], of_rows[CANDIDATES];
    size_t log_count, rows_count;
    struct name_index index;
    uint32_t *joined, *best; /* for each instance, which row */
    size_t best_joins;
    const struct reading *log, *row; /* the best */
    bool any;
    const struct reading *other_log, *other_row; /* that join as many, but others */
};

static size_t join(struct choice *choice, const struct reading *log)
{
    size_t joins = 0;
    for (size_t i = 0; i < choice->instances->count; i++) {
        choice->joined[i] = name_index_find(&choice->index, log->names[i]);
        joins += choice->joined[i] != NAME_NOT_FOUND;
    }
    return joins;
}

/* A pair that is better: more names join, or as many, and nothing spoke for another before it. */
static void compare(struct choice *choice, const struct reading *log, const struct reading *rows)
{
    size_t joins = join(choice, log), count = choice->instances->count;
    bool same_page = log->encoding == rows->encoding;
    bool had_page = choice->any && choice->log->encoding == choice->row->encoding;
    bool differ = choice->any && joins == choice->best_joins && count &&
                  !(same_page && had_page) && /* byte for byte, these are the same names */
                  memcmp(choice->joined, choice->best, count * sizeof *choice->best) != 0;
    if (differ && !choice->other_log) {
        choice->other_log = log;
        choice->other_row = rows;
    }
    if (choice->any &&
        (joins < choice->best_joins || (joins == choice->best_joins && (had_page || !same_page))))
        return;
    if (joins > choice->best_joins)
        choice->other_log = NULL;
    choice->any = true;
    choice->best_joins = joins;
    choice->log = log;
    choice->row = rows;
    if (count)
        memcpy(choice->best, choice->joined, count * sizeof *choice->best);
}

static bool compare_all(struct choice *choice, struct arena *arena, struct error *err)
{
    for (size_t r = 0; r < choice->rows_count; r++) {
        const struct reading *rows = &choice->of_rows[r];
        if (!rows->valid)
            continue;
        if (!name_index_make(&choice->index, choice->rows->count, arena, err))
            return false;
        for (uint32_t i = 0; i < choice->rows->count; i++)
            name_index_add(&choice->index, rows->names[i], i);
        for (size_t l = 0; l < choice->log_count; l++)
            if (choice->of_log[l].valid)
                compare(choice, &choice->of_log[l], rows);
    }
    return true;
}

/* In every encoding that may be meant. */
static bool read_all(const struct record_names *names, struct reading readings[CANDIDATES],
                     size_t *ret_count, struct arena *arena)
{
    if (!names->raw) {
        *ret_count = 1;
        bool read = read_names(names, NULL, arena, readings);
        readings->valid = true;
        return read;
    }
    *ret_count = 0;
    for (size_t i = 0; i < CANDIDATES; i++) {
        struct reading *reading = &readings[*ret_count];
        if (!read_names(names, encoding_find(candidates[i]), arena, reading))
            return false;
        *ret_count += i > 0 || are_japanese(reading, names->count);
    }
    return true;
}

bool record_encodings_choose(const char *log, const struct record_names *instances,
                             const struct record_names *rows, struct arena *arena,
                             struct record_encodings *ret, struct error *err)
{
    struct choice choice = {.instances = instances, .rows = rows};
    choice.joined = arena_array(arena, instances->count, sizeof *choice.joined);
    choice.best = arena_array(arena, instances->count, sizeof *choice.best);
    if (!choice.joined || !choice.best ||
        !read_all(instances, choice.of_log, &choice.log_count, arena) ||
        !read_all(rows, choice.of_rows, &choice.rows_count, arena))
        return error_memory(err);
    if (!compare_all(&choice, arena, err))
        return false;
    if (choice.other_log) {
        bool raw = instances->raw;
        return error_set(
            err,
            "%s: its instance names are those of VMs in %s, and those of other VMs in %s: say "
            "with --encoding which is right",
            log, encoding_name(raw ? choice.log->encoding : choice.row->encoding),
            encoding_name(raw ? choice.other_log->encoding : choice.other_row->encoding));
    }
    /* Some pair was chosen: cp437, for one, has a character for every byte. */
    *ret = (struct record_encodings){.log = choice.log->encoding, .rows = choice.row->encoding};
    for (size_t i = 0; i < instances->count && rows->count; i++)
        if (choice.best[i] == NAME_NOT_FOUND) {
            if (!ret->strangers++)
                ret->stranger = choice.log->names[i];
        }
    return true;
}
