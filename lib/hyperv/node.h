/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A node of a cluster, as one of several hosts that a check looks at: what it told of itself, or
 * why it did not; and the same as bytes, for whoever asked it in another process.
 */
#ifndef HYPERV_NODE_H
#define HYPERV_NODE_H

#include "hyperv/membership.h"
#include "hyperv/vms.h"
#include "plugin/text.h"

struct node {
    const char *name;    /* after its source, the same whether it answers or not */
    const char *spec;    /* its source */
    const char *problem; /* why it can't be counted on; NULL: it answered */
    bool refused;        /* it was not even asked: an option, or its spec, is wrong */

    const char *host; /* its name by its own row; "" */
    struct vms vms;   /* without the inventory; a VM whose name others have too, and whose own
                         startup RAM so can't be told, has the most that one of them has */
    struct membership membership;
    const char *when;      /* "2011-09-01 10:00:00, Tokyo Standard Time", of a record; NULL: now */
    const char *unwritten; /* why there is no record of it that was asked for; NULL: there is */
};

struct node_options {
    struct vms_options vms;
    bool membership; /* ask for the cluster, too */
};

/* Fill all but name and spec. False: it did not answer, and *err tells why; or out of memory. */
bool node_read(struct source *source, const struct node_options *options, struct arena *arena,
               struct node *node, struct error *err);

/* Is it the one of this name? It has the one that it was given, and its host's own; "" is nobody's.
 */
bool node_is(const struct node *node, const char *name);

/* As bytes, of this program and this run alone; and back. False: not such bytes, or out of
 * memory; the node is as it was. */
void node_pack(const struct node *node, struct text *out);
bool node_unpack(struct node *node, const char *bytes, size_t length, struct arena *arena,
                 struct error *err);

#endif
