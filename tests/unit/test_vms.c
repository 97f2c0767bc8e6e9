/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Hosts as tables: what the counters have, what WMI has, and what comes out, a line for each VM.
 */
#include "fake_source.h"
#include "unit.h"

#include "hyperv/vms.h"

#include <math.h>

#define MB 1048576.0

#define GUID(digit)                                                                                \
    digit digit digit digit digit digit digit digit "-1111-1111-1111-1111111111" digit digit
#define A GUID("A")
#define B GUID("B")
#define C GUID("C")
#define D GUID("D")

/* Counters of a VM, and of the host. */
#define RUNS(name, physical, pressure)                                                             \
    {HYPERV_VM, "Physical Memory", name, physical},                                                \
    {                                                                                              \
        HYPERV_VM, "Average Pressure", name, pressure                                              \
    }

#define BLANK(name)                                                                                \
    {HYPERV_VM, "Physical Memory", name, NAN, .blank = true},                                      \
    {                                                                                              \
        HYPERV_VM, "Average Pressure", name, NAN, .blank = true                                    \
    }

/* Rows of VMs and of their settings. */
#define VM(guid, name, state) guid " | " name " | " state "\n"
#define HAS(guid, maximum, startup, dynamic)                                                       \
    "Microsoft:" guid "\\x | " maximum " | 256 | " startup " | " dynamic " | 20 | 5000\n"
#define SAYS(guid, usage, available) guid " | x | " usage " | " available " | 50 | False\n"
#define HOST                         VM("HVHOST1", "HVHOST1", "2")

static const char computers[] = "Name | ElementName | EnabledState\n";
static const char settings[] = "InstanceID | Limit | Reservation | VirtualQuantity | "
                               "DynamicMemoryEnabled | TargetMemoryBuffer | Weight\n";
static const char summaries[] = "Name | ElementName | MemoryUsage | MemoryAvailable | "
                                "AvailableMemoryBuffer | SwapFilesInUse\n";
static const char windows_32gb[] = "Version | TotalVisibleMemorySize\n6.1.7601 | 33554432\n";

struct fake_host {
    struct fake_value values[16];
    const char *computers, *settings; /* NULL: the class is not there */
    const char *windows;              /* NULL: 32 GB */
    double maximum;                   /* --maximum, in MB */
    double balancer;       /* what it has, in MB; 0: more than any VM may have, NAN: none */
    const char *ignore;    /* --ignore-instance */
    const char *summaries; /* NULL: the class is not there */
    bool recorded;
    const char *vms; /* what comes out, or "!" and a part of the error */
};

/* "web01: 512 of 4096 MB, 90 %", one line for each, and the names that are not judged. */
static const char *describe(const struct vms *vms)
{
    const char *all = "";
    for (size_t i = 0; i < vms->count; i++) {
        const struct vm *vm = &vms->items[i];
        static const char *const kinds[] = {"", " static", " unjudged"};
        all = say("%s%s:%s %.0f", all, vm->name, kinds[vm->kind], vm->physical / MB);
        bool certain = !(vm->maximum_least < vm->maximum);
        if (vm->kind == VM_DYNAMIC)
            all = say("%s of %s%.0f", all, certain ? "" : say("%.0f to ", vm->maximum_least / MB),
                      vm->maximum / MB);
        assert_true(vm->kind != VM_DYNAMIC || !vm->problem == certain);
        if (vm->kind == VM_UNJUDGED)
            assert_true(vm->problem && *vm->problem);
        if (vm->kind == VM_DYNAMIC) /* what a check divides by */
            assert_true(vm->maximum > 0);
        all = say("%s%s%s%s%s", all, vm->has_pressure ? say(" at %.0f %%", vm->pressure) : "",
                  vm->bounded ? " bounded" : "", vm->given ? " given" : "",
                  vm->namesakes > 1 ? say(" one of %u", vm->namesakes) : "");
        all = say("%s%s\n", all, vm->guid ? say(" %.1s", vm->guid) : "");
        assert_false(vm->namesakes > 1 && vm->guid); /* nobody knows which it is */
    }
    for (size_t i = 0; i < vms->stopped_count; i++)
        all = say("%s%s stopped\n", all, vms->stopped[i]);
    for (size_t i = 0; i < vms->ignored_count; i++)
        all = say("%s%s ignored\n", all, vms->ignored[i]);
    return all;
}

static bool read_host(const struct fake_host *host, bool all, struct vms *ret, struct error *err)
{
    struct fake_class classes[5] = {0}, *class = classes;
    if (host->computers)
        *class ++ = (struct fake_class){CLASS_COMPUTER, say("%s%s", computers, host->computers)};
    if (host->settings)
        *class ++ = (struct fake_class){CLASS_SETTINGS, say("%s%s", settings, host->settings)};
    if (host->summaries)
        *class ++ = (struct fake_class){CLASS_SUMMARY, say("%s%s", summaries, host->summaries)};
    if (!host->windows || *host->windows)
        *class ++ =
            (struct fake_class){CLASS_WINDOWS, host->windows ? host->windows : windows_32gb};
    struct fake_value values[LENGTH(host->values) + 1] = {0};
    size_t count = 0;
    for (; count < LENGTH(host->values) && host->values[count].object; count++)
        values[count] = host->values[count];
    if (!isnan(host->balancer))
        values[count] = (struct fake_value){HYPERV_BALANCER, "Available Memory", "System Balancer",
                                            host->balancer > 0 ? host->balancer : 1e6};
    const struct fake fake = {
        .values = values, .classes = classes, .moment.recorded = host->recorded};
    const char *globs[] = {host->ignore};
    const struct text_list ignore = {globs, host->ignore != NULL, 1};
    const struct vms_options options = {
        .counters = all ? VM_ALL_COUNTERS : 0, .maximum = host->maximum * MB, .ignore = &ignore};
    struct source *source = fake_open(&fake);
    bool read = vms_read(source, &options, &arena, ret, err);
    source_close(source);
    return read;
}

static void check_hosts(const struct fake_host *hosts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (int all = 0; all < 2; all++) {
            struct vms vms;
            struct error err;
            bool read = read_host(&hosts[i], all, &vms, &err);
            if (*hosts[i].vms == '!') {
                if (read)
                    fail_msg("host %zu is read:\n%s", i, describe(&vms));
                assert_holds(err.text, hosts[i].vms + 1);
                continue;
            }
            if (!read)
                fail_msg("host %zu: %s", i, err.text);
            const char *found = describe(&vms);
            if (strcmp(found, hosts[i].vms) != 0)
                fail_msg("host %zu:\n%snot:\n%s", i, found, hosts[i].vms);
        }
}

