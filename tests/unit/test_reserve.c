/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake_source.h"
#include "unit.h"

#include "hyperv/counter_names.h"
#include "hyperv/reserve.h"

static const unsigned char bytes[] = {0x00, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};

static const struct fake_class host[] = {{CLASS_COMPUTER, "Name\nHVHOST1\n"}, {0}};

static bool read_value(const struct registry_value *value, enum read_status fails,
                       struct reserve *ret, struct error *err)
{
    const struct fake fake = {.key = RESERVE_KEY,
                              .value = RESERVE_VALUE,
                              .registry = *value,
                              .registry_fails = fails,
                              .classes = host};
    struct source *source = fake_open(&fake);
    bool read = reserve_read(source, &arena, ret, err);
    source_close(source);
    return read;
}

static void kinds(void **state)
{
    (void)state;
    static const struct {
        struct registry_value value;
        enum reserve_kind kind;
        const char *fault;
    } cases[] = {
        {{.key_exists = true}, RESERVE_ABSENT, NULL},
        {{true, REGISTRY_DWORD, bytes, 4}, RESERVE_SET, NULL},
        {{true, REGISTRY_DWORD, bytes, 3}, RESERVE_MALFORMED, "REG_DWORD of 3 bytes"},
        {{true, REGISTRY_DWORD, bytes, 0}, RESERVE_MALFORMED, "REG_DWORD of 0 bytes"},
        {{true, REGISTRY_QWORD, bytes, 8}, RESERVE_MALFORMED, "REG_QWORD of 8 bytes"},
        {{true, REGISTRY_SZ, bytes, 4}, RESERVE_MALFORMED, "REG_SZ of 4 bytes"},
        {{true, REGISTRY_BINARY, bytes, 4}, RESERVE_MALFORMED, "REG_BINARY of 4 bytes"},
        {{true, 0, bytes, 4}, RESERVE_MALFORMED, "REG_NONE of 4 bytes"},
        {{true, 5, bytes, 4}, RESERVE_MALFORMED, "REG_DWORD_BIG_ENDIAN of 4 bytes"},
        {{true, 6, bytes, 4}, RESERVE_MALFORMED, "type 6 of 4 bytes"},
        {{true, REGISTRY_QWORD + 1, bytes, 4}, RESERVE_MALFORMED, "type 12 of 4 bytes"},
        {{true, 4000000000u, bytes, 4}, RESERVE_MALFORMED, "type 4000000000 of 4 bytes"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct reserve reserve;
        struct error err;
        assert_true(read_value(&cases[i].value, READ_OK, &reserve, &err));
        assert_int_equal(reserve.kind, cases[i].kind);
        if (reserve.kind == RESERVE_SET)
            assert_double(reserve.bytes, 2048 * 1048576.0);
        if (cases[i].fault)
            assert_holds(reserve.fault, cases[i].fault);
    }
}

/* The value says nothing by not being there, unless its key is, and Hyper-V with it. */
static void the_absence_of_the_key_is_no_absence_of_the_value(void **state)
{
    (void)state;
    static const struct fake_class nothing[] = {{0}},
                                   denied[] = {{CLASS_COMPUTER, "", .reading = READ_DENIED}, {0}},
                                   rows[] = {{CLASS_COMPUTER, "Name\n"}, {0}};
    static const struct {
        struct registry_value value;
        const struct fake_class *classes;
        const char *problem; /* NULL: it is read */
    } cases[] = {
        {{.key_exists = true}, host, NULL},
        {{.key_exists = true}, denied, NULL},
        {{.key_exists = true}, rows, NULL},
        {{.key_exists = true}, nothing, "no Msvm_ComputerSystem on this machine"},
        {{0}, host, NULL}, /* a host on which nobody set anything */
        {{0}, nothing, "no Msvm_ComputerSystem on this machine"},
        {{true, REGISTRY_DWORD, bytes, 4, true, NULL}, nothing, NULL},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct fake fake = {.key = RESERVE_KEY,
                                  .value = RESERVE_VALUE,
                                  .registry = cases[i].value,
                                  .classes = cases[i].classes};
        struct source *source = fake_open(&fake);
        struct reserve reserve = {.bytes = 77};
        struct error err;
        bool read = reserve_read(source, &arena, &reserve, &err);
        source_close(source);
        assert_int_equal(read, !cases[i].problem);
        if (read)
            continue;
        assert_holds(err.text, cases[i].problem);
        assert_int_equal(err.code, READ_NO_OBJECT);
        assert_double(reserve.bytes, 77);
    }
}

static void the_largest_is_no_negative(void **state)
{
    (void)state;
    static const unsigned char all[] = {0xFF, 0xFF, 0xFF, 0xFF};
    const struct registry_value value = {true, REGISTRY_DWORD, all, 4};
    struct reserve reserve;
    struct error err;
    assert_true(read_value(&value, READ_OK, &reserve, &err));
    assert_double(reserve.bytes, 4294967295.0 * 1048576);
}

static void what_cannot_be_read_is_no_absence(void **state)
{
    (void)state;
    struct reserve reserve = {.bytes = 77};
    struct error err;
    assert_false(read_value(&(struct registry_value){0}, READ_DENIED, &reserve, &err));
    assert_int_equal(err.code, READ_DENIED);
    assert_holds(err.text, "no right to read it");
    assert_double(reserve.bytes, 77);
}

/* 384 MB and 30 MB for each GB of RAM. */
static void the_computed_amount(void **state)
{
    (void)state;
    assert_double(reserve_computed(0), 384 * 1048576.0);
    assert_double(reserve_computed(1073741824.0), 414 * 1048576.0);
    assert_double(reserve_computed(32 * 1073741824.0), 1344 * 1048576.0);
}

RUN_TESTS(TEST(kinds), TEST(the_absence_of_the_key_is_no_absence_of_the_value),
          TEST(the_largest_is_no_negative), TEST(what_cannot_be_read_is_no_absence),
          TEST(the_computed_amount));
