/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * At what pressure Hyper-V itself calls a VM's memory low.
 *
 * A VM should have what it wants and its buffer. "Low" begins where 80 % of the buffer are left or
 * less, "Warning" where it wants more than it has. What is left of the buffer is (100 / pressure -
 * 1) / buffer, so the first is a pressure of 100 / (1 + 0.8 x buffer): 86.2 % with the usual
 * buffer of 20 %, under which a VM that has all it should stands at 83.3 %.
 *
 * Source: the limits of Hyper-V's own PowerShell module; the reckoning is ours, and agrees with the
 * published values of a VM.
 */
#ifndef HYPERV_PRESSURE_H
#define HYPERV_PRESSURE_H

enum { PRESSURE_WARNING = 100 };

/* Where Low begins, in percent, down to a tenth: pressures are whole. The buffer in percent, too.
 */
double pressure_low(unsigned buffer);

#endif
