/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "hyperv/pressure.h"

/* What is left of a buffer, in percent of it, as Hyper-V tells it. */
static double left(double pressure, unsigned buffer)
{
    return (100 / pressure - 1) / (buffer / 100.0) * 100;
}

static void low_begins_with_a_fifth_of_the_buffer_used(void **state)
{
    (void)state;
    static const unsigned buffers[] = {5, 10, 20, 50, 100, 200, 2000};
    assert_double(pressure_low(20), 86.2);
    assert_double(pressure_low(0), 100);
    for (size_t i = 0; i < LENGTH(buffers); i++) {
        double low = pressure_low(buffers[i]), target = 100 / (1 + buffers[i] / 100.0);
        assert_true(left(low, buffers[i]) >= 80);
        assert_true(left(low + 0.1, buffers[i]) < 80);
        assert_true(low > target); /* a VM that has all it should is not low */
    }
}

/* Published: of 5757 MB its guest wants 85 %, and Hyper-V says OK. */
static void a_published_vm_is_well(void **state)
{
    (void)state;
    assert_true(85 <= pressure_low(20));
    assert_true(left(85, 20) > 80);
}

RUN_TESTS(TEST(low_begins_with_a_fifth_of_the_buffer_used), TEST(a_published_vm_is_well));
