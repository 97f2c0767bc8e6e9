/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/cluster.h"

#include "hyperv/demand.h"
#include "plugin/name.h"
#include "plugin/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- one table of all VMs ---- */

struct merged_vm {
    struct vm vm;
    uint32_t node;
};

/* Of two looks at one VM, the one at it where it runs: it has a value there, and the more RAM. */
static bool runs_rather(const struct vm *a, const struct vm *b)
{
    if ((a->kind == VM_UNJUDGED) != (b->kind == VM_UNJUDGED))
        return a->kind != VM_UNJUDGED;
    return a->physical > b->physical;
}

static int by_name(const void *a, const void *b)
{
    const struct merged_vm *x = a, *y = b;
    int order = name_compare(x->vm.name, y->vm.name);
    if (!order)
        order = strcmp(x->vm.guid ? x->vm.guid : "", y->vm.guid ? y->vm.guid : "");
    return order ? order : (x->node > y->node) - (x->node < y->node);
}

struct merging {
    struct merged_vm *vms;
    size_t count;
    struct name_index by_guid;
    const char **twice;
    size_t twice_count;
};

static void merge_one(struct merging *merging, const struct vm *vm, uint32_t node)
{
    uint32_t at = (uint32_t)merging->count;
    uint32_t found = vm->guid ? name_index_add(&merging->by_guid, vm->guid, at) : at;
    if (found == at) {
        merging->vms[merging->count++] = (struct merged_vm){*vm, node};
        return;
    }
    struct merged_vm *known = &merging->vms[found];
    merging->twice[merging->twice_count++] = vm->name;
    if (runs_rather(vm, &known->vm))
        *known = (struct merged_vm){*vm, node};
}

static bool merge_all(struct merging *merging, const struct node *nodes, size_t count,
                      struct arena *arena, struct error *err)
{
    size_t all = 0;
    for (size_t i = 0; i < count; i++)
        all += nodes[i].vms.count;
    merging->vms = arena_array(arena, all, sizeof *merging->vms);
    merging->twice = arena_array(arena, all, sizeof *merging->twice);
    if (!merging->vms || !merging->twice || !name_index_make(&merging->by_guid, all, arena, err))
        return error_memory(err);
    for (uint32_t i = 0; i < count; i++)
        for (size_t k = 0; k < nodes[i].vms.count; k++)
            merge_one(merging, &nodes[i].vms.items[k], i);
    qsort(merging->vms, merging->count, sizeof *merging->vms, by_name);
    return true;
}

static bool merge_names(const struct node *nodes, size_t count, struct arena *arena,
                        struct vms *vms, struct error *err)
{
    size_t stopped = 0, ignored = 0;
    for (size_t i = 0; i < count; i++) {
        stopped += nodes[i].vms.stopped_count;
        ignored += nodes[i].vms.ignored_count;
    }
    const char **names = arena_array(arena, stopped + ignored, sizeof *names);
    if (!names)
        return error_memory(err);
    vms->stopped = names;
    vms->ignored = names + stopped;
    for (size_t i = 0; i < count; i++) {
        const struct vms *of = &nodes[i].vms;
        for (size_t k = 0; k < of->stopped_count; k++)
            vms->stopped[vms->stopped_count++] = of->stopped[k];
        for (size_t k = 0; k < of->ignored_count; k++)
            vms->ignored[vms->ignored_count++] = of->ignored[k];
        if (of->missing_count > vms->missing_count) {
            vms->missing_count = of->missing_count;
            memcpy(vms->missing, of->missing, sizeof vms->missing);
        }
        if (of->untold_count > vms->untold_count) {
            vms->untold_count = of->untold_count;
            memcpy(vms->untold, of->untold, sizeof vms->untold);
        }
        vms->told |= of->told;
        vms->tells_paging |= of->tells_paging;
    }
    return true;
}

bool cluster_merge(const struct node *nodes, size_t count, struct arena *arena, struct vms *ret,
                   uint32_t **ret_node, const char ***ret_twice, size_t *ret_twice_count,
                   struct error *err)
{
    struct merging merging = {0};
    struct vms vms = {0};
    if (!merge_all(&merging, nodes, count, arena, err) ||
        !merge_names(nodes, count, arena, &vms, err))
        return false;
    uint32_t *node = arena_array(arena, merging.count, sizeof *node);
    vms.items = arena_array(arena, merging.count, sizeof *vms.items);
    if (!node || !vms.items)
        return error_memory(err);
    vms.count = merging.count;
    for (size_t i = 0; i < merging.count; i++) {
        vms.items[i] = merging.vms[i].vm;
        node[i] = merging.vms[i].node;
    }
    *ret = vms;
    *ret_node = node;
    *ret_twice = merging.twice;
    *ret_twice_count = merging.twice_count;
    return true;
}

