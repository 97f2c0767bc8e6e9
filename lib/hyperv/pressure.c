/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/pressure.h"

double pressure_low(unsigned buffer)
{
    static const double enough = 0.8; /* of the buffer */
    return 100 / (1 + enough * buffer / 100);
}
