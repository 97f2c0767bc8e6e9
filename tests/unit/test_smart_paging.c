/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "hyperv/smart_paging.h"

static void who_pages_and_since_when(void **state)
{
    (void)state;
    struct vm items[] = {
        {.name = "a", .guid = "AAAA", .kind = VM_DYNAMIC, .paging = true},
        {.name = "b", .guid = "BBBB", .kind = VM_DYNAMIC},
        {.name = "c", .kind = VM_DYNAMIC, .paging = true},
        {.name = "d", .guid = "DDDD", .kind = VM_UNJUDGED, .paging = true},
        {.name = "e", .guid = "EEEE", .kind = VM_DYNAMIC, .paging = true},
    };
    const struct vms vms = {.items = items, .count = LENGTH(items)};
    struct smart_paging now, before = {0};
    assert_true(smart_paging_of(&vms, 5000, &arena, &now));
    assert_int_equal(now.count, 3);
    assert_string_equal(now.items[0].key, "AAAA");
    assert_string_equal(now.items[1].key, "c");
    assert_true(smart_paging_parse(&before, "1000 aaaa", &arena)); /* in any case */
    assert_true(smart_paging_parse(&before, "9000 c", &arena));    /* after it: a clock went back */
    assert_true(smart_paging_parse(&before, "1000 BBBB", &arena)); /* has left it */
    smart_paging_continue(&now, &before);
    assert_int_equal(now.items[0].since, 1000);
    assert_int_equal(now.items[1].since, 5000);
    assert_int_equal(now.items[2].since, 5000);
    assert_string_equal(smart_paging_print(&now.items[0], &arena), "1000 AAAA");
}

static void lines_of_a_state(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "", " ", "1000", "1000 ", "x a", "-1 a", "1234567890123456789 a", "1000a"};
    struct smart_paging paging = {0};
    for (size_t i = 0; i < LENGTH(refused); i++)
        if (smart_paging_parse(&paging, refused[i], &arena))
            fail_msg("'%s'", refused[i]);
    assert_int_equal(paging.count, 0);
    assert_true(smart_paging_parse(&paging, "1316868300000 web 01 (a)", &arena));
    assert_string_equal(paging.items[0].key, "web 01 (a)");
    assert_true(paging.items[0].since == 1316868300000);
}

RUN_TESTS(TEST(who_pages_and_since_when), TEST(lines_of_a_state));
