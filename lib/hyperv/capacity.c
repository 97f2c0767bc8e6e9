/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/capacity.h"

#include "plugin/number.h"

/* How many times a part goes into a whole, both positive. */
static double times(double whole, double part)
{
    return whole > 0 ? (double)(uint64_t)(whole / part) : 0;
}

static void choose_startup(struct capacity *capacity, const struct vms *vms, double asked)
{
    capacity->startup = asked;
    capacity->origin = STARTUP_ASKED;
    if (asked > 0)
        return;
    capacity->startup = vms->largest_startup;
    capacity->startup_of = vms->largest_stopped;
    capacity->origin = STARTUP_STOPPED;
    if (capacity->startup > 0)
        return;
    capacity->origin = STARTUP_UNKNOWN;
    for (size_t i = 0; i < vms->count; i++)
        if (vms->items[i].startup > capacity->startup) {
            capacity->startup = vms->items[i].startup;
            capacity->startup_of = vms->items[i].name;
            capacity->origin = STARTUP_RUNNING;
        }
}

/* A VM is on one node; what must stay available may be anywhere. */
static double count_fits(const struct balancer *balancer, double startup, double keep)
{
    double on_nodes = 0;
    for (size_t i = 0; i < balancer->count; i++)
        on_nodes += times(balancer->nodes[i].available, startup);
    return smaller(on_nodes, times(balancer->available - keep, startup));
}

struct capacity capacity_of(const struct vms *vms, const struct capacity_question *question)
{
    struct capacity capacity = {.available = vms->balancer.available,
                                .left = vms->balancer.available - question->incoming};
    choose_startup(&capacity, vms, question->startup);
    if (capacity.origin != STARTUP_UNKNOWN)
        capacity.fits = count_fits(&vms->balancer, capacity.startup, question->keep);
    for (size_t i = 0; i < vms->count; i++) {
        const struct vm *vm = &vms->items[i];
        if (vm->kind == VM_UNJUDGED)
            continue;
        double maximum = vm->kind == VM_DYNAMIC ? larger(vm->maximum, vm->physical) : vm->physical;
        capacity.assigned += vm->physical;
        capacity.maxima += maximum;
        if (maximum - vm->physical > capacity.distance) {
            capacity.distance = maximum - vm->physical;
            capacity.farthest = vm;
        }
    }
    capacity.for_vms = capacity.assigned + capacity.available;
    if (capacity.for_vms > 0)
        capacity.overcommitment = capacity.maxima / capacity.for_vms * 100;
    return capacity;
}
