#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What check_hv_guest_memory does on Linux, as one would write it in Python today: for bench/run."""
import argparse

import nagiosplugin


class Available(nagiosplugin.Resource):
    def probe(self):
        with open("/proc/meminfo", encoding="ascii") as file:
            for line in file:
                name, value = line.split(":")
                if name == "MemAvailable":
                    return nagiosplugin.Metric("available", int(value.split()[0]) // 1024, "MB")
        raise nagiosplugin.CheckError("no MemAvailable")


@nagiosplugin.guarded
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-w", "--warning", default="64:")
    parser.add_argument("-c", "--critical", default="32:")
    options = parser.parse_args()
    nagiosplugin.Check(
        Available(), nagiosplugin.ScalarContext("available", options.warning, options.critical)
    ).main()


main()
