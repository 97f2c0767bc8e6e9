/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Placements beside two exact solvers of another kind, on clusters made by chance, the same in
 * every run: never "fits" where it does not, never "can't" where it does, and a placement that fits
 * is shown. What is left open is counted, and must be rare.
 */
#include "unit.h"

#include "hyperv/placement.h"

enum { MOST_NODES = 8, MOST_VMS = 60 };

struct instance {
    uint64_t sizes[MOST_VMS], places[MOST_NODES];
    size_t count, place_count;
};

enum { LISTED = 6 };

/* Of two lists that a 0, or their length, ends. */
static struct instance instance_of(const uint64_t sizes[LISTED], const uint64_t places[LISTED])
{
    struct instance of = {0};
    while (of.count < LISTED && sizes[of.count]) {
        of.sizes[of.count] = sizes[of.count];
        of.count++;
    }
    while (of.place_count < LISTED && places[of.place_count]) {
        of.places[of.place_count] = places[of.place_count];
        of.place_count++;
    }
    return of;
}

static int descending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x < y) - (x > y);
}

/* With nothing behind it: see guarded_arena.c. */
static const uint64_t *exactly(const uint64_t *list, size_t count)
{
    uint64_t *copy = arena_array(&arena, count, sizeof *copy);
    return memcpy(copy, list, count * sizeof *copy);
}

static struct placement_question ask(const struct instance *of)
{
    return (struct placement_question){exactly(of->sizes, of->count), of->count,
                                       exactly(of->places, of->place_count), of->place_count};
}

static struct placement_work prepare(void)
{
    struct placement_work work;
    struct error err;
    assert_true(placement_prepare(&work, MOST_VMS, MOST_NODES, &arena, &err));
    return work;
}

static void assert_placed(const struct instance *of, size_t from, const uint32_t *where)
{
    uint64_t left[MOST_NODES];
    memcpy(left, of->places, sizeof left);
    for (size_t i = from; i < of->count; i++) {
        assert_true(where[i] < of->place_count && left[where[i]] >= of->sizes[i]);
        left[where[i]] -= of->sizes[i];
    }
}

/* ---- a solver for VMs of few sizes: how many of each size are left, node by node ---- */

enum { KINDS = 3, MOST_STATES = 21 * 21 * 21 };

struct kinds {
    uint64_t sizes[KINDS];
    size_t counts[KINDS], steps[KINDS]; /* how far one less of each is, in the table */
    size_t states;
};

static struct kinds kinds_of(const struct instance *of)
{
    struct kinds kinds = {.states = 1};
    size_t kind = 0;
    for (size_t i = 0; i < of->count; i++) {
        if (i && of->sizes[i] != of->sizes[i - 1])
            kind++;
        kinds.sizes[kind] = of->sizes[i];
        kinds.counts[kind]++;
    }
    for (size_t k = 0; k < KINDS; k++) {
        kinds.steps[k] = kinds.states;
        kinds.states *= kinds.counts[k] + 1;
    }
    assert_true(kinds.states <= MOST_STATES);
    return kinds;
}

/* From each state that is reached, take what one node can hold, as much of the last kind as fits.
 */
static void fill_node(const struct kinds *kinds, uint64_t place, const bool *reached, bool *next)
{
    for (size_t state = 0; state < kinds->states; state++) {
        size_t there[KINDS];
        if (!reached[state])
            continue;
        for (size_t k = 0; k < KINDS; k++)
            there[k] = state / kinds->steps[k] % (kinds->counts[k] + 1);
        for (size_t a = 0; a <= there[0] && a * kinds->sizes[0] <= place; a++)
            for (size_t b = 0; b <= there[1] && a * kinds->sizes[0] + b * kinds->sizes[1] <= place;
                 b++) {
                uint64_t rest = place - a * kinds->sizes[0] - b * kinds->sizes[1];
                size_t c = kinds->sizes[2] ? (size_t)(rest / kinds->sizes[2]) : 0;
                c = c < there[2] ? c : there[2];
                next[state - a * kinds->steps[0] - b * kinds->steps[1] - c * kinds->steps[2]] =
                    true;
            }
    }
}

