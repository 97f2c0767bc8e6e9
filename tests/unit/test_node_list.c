/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "check/node_list.h"

static struct node_list list;
static struct error err;

static bool parse_in(const char *path, const char *text)
{
    char *copy = arena_text(&arena, text, strlen(text));
    list.count = 0;
    return node_list_parse(&list, path, copy, &arena, &err);
}

static bool parse(const char *text)
{
    return parse_in("/etc/x/nodes", text);
}

static void lines_comments_and_blanks(void **state)
{
    (void)state;
    assert_true(parse("\xEF\xBB\xBF# nodes\n\n winrm:hv01.example.net \r\n\trecord:hv02\n"
                      "record:/var/lib/hv03/\n  # more\nwinrm:HV04:5986"));
    assert_int_equal(list.count, 4);
    static const char *const names[] = {"HV01", "hv02", "hv03", "HV04"};
    static const char *const specs[] = {"winrm:hv01.example.net", "record:/etc/x/hv02",
                                        "record:/var/lib/hv03/", "winrm:HV04:5986"};
    for (size_t i = 0; i < list.count; i++) {
        assert_string_equal(list.items[i].name, names[i]);
        assert_string_equal(list.items[i].spec, specs[i]);
    }
    assert_true(parse("") && !list.count);
    assert_true(parse("#\n\n") && !list.count);
}

static void names_of_addresses_and_drives(void **state)
{
    (void)state;
    assert_true(parse("winrm:10.0.0.1:5986\nwinrm:[fe80::1]:5986\nrecord:C:\\records\\hv03\\\n"
                      "record:\\\\server\\share\\hv04\nwinrm:hv~1.x"));
    static const char *const names[] = {"10.0.0.1", "[FE80::1]", "hv03", "hv04", "HV~1"};
    for (size_t i = 0; i < list.count; i++)
        assert_string_equal(list.items[i].name, names[i]);
    assert_string_equal(list.items[2].spec, "record:C:\\records\\hv03\\");
    assert_true(parse_in("C:\\x\\nodes", "record:hv01"));
    assert_string_equal(list.items[0].spec, "record:C:\\x\\hv01");
    assert_true(parse_in("nodes", "record:hv01"));
    assert_string_equal(list.items[0].spec, "record:hv01");
}

static void this_machine_has_its_own_name(void **state)
{
    (void)state;
    assert_true(parse("local"));
    assert_string_equal(list.items[0].name, platform_host(&arena));
}

static void mistakes_have_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } wrong[] = {
        {"record:a\n\nhv01\n", "/etc/x/nodes:3: 'hv01': expected local, record:DIR or winrm:HOST"},
        {"record:a\nrecord:b/A",
         "/etc/x/nodes:2: 'record:/etc/x/b/A': a second node of the name A"},
        {"winrm:hv01.a\nwinrm:hv01.b", "/etc/x/nodes:2: 'winrm:hv01.b': a second node of the name "
                                       "HV01"},
        {"winrm:", "/etc/x/nodes:1: 'winrm:': nothing stands behind the colon"},
        {"record:", "/etc/x/nodes:1: 'record:': nothing stands behind the colon"},
        {"winrm:hv01 # comment\nlocal x",
         "/etc/x/nodes:2: 'local x': expected local, record:DIR or "
         "winrm:HOST"},
    };
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        assert_false(parse(wrong[i].text));
        assert_string_equal(err.text, wrong[i].error);
    }
}

static void a_cluster_has_64_nodes(void **state)
{
    (void)state;
    struct text text = {0};
    for (int i = 0; i < NODE_LIST_MOST; i++)
        text_printf(&text, "record:n%d\n", i);
    assert_true(parse(text.bytes));
    assert_int_equal(list.count, NODE_LIST_MOST);
    text_puts(&text, "record:one-more\n");
    assert_false(parse(text.bytes));
    assert_string_equal(err.text, "/etc/x/nodes:65: more than 64 nodes, which no cluster has");
    text_free(&text);
}

RUN_TESTS(TEST(lines_comments_and_blanks), TEST(names_of_addresses_and_drives),
          TEST(this_machine_has_its_own_name), TEST(mistakes_have_their_line),
          TEST(a_cluster_has_64_nodes));
