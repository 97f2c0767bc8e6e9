/* SPDX-License-Identifier: GPL-3.0-or-later */

/* All checks in one program, which is the one that it is called by. It is linked with a loader that
 * looks for the module where it was built (local.mk), the only thing that differs. */
#include "check/suite.h"

#include "platform/platform.h"

#include <string.h>

int program(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
    for (size_t i = 0; i < SUITE_CHECKS; i++)
        if (!strcmp(suite[i]->program, name))
            return check_main(suite[i], argc, argv);
    return 127;
}
