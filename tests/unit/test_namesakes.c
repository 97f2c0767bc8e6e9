/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "hyperv/namesakes.h"

#include <string.h>

#define MB 1048576.0

/* "3000 at 90, 1000": MB and the pressure, where there is one. */
static uint32_t read_all(const char *text, struct namesake *ret)
{
    uint32_t count = 0;
    char *copy = arena_text(&arena, text, strlen(text));
    for (char *one = strtok(copy, ","); one; one = strtok(NULL, ","), count++) {
        double physical, pressure;
        int found = sscanf(one, " %lf at %lf", &physical, &pressure);
        ret[count] = (struct namesake){.physical = physical * MB,
                                       .has_pressure = found == 2,
                                       .pressure = found == 2 ? pressure : 0};
    }
    return count;
}

static void matches(void **state)
{
    (void)state;
    static const struct {
        const char *instances, *vms;
        const char *found; /* of each instance, the VM; NULL: it is not known */
    } cases[] = {
        {"3000", "3000", "0"},
        {"3000, 1000", "1000, 3000", "10"},
        /* within 2 %, or 16 MB */
        {"3000, 1000", "1020, 3060", "10"},
        {"100, 200", "184, 116", "10"},
        {"3000", "3062", NULL},
        {"100", "117", NULL},
        /* what they want decides between those that hold as much */
        {"3000 at 120, 3000 at 60", "3000 at 58, 3000 at 118", "10"},
        {"3000 at 118, 3000 at 56", "3000 at 58, 3000 at 120", "10"},
        {"3000 at 120, 3000", "3000, 3000 at 118", "10"},
        {"3000, 3000 at 60", "3000 at 10, 3000", "10"},
        {"3000, 3000", "3000, 3000", "01"},
        /* more VMs than instances, as static ones may have none */
        {"3000", "1000, 2000, 3000", "2"},
        {"3000, 1000", "3000, 2000", NULL},
        {"3000, 3000", "3000, 1000", NULL},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct namesake instances[4], vms[4];
        uint32_t count = read_all(cases[i].instances, instances);
        uint32_t vm_count = read_all(cases[i].vms, vms);
        bool matched = namesakes_match(instances, count, vms, vm_count);
        const char *found = "";
        if (matched != (cases[i].found != NULL))
            fail_msg("%s in %s", cases[i].instances, cases[i].vms);
        for (uint32_t k = 0; k < count; k++) {
            if (!matched)
                assert_int_equal(instances[k].match, NAME_NOT_FOUND);
            else
                assert_int_equal(vms[instances[k].match].match, k);
            found = matched ? say("%s%u", found, (unsigned)instances[k].match) : found;
        }
        if (matched)
            assert_string_equal(found, cases[i].found);
    }
}

RUN_TESTS(TEST(matches));
