/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A look at NTLM's CHALLENGE before the library gets it: gss-ntlmssp 1.2 crashes on one whose
 * target name is empty, and takes one that offers nothing but weak keys. Source: [MS-NLMP] 2.2.1.2.
 */
#ifndef COUNTER_WINRM_CHALLENGE_H
#define COUNTER_WINRM_CHALLENGE_H

#include "plugin/error.h"

#include <stddef.h>

bool challenge_check(const void *bytes, size_t length, struct error *err);

#endif