#define CHECK(...)                                                                                 \
    do {                                                                                           \
        static const struct fake_host hosts[] = {__VA_ARGS__};                                     \
        check_hosts(hosts, LENGTH(hosts));                                                         \
    } while (0)

static void joined_by_name_and_guid(void **state)
{
    (void)state;
    CHECK({{RUNS("web01", 4055, 112), RUNS("DB01", 512, 90)},
           HOST VM(A, "Web01", "2") VM(B, "db01", "2") VM(C, "off", "3") VM(D, "saved", "32769"),
           HAS(B, "8192", "512", "True") HAS(A, "4096", "512", "True") HAS(C, "1", "1", "False"),
           .vms = "db01: 512 of 8192 at 90 % B\nWeb01: 4055 of 4096 at 112 % A\n"
                  "off stopped\nsaved stopped\n"},
          /* a pressure that can't be, is not there, or is 0, is none */
          {{RUNS("a", 512, 4294967290.0), RUNS("b", 512, NAN), RUNS("c", 512, 0)},
           HOST VM(A, "a", "2") VM(B, "b", "2") VM(C, "c", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "4096", "512", "True")
               HAS(C, "4096", "512", "True"),
           .vms = "a: 512 of 4096 A\nb: 512 of 4096 B\nc: 512 of 4096 C\n"});
}

/* The configured maximum, the host's RAM, what the host has for VMs: the least of them. */
static void what_a_vm_can_really_reach(void **state)
{
    (void)state;
    CHECK(/* the host's RAM: Hyper-V's own defaults are above any */
          {{RUNS("a", 512, 90), RUNS("b", 512, 90), RUNS("c", 512, 90), RUNS("d", 512, 90)},
           HOST VM(A, "a", "2") VM(B, "b", "2") VM(C, "c", "2") VM(D, "d", "2"),
           HAS(A, "1048576", "512", "True") HAS(B, "65536", "512", "True")
               HAS(C, "32768", "512", "True") HAS(D, "32767", "512", "True"),
           .vms = "a: 512 of 32768 at 90 % A\nb: 512 of 32768 at 90 % B\n"
                  "c: 512 of 32768 at 90 % C\nd: 512 of 32767 at 90 % D\n"},
          /* what the VMs hold, whether they can be judged or not, and what the balancer has */
          {{RUNS("a", 20000, 90), RUNS("b", 5000, 90), RUNS("c", 3000, 90)},
           HOST VM(A, "a", "2") VM(B, "b", "2") VM(C, "c", "2"),
           HAS(A, "1048576", "512", "True") HAS(B, "1", "5000", "False"),
           .balancer = 1000,
           .vms = "a: 20000 of 29000 at 90 % bounded A\nb: static 5000 at 90 % B\n"
                  "c: unjudged 3000 at 90 % C\n"},
          {{RUNS("a", 1000, 90)},
           HOST VM(A, "a", "2"),
           HAS(A, "4096", "512", "True"),
           .balancer = 3095,
           .vms = "a: 1000 of 4095 at 90 % bounded A\n"},
          {{RUNS("a", 1000, 90)},
           HOST VM(A, "a", "2"),
           HAS(A, "4096", "512", "True"),
           .balancer = 3096,
           .vms = "a: 1000 of 4096 at 90 % A\n"},
          /* without the balancer it is known within bounds, unless as much is held already */
          {{RUNS("a", 1000, 90), RUNS("b", 5000, 90)},
           HOST VM(A, "a", "2") VM(B, "b", "2"),
           HAS(A, "6000", "512", "True") HAS(B, "6001", "512", "True"),
           .balancer = NAN,
           .vms = "a: 1000 of 6000 at 90 % A\nb: 5000 of 6000 to 6001 at 90 % B\n"},
          {{RUNS("a", 1000, 90)},
           HOST VM(A, "a", "2"),
           HAS(A, "4096", "512", "True"),
           .balancer = 4294967090.0,
           .vms = "a: 1000 of 1000 to 4096 at 90 % A\n"});
}

static void static_vms_with_and_without_counters(void **state)
{
    (void)state;
    CHECK({{RUNS("a", 2048, 90)},
           HOST VM(A, "a", "2") VM(B, "b", "2"),
           HAS(A, "1048576", "2048", "False") HAS(B, "1048576", "1024", "False"),
           .vms = "a: static 2048 at 90 % A\nb: static 1024 B\n"},
          {{{0}}, /* no instance at all, as where all are static */
           HOST VM(A, "a", "2") VM(B, "b", "3"),
           HAS(A, "1048576", "2048", "False") HAS(B, "1", "1", "False"),
           .vms = "a: static 2048 A\nb stopped\n"});
}

static void nothing_runs(void **state)
{
    (void)state;
    CHECK({{{0}}, HOST, "", .vms = ""},
          {{{0}}, HOST VM(A, "a", "3"), HAS(A, "4096", "512", "True"), .vms = "a stopped\n"},
          {{{HYPERV_VM, "Physical Memory", .reading = READ_NO_SAMPLE}}, /* as PDH may say */
           HOST VM(A, "a", "3"),
           HAS(A, "4096", "512", "True"),
           .vms = "a stopped\n"},
          {{{HYPERV_VM, "Physical Memory", .reading = READ_NO_SAMPLE}},
           HOST VM(A, "a", "3"),
           HAS(A, "4096", "512", "True"),
           .balancer = NAN,
           .vms = "!Physical Memory: 0x"},
          {{{HYPERV_VM, "Physical Memory"}, {HYPERV_VM, "Average Pressure"}}, /* no instance */
           HOST VM(A, "a", "3"),
           HAS(A, "4096", "512", "True"),
           .vms = "a stopped\n"},
          /* nobody can say so who sees neither a VM nor a counter */
          {{{0}}, NULL, NULL, .maximum = 600, .vms = "!the VMs' settings can't be read: "},
          {{{0}}, "", "", .maximum = 600, .vms = "!no right to see VMs"});
}

/* What did not join may have come or gone between the reads; these did not: the second look shows
 * the same. */
