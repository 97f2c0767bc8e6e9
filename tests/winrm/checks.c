/* SPDX-License-Identifier: GPL-3.0-or-later */

/* All checks in one program, which is the one that it is called by. It is linked with a loader that
 * looks for the module where it was built (local.mk), the only thing that differs. */
#include "plugins/check.h"

#include "platform/platform.h"

#include <string.h>

static const struct check *const checks[] = {
    &check_hv_balancer,       &check_hv_vm_memory,  &check_hv_guest_memory, &check_hv_page_reads,
    &check_hv_memory_reserve, &check_hv_contention, &check_hv_capacity,
};

int program(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (!strcmp(checks[i]->program, name))
            return check_main(checks[i], argc, argv);
    return 127;
}
