/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * All checks, as plugins/local.mk lists them: for what is linked with libchecks.a.
 */
#ifndef CHECK_SUITE_H
#define CHECK_SUITE_H

#include "check/check.h"

#define CHECK(name) extern const struct check name;
#include "check/checks.h"
#undef CHECK

static const struct check *const suite[] = {
#define CHECK(name) &(name),
#include "check/checks.h"
#undef CHECK
};
enum { SUITE_CHECKS = sizeof suite / sizeof *suite };

#endif
