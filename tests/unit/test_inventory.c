/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake_source.h"
#include "unit.h"

#include "hyperv/counter_names.h"
#include "hyperv/inventory.h"

#define MB 1048576.0
#define G1 "11111111-1111-1111-1111-111111111111"
#define G2 "2222ABCD-2222-2222-2222-222222222222"
#define G3 "33333333-3333-3333-3333-333333333333"

#define COMPUTERS "Name      |ElementName|EnabledState\n"
#define SETTINGS                                                                                   \
    "InstanceID|Limit|Reservation|VirtualQuantity|DynamicMemoryEnabled|TargetMemoryBuffer|"        \
    "Weight\n"
#define MEMORY_OF(guid) "Microsoft:" guid "\\4764334d-e001-4176-82ee-5594ec9b530e"

static bool read_classes(const struct fake_class *classes, struct inventory *ret, struct error *err)
{
    const struct fake fake = {.classes = classes};
    struct source *source = fake_open(&fake);
    bool read = inventory_read(source, false, &arena, ret, err);
    source_close(source);
    return read;
}

static struct inventory must_read(const struct fake_class *classes)
{
    struct inventory inventory;
    struct error err;
    if (!read_classes(classes, &inventory, &err))
        fail_msg("%s", err.text);
    return inventory;
}

static void computers_and_settings(void **state)
{
    (void)state;
    static const struct fake_class classes[] = {
        {CLASS_COMPUTER, COMPUTERS "HVHOST1|HVHOST1|2\n" G1 "|web01|2\n" G2 "|業務|3\n"},
        {CLASS_SETTINGS,
         SETTINGS MEMORY_OF(
             G1) "|4096|512|1024|True|20|5000\n"
                 "Microsoft:2222abcd-2222-2222-2222-222222222222\\x|8192|0|2048|False||\n"},
        {0}};
    struct inventory inventory = must_read(classes);
    assert_true(inventory.saw_host);
    assert_int_equal(inventory.count, 2);
    const struct configured_vm *web = &inventory.items[0], *second = &inventory.items[1];
    assert_string_equal(web->name, "web01");
    assert_string_equal(web->guid, G1);
    assert_true(web->has_settings && web->dynamic && !web->stopped);
    assert_double(web->maximum, 4096 * MB);
    assert_double(web->minimum, 512 * MB);
    assert_double(web->startup, 1024 * MB);
    assert_int_equal(web->buffer, 20);
    assert_int_equal(web->weight, 5000);
    assert_int_equal(web->next_of_name, NAME_NOT_FOUND);
    assert_true(second->has_settings && !second->dynamic && second->stopped); /* in any case */
    assert_double(second->startup, 2048 * MB);
    assert_int_equal(second->buffer, 0);
    assert_int_equal(name_index_find(&inventory.by_name, "WEB01"), 0);
    assert_int_equal(name_index_find(&inventory.by_name, "HVHOST1"), NAME_NOT_FOUND);
}

/* v2 has it alone; a template's row tells that this Windows has it. */
static void smart_paging(void **state)
{
    (void)state;
#define PAGING "InstanceID|Limit|DynamicMemoryEnabled|SwapFilesInUse\n"
    static const struct fake_class classes[] = {
        {CLASS_COMPUTER, COMPUTERS "H|H|2\n" G1 "|web01|2\n" G2 "|db01|2\n"},
        {CLASS_SETTINGS,
         PAGING MEMORY_OF(G1) "|4096|True|True\n" MEMORY_OF(G2) "|4096|True|False\n"},
        {0}};
    static const struct fake_class stopped[] = {
        {CLASS_COMPUTER, COMPUTERS "H|H|2\n"},
        {CLASS_SETTINGS, PAGING "Microsoft:Definition\\x|4096|False|False\n"},
        {0}};
    static const struct fake_class older[] = {
        {CLASS_COMPUTER, COMPUTERS "H|H|2\n" G1 "|web01|2\n"},
        {CLASS_SETTINGS, PAGING MEMORY_OF(G1) "|4096|True|\n"},
        {0}};
    static const struct fake_class odd[] = {
        {CLASS_COMPUTER, COMPUTERS "H|H|2\n" G1 "|web01|2\n"},
        {CLASS_SETTINGS, PAGING MEMORY_OF(G1) "|4096|True|a bit\n"},
        {0}};
    struct inventory inventory = must_read(classes);
    struct error err;
    assert_true(inventory.tells_paging);
    assert_true(inventory.items[0].paging && !inventory.items[1].paging);
    assert_true(must_read(stopped).tells_paging);
    inventory = must_read(older);
    assert_false(inventory.tells_paging || inventory.items[0].paging);
    assert_false(read_classes(odd, &inventory, &err));
    assert_holds(err.text, "'a bit' is neither True nor False, as SwapFilesInUse must be");
#undef PAGING
}

