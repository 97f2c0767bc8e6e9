/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake_source.h"
#include "unit.h"

#include "hyperv/counter_names.h"
#include "hyperv/host.h"

static bool read_table(const char *table, enum read_status reading, struct host *ret,
                       struct error *err)
{
    struct fake_class *classes = arena_array(&arena, 2, sizeof *classes);
    struct fake *fake = ARENA_NEW(&arena, struct fake);
    classes[0] = (struct fake_class){CLASS_WINDOWS, table, .reading = reading};
    *fake = (struct fake){.classes = classes};
    struct source *source = fake_open(fake);
    bool read = host_read(source, &arena, ret, err);
    source_close(source);
    return read;
}

static void versions(void **state)
{
    (void)state;
    static const struct {
        const char *version, *name;
        unsigned major, minor;
    } cases[] = {
        {"5.2.3790", "Windows Server 2003", 5, 2},    {"6.0.6002", "Windows Server 2008", 6, 0},
        {"6.1.7601", "Windows Server 2008 R2", 6, 1}, {"6.2.9200", "Windows Server 2012", 6, 2},
        {"6.3.9600", "Windows Server 2012 R2", 6, 3}, {"10.0.20348", "Windows 10.0.20348", 10, 0},
        {"6.1", "Windows Server 2008 R2", 6, 1},      {"7.0.1", "Windows 7.0.1", 7, 0},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct host host;
        struct error err;
        assert_true(
            read_table(say("Version|TotalVisibleMemorySize\n%s|33542636\n", cases[i].version),
                       READ_OK, &host, &err));
        assert_string_equal(host.version, cases[i].version);
        assert_int_equal(host.major, cases[i].major);
        assert_int_equal(host.minor, cases[i].minor);
        assert_double(host.memory, 33542636.0 * 1024);
        assert_string_equal(host_windows_name(&host, &arena), cases[i].name);
    }
}

static void nothing_is_guessed(void **state)
{
    (void)state;
    static const struct {
        const char *table;
        enum read_status reading;
        const char *problem;
        enum read_status code;
    } cases[] = {
        {"Version|TotalVisibleMemorySize\n", READ_OK, "no row, so no right", READ_DENIED},
        {"Version|TotalVisibleMemorySize\n|5\n", READ_OK, "Version", READ_INVALID},
        {"Version|TotalVisibleMemorySize\nx.1|5\n", READ_OK, "'x.1'", READ_INVALID},
        {"Version|TotalVisibleMemorySize\n6|5\n", READ_OK, "'6'", READ_INVALID},
        {"TotalVisibleMemorySize\n5\n", READ_OK, "Version", READ_INVALID},
        {"Version|TotalVisibleMemorySize\n6.1.7601|\n", READ_OK, "''", READ_INVALID},
        {"Version|TotalVisibleMemorySize\n6.1.7601|0\n", READ_OK, "'0'", READ_INVALID},
        {"Version|TotalVisibleMemorySize\n6.1.7601|-5\n", READ_OK, "'-5'", READ_INVALID},
        {"Version|TotalVisibleMemorySize\n6.1.7601|5 KB\n", READ_OK, "'5 KB'", READ_INVALID},
        {"Version\n6.1.7601\n", READ_OK, "TotalVisibleMemorySize", READ_INVALID},
        {"", READ_DENIED, "Performance Monitor Users", READ_DENIED},
        {"", READ_TIMEOUT, "did not answer in time", READ_TIMEOUT},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct host host = {.major = 77};
        struct error err;
        if (read_table(cases[i].table, cases[i].reading, &host, &err))
            fail_msg("%s", cases[i].table);
        assert_holds(err.text, CLASS_WINDOWS);
        assert_holds(err.text, cases[i].problem);
        assert_int_equal(err.code, cases[i].code);
        assert_int_equal(host.major, 77);
    }
}

RUN_TESTS(TEST(versions), TEST(nothing_is_guessed));
