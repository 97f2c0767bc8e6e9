/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "hyperv/contention.h"

/* A VM as these tests think of it, in MB. */
struct mb {
    const char *name;
    double has, wants, maximum, least, added, removed, lost_ever;
};

#define VM(vm_name, vm_has, vm_wants, vm_maximum, ...)                                             \
    {                                                                                              \
        .name = (vm_name), .has = (vm_has), .wants = (vm_wants), .maximum = (vm_maximum),          \
        __VA_ARGS__                                                                                \
    }

static struct demand look_at(double available, const struct mb *vms, size_t count)
{
    struct demand look = {.available = available * MEGABYTE};
    for (size_t i = 0; i < count; i++) {
        const struct mb *mb = &vms[i];
        double demand = mb->wants < mb->maximum ? mb->wants : mb->maximum;
        struct demand_vm vm = {.key = mb->name,
                               .name = mb->name,
                               .physical = mb->has * MEGABYTE,
                               .wish = mb->wants * MEGABYTE,
                               .demand = demand * MEGABYTE,
                               .need = mb->wants * MEGABYTE,
                               .goal = demand * MEGABYTE,
                               .least = mb->least * MEGABYTE,
                               .lost_ever = mb->lost_ever * MEGABYTE,
                               .added = (mb->added > 0 ? mb->added : 0) * MEGABYTE,
                               .removed = mb->removed * MEGABYTE,
                               .has_moves = mb->added >= 0};
        assert_true(demand_add(&look, &vm, &arena));
    }
    demand_conclude(&look);
    return look;
}

#define LOOK(available, ...)                                                                       \
    look_at((available), (const struct mb[]){__VA_ARGS__},                                         \
            LENGTH(((const struct mb[]){__VA_ARGS__})))

static struct contention judge(const struct demand *now, const struct demand *before)
{
    struct contention contention;
    struct error err;
    assert_true(contention_judge(now, before, &arena, &contention, &err));
    return contention;
}

static const struct party *party(const struct contention *contention, const char *name)
{
    for (size_t i = 0; i < contention->count; i++)
        if (!strcmp(contention->parties[i].vm->name, name))
            return &contention->parties[i];
    fail_msg("no party %s", name);
    return NULL;
}

static void demand_capacity_and_shortage(void **state)
{
    (void)state;
    struct demand look = LOOK(100, VM("a", 1000, 1200, 4096), VM("b", 500, 400, 4096));
    assert_double(look.demand, 1600.0 * MEGABYTE);
    assert_double(look.capacity, 1600.0 * MEGABYTE);
    assert_double(look.shortage, 0);
    look = LOOK(99, VM("a", 1000, 1200, 4096), VM("b", 500, 400, 4096));
    assert_double(look.shortage, 1.0 * MEGABYTE);
}

/* What a VM's minimum keeps can't be given to one that starves, nor what it wants itself. */
static void a_shortage_is_of_what_can_be_taken(void **state)
{
    (void)state;
    static const struct {
        double available, idle, wants, least, shortage;
    } cases[] = {
        {0, 4000, 400, 0, 0},       {0, 4000, 400, 4000, 1000}, {0, 4000, 400, 3500, 500},
        {0, 4000, 400, 3000, 0},    {0, 4000, 3500, 100, 500},  {300, 4000, 400, 4000, 700},
        {0, 4000, 400, 5000, 1000}, {1000, 4000, 400, 4000, 0},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct demand look =
            LOOK(cases[i].available, VM("short", 2000, 3000, 4096),
                 VM("idle", cases[i].idle, cases[i].wants, 8192, .least = cases[i].least));
        if (look.shortage != cases[i].shortage * MEGABYTE)
            fail_msg("%zu: %.0f MB short", i, look.shortage / MEGABYTE);
        assert_double(look.lack, 1000.0 * MEGABYTE);
        bool short_of_it = cases[i].shortage > 0;
        assert_true((judge(&look, NULL).phase == PHASE_CONTENTION) == short_of_it);
        assert_true(judge(&look, NULL).lacking == (cases[i].available < 1000));
    }
}

