/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/counter_names.h"

const struct counter_name balancer_counter_names[BALANCER_COUNTERS] = {
    [BALANCER_AVAILABLE] = {"Available Memory", "available", UNIT_MEGABYTES, false},
    [BALANCER_PRESSURE] = {"Average Pressure", "pressure", UNIT_PERCENT, false},
    [BALANCER_ADDED] = {"Added Memory", "added", UNIT_MEGABYTES, false},
    [BALANCER_REMOVED] = {"Removed Memory", "removed", UNIT_MEGABYTES, false},
    [BALANCER_ADD_OPERATIONS] = {"Memory Add Operations", "add_operations", UNIT_TOTAL, false},
    [BALANCER_REMOVE_OPERATIONS] = {"Memory Remove Operations", "remove_operations", UNIT_TOTAL,
                                    false},
    [BALANCER_SYSTEM_PRESSURE] = {"System Current Pressure", "system_current_pressure",
                                  UNIT_PERCENT, true},
};

const struct counter_name vm_counter_names[VM_COUNTERS] = {
    [VM_PHYSICAL] = {"Physical Memory", "physical", UNIT_MEGABYTES, false},
    [VM_PRESSURE] = {"Average Pressure", "pressure", UNIT_PERCENT, false},
    [VM_CURRENT_PRESSURE] = {"Current Pressure", "current_pressure", UNIT_PERCENT, false},
    [VM_MINIMUM_PRESSURE] = {"Minimum Pressure", "minimum_pressure", UNIT_PERCENT, false},
    [VM_MAXIMUM_PRESSURE] = {"Maximum Pressure", "maximum_pressure", UNIT_PERCENT, false},
    [VM_GUEST_VISIBLE] = {"Guest Visible Physical Memory", "guest_visible", UNIT_MEGABYTES, false},
    [VM_ADDED] = {"Added Memory", "added", UNIT_MEGABYTES, false},
    [VM_REMOVED] = {"Removed Memory", "removed", UNIT_MEGABYTES, false},
    [VM_ADD_OPERATIONS] = {"Memory Add Operations", "add_operations", UNIT_TOTAL, false},
    [VM_REMOVE_OPERATIONS] = {"Memory Remove Operations", "remove_operations", UNIT_TOTAL, false},
    [VM_SMART_PAGING] = {"Smart Paging Working Set Size", "smart_paging", UNIT_MEGABYTES, true},
    [VM_GUEST_AVAILABLE] = {"Guest Available Memory", "guest_available", UNIT_MEGABYTES, true},
};

const struct object_class counter_classes[] = {
    {HYPERV_BALANCER, "Win32_PerfRawData_BalancerStats_HyperVDynamicMemoryBalancer"},
    {HYPERV_VM, "Win32_PerfRawData_BalancerStats_HyperVDynamicMemoryVM"},
    {HYPERV_VM_NUMA, "Win32_PerfRawData_VidPerfProvider_HyperVVMVidPartition"},
    {HYPERV_INTEGRATION, "Win32_PerfRawData_Counters_HyperVDynamicMemoryIntegrationService"},
    {MEMORY_OBJECT, "Win32_PerfRawData_PerfOS_Memory"},
    {0},
};

const char *const hyperv_namespaces[] = {"root\\virtualization\\v2", "root\\virtualization", NULL};
const char *const hyperv_v2_namespaces[] = {"root\\virtualization\\v2", NULL};
const char *const windows_namespaces[] = {"root\\cimv2", NULL};
const char *const cluster_namespaces[] = {"root\\MSCluster", NULL};

const char *const summary_properties[SUMMARY_PROPERTIES + 1] = {
    [SUMMARY_NAME] = "Name",
    [SUMMARY_ELEMENT_NAME] = "ElementName",
    [SUMMARY_USAGE] = "MemoryUsage",
    [SUMMARY_AVAILABLE] = "MemoryAvailable",
    [SUMMARY_BUFFER] = "AvailableMemoryBuffer",
    [SUMMARY_PAGING] = "SwapFilesInUse",
    [SUMMARY_SPANNING] = "MemorySpansPhysicalNumaNodes",
};

const struct row_names hyperv_row_names[] = {
    {CLASS_COMPUTER, "ElementName"}, {CLASS_SUMMARY, "ElementName"}, {0}};