static void what_does_not_join_is_not_left_out(void **state)
{
    (void)state;
    CHECK(/* a counter that has a value says that the VM runs */
          {{RUNS("a", 512, 90), RUNS("b", 4000, 150), RUNS("gone", 512, 90)},
           HOST VM(A, "a", "2") VM(B, "b", "3"),
           HAS(A, "4096", "512", "True") HAS(B, "4096", "512", "True"),
           .vms = "a: 512 of 4096 at 90 % A\nb: 4000 of 4096 at 150 % B\n"
                  "gone: unjudged 512 at 90 %\n"},
          {{RUNS("b", 512, 90)},
           HOST VM(B, "b", "3"),
           HAS(B, "4096", "512", "True"),
           .vms = "b: 512 of 4096 at 90 % B\n"},
          /* a blank says nothing: not even of one that is not told to run */
          {{RUNS("a", 512, 90), BLANK("b"), BLANK("gone"), BLANK("c")},
           HOST VM(A, "a", "2") VM(B, "b", "3") VM(C, "c", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "4096", "512", "True")
               HAS(C, "4096", "512", "True"),
           .recorded = true,
           .vms = "a: 512 of 4096 at 90 % A\nc: unjudged 0 C\nb stopped\n"},
          /* one counter of it is enough */
          {{{HYPERV_VM, "Physical Memory", "b", NAN, .blank = true},
            {HYPERV_VM, "Average Pressure", "b", 150}},
           HOST VM(B, "b", "3"),
           HAS(B, "4096", "512", "True"),
           .recorded = true,
           .vms = "b: unjudged 0 at 150 % B\n"},
          /* started, or its counters are missing for good */
          {{RUNS("a", 512, 90)},
           HOST VM(A, "a", "2") VM(B, "b", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "4096", "512", "True"),
           .vms = "a: 512 of 4096 at 90 % A\nb: unjudged 0 B\n"},
          /* no instance at all while some run: the record was written without them */
          {{{0}},
           HOST VM(A, "a", "2") VM(B, "b", "2") VM(C, "c", "3"),
           HAS(A, "4096", "512", "True") HAS(B, "4096", "1024", "False"),
           .vms = "a: unjudged 0 A\nb: static 1024 B\nc stopped\n"},
          /* names that differ */
          {{RUNS("a", 512, 90), RUNS("B-01", 4090, 150)},
           HOST VM(A, "a", "2") VM(B, "B 01", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "4096", "512", "True"),
           .vms = "a: 512 of 4096 at 90 % A\nB 01: unjudged 0 B\nB-01: unjudged 4090 at 150 %\n"},
          {{RUNS("x", 512, 90)}, HOST, "", .vms = "x: unjudged 512 at 90 %\n"},
          /* one with a state that is not told runs */
          {{RUNS("a", 512, 90)},
           HOST VM(A, "a", ""),
           HAS(A, "4096", "512", "True"),
           .vms = "a: 512 of 4096 at 90 % A\n"});
}

static void instances_that_need_not_be_a_vms(void **state)
{
    (void)state;
    CHECK({{RUNS("a", 512, 90), RUNS("a1b2c3", 512, 90), RUNS("wsl", 512, 90)},
           HOST VM(A, "a", "2"),
           HAS(A, "4096", "512", "True"),
           .ignore = "A*",
           .vms = "a: 512 of 4096 at 90 % A\nwsl: unjudged 512 at 90 %\na1b2c3 ignored\n"});
}

/* A VM that was just started is in the second look. */
static void a_race_is_settled_by_a_second_look(void **state)
{
    (void)state;
    static const struct fake_host early = {{RUNS("a", 512, 90)},
                                           HOST VM(A, "a", "2") VM(B, "b", "2"),
                                           HAS(A, "4096", "512", "True")
                                               HAS(B, "4096", "512", "True")},
                                  late = {{RUNS("a", 512, 90),
                                           RUNS("b", 600, 90),
                                           {HYPERV_BALANCER, "Available Memory", "b", 1e6}}};
    for (int recorded = 0; recorded < 2; recorded++) {
        struct vms vms;
        struct error err;
        fake_then = late.values;
        struct fake_host host = early;
        host.recorded = recorded;
        fake_counter_reads = 0;
        assert_true(read_host(&host, false, &vms, &err));
        assert_int_equal(fake_counter_reads, recorded ? 1 : 2);
        assert_string_equal(describe(&vms),
                            recorded ? "a: 512 of 4096 at 90 % A\nb: unjudged 0 B\n"
                                     : "a: 512 of 4096 at 90 % A\nb: 600 of 4096 at 90 % B\n");
        fake_then = NULL;
        /* without a doubt nothing is read twice */
        host.computers = HOST VM(A, "a", "2");
        fake_counter_reads = 0;
        assert_true(read_host(&host, false, &vms, &err));
        assert_int_equal(fake_counter_reads, 1);
    }
}

/* One that is told to be off, and has counters, is being started or stopped. And a host may stop
 * answering: what was seen before is not all there is. */
static void a_second_look_at_what_starts_or_ends(void **state)
{
    (void)state;
    static const struct fake_host starting = {
        {RUNS("a", 512, 90)}, HOST VM(A, "a", "3"), HAS(A, "4096", "512", "True")};
    static const struct fake_value gone[] = {
        {HYPERV_VM, "Physical Memory", .reading = READ_TIMEOUT}, {0}};
    struct vms vms;
    struct error err;
    fake_counter_reads = 0;
    assert_true(read_host(&starting, false, &vms, &err));
    assert_int_equal(fake_counter_reads, 2);
    fake_counter_reads = 0;
    fake_then = gone;
    bool read = read_host(&starting, false, &vms, &err);
    fake_then = NULL;
    assert_false(read);
    assert_int_equal(err.code, READ_TIMEOUT);
}

/* ---- names in common ---- */

