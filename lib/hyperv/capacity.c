/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/capacity.h"

#include "plugin/number.h"

#include <math.h>

/* How many times a part goes into a whole. */
static double times(double whole, double part)
{
    return whole > 0 ? floor(whole / part) : 0;
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
    capacity->origin = vms->count || vms->stopped_count ? STARTUP_UNKNOWN : STARTUP_NO_VM;
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
    if (capacity.startup > 0)
        capacity.fits = count_fits(&vms->balancer, capacity.startup, question->keep);
    for (size_t i = 0; i < vms->count; i++) {
        const struct vm *vm = &vms->items[i];
        if (vm->kind == VM_UNJUDGED)
            continue;
        double maximum = vm->kind == VM_DYNAMIC ? larger(vm->limit, vm->physical) : vm->physical;
        capacity.assigned += vm->physical;
        capacity.maxima += maximum;
        if (maximum - vm->physical > capacity.distance) {
            capacity.distance = maximum - vm->physical;
            capacity.farthest = vm;
        }
    }
    for (size_t i = 0; i < vms->balancer.count; i++) {
        double available = vms->balancer.nodes[i].available;
        capacity.room_least = i ? smaller(capacity.room_least, available) : available;
        capacity.room_most = larger(capacity.room_most, available);
    }
    capacity.for_vms = capacity.assigned + capacity.available;
    if (capacity.for_vms > 0)
        capacity.overcommitment = capacity.maxima / capacity.for_vms * 100;
    return capacity;
}
