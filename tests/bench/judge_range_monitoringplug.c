/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What judge_range.c does, by the library of a Monitoring Plugins tree (--with-monitoring-plugins),
 * through its own headers. 2.x has one kind of range; 3.x has that one and another.
 *
 *     judge_range_monitoringplug apis      the kinds that this library has, one a line
 *     judge_range_monitoringplug states    its exit statuses, and the names it has for them
 *     judge_range_monitoringplug range     judge by parse_range_string() and check_range()
 *     judge_range_monitoringplug mp_range  judge by mp_parse_range_string() and mp_check_range()
 */
#if __has_include("states.h")
#define HAVE_MP_RANGE 1
#include "monitoringplug.h"
#else
#define HAVE_MP_RANGE 0
#include "common.h"

#include "utils_base.h"
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *by_range(char *text, double value)
{
    range *parsed = parse_range_string(text);
    if (!parsed)
        return "refused";
    const char *answer = check_range(value, parsed) ? "alarm" : "ok";
    free(parsed->text);
    free(parsed);
    return answer;
}

#if HAVE_MP_RANGE
static const char *by_mp_range(char *text, double value)
{
    mp_range_parsed parsed = mp_parse_range_string(text);
    if (parsed.error != MP_PARSING_SUCCESS)
        return "refused";
    return mp_check_range(mp_create_pd_value(value), parsed.range) ? "alarm" : "ok";
}
#endif

static const struct {
    const char *name;
    const char *(*judge)(char *text, double value);
} apis[] = {
    {"range", by_range},
#if HAVE_MP_RANGE
    {"mp_range", by_mp_range},
#endif
};

static void print_states(void)
{
    static const int states[] = {STATE_OK, STATE_WARNING, STATE_CRITICAL, STATE_UNKNOWN};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
#if HAVE_MP_RANGE
        printf("%d %s\n", states[i], state_text((mp_state_enum)states[i]));
#else
        printf("%d %s\n", states[i], state_text(states[i]));
#endif
}

int main(int argc, char **argv)
{
    const char *wanted = argc == 2 ? argv[1] : "";
    if (!strcmp(wanted, "states")) {
        print_states();
        return 0;
    }
    for (size_t i = 0; i < sizeof apis / sizeof *apis; i++) {
        if (!strcmp(wanted, "apis"))
            puts(apis[i].name);
        if (strcmp(wanted, apis[i].name) != 0)
            continue;
        char line[512];
        while (fgets(line, sizeof line, stdin)) {
            char *tab = strchr(line, '\t');
            if (!tab)
                return 2;
            *tab = '\0';
            puts(apis[i].judge(line, strtod(tab + 1, NULL)));
        }
        return 0;
    }
    return strcmp(wanted, "apis") ? 2 : 0;
}
