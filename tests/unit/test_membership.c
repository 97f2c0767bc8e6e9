/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a cluster tells of its nodes and VMs, by the numbers that Windows has for them. */
#include "fake_source.h"
#include "unit.h"

#include "hyperv/counter_names.h"
#include "hyperv/membership.h"

#define NODES "Name|State|NodeDrainStatus\n"
#define VMS   "Name|Type|State|OwnerGroup|OwnerNode|VmID\n"

static bool read_classes(const struct fake_class *classes, struct membership *ret,
                         struct error *err)
{
    struct source *source = fake_open(&(struct fake){.classes = classes});
    bool read = membership_read(source, &arena, ret, err);
    source_close(source);
    return read;
}

static struct membership must_read(const struct fake_class *classes)
{
    struct membership membership;
    struct error err;
    if (!read_classes(classes, &membership, &err))
        fail_msg("%s", err.text);
    return membership;
}

static void states_of_nodes(void **state)
{
    (void)state;
    static const struct {
        const char *state, *drain;
        enum node_state is;
        bool draining, drained;
    } cases[] = {
        {"0", "0", NODE_UP, false, false},
        {"1", "0", NODE_DOWN, false, false},
        {"2", "0", NODE_PAUSED, false, false},
        {"3", "0", NODE_JOINING, false, false},
        {"0", "1", NODE_UP, true, false},
        {"2", "2", NODE_PAUSED, false, true},
        {"2", "3", NODE_PAUSED, false, false}, /* draining failed */
        {"0", "", NODE_UP, false, false},      /* before Windows Server 2012 */
        {"4", "0", NODE_STATE_UNKNOWN, false, false},
        {"-1", "0", NODE_STATE_UNKNOWN, false, false},
        {"4294967295", "0", NODE_STATE_UNKNOWN, false, false},
        {"Up", "0", NODE_STATE_UNKNOWN, false, false},
        {"", "", NODE_STATE_UNKNOWN, false, false},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const char *table = say(NODES "|0|0\nHV01|%s|%s\n", cases[i].state, cases[i].drain);
        const struct fake_class classes[] = {{CLASS_NODE, table}, {0}};
        const struct membership membership = must_read(classes);
        assert_int_equal(membership.node_count, 1); /* one without a name is none */
        const struct member_node *node = &membership.nodes[0];
        if (node->state != cases[i].is || node->draining != cases[i].draining ||
            node->drained != cases[i].drained)
            fail_msg("%s, %s", cases[i].state, cases[i].drain);
    }
}

/* Of what is neither online nor on the way there, no node has to find RAM for it; what is not told
 * may be. */
static void states_of_vms(void **state)
{
    (void)state;
    static const struct {
        const char *state;
        bool online;
    } cases[] = {
        {"1", true},  {"2", true},    {"129", true},  /* inherited, online, online pending */
        {"3", false}, {"4", false},   {"130", false}, /* offline, failed, offline pending */
        {"0", false}, {"128", false}, {"", true},     {"-1", true}, {"Online", true},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const char *table =
            say(VMS "Virtual Machine web01|Virtual Machine|%s|web01|HV01|\n", cases[i].state);
        const struct fake_class classes[] = {{CLASS_RESOURCE, table}, {0}};
        const struct membership membership = must_read(classes);
        assert_int_equal(membership.vm_count, 1);
        if (membership.vms[0].online != cases[i].online)
            fail_msg("%s", cases[i].state);
    }
}

static void resources_that_are_vms(void **state)
{
    (void)state;
    static const struct fake_class classes[] = {
        {CLASS_RESOURCE, VMS "Cluster IP Address|IP Address|2|Cluster Group|HV01|\n"
                             "Virtual Machine Configuration web01|Virtual Machine "
                             "Configuration|2|web01|HV01|\n"
                             "|Virtual Machine|2|nobody|HV01|\n"
                             "untyped||2|untyped|HV01|\n"
                             "VIRTUAL MACHINE web01|virtual machine|2|Role 1|HV01|AAAA\n"
                             "renamed|Virtual Machine|2|||\n"},
        {0}};
    const struct membership membership = must_read(classes);
    assert_int_equal(membership.vm_count, 2);
    const struct member_vm *web = &membership.vms[0], *renamed = &membership.vms[1];
    assert_string_equal(web->name, "web01");
    assert_string_equal(web->group, "Role 1");
    assert_string_equal(web->owner, "HV01");
    assert_string_equal(web->guid, ""); /* no Windows has that property */
    assert_string_equal(renamed->name, "renamed");
    assert_string_equal(renamed->group, "");
    assert_string_equal(renamed->owner, "");
}

/* A host need not be in a cluster, nor tell everybody of it. What is there and can't be read may
 * say that a node is down. */
static void what_cannot_be_read(void **state)
{
    (void)state;
    static const struct {
        enum read_status reading;
        bool goes_on;
    } cases[] = {{READ_NO_OBJECT, true}, {READ_DENIED, true},   {READ_UNSUPPORTED, true},
                 {READ_INVALID, false},  {READ_TIMEOUT, false}, {READ_NO_COUNTER, false},
                 {READ_FAILED, false}};
    static const char *const names[] = {CLASS_NODE, CLASS_RESOURCE};
    for (size_t i = 0; i < LENGTH(cases); i++)
        for (size_t k = 0; k < LENGTH(names); k++) {
            const struct fake_class classes[] = {
                {names[k], "", .reading = cases[i].reading},
                {CLASS_NODE, NODES "HV01|0|0\n"},
                {CLASS_RESOURCE, VMS "a|Virtual Machine|2|a|HV01|\n"},
                {0}};
            struct membership membership = {.node_count = 77};
            struct error err;
            if (read_classes(classes, &membership, &err) != cases[i].goes_on)
                fail_msg("%s, status %d", names[k], (int)cases[i].reading);
            if (!cases[i].goes_on) {
                assert_int_equal(err.code, cases[i].reading);
                assert_int_equal(membership.node_count, 77);
                continue;
            }
            assert_int_equal(membership.has_nodes, k == 1);
            assert_int_equal(membership.has_vms, k == 0);
            assert_holds(k ? membership.no_vms : membership.no_nodes, names[k]);
            assert_null(k ? membership.no_nodes : membership.no_vms);
        }
}

RUN_TESTS(TEST(states_of_nodes), TEST(states_of_vms), TEST(resources_that_are_vms),
          TEST(what_cannot_be_read));