/* NUMA nodes that do not share: what a VM lacks, another node can't give. */
static void a_node_is_short_by_itself(void **state)
{
    (void)state;
    static const struct {
        struct {
            double available, pressure; /* 0: not known */
        } nodes[2];
        size_t count;
        double wants; /* of a VM that has 2000 MB and may have 4096 */
        const char *short_node, *unsure_node;
        double shortage;
    } cases[] = {
        {{{0, 180}, {20000, 50}}, 2, 3000, "0", NULL, 1000},
        {{{900, 180}, {20000, 50}}, 2, 3000, "0", NULL, 100},
        {{{1000, 180}, {20000, 50}}, 2, 3000, NULL, NULL, 0}, /* it can be given what it lacks */
        {{{0, 100}, {20000, 50}}, 2, 3000, NULL, NULL, 0},    /* it is on the other node */
        {{{20000, 50}, {10, 101}}, 2, 3000, "1", NULL, 990},
        {{{300, 120}, {10, 130}}, 2, 3000, "1", NULL, 990}, /* the worse one */
        {{{0, 0}, {20000, 50}}, 2, 3000, NULL, "0", 0},
        {{{0, 0}, {20000, 50}}, 2, 2000, NULL, NULL, 0}, /* nobody wants anything */
        /* dry: whatever its VMs may have at most */
        {{{0, 150}, {20000, 50}}, 2, 2000, "0", NULL, 0},
        {{{127, 150}}, 1, 2000, "0", NULL, 0},
        {{{128, 150}}, 1, 2000, NULL, NULL, 0},
        {{{0, 100}}, 1, 2000, NULL, NULL, 0},
        {{{0, 0}}, 1, 2000, NULL, NULL, 0},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        static const char *const names[] = {"0", "1"};
        struct balancer_node nodes[2];
        struct balancer balancer = {.nodes = nodes, .count = cases[i].count};
        double available = 0;
        for (size_t n = 0; n < cases[i].count; n++) {
            nodes[n] = (struct balancer_node){.name = names[n],
                                              .available = cases[i].nodes[n].available * MEGABYTE,
                                              .has_pressure = cases[i].nodes[n].pressure > 0,
                                              .pressure = cases[i].nodes[n].pressure};
            available += cases[i].nodes[n].available;
        }
        struct demand look = LOOK(available, VM("a", 2000, cases[i].wants, 4096));
        look.balancer = balancer;
        demand_conclude(&look);
        const struct balancer_node *found[] = {look.short_node, look.unsure_node};
        const char *const wanted[] = {cases[i].short_node, cases[i].unsure_node};
        for (size_t k = 0; k < 2; k++)
            if (!found[k] != !wanted[k] || (found[k] && strcmp(found[k]->name, wanted[k]) != 0))
                fail_msg("%zu: %s node %s, expected %s", i, k ? "unsure" : "short",
                         found[k] ? found[k]->name : "none", wanted[k] ? wanted[k] : "none");
        assert_double(look.shortage, cases[i].shortage * MEGABYTE);
        assert_true((judge(&look, NULL).phase == PHASE_CONTENTION) ==
                    (cases[i].short_node != NULL));
        if (cases[i].short_node)
            assert_true(judge(&look, NULL).lacking);
    }
}

/* A VM at its maximum may want what it likes: no host could give it more, and nobody loses. */
static void what_is_beyond_a_maximum_is_no_shortage(void **state)
{
    (void)state;
    struct demand before = LOOK(10, VM("db", 1000, 1900, 1000), VM("b", 500, 400, 4096));
    struct demand now = before;
    assert_double(now.shortage, 0);
    assert_int_equal(judge(&now, &before).phase, PHASE_CALM);
    assert_false(
        party(&(struct contention){.parties = judge(&now, NULL).parties, .count = 2}, "db")->wants);
}

/* Memory is taken from a VM that wants it although all together want less than there is: other VMs
 * hold what they don't need. */
