/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/record/stamp.h"
#include "plugin/format.h"

#include <stdio.h>

/* Days since 1970-01-01 in the Gregorian calendar, counted in years that begin in March, so that
 * the leap day is a year's last. */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400, year_of_era = year % 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

/* The parts of a stamp, in the order in which a format names them. */
enum part { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, PARTS };

static bool to_stamp(const int64_t parts[PARTS], int64_t milliseconds, stamp *ret)
{
    static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (parts[YEAR] < 1970 || parts[MONTH] < 1 || parts[MONTH] > 12 || parts[DAY] < 1 ||
        parts[HOUR] > 23 || parts[MINUTE] > 59 || parts[SECOND] > 60)
        return false;
    bool leap = parts[YEAR] % 4 == 0 && (parts[YEAR] % 100 != 0 || parts[YEAR] % 400 == 0);
    if (parts[DAY] > month_days[parts[MONTH] - 1] + (leap && parts[MONTH] == 2))
        return false;
    int64_t days = days_from_civil(parts[YEAR], parts[MONTH], parts[DAY]);
    *ret = (((days * 24 + parts[HOUR]) * 60 + parts[MINUTE]) * 60 + parts[SECOND]) * 1000 +
           milliseconds;
    return true;
}

/* Exactly this many digits. */
static bool take_digits(const char **at, int digits, int64_t *ret)
{
    int64_t value = 0;
    for (; digits; digits--, ++*at) {
        if (**at < '0' || **at > '9')
            return false;
        value = value * 10 + (**at - '0');
    }
    *ret = value;
    return true;
}

static bool take_char(const char **at, char c)
{
    if (**at != c)
        return false;
    ++*at;
    return true;
}

bool stamp_parse_pdh(const char *text, stamp *ret)
{
    int64_t parts[PARTS], milliseconds = 0;
    return take_digits(&text, 2, &parts[MONTH]) && take_char(&text, '/') &&
           take_digits(&text, 2, &parts[DAY]) && take_char(&text, '/') &&
           take_digits(&text, 4, &parts[YEAR]) && take_char(&text, ' ') &&
           take_digits(&text, 2, &parts[HOUR]) && take_char(&text, ':') &&
           take_digits(&text, 2, &parts[MINUTE]) && take_char(&text, ':') &&
           take_digits(&text, 2, &parts[SECOND]) &&
           (!take_char(&text, '.') || take_digits(&text, 3, &milliseconds)) && !*text &&
           to_stamp(parts, milliseconds, ret);
}

bool stamp_parse_iso(const char *text, stamp *ret)
{
    int64_t parts[PARTS] = {0};
    return take_digits(&text, 4, &parts[YEAR]) && take_char(&text, '-') &&
           take_digits(&text, 2, &parts[MONTH]) && take_char(&text, '-') &&
           take_digits(&text, 2, &parts[DAY]) && (take_char(&text, 'T') || take_char(&text, ' ')) &&
           take_digits(&text, 2, &parts[HOUR]) && take_char(&text, ':') &&
           take_digits(&text, 2, &parts[MINUTE]) &&
           (!take_char(&text, ':') || take_digits(&text, 2, &parts[SECOND])) && !*text &&
           to_stamp(parts, 0, ret);
}

bool stamp_parse_offset(const char *text, int *ret)
{
    int64_t hours, minutes;
    bool behind = *text == '-';
    if (!behind && *text != '+')
        return false;
    text++;
    if (!take_digits(&text, 2, &hours) || !take_char(&text, ':') ||
        !take_digits(&text, 2, &minutes) || *text || minutes > 59 || hours * 60 + minutes > 14 * 60)
        return false;
    *ret = (int)(behind ? -(hours * 60 + minutes) : hours * 60 + minutes);
    return true;
}

/* The same, backwards. */
static void from_stamp(stamp value, int parts[PARTS], int *milliseconds)
{
    int64_t seconds = value / 1000, days = seconds / 86400, rest = seconds % 86400;
    days += 719468;
    int64_t era = days / 146097, day_of_era = days % 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    parts[DAY] = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    parts[MONTH] = (int)(month + (month < 10 ? 3 : -9));
    parts[YEAR] = (int)(year_of_era + era * 400 + (parts[MONTH] <= 2));
    parts[HOUR] = (int)(rest / 3600);
    parts[MINUTE] = (int)(rest / 60 % 60);
    parts[SECOND] = (int)(rest % 60);
    *milliseconds = (int)(value % 1000);
}

char *stamp_print_iso(char text[STAMP_SIZE], stamp value)
{
    int p[PARTS], milliseconds;
    from_stamp(value, p, &milliseconds);
    format_text(text, STAMP_SIZE, "%04u-%02u-%02u %02u:%02u:%02u", (unsigned)p[YEAR] % 10000,
                (unsigned)p[MONTH] % 100, (unsigned)p[DAY] % 100, (unsigned)p[HOUR] % 100,
                (unsigned)p[MINUTE] % 100, (unsigned)p[SECOND] % 100);
    return text;
}

char *stamp_print_pdh(char text[STAMP_SIZE], stamp value)
{
    int p[PARTS], milliseconds;
    from_stamp(value, p, &milliseconds);
    format_text(text, STAMP_SIZE, "%02u/%02u/%04u %02u:%02u:%02u.%03u", (unsigned)p[MONTH] % 100,
                (unsigned)p[DAY] % 100, (unsigned)p[YEAR] % 10000, (unsigned)p[HOUR] % 100,
                (unsigned)p[MINUTE] % 100, (unsigned)p[SECOND] % 100,
                (unsigned)milliseconds % 1000);
    return text;
}
