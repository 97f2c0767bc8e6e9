# SPDX-License-Identifier: GPL-3.0-or-later
"""Absurd numbers, in every place where a number is read: what can't be is UNKNOWN, never OK."""
import os
import re
import sys
import tempfile

import checks

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

# A value of a counter, and what it is: its number, or None where it can't be one.
VALUES = {
    "18446744073709551616": None, "18446744073709551615": None, "9223372036854775808": None,
    "4294967296": None, "4294967295": None, "4294967090": None, "-1": None, "-0.000001": None,
    "-4294967090": None, "1e308": None, "1E+300": None, "1e400": None, "-1e400": None, "NaN": None,
    "nan": None, "inf": None, "-INF": None, "Infinity": None, "-1.#IND": None, "1.#QNAN": None,
    "1.#INF": None, "0x1000": None, "4096 MB": None, "4096KB": None, "4.096.000": None,
    "4,096,000": None, "4'096": None, "++4096": None, "40 96": None, "４０９６": None, "": None,
    " ": None, "-": None, ".": None, ",": None, "e5": None, "1e": None, "\t4096": None,
    "%s%n": None, "4096;": None, "1" * 400: None, "0." + "0" * 400 + "1": 0,
    "1,5": 1.5, "4096,000000": 4096, "4096.000000": 4096, "  4096": 4096, "+4096": 4096,
    "4.096e3": 4096, "0": 0, "-0": 0, "1e-320": 0, "00000000000000004096": 4096,
    "4096." + "0" * 300: 4096,
}
BALANCER = "\\Hyper-V Dynamic Memory Balancer(System Balancer)\\Available Memory"
GUEST = "\\Memory\\Available MBytes"
READS = "\\Memory\\Page Reads/sec"


def state(value, warning, critical, low):
    """What a number is judged as, with limits below or above which it alarms."""
    if low:
        return 2 if value < critical else 1 if value < warning else 0
    return 2 if value > critical else 1 if value > warning else 0


def see(name, answer, expected, *words):
    good = not checks.fault(answer) and answer.status == expected
    if expected == 3:
        good = answer.unknown(*words)
    tap.ok(good, name, f"expected {expected}", answer)