static void either_namespace(void **state)
{
    (void)state;
    static const char *const namespaces[] = {"root\\virtualization", "root\\virtualization\\v2"};
    for (size_t i = 0; i < LENGTH(namespaces); i++) {
        const struct fake_class classes[] = {
            {CLASS_COMPUTER, COMPUTERS "H|H|2\n" G1 "|web01|2\n", namespaces[i]},
            {CLASS_SETTINGS, SETTINGS MEMORY_OF(G1) "|4096||512|True||\n", namespaces[i]},
            {0}};
        struct inventory inventory = must_read(classes);
        assert_int_equal(inventory.count, 1);
        assert_double(inventory.items[0].maximum, 4096 * MB);
    }
}

/* Snapshots have a GUID of their own, templates none, and neither is a VM. */
static void snapshots_and_templates_are_dropped(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "Microsoft:Definition\\4764334D-E001-4176-82EE-5594EC9B530E\\Default|9|9|9|False|9|9",
        "Microsoft:Definition\\4764334D\\Maximum|9|9|9|False|9|9",
        MEMORY_OF(G3) "|7|7|7|False|7|7",
        MEMORY_OF(G1) "|4096||512|True||",
        MEMORY_OF(G3) "|8|8|8|False|8|8",
        "|5|5|5|False|5|5",
        "Microsoft:\\x|5|5|5|False|5|5",
        "Other:" G1 "\\x|5|5|5|False|5|5",
    };
    const char *table = SETTINGS;
    for (size_t i = 0; i < LENGTH(rows); i++)
        table = say("%s%s\n", table, rows[i]);
    const struct fake_class classes[] = {
        {CLASS_COMPUTER, COMPUTERS "H|H|2\n" G1 "|web01|2\n"}, {CLASS_SETTINGS, table}, {0}};
    struct inventory inventory = must_read(classes);
    assert_int_equal(inventory.count, 1);
    assert_true(inventory.items[0].dynamic);
    assert_double(inventory.items[0].maximum, 4096 * MB);
    assert_double(inventory.items[0].startup, 512 * MB);
}

static void states_that_hold_memory(void **state)
{
    (void)state;
    static const struct {
        const char *state;
        bool stopped;
    } cases[] = {
        {"2", false},     {"3", true},      {"6", true},      {"9", false},
        {"10", false},    {"4", false},     {"32768", false}, {"32769", true},
        {"32770", false}, {"32771", false}, {"32773", false}, {"32774", false},
        {"32776", false}, {"32777", false}, {"", false},      {"33", false},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct fake_class classes[] = {
            {CLASS_COMPUTER, say(COMPUTERS "H|H|2\n" G1 "|web01|%s\n", cases[i].state)},
            {CLASS_SETTINGS, SETTINGS},
            {0}};
        if (must_read(classes).items[0].stopped != cases[i].stopped)
            fail_msg("%s", cases[i].state);
    }
}

static void names_in_common(void **state)
{
    (void)state;
    static const struct fake_class classes[] = {
        {CLASS_COMPUTER, COMPUTERS "H|H|2\n" G1 "|web01|2\n" G2 "|Web01|3\n" G3 "|WEB01|2\n"},
        {CLASS_SETTINGS, SETTINGS},
        {0}};
    struct inventory inventory = must_read(classes);
    bool seen[3] = {false};
    unsigned count = 0;
    for (uint32_t i = name_index_find(&inventory.by_name, "web01"); i != NAME_NOT_FOUND;
         i = inventory.items[i].next_of_name) {
        assert_false(seen[i]);
        seen[i] = true;
        count++;
    }
    assert_int_equal(count, 3);
}

