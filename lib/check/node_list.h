/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Which hosts are the nodes of a cluster: --node=SPEC, as often as there are nodes, and
 * --nodes=FILE, with one a line.
 *
 *     # the nodes of cluster HVC1
 *     winrm:hv01.example.net
 *     record:hv02
 *
 * A line that begins with # is a comment; blanks around a line do not count. A relative directory
 * of a record is below the file's own: whoever runs a check stands anywhere.
 *
 * A node has a name after its source, which is the same whether it answers or not: the host's, up
 * to the first dot, in upper case as Windows has it, or the last part of the record's directory.
 */
#ifndef CHECK_NODE_LIST_H
#define CHECK_NODE_LIST_H

#include "plugin/options.h"

struct node_options_given {
    struct text_list specs;
    const char *file;
};

struct listed_node {
    const char *name, *spec;
};

enum { NODE_LIST_MOST = 64 }; /* nodes of a failover cluster, Windows Server 2012 to 2025 */

struct node_list {
    struct listed_node items[NODE_LIST_MOST];
    size_t count;
};

/* Was any given? */
bool node_list_given(const struct node_options_given *given);

/* Add what stands on the lines of a text, which is changed; path: of its file. False: "FILE:3:
 * ...". */
bool node_list_parse(struct node_list *list, const char *path, char *text, struct arena *arena,
                     struct error *err);

/* All that was given. False: an error that names the option. */
bool node_list_read(const struct node_options_given *given, struct arena *arena,
                    struct node_list *ret, struct error *err);

#endif
