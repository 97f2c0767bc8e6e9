/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Our ranges, for comparison with other implementations: a filter.
 *
 *     RANGE<TAB>VALUE                  alarm, ok, or refused: WHY
 *     WARNING<TAB>CRITICAL<TAB>VALUE   OK, WARNING, CRITICAL, or refused: WHY
 *
 * With the argument "states" it tells our exit statuses and their names instead.
 */
#include "plugin/range.h"
#include "plugin/result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void judge(char *line)
{
    char *fields[3] = {line};
    size_t count = 1;
    for (char *tab; count < 3 && (tab = strchr(fields[count - 1], '\t')); count++) {
        *tab = '\0';
        fields[count] = tab + 1;
    }
    struct error err;
    struct range ranges[2] = {{0}};
    for (size_t i = 0; i + 1 < count; i++)
        if (!range_parse(fields[i], RANGE_NUMBER, &ranges[i], &err)) {
            printf("refused: %s\n", err.text);
            return;
        }
    double value = strtod(fields[count - 1], NULL);
    if (count == 2)
        puts(range_alarms(&ranges[0], value) ? "alarm" : "ok");
    else
        puts(state_name(state_of(value, &ranges[0], &ranges[1])));
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "states")) {
        for (int state = STATE_OK; state <= STATE_UNKNOWN; state++)
            printf("%d %s\n", state, state_name((enum state)state));
        return 0;
    }
    char line[512];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        judge(line);
    }
    return 0;
}