/* A row that says nothing of Dynamic Memory must not make a VM one that never alarms. */
static void settings_that_do_not_tell(void **state)
{
    (void)state;
    static const struct {
        const char *header, *row;
    } cases[] = {
        {SETTINGS, ""},
        {SETTINGS, MEMORY_OF(G1) "|4096||512|||\n"},
        {"InstanceID|Limit\n", MEMORY_OF(G1) "|4096\n"}, /* a live Windows without it */
        {"Limit|DynamicMemoryEnabled\n", "4096|True\n"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct fake_class classes[] = {
            {CLASS_COMPUTER, COMPUTERS "H|H|2\n" G1 "|web01|2\n"},
            {CLASS_SETTINGS, say("%s%s", cases[i].header, cases[i].row)},
            {0}};
        if (must_read(classes).items[0].has_settings)
            fail_msg("%s%s", cases[i].header, cases[i].row);
    }
    static const struct fake_class numbers[] = {
        {CLASS_COMPUTER, COMPUTERS "H|H|2\n" G1 "|web01|2\n" G2 "|db01|\n"},
        {CLASS_SETTINGS, SETTINGS MEMORY_OF(G1) "||||True|99999999999|5 %\n"},
        {0}};
    const struct inventory inventory = must_read(numbers);
    const struct configured_vm *vm = &inventory.items[0];
    assert_true(vm->has_settings && vm->dynamic && vm->has_state);
    assert_false(vm[1].has_state || vm[1].stopped);
    assert_double(vm->maximum + vm->minimum + vm->startup + vm->buffer + vm->weight, 0);
}

/* Words in the place of numbers, and what stands twice, are named: nothing is made of them. */
static void what_is_not_understood_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *computers, *settings, *problem;
    } cases[] = {
        {G1 "|web01|Running\n", "", "'Running' is not a number, as EnabledState must be"},
        {G1 "|web01|En cours\n", "", "'En cours' is not a number, as EnabledState must be"},
        {G1 "|web01|2.0\n", "", "'2.0' is not a number, as EnabledState must be"},
        {G1 "|web01|2\n", MEMORY_OF(G1) "|4,096|0|512|True||\n",
         "'4,096' is not a number, as Limit must be"},
        {G1 "|web01|2\n", MEMORY_OF(G1) "|x|0|512|True||\n", "'x' is not a number, as Limit"},
        {G1 "|web01|2\n", MEMORY_OF(G1) "|9|-1|512|True||\n",
         "'-1' is not a number, as Reservation"},
        {G1 "|web01|2\n", MEMORY_OF(G1) "|9|1|4 GB|True||\n",
         "'4 GB' is not a number, as VirtualQuantity"},
        {G1 "|web01|2\n", MEMORY_OF(G1) "|9|1|4|Perhaps||\n",
         "'Perhaps' is neither True nor False, as DynamicMemoryEnabled"},
        {G1 "|web01|2\n", MEMORY_OF(G1) "|9|1|4|WAHR||\n", "'WAHR' is neither True nor False"},
        {G1 "|web01|2\n", MEMORY_OF(G1) "|9|1|4|1||\n", "'1' is neither True nor False"},
        {G1 "|web01|2\n" G2 "|x|3\n" G1 "|web01|3\n", "",
         CLASS_COMPUTER ": GUID " G1 " appears twice"},
        {G2 "|a|2\n|nobody|2\n2222abcd-2222-2222-2222-222222222222|b|2\n", "", "appears twice"},
        {G1 "|web01|2\n", MEMORY_OF(G1) "|4096|0|512|True||\n" MEMORY_OF(G1) "|2048|0|512|True||\n",
         CLASS_SETTINGS ": GUID " G1 " appears twice"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct fake_class classes[] = {
            {CLASS_COMPUTER, say(COMPUTERS "H|H|2\n%s", cases[i].computers)},
            {CLASS_SETTINGS, say(SETTINGS "%s", cases[i].settings)},
            {0}};
        struct inventory inventory = {.count = 77};
        struct error err;
        if (read_classes(classes, &inventory, &err))
            fail_msg("%s", cases[i].problem);
        assert_holds(err.text, cases[i].problem);
        assert_int_equal(err.code, READ_INVALID);
        assert_int_equal(inventory.count, 77);
    }
}