static void taking_without_a_shortage(void **state)
{
    (void)state;
    struct demand before = LOOK(0, VM("low", 1000, 1100, 4096, .added = 500),
                                VM("high", 3000, 2000, 4096, .added = 100));
    struct demand now = LOOK(0, VM("low", 900, 1100, 4096, .added = 500, .removed = 100),
                             VM("high", 3100, 2000, 4096, .added = 200));
    assert_double(now.shortage, 0);
    struct contention contention = judge(&now, &before);
    assert_int_equal(contention.phase, PHASE_CONTENTION);
    assert_true(party(&contention, "low")->gives && party(&contention, "high")->takes);
    assert_double(party(&contention, "low")->lost, 100.0 * MEGABYTE);
    assert_double(party(&contention, "high")->gained, 100.0 * MEGABYTE);
    assert_null(contention.move);
    /* the balancer can give it back: its load has just risen */
    now.available = 300.0 * MEGABYTE;
    assert_int_not_equal(judge(&now, &before).phase, PHASE_CONTENTION);
}

static void movements_name_the_phase(void **state)
{
    (void)state;
    static const struct {
        double gained, returned;
        enum phase phase;
    } cases[] = {
        {0, 0, PHASE_CALM},         {50, 0, PHASE_GROWING},     {50, 20, PHASE_GROWING},
        {50, 25, PHASE_RECOVERING}, {50, 90, PHASE_RECOVERING}, {0, 50, PHASE_RECOVERING},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct demand before = LOOK(1000, VM("a", 1000, 800, 4096), VM("b", 1000, 500, 4096));
        struct demand now =
            LOOK(1000, VM("a", 1000 + cases[i].gained, 800, 4096, .added = cases[i].gained),
                 VM("b", 1000 - cases[i].returned, 500, 4096, .removed = cases[i].returned));
        struct contention contention = judge(&now, &before);
        if (contention.phase != cases[i].phase)
            fail_msg("%.0f gained, %.0f returned: %s", cases[i].gained, cases[i].returned,
                     phase_name(contention.phase));
        assert_double(contention.gained, cases[i].gained * MEGABYTE);
        assert_double(contention.returned, cases[i].returned * MEGABYTE);
        assert_int_equal(judge(&now, NULL).phase, PHASE_OPEN);
    }
}

/* Every combination of what can be known. Alarm comes before calm: a fact that is bad never makes a
 * fight less of one, and nothing but such a fact makes one. */
static void which_phase_follows_from_which_facts(void **state)
{
    (void)state;
    static const unsigned bad[] = {PHASE_FACT_SHORTAGE, PHASE_FACT_LACKING,   PHASE_FACT_GIVING,
                                   PHASE_FACT_TIGHT,    PHASE_FACT_WAS_SHORT, PHASE_FACT_TAKING,
                                   PHASE_FACT_RETURNING};
    unsigned seen = 0;
    for (unsigned facts = 0; facts < PHASE_FACTS; facts++) {
        enum phase phase = phase_from(facts);
        bool fights = facts & PHASE_FACT_SHORTAGE ||
                      (facts & PHASE_FACT_GIVING && facts & PHASE_FACT_LACKING);
        assert_true((phase == PHASE_CONTENTION) == fights);
        if (fights)
            for (size_t i = 0; i < LENGTH(bad); i++)
                assert_int_equal(phase_from(facts | bad[i]), PHASE_CONTENTION);
        if (!fights && facts & PHASE_FACT_ONE_LOOK)
            assert_int_equal(phase, facts & PHASE_FACT_TIGHT ? PHASE_GROWING : PHASE_OPEN);
        if (!fights && !(facts & PHASE_FACT_ONE_LOOK))
            assert_true(phase != PHASE_OPEN);
        seen |= 1u << phase;
    }
    assert_int_equal(seen, 1u << PHASE_CALM | 1u << PHASE_GROWING | 1u << PHASE_CONTENTION |
                               1u << PHASE_RECOVERING | 1u << PHASE_OPEN);
}

