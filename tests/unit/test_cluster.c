/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A cluster's nodes and VMs joined, and what follows when nodes fail. */
#include "unit.h"

#include "hyperv/cluster.h"
#include "hyperv/destination.h"
#include "hyperv/failover.h"

#define GB *1024.0 * MEGABYTE

enum { MOST_VMS = 8, MOST_NODES = 4 };

/* ---- nodes by hand, in GB ---- */

struct made_node {
    struct vm vms[MOST_VMS];
    struct balancer_node balancer;
    const char *stopped[2];
};

static struct made_node made[MOST_NODES];
static struct node nodes[MOST_NODES];
static const char *const names[MOST_NODES] = {"HV01", "HV02", "HV03", "HV04"};

static void make_node(size_t number, double available)
{
    struct made_node *of = &made[number];
    *of = (struct made_node){
        .balancer = {.name = "System Balancer", .available = available GB, .valid = true}};
    nodes[number] = (struct node){
        .name = names[number],
        .host = names[number],
        .vms = {.items = of->vms,
                .stopped = of->stopped,
                .balancer = {.nodes = &of->balancer, .count = 1, .available = available GB}}};
}

static struct vm *add_vm(size_t node, const char *name, double startup, double physical,
                         double pressure)
{
    struct vm *vm = &made[node].vms[nodes[node].vms.count++];
    *vm = (struct vm){.name = name,
                      .guid = name,
                      .physical = physical GB,
                      .pressure = pressure,
                      .has_pressure = pressure > 0,
                      .startup = startup GB,
                      .limit = 64.0 GB,
                      .namesakes = 1};
    return vm;
}

static struct cluster_options options;

static struct cluster join(size_t count)
{
    struct cluster cluster;
    struct error err;
    assert_true(cluster_of(nodes, count, &options, &arena, &cluster, &err));
    return cluster;
}

static struct failover judge(const struct cluster *cluster, size_t failures)
{
    struct failover failover;
    struct error err;
    assert_true(failover_judge(cluster, failures, options.overhead, &arena, &failover, &err));
    return failover;
}

static const struct cluster_vm *find(const struct cluster *cluster, const char *name)
{
    for (size_t i = 0; i < cluster->vm_count; i++)
        if (!strcmp(cluster->vms[i].vm->name, name))
            return &cluster->vms[i];
    fail_msg("no %s", name);
    return NULL;
}

static void assert_gb(double bytes, double gigabytes)
{
    if (bytes < gigabytes GB - 2 || bytes > gigabytes GB + 2)
        fail_msg("%f GB, not %f", bytes / (1 GB), gigabytes);
}

/* ---- joining ---- */

static void sizes_to_start_and_to_want(void **state)
{
    (void)state;
    make_node(0, 10);
    add_vm(0, "wants", 1, 4, 150);                   /* 6 */
    add_vm(0, "rests", 2, 4, 25)->minimum = 1.5 GB;  /* 1, and at least 1.5 */
    add_vm(0, "silent", 2, 4, 0);                    /* what it holds */
    add_vm(0, "bounded", 2, 4, 200)->limit = 5.0 GB; /* 8, at most 5 */
    add_vm(0, "static", 8, 8, 0)->kind = VM_STATIC;
    add_vm(0, "untold", 0, 4, 100);
    add_vm(0, "unjudged", 1, 4, 100)->kind = VM_UNJUDGED;
    options.overhead = 1.0 GB;
    struct cluster cluster = join(1);
    static const struct {
        const char *name;
        double start, want;
    } wanted[] = {
        {"wants", 2, 7}, {"rests", 3, 2.5}, {"silent", 3, 5}, {"bounded", 3, 6}, {"static", 9, 9}};
    for (size_t i = 0; i < LENGTH(wanted); i++) {
        const struct cluster_vm *vm = find(&cluster, wanted[i].name);
        assert_null(vm->problem);
        assert_gb((double)vm->start, wanted[i].start);
        assert_gb((double)vm->want, wanted[i].want);
    }
    assert_string_equal(find(&cluster, "untold")->problem, "its startup RAM is not told");
    assert_non_null(find(&cluster, "unjudged")->problem);
    assert_int_equal(cluster.unjudged, 2);
    assert_int_equal(cluster.clustered, 7); /* all, as nobody tells otherwise */
    options.overhead = 0;
}

