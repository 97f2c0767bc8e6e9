/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The source itself, for module.c, and for tests that have no module. */
#ifndef COUNTER_WINRM_SOURCE_H
#define COUNTER_WINRM_SOURCE_H

#include "counter/source.h"

extern const struct source_kind winrm_kind;

#endif