/* What was short before does not make the fight of now a recovery. */
static void the_fight_of_now_comes_first(void **state)
{
    (void)state;
    for (int was_short = 0; was_short < 2; was_short++) {
        struct demand before = LOOK(0, VM("low", 1000, was_short ? 9000 : 1100, 9999, .added = 500),
                                    VM("high", 3000, 2000, 4096, .added = 100));
        struct demand now = LOOK(0, VM("low", 900, 1100, 4096, .added = 500, .removed = 100),
                                 VM("high", 3100, 2000, 4096, .added = 200));
        assert_true((before.shortage > 0) == was_short);
        assert_int_equal(judge(&now, &before).phase, PHASE_CONTENTION);
    }
}

static void a_shortage_that_ended_is_recovering(void **state)
{
    (void)state;
    struct demand before = LOOK(0, VM("a", 1000, 1100, 4096)),
                  now = LOOK(0, VM("a", 1000, 900, 4096));
    assert_int_equal(judge(&before, NULL).phase, PHASE_CONTENTION);
    assert_int_equal(judge(&now, &before).phase, PHASE_RECOVERING);
}

static void a_buffer_that_cannot_be_filled_is_growing(void **state)
{
    (void)state;
    struct demand now = LOOK(10, VM("a", 1000, 900, 4096));
    now.vms[0].goal = 1011.0 * MEGABYTE;
    struct contention contention = judge(&now, NULL);
    assert_true(contention.tight);
    assert_int_equal(contention.phase, PHASE_GROWING);
    assert_int_equal(judge(&now, &now).phase, PHASE_GROWING);
    now.vms[0].goal = 1010.0 * MEGABYTE;
    assert_int_equal(judge(&now, NULL).phase, PHASE_OPEN);
}

/* A VM whose RAM did not do what its totals say was started again in between: it takes and gives
 * nothing, whatever its new totals are. Each total is rounded by itself. */
static void totals_that_do_not_explain_what_it_holds(void **state)
{
    (void)state;
    for (double off = -40; off <= 40; off++) {
        struct demand before = LOOK(0, VM("a", 2000, 2500, 4096, .added = 1500, .removed = 100));
        struct demand now = LOOK(0, VM("a", 2000 + off, 2500, 4096, .added = 1600, .removed = 200));
        bool told = off >= -4 && off <= 4;
        assert_true(
            party(&(struct contention){.parties = judge(&now, &before).parties, .count = 1}, "a")
                ->compared == told);
    }
    /* 3000 MB before, started again at 512 MB, and given more than it ever had */
    struct demand before = LOOK(0, VM("a", 3000, 3500, 4096, .added = 2488));
    struct demand now = LOOK(0, VM("a", 3012, 3500, 4096, .added = 2500));
    assert_true(judge(&now, &before).taking == 1);
    now = LOOK(0, VM("a", 2000, 3500, 4096, .added = 2500, .removed = 1012));
    struct contention contention = judge(&now, &before);
    assert_true(contention.parties[0].compared); /* that is what its RAM did */
    now = LOOK(0, VM("a", 1500, 3500, 4096, .added = 2600, .removed = 1000));
    contention = judge(&now, &before);
    assert_false(contention.parties[0].compared);
    assert_double(contention.parties[0].gained, 0);
    assert_double(contention.parties[0].lost, 0);
    assert_true(contention.by_level);
}

/* Counters of a VM that was started again begin at zero; a VM that is new was not there. */
static void what_started_again_is_not_compared(void **state)
{
    (void)state;
    struct demand before = LOOK(1000, VM("old", 2000, 1500, 4096, .added = 1500, .removed = 300));
    struct demand now = LOOK(1000, VM("old", 600, 500, 4096, .added = 100),
                             VM("new", 900, 500, 4096, .added = 400));
    struct contention contention = judge(&now, &before);
    assert_false(party(&contention, "old")->compared);
    assert_false(party(&contention, "new")->compared);
    assert_int_equal(contention.phase, PHASE_CALM);
    assert_int_equal(contention.taking + contention.giving + contention.returning, 0);
    /* one total is enough, however much more the other is by now */
    now = LOOK(1000, VM("old", 3300, 1500, 4096, .added = 2500, .removed = 0));
    assert_false(judge(&now, &before).parties[0].compared);
}

