/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Registry files: a value is there with its data, or not there, or the line is named. */
#include "fuzz.h"

#include "counter/record/reg_file.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"MemoryReserve", "Name", ""};
    memory_file("reg", data, size);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct arena arena = {0};
        struct registry_value value;
        struct error err;
        uint32_t number;
        int64_t written;
        if (reg_file_find("reg", NULL,
                          "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Virtualization",
                          names[i], &arena, &value, &written, &err)) {
            unsigned sum = 0;
            for (size_t k = 0; k < value.size; k++)
                sum += value.data[k];
            HOLDS(value.exists || (!value.size && !sum));
            HOLDS(value.key_exists || !value.exists);
            HOLDS(!registry_dword(&value, &number) || value.type == REGISTRY_DWORD);
        } else {
            HOLDS(!strncmp(err.text, "reg:", 4));
        }
        arena_free(&arena);
    }
    memory_clear();
    return 0;
}
