/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake_source.h"
#include "unit.h"

#include "hyperv/balancer.h"

#include <math.h>

#define MB 1048576.0

static bool read_values(const struct fake_value *values, bool all, struct balancer *ret,
                        struct error *err)
{
    const struct fake fake = {.values = values};
    struct source *source = fake_open(&fake);
    bool read = balancer_read(source, all, &arena, ret, err);
    source_close(source);
    return read;
}

static struct balancer must_read(const struct fake_value *values, bool all)
{
    struct balancer balancer;
    struct error err;
    if (!read_values(values, all, &balancer, &err))
        fail_msg("%s", err.text);
    return balancer;
}

static void one_for_the_host(void **state)
{
    (void)state;
    static const struct fake_value values[] = {
        {HYPERV_BALANCER, "Available Memory", "System Balancer", 98},
        {HYPERV_BALANCER, "Average Pressure", "System Balancer", 107},
        {MEMORY_OBJECT, MEMORY_AVAILABLE, "", 437},
        {0}};
    struct balancer balancer = must_read(values, false);
    struct error err;
    assert_int_equal(balancer.count, 1);
    assert_double(balancer.available, 98 * MB);
    assert_ptr_equal(balancer.poorest, &balancer.nodes[0]);
    assert_null(balancer.invalid);
    assert_true(balancer.has_pressure && balancer.has_parent);
    assert_double(balancer.pressure, 107);
    assert_double(balancer.parent_available, 437 * MB);
    assert_int_equal(balancer.missing_count, 0);
    assert_true(balancer_check(&balancer, &err));
}

static void one_for_each_node(void **state)
{
    (void)state;
    static const struct fake_value values[] = {
        {HYPERV_BALANCER, "Available Memory", "Node 0", 4000},
        {HYPERV_BALANCER, "Available Memory", "Node 1", 35},
        {HYPERV_BALANCER, "Available Memory", "Node 2", 500},
        /* listed in another order, one of them missing */
        {HYPERV_BALANCER, "Average Pressure", "Node 2", 60},
        {HYPERV_BALANCER, "Average Pressure", "Node 1", 120},
        {0}};
    struct balancer balancer = must_read(values, false);
    assert_int_equal(balancer.count, 3);
    assert_double(balancer.available, 4535 * MB);
    assert_string_equal(balancer.poorest->name, "Node 1");
    assert_false(balancer.has_pressure); /* one does not tell it, and may be the highest */
    assert_true(balancer_presses(&balancer.nodes[1]) && !balancer_presses(&balancer.nodes[2]));
    assert_false(balancer_presses(&balancer.nodes[0]));
    assert_double(balancer.nodes[2].values[BALANCER_PRESSURE], 60);
    assert_false(balancer.nodes[0].has_value[BALANCER_PRESSURE]);
    assert_false(balancer.has_parent);
    assert_non_null(balancer.parent_problem);
    assert_int_equal(balancer.missing_count, 1); /* the parent's */
}

/* 0 is how Hyper-V says that it does not know. */
static void a_pressure_of_all_nodes_or_of_none(void **state)
{
    (void)state;
    static const struct {
        double first, second, pressure; /* 0: not known */
    } cases[] = {{60, 120, 120}, {120, 60, 120}, {0, 120, 0},    {120, 0, 0},
                 {0, 0, 0},      {NAN, 120, 0},  {0.5, 0.2, .5}, {100, 4294967290.0, 0}};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct fake_value values[] = {
            {HYPERV_BALANCER, "Available Memory", "Node 0", 500},
            {HYPERV_BALANCER, "Available Memory", "Node 1", 500},
            {HYPERV_BALANCER, "Average Pressure", "Node 0", cases[i].first},
            {HYPERV_BALANCER, "Average Pressure", "Node 1", cases[i].second},
            {0}};
        struct balancer balancer = must_read(values, false);
        assert_true(balancer.has_pressure == (cases[i].pressure > 0));
        if (balancer.has_pressure)
            assert_double(balancer.pressure, cases[i].pressure);
    }
}