static void what_nodes_have_free(void **state)
{
    (void)state;
    make_node(0, 10);
    add_vm(0, "rests", 1, 8, 50);  /* 4 can be taken */
    add_vm(0, "lacks", 1, 4, 150); /* lacks 2 */
    struct cluster cluster = join(1);
    assert_gb(cluster.places[0].start, 14);
    assert_gb(cluster.places[0].want, 12);
    assert_gb(cluster.nodes[0].capacity, 22);
    options.keep = 3.0 GB;
    cluster = join(1);
    assert_gb(cluster.places[0].start, 11);
    assert_gb(cluster.places[0].want, 9);
    options.keep = 20.0 GB;
    cluster = join(1);
    assert_gb(cluster.places[0].start, -6);
    assert_int_equal(cluster.nodes[0].start, 0);
    options.keep = 0;

    struct balancer_node numa[2] = {{.available = 4.0 GB, .valid = true},
                                    {.available = 6.0 GB, .valid = true}};
    nodes[0].vms.balancer = (struct balancer){.nodes = numa, .count = 2, .available = 10.0 GB};
    cluster = join(1);
    assert_int_equal(cluster.place_count, 2);
    assert_gb(cluster.places[0].start, 4); /* what VMs hold is on a node that nobody tells */
    assert_gb(cluster.places[1].start, 6);
    assert_gb(cluster.places[0].want, 4);
    options.keep = 3.0 GB; /* each keeps its share */
    cluster = join(1);
    assert_gb(cluster.places[0].start, 2.5);
    assert_gb(cluster.places[1].start, 4.5);
    options.keep = 0;
    /* and so is what they may lack on one of them */
    numa[0] = (struct balancer_node){
        .available = 1.0 GB, .valid = true, .has_pressure = true, .pressure = 120};
    cluster = join(1);
    assert_gb(cluster.places[0].start, 1);
    assert_gb(cluster.places[0].want, 0);
    assert_gb(cluster.places[1].want, 6);
}

static void a_vm_is_counted_once(void **state)
{
    (void)state;
    make_node(0, 10);
    make_node(1, 10);
    add_vm(0, "moves", 1, 1, 100);
    add_vm(1, "moves", 1, 4, 100);
    add_vm(0, "stays", 1, 4, 100);
    add_vm(1, "stays", 1, 6, 100)->kind = VM_UNJUDGED; /* has gone from there */
    struct vms merged;
    uint32_t *where;
    const char **twice;
    size_t twice_count;
    struct error err;
    assert_true(cluster_merge(nodes, 2, &arena, &merged, &where, &twice, &twice_count, &err));
    assert_int_equal(merged.count, 2);
    assert_int_equal(twice_count, 2);
    assert_string_equal(merged.items[0].name, "moves");
    assert_int_equal(where[0], 1);
    assert_int_equal(where[1], 0);
    assert_int_equal(join(2).nodes[1].vms, 1);
}

/* What one node has not, another may tell; of what is missing, the longest list is told. */
static void what_nodes_tell_is_told_of_all(void **state)
{
    (void)state;
    for (size_t with = 0; with < 2; with++) {
        make_node(0, 10);
        make_node(1, 10);
        struct vms *vms = &nodes[with].vms, merged;
        vms->tells_paging = true;
        vms->told = 1u << VM_SMART_PAGING;
        vms->missing[vms->missing_count++] = "Average Pressure (why)";
        vms->untold[vms->untold_count++] = CLASS_SUMMARY;
        static const char *ignored[] = {"utility", "another"};
        made[with].stopped[0] = "off";
        made[with].stopped[1] = "saved";
        vms->stopped_count = 2;
        vms->ignored = ignored;
        vms->ignored_count = LENGTH(ignored);
        uint32_t *where;
        const char **twice;
        size_t twice_count;
        struct error err;
        assert_true(cluster_merge(nodes, 2, &arena, &merged, &where, &twice, &twice_count, &err));
        assert_true(merged.tells_paging);
        assert_int_equal(merged.told, 1u << VM_SMART_PAGING);
        assert_int_equal(merged.missing_count, 1);
        assert_string_equal(merged.missing[0], "Average Pressure (why)");
        assert_int_equal(merged.untold_count, 1);
        assert_string_equal(merged.untold[0], CLASS_SUMMARY);
        assert_int_equal(merged.stopped_count, 2);
        assert_string_equal(merged.stopped[0], "off");
        assert_string_equal(merged.stopped[1], "saved");
        assert_int_equal(merged.ignored_count, 2);
        assert_string_equal(merged.ignored[0], "utility");
        assert_string_equal(merged.ignored[1], "another");
    }
}

