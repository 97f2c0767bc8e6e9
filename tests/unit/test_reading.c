/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "counter/source.h"
#include "hyperv/reading.h"

#include <math.h>

static void values(void **state)
{
    (void)state;
    static const struct {
        double raw;
        enum counter_unit unit;
        bool valid;
        double value;
    } cases[] = {
        {0, UNIT_MEGABYTES, true, 0},
        {98, UNIT_MEGABYTES, true, 98 * 1048576.0},
        {0.5, UNIT_MEGABYTES, true, 524288},
        {112, UNIT_PERCENT, true, 112},
        {5e9, UNIT_TOTAL, true, 5e9},
        {4294967295.0, UNIT_TOTAL, true, 4294967295.0},
        /* 2^32 less a little: the provider counted below zero */
        {4294967090.0, UNIT_MEGABYTES, false, 0},
        {4294967295.0, UNIT_MEGABYTES, false, 0},
        {4294967295.0, UNIT_PERCENT, false, 0},
        {4026531840.0, UNIT_MEGABYTES, false, 0},
        {4026531839.0, UNIT_MEGABYTES, true, 4026531839.0 * 1048576},
        {18446744073709551410.0, UNIT_MEGABYTES, false, 0}, /* the same in 64 bits */
        {-1, UNIT_MEGABYTES, false, 0},
        {-0.001, UNIT_TOTAL, false, 0},
        {NAN, UNIT_TOTAL, false, 0},
        {NAN, UNIT_PERCENT, false, 0},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct sample sample = {.value = cases[i].raw, .present = true},
                            missing = {.value = 5};
        double value = 7;
        if (reading_value(&sample, cases[i].unit, &value) != cases[i].valid)
            fail_msg("%.3f", cases[i].raw);
        assert_double(value, cases[i].valid ? cases[i].value : 7);
        assert_false(reading_value(&missing, cases[i].unit, &value));
        assert_false(reading_value(NULL, cases[i].unit, &value));
    }
}

static const struct sample *find(const struct counter *counter, const char *name, size_t *cursor)
{
    return reading_find(counter, &(struct sample){.instance = name}, cursor);
}

/* Of one name, the one that was counted alike. */
static void namesakes_are_found_by_their_number(void **state)
{
    (void)state;
    struct sample samples[] = {{.instance = "a"}, {.instance = "A", .ordinal = 1}};
    const struct counter counter = {.samples = samples, .count = LENGTH(samples)};
    size_t cursor = 0;
    assert_ptr_equal(reading_find(&counter, &samples[1], &cursor), &samples[1]);
    assert_ptr_equal(reading_find(&counter, &samples[0], &cursor), &samples[0]);
    assert_null(reading_find(&counter, &(struct sample){.instance = "a", .ordinal = 2}, &cursor));
}

static void samples_are_found_in_any_order(void **state)
{
    (void)state;
    struct sample samples[] = {
        {.instance = "a"}, {.instance = "B"}, {.instance = "web01#1"}, {.instance = "業務"}};
    const struct counter counter = {.samples = samples, .count = LENGTH(samples)}, none = {0};
    static const char *const orders[][4] = {
        {"a", "b", "web01#1", "業務"}, {"業務", "WEB01#1", "B", "A"}, {"b", "a", "b", "a"}};
    for (size_t o = 0; o < LENGTH(orders); o++) {
        size_t cursor = 0;
        for (size_t i = 0; i < 4; i++) {
            const struct sample *found = find(&counter, orders[o][i], &cursor);
            assert_non_null(found);
            size_t at = (size_t)(found - samples);
            assert_int_equal(at, orders[o][i][0] == '\xE6'                          ? 3
                                 : orders[o][i][0] == 'W' || orders[o][i][0] == 'w' ? 2
                                 : orders[o][i][0] == 'b' || orders[o][i][0] == 'B' ? 1
                                                                                    : 0);
        }
        assert_null(find(&counter, "web01", &cursor));
        assert_non_null(find(&counter, "a", &cursor)); /* the search goes on after it */
        cursor = 100;
        assert_non_null(find(&counter, "a", &cursor));
    }
    size_t cursor = 5;
    assert_null(find(&none, "a", &cursor));
}