static void vms_of_one_name(void **state)
{
    (void)state;
    CHECK(/* equal maxima */
          {{RUNS("web01", 4090, 110), RUNS("web01#1", 512, 80)},
           HOST VM(A, "web01", "2") VM(B, "web01", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "4096", "512", "True"),
           .vms = "web01: 4090 of 4096 at 110 % one of 2\nweb01: 512 of 4096 at 80 % one of 2\n"},
          /* different ones: the stricter, unless it holds more than that */
          {{RUNS("web01", 3000, 110), RUNS("web01#1", 512, 80)},
           HOST VM(A, "web01", "2") VM(B, "WEB01", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "1024", "512", "True"),
           .vms = "web01: 3000 of 4096 at 110 % one of 2\nweb01: 512 of 1024 at 80 % one of 2\n"},
          {{RUNS("web01", 9000, 110), RUNS("web01#1", 512, 80)},
           HOST VM(A, "web01", "2") VM(B, "web01", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "1024", "512", "True"),
           .vms = "web01: unjudged 9000 at 110 % one of 2\nweb01: 512 of 1024 at 80 % one of 2\n"},
          /* one of them is stopped: the other is known */
          {{RUNS("web01", 512, 80)},
           HOST VM(A, "web01", "3") VM(B, "web01", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "1024", "512", "True"),
           .vms = "web01: 512 of 1024 at 80 % B\nweb01 stopped\n"},
          /* static and dynamic */
          {{RUNS("web01", 512, 80), RUNS("web01#1", 2048, 80)},
           HOST VM(A, "web01", "2") VM(B, "web01", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "1", "2048", "False"),
           .vms = "web01: 512 of 4096 at 80 % one of 2\nweb01: 2048 of 4096 at 80 % one of 2\n"},
          {{RUNS("web01", 2048, 80), RUNS("web01#1", 2048, 80)},
           HOST VM(A, "web01", "2") VM(B, "web01", "2"),
           HAS(A, "1", "2048", "False") HAS(B, "1", "2048", "False"),
           .vms = "web01: static 2048 at 80 % one of 2\nweb01: static 2048 at 80 % one of 2\n"},
          /* the settings of one can't be read: it may be this one */
          {{RUNS("web01", 512, 80), RUNS("web01#1", 512, 80)},
           HOST VM(A, "web01", "2") VM(B, "web01", "2"),
           HAS(A, "4096", "512", "True"),
           .vms = "web01: unjudged 512 at 80 % one of 2\nweb01: unjudged 512 at 80 % one of 2\n"},
          {{RUNS("web01", 512, 80), RUNS("web01#1", 512, 80)},
           HOST VM(A, "web01", "2") VM(B, "web01", "2"),
           HAS(B, "4096", "512", "True"),
           .vms = "web01: unjudged 512 at 80 % one of 2\nweb01: unjudged 512 at 80 % one of 2\n"},
          /* one that is off is none of those that run, however little it may have */
          {{RUNS("web01", 512, 80), RUNS("web01#1", 600, 80)},
           HOST VM(A, "web01", "2") VM(B, "web01", "3") VM(C, "web01", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "700", "512", "True") HAS(C, "2048", "512", "True"),
           .vms = "web01: 512 of 2048 at 80 % one of 2\nweb01: 600 of 2048 at 80 % one of 2\n"
                  "web01 stopped\n"},
          /* a static one need not have counters */
          {{RUNS("web01", 512, 80)},
           HOST VM(A, "web01", "2") VM(B, "web01", "2"),
           HAS(A, "1", "2048", "False") HAS(B, "4096", "512", "True"),
           .vms = "web01: 512 of 4096 at 80 % one of 2\nweb01: static 2048 A\n"},
          /* one of three has no instance: which? */
          {{RUNS("web01", 512, 80), RUNS("web01#1", 512, 80)},
           HOST VM(A, "web01", "2") VM(B, "web01", "2") VM(C, "web01", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "4096", "512", "True")
               HAS(C, "4096", "512", "True"),
           .vms = "web01: unjudged 512 at 80 % one of 3\nweb01: unjudged 512 at 80 % one of 3\n"
                  "web01: unjudged 0 C\n"},
          /* more instances than VMs of the name run */
          {{RUNS("web01", 512, 80), RUNS("web01#1", 4090, 180)},
           HOST VM(A, "web01", "2") VM(B, "web01", "3"),
           HAS(A, "4096", "512", "True") HAS(B, "4096", "512", "True"),
           .vms = "web01: unjudged 512 at 80 % one of 2\nweb01: unjudged 4090 at 180 % one of 2\n"
                  "web01 stopped\n"});
}

static void numbers_that_are_names(void **state)
{
    (void)state;
    CHECK(/* a VM really named db#1, beside one named db */
          {{RUNS("db", 512, 80), RUNS("db#1", 600, 80)},
           HOST VM(A, "db", "2") VM(B, "db#1", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "1024", "512", "True"),
           .vms = "db: 512 of 4096 at 80 % A\ndb#1: 600 of 1024 at 80 % B\n"},
          /* there is but one web01 that this account sees, and which of two is it? */
          {{RUNS("web01", 512, 80), RUNS("web01#1", 600, 80)},
           HOST VM(A, "web01", "2"),
           HAS(A, "4096", "512", "True"),
           .vms = "web01: unjudged 512 at 80 %\nweb01: unjudged 600 at 80 %\n"},
          {{RUNS("web01", 512, 80), RUNS("web01", 600, 80)},
           HOST VM(A, "web01", "2"),
           HAS(A, "4096", "512", "True"),
           .vms = "web01: unjudged 512 at 80 %\nweb01: unjudged 600 at 80 %\n"},
          /* two named web01 and one that calls itself web01#1: in a log, who is who? */
          {{RUNS("web01", 512, 80), RUNS("web01#1", 4090, 180)},
           HOST VM(A, "web01", "2") VM(B, "web01", "3") VM(C, "web01#1", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "4096", "512", "True")
               HAS(C, "8192", "512", "True"),
           .vms = "web01: unjudged 512 at 80 % one of 2\nweb01#1: unjudged 4090 at 180 %\n"
                  "web01 stopped\n"},
          /* where the source counts by itself, a number is never its own */
          {{RUNS("web01", 512, 80), RUNS("web01#1", 4090, 180), RUNS("web01", 600, 90)},
           HOST VM(A, "web01", "2") VM(B, "web01", "2") VM(C, "web01#1", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "4096", "512", "True")
               HAS(C, "8192", "512", "True"),
           .vms = "web01: 512 of 4096 at 80 % one of 2\nweb01: 600 of 4096 at 90 % one of 2\n"
                  "web01#1: 4090 of 8192 at 180 % C\n"},
          /* what only looks like a number */
          {{RUNS("a", 512, 80), RUNS("a#", 512, 80), RUNS("a#x1", 512, 80), RUNS("#1", 512, 80)},
           HOST VM(A, "a", "2") VM(B, "a", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "4096", "512", "True"),
           .vms = "#1: unjudged 512 at 80 %\na: unjudged 512 at 80 % one of 2\na: unjudged 0 B\n"
                  "a#: unjudged 512 at 80 %\na#x1: unjudged 512 at 80 %\n"});
}