/* ---- sizes ---- */

/* What is more than any host has stays so: beyond 2^64 it would become nothing, which fits
 * anywhere. */
static uint64_t whole_up(double bytes)
{
    static const double most = 1ull << 53;
    return (uint64_t)ceil(smaller(bytes, most));
}

static void set_sizes(struct cluster_vm *vm, double overhead)
{
    const struct vm *of = vm->vm;
    if (of->kind == VM_UNJUDGED) {
        vm->problem = of->problem ? of->problem : "";
        return;
    }
    double want, start = of->startup;
    if (of->kind == VM_DYNAMIC) {
        const struct demand_vm demand = demand_of_vm(of);
        want = larger(demand.least, demand.demand);
    } else {
        want = start = larger(of->startup, of->physical);
    }
    if (!(start > 0)) {
        vm->problem = "its startup RAM is not told";
        return;
    }
    vm->start = whole_up(start + overhead);
    vm->want = whole_up(want + overhead);
}

/* ---- what nodes have free ---- */

uint64_t cluster_whole(double bytes)
{
    return bytes > 0 ? (uint64_t)bytes : 0;
}

static void add_place(struct cluster *cluster, uint32_t node, double start, double want,
                      double keep)
{
    cluster->places[cluster->place_count++] =
        (struct cluster_place){.node = node, .start = start - keep, .want = want - keep};
    cluster->nodes[node].start += cluster_whole(start - keep);
}

/* Of its own VMs: what can be taken from them, and what they lack. */
static bool look_at_node(struct cluster *cluster, uint32_t number, double keep, struct arena *arena,
                         struct error *err)
{
    struct cluster_node *node = &cluster->nodes[number];
    const struct balancer *balancer = &node->node->vms.balancer;
    struct demand look;
    if (!demand_of(&node->node->vms, arena, &look, err))
        return false;
    node->capacity = balancer->available;
    for (size_t i = 0; i < node->node->vms.count; i++)
        node->capacity += node->node->vms.items[i].physical;
    for (size_t i = 0; i < look.count; i++)
        node->spare += demand_spare(&look.vms[i]);
    node->lack = look.lack;
    if (node->kind != CLUSTER_NODE_UP)
        return true;
    double share = keep / (double)balancer->count;
    if (balancer->count == 1)
        add_place(cluster, number, balancer->available + node->spare,
                  balancer->available + node->spare - node->lack, share);
    else
        for (size_t i = 0; i < balancer->count; i++) {
            double available = balancer->nodes[i].available;
            add_place(cluster, number, available, available - (i ? 0 : look.shortage), share);
        }
    return true;
}

/* ---- what the cluster tells ---- */

/* The first node that can tell: all tell the same. */
static const struct membership *find_members(const struct node *nodes, size_t count, bool vms)
{
    for (size_t i = 0; i < count; i++) {
        const struct membership *membership = &nodes[i].membership;
        if (!nodes[i].problem && (vms ? membership->has_vms && membership->vm_count
                                      : membership->has_nodes && membership->node_count))
            return membership;
    }
    return NULL;
}

static const char *why_no_members(const struct node *nodes, size_t count, bool vms)
{
    for (size_t i = 0; i < count; i++) {
        const struct membership *membership = &nodes[i].membership;
        const char *why = vms ? membership->no_vms : membership->no_nodes;
        if (!nodes[i].problem && why)
            return why;
    }
    return "no node tells";
}

static void set_kind(struct cluster_node *node, const struct member_node *member)
{
    static const struct {
        enum cluster_node_kind kind;
        const char *why;
    } kinds[] = {
        [NODE_UP] = {CLUSTER_NODE_UP, ""},
        [NODE_DOWN] = {CLUSTER_NODE_DOWN, "is down"},
        [NODE_PAUSED] = {CLUSTER_NODE_PAUSED, "is paused"},
        [NODE_JOINING] = {CLUSTER_NODE_PAUSED, "is joining the cluster"},
        [NODE_STATE_UNKNOWN] = {CLUSTER_NODE_PAUSED, "is in a state that the cluster can't tell"},
    };
    node->kind = kinds[member->state].kind;
    node->why = kinds[member->state].why;
    if (node->kind != CLUSTER_NODE_DOWN && (member->draining || member->drained)) {
        node->kind = CLUSTER_NODE_PAUSED;
        node->why = member->drained ? "is drained" : "is being drained";
    }
}

