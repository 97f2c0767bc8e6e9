/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sizes of memory: a number that a double holds, or a message. */
#include "fuzz.h"

#include "plugin/show.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_string(data, size);
    struct error err;
    double bytes;
    if (memory_parse(text, &bytes, &err)) {
        HOLDS(fabs(bytes) <= 9007199254740992.0);
        HOLDS(strlen(SHOW(show_memory, bytes)) < SHOW_SIZE);
        /* The number of bytes, in bytes, is the same size. */
        char exact[SHOW_SIZE + 1];
        double again;
        show_exact(exact, bytes);
        if (bytes == floor(bytes) && fabs(bytes) < 1e15) {
            HOLDS(memory_parse(strcat(exact, "B"), &again, &err) && again == bytes);
        }
    } else {
        HOLDS(*err.text && strlen(err.text) < sizeof err.text);
    }
    free(text);
    return 0;
}