static void mangled_names(void **state)
{
    (void)state;
    CHECK(/* as counter paths and .NET write what has a meaning in them */
          {{RUNS("web [prod]_ 1_2", 512, 80), RUNS("db_1", 600, 80), RUNS("x_y", 700, 80)},
           HOST VM(A, "web (prod)# 1/2", "2") VM(B, "db#1", "2") VM(C, "x\\y", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "1024", "512", "True") HAS(C, "2048", "1", "True"),
           .vms = "db#1: 600 of 1024 at 80 % B\nweb (prod)# 1/2: 512 of 4096 at 80 % A\n"
                  "x\\y: 700 of 2048 at 80 % C\n"},
          /* as they are */
          {{RUNS("web (prod)# 1/2", 512, 80)},
           HOST VM(A, "web (prod)# 1/2", "2"),
           HAS(A, "4096", "512", "True"),
           .vms = "web (prod)# 1/2: 512 of 4096 at 80 % A\n"},
          /* the plain name goes first */
          {{RUNS("a_b", 512, 80)},
           HOST VM(A, "a/b", "3") VM(B, "a_b", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "1024", "512", "True"),
           .vms = "a_b: 512 of 1024 at 80 % B\na/b stopped\n"},
          /* two names that become one: which is which? */
          {{RUNS("a_b", 512, 80), RUNS("c", 512, 80)},
           HOST VM(A, "a/b", "2") VM(B, "a#b", "2") VM(C, "c", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "1024", "512", "True") HAS(C, "4096", "1", "True"),
           .vms = "a#b: unjudged 0 B\na/b: unjudged 0 A\na_b: unjudged 512 at 80 %\n"
                  "c: 512 of 4096 at 80 % C\n"},
          /* two of one name that is mangled */
          {{RUNS("a_b", 512, 80), RUNS("a_b#1", 512, 80)},
           HOST VM(A, "a/b", "2") VM(B, "a/b", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "4096", "512", "True"),
           .vms = "a/b: 512 of 4096 at 80 % one of 2\na/b: 512 of 4096 at 80 % one of 2\n"});
}

/* ---- what can't be read ---- */

static void settings_that_are_not_there(void **state)
{
    (void)state;
    CHECK(/* of one VM: no row, nothing about Dynamic Memory, no maximum */
          {{RUNS("a", 512, 80), RUNS("b", 512, 80), RUNS("c", 512, 80), RUNS("d", 512, 80)},
           HOST VM(A, "a", "2") VM(B, "b", "2") VM(C, "c", "2") VM(D, "d", "2"),
           HAS(A, "4096", "512", "True") HAS(C, "4096", "512", "") HAS(D, "", "512", "True"),
           .vms = "a: 512 of 4096 at 80 % A\nb: unjudged 512 at 80 % B\n"
                  "c: unjudged 512 at 80 % C\nd: unjudged 512 at 80 % D\n"},
          /* --maximum stands in for these alone */
          {{RUNS("a", 512, 80), RUNS("b", 512, 80), RUNS("d", 512, 80)},
           HOST VM(A, "a", "2") VM(B, "b", "2") VM(D, "d", "2"),
           HAS(A, "4096", "512", "True") HAS(D, "0", "512", "True"),
           .maximum = 600,
           .vms = "a: 512 of 4096 at 80 % A\nb: 512 of 600 at 80 % given B\n"
                  "d: 512 of 600 at 80 % given D\n"},
          /* of all: no right, no class */
          {{RUNS("a", 512, 80)}, "", "", .vms = "!Hyper-V Administrators"},
          {{RUNS("a", 512, 80)}, NULL, NULL, .vms = "!the VMs' settings can't be read: "},
          {{RUNS("a", 512, 80)}, HOST VM(A, "a", "2"), NULL, .vms = "!Msvm_MemorySettingData"},
          {{RUNS("a", 512, 80), RUNS("b#1", 512, 80)},
           "",
           "",
           .maximum = 600,
           .vms = "a: 512 of 600 at 80 % given\nb#1: 512 of 600 at 80 % given\n"},
          {{RUNS("a", 512, 80)},
           NULL,
           NULL,
           .maximum = 600,
           .vms = "a: 512 of 600 at 80 % given\n"},
          /* the host's RAM, which bounds the others: static VMs stay so */
          {{RUNS("a", 512, 80)},
           HOST VM(A, "a", "2"),
           HAS(A, "4096", "512", "True"),
           .windows = "",
           .vms = "!Win32_OperatingSystem"},
          {{RUNS("a", 512, 80), RUNS("b", 2048, 80)},
           HOST VM(A, "a", "2") VM(B, "b", "2") VM(C, "c", "3"),
           HAS(A, "4096", "512", "True") HAS(B, "1", "2048", "False"),
           .windows = "",
           .maximum = 600,
           .vms = "a: 512 of 600 at 80 % given A\nb: static 2048 at 80 % B\nc stopped\n"});
}

static void values_that_cannot_be(void **state)
{
    (void)state;
    CHECK({{RUNS("a", NAN, 80), RUNS("b", 4294967290.0, 80), RUNS("c", 512, 80)},
           HOST VM(A, "a", "2") VM(B, "b", "2") VM(C, "c", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "1", "512", "False") HAS(C, "4096", "512", "True"),
           .vms = "a: unjudged 0 at 80 % A\nb: unjudged 0 at 80 % B\nc: 512 of 4096 at 80 % C\n"},
          {{RUNS("a", NAN, 80)}, "", "", .maximum = 600, .vms = "a: unjudged 0 at 80 %\n"});
}

static void counters_that_are_not_there(void **state)
{
    (void)state;
    CHECK({{{MEMORY_OBJECT, MEMORY_AVAILABLE, "", 5}},
           HOST,
           "",
           .balancer = NAN,
           .vms = "!is the Hyper-V role installed?"},
          {{{HYPERV_VM, "Average Pressure", "a", 80}}, HOST, "", .vms = "!Physical Memory"},
          {{{HYPERV_VM, "Physical Memory", .reading = READ_DENIED}},
           HOST,
           "",
           .vms = "!Performance Monitor Users"},
          {{{HYPERV_VM, "Physical Memory", "a", 512}},
           HOST VM(A, "a", "2"),
           HAS(A, "4096", "512", "True"),
           .vms = "a: 512 of 4096 A\n"});
}

enum { NEWER = 2 }; /* counters that not every Windows has */

