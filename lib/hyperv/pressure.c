/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/pressure.h"

double pressure_low(unsigned buffer)
{
    static const double enough = 0.8; /* of the buffer */
    unsigned tenths = (unsigned)(1000 / (1 + enough * buffer / 100));
    return tenths / 10.0;
}
