/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake_source.h"
#include "unit.h"

static const struct source_options none;

static void specs(void **state)
{
    (void)state;
    static const struct {
        const char *spec, *problem; /* NULL: it opens */
    } cases[] = {
        {"local", NULL},
        {"record:some/where", NULL},
        {"record:C:\\logs", NULL},
        {"", "--source: '': expected local, record:DIR or winrm:HOST"},
        {":", "--source: ':': expected local, record:DIR or winrm:HOST"},
        {"loca", "--source: 'loca': expected local, record:DIR or winrm:HOST"},
        {"locals", "--source: 'locals': expected local, record:DIR or winrm:HOST"},
        {"LOCAL", "--source: 'LOCAL': expected local, record:DIR or winrm:HOST"},
        {"record:", "--source: expected record:DIR, a directory of recorded files"},
        {"record", "--source: expected record:DIR, a directory of recorded files"},
        {"local:", "--source: local takes no argument: expected local, record:DIR or winrm:HOST"},
        {"local:x", "--source: local takes no argument: expected local, record:DIR or winrm:HOST"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct source *source = NULL;
        struct error err;
        bool opened = source_open(cases[i].spec, &none, &arena, &source, &err);
        if (opened != !cases[i].problem)
            fail_msg("'%s' is %s", cases[i].spec, opened ? "opened" : err.text);
        if (!opened)
            assert_string_equal(err.text, cases[i].problem);
        source_close(source); /* also NULL */
    }
}

/* What this machine's own sources tell belongs to it; anything else belongs to what the spec names.
 */
static void a_spec_says_whose_it_is(void **state)
{
    (void)state;
    assert_false(source_is_elsewhere("local"));
    assert_true(source_is_elsewhere("record:x"));
    assert_false(source_is_elsewhere("nonsense:x")); /* none at all */
    assert_false(source_is_elsewhere(""));
}

static void options_are_checked_at_once(void **state)
{
    (void)state;
    static const struct {
        const char *spec;
        struct source_options options;
        const char *problem; /* NULL: it opens */
    } cases[] = {
        {"record:x", {.at = "2011-09-01 10:25"}, NULL},
        {"record:x", {.encoding = "CP_932"}, NULL},
        {"record:x", {.at = "10:25"}, "'10:25' is not a time: expected YYYY-MM-DD HH:MM"},
        {"record:x", {.at = ""}, "'' is not a time"},
        {"record:x",
         {.encoding = "klingon"},
         "'klingon' is not a known encoding: expected one of utf-8,"},
        {"record:x", {.utc_offset = "-03:30"}, NULL},
        {"record:x", {.max_age = 5}, NULL},
        {"record:x",
         {.utc_offset = "3:30"},
         "--utc-offset: '3:30' is not an offset: expected +HH:MM"},
        {"local", {.at = "2011-09-01 10:25"}, "--at is for a record: local reads current values"},
        {"local", {.max_age = 5}, "--max-age is for a record: local reads current values"},
        {"local", {.encoding = "cp932"}, "--encoding is for a record: local reads current values"},
        {"local", {.utc_offset = "+01:00"}, "--utc-offset is for a record: local reads"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct source *source = NULL;
        struct error err;
        bool opened = source_open(cases[i].spec, &cases[i].options, &arena, &source, &err);
        assert_int_equal(opened, !cases[i].problem);
        if (cases[i].problem)
            assert_holds(err.text, cases[i].problem);
        source_close(source);
    }
}

/* What was read before is not there any more when something can't be read now. */
static void answers_are_cleared(void **state)
{
    (void)state;
    const struct fake fake = {0};
    struct source *source = fake_open(&fake);
    struct sample old = {"old", 5, true};
    struct counter counter = {.object = "O",
                              .name = "C",
                              .instances = true,
                              .rate = true,
                              .samples = &old,
                              .count = 1,
                              .is_raw = true,
                              .raw = {.count = 7}};
    struct error err;
    assert_true(source_counters(source, &counter, 1, &err));
    assert_int_equal(counter.reading, READ_NO_OBJECT);
    assert_non_null(counter.problem);
    assert_null(counter.samples);
    assert_int_equal(counter.count, 0);
    assert_false(counter.is_raw);
    assert_int_equal(counter.raw.count, 0);
    assert_string_equal(counter.object, "O");
    assert_true(counter.instances && counter.rate);
    source_close(source);
    assert_int_equal(fake_open_count, 0);
}

static void a_dword_is_four_bytes_of_its_type(void **state)
{
    (void)state;
    static const unsigned char bytes[] = {0x00, 0x08, 0x00, 0x80, 0x01};
    static const struct {
        struct registry_value value;
        bool is_dword;
    } cases[] = {
        {{true, REGISTRY_DWORD, bytes, 4}, true},   {{false, REGISTRY_DWORD, bytes, 4}, false},
        {{true, REGISTRY_DWORD, bytes, 3}, false},  {{true, REGISTRY_DWORD, bytes, 5}, false},
        {{true, REGISTRY_DWORD, NULL, 0}, false},   {{true, REGISTRY_QWORD, bytes, 4}, false},
        {{true, REGISTRY_BINARY, bytes, 4}, false}, {{true, REGISTRY_SZ, bytes, 4}, false},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        uint32_t number = 5;
        assert_int_equal(registry_dword(&cases[i].value, &number), cases[i].is_dword);
        assert_int_equal(number, cases[i].is_dword ? 0x80000800u : 5u);
    }
}

/* What is now on this machine has no past but that of the next check. */
static void only_a_record_has_a_past(void **state)
{
    (void)state;
    struct source *source, *earlier;
    struct error err;
    assert_true(source_open("local", &none, &arena, &source, &err));
    assert_false(source_earlier(source, 60, &arena, &earlier, &err));
    assert_int_equal(err.code, READ_UNSUPPORTED);
    assert_string_equal(err.text, "local: has no earlier data");
    source_close(source);
}

/* A property that v2 alone has is no question to v1; all others are one to both. */
static void a_property_is_asked_where_it_may_be(void **state)
{
    (void)state;
    static const char *const namespaces[] = {"root\\virtualization\\v2", "root\\virtualization",
                                             NULL};
    struct row_query query = {.namespaces = namespaces, .class_name = "C"};
    for (size_t property = 0; property < 4; property++)
        for (size_t n = 0; n < 2; n++) {
            query.v2_alone = 0;
            assert_true(row_query_asks(&query, property, namespaces[n]));
            query.v2_alone = 2;
            assert_int_equal(row_query_asks(&query, property, namespaces[n]),
                             property != 2 || n == 0);
        }
}

static void a_failed_counter_tells_why(void **state)
{
    (void)state;
    struct counter counter = {.object = "O", .name = "C"};
    counter_fail(&counter, READ_DENIED, &arena, "0x%08X", 0xC0000BDBu);
    assert_int_equal(counter.reading, READ_DENIED);
    assert_string_equal(counter.problem, "0xC0000BDB");
}

RUN_TESTS(TEST(specs), TEST(a_spec_says_whose_it_is), TEST(options_are_checked_at_once),
          TEST(answers_are_cleared), TEST(a_dword_is_four_bytes_of_its_type),
          TEST(only_a_record_has_a_past), TEST(a_property_is_asked_where_it_may_be),
          TEST(a_failed_counter_tells_why));
