/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A whole check on a record. The input is its arguments, one on a line, and the record's files,
 * each behind a 1E in this order; an empty one is not there. The record is record:R.
 */
#include "fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"R/counters.csv", "R/registry.reg",
                                        "R/Msvm_ComputerSystem.csv", "R/Msvm_MemorySettingData.csv",
                                        "R/Win32_OperatingSystem.csv"};
    struct section arguments = fuzz_section(&data, &size);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct section file = fuzz_section(&data, &size);
        if (file.size)
            memory_file(names[i], file.data, file.size);
    }
    fuzz_check(arguments);
    memory_clear();
    return 0;
}