/* VMs of one name without a GUID are several. */
static void namesakes_are_several(void **state)
{
    (void)state;
    make_node(0, 10);
    make_node(1, 10);
    add_vm(0, "a", 1, 1, 100)->guid = NULL;
    add_vm(0, "a", 1, 1, 100)->guid = NULL;
    add_vm(1, "a", 1, 1, 100)->guid = NULL;
    add_vm(0, "b", 1, 1, 100)->guid = "2";
    add_vm(1, "b", 1, 1, 100)->guid = "1";
    struct cluster cluster = join(2);
    assert_int_equal(cluster.vm_count, 5);
    assert_string_equal(cluster.vms[3].vm->guid, "1"); /* in an order that stays */
    assert_string_equal(cluster.vms[4].vm->guid, "2");
}

static struct member_node states[MOST_NODES];
static struct member_vm members[MOST_VMS];

/* An account without rights gets no error, but no rows. */
static void a_cluster_that_tells_nothing(void **state)
{
    (void)state;
    make_node(0, 10);
    make_node(1, 10);
    add_vm(0, "a", 1, 1, 100);
    nodes[0].membership = (struct membership){.has_nodes = true, .has_vms = true};
    nodes[1].membership = (struct membership){.no_nodes = "denied", .no_vms = "denied, too"};
    struct cluster cluster = join(2);
    assert_false(cluster.has_states || cluster.has_members);
    assert_string_equal(cluster.no_states, "denied");
    assert_string_equal(cluster.no_members, "denied, too");
    assert_int_equal(cluster.clustered, 1);
    assert_int_equal(cluster.place_count, 2);
    /* what was read before the reading was denied is not all there is */
    nodes[1].membership.nodes = states;
    nodes[1].membership.vms = members;
    nodes[1].membership.node_count = nodes[1].membership.vm_count = 1;
    states[0] = (struct member_node){.name = "HV01"};
    members[0] = (struct member_vm){.name = "b", .group = "", .owner = "", .guid = ""};
    cluster = join(2);
    assert_false(cluster.has_states || cluster.has_members);
    assert_true(find(&cluster, "a")->clustered);
}

static void tell_states(size_t count)
{
    for (size_t i = 0; i < MOST_NODES; i++)
        states[i] = (struct member_node){.name = names[i]};
    nodes[0].membership = (struct membership){
        .nodes = states, .node_count = count, .has_nodes = true, .vms = members};
}

static void states_of_nodes(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++)
        make_node(i, 10);
    tell_states(4);
    states[1].state = NODE_PAUSED;
    states[2].state = NODE_DOWN;
    nodes[2].problem = "no answer";
    struct cluster cluster = join(3);
    assert_int_equal(cluster.node_count, 4);
    assert_int_equal(cluster.nodes[0].kind, CLUSTER_NODE_UP);
    assert_int_equal(cluster.nodes[1].kind, CLUSTER_NODE_PAUSED);
    assert_int_equal(cluster.nodes[2].kind, CLUSTER_NODE_DOWN);
    assert_int_equal(cluster.nodes[3].kind, CLUSTER_NODE_UNASKED);
    assert_int_equal(cluster.place_count, 1);
    states[2].state = NODE_UP;
    assert_int_equal(join(3).nodes[2].kind, CLUSTER_NODE_SILENT);
    nodes[2].problem = NULL;
    states[2].state = NODE_DOWN; /* it answers, but takes no VM */
    assert_int_equal(join(3).nodes[2].kind, CLUSTER_NODE_PAUSED);
    states[2] = (struct member_node){.name = names[2], .draining = true};
    assert_int_equal(join(3).nodes[2].kind, CLUSTER_NODE_PAUSED);
    states[2].draining = false;
    states[2].state = NODE_STATE_UNKNOWN;
    assert_int_equal(join(3).nodes[2].kind, CLUSTER_NODE_PAUSED);
    nodes[1].host = nodes[1].name = "elsewhere";
    assert_int_equal(join(3).nodes[1].kind, CLUSTER_NODE_FOREIGN);
}

static struct member_vm member(const char *name, const char *owner)
{
    return (struct member_vm){
        .name = name, .group = name, .owner = owner, .guid = "", .online = true};
}