static void what_is_missing_beside_the_judged_is_told(void **state)
{
    (void)state;
    static const struct fake_host host = {{{HYPERV_VM, "Physical Memory", "a", 512},
                                           {HYPERV_VM, "Added Memory", "a", 5000},
                                           {HYPERV_VM, "Memory Add Operations", "a", 4294967295.0},
                                           {HYPERV_VM, "Removed Memory", "b", 7}},
                                          HOST VM(A, "a", "2"),
                                          HAS(A, "4096", "512", "True")};
    static const struct fake_host without = {
        {{HYPERV_VM, "Physical Memory", "a", 512}}, "", "", .maximum = 600};
    struct vms vms;
    struct error err;
    assert_true(read_host(&host, true, &vms, &err));
    assert_int_equal(vms.missing_count, VM_COUNTERS - 4 - NEWER);
    assert_int_equal(vms.untold_count, NEWER);
    const struct vm *vm = &vms.items[0];
    assert_double(vm->values[VM_ADDED], 5000 * MB);
    assert_double(vm->values[VM_PHYSICAL], 512 * MB);
    assert_double(vm->values[VM_ADD_OPERATIONS], 4294967295.0);
    assert_true(vm->has_value[VM_ADDED] && vm->has_value[VM_PHYSICAL]);
    assert_false(vm->has_value[VM_REMOVED] || vm->has_value[VM_PRESSURE]);
    assert_true(read_host(&host, false, &vms, &err));
    assert_int_equal(vms.missing_count, 1); /* the pressure */
    assert_null(vms.items[0].values);

    /* every one of them, and the settings */
    assert_true(read_host(&without, true, &vms, &err));
    assert_int_equal(vms.missing_count, VM_COUNTERS - NEWER);
    assert_int_equal(vms.untold_count, NEWER);
    assert_holds(vms.missing[VM_COUNTERS - NEWER - 1], "Hyper-V Administrators");
}

static void the_settings_are_handed_on(void **state)
{
    (void)state;
    static const struct fake_host host = {{RUNS("a", 512, 80)},
                                          HOST VM(A, "a", "2") VM(B, "b", "3") VM(C, "c", "3"),
                                          HAS(A, "4096", "1024", "True") HAS(B, "1", "700", "True")
                                              HAS(C, "1", "800", "False")};
    struct vms vms;
    struct error err;
    assert_true(read_host(&host, false, &vms, &err));
    assert_double(vms.items[0].startup, 1024 * MB);
    assert_double(vms.items[0].minimum, 256 * MB);
    assert_int_equal(vms.items[0].buffer, 20);
    assert_int_equal(vms.items[0].weight, 5000);
    assert_double(vms.host_memory, 32768 * MB);
    assert_string_equal(vms.largest_stopped, "c");
    assert_double(vms.largest_startup, 800 * MB);
}

/* Any of two VMs of one name may be the one that pages; of two that are off and alike, the first is
 * named. */
static void one_of_two_pages(void **state)
{
    (void)state;
    static const char paging[] =
        "InstanceID | Limit | VirtualQuantity | DynamicMemoryEnabled | SwapFilesInUse\n";
    for (int second = 0; second < 2; second++) {
        const struct fake_value values[] = {RUNS("a", 512, 80),
                                            RUNS("a", 600, 80),
                                            {HYPERV_BALANCER, "Available Memory", "b", 1e6},
                                            {0}};
        const struct fake_class classes[] = {
            {CLASS_COMPUTER,
             say("%s" HOST VM(A, "a", "2") VM(B, "a", "2") VM(C, "c", "3") VM(D, "d", "3"),
                 computers)},
            {CLASS_SETTINGS,
             say("%sMicrosoft:" A "\\x|4096|512|True|%s\nMicrosoft:" B "\\x|4096|512|True|%s\n"
                 "Microsoft:" C "\\x|4096|700|True|False\nMicrosoft:" D "\\x|4096|700|True|False\n",
                 paging, second ? "False" : "True", second ? "True" : "False")},
            {CLASS_WINDOWS, windows_32gb},
            {0}};
        struct source *source = fake_open(&(struct fake){.values = values, .classes = classes});
        struct vms vms;
        struct error err;
        assert_true(vms_read(source, &(struct vms_options){0}, &arena, &vms, &err));
        source_close(source);
        assert_int_equal(vms.count, 2);
        assert_true(vms.items[0].paging && vms.items[1].paging);
        assert_string_equal(vms.largest_stopped, "c");
    }
}

/* By what Hyper-V says of each GUID; the letters behind are those. */
static void vms_of_one_name_are_told_apart_by_what_they_hold(void **state)
{
    (void)state;
#define TWINS                                                                                      \
    HOST VM(A, "a", "2") VM(B, "a", "2"),                                                          \
        HAS(A, "4096", "512", "True") HAS(B, "8192", "512", "True")
    CHECK({{RUNS("a", 3000, 90), RUNS("a", 1000, 80)},
           TWINS,
           .summaries = SAYS(A, "1000", "20") SAYS(B, "3000", "10"),
           .vms = "a: 1000 of 4096 at 80 % A\na: 3000 of 8192 at 90 % B\n"},
          /* and those of another name, beside some that have none in common */
          {{RUNS("a", 3000, 90), RUNS("a", 1000, 80), RUNS("x", 500, 80), RUNS("b", 700, 80),
            RUNS("b", 600, 70)},
           HOST VM(A, "a", "2") VM(B, "a", "2") VM(C, "b", "2") VM(D, "b", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "8192", "512", "True") HAS(C, "4096", "512", "True")
               HAS(D, "2048", "512", "True"),
           .summaries = SAYS(A, "1000", "20") SAYS(B, "3000", "10") SAYS(C, "600", "30")
               SAYS(D, "700", "20"),
           .vms = "a: 1000 of 4096 at 80 % A\na: 3000 of 8192 at 90 % B\n"
                  "b: 600 of 4096 at 70 % C\nb: 700 of 2048 at 80 % D\nx: unjudged 500 at 80 %\n"},
          /* nearly as much, some moments later; a log has a number behind the second */
          {{RUNS("a", 3000, 90), RUNS("a#1", 1000, 80)},
           TWINS,
           .summaries = SAYS(A, "3060", "10") SAYS(B, "1016", "20"),
           .vms = "a: 3000 of 4096 at 90 % A\na: 1000 of 8192 at 80 % B\n"},
          /* of two that hold as much, the one that wants as much */
          {{RUNS("a", 3000, 120), RUNS("a", 3000, 60)},
           TWINS,
           .summaries = SAYS(A, "3000", "42") SAYS(B, "3000", "-18"),
           .vms = "a: 3000 of 4096 at 60 % A\na: 3000 of 8192 at 120 % B\n"},
          {{RUNS("a", 3000, 120), RUNS("a", 3000, 0)},
           TWINS,
           .summaries = SAYS(A, "3000", "2147483647") SAYS(B, "3000", "-18"),
           .vms = "a: 3000 of 4096 A\na: 3000 of 8192 at 120 % B\n"},
          /* what does not fit, is not told of one, or stands twice, tells nothing of either */
          {{RUNS("a", 3000, 90), RUNS("a", 1000, 80)},
           TWINS,
           .recorded = true,
           .summaries = SAYS(A, "1000", "20") SAYS(B, "3062", "10"),
           .vms = "a: 3000 of 4096 at 90 % one of 2\na: 1000 of 4096 at 80 % one of 2\n"},
          {{RUNS("a", 3000, 90), RUNS("a", 1000, 80)},
           TWINS,
           .summaries = SAYS(A, "1000", "20"),
           .vms = "a: 3000 of 4096 at 90 % one of 2\na: 1000 of 4096 at 80 % one of 2\n"},
          {{RUNS("a", 3000, 90), RUNS("a", 1000, 80)},
           TWINS,
           .summaries = SAYS(A, "1000", "20") SAYS(B, "3000", "10") SAYS(B, "3000", "10"),
           .vms = "a: 3000 of 4096 at 90 % one of 2\na: 1000 of 4096 at 80 % one of 2\n"},
          {{RUNS("a", 3000, 90), RUNS("a", NAN, 80)},
           TWINS,
           .recorded = true,
           .summaries = SAYS(A, "1000", "20") SAYS(B, "3000", "10"),
           .vms = "a: 3000 of 4096 at 90 % one of 2\na: unjudged 0 at 80 % one of 2\n"},
          /* an instance too many, or too few, is still one */
          {{RUNS("a", 3000, 90), RUNS("a", 1000, 80), RUNS("a", 1000, 80)},
           TWINS,
           .recorded = true,
           .summaries = SAYS(A, "1000", "20") SAYS(B, "3000", "10"),
           .vms = "a: unjudged 3000 at 90 % one of 2\na: unjudged 1000 at 80 % one of 2\n"
                  "a: unjudged 1000 at 80 % one of 2\n"},
          /* a static one without an instance, and one that is off */
          {{RUNS("a", 3000, 90)},
           HOST VM(A, "a", "2") VM(B, "a", "2") VM(C, "a", "3"),
           HAS(A, "1", "2000", "False") HAS(B, "8192", "512", "True") HAS(C, "1", "1", "True"),
           .summaries = SAYS(A, "2000", "40") SAYS(B, "3000", "10") SAYS(C, "", ""),
           .vms = "a: static 2000 at 60 % A\na: 3000 of 8192 at 90 % B\na stopped\n"});
#undef TWINS
}