static void reasons_and_remedies(void **state)
{
    (void)state;
    static const struct {
        const char *object;
        bool instances;
        enum read_status reading;
        const char *holds[3];
    } cases[] = {
        {HYPERV_BALANCER,
         true,
         READ_NO_OBJECT,
         {"no Hyper-V Dynamic Memory counters on this machine: is the Hyper-V role installed?",
          "0xC0000BB8"}},
        {HYPERV_VM, true, READ_NO_OBJECT, {"is the Hyper-V role installed?"}},
        {MEMORY_OBJECT, false, READ_NO_OBJECT, {"\\Memory\\C: 0xC0000BB8"}},
        {HYPERV_VM,
         true,
         READ_NO_COUNTER,
         {"\\Hyper-V Dynamic Memory VM(*)\\C", "0xC0000BB8", "missing"}},
        {MEMORY_OBJECT, false, READ_DENIED, {"0xC0000BB8", "Performance Monitor Users"}},
        {MEMORY_OBJECT, false, READ_DAMAGED, {"0xC0000BB8", "lodctr /R"}},
        {MEMORY_OBJECT, false, READ_TIMEOUT, {"0xC0000BB8", "did not answer in time"}},
        {MEMORY_OBJECT, false, READ_NO_SAMPLE, {"\\Memory\\C: 0xC0000BB8"}},
        {MEMORY_OBJECT, false, READ_FAILED, {"\\Memory\\C: 0xC0000BB8"}},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct counter counter = {.object = cases[i].object,
                                        .name = "C",
                                        .instances = cases[i].instances,
                                        .reading = cases[i].reading,
                                        .problem = "0xC0000BB8 why"};
        const struct source source = {0};
        struct error err;
        assert_false(reading_explain(&source, &counter, &err));
        assert_int_equal(err.code, cases[i].reading);
        for (size_t k = 0; k < 3 && cases[i].holds[k]; k++)
            assert_holds(err.text, cases[i].holds[k]);
    }
}

static void other_errors_stay_as_they_are(void **state)
{
    (void)state;
    static const int codes[] = {0, READ_NO_OBJECT, READ_FAILED, READ_UNSUPPORTED, 100, -1, 1 << 30};
    for (size_t i = 0; i < LENGTH(codes); i++) {
        struct error err;
        error_set_code(&err, codes[i], "why");
        assert_false(reading_explain_error(&err));
        assert_string_equal(err.text, "why");
        assert_int_equal(err.code, codes[i]);
    }
    struct error err;
    error_set_code(&err, READ_DENIED, "0x80070005");
    assert_false(reading_explain_error(&err));
    assert_holds(err.text, "0x80070005: no right to read it");
}

/* What is not there, or is not for this account, a check can do without where it says so; what
 * failed makes all else doubtful. Of a newer counter, what is not there is not even missing. */
static void what_a_check_can_do_without(void **state)
{
    (void)state;
    static const struct {
        enum read_status status;
        bool absent, untold;
    } cases[] = {
        {READ_NO_OBJECT, true, true},
        {READ_NO_COUNTER, true, true},
        {READ_NO_SAMPLE, true, true},
        {READ_INVALID, true, false},
        {READ_DENIED, true, false},
        {READ_DAMAGED, false, false},
        {READ_TIMEOUT, false, false},
        {READ_UNSUPPORTED, true, false},
        {READ_LANGUAGE, true, false},
        {READ_FAILED, false, false},
        {READ_OK /* e.g. of memory */, false, false},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct error err = {.code = (int)cases[i].status};
        struct counter counter = {.reading = cases[i].status, .newer = true};
        if (reading_is_absent(&err) != cases[i].absent ||
            reading_is_untold(&counter) != cases[i].untold)
            fail_msg("status %d", (int)cases[i].status);
        counter.newer = false;
        assert_false(reading_is_untold(&counter));
    }
}

/* The guideline's tables: six counters of the balancer, ten of a VM, each by a label of its own. */
static void the_tables_are_complete(void **state)
{
    (void)state;
    static const char *const balancer[] = {
        "Added Memory",           "Available Memory",         "Average Pressure",
        "Memory Add Operations",  "Memory Remove Operations", "Removed Memory",
        "System Current Pressure"};
    static const char *const vm[] = {"Added Memory",
                                     "Average Pressure",
                                     "Current Pressure",
                                     "Guest Available Memory",
                                     "Guest Visible Physical Memory",
                                     "Maximum Pressure",
                                     "Memory Add Operations",
                                     "Memory Remove Operations",
                                     "Minimum Pressure",
                                     "Physical Memory",
                                     "Removed Memory",
                                     "Smart Paging Working Set Size"};
    const struct {
        const struct counter_name *names;
        size_t count;
        const char *const *expected;
    } tables[] = {{balancer_counter_names, BALANCER_COUNTERS, balancer},
                  {vm_counter_names, VM_COUNTERS, vm}};
    assert_int_equal(BALANCER_COUNTERS, LENGTH(balancer));
    assert_int_equal(VM_COUNTERS, LENGTH(vm));
    for (size_t t = 0; t < LENGTH(tables); t++) {
        struct counter asked[VM_COUNTERS];
        reading_ask(asked, "O", tables[t].names, tables[t].count);
        for (size_t e = 0; e < tables[t].count; e++) {
            unsigned found = 0;
            for (size_t i = 0; i < tables[t].count; i++) {
                found += !strcmp(asked[i].name, tables[t].expected[e]);
                assert_true(asked[i].instances);
                if (i != e)
                    assert_string_not_equal(tables[t].names[i].label, tables[t].names[e].label);
            }
            assert_int_equal(found, 1);
        }
    }
}

RUN_TESTS(TEST(values), TEST(namesakes_are_found_by_their_number),
          TEST(samples_are_found_in_any_order), TEST(reasons_and_remedies),
          TEST(other_errors_stay_as_they_are), TEST(what_a_check_can_do_without),
          TEST(the_tables_are_complete));