static void which_vms_are_clustered(void **state)
{
    (void)state;
    make_node(0, 10);
    make_node(1, 10);
    add_vm(0, "a", 1, 1, 100);
    add_vm(0, "alone", 1, 1, 100);
    add_vm(1, "b", 1, 1, 100);
    add_vm(1, "by-guid", 1, 1, 100);
    tell_states(2);
    nodes[0].membership.has_vms = true;
    nodes[0].membership.vm_count = 3;
    members[0] = member("A", "HV01");
    members[1] = member("x", "HV02");
    members[1].group = "b";
    members[2] = member("y", "HV02");
    members[2].guid = "BY-GUID";
    struct cluster cluster = join(2);
    assert_int_equal(cluster.clustered, 3);
    assert_false(find(&cluster, "alone")->clustered);
    assert_int_equal(cluster.nowhere_count, 0);
    assert_int_equal(cluster.nodes[0].lost_vms, 1);

    /* one that is nowhere; one that is off, and one whose node does not answer, are not */
    members[0] = member("gone", "HV02");
    nodes[0].membership.vm_count = 1;
    members[0].owner = "HV02";
    nodes[1].vms.count = 0;
    cluster = join(2);
    assert_int_equal(cluster.nowhere_count, 1);
    assert_string_equal(cluster.nowhere[0], "gone");
    members[0].online = false;
    assert_int_equal(join(2).nowhere_count, 0);
    members[0].online = true;
    made[1].stopped[0] = "GONE";
    nodes[1].vms.stopped_count = 1;
    assert_int_equal(join(2).nowhere_count, 0);
    members[0].name = "resource"; /* its group alone has the VM's name */
    assert_int_equal(join(2).nowhere_count, 0);
    made[1].stopped[0] = "another";
    assert_int_equal(join(2).nowhere_count, 1);
    nodes[1].vms.stopped_count = 0;
    members[0].guid = "of no node's VM";
    assert_int_equal(join(2).nowhere_count, 1);
    members[0].guid = "";
    nodes[1].problem = "no answer";
    assert_int_equal(join(2).nowhere_count, 0);
}

/* Too many are asked a place for, never too few. */
static void one_of_another_name_is_clustered(void **state)
{
    (void)state;
    make_node(0, 10);
    make_node(1, 10);
    add_vm(0, "a", 1, 1, 100);
    add_vm(0, "b", 1, 1, 100);
    add_vm(1, "c", 1, 1, 100);
    tell_states(2);
    nodes[0].membership.has_vms = true;
    nodes[0].membership.vm_count = 2;
    members[0] = member("a", "HV01");
    members[1] = member("renamed", "hv01");
    struct cluster cluster = join(2);
    assert_true(find(&cluster, "a")->clustered && find(&cluster, "b")->clustered);
    assert_false(find(&cluster, "c")->clustered);
    assert_int_equal(cluster.nowhere_count, 0);
    /* one on each node */
    members[0] = member("renamed too", "HV02");
    cluster = join(2);
    assert_int_equal(cluster.clustered, 3);
    members[0] = member("a", "HV01");
    /* whose it is is not told: it may be any */
    members[1].owner = "";
    assert_true(find(&cluster, "a")->clustered && find(&cluster, "b")->clustered);
    cluster = join(2);
    assert_true(find(&cluster, "c")->clustered);
    /* nobody knows which of two VMs of one name is meant */
    add_vm(1, "b", 1, 1, 100)->guid = NULL;
    add_vm(1, "alone", 1, 1, 100);
    members[1] = member("b", "HV01");
    members[1].group = "role";
    cluster = join(2);
    assert_int_equal(cluster.clustered, 3);
    assert_false(find(&cluster, "alone")->clustered || find(&cluster, "c")->clustered);
}

/* ---- failing ---- */

