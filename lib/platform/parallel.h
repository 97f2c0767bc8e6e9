/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Several pieces of work beside each other, so that a slow one never spends the time of the others:
 * each in a process of its own, whose answer comes back through a pipe. Libraries that are not made
 * for threads, and one that crashes, do no harm to the rest.
 *
 * On Windows, where nothing here waits for a network, they are done one after another.
 */
#ifndef PLATFORM_PARALLEL_H
#define PLATFORM_PARALLEL_H

#include "plugin/text.h"

/* Do the item's work and append its answer to out. It may be done in another process: nothing but
 * out comes back from it. */
typedef void parallel_work(void *context, size_t item, struct text *out);

struct parallel_answer {
    struct text text; /* the whole answer; the caller's to text_free() */
    bool done;        /* false: there is none, and problem says why */
    struct error problem;
};

/* Do count pieces. Whatever has no answer when so many milliseconds are left of the deadline is
 * given up and ended. answers: count of them, filled here. False: not one could be begun. */
bool parallel_run(size_t count, parallel_work *work, void *context, unsigned reserve,
                  struct parallel_answer *answers, struct error *err);

#endif
