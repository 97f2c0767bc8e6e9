/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake_source.h"
#include "unit.h"

#include "hyperv/paging.h"

#include <math.h>

static bool read_value(struct fake_value value, struct paging *ret, struct error *err)
{
    const struct fake_value values[] = {value, {0}};
    const struct fake fake = {.values = values,
                              .moment = {1314871200000, "Tokyo", true, -540, false}};
    struct source *source = fake_open(&fake);
    bool read = paging_read(source, ret, err);
    assert_true(paging_tell(source, 5, err)); /* nobody records */
    source_close(source);
    return read;
}

static void a_rate_or_a_sample_of_one(void **state)
{
    (void)state;
    static const struct raw_rate raw = {123, 5000, 1000, 32};
    struct paging paging;
    struct error err;
    assert_true(
        read_value((struct fake_value){MEMORY_OBJECT, MEMORY_PAGE_READS, "", 64.1}, &paging, &err));
    assert_true(paging.is_rate);
    assert_double(paging.reads, 64.1);

    assert_true(read_value((struct fake_value){MEMORY_OBJECT, MEMORY_PAGE_READS, .raw = &raw},
                           &paging, &err));
    assert_false(paging.is_rate);
    assert_memory_equal(&paging.sample.raw, &raw, sizeof raw);
    assert_true(paging.sample.wall == 1314871200000 - 540 * 60000ll); /* in UTC */
}

static void it_must_be_there(void **state)
{
    (void)state;
    static const struct {
        struct fake_value value;
        enum read_status fails;
        const char *problem;
        enum read_status code;
    } cases[] = {
        {{MEMORY_OBJECT, MEMORY_PAGE_READS, "", -0.5},
         READ_OK,
         "-0.5, which is impossible",
         READ_INVALID},
        {{MEMORY_OBJECT, MEMORY_PAGE_READS, "", NAN}, READ_OK, "which is impossible", READ_INVALID},
        {{MEMORY_OBJECT, MEMORY_PAGE_READS, .reading = READ_NO_SAMPLE},
         READ_OK,
         "\\Memory\\Page Reads/sec",
         READ_NO_SAMPLE},
        {{MEMORY_OBJECT, MEMORY_AVAILABLE, "", 5}, READ_OK, "Page Reads/sec", READ_NO_COUNTER},
        {{0}, READ_TIMEOUT, "did not answer in time", READ_TIMEOUT},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct fake_value values[] = {cases[i].value, {0}};
        const struct fake fake = {.values = values, .counters_fail = cases[i].fails};
        struct source *source = fake_open(&fake);
        struct paging paging = {.reads = 77};
        struct error err;
        assert_false(paging_read(source, &paging, &err));
        assert_holds(err.text, cases[i].problem);
        assert_int_equal(err.code, cases[i].code);
        assert_double(paging.reads, 77);
        source_close(source);
    }
}

RUN_TESTS(TEST(a_rate_or_a_sample_of_one), TEST(it_must_be_there));
