/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Who takes memory from whom: the phase that a host is in, the parties, and what would end it.
 *
 * The phases are the guideline's, seen with eight VMs on a host that had memory for seven:
 *
 *   calm         nothing moves, and nobody lacks anything
 *   growing      VMs are given memory that the balancer still had, or it can no longer give every
 *                VM its buffer; nobody loses what it wants
 *   contention   VMs want more than can be given to them, or memory is taken from VMs that want it
 *   recovering   there is enough, and memory flows back from VMs that no longer want it
 *
 * A single look tells whether there is a shortage. Whether memory is moving, and between whom,
 * needs an earlier look: what was added to and removed from each VM since then.
 */
#ifndef HYPERV_CONTENTION_H
#define HYPERV_CONTENTION_H

#include "hyperv/demand.h"

enum phase {
    PHASE_CALM,
    PHASE_GROWING,
    PHASE_CONTENTION,
    PHASE_RECOVERING,
    PHASE_OPEN, /* no shortage; more does not show in a single look */
};

/* "calm" and so on. */
const char *phase_name(enum phase phase);

/* What is known of a host, as bits; and the phase that follows from it. */
enum phase_fact {
    /* there is no earlier look */
    PHASE_FACT_ONE_LOOK = 1,
    /* VMs lack what nobody has who could give it, or want what a dry balancer has not */
    PHASE_FACT_SHORTAGE = 2,
    /* so it was in the earlier look */
    PHASE_FACT_WAS_SHORT = 4,
    /* VMs lack more than the balancer has */
    PHASE_FACT_LACKING = 8,
    /* a VM lost memory that it wants */
    PHASE_FACT_GIVING = 16,
    /* the balancer can't give every VM its buffer */
    PHASE_FACT_TIGHT = 32,
    /* a VM gained memory */
    PHASE_FACT_TAKING = 64,
    /* VMs gave back what they don't want, and more so than others gained */
    PHASE_FACT_RETURNING = 128,
    PHASE_FACTS = 256 /* one above them all */
};
enum phase phase_from(unsigned facts);

/* A VM and its part in it. */
struct party {
    const struct demand_vm *vm;
    bool wants;          /* more than it has, and may have it */
    bool compared;       /* it is in the earlier look too, and has not started again since */
    double gained, lost; /* since then */
    bool takes;          /* it gained more than it lost */
    bool gives;          /* it lost more than it gained, although it wants it */
    bool returns;        /* it lost what it does not want */
};

struct contention {
    enum phase phase;
    bool compared; /* with an earlier look */
    bool by_level; /* nothing moved, or there is one look: who gives is who once had more */
    bool lacking;  /* VMs lack more than the balancer has: it matters whether the parent pages */
    bool tight;    /* what the balancer aims at for all VMs is more than there is */
    struct party *parties; /* who would free the most by moving away, first */
    size_t count;
    size_t wanting, taking, giving, returning;
    double gained, returned; /* by those that take; by those that return */

    /* What would end a shortage of the host: the fewest VMs to move, of those the smallest. */
    const struct demand_vm **move;
    size_t move_count;
    double shrink_to; /* or the maximum RAM of that one VM; 0: not of one alone */
    double held;      /* minimum RAM that is held without need, of all VMs */
};

/* before: an earlier look at the same host, or NULL. False: out of memory. */
bool contention_judge(const struct demand *now, const struct demand *before, struct arena *arena,
                      struct contention *ret, struct error *err);

/* What the others have more when a VM moves away: it takes its lack with it and leaves what it
 * holds, of which they could have had what it can spare anyway. */
double contention_frees(const struct demand_vm *vm);

/* How much of its minimum RAM a VM holds without need. */
double contention_held(const struct demand_vm *vm);

#endif
