/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COUNTER_LINUX_LOCAL_H
#define COUNTER_LINUX_LOCAL_H

#include "counter/counter.h"

/* The source `local` of Linux, with /proc and /sys below another directory than "". For tests with
 * files of other kernels. */
bool local_linux_open_at(const char *root, struct arena *arena, struct source **ret,
                         struct error *err);

#endif