static void the_worst_failure_comes_first(void **state)
{
    (void)state;
    make_node(0, 5);
    make_node(1, 5);
    make_node(2, 5);
    add_vm(0, "small", 1, 1, 100);
    add_vm(1, "large", 6, 6, 100);
    add_vm(2, "fits", 4, 4, 100);
    struct cluster cluster = join(3);
    struct failover failover = judge(&cluster, 1);
    assert_int_equal(failover.set_count, 3);
    assert_int_equal(failover.sets[0].nodes[0], 1);
    assert_int_equal(failover.sets[0].placeless, 1);
    assert_int_equal(failover.sets[0].certain, 1);
    assert_gb((double)failover.sets[0].must_start, 6);
    assert_gb((double)failover.sets[0].free, 10);
    assert_gb((double)failover.sets[0].block, 5);
    assert_int_equal(failover.sets[1].placeless, 0);
    assert_int_equal(failover.node_placeless[1], 1);
    assert_int_equal(failover.node_placeless[0], 0);
    assert_int_equal(failover.move_count, 1);
    assert_int_equal(failover.shrink_count, 1);
    assert_gb((double)failover.shrink[0].to, 5);
    assert_gb(failover.add, 1);
    assert_false(failover.moves[0].placed);

    /* a second one would have to share its place: each needs the overhead, too */
    add_vm(1, "larger", 7, 7, 100);
    options.overhead = 0.5 GB;
    made[2].balancer.available = nodes[2].vms.balancer.available = 0;
    cluster = join(3);
    failover = judge(&cluster, 1);
    assert_int_equal(failover.sets[0].placeless, 2);
    assert_int_equal(failover.shrink_count, 1);
    assert_gb((double)failover.shrink[0].to, 4.5);
    options.overhead = 0;
    nodes[1].vms.count--;

    /* under 512 MB hardly anything starts */
    for (size_t i = 0; i < 2; i++) {
        made[0].balancer.available = nodes[0].vms.balancer.available = i ? 0.4375 GB : 0.5 GB;
        made[2].balancer.available = nodes[2].vms.balancer.available = 0;
        cluster = join(3);
        failover = judge(&cluster, 1);
        assert_int_equal(failover.sets[0].nodes[0], 1);
        assert_int_equal(failover.shrink_count, i ? 0 : 1);
    }
    assert_gb((double)judge(&cluster, 1).sets[0].free, 0.4375);
    make_node(0, 5);
    add_vm(0, "small", 1, 1, 100);
    nodes[2].vms.balancer.available = made[2].balancer.available = 5.0 GB;
    cluster = join(3);

    failover = judge(&cluster, 2);
    assert_int_equal(failover.set_count, 3);
    failover = judge(&cluster, 9);
    assert_int_equal(failover.failures, 3);
    assert_int_equal(failover.sets[0].placeless, 3);
    assert_int_equal(failover.sets[0].takers, 0);
    assert_int_equal(failover.add, 0); /* no RAM helps where nobody is left */
}

/* Of all nodes that fail; of equals, in the order of their names. */
static void the_largest_look_for_a_place_first(void **state)
{
    (void)state;
    make_node(0, 20);
    make_node(1, 20);
    make_node(2, 12);
    add_vm(0, "d", 2, 2, 100);
    add_vm(0, "c", 3, 3, 100);
    add_vm(1, "b", 3, 3, 100);
    add_vm(1, "a", 1, 1, 100);
    add_vm(1, "e", 4, 4, 100);
    add_vm(1, "f", 3, 3, 100);
    struct cluster cluster = join(3);
    for (size_t failures = 1; failures <= 2; failures++) {
        struct failover failover = judge(&cluster, failures);
        const struct failure *worst = &failover.sets[0];
        const char *order = "";
        for (size_t i = 0; i < failover.move_count; i++)
            order = say("%s%s", order, failover.moves[i].vm->vm->name);
        assert_int_equal(worst->vms, failover.move_count);
        assert_string_equal(order, failures == 1 ? "ebfa" : "ebcfda");
        assert_int_equal(worst->nodes[0], failures == 1 ? 1 : 0);
    }
}

/* A startup RAM that no host ever had, as an export that was damaged may tell it. */
static void what_no_node_could_hold_has_no_place(void **state)
{
    (void)state;
    static const double sizes[] = {1e6, 1e9, 17179869184.0 /* 2^64 bytes */, 1e10, 1e15};
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        make_node(0, 10);
        make_node(1, 10);
        add_vm(0, "damaged", sizes[i], 1, 100);
        struct cluster cluster = join(2);
        struct failover failover = judge(&cluster, 1);
        assert_int_equal(failover.sets[0].certain, 1);
        assert_true(failover.sets[0].must_start > failover.sets[0].free);
    }
}

/* A paused node takes nothing, but its VMs fail with it. */
static void a_paused_node_may_fail(void **state)
{
    (void)state;
    make_node(0, 10);
    make_node(1, 10);
    add_vm(1, "a", 12, 12, 100);
    tell_states(2);
    states[1].state = NODE_PAUSED;
    struct cluster cluster = join(2);
    struct failover failover = judge(&cluster, 1);
    assert_int_equal(failover.set_count, 2);
    assert_int_equal(failover.sets[0].nodes[0], 1);
    assert_int_equal(failover.sets[0].placeless, 1);
    states[0].state = NODE_PAUSED;
    states[1].state = NODE_UP;
    add_vm(0, "b", 1, 1, 100);
    cluster = join(2);
    failover = judge(&cluster, 1);
    assert_int_equal(failover.sets[0].nodes[0], 1);
    assert_int_equal(failover.sets[0].takers, 0);
}

