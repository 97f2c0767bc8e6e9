/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The Windows that is asked: its version and its RAM, from Win32_OperatingSystem.
 */
#ifndef HYPERV_HOST_H
#define HYPERV_HOST_H

#include "counter/counter.h"

struct host {
    unsigned major, minor; /* 6.1: 2008 R2; 6.2: 2012; 6.3: 2012 R2; 10.0: 2016 and later */
    const char *version;   /* "6.1.7601" */
    double memory;         /* RAM that Windows can use, in bytes */
};

/* False also where a row came without the version or the memory: nothing is guessed. */
bool host_read(struct source *source, struct arena *arena, struct host *ret, struct error *err);

/* "Windows Server 2008 R2" for 6.1 and so on; "Windows 10.0.20348" for what has no name here. */
const char *host_windows_name(const struct host *host, struct arena *arena);

#endif