static void what_hyperv_says_of_a_silent_guest(void **state)
{
    (void)state;
    CHECK(/* a pressure of 0 is none; where it is told elsewhere, it is known */
          {{RUNS("a", 512, 0), RUNS("b", 512, 0), RUNS("c", 512, 0)},
           HOST VM(A, "a", "2") VM(B, "b", "2") VM(C, "c", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "4096", "256", "True")
               HAS(C, "4096", "512", "False"),
           .summaries = SAYS(A, "512", "2147483647") SAYS(B, "512", "37") SAYS(C, "512", "63"),
           .vms = "a: 512 of 4096 A\nb: 512 of 4096 at 63 % B\nc: static 512 at 37 % C\n"},
          /* what is of another moment, or wants nothing at all, is no word about it */
          {{RUNS("a", 512, 0), RUNS("b", 512, 0)},
           HOST VM(A, "a", "2") VM(B, "b", "2"),
           HAS(A, "4096", "512", "True") HAS(B, "4096", "256", "True"),
           .summaries = SAYS(A, "700", "37") SAYS(B, "512", "100"),
           .vms = "a: 512 of 4096 A\nb: 512 of 4096 B\n"},
          /* a class that can't be understood is left out */
          {{RUNS("a", 512, 0)},
           HOST VM(A, "a", "2"),
           HAS(A, "4096", "512", "True"),
           .summaries = SAYS(A, "512", "much"),
           .vms = "a: 512 of 4096 A\n"});
}

static void a_summary_is_asked_for_where_it_decides_something(void **state)
{
    (void)state;
    static const struct fake_host quiet = {{RUNS("a", 512, 80)},
                                           HOST VM(A, "a", "2") VM(B, "a", "3"),
                                           HAS(A, "4096", "512", "True"),
                                           .summaries = SAYS(A, "512", "much")};
    static const struct fake_host silent = {{RUNS("a", 512, 0)},
                                            HOST VM(A, "a", "2"),
                                            HAS(A, "4096", "512", "True"),
                                            .summaries = SAYS(A, "512", "2147483647")};
    static const struct fake_host without = {
        {RUNS("a", 512, 0)}, HOST VM(A, "a", "2"), HAS(A, "4096", "512", "True")};
    static const struct fake_host damaged = {{RUNS("a", 512, 0)},
                                             HOST VM(A, "a", "2"),
                                             HAS(A, "4096", "512", "True"),
                                             .summaries = SAYS(A, "512", "much")};
    static const struct fake_host reports = {{RUNS("a", 512, 0)},
                                             HOST VM(A, "a", "2"),
                                             HAS(A, "4096", "512", "True"),
                                             .summaries = SAYS(A, "512", "80")};
    struct vms vms;
    struct error err;
    assert_true(read_host(&reports, false, &vms, &err));
    assert_true(vms.items[0].has_pressure && !vms.items[0].silent);
    assert_true(read_host(&quiet, false, &vms, &err));
    assert_null(vms.summaries);
    assert_int_equal(vms.missing_count, 0);
    assert_true(read_host(&silent, false, &vms, &err));
    assert_true(vms.items[0].summary->silent);
    assert_true(vm_is_dormant(&vms.items[0]));
    assert_string_equal(vm_status(&vms.items[0]), "Low");
    assert_true(read_host(&damaged, false, &vms, &err));
    assert_null(vms.items[0].summary);
    assert_int_equal(vms.missing_count, 1);
    assert_holds(vms.missing[0], "much");
    assert_true(read_host(&without, false, &vms, &err));
    assert_null(vms.items[0].summary);
    assert_null(vm_status(&vms.items[0]));
    assert_true(vm_is_dormant(&vms.items[0]));
    assert_string_equal(vms.untold[0], CLASS_SUMMARY);
}

/* Its guest says nothing, and it holds what it was started with: as if Dynamic Memory were off. */
static void what_is_dormant(void **state)
{
    (void)state;
    static const struct {
        struct vm vm;
        bool dormant;
    } cases[] = {
        {{.silent = true, .startup = 512, .physical = 512}, true},
        {{.silent = true, .startup = 512, .physical = 600}, false}, /* it was given some since */
        {{.silent = true, .startup = 0, .physical = 0}, false},     /* neither is known */
        {{.silent = false, .startup = 512, .physical = 512}, false},
        {{.kind = VM_STATIC, .silent = true, .startup = 512, .physical = 512}, false},
        {{.kind = VM_UNJUDGED, .silent = true, .startup = 512, .physical = 512}, false},
    };
    for (size_t i = 0; i < LENGTH(cases); i++)
        if (vm_is_dormant(&cases[i].vm) != cases[i].dormant)
            fail_msg("%zu", i);
}