static void what_is_lacking_then(void **state)
{
    (void)state;
    make_node(0, 5);
    make_node(1, 5);
    add_vm(0, "grows", 1, 6, 150); /* starts with 1, wants 9; lacks 3 now, of the 5 */
    struct cluster cluster = join(2);
    struct failover failover = judge(&cluster, 1);
    const struct failure *worst = &failover.sets[0];
    assert_int_equal(worst->placeless, 0);
    assert_gb((double)worst->wanted, 9);
    assert_gb((double)worst->room, 5);
    assert_gb(worst->lacking, 4);
    assert_gb(worst->capacity, 5);
    assert_gb(failover.sets[1].lacking, 0);
    made[0].balancer.available = nodes[0].vms.balancer.available = 1.0 GB;
    cluster = join(2);
    failover = judge(&cluster, 1);
    /* where the other fails, nobody moves, and what was lacking is lacking still */
    assert_gb(failover.sets[1].lacking, 2);
    assert_gb(failover.sets[1].lacking_now, 2);
}

/* A VM starts on a node whose own VMs lack memory: what they hold beyond need is no less for it. */
static void to_start_is_less_than_to_want(void **state)
{
    (void)state;
    make_node(0, 0);
    make_node(1, 5);
    add_vm(0, "starts", 4, 4, 100);
    add_vm(1, "lacks", 1, 6, 150); /* 3 of the 5 */
    struct cluster cluster = join(2);
    struct failover failover = judge(&cluster, 1);
    assert_int_equal(failover.sets[0].placeless + failover.sets[1].placeless, 1);
    const struct failure *other = &failover.sets[1];
    assert_int_equal(other->nodes[0], 0);
    assert_gb((double)other->free, 5);
    assert_gb((double)other->room, 2);
    assert_gb(other->lacking, 2);
    assert_gb(failover.add, 1); /* for "lacks", which starts with 1, on the other node */
    assert_gb(other->capacity, 11);
}

static void unjudged_vms_look_for_no_place(void **state)
{
    (void)state;
    make_node(0, 5);
    make_node(1, 5);
    add_vm(0, "a", 0, 4, 100);
    struct cluster cluster = join(2);
    assert_int_equal(cluster.unjudged, 1);
    assert_int_equal(judge(&cluster, 1).sets[0].vms, 0);
}

/* Microsoft's worked example (KB 3023928), from nodes and their VMs; its figures are in
 * test_overcommit, too. */
static void overcommitment_as_scvmm_reckons_it(void **state)
{
    (void)state;
    static const double available[] = {15, 15, 7, 13};
    static const double vms[][2] = {{4, 4}, {4, 4}, {8, 0}, {2, 2}};
    for (size_t i = 0; i < 4; i++) {
        make_node(i, available[i]);
        for (size_t k = 0; k < 2 && vms[i][k] > 0; k++)
            add_vm(i, say("%zu-%zu", i, k), vms[i][k], vms[i][k], 100)->kind = VM_STATIC;
    }
    struct cluster cluster = join(4);
    const struct overcommit of = judge(&cluster, 2).overcommit;
    const struct {
        const struct overcommit_proof *proof;
        bool holds;
        double unit, wanted, there;
    } proofs[] = {{&of.slot_simple, false, 1, 7, 4},
                  {&of.slot_full, false, 1, 7, 6},
                  {&of.proof_simple, false, 1 GB, 8, 5},
                  {&of.proof_full, true, 1 GB, 12, 12}};
    for (size_t i = 0; i < LENGTH(proofs); i++) {
        assert_int_equal(proofs[i].proof->holds, proofs[i].holds);
        assert_double((double)proofs[i].proof->wanted, proofs[i].wanted * proofs[i].unit);
        assert_double((double)proofs[i].proof->there, proofs[i].there * proofs[i].unit);
    }
    assert_true(of.proved);
}

/* Where a node without VMs fails, no VM is the largest of those that look for a place. */
static void a_node_without_vms_has_no_largest_one(void **state)
{
    (void)state;
    make_node(0, 10);
    make_node(1, 0);
    make_node(2, 10);
    add_vm(1, "large", 8, 8, 100)->kind = VM_STATIC;
    add_vm(2, "small", 2, 2, 100)->kind = VM_STATIC;
    struct cluster cluster = join(3);
    const struct overcommit_proof proof = judge(&cluster, 1).overcommit.proof_full;
    assert_true(proof.holds);
    assert_double((double)proof.wanted,
                  0); /* the large one, of which the others take 10 - 8 each */
    assert_double((double)proof.there, 4.0 GB);
}

/* Of failures that are alike, in the order of the nodes. */
static void failures_that_are_alike_stay_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++)
        make_node(i, 5);
    struct cluster cluster = join(4);
    struct failover failover = judge(&cluster, 1);
    assert_int_equal(failover.set_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(failover.sets[i].nodes[0], i);
}

