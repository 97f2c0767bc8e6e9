/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/contention.h"

#include "plugin/name.h"
#include "plugin/number.h"

#include <stdlib.h>

const char *phase_name(enum phase phase)
{
    static const char *const names[] = {
        [PHASE_CALM] = "calm",
        [PHASE_GROWING] = "growing",
        [PHASE_CONTENTION] = "contention",
        [PHASE_RECOVERING] = "recovering",
        [PHASE_OPEN] = "no shortage",
    };
    return names[phase];
}

/* ---- the parties ---- */

/* What moved since the earlier look. Where Windows tells no totals, the difference must do, which
 * misses what went and came back. A VM that was started again counts from zero, so its totals are
 * less than before: then nothing is known of it. */
static void compare(struct party *party, const struct look_vm *before)
{
    const struct look_vm *now = party->vm;
    if (now->has_moves && before->has_moves) {
        party->gained = now->added - before->added;
        party->lost = now->removed - before->removed;
    } else {
        party->gained = larger(0, now->physical - before->physical);
        party->lost = larger(0, before->physical - now->physical);
    }
    party->compared = party->gained >= 0 && party->lost >= 0;
    if (!party->compared)
        party->gained = party->lost = 0;
    party->takes = party->gained > party->lost;
    party->gives = party->lost > party->gained && party->wants;
    party->returns = party->lost > party->gained && !party->wants;
}

static bool compare_all(struct contention *contention, const struct look *before,
                        struct arena *arena, struct error *err)
{
    struct name_index index;
    if (!name_index_make(&index, before->count, arena, err))
        return false;
    for (uint32_t i = 0; i < before->count; i++)
        if (before->vms[i].key)
            name_index_add(&index, before->vms[i].key, i);
    for (size_t i = 0; i < contention->count; i++) {
        struct party *party = &contention->parties[i];
        uint32_t found = party->vm->key ? name_index_find(&index, party->vm->key) : NAME_NOT_FOUND;
        if (found != NAME_NOT_FOUND)
            compare(party, &before->vms[found]);
    }
    return true;
}

static void add_up(struct contention *contention)
{
    contention->wanting = contention->taking = contention->giving = contention->returning = 0;
    contention->gained = contention->returned = 0;
    for (size_t i = 0; i < contention->count; i++) {
        const struct party *party = &contention->parties[i];
        contention->wanting += party->wants;
        contention->taking += party->takes;
        contention->giving += party->gives;
        contention->returning += party->returns;
        contention->gained += party->takes ? party->gained - party->lost : 0;
        contention->returned += party->returns ? party->lost - party->gained : 0;
    }
}

/* Who gives where nothing moved: a VM that lacks memory which it once had. That memory is with
 * those that lack some too, but hold the most that they ever had. */
static void tell_by_level(struct contention *contention)
{
    contention->by_level = true;
    for (size_t i = 0; i < contention->count; i++) {
        struct party *party = &contention->parties[i];
        party->gives = party->wants && party->vm->lost_ever > 0;
        party->takes = party->wants && !party->gives;
    }
    add_up(contention);
}

static int by_demand(const void *a, const void *b)
{
    const struct party *x = a, *y = b;
    if (x->vm->demand != y->vm->demand)
        return x->vm->demand < y->vm->demand ? 1 : -1;
    if (x->takes != y->takes)
        return x->takes ? -1 : 1;
    double gain = (y->gained - y->lost) - (x->gained - x->lost);
    if (gain != 0)
        return gain > 0 ? 1 : -1;
    return name_compare(x->vm->name, y->vm->name);
}

/* ---- the phase ---- */

/* What VMs lack, of what the host may give them. */
static double lack(const struct look *look)
{
    double sum = 0;
    for (size_t i = 0; i < look->count; i++)
        sum += larger(0, look->vms[i].demand - look->vms[i].physical);
    return sum;
}

static double goal(const struct look *look)
{
    double sum = 0;
    for (size_t i = 0; i < look->count; i++)
        sum += look->vms[i].goal;
    return sum;
}

static enum phase find_phase(const struct contention *contention, const struct look *now,
                             const struct look *before)
{
    if (now->shortage > 0)
        return PHASE_CONTENTION;
    /* What was taken in a shortage that has ended since is being given back. */
    if (before && before->shortage > 0)
        return PHASE_RECOVERING;
    /* A VM that lost memory and now wants more, where the balancer has enough to give, is not in
     * a fight: its load has risen this moment. */
    if (contention->giving && lack(now) > now->available)
        return PHASE_CONTENTION;
    if (!before)
        return contention->tight ? PHASE_GROWING : PHASE_OPEN;
    if (contention->tight)
        return PHASE_GROWING;
    /* On a busy host some VMs gain while others return. It recovers while most of what was gained
     * had been returned, and grows while most of it came from the balancer. */
    if (contention->returning && contention->gained <= 2 * contention->returned)
        return PHASE_RECOVERING;
    return contention->taking ? PHASE_GROWING : PHASE_CALM;
}

/* ---- what would end it ---- */

double contention_held(const struct look_vm *vm)
{
    return vm->physical <= vm->least ? larger(0, vm->physical - vm->need) : 0;
}

/* A VM that moves away takes what it wants with it and leaves what it holds to the others, so the
 * shortage becomes less by what it wants. The fewest are found by taking the most; then the last
 * of them is exchanged for the smallest that is still enough. */
static bool find_moves(struct contention *contention, double shortage, struct arena *arena)
{
    size_t count = 0;
    double left = shortage;
    const struct party *parties = contention->parties;
    while (count < contention->count && left > parties[count].vm->demand)
        left -= parties[count++].vm->demand;
    if (count == contention->count)
        return true; /* can't be: all VMs together want more than is short */
    size_t last = count;
    while (last + 1 < contention->count && parties[last + 1].vm->demand >= left)
        last++;
    while (last > count && parties[last - 1].vm->demand == parties[last].vm->demand)
        last--; /* of equals, the one that takes the most */
    contention->move = arena_array(arena, count + 1, sizeof *contention->move);
    if (!contention->move)
        return false;
    for (size_t i = 0; i < count; i++)
        contention->move[i] = parties[i].vm;
    contention->move[count] = parties[last].vm;
    contention->move_count = count + 1;
    double rest = parties[last].vm->demand - shortage;
    if (!count && rest >= parties[last].vm->least)
        contention->shrink_to = rest;
    return true;
}

bool contention_judge(const struct look *now, const struct look *before, struct arena *arena,
                      struct contention *ret, struct error *err)
{
    struct contention contention = {.count = now->count, .compared = before};
    contention.parties = arena_array(arena, now->count, sizeof *contention.parties);
    if (!contention.parties)
        return error_memory(err);
    for (size_t i = 0; i < now->count; i++) {
        const struct look_vm *vm = &now->vms[i];
        contention.parties[i] = (struct party){.vm = vm, .wants = vm->demand > vm->physical};
        contention.held += contention_held(vm);
    }
    if (before && !compare_all(&contention, before, arena, err))
        return false;
    add_up(&contention);
    contention.tight = goal(now) > now->capacity;
    contention.phase = find_phase(&contention, now, before);
    if (contention.phase == PHASE_CONTENTION && !contention.giving)
        tell_by_level(&contention);
    qsort(contention.parties, contention.count, sizeof *contention.parties, by_demand);
    if (now->shortage > 0 && !find_moves(&contention, now->shortage, arena))
        return error_memory(err);
    *ret = contention;
    return true;
}