/* One that answers though the cluster calls it down takes no VM, but has some. */
static void place_in_cluster(struct cluster_node *node, const struct membership *states)
{
    const struct node *of = node->node;
    bool answers = !of->problem;
    const struct member_node *member = NULL;
    for (size_t i = 0; states && i < states->node_count && !member; i++)
        if (node_is(of, states->nodes[i].name))
            member = &states->nodes[i];
    node->kind = answers ? CLUSTER_NODE_UP : CLUSTER_NODE_SILENT;
    node->why = answers ? "" : of->problem;
    if (answers && member)
        set_kind(node, member);
    else if (answers && states) {
        node->kind = CLUSTER_NODE_FOREIGN;
        node->why = "is no node of this cluster";
    } else if (member && member->state == NODE_DOWN) {
        node->kind = CLUSTER_NODE_DOWN;
        node->why = "is down";
    }
    if (answers && node->kind == CLUSTER_NODE_DOWN) {
        node->kind = CLUSTER_NODE_PAUSED;
        node->why = "is down for the cluster, but answers";
    }
}

static bool is_given(const struct node *nodes, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (node_is(&nodes[i], name))
            return true;
    return false;
}

static bool make_nodes(struct cluster *cluster, const struct node *nodes, size_t count,
                       struct arena *arena, struct error *err)
{
    const struct membership *states = find_members(nodes, count, false);
    size_t more = states ? states->node_count : 0;
    cluster->nodes = arena_array(arena, count + more, sizeof *cluster->nodes);
    if (!cluster->nodes)
        return error_memory(err);
    cluster->has_states = states;
    cluster->no_states = states ? NULL : why_no_members(nodes, count, false);
    for (size_t i = 0; i < count; i++) {
        cluster->nodes[i] = (struct cluster_node){.name = nodes[i].name, .node = &nodes[i]};
        place_in_cluster(&cluster->nodes[i], states);
    }
    cluster->node_count = count;
    for (size_t i = 0; i < more; i++) {
        const struct member_node *member = &states->nodes[i];
        if (is_given(nodes, count, member->name))
            continue;
        bool down = member->state == NODE_DOWN;
        cluster->nodes[cluster->node_count++] = (struct cluster_node){
            .name = member->name,
            .kind = down ? CLUSTER_NODE_DOWN : CLUSTER_NODE_UNASKED,
            .why = down ? "is down" : "is a node of the cluster that no --node names"};
    }
    return true;
}

/* ---- which VMs are clustered ---- */

static bool is_stopped_somewhere(const struct vms *vms, const struct member_vm *member)
{
    for (size_t i = 0; i < vms->stopped_count; i++)
        if (name_equal(vms->stopped[i], member->name) || name_equal(vms->stopped[i], member->group))
            return true;
    return false;
}

static bool owner_answers(const struct cluster *cluster, const char *owner)
{
    for (size_t i = 0; i < cluster->node_count; i++) {
        const struct cluster_node *node = &cluster->nodes[i];
        if (node->node && !node->node->problem && node_is(node->node, owner))
            return true;
    }
    return false;
}

/* Names lead from the cluster's VMs to those of nodes, unless somebody chose others. Then whose the
 * unknown one is can't be told, and all VMs of its owner are taken for clustered: too many are
 * asked a place for, never too few. */
struct membership_join {
    struct cluster *cluster;
    struct name_index by_name, by_guid;
    uint32_t *next_of_name;
};

static bool index_vms(struct membership_join *join, struct arena *arena, struct error *err)
{
    size_t count = join->cluster->vm_count;
    join->next_of_name = arena_array(arena, count, sizeof *join->next_of_name);
    if (!join->next_of_name || !name_index_make(&join->by_name, count, arena, err) ||
        !name_index_make(&join->by_guid, count, arena, err))
        return error_memory(err);
    for (uint32_t i = 0; i < count; i++) {
        const struct vm *vm = join->cluster->vms[i].vm;
        uint32_t first = name_index_add(&join->by_name, vm->name, i);
        join->next_of_name[i] = NAME_NOT_FOUND;
        if (first != i) {
            join->next_of_name[i] = join->next_of_name[first];
            join->next_of_name[first] = i;
        }
        if (vm->guid)
            name_index_add(&join->by_guid, vm->guid, i);
    }
    return true;
}

static bool mark_named(struct membership_join *join, const char *name)
{
    uint32_t first = name_index_find(&join->by_name, name);
    for (uint32_t at = first; at != NAME_NOT_FOUND; at = join->next_of_name[at])
        join->cluster->vms[at].clustered = true;
    return first != NAME_NOT_FOUND;
}

static bool mark(struct membership_join *join, const struct member_vm *member)
{
    if (*member->guid) {
        uint32_t at = name_index_find(&join->by_guid, member->guid);
        if (at != NAME_NOT_FOUND)
            join->cluster->vms[at].clustered = true;
        return at != NAME_NOT_FOUND;
    }
    bool named = mark_named(join, member->name);
    return mark_named(join, member->group) || named;
}

