/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The VMs of a host: what each holds, wants and may have at most.
 *
 * Three things are joined. Counters know a VM by its name and tell what it holds; they exist for
 * running VMs. Msvm_ComputerSystem (or v2's Msvm_SummaryInformation) gives name, GUID and state.
 * Msvm_MemorySettingData gives by GUID what was configured. Names are compared without regard to
 * case (Get-Counter even lower-cases them), GUIDs likewise. Settings of snapshots and of
 * Microsoft:Definition have GUIDs of their own, or none, and so join with no VM.
 *
 * Nothing that does not join is left out. On a live host all is read once more, as something may
 * have come or gone in between; what still does not join is in the table, unjudged, and so is in a
 * record at once what does not: an instance without a VM, a running VM without an instance, VMs of
 * one name whose instances do not fit. A counter with a value says that a VM runs, whatever an
 * older export says; a column of a log that is blank says nothing.
 *
 * What Hyper-V itself says of each VM (summary.h) is asked for where it decides something: which of
 * several VMs of one name an instance is of, and whether a pressure of 0 is a guest that reports
 * nothing.
 */
#ifndef HYPERV_VMS_H
#define HYPERV_VMS_H

#include "hyperv/balancer.h"
#include "hyperv/host.h"
#include "hyperv/reading.h"
#include "hyperv/summary.h"
#include "plugin/options.h"

enum vm_kind {
    VM_DYNAMIC,  /* Dynamic Memory is on: judged */
    VM_STATIC,   /* it is off: physical is what the VM was given, and can't change */
    VM_UNJUDGED, /* it does not join, or its settings or its value can't be read: see problem */
};

struct vm {
    const char *name;
    const char *guid; /* upper case hexadecimal as Windows has it; NULL: not known, or one of
                         several that have this name */
    enum vm_kind kind;
    const char *problem;

    double physical;         /* bytes */
    double pressure;         /* average, in percent of what it has; where has_pressure */
    double current_pressure; /* now instead of averaged; where has_current_pressure */
    double guest_available;  /* what its guest reports as available; where has_guest_available */
    double smart_paging; /* so much of it lies in its smart paging file; where has_smart_paging */
    const struct vm_summary *summary; /* what Hyper-V says of it; NULL: nothing, or not asked */

    double limit;   /* the configured maximum, or the host's RAM where that is less */
    double maximum; /* effective: the limit, or all that the host has for VMs where that is less */
    double maximum_least; /* where what the host has for VMs is not known, its effective maximum is
                             between this and the limit, and problem tells why; else: maximum */
    double startup, minimum; /* bytes; 0: not known */
    unsigned buffer;         /* percent; 0: not known */
    unsigned weight;         /* 0: not known */

    size_t place; /* in the order in which they were read: of what has one name, and no GUID */
    const double *values; /* VM_COUNTERS of them, where more were read: bytes, percent or totals */
    const bool *has_value;
    unsigned namesakes; /* running VMs of this name; above 1 they can't be told apart */

    bool has_pressure, has_current_pressure, has_guest_available, has_smart_paging;
    bool silent;  /* the pressure is 0, with which Hyper-V says that its guest tells nothing */
    bool paging;  /* it runs from its smart paging file */
    bool bounded; /* its maximum is less than its limit */
    bool given;   /* the limit is --maximum's, as its settings can't be read */
};

struct inventory;

struct vms {
    struct vm *items; /* running, in the order of their names */
    size_t count;
    const char **stopped; /* names of those that are off or saved */
    size_t stopped_count;
    const char *largest_stopped; /* of those, the one with the most startup RAM; NULL: not known */
    double largest_startup;      /* that, in bytes */
    const char **ignored;        /* names of instances that no VM has and --ignore-instance means */
    size_t ignored_count;
    double for_vms;                       /* what the VMs hold and the balancer has; 0: not known */
    struct balancer balancer;             /* as far as it can be read */
    const struct inventory *inventory;    /* all that are configured; NULL: it can't be read */
    struct host host;                     /* the host's; version NULL: not read */
    double host_memory;                   /* bytes; 0: not read, as all maxima were given */
    const char *missing[VM_COUNTERS + 1]; /* why a counter, or the settings, are not there */
    size_t missing_count;
    const char
        *untold[VM_COUNTERS + 1]; /* what this Windows, or record, does not tell, and need not */
    size_t untold_count;
    unsigned told;                     /* the counters that were read: a bit for each vm_counter */
    bool tells_paging;                 /* smart paging is told, by a counter or the settings */
    const struct summaries *summaries; /* NULL: not asked for, or not told */
};

struct vms_options {
    unsigned counters; /* to read beside physical and pressure: a bit for each vm_counter */
    bool balancer;     /* without the balancer, all of it fails */
    double maximum;    /* bytes, for VMs without readable settings; 0: none */
    const struct text_list *ignore; /* globs of instances that need not be a VM's; NULL: none */
    bool summaries;   /* ask what Hyper-V says of each VM, even where it decides nothing */
    bool limits_only; /* minimum, buffer and weight of a VM are of no use: they may stay 0 */
    const struct vms *settings; /* what was read of the same host a moment ago: its settings hold
                                   here too, and are not read again; NULL: read them */
};

/* What its guest's silence looks like where Dynamic Memory is on in the settings and does not work,
 * as with nested virtualization or assigned devices: it holds its startup RAM and reports nothing.
 */
bool vm_is_dormant(const struct vm *vm);

/* The word that Hyper-V has for its memory; NULL: none, or not told. */
const char *vm_status(const struct vm *vm);

/* False: nothing can be told about the VMs: no Hyper-V, no right, or names that do not join. */
bool vms_read(struct source *source, const struct vms_options *options, struct arena *arena,
              struct vms *ret, struct error *err);

#endif