/* A live host may have changed when it is looked at for the line. */
static void what_stood_twice_is_named_though_it_is_gone(void **state)
{
    (void)state;
    static const struct fake_class twice[] = {{CLASS_COMPUTER, COMPUTERS G1 "|a|2\n" G1 "|b|2\n"},
                                              {0}},
                                   once[] = {{CLASS_COMPUTER, COMPUTERS G1 "|a|2\n"}, {0}};
    struct inventory inventory;
    struct error err;
    fake_row_reads = 0;
    fake_classes_then = once;
    bool read = read_classes(twice, &inventory, &err);
    fake_classes_then = NULL;
    assert_false(read);
    assert_int_equal(err.code, READ_INVALID);
    assert_holds(err.text, CLASS_COMPUTER ": GUID " G1 " appears twice");
}

static void rows_that_are_no_vm(void **state)
{
    (void)state;
    static const struct fake_class classes[] = {
        {CLASS_COMPUTER, COMPUTERS "|x|2\n" G1 "0|x|2\n"                       /* too long */
                                   "11111111-1111-1111-1111-11111111111|x|2\n" /* too short */
                                   "1111111111111-1111-1111-111111111111|x|2\n"
                                   "1111111g-1111-1111-1111-111111111111|x|2\n" G2 "||\n"},
        {CLASS_SETTINGS, SETTINGS},
        {0}};
    struct inventory inventory = must_read(classes);
    assert_int_equal(inventory.count, 1);
    assert_string_equal(inventory.items[0].guid, G2);
    assert_string_equal(inventory.items[0].name, ""); /* it has none */
}

static void the_summary_stands_in(void **state)
{
    (void)state;
    static const struct fake_class classes[] = {
        {CLASS_SUMMARY, COMPUTERS G1 "|web01|2\n", "root\\virtualization\\v2"},
        {CLASS_SETTINGS, SETTINGS MEMORY_OF(G1) "|4096||512|True||\n"},
        {0}};
    struct inventory inventory = must_read(classes);
    assert_int_equal(inventory.count, 1);
    assert_double(inventory.items[0].maximum, 4096 * MB);
}

static void a_host_without_vms(void **state)
{
    (void)state;
    static const struct fake_class classes[] = {
        {CLASS_COMPUTER, COMPUTERS "H|H|2\n"}, {CLASS_SETTINGS, SETTINGS}, {0}};
    assert_int_equal(must_read(classes).count, 0);
}

static void what_cannot_be_read_is_told(void **state)
{
    (void)state;
    static const struct {
        struct fake_class classes[4];
        const char *problem;
        enum read_status code;
    } cases[] = {
        {{{CLASS_COMPUTER, COMPUTERS}, {CLASS_SETTINGS, SETTINGS}},
         "Hyper-V Administrators",
         READ_DENIED},
        {{{CLASS_SUMMARY, COMPUTERS}, {CLASS_SETTINGS, SETTINGS}},
         "Hyper-V Administrators",
         READ_DENIED},
        {{{CLASS_SETTINGS, SETTINGS}}, "no class Msvm_ComputerSystem", READ_NO_OBJECT},
        {{{CLASS_COMPUTER, "", .reading = READ_DENIED}, {CLASS_SUMMARY, COMPUTERS G1 "|a|2\n"}},
         "no right to read it",
         READ_DENIED},
        {{{CLASS_SUMMARY, "", .reading = READ_TIMEOUT}, {CLASS_SETTINGS, SETTINGS}},
         "did not answer in time",
         READ_TIMEOUT},
        {{{CLASS_COMPUTER, COMPUTERS "H|H|2\n"}},
         "no class Msvm_MemorySettingData",
         READ_NO_OBJECT},
        {{{CLASS_COMPUTER, COMPUTERS "H|H|2\n"}, {CLASS_SETTINGS, "", .reading = READ_DENIED}},
         "no right to read it",
         READ_DENIED},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct inventory inventory = {.count = 77};
        struct error err;
        if (read_classes(cases[i].classes, &inventory, &err))
            fail_msg("%s", cases[i].problem);
        assert_holds(err.text, cases[i].problem);
        assert_int_equal(err.code, cases[i].code);
        assert_int_equal(inventory.count, 77);
    }
}

RUN_TESTS(TEST(computers_and_settings), TEST(smart_paging), TEST(either_namespace),
          TEST(snapshots_and_templates_are_dropped), TEST(states_that_hold_memory),
          TEST(names_in_common), TEST(settings_that_do_not_tell),
          TEST(what_is_not_understood_is_named), TEST(what_stood_twice_is_named_though_it_is_gone),
          TEST(rows_that_are_no_vm), TEST(the_summary_stands_in), TEST(a_host_without_vms),
          TEST(what_cannot_be_read_is_told));
