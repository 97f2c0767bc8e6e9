/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/namesakes.h"

#include "hyperv/reading.h"
#include "plugin/number.h"

bool namesake_fits(double a, double b)
{
    double between = a < b ? b - a : a - b;
    return between <= larger(16.0 * MEGABYTE, 0.02 * larger(a, b));
}

/* How far apart what they want is. One that tells it and one that does not are as far apart as can
 * be; two that do not are the same. */
static double apart(const struct namesake *a, const struct namesake *b)
{
    if (a->has_pressure != b->has_pressure)
        return 1e9;
    if (!a->has_pressure)
        return 0;
    return a->pressure < b->pressure ? b->pressure - a->pressure : a->pressure - b->pressure;
}

static uint32_t find_nearest(const struct namesake *instance, const struct namesake *vms,
                             uint32_t count)
{
    uint32_t nearest = NAME_NOT_FOUND;
    for (uint32_t i = 0; i < count; i++) {
        if (vms[i].match != NAME_NOT_FOUND || !namesake_fits(instance->physical, vms[i].physical))
            continue;
        if (nearest == NAME_NOT_FOUND || apart(instance, &vms[i]) < apart(instance, &vms[nearest]))
            nearest = i;
    }
    return nearest;
}

static void forget(struct namesake *namesakes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        namesakes[i].match = NAME_NOT_FOUND;
}

bool namesakes_match(struct namesake *instances, uint32_t count, struct namesake *vms,
                     uint32_t vm_count)
{
    forget(instances, count);
    forget(vms, vm_count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t nearest = find_nearest(&instances[i], vms, vm_count);
        if (nearest == NAME_NOT_FOUND) {
            forget(instances, count);
            forget(vms, vm_count);
            return false;
        }
        instances[i].match = nearest;
        vms[nearest].match = i;
    }
    return true;
}
