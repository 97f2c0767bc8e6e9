/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "plugin/result.h"

#include <math.h>

static void states(void **state)
{
    (void)state;
    /* from best to worst; and the numbers are the exit statuses of the guidelines */
    static const enum state order[] = {STATE_OK, STATE_UNKNOWN, STATE_WARNING, STATE_CRITICAL};
    for (size_t a = 0; a < LENGTH(order); a++)
        for (size_t b = 0; b < LENGTH(order); b++)
            assert_int_equal(state_worse(order[a], order[b]), order[a > b ? a : b]);
    static const char *const names[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
    for (int i = 0; i < 4; i++)
        assert_string_equal(state_name((enum state)i), names[i]);
}

static void critical_goes_before_warning(void **state)
{
    (void)state;
    const struct range ten = {.end = 10, .set = true}, twenty = {.end = 20, .set = true},
                       none = {0};
    assert_int_equal(state_of(5, &ten, &twenty), STATE_OK);
    assert_int_equal(state_of(15, &ten, &twenty), STATE_WARNING);
    assert_int_equal(state_of(25, &ten, &twenty), STATE_CRITICAL);
    assert_int_equal(state_of(15, &twenty, &ten), STATE_CRITICAL);
    assert_int_equal(state_of(25, &none, &none), STATE_OK);
    assert_int_equal(state_of(25, &none, &twenty), STATE_CRITICAL);
    assert_int_equal(state_of(25, &twenty, &none), STATE_WARNING);
    assert_int_equal(state_of(NAN, &ten, &none), STATE_WARNING);
}

static void a_tree_keeps_its_order(void **state)
{
    (void)state;
    struct result result;
    result_begin(&result, &arena, "HV TEST");
    assert_string_equal(result.title, "HV TEST");
    assert_string_equal(result.root.text, "");
    assert_int_equal(result_state(&result.root), STATE_OK);

    result_say(&result.root, "%d VMs", 2);
    struct finding *a = result_add(&result.root, STATE_OK);
    struct finding *b = result_add(&result.root, STATE_WARNING);
    struct finding *below = result_add(a, STATE_CRITICAL);
    result_note(&result.root, "nobody would see this");
    result.verbose = true;
    result_note(&result.root, "note %d", 1);
    result_tell(&result.root, "told %d", 1);
    result_measure(b, (struct perfdata){.label = "x", .value = 1, .unit = ""});
    result_measure(b, (struct perfdata){.label = "y", .value = 2, .unit = "B"});

    assert_string_equal(result.root.text, "2 VMs");
    assert_ptr_equal(result.root.children, a);
    assert_ptr_equal(a->next, b);
    assert_ptr_equal(a->children, below);
    assert_string_equal(b->text, "");
    assert_string_equal(b->next->text, "note 1");
    assert_true(b->next->note && !b->next->always);
    assert_string_equal(b->next->next->text, "told 1");
    assert_true(b->next->next->always && !b->next->next->note);
    assert_null(b->next->next->next);
    assert_string_equal(b->measures->perfdata.label, "x");
    assert_string_equal(b->measures->next->perfdata.label, "y");
    assert_null(b->measures->next->next);

    assert_int_equal(result_state(&result.root), STATE_CRITICAL); /* from two levels below */
    assert_int_equal(result_state(b), STATE_WARNING);
    assert_int_equal(result_count(&result.root, STATE_WARNING), 1);
    assert_int_equal(result_count(&result.root, STATE_CRITICAL), 0); /* children's own states */
    assert_int_equal(result_count(&result.root, STATE_OK), 3);
    assert_false(arena.failed);
}

/* Of the children's perfdata all is kept or it is known that none can be printed; the summary's is.
 */
static void perfdata_that_can_not_fit_is_not_kept(void **state)
{
    (void)state;
    const struct perfdata perfdata = {.label = "vm", .unit = ""};
    struct result result;
    result_begin(&result, &arena, "HV TEST");
    result.room = 2 * (sizeof " 'vm'=0" - 1); /* of two, to the byte */
    for (int i = 0; i < 9; i++)
        result_measure(&result.root, perfdata);
    for (int i = 0; i < 3; i++) {
        struct finding *child = result_add(&result.root, STATE_OK);
        result_measure(child, perfdata);
        assert_int_equal(result_has_room(&result), i < 2);
        assert_int_equal(child->measures != NULL, i < 2);
    }
    result_measure(&result.root, perfdata);
    unsigned kept = 0;
    for (const struct measure *measure = result.root.measures; measure; measure = measure->next)
        kept++;
    assert_int_equal(kept, 10);
}

RUN_TESTS(TEST(states), TEST(critical_goes_before_warning), TEST(a_tree_keeps_its_order),
          TEST(perfdata_that_can_not_fit_is_not_kept));
