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

/* Totals and RAM are told in whole MB, each by itself. */
enum { ROUNDING = 4 * MEGABYTE };

/* What moved since the earlier look. Where Windows tells no totals, the difference must do, which
 * misses what went and came back. A VM that was started again counts from zero: its totals are less
 * than before, or what they say was added and removed is not what its RAM did. Then nothing is
 * known of it. */
static void compare(struct party *party, const struct demand_vm *before)
{
    const struct demand_vm *now = party->vm;
    double change = now->physical - before->physical;
    if (now->has_moves && before->has_moves) {
        party->gained = now->added - before->added;
        party->lost = now->removed - before->removed;
        double unexplained = change - (party->gained - party->lost);
        party->compared = party->gained >= 0 && party->lost >= 0 && unexplained <= ROUNDING &&
                          unexplained >= -ROUNDING;
    } else {
        party->gained = larger(0, change);
        party->lost = larger(0, -change);
        party->compared = true;
    }
    if (!party->compared)
        party->gained = party->lost = 0;
    party->takes = party->gained > party->lost;
    party->gives = party->lost > party->gained && party->wants;
    party->returns = party->lost > party->gained && !party->wants;
}

static bool compare_all(struct contention *contention, const struct demand *before,
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
 * those that lack some too, but hold the most that they ever had. A VM that was not here before was
 * started or came from another node, with its memory: it neither gave any nor took any here. */
static void tell_by_level(struct contention *contention)
{
    contention->by_level = true;
    for (size_t i = 0; i < contention->count; i++) {
        struct party *party = &contention->parties[i];
        bool came = contention->compared && !party->compared;
        party->gives = party->wants && !came && party->vm->lost_ever > 0;
        party->takes = party->wants && !came && !party->gives;
    }
    add_up(contention);
}

double contention_frees(const struct demand_vm *vm)
{
    return vm->physical + demand_lack(vm) - demand_spare(vm);
}

static int by_what_it_frees(const void *a, const void *b)
{
    const struct party *x = a, *y = b;
    double frees = contention_frees(y->vm) - contention_frees(x->vm);
    double gain = (y->gained - y->lost) - (x->gained - x->lost);
    int order = (frees > 0) - (frees < 0);
    if (!order)
        order = y->takes - x->takes;
    if (!order)
        order = (gain > 0) - (gain < 0);
    if (!order)
        order = name_compare(x->vm->name, y->vm->name);
    return order ? order : (x->vm > y->vm) - (x->vm < y->vm);
}

/* ---- the phase ---- */

static double goal(const struct demand *look)
{
    double sum = 0;
    for (size_t i = 0; i < look->count; i++)
        sum += look->vms[i].goal;
    return sum;
}

/* Which phase follows from which facts: the first row whose facts all hold. The fight of now comes
 * first: nothing that was before, and nothing that moves elsewhere, makes it less of one. */
static const struct rule {
    enum phase phase;
    unsigned facts; /* PHASE_FACT_... that must hold */
} rules[] = {
    {PHASE_CONTENTION, PHASE_FACT_SHORTAGE},
    /* A VM that lost memory and now wants more, where the balancer has enough to give, is not in a
     * fight: its load has risen this moment. */
    {PHASE_CONTENTION, PHASE_FACT_GIVING | PHASE_FACT_LACKING},
    {PHASE_GROWING, PHASE_FACT_ONE_LOOK | PHASE_FACT_TIGHT},
    {PHASE_OPEN, PHASE_FACT_ONE_LOOK},
    /* What was taken in a shortage that has ended since is being given back. */
    {PHASE_RECOVERING, PHASE_FACT_WAS_SHORT},
    {PHASE_GROWING, PHASE_FACT_TIGHT},
    {PHASE_RECOVERING, PHASE_FACT_RETURNING},
    {PHASE_GROWING, PHASE_FACT_TAKING},
    {PHASE_CALM, 0},
};

enum phase phase_from(unsigned facts)
{
    const struct rule *rule = rules;
    while ((rule->facts & facts) != rule->facts)
        rule++;
    return rule->phase;
}

static unsigned find_facts(const struct contention *contention, const struct demand *now,
                           const struct demand *before)
{
    const struct {
        unsigned fact;
        bool holds;
    } facts[] = {
        {PHASE_FACT_ONE_LOOK, !before},
        {PHASE_FACT_SHORTAGE, now->shortage > 0 || now->short_node},
        {PHASE_FACT_WAS_SHORT, before && before->shortage > 0},
        {PHASE_FACT_LACKING, contention->lacking},
        {PHASE_FACT_GIVING, contention->giving > 0},
        {PHASE_FACT_TIGHT, contention->tight},
        {PHASE_FACT_TAKING, contention->taking > 0},
        /* On a busy host some VMs gain while others return. It recovers while most of what was
         * gained had been returned, and grows while most of it came from the balancer. */
        {PHASE_FACT_RETURNING,
         contention->returning && contention->gained <= 2 * contention->returned},
    };
    unsigned holding = 0;
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        holding |= facts[i].holds ? facts[i].fact : 0;
    return holding;
}

/* ---- what would end it ---- */

double contention_held(const struct demand_vm *vm)
{
    return larger(0, smaller(vm->physical, vm->least) - vm->need);
}

/* The fewest are found by taking those that free the most, which is enough with the last VM at the
 * latest: together they free more than is short. Then the last of them is exchanged for the
 * smallest that is still enough. */
static bool find_moves(struct contention *contention, double shortage, struct arena *arena)
{
    size_t count = 0;
    double left = shortage;
    const struct party *parties = contention->parties;
    while (count + 1 < contention->count && left > contention_frees(parties[count].vm))
        left -= contention_frees(parties[count++].vm);
    size_t last = count;
    while (last + 1 < contention->count && contention_frees(parties[last + 1].vm) >= left)
        last++;
    while (last > count &&
           contention_frees(parties[last - 1].vm) == contention_frees(parties[last].vm))
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

bool contention_judge(const struct demand *now, const struct demand *before, struct arena *arena,
                      struct contention *ret, struct error *err)
{
    struct contention contention = {.count = now->count, .compared = before};
    contention.parties = arena_array(arena, now->count, sizeof *contention.parties);
    if (!contention.parties)
        return error_memory(err);
    for (size_t i = 0; i < now->count; i++) {
        const struct demand_vm *vm = &now->vms[i];
        contention.parties[i] = (struct party){.vm = vm, .wants = vm->demand > vm->physical};
        contention.held += contention_held(vm);
    }
    if (before && !compare_all(&contention, before, arena, err))
        return false;
    add_up(&contention);
    contention.tight = goal(now) > now->capacity;
    contention.lacking = now->lack > now->available || now->short_node;
    contention.phase = phase_from(find_facts(&contention, now, before));
    if (contention.phase == PHASE_CONTENTION && !contention.giving)
        tell_by_level(&contention);
    qsort(contention.parties, contention.count, sizeof *contention.parties, by_what_it_frees);
    if (now->host_shortage > 0 && !find_moves(&contention, now->host_shortage, arena))
        return error_memory(err);
    *ret = contention;
    return true;
}
