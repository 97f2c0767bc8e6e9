/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A check over many hosts: its options for them, and reading them all. Those that are asked over
 * the network are asked at once, each for itself, so that a slow one never spends the time of the
 * others; a node that does not answer is in the table with its reason.
 */
#ifndef CHECK_NODES_H
#define CHECK_NODES_H

#include "check/check.h"
#include "check/node_list.h"
#include "hyperv/node.h"

/* The options; the check's own struct of options has a `struct node_options_given nodes`. */
#define OPTIONS_NODES(type, why)                                                                   \
    {.name = "node",                                                                               \
     .argument = "SPEC",                                                                           \
     .read = option_texts,                                                                         \
     .target = offsetof(type, nodes.specs),                                                        \
     .repeats = true,                                                                              \
     .help =                                                                                       \
         "A node of the cluster" why ": record:DIR, winrm:HOST or local, as for --source; once "   \
         "for each. A node is named after it: HV01 of winrm:hv01.example.net, hv01 of "            \
         "record:/var/lib/records/hv01."},                                                         \
    {                                                                                              \
        .name = "nodes", .argument = "FILE", .read = option_text,                                  \
        .target = offsetof(type, nodes.file),                                                      \
        .help = "Nodes from a file, one SPEC a line; # begins a comment line, and a record's "     \
                "relative directory is below that of FILE. With --node, they join."                \
    }

struct nodes {
    struct node *items; /* in the order given */
    size_t count;
    size_t silent; /* of them, those that do not answer */
};

/* Read those that are given. False: an option is wrong, or there is no memory. Remarks on single
 * nodes are told in the result. */
bool nodes_read(struct run *run, const struct node_options_given *given,
                const struct node_options *options, struct nodes *ret, struct error *err);

/* False where not one answers: then there is nothing to judge. */
bool nodes_any(const struct nodes *nodes, struct error *err);

#endif