with tempfile.TemporaryDirectory() as record:
    source = f"--source=record:{record}"
    for text, number in VALUES.items():
        shown = text if len(text) < 30 else text[:12] + "..."
        for program, path, limits in (("check_hv_balancer", BALANCER, (2048, 1024, True)),
                                      ("check_hv_guest_memory", GUEST, (64, 32, True)),
                                      ("check_hv_page_reads", READS, (10, 60, False))):
            # A rate has no upper limit that is known: it alarms.
            large = program == "check_hv_page_reads" and text in (
                "18446744073709551616", "18446744073709551615", "9223372036854775808",
                "4294967296", "4294967295", "4294967090", "1E+300")
            checks.write_counters(record, {BALANCER: "9999", GUEST: "9999", READS: "0", path: text})
            answer = checks.run(program, source)
            expected = 2 if large else 3 if number is None else state(number, *limits)
            see(f"{program}: {shown!r}", answer, expected)

        # Of a VM: what it holds, and its maximum.
        checks.write_host(record, ["web01"], physical="1024", available=99999)
        counters = open(f"{record}/counters.csv", encoding="utf-8-sig").read()
        checks.write(record, "counters.csv",
                  counters.replace('"1024.000000"', checks.quote(text)))
        answer = checks.run("check_hv_vm_memory", source)
        if number is None:
            tap.ok(answer.status == 3 and not checks.fault(answer)
                   and "web01 can't be judged" in answer.output, f"a VM holds {shown!r}", answer)
        else:
            see(f"a VM holds {shown!r}", answer, state(number / 40.96, 90, 98, False))
        checks.write_host(record, ["web01"], physical="4096", maximum=text, available=99999)
        answer = checks.run("check_hv_vm_memory", source)
        untold = not text or text.isascii() and text.isdigit() and int(text) == 0
        huge = text in ("18446744073709551616", "18446744073709551615", "9223372036854775808",
                        "1" * 400) or not text.isdigit() or not text.isascii()
        words = "its maximum RAM is not reported" if untold else "is not a number, as Limit must be"
        tap.ok(not checks.fault(answer) and
               (answer.status == 3 and words in answer.output if untold or huge else
                answer.status == (2 if int(text) == 4096 else 0)),
               f"a VM may have {shown!r}", answer)

        # Of a fight: what a VM wants, what was moved, and what there is. What is not known of a VM
        # is not judged, and what moved is then told by what it holds.
        vm = "\\Hyper-V Dynamic Memory VM(web01)\\"
        fight = {BALANCER: "64", READS: "0", vm + "Physical Memory": "1024",
                 vm + "Average Pressure": "150", vm + "Added Memory": "4096",
                 vm + "Removed Memory": "512", vm + "Guest Visible Physical Memory": "1024"}
        for counter in ("Physical Memory", "Average Pressure", "Added Memory", "Removed Memory",
                        "Guest Visible Physical Memory"):
            checks.write_host(record, ["web01"])
            checks.write_counters(record, {**fight, vm + counter: text})
            answer = checks.run("check_hv_contention", source, "-v")
            needed = counter in ("Physical Memory", "Average Pressure")
            expected = {3} if needed and number is None else {0, 2, 3} if needed else {2}
            tap.ok(not checks.fault(answer) and answer.status in expected,
                   f"check_hv_contention: {counter} {shown!r}", answer)
        for program in ("check_hv_contention", "check_hv_capacity"):
            checks.write_counters(record, {**fight, BALANCER: text})
            answer = checks.run(program, source)
            tap.ok(not checks.fault(answer) and (answer.status == 3 if number is None else
                                              answer.status in (0, 1, 2)),
                   f"{program}: {shown!r} available", answer)

        # The host's RAM, and its version.
        checks.write_host(record, ["web01"], physical="1024")
        checks.write_system(record, kilobytes=text)
        answer = checks.run("check_hv_vm_memory", source)
        usable = text.isascii() and text.isdigit() and 0 < int(text) < 2**63
        if not usable:
            see(f"the host has {shown!r} KB", answer, 3, "Win32_OperatingSystem")
        else:
            tap.ok(not checks.fault(answer) and (answer.status == 2) == (int(text) <= 1024 * 1024),
                   f"the host has {shown!r} KB", answer)
        checks.write_system(record, version=text)
        checks.write_reserve(record, "dword:00000800")
        answer = checks.run("check_hv_memory_reserve", source)
        if re.match(r"\s*\+?\d+\.\d", text):  # a version, if none that was ever sold
            tap.ok(answer.status in (1, 3) and not checks.fault(answer), f"Windows {shown!r}", answer)
        else:
            see(f"Windows {shown!r}", answer, 3, "Win32_OperatingSystem")

    # The registry.
    for data in ("dword:", "dword:123456789", "dword:-1", "dword:xyz", "hex(4):", "hex(4):1",
                 "hex(4):00,01,02", "hex(4):00,01,02,03,04", "hex(4):gg,00,00,00", "hex(b):00",
                 "hex(ffffffffff):00", "2048", '"', "hex:", "hex(4):00,\\", "dword:800 x"):
        checks.write_reserve(record, data)
        answer = checks.run("check_hv_memory_reserve", source, "--expect=2048")
        tap.ok(answer.status in (2, 3) and not checks.fault(answer), f"MemoryReserve={data}", answer)
    checks.write_reserve(record, "dword:ffffffff")
    answer = checks.run("check_hv_memory_reserve", source, "--expect=2048")
    tap.ok(answer.status == 2 and not checks.fault(answer), "MemoryReserve of 2^32 - 1 MB", answer)

    # The clock of the log.
    for when in ("13/01/2011 12:00:00.000", "02/30/2011 12:00:00.000", "09/01/0000 12:00:00.000",
                 "09/01/2011 24:00:00.000", "09/01/2011 12:60:00.000", "09/01/2011", "", "now",
                 "09/01/99999 12:00:00.000", "-9/01/2011 12:00:00.000"):
        checks.write_counters(record, {BALANCER: "9999"}, when)
        see(f"a row of {when!r}", checks.run("check_hv_balancer", source), 3, "counters.csv:2: the time stamp",
            "can't be read")
    for when in ("01/01/1970 00:00:00.000", "12/31/9999 23:59:60.999"):
        checks.write_counters(record, {BALANCER: "9999"}, when)
        see(f"a row of {when!r}", checks.run("check_hv_balancer", source, "-v"), 0)
sys.exit(tap.end())
