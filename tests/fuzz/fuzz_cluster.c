/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A check over the nodes of a cluster. The input is its arguments, one on a line; the file of
 * nodes; and the files of the records A and B, each behind a 1E in this order; an empty one is not
 * there. The file of nodes is also read by itself: every node that it gives has a name of its own.
 */
#include "fuzz.h"

#include "check/node_list.h"

#include <stdlib.h>
#include <string.h>

static void see_list(struct section section)
{
    struct arena arena = {0};
    struct node_list list = {.count = 0};
    struct error err;
    char *text = fuzz_string(section.data, section.size);
    bool read = node_list_parse(&list, "d/nodes", text, &arena, &err);
    HOLDS(list.count <= NODE_LIST_MOST);
    HOLDS(read || !strncmp(err.text, "d/nodes:", 8) || arena.failed);
    for (size_t i = 0; i < list.count; i++) {
        HOLDS(*list.items[i].name && *list.items[i].spec);
        for (size_t k = 0; k < i; k++)
            HOLDS(strcmp(list.items[i].name, list.items[k].name) != 0);
    }
    free(text);
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {
        "A/counters.csv",       "A/Msvm_ComputerSystem.csv", "A/Msvm_MemorySettingData.csv",
        "B/counters.csv",       "B/Msvm_ComputerSystem.csv", "B/Msvm_MemorySettingData.csv",
        "A/MSCluster_Node.csv", "A/MSCluster_Resource.csv",
    };
    static const char system[] =
        "\"Version\",\"TotalVisibleMemorySize\"\n\"6.3.9600\",\"33543168\"\n";
    struct section arguments = fuzz_section(&data, &size);
    struct section list = fuzz_section(&data, &size);
    see_list(list);
    memory_file("nodes", list.data, list.size);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct section file = fuzz_section(&data, &size);
        if (file.size)
            memory_file(names[i], file.data, file.size);
    }
    for (const char *const *name = (const char *const[]){"A/Win32_OperatingSystem.csv",
                                                         "B/Win32_OperatingSystem.csv", NULL};
         *name; name++)
        memory_file(*name, (const uint8_t *)system, sizeof system - 1);
    fuzz_check(arguments);
    memory_clear();
    return 0;
}
