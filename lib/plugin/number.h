/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The smaller and the larger of two numbers. Not fmin() and fmax(): they would be all that the
 * programs load a second library for at every start.
 */
#ifndef PLUGIN_NUMBER_H
#define PLUGIN_NUMBER_H

static inline double smaller(double a, double b)
{
    return a < b ? a : b;
}

static inline double larger(double a, double b)
{
    return a > b ? a : b;
}

#endif
