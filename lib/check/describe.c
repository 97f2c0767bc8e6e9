/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Prints what all the programs take and what the suite reads, as JSON: option tables and counter
 * names. What must agree with the programs (the configuration in contrib/, man pages) is made from
 * this and cannot drift. It is not installed.
 */
#include "check/suite.h"
#include "platform/platform.h"

/* ---- JSON ---- */

static void put_string(struct text *out, const char *string)
{
    text_puts(out, "\"");
    for (const char *at = string; *at; at++)
        text_printf(out, *at == '"' || *at == '\\' ? "\\%c" : "%c", *at);
    text_puts(out, "\"");
}

/* "key": "value", or null; followed by a comma, so never the last of its object. */
static void put_text(struct text *out, const char *key, const char *value)
{
    text_printf(out, "\"%s\": ", key);
    if (value)
        put_string(out, value);
    else
        text_puts(out, "null");
    text_puts(out, ", ");
}

static void put_flag(struct text *out, const char *key, bool value)
{
    text_printf(out, "\"%s\": %s, ", key, value ? "true" : "false");
}

/* A list's items are separated by commas: whether one must come first. */
static void put_separator(struct text *out, bool *first)
{
    text_puts(out, *first ? "\n" : ",\n");
    *first = false;
}

/* ---- options ---- */

/* What an option takes, by the function that reads it. */
static const char *option_kind(const struct option *option)
{
    static const struct {
        bool (*read)(const struct option *, const char *, void *, struct arena *, struct error *);
        const char *kind;
    } kinds[] = {
        {option_flag, "flag"},
        {option_count, "count"},
        {option_whole, "whole"},
        {option_choice, "choice"},
        {option_memory, "memory"},
        {option_range, "range"},
        {option_percent_range, "percent range"},
        {option_memory_range, "memory range"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (option->read == kinds[i].read)
            return kinds[i].kind;
    return "text";
}

static void put_option(struct text *out, const struct option *option, bool common)
{
    const char letter[] = {option->letter, '\0'};
    text_puts(out, "        {");
    put_text(out, "name", option->name);
    put_text(out, "letter", option->letter ? letter : NULL);
    put_text(out, "argument", option->argument);
    put_text(out, "kind", option_kind(option));
    put_text(out, "default", option->preset);
    put_flag(out, "repeats", option->repeats);
    put_flag(out, "optional", option->optional);
    put_flag(out, "early", option->early);
    put_flag(out, "common", common);
    put_text(out, "help", option->help);
    text_puts(out, "\"choices\": [");
    for (const char *const *choice = option->choices; choice && *choice; choice++) {
        text_puts(out, choice == option->choices ? "" : ", ");
        put_string(out, *choice);
    }
    text_puts(out, "]}");
}

static void put_labels(struct text *out, const struct label *label)
{
    bool first = true;
    text_puts(out, "],\n      \"labels\": [");
    for (; label->name; label++) {
        put_separator(out, &first);
        text_puts(out, "        {");
        put_text(out, "name", label->name);
        put_text(out, "unit", label->unit);
        put_text(out, "when", label->when);
        text_puts(out, "\"meaning\": ");
        put_string(out, label->meaning);
        text_puts(out, "}");
    }
}

static void put_check(struct text *out, const struct check *check)
{
    static const char *const places[] = {
        [CHECK_HOST] = "host", [CHECK_GUEST] = "guest", [CHECK_CLUSTER] = "cluster"};
    bool first = true;
    text_puts(out, "    {");
    put_text(out, "program", check->program);
    put_text(out, "where", places[check->where]);
    put_text(out, "brief", check->brief);
    put_text(out, "title", check->title);
    put_text(out, "purpose", check->purpose);
    text_puts(out, "\n      \"options\": [");
    for (const struct option *option = check->options; option->name; option++) {
        put_separator(out, &first);
        put_option(out, option, false);
    }
    for (const struct option *option = check_common_options; option->name; option++) {
        put_separator(out, &first);
        put_option(out, option, true);
    }
    text_puts(out, "],\n      \"examples\": [");
    first = true;
    for (const struct example *example = check->examples; example->arguments; example++) {
        put_separator(out, &first);
        text_puts(out, "        {");
        put_text(out, "arguments", example->arguments);
        text_puts(out, "\"meaning\": ");
        put_string(out, example->meaning);
        text_puts(out, "}");
    }
    put_labels(out, check->labels);
    text_puts(out, "]}");
}

/* ---- counters ---- */

static void put_counter(struct text *out, bool *first, const char *where, const char *object,
                        const char *instance, const char *name, bool newer)
{
    put_separator(out, first);
    text_puts(out, "    {");
    put_text(out, "where", where);
    put_text(out, "object", object);
    put_text(out, "instance", instance);
    put_flag(out, "newer", newer);
    text_puts(out, "\"name\": ");
    put_string(out, name);
    text_puts(out, "}");
}

static void put_counters(struct text *out)
{
    bool first = true;
    for (size_t i = 0; i < BALANCER_COUNTERS; i++)
        put_counter(out, &first, "host", HYPERV_BALANCER, "*", balancer_counter_names[i].name,
                    balancer_counter_names[i].newer);
    for (size_t i = 0; i < VM_COUNTERS; i++)
        put_counter(out, &first, "host", HYPERV_VM, "*", vm_counter_names[i].name,
                    vm_counter_names[i].newer);
    put_counter(out, &first, "both", MEMORY_OBJECT, NULL, MEMORY_AVAILABLE, false);
    put_counter(out, &first, "both", MEMORY_OBJECT, NULL, MEMORY_PAGE_READS, false);
    put_counter(out, &first, "guest", HYPERV_INTEGRATION, NULL, HYPERV_INTEGRATION_MAXIMUM, false);
}

int program(int argc, char **argv)
{
    (void)argc, (void)argv;
    struct text out = {0};
    bool first = true;
    text_puts(&out, "{");
    put_text(&out, "package", PACKAGE_NAME);
    put_text(&out, "version", PACKAGE_VERSION);
    text_puts(&out, "\n  \"checks\": [");
    for (size_t i = 0; i < SUITE_CHECKS; i++) {
        put_separator(&out, &first);
        put_check(&out, suite[i]);
    }
    text_puts(&out, "],\n  \"counters\": [");
    put_counters(&out);
    text_puts(&out, "],\n  \"registry\": {");
    put_text(&out, "key", RESERVE_KEY);
    text_puts(&out, "\"value\": ");
    put_string(&out, RESERVE_VALUE);
    text_puts(&out, "},\n  \"summary\": {");
    put_text(&out, "class", CLASS_SUMMARY);
    text_puts(&out, "\"properties\": [");
    for (size_t i = 0; i < SUMMARY_PROPERTIES; i++) {
        text_puts(&out, i ? ", " : "");
        put_string(&out, summary_properties[i]);
    }
    text_puts(&out, "]}\n}\n");
    bool written = !out.failed && output_write(out.bytes, out.length);
    text_free(&out);
    return written ? 0 : 1;
}