/* What can't be is never a part of a sum that is judged. */
static void what_cannot_be_is_told(void **state)
{
    (void)state;
    static const struct {
        double first, second;
        const char *problem;
    } cases[] = {
        {4294967090.0, 500, "'Node 0' is 4294967090 MB, which is impossible"},
        {500, 4294967090.0, "'Node 1' is 4294967090 MB, which is impossible"},
        {-206, 500, "'Node 0' is -206 MB, which is impossible"},
        {NAN, 500, "'Node 0' has no value"},
        {4294967090.0, 4294967000.0, "'Node 0' is 4294967090 MB"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct fake_value values[] = {
            {HYPERV_BALANCER, "Available Memory", "Node 0", cases[i].first},
            {HYPERV_BALANCER, "Available Memory", "Node 1", cases[i].second},
            {0}};
        struct balancer balancer = must_read(values, false);
        struct error err;
        assert_non_null(balancer.invalid);
        assert_false(balancer_check(&balancer, &err));
        assert_holds(err.text, cases[i].problem);
        assert_true(balancer.available <= 500 * MB);
    }
}

static void all_counters(void **state)
{
    (void)state;
    static const struct fake_value values[] = {
        {HYPERV_BALANCER, "Available Memory", "System Balancer", 98},
        {HYPERV_BALANCER, "Average Pressure", "System Balancer", 107},
        {HYPERV_BALANCER, "Added Memory", "System Balancer", 5000},
        {HYPERV_BALANCER, "Memory Add Operations", "System Balancer", 4294967295.0},
        {HYPERV_BALANCER, "Memory Remove Operations", "System Balancer", NAN},
        {HYPERV_BALANCER, "Removed Memory", .reading = READ_DENIED},
        {MEMORY_OBJECT, MEMORY_AVAILABLE, "", 437},
        {0}};
    struct balancer balancer = must_read(values, true);
    const struct balancer_node *node = &balancer.nodes[0];
    assert_double(node->values[BALANCER_ADDED], 5000 * MB);
    assert_double(node->values[BALANCER_ADD_OPERATIONS], 4294967295.0);
    assert_false(node->has_value[BALANCER_REMOVE_OPERATIONS]);
    assert_false(node->has_value[BALANCER_REMOVED]);
    assert_int_equal(balancer.missing_count, 1);
    assert_holds(balancer.missing[0], "as the test wants");

    balancer = must_read(values, false); /* not asked for */
    assert_false(balancer.nodes[0].has_value[BALANCER_ADDED]);
    assert_int_equal(balancer.missing_count, 0);
}

static void the_pressure_may_be_missing(void **state)
{
    (void)state;
    static const struct fake_value values[] = {
        {HYPERV_BALANCER, "Available Memory", "System Balancer", 98},
        {MEMORY_OBJECT, MEMORY_AVAILABLE, "", 4294967290.0},
        {0}};
    struct balancer balancer = must_read(values, false);
    assert_false(balancer.has_pressure);
    assert_non_null(balancer.pressure_problem);
    assert_false(balancer.has_parent); /* can't be */
    assert_int_equal(balancer.missing_count, 1);
}

static void what_is_judged_must_be_there(void **state)
{
    (void)state;
    static const struct {
        struct fake_value values[3];
        enum read_status fails;
        const char *problem;
        enum read_status code;
    } cases[] = {
        {{{MEMORY_OBJECT, MEMORY_AVAILABLE, "", 437}},
         READ_OK,
         "is the Hyper-V role installed?",
         READ_NO_OBJECT},
        {{{HYPERV_BALANCER, "Average Pressure", "System Balancer", 5}},
         READ_OK,
         "Available Memory",
         READ_NO_COUNTER},
        {{{HYPERV_BALANCER, "Available Memory"}}, READ_OK, "has no instance", READ_NO_SAMPLE},
        {{{HYPERV_BALANCER, "Available Memory", .reading = READ_DENIED}},
         READ_OK,
         "Performance Monitor Users",
         READ_DENIED},
        {{{0}}, READ_DAMAGED, "lodctr /R", READ_DAMAGED},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct fake fake = {.values = cases[i].values, .counters_fail = cases[i].fails};
        struct source *source = fake_open(&fake);
        struct balancer balancer = {.count = 77};
        struct error err;
        assert_false(balancer_read(source, true, &arena, &balancer, &err));
        assert_holds(err.text, cases[i].problem);
        assert_int_equal(err.code, cases[i].code);
        assert_int_equal(balancer.count, 77);
        source_close(source);
    }
}

RUN_TESTS(TEST(one_for_the_host), TEST(one_for_each_node), TEST(a_pressure_of_all_nodes_or_of_none),
          TEST(what_cannot_be_is_told), TEST(all_counters), TEST(the_pressure_may_be_missing),
          TEST(what_is_judged_must_be_there));
