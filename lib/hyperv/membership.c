/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/membership.h"

#include "hyperv/cell.h"
#include "hyperv/counter_names.h"
#include "plugin/scan.h"

struct reading_membership {
    struct arena *arena;
    bool recorded;
    struct membership *membership;
};

static const char *keep(const char *cell, struct arena *arena)
{
    return cell ? arena_format(arena, "%s", cell) : "";
}

/* ---- nodes ---- */

enum { NODE_NAME, NODE_STATE, NODES_NEEDED, NODE_DRAIN = NODES_NEEDED };
static const char *const node_properties[] = {"Name", "State", "NodeDrainStatus", NULL};

static bool visit_node(void *context, const char *const *cells, struct error *err)
{
    struct reading_membership *reading = context;
    struct membership *membership = reading->membership;
    uint64_t state, drain;
    if (!cells[NODE_NAME])
        return true;
    struct member_node *nodes =
        arena_grow(reading->arena, membership->nodes, membership->node_count,
                   &membership->node_room, sizeof *nodes);
    if (!nodes)
        return error_memory(err);
    bool known = cell_whole(cells[NODE_STATE], &state) && state < NODE_STATE_UNKNOWN;
    bool told = cell_whole(cells[NODE_DRAIN], &drain);
    membership->nodes = nodes;
    nodes[membership->node_count++] =
        (struct member_node){.name = keep(cells[NODE_NAME], reading->arena),
                             .state = known ? (enum node_state)state : NODE_STATE_UNKNOWN,
                             .draining = told && drain == 1,
                             .drained = told && drain == 2};
    return true;
}

/* ---- VMs ---- */

enum { VM_NAME, VM_TYPE, VMS_NEEDED, VM_STATE = VMS_NEEDED, VM_GROUP, VM_NODE, VM_GUID };
static const char *const vm_properties[] = {"Name",      "Type", "State", "OwnerGroup",
                                            "OwnerNode", "VmID", NULL};

/* Of MSCluster_Resource.State: online, and what leads to it. Whatever else it is, no node has to
 * find RAM for it. */
static bool is_online(const char *cell)
{
    uint64_t state;
    return !cell_whole(cell, &state) || state == 1 || state == 2 || state == 129;
}

static bool visit_vm(void *context, const char *const *cells, struct error *err)
{
    static const char type[] = "Virtual Machine", prefix[] = "Virtual Machine ";
    struct reading_membership *reading = context;
    struct membership *membership = reading->membership;
    if (!cells[VM_NAME] || !cells[VM_TYPE] || !scan_ascii_equal(cells[VM_TYPE], type))
        return true;
    struct member_vm *vms = arena_grow(reading->arena, membership->vms, membership->vm_count,
                                       &membership->vm_room, sizeof *vms);
    const char *name = cells[VM_NAME];
    if (scan_ascii_begins(name, prefix))
        name += sizeof prefix - 1;
    struct member_vm vm = {.name = keep(name, reading->arena),
                           .group = keep(cells[VM_GROUP], reading->arena),
                           .owner = keep(cells[VM_NODE], reading->arena),
                           .guid = keep(reading->recorded ? cells[VM_GUID] : NULL, reading->arena),
                           .online = is_online(cells[VM_STATE])};
    if (!vms)
        return error_memory(err);
    membership->vms = vms;
    vms[membership->vm_count++] = vm;
    return true;
}

/* ---- both ---- */

/* What is optional costs nothing where it is not there, or not for everybody's eyes, but its reason
 * is kept. What is there and can't be read may say that a node is down. */
static bool is_optional(const struct error *err)
{
    return err->code == READ_NO_OBJECT || err->code == READ_DENIED || err->code == READ_UNSUPPORTED;
}

static bool read_rows(struct source *source, const struct row_query *query, row_visitor *visit,
                      struct reading_membership *reading, bool *ret_has, const char **ret_why,
                      struct error *err)
{
    *ret_has = source_rows(source, query, visit, reading, err);
    if (*ret_has || !is_optional(err))
        return *ret_has;
    *ret_why = arena_format(reading->arena, "%s", err->text);
    return true;
}

bool membership_read(struct source *source, struct arena *arena, struct membership *ret,
                     struct error *err)
{
    static const struct row_query nodes = {cluster_namespaces, CLASS_NODE, node_properties,
                                           NODES_NEEDED,       0,          0};
    static const char *const own_properties[] = {"Name",       "Type",      "State",
                                                 "OwnerGroup", "OwnerNode", NULL};
    /* No class has VmID, so that WMI would refuse it: whoever exports may add it. */
    const struct row_query vms = {cluster_namespaces,
                                  CLASS_RESOURCE,
                                  source_is_record(source) ? vm_properties : own_properties,
                                  VMS_NEEDED,
                                  0,
                                  0};
    struct membership membership = {0};
    struct reading_membership reading = {arena, source_is_record(source), &membership};
    if (!read_rows(source, &nodes, visit_node, &reading, &membership.has_nodes,
                   &membership.no_nodes, err) ||
        !read_rows(source, &vms, visit_vm, &reading, &membership.has_vms, &membership.no_vms, err))
        return false;
    *ret = membership;
    return !arena->failed || error_memory(err);
}
