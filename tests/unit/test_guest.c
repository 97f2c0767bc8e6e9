/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake_source.h"
#include "unit.h"

#include "hyperv/guest.h"

#include <math.h>

static bool read_values(const struct fake_value *values, enum read_status fails, struct guest *ret,
                        struct error *err)
{
    const struct fake fake = {.values = values, .counters_fail = fails};
    struct source *source = fake_open(&fake);
    bool read = guest_read(source, ret, err);
    source_close(source);
    return read;
}

static void available_and_maximum(void **state)
{
    (void)state;
    static const struct {
        struct fake_value maximum;
        bool has_maximum, has_problem;
    } cases[] = {
        {{HYPERV_INTEGRATION, HYPERV_INTEGRATION_MAXIMUM, "", 4096}, true, false},
        {{HYPERV_INTEGRATION, HYPERV_INTEGRATION_MAXIMUM, "", 0}, false, false},
        {{HYPERV_INTEGRATION, HYPERV_INTEGRATION_MAXIMUM, "", 4294967295.0}, false, false},
        {{HYPERV_INTEGRATION, HYPERV_INTEGRATION_MAXIMUM, .reading = READ_NO_SAMPLE}, false, true},
        {{"Other", "x", "", 5}, false, true},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct fake_value values[] = {
            {MEMORY_OBJECT, MEMORY_AVAILABLE, "", 98}, cases[i].maximum, {0}};
        struct guest guest;
        struct error err;
        assert_true(read_values(values, READ_OK, &guest, &err));
        assert_double(guest.available, 98 * 1048576.0);
        assert_int_equal(guest.has_maximum, cases[i].has_maximum);
        if (guest.has_maximum)
            assert_double(guest.maximum, 4096 * 1048576.0);
        assert_int_equal(guest.maximum_problem != NULL, cases[i].has_problem);
    }
}

static void available_must_be_there(void **state)
{
    (void)state;
    static const struct {
        struct fake_value values[2];
        enum read_status fails;
        const char *problem;
        enum read_status code;
    } cases[] = {
        {{{MEMORY_OBJECT, MEMORY_AVAILABLE, "", 4294967290.0}},
         READ_OK,
         "4294967290 MB, which is impossible",
         READ_INVALID},
        {{{MEMORY_OBJECT, MEMORY_AVAILABLE, "", -1}}, READ_OK, "is impossible", READ_INVALID},
        {{{MEMORY_OBJECT, MEMORY_AVAILABLE, .reading = READ_NO_SAMPLE}},
         READ_OK,
         "\\Memory\\Available MBytes",
         READ_NO_SAMPLE},
        {{{MEMORY_OBJECT, MEMORY_PAGE_READS, "", 5}}, READ_OK, "missing", READ_NO_COUNTER},
        {{{0}}, READ_OK, "\\Memory\\Available MBytes", READ_NO_OBJECT},
        {{{0}}, READ_DENIED, "Performance Monitor Users", READ_DENIED},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct guest guest = {.available = 77};
        struct error err;
        assert_false(read_values(cases[i].values, cases[i].fails, &guest, &err));
        assert_holds(err.text, cases[i].problem);
        assert_int_equal(err.code, cases[i].code);
        assert_double(guest.available, 77);
    }
}

RUN_TESTS(TEST(available_and_maximum), TEST(available_must_be_there));