static bool fits_by_kinds(const struct instance *of)
{
    static bool tables[2][MOST_STATES];
    struct kinds kinds = kinds_of(of);
    memset(tables[0], 0, sizeof tables[0]);
    tables[0][kinds.states - 1] = true;
    for (size_t i = 0; i < of->place_count; i++) {
        memset(tables[1], 0, sizeof tables[1]);
        fill_node(&kinds, of->places[i], tables[0], tables[1]);
        memcpy(tables[0], tables[1], sizeof tables[0]);
    }
    return tables[0][0];
}

/* ---- a solver for few VMs of any size: which sets are placed on the first nodes ---- */

enum { FEW = 11 };

static bool fits_by_sets(const struct instance *of)
{
    static bool placed[1 << FEW], next[1 << FEW];
    static uint64_t sums[1 << FEW];
    size_t sets = (size_t)1 << of->count;
    memset(placed, 0, sizeof placed);
    placed[0] = true;
    for (size_t set = 1; set < sets; set++) {
        size_t lowest = 0;
        while (!(set >> lowest & 1))
            lowest++;
        sums[set] = sums[set & (set - 1)] + of->sizes[lowest];
    }
    for (size_t i = 0; i < of->place_count; i++) {
        memcpy(next, placed, sizeof next);
        for (size_t set = 0; set < sets; set++) {
            if (!placed[set])
                continue;
            size_t others = (sets - 1) & ~set;
            for (size_t more = others; more; more = (more - 1) & others)
                if (sums[more] <= of->places[i])
                    next[set | more] = true;
        }
        memcpy(placed, next, sizeof placed);
    }
    return placed[sets - 1];
}

/* ---- clusters by chance ---- */

/* VMs of few sizes that nearly fill what there is. */
static struct instance of_few_sizes(void)
{
    static const uint64_t sizes[] = {1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32};
    struct instance of = {.place_count = 1 + unit_random(MOST_NODES)};
    uint64_t kinds[KINDS], all = 0, wanted = 0;
    for (size_t i = 0; i < of.place_count; i++)
        all += of.places[i] = unit_random(64) + 4;
    for (size_t k = 0; k < KINDS; k++)
        kinds[k] = sizes[unit_random(LENGTH(sizes))];
    size_t of_kind[KINDS] = {0};
    while (of.count < MOST_VMS && wanted < all) {
        size_t kind = unit_random(KINDS);
        if (of_kind[kind]++ == 20)
            break;
        wanted += of.sizes[of.count++] = kinds[kind];
    }
    if (unit_random(2) && of.count)
        of.count--;
    qsort(of.sizes, of.count, sizeof *of.sizes, descending);
    return of;
}

static struct instance of_any_size(void)
{
    struct instance of = {.place_count = 1 + unit_random(5), .count = 1 + unit_random(FEW)};
    uint64_t wanted = 0;
    for (size_t i = 0; i < of.count; i++)
        wanted += of.sizes[i] = 1 + unit_random(40);
    for (size_t i = 0; i < of.place_count; i++)
        of.places[i] = wanted / of.place_count + unit_random(12);
    qsort(of.sizes, of.count, sizeof *of.sizes, descending);
    return of;
}

/* Nodes cut into VMs, so that all fit and nothing is left over; in bytes as large as they are. */
static struct instance of_cut_nodes(void)
{
    struct instance of = {.place_count = 2 + unit_random(MOST_NODES - 1)};
    for (size_t i = 0; i < of.place_count; i++) {
        size_t pieces = 1 + unit_random((unsigned)(MOST_VMS / of.place_count));
        for (size_t k = 0; k < pieces; k++)
            of.places[i] += of.sizes[of.count++] = (uint64_t)(1 + unit_random(1 << 16)) << 20;
    }
    qsort(of.sizes, of.count, sizeof *of.sizes, descending);
    return of;
}

struct seen {
    unsigned fits, impossible, open;
};

static void count_verdict(struct seen *seen, const struct instance *of, bool fits)
{
    struct placement_work work = prepare();
    struct placement_question question = ask(of);
    uint32_t where[MOST_VMS];
    enum placement_verdict verdict = placement_find(&question, &work, where);
    enum placement_verdict blind = placement_find(&question, &work, NULL);
    assert_int_equal(verdict == PLACEMENT_FITS, blind == PLACEMENT_FITS);
    if (verdict == PLACEMENT_FITS) {
        assert_true(fits);
        assert_placed(of, 0, where);
    }
    if (verdict == PLACEMENT_IMPOSSIBLE)
        assert_false(fits);
    seen->fits += verdict == PLACEMENT_FITS;
    seen->impossible += verdict == PLACEMENT_IMPOSSIBLE;
    seen->open += verdict == PLACEMENT_OPEN;
    arena_free(&arena);
}

