/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is linked with a check to make a program of it; CHECK is its struct check. */
#include "platform/platform.h"
#include "plugins/check.h"

int program(int argc, char **argv)
{
    return check_main(&CHECK, argc, argv);
}