/* What a guest reports as available: 0 is the end of one that reports its pressure, and no report
 * of one that does not, or need not. */
static void what_guests_have_available(void **state)
{
    (void)state;
    static const struct {
        const char *dynamic;
        double pressure, available; /* NAN: no value */
        bool told;
    } cases[] = {
        {"True", 90, 40, true},   {"True", 90, 0, true},     {"True", 90, NAN, false},
        {"True", 0, 40, false},   {"True", 0, 0, false},     {"True", NAN, 40, true},
        {"True", NAN, 0, false},  {"True", NAN, NAN, false}, {"False", 90, 40, true},
        {"False", 90, 0, false},  {"False", 90, NAN, false}, {"False", 0, 40, false},
        {"False", NAN, 40, true},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct fake_host host = {
            {RUNS("a", 512, cases[i].pressure),
             {HYPERV_VM, "Guest Available Memory", "a", cases[i].available}},
            HOST VM(A, "a", "2"),
            say("Microsoft:" A "\\x | 4096 | 256 | 512 | %s | 20 | 5000\n", cases[i].dynamic)};
        struct vms vms;
        struct error err;
        assert_true(read_host(&host, true, &vms, &err));
        if (vms.items[0].has_guest_available != cases[i].told)
            fail_msg("%s, %f, %f", cases[i].dynamic, cases[i].pressure, cases[i].available);
    }
}

static void what_newer_windows_tells(void **state)
{
    (void)state;
    static const struct fake_host host = {
        {RUNS("a", 512, 90),
         RUNS("b", 512, 0),
         {HYPERV_VM, "Guest Available Memory", "a", 40},
         {HYPERV_VM, "Guest Available Memory", "b", 60},
         {HYPERV_VM, "Guest Available Memory", "c", 0},
         {HYPERV_VM, "Smart Paging Working Set Size", "a", 0},
         {HYPERV_VM, "Smart Paging Working Set Size", "b", 264},
         {HYPERV_VM, "Current Pressure", "a", 95},
         RUNS("c", 512, 90)},
        HOST VM(A, "a", "2") VM(B, "b", "2") VM(C, "c", "2"),
        HAS(A, "4096", "512", "True") HAS(B, "4096", "512", "True") HAS(C, "4096", "512", "True")};
    struct vms vms;
    struct error err;
    assert_true(read_host(&host, true, &vms, &err));
    const struct vm *a = &vms.items[0], *b = &vms.items[1], *c = &vms.items[2];
    assert_true(a->has_guest_available && a->has_current_pressure && !a->paging);
    assert_double(a->guest_available, 40 * MB);
    assert_double(a->current_pressure, 95);
    assert_false(b->has_guest_available); /* its guest reports nothing, so not that either */
    assert_true(b->paging);
    assert_double(b->smart_paging, 264 * MB);
    assert_true(c->has_guest_available && c->guest_available == 0); /* it reports, and has none */
    assert_false(c->has_smart_paging || c->paging);
    assert_true(vms.tells_paging && vms.told & 1u << VM_GUEST_AVAILABLE);
    assert_true(read_host(&host, false, &vms, &err));
    assert_false(vms.tells_paging || vms.items[1].paging);
}

/* Hyper-V's most, in an order of its own in each table. */
static void a_thousand_vms(void **state)
{
    (void)state;
    enum { VMS = 1024 };
    struct fake_value *values = arena_array(&arena, 2 * VMS + 2, sizeof *values);
    struct text computer = {0}, setting = {0};
    text_puts(&computer, computers);
    text_puts(&computer, HOST);
    text_puts(&setting, settings);
    for (unsigned i = 0; i < VMS; i++) {
        unsigned k = i * 7 % VMS, m = i * 333 % VMS;
        const char *name = say("vm%04u", k);
        values[2 * i] = (struct fake_value){HYPERV_VM, "Physical Memory", name, k};
        values[2 * i + 1] = (struct fake_value){HYPERV_VM, "Average Pressure", name, k + 0.5};
        text_printf(&computer, "%08X-0000-0000-0000-000000000000|VM%04u|2\n", i, i);
        text_printf(&setting, "Microsoft:%08x-0000-0000-0000-000000000000\\x|%u|0|1|True|20|1\n", m,
                    m + 2000);
    }
    const struct fake_class classes[] = {{CLASS_COMPUTER, computer.bytes},
                                         {CLASS_SETTINGS, setting.bytes},
                                         {CLASS_WINDOWS, windows_32gb},
                                         {0}};
    values[2 * VMS] = (struct fake_value){HYPERV_BALANCER, "Available Memory", "b", 1e6};
    const struct fake fake = {.values = values, .classes = classes};
    const struct vms_options options = {0};
    struct source *source = fake_open(&fake);
    struct vms vms;
    struct error err;
    assert_true(vms_read(source, &options, &arena, &vms, &err));
    assert_int_equal(vms.count, VMS);
    for (unsigned i = 0; i < VMS; i++) {
        assert_string_equal(vms.items[i].name, say("VM%04u", i));
        assert_double(vms.items[i].physical, i * MB);
        assert_double(vms.items[i].pressure, i + 0.5);
        assert_double(vms.items[i].maximum, (i + 2000) * MB);
    }
    source_close(source);
    text_free(&computer);
    text_free(&setting);
}

RUN_TESTS(TEST(joined_by_name_and_guid), TEST(what_a_vm_can_really_reach),
          TEST(static_vms_with_and_without_counters), TEST(nothing_runs),
          TEST(what_does_not_join_is_not_left_out), TEST(instances_that_need_not_be_a_vms),
          TEST(a_race_is_settled_by_a_second_look), TEST(a_second_look_at_what_starts_or_ends),
          TEST(one_of_two_pages), TEST(what_is_dormant), TEST(what_guests_have_available),
          TEST(vms_of_one_name), TEST(numbers_that_are_names), TEST(mangled_names),
          TEST(settings_that_are_not_there), TEST(values_that_cannot_be),
          TEST(counters_that_are_not_there), TEST(what_is_missing_beside_the_judged_is_told),
          TEST(the_settings_are_handed_on), TEST(vms_of_one_name_are_told_apart_by_what_they_hold),
          TEST(what_hyperv_says_of_a_silent_guest),
          TEST(a_summary_is_asked_for_where_it_decides_something), TEST(what_newer_windows_tells),
          TEST(a_thousand_vms));