static void tell(const char *what, const struct seen *seen)
{
    print_message("%s: %u fit, %u can't, %u open\n", what, seen->fits, seen->impossible,
                  seen->open);
}

static void few_sizes_beside_a_solver(void **state)
{
    (void)state;
    struct seen seen = {0};
    for (int i = 0; i < 3000; i++) {
        const struct instance of = of_few_sizes();
        count_verdict(&seen, &of, fits_by_kinds(&of));
    }
    tell("few sizes", &seen);
    assert_true(seen.fits > 300 && seen.impossible > 300 && seen.open < 90); /* tight as they are */
}

static void any_size_beside_a_solver(void **state)
{
    (void)state;
    struct seen seen = {0};
    for (int i = 0; i < 1000; i++) {
        const struct instance of = of_any_size();
        count_verdict(&seen, &of, fits_by_sets(&of));
    }
    tell("any size", &seen);
    assert_true(seen.fits > 100 && seen.impossible > 100 && !seen.open);
}

static void cut_nodes_fit(void **state)
{
    (void)state;
    struct seen exact = {0}, less = {0};
    for (int i = 0; i < 300; i++) {
        struct instance of = of_cut_nodes();
        count_verdict(&exact, &of, true);
        of.places[unit_random((unsigned)of.place_count)]--;
        count_verdict(&less, &of, false);
    }
    tell("cut nodes", &exact);
    tell("a byte less", &less);
    assert_int_equal(exact.impossible, 0);
    assert_int_equal(less.impossible, 300);
}

/* ---- the fewest without a place ---- */

static size_t fewest_by_kinds(const struct instance *of)
{
    size_t left_out = 0;
    for (struct instance rest = *of; !fits_by_kinds(&rest); left_out++) {
        rest.count--;
        memmove(rest.sizes, rest.sizes + 1, rest.count * sizeof *rest.sizes);
    }
    return left_out;
}

static void the_fewest_are_the_fewest(void **state)
{
    (void)state;
    unsigned some = 0, open = 0;
    for (int i = 0; i < 400; i++) {
        struct instance of = of_few_sizes();
        for (size_t k = 0; k < of.place_count; k++)
            of.places[k] = of.places[k] * 3 / 4;
        struct placement_work work = prepare();
        struct placement_question question = ask(&of);
        uint32_t where[MOST_VMS];
        const struct placement_fewest fewest = placement_fewest(&question, &work, where);
        size_t exact = fewest_by_kinds(&of);
        assert_true(fewest.least <= exact && exact <= fewest.left_out);
        assert_true(fewest.open || fewest.least == fewest.left_out);
        assert_placed(&of, fewest.left_out, where);
        some += exact > 0;
        open += fewest.open;
        arena_free(&arena);
    }
    print_message("%u of 400 leave some out, %u open\n", some, open);
    assert_true(some > 100 && open < 20);
}

/* Any set that is left out may be changed for as many of the largest. */
static void no_other_set_is_smaller(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        struct instance of = of_any_size();
        for (size_t k = 0; k < of.place_count; k++)
            of.places[k] = of.places[k] * 2 / 3;
        struct placement_work work = prepare();
        struct placement_question question = ask(&of);
        const struct placement_fewest fewest = placement_fewest(&question, &work, NULL);
        assert_false(fewest.open);
        for (unsigned set = 0; set < 1u << of.count; set++) {
            struct instance rest = {.place_count = of.place_count};
            memcpy(rest.places, of.places, sizeof rest.places);
            for (size_t k = 0; k < of.count; k++)
                if (!(set >> k & 1))
                    rest.sizes[rest.count++] = of.sizes[k];
            if (of.count - rest.count < fewest.left_out && of.count <= 7)
                assert_false(fits_by_sets(&rest));
        }
        arena_free(&arena);
    }
}

