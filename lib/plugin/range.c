/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/range.h"

#include "plugin/format.h"
#include "plugin/scan.h"
#include "plugin/show.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A cursor over the text, for errors that name the column. */
struct scan {
    const char *text;
    const char *at;
    struct error *err;
};

static bool refuse(const struct scan *scan, const char *what)
{
    return error_set(scan->err, "'%s': %s at column %zu", SHOW_NAME(scan->text), what,
                     (size_t)(scan->at - scan->text) + 1);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* [-]digits[.digits]: no exponent, hex, nan or sign +, which strtod would take. At most 15 digits,
 * so that a double holds what was written. */
static bool scan_number(struct scan *scan, double *ret)
{
    const char *at = scan->at;
    bool negative = *at == '-';
    double number = 0, scale = 1;
    int digits = 0;
    at += negative;
    if (!is_digit(*at)) {
        scan->at = at;
        return refuse(scan, *at ? "expected a number" : "expected a number, found the end");
    }
    for (; is_digit(*at); at++) {
        digits += digits || *at != '0';
        number = number * 10 + (*at - '0');
    }
    if (*at == '.') {
        at++;
        if (!is_digit(*at)) {
            scan->at = at;
            return refuse(scan, "expected a digit after the decimal point");
        }
        for (; is_digit(*at); at++, digits++) {
            number = number * 10 + (*at - '0');
            scale *= 10;
        }
    }
    if (digits > 15)
        return refuse(scan, "a number of more than 15 digits");
    /* Of so few digits both are exact, and so is what their quotient is rounded to. */
    scan->at = at;
    *ret = (negative ? -number : number) / scale;
    return true;
}

static const struct {
    const char *name;
    double bytes;
} memory_units[] = {
    {"TiB", 1099511627776.0}, {"GiB", 1073741824.0},   {"MiB", 1048576.0},
    {"KiB", 1024.0},          {"TB", 1099511627776.0}, {"GB", 1073741824.0},
    {"MB", 1048576.0},        {"KB", 1024.0},          {"B", 1.0},
};

/* Multiply *value by the unit that follows, MB when none does. */
static bool scan_memory_unit(struct scan *scan, double *value)
{
    double bytes = 1048576.0;
    for (size_t i = 0; i < sizeof memory_units / sizeof *memory_units; i++)
        if (scan_ascii_begins(scan->at, memory_units[i].name)) {
            bytes = memory_units[i].bytes;
            scan->at += strlen(memory_units[i].name);
            break;
        }
    *value *= bytes;
    if (fabs(*value) > 9007199254740992.0)
        return refuse(scan, "more memory than can be counted");
    return true;
}

/* One end of a range. *is_percent tells whether a memory range gave it in percent. */
static bool scan_end(struct scan *scan, enum range_unit unit, double *ret, bool *is_percent)
{
    if (!scan_number(scan, ret))
        return false;
    *is_percent = *scan->at == '%' && unit != RANGE_NUMBER;
    if (*is_percent)
        scan->at++;
    else if (unit == RANGE_MEMORY)
        return scan_memory_unit(scan, ret);
    return true;
}

static const char *const expected_end[] = {
    [RANGE_NUMBER] = "expected ':' or the end of the range",
    [RANGE_PERCENT] = "expected '%', ':' or the end of the range",
    [RANGE_MEMORY] = "expected a unit (KB, MB, GB, TB, %), ':' or the end of the range",
};

/* An end that is open has none, and 0 is as much in any. */
static bool has_unit(double end)
{
    return isfinite(end) && fabs(end) > 0;
}

bool range_parse(const char *text, enum range_unit unit, struct range *ret, struct error *err)
{
    struct scan scan = {.text = text, .at = text, .err = err};
    struct range range = {.end = INFINITY, .set = true};
    const char *end; /* where the end of the range is written */
    bool start_percent = false, end_percent = false, bare = false;

    if (*scan.at == '@') {
        range.inside = true;
        scan.at++;
    }
    if (!*scan.at)
        return refuse(&scan, "an empty range");

    end = scan.at;
    if (*scan.at == '~') {
        range.start = -INFINITY;
        scan.at++;
        if (*scan.at != ':')
            return refuse(&scan, "expected ':' after '~'");
    } else if (!scan_end(&scan, unit, &range.start, &start_percent)) {
        return false;
    }

    if (!*scan.at) { /* "10" is short for "0:10" */
        range.end = range.start;
        range.start = 0;
        end_percent = start_percent;
        bare = true;
    } else if (*scan.at != ':') {
        return refuse(&scan, expected_end[unit]);
    } else if (*++scan.at) {
        end = scan.at;
        if (!scan_end(&scan, unit, &range.end, &end_percent))
            return false;
        if (*scan.at)
            return refuse(&scan,
                          *scan.at == ':' ? "a second ':'" : "expected the end of the range");
    }

    scan.at = end;
    bool start_has = has_unit(range.start), end_has = has_unit(range.end);
    if (unit == RANGE_MEMORY && start_has && end_has && start_percent != end_percent)
        return refuse(&scan, "percent at one end and a size at the other");
    if (range.start > range.end)
        return refuse(&scan, bare ? "the start, 0 where none is given, is greater than the end"
                                  : "the start is greater than the end");
    range.of_total =
        unit == RANGE_MEMORY && ((start_has && start_percent) || (end_has && end_percent));
    *ret = range;
    return true;
}

bool memory_parse(const char *text, double *ret_bytes, struct error *err)
{
    struct scan scan = {.text = text, .at = text, .err = err};
    double bytes;
    if (!scan_number(&scan, &bytes) || !scan_memory_unit(&scan, &bytes))
        return false;
    if (*scan.at)
        return refuse(&scan, "expected a unit (KB, MB, GB, TB) or the end");
    *ret_bytes = bytes;
    return true;
}

bool range_alarms(const struct range *range, double value)
{
    if (!range->set)
        return false;
    if (isnan(value))
        return true;
    bool within = value >= range->start && value <= range->end;
    return range->inside ? within : !within;
}

struct range range_scaled(struct range range, double factor)
{
    range.start = show_nearest(range.start * factor);
    range.end = show_nearest(range.end * factor);
    return range;
}

struct range range_of_total(struct range range, double total)
{
    if (range.of_total)
        range = range_scaled(range, total / 100);
    range.of_total = false;
    return range;
}

/* Put words at the end of what is there; returns the new end. */
static char *append(char *end, const char *words)
{
    size_t length = strlen(words);
    memcpy(end, words, length + 1);
    return end + length;
}

char *range_print(char text[RANGE_TEXT_SIZE], const struct range *range)
{
    char number[SHOW_SIZE], *end = append(text, range->inside ? "@" : "");
    bool open = isinf(range->end);
    if (isinf(range->start))
        end = append(end, "~:");
    else if (range->start != 0 || open) /* "10" is short for "0:10" */
        end = append(append(end, show_exact(number, range->start)), ":");
    if (!open)
        append(end, show_exact(number, range->end));
    return text;
}

static char *show_in(char text[SHOW_SIZE], double value, const struct range *range,
                     enum range_unit unit)
{
    if (unit == RANGE_MEMORY && !range->of_total)
        return show_memory(text, value);
    show_exact(text, value);
    if (unit != RANGE_NUMBER)
        append(text + strlen(text), " %");
    return text;
}

char *range_describe(char text[RANGE_TEXT_SIZE], const struct range *range, enum range_unit unit)
{
    char start[SHOW_SIZE + 2], end[SHOW_SIZE + 2];
    show_in(start, range->start, range, unit);
    show_in(end, range->end, range, unit);
    /* Nothing that these checks measure is negative, so a start of 0 says nothing. */
    bool from = range->start > 0, to = !isinf(range->end);
    if (!range->set || (!from && !to))
        format_text(text, RANGE_TEXT_SIZE, range->set && range->inside ? "always" : "never");
    else if (from && to)
        format_text(text, RANGE_TEXT_SIZE, "%s %s to %s", range->inside ? "inside" : "outside",
                    start, end);
    else if (range->inside)
        format_text(text, RANGE_TEXT_SIZE, "%s %s", from ? "from" : "up to", from ? start : end);
    else
        format_text(text, RANGE_TEXT_SIZE, "%s %s", from ? "below" : "above", from ? start : end);
    return text;
}
