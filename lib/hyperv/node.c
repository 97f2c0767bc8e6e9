/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/node.h"

#include "hyperv/inventory.h"
#include "plugin/name.h"

#include <string.h>

/* Which of several VMs of one name a counter instance is can't be told. */
static void suppose_the_largest(struct vms *vms)
{
    for (size_t i = 0; i < vms->count; i++) {
        struct vm *vm = &vms->items[i];
        if (vm->namesakes < 2)
            continue;
        const struct inventory *inventory = vms->inventory;
        uint32_t at = name_index_find(&inventory->by_name, vm->name);
        for (; at != NAME_NOT_FOUND; at = inventory->items[at].next_of_name)
            if (!inventory->items[at].stopped && inventory->items[at].startup > vm->startup)
                vm->startup = inventory->items[at].startup;
    }
}

bool node_read(struct source *source, const struct node_options *options, struct arena *arena,
               struct node *node, struct error *err)
{
    struct vms vms;
    struct membership membership = {0};
    if (!vms_read(source, &options->vms, arena, &vms, err) ||
        (options->vms.balancer && !balancer_check(&vms.balancer, err)) ||
        (options->membership && !membership_read(source, arena, &membership, err)))
        return false;
    node->host = "";
    if (vms.inventory) {
        suppose_the_largest(&vms);
        node->host = vms.inventory->host;
    }
    node->vms = vms;
    node->vms.inventory = NULL;
    node->vms.summaries = NULL;
    node->membership = membership;
    struct moment moment = source_moment(source);
    if (moment.recorded)
        node->when =
            arena_format(arena, "%s%s%s", stamp_print_iso((char[STAMP_SIZE]){0}, moment.wall),
                         *moment.zone ? ", " : "", moment.zone);
    return true;
}

bool node_is(const struct node *node, const char *name)
{
    return *name && (name_equal(node->name, name) || name_equal(node->host, name));
}

/* ---- as bytes ---- */

/* Both ways by the same list of members, so that they can't differ. */
struct packing {
    struct text *out; /* NULL: back */
    const char *next, *end;
    struct arena *arena;
    bool failed;
};

static void pass(struct packing *packing, void *bytes, size_t length)
{
    if (packing->out) {
        text_add(packing->out, bytes, length);
    } else if (packing->failed || (size_t)(packing->end - packing->next) < length) {
        packing->failed = true;
        memset(bytes, 0, length);
    } else {
        memcpy(bytes, packing->next, length);
        packing->next += length;
    }
}

static void pass_text(struct packing *packing, const char **text)
{
    size_t length = packing->out && *text ? strlen(*text) + 1 : 0; /* 0: NULL */
    pass(packing, &length, sizeof length);
    if (packing->out) {
        text_add(packing->out, *text ? *text : "", length ? length - 1 : 0);
        return;
    }
    *text = NULL;
    if (!length)
        return;
    if ((size_t)(packing->end - packing->next) < length - 1) {
        packing->failed = true;
        return;
    }
    *text = arena_text(packing->arena, packing->next, length - 1);
    packing->failed = !*text;
    packing->next += length - 1;
}

/* Room for what an array has, on the way back. */
static void *pass_array(struct packing *packing, void *items, size_t *count, size_t size)
{
    pass(packing, count, sizeof *count);
    if (packing->out)
        return items;
    items = NULL;
    if (!packing->failed && *count <= (size_t)(packing->end - packing->next))
        items = arena_array(packing->arena, *count, size);
    if (!items) {
        packing->failed = true;
        *count = 0;
    }
    return items;
}

#define PASS(packing, member) pass((packing), &(member), sizeof(member))

/* What is more than the table asks for. */
static void pass_values(struct packing *packing, struct vm *vm)
{
    size_t count = vm->values ? VM_COUNTERS : 0;
    double *values = pass_array(packing, (void *)(uintptr_t)vm->values, &count, sizeof *values);
    bool *has = (void *)(uintptr_t)vm->has_value;
    if (!packing->out)
        has = count == VM_COUNTERS ? arena_array(packing->arena, count, sizeof *has) : NULL;
    if (count && (count != VM_COUNTERS || !has)) {
        packing->failed = true;
        count = 0;
    }
    if (count) {
        pass(packing, values, count * sizeof *values);
        pass(packing, has, count * sizeof *has);
    }
    vm->values = count ? values : NULL;
    vm->has_value = count ? has : NULL;
}

/* What Hyper-V says of it, if anything. */
static void pass_summary(struct packing *packing, struct vm *vm)
{
    size_t count = vm->summary ? 1 : 0;
    struct vm_summary *summary =
        pass_array(packing, (void *)(uintptr_t)vm->summary, &count, sizeof *summary);
    if (count) {
        struct vm_summary plain = *summary;
        PASS(packing, plain);
        pass_text(packing, &plain.guid);
        if (!packing->out)
            *summary = plain;
    }
    vm->summary = count ? summary : NULL;
}

