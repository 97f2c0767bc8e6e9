/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake_source.h"
#include "unit.h"

#include "hyperv/counter_names.h"
#include "hyperv/remote_pages.h"

#include <math.h>

static void read_by_name(void **state)
{
    (void)state;
    static const struct fake_value values[] = {
        {HYPERV_VM_NUMA, HYPERV_VM_REMOTE_PAGES, "web01", 4000},
        {HYPERV_VM_NUMA, HYPERV_VM_REMOTE_PAGES, "db01", NAN},
        {HYPERV_VM_NUMA, HYPERV_VM_REMOTE_PAGES, "_Total", 4000},
        {0}};
    static const struct fake_value none[] = {{MEMORY_OBJECT, MEMORY_AVAILABLE, "", 5}, {0}};
    struct remote_pages pages;
    struct error err;
    struct source *source = fake_open(&(struct fake){.values = values});
    assert_true(remote_pages_read(source, &arena, &pages, &err));
    assert_int_equal(pages.count, 1);
    assert_double(remote_pages_find(&pages, "WEB01")->pages, 4000);
    assert_null(remote_pages_find(&pages, "_Total"));
    source_close(source);
    source = fake_open(&(struct fake){.values = none});
    assert_false(remote_pages_read(source, &arena, &pages, &err));
    assert_int_equal(err.code, READ_NO_OBJECT);
    source_close(source);
}

static void above_a_hundred_and_growing(void **state)
{
    (void)state;
    assert_true(remote_pages_grow(101, 101, 3600));
    assert_true(remote_pages_grow(4000, 9, 300));
    assert_false(remote_pages_grow(100, 100, 3600));
    assert_false(remote_pages_grow(4000, 100, 3600));
    assert_false(remote_pages_grow(4000, 8, 300));
    assert_false(remote_pages_grow(4000, 8, 0));
}

static void lines_of_a_state(void **state)
{
    (void)state;
    static const char *const refused[] = {"", "4", "4 ", "x a", "-4 a", "1234567890123456789 a"};
    struct remote_pages pages = {0};
    for (size_t i = 0; i < LENGTH(refused); i++)
        assert_false(remote_pages_parse(&pages, refused[i], &arena));
    assert_true(remote_pages_parse(&pages, "4000 web 01", &arena));
    assert_double(remote_pages_find(&pages, "web 01")->pages, 4000);
    assert_string_equal(remote_pages_print(&pages.items[0], &arena), "4000 web 01");
}

RUN_TESTS(TEST(read_by_name), TEST(above_a_hundred_and_growing), TEST(lines_of_a_state));