static bool is_of(const struct cluster *cluster, const struct cluster_vm *vm, const char *owner)
{
    return !*owner || node_is(cluster->nodes[vm->node].node, owner);
}

/* Has the owner of such a one a VM that no other claims? Then it is that one, by another name. */
static bool has_unclaimed(const struct cluster *cluster, const char *owner)
{
    for (size_t i = 0; i < cluster->vm_count; i++)
        if (!cluster->vms[i].clustered && is_of(cluster, &cluster->vms[i], owner))
            return true;
    return false;
}

static void mark_all_of(struct cluster *cluster, const char *owner)
{
    for (size_t i = 0; i < cluster->vm_count; i++)
        if (is_of(cluster, &cluster->vms[i], owner))
            cluster->vms[i].clustered = true;
}

static bool join_members(struct cluster *cluster, const struct membership *members,
                         const struct vms *all, struct arena *arena, struct error *err)
{
    struct membership_join join = {.cluster = cluster};
    const struct member_vm **strangers = arena_array(arena, members->vm_count, sizeof *strangers);
    size_t stranger_count = 0, renamed = 0;
    cluster->nowhere = arena_array(arena, members->vm_count, sizeof *cluster->nowhere);
    if (!cluster->nowhere || !strangers)
        return error_memory(err);
    if (!index_vms(&join, arena, err))
        return false;
    for (size_t i = 0; i < members->vm_count; i++) {
        const struct member_vm *member = &members->vms[i];
        if (!mark(&join, member) && member->online && !is_stopped_somewhere(all, member))
            strangers[stranger_count++] = member;
    }
    for (size_t i = 0; i < stranger_count; i++)
        if (has_unclaimed(cluster, strangers[i]->owner))
            strangers[renamed++] = strangers[i];
        else if (owner_answers(cluster, strangers[i]->owner))
            cluster->nowhere[cluster->nowhere_count++] = strangers[i]->name;
    for (size_t i = 0; i < renamed; i++)
        mark_all_of(cluster, strangers[i]->owner);
    return true;
}

static bool make_vms(struct cluster *cluster, const struct node *nodes, size_t count,
                     const struct cluster_options *options, struct arena *arena, struct error *err)
{
    const struct membership *members = find_members(nodes, count, true);
    struct vms *all = ARENA_NEW(arena, struct vms);
    uint32_t *node;
    if (!all)
        return error_memory(err);
    if (!cluster_merge(nodes, count, arena, all, &node, &cluster->twice, &cluster->twice_count,
                       err))
        return false;
    cluster->vms = arena_array(arena, all->count, sizeof *cluster->vms);
    if (!cluster->vms)
        return error_memory(err);
    cluster->vm_count = all->count;
    for (size_t i = 0; i < all->count; i++) {
        cluster->vms[i] =
            (struct cluster_vm){.vm = &all->items[i], .node = node[i], .clustered = !members};
        set_sizes(&cluster->vms[i], options->overhead);
    }
    cluster->has_members = members;
    cluster->no_members = members ? NULL : why_no_members(nodes, count, true);
    return !members || join_members(cluster, members, all, arena, err);
}

static void count_vms(struct cluster *cluster, const struct text_list *alone)
{
    for (size_t i = 0; i < cluster->vm_count; i++) {
        struct cluster_vm *vm = &cluster->vms[i];
        struct cluster_node *node = &cluster->nodes[vm->node];
        vm->clustered = vm->clustered && !text_list_matches(alone, vm->vm->name);
        node->vms++;
        node->lost_vms += !vm->clustered;
        cluster->clustered += vm->clustered;
        cluster->unjudged += vm->clustered && vm->problem;
    }
}

bool cluster_of(const struct node *nodes, size_t count, const struct cluster_options *options,
                struct arena *arena, struct cluster *ret, struct error *err)
{
    struct cluster cluster = {0};
    size_t places = 0;
    if (!make_nodes(&cluster, nodes, count, arena, err) ||
        !make_vms(&cluster, nodes, count, options, arena, err))
        return false;
    count_vms(&cluster, options->alone);
    for (size_t i = 0; i < count; i++)
        places += nodes[i].problem ? 0 : nodes[i].vms.balancer.count;
    cluster.places = arena_array(arena, places, sizeof *cluster.places);
    if (!cluster.places)
        return error_memory(err);
    for (uint32_t i = 0; i < count; i++)
        if (!nodes[i].problem && !look_at_node(&cluster, i, options->keep, arena, err))
            return false;
    *ret = cluster;
    return true;
}

const char *cluster_node_words(const struct cluster_node *node)
{
    return node->kind == CLUSTER_NODE_SILENT ? "does not answer" : node->why;
}
