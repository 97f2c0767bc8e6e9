/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What Hyper-V and Windows call the things that this project reads. These names stand here and
 * nowhere else.
 *
 * The two tables are the guideline's: every counter that Service Pack 1 of Windows Server 2008 R2
 * adds; behind these, what later Windows has besides. Sources: the guideline of 2011; Microsoft's
 * class reference for root\virtualization and root\virtualization\v2, and its generated classes of
 * the counters, of 2020; which Windows lacks what: windows_exporter's users.
 */
#ifndef HYPERV_COUNTER_NAMES_H
#define HYPERV_COUNTER_NAMES_H

#include "counter/counter.h"

#include <stddef.h>

enum counter_unit {
    UNIT_MEGABYTES, /* 2^20 bytes */
    UNIT_PERCENT,
    UNIT_TOTAL, /* counts up for as long as the VM or host runs */
};

/* A counter of a group: its name on Windows, and the perfdata label that it has here. */
struct counter_name {
    const char *name;
    const char *label;
    enum counter_unit unit;
    bool newer; /* than Windows Server 2008 R2 SP1: a Windows that lacks it lacks nothing */
};

#define HYPERV_BALANCER "Hyper-V Dynamic Memory Balancer"

enum balancer_counter {
    BALANCER_AVAILABLE,
    BALANCER_PRESSURE,
    BALANCER_NEEDED, /* the counters above are always read, the others for --all-counters */
    BALANCER_ADDED = BALANCER_NEEDED,
    BALANCER_REMOVED,
    BALANCER_ADD_OPERATIONS,
    BALANCER_REMOVE_OPERATIONS,
    BALANCER_SYSTEM_PRESSURE, /* 2016 and later, perhaps 2012 */
    BALANCER_COUNTERS,
};
extern const struct counter_name balancer_counter_names[BALANCER_COUNTERS];

#define HYPERV_VM "Hyper-V Dynamic Memory VM"

enum vm_counter {
    VM_PHYSICAL,
    VM_PRESSURE, /* the average */
    VM_NEEDED,
    VM_CURRENT_PRESSURE = VM_NEEDED,
    VM_MINIMUM_PRESSURE,
    VM_MAXIMUM_PRESSURE,
    VM_GUEST_VISIBLE,
    VM_ADDED,
    VM_REMOVED,
    VM_ADD_OPERATIONS,
    VM_REMOVE_OPERATIONS,
    VM_SMART_PAGING,    /* 2012 and later */
    VM_GUEST_AVAILABLE, /* not on 2016 and 2019, there on later ones */
    VM_COUNTERS,
};
enum {
    VM_ALL_COUNTERS = (1u << VM_COUNTERS) - 1, /* a bit for each */
    /* of each VM's line, beside what is always read */
    VM_SHOWN_COUNTERS = 1u << VM_SMART_PAGING | 1u << VM_GUEST_AVAILABLE
};
extern const struct counter_name vm_counter_names[VM_COUNTERS];

/* Of each VM, by its name: pages of its memory that lie on another NUMA node than its own. */
#define HYPERV_VM_NUMA         "Hyper-V VM Vid Partition"
#define HYPERV_VM_REMOTE_PAGES "Remote Physical Pages"

/* In the parent or in a guest. */
#define MEMORY_OBJECT     "Memory"
#define MEMORY_AVAILABLE  "Available MBytes"
#define MEMORY_PAGE_READS "Page Reads/sec"

/* In a guest, from the driver that adds and takes its memory. The comma is in the name. */
#define HYPERV_INTEGRATION         "Hyper-V Dynamic Memory Integration Service"
#define HYPERV_INTEGRATION_MAXIMUM "Maximum Memory, Mbytes"

/* What WMI calls these objects. The provider in the middle (BalancerStats) is found nowhere else;
 * the end follows from the object. Sources: windows_exporter and Microsoft's own generated classes,
 * for Windows Server 2016 to 2025. */
extern const struct object_class counter_classes[];

/* In HKEY_LOCAL_MACHINE: MB kept back for the parent, REG_DWORD. */
#define RESERVE_KEY   "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Virtualization"
#define RESERVE_VALUE "MemoryReserve"

/* WMI. v2 exists since Windows Server 2012; 2012 has both, 2012 R2 no longer has the first. */
extern const char *const hyperv_namespaces[];
extern const char *const hyperv_v2_namespaces[]; /* v2 alone */
extern const char *const windows_namespaces[];
#define CLASS_COMPUTER "Msvm_ComputerSystem"
#define CLASS_SUMMARY  "Msvm_SummaryInformation"
#define CLASS_SETTINGS "Msvm_MemorySettingData"
#define CLASS_WINDOWS  "Win32_OperatingSystem"

/* What is asked for of what Hyper-V says of each VM; NULL-ended. */
enum summary_property {
    SUMMARY_NAME,         /* its GUID */
    SUMMARY_ELEMENT_NAME, /* its name */
    SUMMARY_USAGE,
    SUMMARY_AVAILABLE,
    SUMMARY_BUFFER,
    SUMMARY_PAGING,
    SUMMARY_SPANNING,
    SUMMARY_PROPERTIES,
};
extern const char *const summary_properties[SUMMARY_PROPERTIES + 1];
/* WMI of a failover cluster, on each of its nodes. */
extern const char *const cluster_namespaces[];
#define CLASS_NODE     "MSCluster_Node"
#define CLASS_RESOURCE "MSCluster_Resource"

/* Where the names are that instances of counters have, for a source's options. */
extern const struct row_names hyperv_row_names[];

#endif