static void edges(void **state)
{
    (void)state;
    struct placement_work work = prepare();
    const uint64_t one[] = {5}, places[] = {4, 4};
    uint32_t where[1] = {9};
    struct placement_question question = {one, 0, places, 2};
    assert_int_equal(placement_find(&question, &work, NULL), PLACEMENT_FITS);
    question = (struct placement_question){one, 0, places, 0};
    assert_int_equal(placement_find(&question, &work, NULL), PLACEMENT_FITS);
    const uint64_t alike[] = {6, 6, 7};
    question = (struct placement_question){one, 1, alike, 3};
    assert_int_equal(placement_find(&question, &work, where), PLACEMENT_FITS);
    assert_int_equal(where[0], 0); /* the smallest, and of these the first */
    question = (struct placement_question){one, 1, places, 2};
    assert_int_equal(placement_find(&question, &work, where), PLACEMENT_IMPOSSIBLE);
    /* what is left of the largest is nothing, and so is what there is for more: and yet */
    assert_int_equal(placement_find(&question, &work, NULL), PLACEMENT_IMPOSSIBLE);
    question = (struct placement_question){one, 1, places, 0};
    assert_int_equal(placement_fewest(&question, &work, NULL).left_out, 1);
}

/* The search is bounded; what it does not decide it does not claim. */
static void the_bound_holds(void **state)
{
    (void)state;
    struct placement_work work = prepare();
    struct instance of = of_cut_nodes();
    work.all = 0;
    of.places[0]--;
    of.places[1]++; /* so much there is, but hardly so cut */
    struct placement_question question = ask(&of);
    enum placement_verdict verdict = placement_find(&question, &work, NULL);
    assert_true(verdict != PLACEMENT_FITS);
}

/* More of a size than there are places for, and less room in those that can hold one, are proved by
 * counting, where a search would try more ways than it may: each place has as much as no other. */
static void what_counting_proves_is_not_searched(void **state)
{
    (void)state;
    enum { PLACES = 40, MORE = 2 * PLACES, VMS = PLACES + MORE + 1 };
    uint64_t sizes[VMS], places[MORE];
    struct placement_work work;
    struct error err;
    assert_true(placement_prepare(&work, VMS, MORE, &arena, &err));
    for (size_t i = 0; i < VMS; i++)
        sizes[i] = 1000; /* behind those that are asked for, too */
    for (size_t i = 0; i < PLACES; i++)
        places[i] = 1100 + i;
    struct placement_question question = {sizes, PLACES + 1, places, PLACES};
    assert_int_equal(placement_find(&question, &work, NULL), PLACEMENT_IMPOSSIBLE);
    question.count = PLACES;
    assert_int_equal(placement_find(&question, &work, NULL), PLACEMENT_FITS);
    sizes[PLACES + 1] = 1; /* which could be anywhere */
    question.count = PLACES + 2;
    assert_int_equal(placement_find(&question, &work, NULL), PLACEMENT_IMPOSSIBLE);
    /* one in each, and of the others, of which one more has room beside it, too many */
    for (size_t i = PLACES; i < VMS; i++)
        sizes[i] = i + 1 < VMS ? 100 : 1;
    for (size_t i = PLACES; i < MORE; i++)
        places[i] = 99;
    question = (struct placement_question){sizes, VMS, places, MORE};
    assert_int_equal(placement_find(&question, &work, NULL), PLACEMENT_IMPOSSIBLE);
}

/* Two in each place, but for the one that a larger one takes. Places that are alike are tried once.
 */
static void places_that_are_alike_are_tried_once(void **state)
{
    (void)state;
    enum { PLACES = 14, VMS = 2 * PLACES };
    uint64_t sizes[VMS] = {5}, places[PLACES];
    struct placement_work work;
    struct error err;
    assert_true(placement_prepare(&work, VMS, PLACES, &arena, &err));
    for (size_t i = 1; i < VMS; i++)
        sizes[i] = 3;
    for (size_t i = 0; i < PLACES; i++)
        places[i] = 7;
    const struct placement_question question = {sizes, VMS, places, PLACES};
    assert_int_equal(placement_find(&question, &work, NULL), PLACEMENT_IMPOSSIBLE);
}

