/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "hyperv/capacity.h"

static struct vms read_vms(const char *record)
{
    const struct vms_options options = {.balancer = true};
    const struct source_options none = {0};
    struct source *source;
    struct vms vms = {0};
    struct error err;
    if (!source_open(say("record:%s/guideline/%s/host", getenv("DATA"), record), &none, &arena,
                     &source, &err) ||
        !vms_read(source, &options, &arena, &vms, &err))
        fail_msg("%s: %s", record, err.text);
    source_close(source);
    return vms;
}

static struct capacity ask(const struct vms *vms, double startup, double keep)
{
    const struct capacity_question question = {
        .startup = startup * MEGABYTE, .keep = keep * MEGABYTE, .incoming = 1024.0 * MEGABYTE};
    return capacity_of(vms, &question);
}

/* The guideline: 7 VMs without Dynamic Memory, and the 8th fails to start. */
static void the_eighth_static_vm_does_not_start(void **state)
{
    (void)state;
    struct vms vms = read_vms("static-7");
    struct capacity capacity = ask(&vms, 0, 0);
    assert_int_equal(vms.count, 7);
    assert_int_equal(capacity.origin, STARTUP_STOPPED);
    assert_string_equal(capacity.startup_of, "VM8");
    assert_double(capacity.startup, 4096.0 * MEGABYTE);
    assert_double(capacity.fits, 0);
    assert_double(capacity.assigned, 7 * 4096.0 * MEGABYTE);
    assert_null(capacity.farthest); /* a static VM can't grow */
    assert_double(capacity.left, capacity.available - 1024.0 * MEGABYTE);
}

/* The guideline: with Dynamic Memory 88 run when 30 GB are used. Seen from the host with 7, of VMs
 * that need 320 MB to start (half of them 128, half 512), and with as much left over as the host
 * with 88 has, that is one VM off: what each costs beside its RAM does not show in advance. */
static void from_seven_vms_to_eighty_eight(void **state)
{
    (void)state;
    struct vms seven = read_vms("dynamic-7"), all = read_vms("dynamic-88");
    double left = ask(&all, 0, 0).available / MEGABYTE;
    assert_double(ask(&seven, 0, 0).fits, 55); /* of 512 MB, as the stopped VM8 */
    double fits = ask(&seven, 320, left).fits;
    assert_int_equal(seven.count, 7);
    assert_int_equal(all.count, 88);
    if (fits + 7 < 88 || fits + 7 > 89)
        fail_msg("%.0f VMs would run, the guideline ran 88", fits + 7);
    /* and then it is over soon */
    assert_double(ask(&all, 512, 0).fits, 3);
    assert_double(ask(&all, 128, 0).fits, 15);
    assert_double(ask(&all, 0, 1024).fits, 1);
    assert_int_equal(ask(&all, 0, 0).origin, STARTUP_RUNNING); /* no VM is stopped */
    assert_double(ask(&all, 0, 4096).fits, 0);
}

static void overcommitment(void **state)
{
    (void)state;
    struct vms vms = read_vms("dynamic-88");
    struct capacity capacity = ask(&vms, 0, 0);
    double for_vms = 44 * 128 + 44 * 512 + 2037;
    assert_double(capacity.for_vms, for_vms * MEGABYTE);
    assert_double(capacity.maxima, 88 * 4096.0 * MEGABYTE);
    assert_double(capacity.overcommitment, 88 * 4096.0 / for_vms * 100);
    assert_double(capacity.distance, (4096.0 - 128) * MEGABYTE);
    assert_string_equal(capacity.farthest->name, "VM1");
}

/* A VM starts on one node, so what is left on two can't be added up. */
static void nodes_count_apart(void **state)
{
    (void)state;
    struct balancer_node nodes[] = {{.available = 900.0 * MEGABYTE},
                                    {.available = 700.0 * MEGABYTE}};
    struct vms vms = {.balancer = {.nodes = nodes, .count = 2, .available = 1600.0 * MEGABYTE}};
    assert_double(ask(&vms, 512, 0).fits, 2);
    assert_double(ask(&vms, 800, 0).fits, 1);
    assert_double(ask(&vms, 128, 0).fits, 7 + 5);
    assert_double(ask(&vms, 128, 1100).fits, 3);
    assert_int_equal(ask(&vms, 0, 0).origin, STARTUP_NO_VM);
    assert_double(ask(&vms, 0, 0).fits, 0);
    struct vm untold = {.name = "a", .kind = VM_UNJUDGED, .problem = "its settings"};
    vms.items = &untold;
    vms.count = 1;
    assert_int_equal(ask(&vms, 0, 0).origin, STARTUP_UNKNOWN);
    vms.count = 0;
    vms.stopped_count = 1; /* one that is off, whose settings can't be read */
    assert_int_equal(ask(&vms, 0, 0).origin, STARTUP_UNKNOWN);
}

RUN_TESTS(TEST(the_eighth_static_vm_does_not_start), TEST(from_seven_vms_to_eighty_eight),
          TEST(overcommitment), TEST(nodes_count_apart));
