/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The VMs of a host: what each holds, wants and may have at most.
 *
 * Three things are joined. Counters know a VM by its name and tell what it holds; they exist for
 * running VMs. Msvm_ComputerSystem (or v2's Msvm_SummaryInformation) gives name, GUID and state.
 * Msvm_MemorySettingData gives by GUID what was configured. Names are compared without regard to
 * case (Get-Counter even lower-cases them), GUIDs likewise. Settings of snapshots and of
 * Microsoft:Definition have GUIDs of their own, or none, and so join with no VM.
 */
#ifndef HYPERV_VMS_H
#define HYPERV_VMS_H

#include "hyperv/balancer.h"
#include "hyperv/reading.h"
#include "hyperv/windows.h"

enum vm_kind {
    VM_DYNAMIC,  /* Dynamic Memory is on: judged */
    VM_STATIC,   /* it is off: physical is what the VM was given, and can't change */
    VM_UNJUDGED, /* its settings or its value can't be read: problem tells why */
};

struct vm {
    const char *name;
    const char *guid; /* upper case hexadecimal as Windows has it; NULL: not known, or one of
                         several that have this name */
    enum vm_kind kind;
    const char *problem;

    double physical; /* bytes */
    double pressure; /* average, in percent of what it has; where has_pressure */
    bool has_pressure;

    double maximum; /* effective: the configured one, or the host's RAM where that is less */
    bool unlimited; /* the configured maximum is not below the host's RAM: no limit at all */
    bool given;     /* the maximum is --maximum's, as its settings can't be read */
    double startup, minimum; /* bytes; 0: not known */
    unsigned buffer;         /* percent; 0: not known */
    unsigned weight;         /* 0: not known */

    unsigned namesakes;   /* running VMs of this name; above 1 they can't be told apart */
    const double *values; /* VM_COUNTERS of them, where more were read: bytes, percent or totals */
    const bool *has_value;
};

struct inventory;

struct vms {
    struct vm *items; /* running, in the order of their names */
    size_t count;
    const char **stopped; /* names of those that are off or saved */
    size_t stopped_count;
    const char *largest_stopped; /* of those, the one with the most startup RAM; NULL: not known */
    double largest_startup;      /* that, in bytes */
    const char **left_out;       /* names of those that came or went between the reads */
    size_t left_out_count;
    struct balancer balancer;          /* where it was asked for */
    const struct inventory *inventory; /* all that are configured; NULL: it can't be read */
    struct windows windows;            /* the host's; version NULL: not read */
    double host_memory;                /* bytes; 0: not read, as all maxima were given */
    const char *missing[VM_COUNTERS];  /* why a counter, or the settings, are not there */
    size_t missing_count;
};

struct vms_options {
    unsigned counters; /* to read beside physical and pressure: a bit for each vm_counter */
    bool balancer;     /* read the balancer too, at the same moment */
    double maximum;    /* bytes, for VMs without readable settings; 0: none */
    const struct vms *settings; /* what was read of the same host a moment ago: its settings hold
                                   here too, and are not read again; NULL: read them */
};

/* False: nothing can be told about the VMs: no Hyper-V, no right, or names that do not join. */
bool vms_read(struct source *source, const struct vms_options *options, struct arena *arena,
              struct vms *ret, struct error *err);

#endif
