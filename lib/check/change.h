/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Two looks at a host, the one of now and one before, and the parent's page reads between them.
 *
 * Of a recorded log the past is the log itself. On a live host, and of a record of one row, it is
 * what the previous run kept (past.h), and what is seen now is kept for the next. Either way there
 * may be none: then there is one look.
 */
#ifndef CHECK_CHANGE_H
#define CHECK_CHANGE_H

#include "check/check.h"
#include "hyperv/demand.h"
#include "hyperv/remote_pages.h"
#include "hyperv/smart_paging.h"

struct change_options {
    unsigned long since; /* seconds; of a log, how long ago the look before is; 0: the row before */
    unsigned long interval; /* seconds; how long to measure where the previous run left no sample */
    const char *state_dir;  /* NULL: the usual place */
    const struct text_list *ignore; /* as vms_options has it */
    bool complete; /* read what the other checks of a host do, for a record that they are to read */
    bool remote;   /* read pages of remote NUMA nodes, too */
};

struct change {
    struct vms vms; /* of now, with the balancer */
    struct demand now, before;
    bool has_before;
    double seconds;             /* between the two; where has_before */
    struct smart_paging paging; /* and since when, as far as that is known */
    int64_t moment;             /* of now, by the clock of that */
    struct remote_pages remote, remote_before;
    bool has_reads;
    double reads; /* the parent's page reads a second; where has_reads */
};

/* What is missing of the past or of the page reads is noted in the result. False: nothing can be
 * told of the host. */
bool change_read(struct run *run, const struct change_options *options, struct change *ret,
                 struct error *err);

#endif
