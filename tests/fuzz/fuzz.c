/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "check/suite.h"

#include "plugin/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEPARATOR = 0x1E, ARGUMENTS_AT_MOST = 16 };

void fuzz_fail(const char *file, int line, const char *condition)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
    abort();
}

char *fuzz_string(const uint8_t *data, size_t size)
{
    char *string = malloc(size + 1); /* of just this size, so that reading on is noticed */
    HOLDS(string);
    if (size)
        memcpy(string, data, size);
    string[size] = '\0';
    return string;
}

struct section fuzz_section(const uint8_t **data, size_t *size)
{
    const uint8_t *end = *size ? memchr(*data, SEPARATOR, *size) : NULL;
    struct section section = {*data, end ? (size_t)(end - *data) : *size};
    size_t taken = section.size + (end != NULL);
    *data = *size ? *data + taken : *data;
    *size -= taken;
    return section;
}

/* ---- what an output must be ---- */

static const char *skip(const char *at, const char *allowed)
{
    return at + strspn(at, allowed);
}

/* " 'label'=value[unit][;warn[;crit[;min;max]]]", as the four grammars of its readers allow it. */
static const char *skip_measure(const char *at)
{
    HOLDS(at[0] == ' ' && at[1] == '\'');
    const char *label = at + 2;
    at = skip(label, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.- ");
    HOLDS(at > label && at[0] == '\'' && at[1] == '=');
    const char *value = at + 2;
    value += *value == '-';
    at = *value == 'U' ? value + 1 : skip(value, "0123456789.");
    HOLDS(at > value);
    at += *at == 'B' || *at == '%' || *at == 'c';
    for (int field = 0; *at == ';'; field++) {
        HOLDS(field < 4);
        at = skip(at + 1, field < 2 ? "@~:.-0123456789" : ".0123456789");
    }
    return at;
}

static void see_output(const struct check *check, int status, const struct text *out)
{
    HOLDS(status >= 0 && status <= 3);
    HOLDS(!out->failed && out->length && out->bytes[out->length - 1] == '\n');
    HOLDS(strlen(out->bytes) == out->length);
    for (const char *at = out->bytes, *end = at + out->length; at < end;) {
        unsigned long codepoint = utf8_next(&at, end);
        HOLDS(codepoint == '\n' || !utf8_is_unprintable(codepoint));
    }
    size_t name = strlen(check->program), title = strlen(check->title);
    if (!strncmp(out->bytes, check->program, name)) { /* --help or --version */
        HOLDS(status == STATE_UNKNOWN);
        return;
    }
    const char *state = state_name((enum state)status);
    HOLDS(!strncmp(out->bytes, check->title, title) && out->bytes[title] == ' ');
    HOLDS(!strncmp(out->bytes + title + 1, state, strlen(state)));
    HOLDS(!strncmp(out->bytes + title + 1 + strlen(state), " - ", 3));

    /* A usage line is printed for people alone, behind an UNKNOWN. */
    const char *bar = strchr(out->bytes, '|');
    for (const char *at = bar ? bar + 1 : "\n"; *at != '\n' || at[1];)
        at = skip_measure(at);
}

static const struct check *find_check(const char *program)
{
    for (size_t i = 0; i < SUITE_CHECKS; i++)
        if (!strcmp(suite[i]->program, program))
            return suite[i];
    return NULL;
}

/* Half of the inputs have a budget in front, which depends on the input alone. */
static size_t choose_budget(struct section section, char text[32])
{
    if (section.size % 2)
        return 0;
    size_t budget = RENDER_LEAST + section.size * 7 % 1000;
    snprintf(text, 32, "--max-bytes=%zu", budget);
    return budget;
}

/* --help and --version have none; and an option behind it, or in a file, may name another. */
static bool is_in_force(char *const *arguments, int count, const struct text *out)
{
    for (int i = 2; i < count; i++)
        if (strstr(arguments[i], "max-bytes") || strstr(arguments[i], "extra-opts"))
            return false;
    return strncmp(out->bytes, arguments[0], strlen(arguments[0])) != 0;
}

void fuzz_check(struct section section)
{
    char *lines = fuzz_string(section.data, section.size), text[32];
    char *arguments[ARGUMENTS_AT_MOST + 2];
    int count = 0;
    size_t budget = choose_budget(section, text);
    for (char *line = lines; line && count < ARGUMENTS_AT_MOST; count++) {
        char *end = strchr(line, '\n');
        if (end)
            *end++ = '\0';
        arguments[count] = line;
        line = end;
        if (budget && count == 0)
            arguments[++count] = text;
    }
    const struct check *check = find_check(arguments[0]);
    arguments[count] = NULL;
    if (check) {
        struct text out = {0};
        int status = check_run(check, count, arguments, &out);
        see_output(check, status, &out);
        HOLDS(!budget || out.length <= budget || !is_in_force(arguments, count, &out));
        text_free(&out);
    }
    free(lines);
}
