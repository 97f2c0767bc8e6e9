/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The least that a dynamically linked program does: what all others are measured by. */
int main(void)
{
    return 0;
}