static void what_is_not_clustered_looks_for_no_place(void **state)
{
    (void)state;
    make_node(0, 5);
    make_node(1, 5);
    add_vm(0, "alone", 3, 3, 100);
    add_vm(0, "moves", 1, 1, 100);
    add_vm(1, "other", 2, 2, 100);
    tell_states(2);
    nodes[0].membership.has_vms = true;
    nodes[0].membership.vm_count = 2;
    members[0] = member("moves", "HV01");
    members[1] = member("other", "HV02");
    struct cluster cluster = join(2);
    struct failover failover = judge(&cluster, 1);
    for (size_t i = 0; i < 2; i++) {
        const struct failure *failure = &failover.sets[i];
        bool first = failure->nodes[0] == 0;
        assert_int_equal(failure->vms, 1);
        assert_int_equal(failure->lost, first ? 1 : 0);
        assert_int_equal(failure->takers, 1);
        assert_gb((double)failure->must_start, first ? 1 : 2);
        assert_gb((double)failure->wanted, first ? 1 : 2);
    }
}

static void too_many_sets_are_refused(void **state)
{
    (void)state;
    enum { MANY = 64 };
    struct node *many = arena_array(&arena, MANY, sizeof *many);
    make_node(0, 5);
    for (size_t i = 0; i < MANY; i++) {
        many[i] = nodes[0];
        many[i].name = many[i].host = arena_format(&arena, "n%zu", i);
    }
    struct cluster cluster;
    struct failover failover;
    struct error err;
    assert_true(cluster_of(many, MANY, &options, &arena, &cluster, &err));
    assert_true(failover_judge(&cluster, 3, 0, &arena, &failover, &err));
    assert_int_equal(failover.set_count, 41664);
    assert_false(failover_judge(&cluster, 4, 0, &arena, &failover, &err));
    assert_string_equal(err.text, "--failures=4: 64 nodes have more than 100000 sets of so many, "
                                  "which is too much to look at");
}

/* ---- where a VM can move to ---- */

static void destinations(void **state)
{
    (void)state;
    make_node(0, 1);
    make_node(1, 9);
    make_node(2, 7);
    struct cluster cluster = join(3);
    const struct demand_vm a = {.physical = 3.0 GB, .demand = 5.0 GB};
    const struct demand_vm b = {.physical = 6.0 GB, .demand = 2.0 GB};
    const struct demand_vm c = {.physical = 5.0 GB, .demand = 5.0 GB};
    const struct demand_vm d = {.physical = 9.0 GB, .demand = 9.0 GB};
    const struct demand_vm *vms[] = {&a, &b, &c, &d};
    struct destination found[4], most;
    destinations_find(&cluster, "HV01", vms, 4, found, &most);
    assert_ptr_equal(found[0].node, &cluster.nodes[1]);
    assert_gb(found[0].has, 9);
    assert_ptr_equal(found[1].node, &cluster.nodes[2]);
    assert_null(found[2].node); /* 4 and 1 are left */
    assert_ptr_equal(most.node, &cluster.nodes[1]);
    assert_gb(most.has, 4);
    destinations_find(&cluster, "hv02", vms, 1, found, &most);
    assert_ptr_equal(found[0].node, &cluster.nodes[2]);
    assert_null(most.node); /* each finds one */
    /* a host that was given by its address bears its own name, too; one that has none is no other
     */
    nodes[1].name = "192.0.2.2";
    nodes[2].host = "";
    destinations_find(&cluster, "HV02", vms, 1, found, &most);
    assert_ptr_equal(found[0].node, &cluster.nodes[2]);
    destinations_find(&cluster, "", vms, 1, found, &most);
    assert_ptr_equal(found[0].node, &cluster.nodes[1]);
}

/* ---- a worse cluster never gets a better answer ---- */

static double some(uint32_t most)
{
    return unit_random(most + 1);
}

static size_t some_cluster(void)
{
    size_t count = 2 + unit_random(MOST_NODES - 1);
    for (size_t i = 0; i < count; i++) {
        make_node(i, some(20));
        size_t vms = unit_random(5);
        for (size_t k = 0; k < vms; k++) {
            struct vm *vm = add_vm(i, arena_format(&arena, "%zu-%zu", i, k), 1 + some(8),
                                   1 + some(8), unit_random(2) ? 60 + some(80) : 90);
            vm->kind = unit_random(6) ? VM_DYNAMIC : VM_STATIC;
            vm->minimum = unit_random(2) ? 0.5 GB : 0;
        }
    }
    tell_states(count);
    options.keep = options.overhead = 0;
    return count;
}

