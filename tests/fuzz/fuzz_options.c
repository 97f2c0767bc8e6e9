/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Command lines of every check, one argument on a line; behind 1E stands the file hyperv.ini. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct section arguments = fuzz_section(&data, &size);
    memory_file("hyperv.ini", data, size);
    fuzz_check(arguments);
    memory_clear();
    return 0;
}