/* Without the totals, what a VM holds must do. */
static void without_totals_the_difference_counts(void **state)
{
    (void)state;
    struct demand before = LOOK(1000, VM("a", 1000, 800, 4096, .added = -1));
    struct demand now = LOOK(900, VM("a", 1100, 800, 4096, .added = -1));
    struct contention contention = judge(&now, &before);
    assert_double(party(&contention, "a")->gained, 100.0 * MEGABYTE);
    assert_int_equal(contention.phase, PHASE_GROWING);
    /* they are told now, but were not then */
    now = LOOK(900, VM("a", 1100, 800, 4096, .added = 5000));
    assert_double(judge(&now, &before).parties[0].gained, 100.0 * MEGABYTE);
}

/* Where nothing moves in a fight, who lost memory earlier gives and who did not takes. */
static void by_level(void **state)
{
    (void)state;
    struct demand now = LOOK(0, VM("a", 1000, 1100, 4096, .lost_ever = 200),
                             VM("b", 1000, 1100, 4096), VM("c", 1000, 900, 4096, .lost_ever = 9));
    for (int compared = 0; compared < 2; compared++) {
        struct contention contention = judge(&now, compared ? &now : NULL);
        assert_true(contention.by_level);
        assert_true(contention.compared == (compared == 1));
        assert_int_equal(contention.giving, 1);
        assert_int_equal(contention.taking, 1);
        assert_int_equal(contention.wanting, 2);
        assert_true(party(&contention, "a")->gives && party(&contention, "b")->takes);
    }
}

/* ---- what would end it ---- */

/* A VM that was migrated here between two looks brought its memory, and one that went took its own:
 * neither gained or lost any here, whatever they want now. */
static void what_migrated_neither_takes_nor_gives(void **state)
{
    (void)state;
    struct demand before = LOOK(500, VM("stays", 1000, 1000, 4096, .added = 900),
                                VM("goes", 2000, 2000, 4096, .added = 1900));
    struct demand now = LOOK(500, VM("stays", 1000, 1000, 4096, .added = 900),
                             VM("came", 2000, 2000, 4096, .added = 1500, .lost_ever = 300));
    struct contention contention = judge(&now, &before);
    assert_int_equal(contention.taking, 0);
    assert_int_equal(contention.giving, 0);
    assert_int_equal(contention.returning, 0);
    assert_double(contention.gained, 0);
    assert_double(contention.returned, 0);
    assert_false(party(&contention, "came")->compared);
    assert_int_equal(contention.phase, PHASE_CALM);

    /* And in a shortage that it brought: it wants more, but was taken nothing here. */
    now = LOOK(0, VM("stays", 1000, 1300, 4096, .added = 900),
               VM("came", 2000, 2500, 4096, .added = 1500, .lost_ever = 300),
               VM("grew", 1500, 1600, 4096, .added = 1500));
    before = LOOK(500, VM("stays", 1000, 1000, 4096, .added = 900),
                  VM("grew", 1500, 1500, 4096, .added = 1500));
    contention = judge(&now, &before);
    assert_int_equal(contention.phase, PHASE_CONTENTION);
    assert_true(contention.by_level && party(&contention, "came")->wants);
    assert_false(party(&contention, "came")->gives || party(&contention, "came")->takes);
    assert_int_equal(contention.giving, 0);
    assert_int_equal(contention.taking, 2);
}

static const char *moves(const struct contention *contention)
{
    const char *names = "";
    for (size_t i = 0; i < contention->move_count; i++)
        names = say("%s%s%s", names, i ? " " : "", contention->move[i]->name);
    return names;
}