/* What first-fit and best-fit find by themselves, with no step left for a search. */
static void what_is_found_at_once(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        uint64_t sizes[LISTED], places[LISTED];
    } cases[] = {
        {"filled to the last byte", {5, 3, 2}, {5, 5}},
        {"the smallest that is large enough goes first", {3, 2, 2}, {4, 3}},
        {"best-fit alone", {5, 3, 2, 2}, {4, 8}},
        {"first-fit alone", {7, 3, 2, 2, 2}, {11, 5}},
        {"each size begins anew", {8, 3, 3, 2, 2}, {12, 6}},
        {"none", {0}, {7}},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct instance of = instance_of(cases[i].sizes, cases[i].places);
        for (int blind = 0; blind < 2; blind++) {
            struct placement_work work = prepare();
            const struct placement_question question = ask(&of);
            uint32_t where[MOST_VMS] = {0};
            work.all = 0;
            if (placement_find(&question, &work, blind ? NULL : where) != PLACEMENT_FITS)
                fail_msg("%s", cases[i].what);
            if (!blind)
                assert_placed(&of, 0, where);
        }
    }
}

/* Without a search, as many are left out as these two leave out at most. */
static void the_fewest_that_are_found_at_once(void **state)
{
    (void)state;
    static const struct {
        uint64_t sizes[LISTED], places[LISTED];
        size_t left_out, least;
    } cases[] = {
        {{9, 5, 3, 2, 2}, {4, 8}, 1, 1},      /* which best-fit finds */
        {{9, 9, 5, 3, 2}, {5, 5}, 2, 2},      /* either */
        {{4, 4, 3, 3, 3, 3}, {10, 10}, 1, 0}, /* none but a search would find that all fit */
        {{9, 8}, {7}, 2, 2},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct instance of = instance_of(cases[i].sizes, cases[i].places);
        for (int blind = 0; blind < 2; blind++) {
            struct placement_work work = prepare();
            const struct placement_question question = ask(&of);
            uint32_t where[MOST_VMS] = {0};
            work.all = 0;
            const struct placement_fewest fewest =
                placement_fewest(&question, &work, blind ? NULL : where);
            assert_int_equal(fewest.left_out, cases[i].left_out);
            assert_int_equal(fewest.least, cases[i].least);
            assert_true(fewest.open == (fewest.least < fewest.left_out));
            if (!blind)
                assert_placed(&of, fewest.left_out, where);
        }
    }
}

/* What a larger question left behind is no place of the next one's. */
static void questions_of_one_work_are_apart(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {5, 3, 3, 3}, places[] = {7, 7, 100};
    struct placement_work work = prepare();
    struct placement_question question = {sizes, LENGTH(sizes), places, 3};
    uint32_t where[LENGTH(sizes)];
    assert_int_equal(placement_find(&question, &work, where), PLACEMENT_FITS);
    question.place_count = 2;
    assert_int_equal(placement_find(&question, &work, where), PLACEMENT_IMPOSSIBLE);
    assert_int_equal(placement_find(&question, &work, NULL), PLACEMENT_IMPOSSIBLE);
}

/* More VMs than one host can run: what is not found at once is not searched for. */
static void too_many_are_not_searched(void **state)
{
    (void)state;
    /* 4 + 3 + 3 fill either place, which is not found at once */
    static const uint64_t large[] = {4, 4, 3, 3, 3, 3};
    enum { LARGE = LENGTH(large), SMALL = 1024 };
    uint64_t sizes[LARGE + SMALL], places[] = {10, 10, SMALL};
    for (size_t few = 0; few < 2; few++) {
        size_t small = few ? SMALL - LARGE : SMALL;
        for (size_t i = 0; i < LARGE; i++)
            sizes[i] = large[i] << 20;
        for (size_t i = 0; i < small; i++)
            sizes[LARGE + i] = 1;
        places[0] = places[1] = 10ull << 20;
        places[2] = small;
        struct placement_work work;
        struct error err;
        uint32_t where[LARGE + SMALL];
        assert_true(placement_prepare(&work, LARGE + SMALL, 3, &arena, &err));
        const struct placement_question question = {sizes, LARGE + small, places, 3};
        assert_int_equal(placement_find(&question, &work, where),
                         few ? PLACEMENT_FITS : PLACEMENT_OPEN);
    }
}

RUN_TESTS(TEST(few_sizes_beside_a_solver), TEST(any_size_beside_a_solver), TEST(cut_nodes_fit),
          TEST(the_fewest_are_the_fewest), TEST(no_other_set_is_smaller), TEST(edges),
          TEST(the_bound_holds), TEST(what_counting_proves_is_not_searched),
          TEST(places_that_are_alike_are_tried_once), TEST(what_is_found_at_once),
          TEST(the_fewest_that_are_found_at_once), TEST(questions_of_one_work_are_apart),
          TEST(too_many_are_not_searched));
