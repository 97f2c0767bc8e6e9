/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a node told, as bytes and back; and bytes that were cut off, or are others. */
#include "fake_source.h"
#include "unit.h"

#include "hyperv/node.h"

static double values[VM_COUNTERS] = {1, 2, 3};
static bool has_value[VM_COUNTERS] = {true, false, true};

static struct vm_summary summary = {.guid = "11111111-1111-1111-1111-111111111111",
                                    .has_buffer = true,
                                    .buffer = 70,
                                    .paging = true};

static struct node full_node(void)
{
    static struct vm vms[] = {
        {.name = "web01",
         .guid = "11111111-1111-1111-1111-111111111111",
         .physical = 4096,
         .pressure = 93,
         .has_pressure = true,
         .limit = 8192,
         .startup = 512,
         .namesakes = 1,
         .values = values,
         .has_value = has_value,
         .summary = &summary},
        {.name = "", .kind = VM_UNJUDGED, .problem = "no value", .namesakes = 2},
    };
    static const char *stopped[] = {"old", ""}, *ignored[] = {"utility"};
    static struct balancer_node nodes[] = {
        {.name = "Node 0", .available = 7, .valid = true, .pressure = 80, .has_pressure = true},
        {.name = "Node 1", .available = 9, .valid = true}};
    static struct member_node members[] = {{.name = "HV01"},
                                           {.name = "HV02", .state = NODE_DOWN, .drained = true}};
    static struct member_vm member_vms[] = {
        {.name = "web01", .group = "g", .owner = "HV01", .guid = "", .online = true}};
    return (struct node){
        .host = "HV01",
        .when = "2016-03-02 12:00:00",
        .vms = {.items = vms,
                .count = LENGTH(vms),
                .stopped = stopped,
                .stopped_count = LENGTH(stopped),
                .ignored = ignored,
                .ignored_count = LENGTH(ignored),
                .missing = {"Average Pressure (none)"},
                .missing_count = 1,
                .for_vms = 100,
                .host_memory = 200,
                .balancer = {.nodes = nodes, .count = LENGTH(nodes), .available = 16}},
        .membership = {.nodes = members,
                       .node_count = LENGTH(members),
                       .vms = member_vms,
                       .vm_count = LENGTH(member_vms),
                       .has_nodes = true,
                       .no_vms = "denied"},
    };
}

static void assert_same(const struct node *a, const struct node *b)
{
    assert_string_equal(a->host, b->host);
    assert_string_equal(a->when, b->when);
    assert_null(b->problem);
    assert_int_equal(b->vms.count, 2);
    assert_string_equal(b->vms.items[0].guid, a->vms.items[0].guid);
    assert_double(b->vms.items[0].physical, 4096);
    assert_double(b->vms.items[0].values[2], 3);
    assert_true(b->vms.items[0].has_value[2] && !b->vms.items[0].has_value[1]);
    assert_string_equal(b->vms.items[0].summary->guid, summary.guid);
    assert_double(b->vms.items[0].summary->buffer, 70);
    assert_true(b->vms.items[0].summary->has_buffer && b->vms.items[0].summary->paging);
    assert_null(b->vms.items[1].guid);
    assert_null(b->vms.items[1].summary);
    assert_null(b->vms.items[1].values);
    assert_string_equal(b->vms.items[1].problem, "no value");
    assert_int_equal(b->vms.items[1].kind, VM_UNJUDGED);
    assert_string_equal(b->vms.stopped[0], "old");
    assert_string_equal(b->vms.stopped[1], "");
    assert_string_equal(b->vms.ignored[0], "utility");
    assert_string_equal(b->vms.missing[0], "Average Pressure (none)");
    assert_double(b->vms.for_vms, 100);
    assert_int_equal(b->vms.balancer.count, 2);
    assert_double(b->vms.balancer.available, 16);
    assert_string_equal(b->vms.balancer.nodes[1].name, "Node 1");
    assert_double(b->vms.balancer.nodes[0].pressure, 80);
    assert_string_equal(b->membership.nodes[1].name, "HV02");
    assert_int_equal(b->membership.nodes[1].state, NODE_DOWN);
    assert_true(b->membership.nodes[1].drained && b->membership.has_nodes);
    assert_string_equal(b->membership.vms[0].group, "g");
    assert_true(b->membership.vms[0].online);
    assert_string_equal(b->membership.no_vms, "denied");
}

static void there_and_back(void **state)
{
    (void)state;
    const struct node node = full_node();
    struct node back = {.name = "x", .spec = "y"};
    struct text bytes = {0};
    struct error err;
    node_pack(&node, &bytes);
    assert_true(node_unpack(&back, bytes.bytes, bytes.length, &arena, &err));
    assert_string_equal(back.name, "x");
    assert_string_equal(back.spec, "y");
    assert_same(&node, &back);
    text_free(&bytes);
}

static void one_that_did_not_answer(void **state)
{
    (void)state;
    const struct node node = {.problem = "refused", .refused = true};
    struct node back = {.name = "x"};
    struct text bytes = {0};
    struct error err;
    node_pack(&node, &bytes);
    assert_true(node_unpack(&back, bytes.bytes, bytes.length, &arena, &err));
    assert_string_equal(back.problem, "refused");
    assert_true(back.refused);
    assert_string_equal(back.host, "");
    assert_int_equal(back.vms.count, 0);
    text_free(&bytes);
}