static void the_fewest_and_smallest_vms_to_move(void **state)
{
    (void)state;
    static const struct {
        double has; /* each of four, which want 400, 300, 200 and 100 */
        const char *moves;
        double shrink_to;
    } cases[] = {
        {249, "d", 96},    /* 4 short */
        {227.5, "d", 10},  /* 90 short: d keeps the least that it can have */
        {227.25, "d", 0},  /* 91 */
        {225, "d", 0},     /* 100: exactly what d wants */
        {224, "c", 96},    /* 104 */
        {200, "c", 0},     /* 200 */
        {199, "b", 96},    /* 204 */
        {150, "a", 0},     /* 400 */
        {149, "a d", 0},   /* 404: two are needed */
        {100, "a c", 0},   /* 600 */
        {99, "a b", 0},    /* 604 */
        {50, "a b d", 0},  /* 800 */
        {1, "a b c d", 0}, /* 996 */
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        double has = cases[i].has;
        struct demand now =
            LOOK(0, VM("c", has, 200, 4096, .least = 10), VM("a", has, 400, 4096, .least = 10),
                 VM("d", has, 100, 4096, .least = 10), VM("b", has, 300, 4096, .least = 10));
        struct contention contention = judge(&now, NULL);
        if (strcmp(moves(&contention), cases[i].moves))
            fail_msg("%.0f each: %s, expected %s", has, moves(&contention), cases[i].moves);
        assert_double(contention.shrink_to, cases[i].shrink_to * MEGABYTE);
    }
}

/* That the shortage is over then, and with fewer it is not: for many hosts, by trying all. */
static void the_moves_are_enough_and_no_more(void **state)
{
    (void)state;
    for (int host = 0; host < 300; host++) {
        enum { VMS = 6 };
        struct mb vms[VMS];
        static const char *const names[VMS] = {"a", "b", "c", "d", "e", "f"};
        for (size_t i = 0; i < VMS; i++)
            vms[i] = (struct mb)VM(names[i], 1 + unit_random(500), 1 + unit_random(1000), 4096,
                                   .least = unit_random(2) ? unit_random(500) : 0);
        struct demand now = look_at(unit_random(100), vms, VMS);
        struct contention contention = judge(&now, NULL);
        double moved = 0, fewest = VMS + 1, least = 0;
        for (size_t i = 0; i < contention.move_count; i++)
            moved += contention_frees(contention.move[i]);
        for (unsigned set = 0; set < 1u << VMS; set++) {
            double sum = 0, size = 0;
            for (unsigned i = 0; i < VMS; i++)
                if (set >> i & 1) {
                    sum += contention_frees(&now.vms[i]);
                    size++;
                }
            if (sum >= now.shortage && (size < fewest || (size == fewest && sum < least))) {
                fewest = size;
                least = sum;
            }
        }
        assert_double((double)contention.move_count, fewest);
        assert_true(moved >= now.shortage);
        if (contention.move_count < 2)
            assert_double(moved, least);
    }
}

/* Of VMs of one name nobody knows which is which: they stay in the order in which they were read.
 */
static void what_is_alike_stays_in_its_order(void **state)
{
    (void)state;
    struct demand now = LOOK(0, VM("a", 1000, 900, 4096), VM("b", 1000, 900, 4096),
                             VM("b", 1000, 900, 4096), VM("b", 1000, 900, 4096));
    struct contention contention = judge(&now, NULL);
    for (size_t i = 0; i < now.count; i++)
        assert_ptr_equal(contention.parties[i].vm, &now.vms[i]);
}

static void minimum_held_without_need(void **state)
{
    (void)state;
    struct demand now = LOOK(0, VM("idle", 1024, 300, 4096, .least = 1024),
                             VM("short", 1000, 1900, 4096, .least = 512),
                             VM("above", 1030, 300, 4096, .least = 1024));
    struct contention contention = judge(&now, NULL);
    assert_double(contention_held(&now.vms[0]), 724.0 * MEGABYTE);
    assert_double(contention_held(&now.vms[1]), 0);
    assert_double(contention_held(&now.vms[2]), 724.0 * MEGABYTE);
    assert_double(contention.held, 2 * 724.0 * MEGABYTE);
}