static size_t made_worse;

static bool less_free(size_t count)
{
    size_t node = unit_random((uint32_t)count);
    double *available = &made[node].balancer.available;
    *available = unit_random(2) ? 0 : *available * 0.7;
    nodes[node].vms.balancer.available = *available;
    return true;
}

static struct vm *any_vm(size_t count)
{
    struct node *node = &nodes[unit_random((uint32_t)count)];
    return node->vms.count ? &node->vms.items[unit_random((uint32_t)node->vms.count)] : NULL;
}

static bool larger_startup(size_t count)
{
    struct vm *vm = any_vm(count);
    if (vm)
        vm->startup += (1 + some(4)) GB;
    return vm && vm->kind == VM_DYNAMIC && !(vm->minimum > 0);
}

static bool more_pressure(size_t count)
{
    struct vm *vm = any_vm(count);
    if (vm)
        vm->pressure += 1 + some(40);
    return vm && vm->kind == VM_DYNAMIC;
}

static bool more_to_keep(size_t count)
{
    (void)count;
    options.keep += (1 + some(3)) GB;
    return true;
}

static bool more_overhead(size_t count)
{
    (void)count;
    options.overhead += (double)(64 * MEGABYTE);
    return true;
}

static bool a_node_is_paused(size_t count)
{
    struct member_node *node = &states[unit_random((uint32_t)count)];
    node->state = NODE_PAUSED;
    return true;
}

static bool one_more_fails(size_t count)
{
    (void)count;
    made_worse++; /* judged with one failure more */
    return true;
}

static const struct {
    const char *name;
    bool (*make)(size_t count);
} respects[] = {
    {"less free", less_free},           {"a larger startup RAM", larger_startup},
    {"more pressure", more_pressure},   {"more to keep", more_to_keep},
    {"more overhead", more_overhead},   {"a paused node", a_node_is_paused},
    {"one more fails", one_more_fails},
};

/* The answer of a set of failures: no place for some, memory lacks, well. */
static int answer_of(size_t count)
{
    struct cluster cluster = join(count);
    struct failover failover = judge(&cluster, 1 + made_worse);
    int answer = 0;
    for (size_t i = 0; i < failover.set_count; i++) {
        const struct failure *failure = &failover.sets[i];
        assert_false(failure->open); /* they are small */
        int own = failure->placeless ? 2 : failure->lacking > 0 ? 1 : 0;
        answer = own > answer ? own : answer;
        assert_true(failure->placeless <= failover.sets[0].placeless);
    }
    return answer;
}

static void a_worse_cluster_never_gets_a_better_answer(void **state)
{
    (void)state;
    unsigned worse = 0, answers[3] = {0};
    for (int i = 0; i < 4000; i++) {
        size_t count = some_cluster(), respect = unit_random(LENGTH(respects));
        made_worse = 0;
        int before = answer_of(count);
        if (!respects[respect].make(count))
            continue;
        int after = answer_of(count);
        answers[before]++;
        worse += after > before;
        if (after < before)
            fail_msg("%s: %d became %d", respects[respect].name, before, after);
        arena_free(&arena);
    }
    options.keep = options.overhead = 0;
    made_worse = 0;
    print_message("%u well, %u lack, %u without a place; %u got worse\n", answers[0], answers[1],
                  answers[2], worse);
    assert_true(worse > 100 && answers[0] > 100 && answers[1] > 100 && answers[2] > 100);
}

RUN_TESTS(TEST(sizes_to_start_and_to_want), TEST(what_nodes_have_free), TEST(a_vm_is_counted_once),
          TEST(what_nodes_tell_is_told_of_all), TEST(namesakes_are_several),
          TEST(a_cluster_that_tells_nothing), TEST(states_of_nodes), TEST(which_vms_are_clustered),
          TEST(one_of_another_name_is_clustered), TEST(the_worst_failure_comes_first),
          TEST(the_largest_look_for_a_place_first), TEST(what_no_node_could_hold_has_no_place),
          TEST(a_paused_node_may_fail), TEST(what_is_lacking_then),
          TEST(to_start_is_less_than_to_want), TEST(unjudged_vms_look_for_no_place),
          TEST(overcommitment_as_scvmm_reckons_it), TEST(a_node_without_vms_has_no_largest_one),
          TEST(failures_that_are_alike_stay_in_order),
          TEST(what_is_not_clustered_looks_for_no_place), TEST(too_many_sets_are_refused),
          TEST(destinations), TEST(a_worse_cluster_never_gets_a_better_answer));