/* An answer of a process that was ended in the middle of it. */
static void cut_off_anywhere(void **state)
{
    (void)state;
    const struct node node = full_node();
    struct text bytes = {0};
    struct error err;
    node_pack(&node, &bytes);
    for (size_t length = 0; length < bytes.length; length++) {
        struct node back = {.name = "x"};
        char *cut = arena_text(&arena, bytes.bytes, length);
        assert_false(node_unpack(&back, cut, length, &arena, &err));
        assert_string_equal(err.text, "its answer was cut off");
        assert_null(back.host);
        arena_free(&arena);
    }
    text_add(&bytes, "x", 1);
    struct node back = {0};
    assert_false(node_unpack(&back, bytes.bytes, bytes.length, &arena, &err));
    text_free(&bytes);
}

static void damaged_anywhere(void **state)
{
    (void)state;
    const struct node node = full_node();
    struct text bytes = {0};
    struct error err;
    node_pack(&node, &bytes);
    for (size_t at = 0; at < bytes.length; at++) {
        struct node back = {.name = "x"};
        char *copy = arena_text(&arena, bytes.bytes, bytes.length);
        copy[at] = (char)(copy[at] + 1 + (int)unit_random(255));
        if (node_unpack(&back, copy, bytes.length, &arena, &err))
            assert_true(back.vms.count <= bytes.length);
        arena_free(&arena);
    }
    text_free(&bytes);
}

/* ---- what is read of it ---- */

#define A "AAAAAAAA-1111-1111-1111-111111111111"
#define B "BBBBBBBB-1111-1111-1111-111111111111"
#define C "CCCCCCCC-1111-1111-1111-111111111111"
#define D "DDDDDDDD-1111-1111-1111-111111111111"

static const struct fake_value counters[] = {{HYPERV_VM, "Physical Memory", "web", 1024},
                                             {HYPERV_VM, "Physical Memory", "web", 1024},
                                             {HYPERV_VM, "Physical Memory", "db", 1024},
                                             {HYPERV_BALANCER, "Available Memory", "b", 500},
                                             {0}},
                               underflow[] = {
                                   {HYPERV_VM, "Physical Memory"},
                                   {HYPERV_BALANCER, "Available Memory", "b", 4294967090.0},
                                   {0}};

static const struct fake_class host[] = {
    {CLASS_COMPUTER, "Name|ElementName|EnabledState\nHV01|HV01|2\n" A "|web|2\n" B "|web|2\n" C
                     "|web|3\n" D "|db|2\n"},
    {CLASS_SETTINGS, "InstanceID|DynamicMemoryEnabled|Limit|VirtualQuantity\n"
                     "Microsoft:" A "\\x|True|4096|512\nMicrosoft:" B "\\x|True|4096|768\n"
                     "Microsoft:" C "\\x|True|4096|2048\nMicrosoft:" D "\\x|True|4096|256\n"},
    {CLASS_WINDOWS, "Version|TotalVisibleMemorySize\n6.3.9600|33554432\n"},
    {0}};

static bool read_node(const struct fake *fake, const struct node_options *options, struct node *ret,
                      struct error *err)
{
    struct source *source = fake_open(fake);
    bool read = node_read(source, options, &arena, ret, err);
    source_close(source);
    return read;
}

/* Which of the VMs of one name an instance is is not known: its startup RAM may be the largest of
 * those that run. */
static void of_one_name_the_largest_is_supposed(void **state)
{
    (void)state;
    struct node node = {.name = "x"};
    struct error err;
    assert_true(read_node(&(struct fake){.values = counters, .classes = host},
                          &(struct node_options){.vms.balancer = true}, &node, &err));
    assert_string_equal(node.host, "HV01");
    assert_int_equal(node.vms.count, 3);
    assert_double(node.vms.items[0].startup, 256.0 * MEGABYTE);
    assert_int_equal(node.vms.items[1].namesakes, 2);
    assert_double(node.vms.items[1].startup, 768.0 * MEGABYTE);
    assert_double(node.vms.items[2].startup, 768.0 * MEGABYTE);
    assert_null(node.when); /* now */
    assert_true(node_is(&node, "X") && node_is(&node, "hv01"));
    assert_false(node_is(&node, "HV02") || node_is(&node, ""));
}

/* VMs can be judged without their settings, and then nobody knows the host's own name. */
static void a_host_that_tells_no_settings(void **state)
{
    (void)state;
    struct node node = {.name = "x"};
    struct error err;
    const struct node_options options = {.vms.maximum = 4096.0 * MEGABYTE};
    assert_true(
        read_node(&(struct fake){.values = counters, .moment = {.recorded = true, .zone = "UTC"}},
                  &options, &node, &err));
    assert_string_equal(node.host, "");
    assert_int_equal(node.vms.count, 3);
    assert_string_equal(node.when, "1970-01-01 00:00:00, UTC");
    assert_true(
        read_node(&(struct fake){.values = counters, .moment = {.recorded = true, .zone = ""}},
                  &options, &node, &err));
    assert_string_equal(node.when, "1970-01-01 00:00:00");
    assert_false(node_is(&node, ""));
}

/* Whoever counts on what a node has left can't without its Available Memory. */
static void what_a_node_has_left_must_be_told(void **state)
{
    (void)state;
    const struct fake fake = {.values = underflow, .classes = host};
    struct node node = {.name = "x"};
    struct error err;
    assert_false(read_node(&fake, &(struct node_options){.vms.balancer = true}, &node, &err));
    assert_holds(err.text, "'b' is 4294967090 MB, which is impossible");
    assert_null(node.host);
    assert_true(read_node(&fake, &(struct node_options){.vms.balancer = false}, &node, &err));
}

RUN_TESTS(TEST(there_and_back), TEST(one_that_did_not_answer), TEST(cut_off_anywhere),
          TEST(damaged_anywhere), TEST(of_one_name_the_largest_is_supposed),
          TEST(a_host_that_tells_no_settings), TEST(what_a_node_has_left_must_be_told));
