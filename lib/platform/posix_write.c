/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Of posix.h, what needs nothing else of this system: whoever replaces its files by others, as
 * tests do, still writes to pipes. */
#include "platform/posix.h"

#include <errno.h>
#include <unistd.h>

bool posix_write(int fd, const char *bytes, size_t length)
{
    while (length) {
        ssize_t part = write(fd, bytes, length);
        if (part < 0 && errno == EINTR)
            continue;
        if (part <= 0)
            return false;
        bytes += part;
        length -= (size_t)part;
    }
    return true;
}