static void an_empty_host_is_calm(void **state)
{
    (void)state;
    struct demand now = {.available = 5};
    demand_conclude(&now);
    assert_int_equal(judge(&now, &now).phase, PHASE_CALM);
    assert_int_equal(judge(&now, NULL).phase, PHASE_OPEN);
}

/* ---- as lines of a state ---- */

static void a_look_survives_as_lines(void **state)
{
    (void)state;
    struct demand now = LOOK(12, VM("a b;c|d", 1000, 1200, 4096, .added = 700, .removed = 30),
                             VM("b", 500, 400, 4096, .added = -1));
    struct demand back = {0};
    assert_true(demand_parse(&back, demand_print(&now, &arena)));
    for (size_t i = 0; i < now.count; i++)
        assert_true(demand_vm_parse(&back, demand_vm_print(&now.vms[i], &arena), &arena));
    assert_double(back.available, now.available);
    assert_double(back.shortage, now.shortage);
    assert_int_equal(back.count, 2);
    for (size_t i = 0; i < now.count; i++) {
        assert_string_equal(back.vms[i].key, now.vms[i].key);
        assert_double(back.vms[i].physical, now.vms[i].physical);
        assert_true(back.vms[i].has_moves == now.vms[i].has_moves);
    }
    assert_double(back.vms[0].added, 700.0 * MEGABYTE);
    assert_double(back.vms[0].removed, 30.0 * MEGABYTE);
}

static void no_other_lines_are_read(void **state)
{
    (void)state;
    static const char *const looks[] = {"",
                                        " ",
                                        "1",
                                        "1 ",
                                        "1 x",
                                        "1 2 3",
                                        "-1 2",
                                        "1 2x",
                                        "1e3 2",
                                        "1  2",
                                        "1111111111111111111 2"};
    static const char *const vms[] = {"",          "1 1 2 3",   "1 1 2 3 ",  "1 1 2",
                                      "x 1 2 3 a", "1 x 2 3 a", "1 1 x 3 a", "1 1 2 -3 a"};
    struct demand look = {0};
    for (size_t i = 0; i < LENGTH(looks); i++)
        if (demand_parse(&look, looks[i]))
            fail_msg("read: '%s'", looks[i]);
    for (size_t i = 0; i < LENGTH(vms); i++)
        if (demand_vm_parse(&look, vms[i], &arena))
            fail_msg("read: '%s'", vms[i]);
    assert_int_equal(look.count, 0);
    /* and none, where there is no memory for one more */
    look.count = look.room = SIZE_MAX / 4;
    assert_false(demand_vm_parse(&look, "1 1 2 3 a", &arena));
    assert_true(arena.failed && look.count == SIZE_MAX / 4);
}

RUN_TESTS(TEST(demand_capacity_and_shortage), TEST(a_shortage_is_of_what_can_be_taken),
          TEST(a_node_is_short_by_itself), TEST(totals_that_do_not_explain_what_it_holds),
          TEST(which_phase_follows_from_which_facts), TEST(the_fight_of_now_comes_first),
          TEST(what_is_beyond_a_maximum_is_no_shortage), TEST(taking_without_a_shortage),
          TEST(movements_name_the_phase), TEST(a_shortage_that_ended_is_recovering),
          TEST(a_buffer_that_cannot_be_filled_is_growing), TEST(what_started_again_is_not_compared),
          TEST(without_totals_the_difference_counts), TEST(by_level),
          TEST(what_migrated_neither_takes_nor_gives), TEST(the_fewest_and_smallest_vms_to_move),
          TEST(the_moves_are_enough_and_no_more), TEST(what_is_alike_stays_in_its_order),
          TEST(minimum_held_without_need), TEST(an_empty_host_is_calm),
          TEST(a_look_survives_as_lines), TEST(no_other_lines_are_read));