static void pass_vm(struct packing *packing, struct vm *vm)
{
    struct vm plain = *vm;
    PASS(packing, plain);
    if (!packing->out)
        *vm = plain;
    if (packing->failed)
        *vm = (struct vm){.name = ""};
    if (!packing->out)
        vm->summary = NULL;
    pass_text(packing, &vm->name);
    pass_text(packing, &vm->guid);
    pass_text(packing, &vm->problem);
    if (!packing->out && !vm->name)
        vm->name = "";
    pass_values(packing, vm);
    pass_summary(packing, vm);
}

static void pass_texts(struct packing *packing, const char ***texts, size_t *count)
{
    *texts = pass_array(packing, *texts, count, sizeof **texts);
    for (size_t i = 0; i < *count; i++) {
        pass_text(packing, &(*texts)[i]);
        if (!(*texts)[i])
            (*texts)[i] = "";
    }
}

/* Texts of a table that has room for one of each counter, and one more. */
static void pass_few(struct packing *packing, const char *few[VM_COUNTERS + 1], size_t *count)
{
    const char **texts = few;
    pass_texts(packing, &texts, count);
    if (*count > VM_COUNTERS + 1)
        *count = VM_COUNTERS + 1;
    for (size_t i = 0; i < *count; i++)
        few[i] = texts[i];
}

static void pass_balancer(struct packing *packing, struct balancer *balancer)
{
    struct balancer plain = *balancer;
    PASS(packing, plain);
    if (!packing->out) {
        *balancer = plain;
        balancer->nodes = NULL;
        balancer->poorest = balancer->invalid = NULL;
        balancer->pressure_problem = balancer->parent_problem = NULL;
        balancer->missing_count = 0;
    }
    balancer->nodes =
        pass_array(packing, balancer->nodes, &balancer->count, sizeof *balancer->nodes);
    for (size_t i = 0; i < balancer->count; i++) {
        struct balancer_node *node = &balancer->nodes[i], copy = *node;
        PASS(packing, copy);
        if (!packing->out)
            *node = copy;
        pass_text(packing, &node->name);
        if (!packing->out && !node->name)
            node->name = "";
    }
}

static void pass_vms(struct packing *packing, struct vms *vms)
{
    vms->items = pass_array(packing, vms->items, &vms->count, sizeof *vms->items);
    for (size_t i = 0; i < vms->count; i++)
        pass_vm(packing, &vms->items[i]);
    pass_texts(packing, &vms->stopped, &vms->stopped_count);
    pass_texts(packing, &vms->ignored, &vms->ignored_count);
    pass_few(packing, vms->missing, &vms->missing_count);
    pass_few(packing, vms->untold, &vms->untold_count);
    PASS(packing, vms->told);
    PASS(packing, vms->tells_paging);
    PASS(packing, vms->for_vms);
    PASS(packing, vms->host_memory);
    PASS(packing, vms->largest_startup);
    pass_balancer(packing, &vms->balancer);
}

static void pass_membership(struct packing *packing, struct membership *membership)
{
    PASS(packing, membership->has_nodes);
    PASS(packing, membership->has_vms);
    pass_text(packing, &membership->no_nodes);
    pass_text(packing, &membership->no_vms);
    membership->nodes =
        pass_array(packing, membership->nodes, &membership->node_count, sizeof *membership->nodes);
    for (size_t i = 0; i < membership->node_count; i++) {
        struct member_node *node = &membership->nodes[i], copy = *node;
        PASS(packing, copy);
        *node = copy;
        pass_text(packing, &node->name);
        node->name = node->name ? node->name : "";
    }
    membership->vms =
        pass_array(packing, membership->vms, &membership->vm_count, sizeof *membership->vms);
    for (size_t i = 0; i < membership->vm_count; i++) {
        struct member_vm *vm = &membership->vms[i];
        const char **texts[] = {&vm->name, &vm->group, &vm->owner, &vm->guid};
        PASS(packing, vm->online);
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
            pass_text(packing, texts[k]);
            *texts[k] = *texts[k] ? *texts[k] : "";
        }
    }
}

static void pass_node(struct packing *packing, struct node *node)
{
    pass_text(packing, &node->problem);
    PASS(packing, node->refused);
    pass_text(packing, &node->host);
    pass_text(packing, &node->when);
    pass_text(packing, &node->unwritten);
    pass_vms(packing, &node->vms);
    pass_membership(packing, &node->membership);
}

void node_pack(const struct node *node, struct text *out)
{
    struct packing packing = {.out = out};
    struct node copy = *node; /* nothing is changed on this way */
    pass_node(&packing, &copy);
}

bool node_unpack(struct node *node, const char *bytes, size_t length, struct arena *arena,
                 struct error *err)
{
    struct packing packing = {.next = bytes, .end = bytes + length, .arena = arena};
    struct node answer = {.name = node->name, .spec = node->spec};
    pass_node(&packing, &answer);
    if (packing.failed || packing.next != packing.end)
        return error_set(err, "its answer was cut off");
    answer.host = answer.host ? answer.host : "";
    *node = answer;
    return true;
}
