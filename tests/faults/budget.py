# SPDX-License-Identifier: GPL-3.0-or-later
"""--max-bytes is never exceeded: every check, the longest names that tenants can choose, every mode of
--perfdata, with -v and without, budgets from the least on. The state and the exit status are those
without a budget; a class of perfdata is there whole or not at all, and does not depend on which VM
is worst and stands in the first line."""
import itertools
import os
import re
import sys
import tempfile

import checks

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

LEAST = 256
SUMMARY_STAYS = 1023  # what NRPE's version 2 has room for
NAMES = ["業" * 64, "\U0001f600" * 64, "|" * 64, "\x01" * 64, "x" * 300, "a b " * 16, "db01", "web01"]
PROGRAMS = [
    ("check_hv_balancer", "-w", "9999999:", "--parent-warning=1:2"),
    ("check_hv_balancer", "--all-counters"),
    ("check_hv_vm_memory",),
    ("check_hv_vm_memory", "--all-counters", "--label=guid"),
    ("check_hv_contention",),
    ("check_hv_contention", "--since=60"),
    ("check_hv_capacity", "--incoming=999GB", "-w", "1234567:", "-c", "123456:"),
    ("check_hv_guest_memory",),
    ("check_hv_page_reads", "-w", "@1:1000000", "-c", "@1:1000000"),
    ("check_hv_memory_reserve",),
    ("check_hv_memory_reserve", "--expect=2048"),
]
BUDGETS = [LEAST, LEAST + 1, *range(281, 1100, 61), SUMMARY_STAYS, *range(1101, 5000, 347)]


def labels(answer):
    return re.findall("'([^']*)'=", answer.output.partition(" |")[2])


def head(answer):
    """What a first line must begin with: the check and its state."""
    return answer.output.split(" - ", 1)[0]


def make_host(directory, worst):
    """A host on which this one takes from the others: in the row before it had less."""
    record = tempfile.mkdtemp(dir=directory)
    checks.write_host(record, NAMES, physical=4096, maximum=8192, pressure=150)
    checks.write_reserve(record, "dword:00000010")
    path = record + "/counters.csv"
    with open(path, encoding="utf-8-sig", newline="") as file:
        header, values = (line.split(",") for line in file.read().split("\r\n")[:2])
    before = ['"09/01/2011 11:59:00.000"', *values[1:]]
    for column, title in enumerate(header):
        if f"({NAMES[worst]})\\Physical Memory" in title:
            before[column], values[column] = '"4000.000000"', '"8100.000000"'
        elif "Physical Memory" in title:  # what was removed
            before[column] = '"4596.000000"'
        elif f"({NAMES[worst]})\\Average Pressure" in title:
            values[column] = '"250.000000"'
    for number, name in enumerate(NAMES):
        for counter, was, now in (("Added Memory", 0, 4100 if number == worst else 0),
                                  ("Removed Memory", 0, 0 if number == worst else 500)):
            header.append(f'"\\\\H\\Hyper-V Dynamic Memory VM({name})\\{counter}"')
            before.append(f'"{was}"')
            values.append(f'"{now}"')
    checks.write(record, "counters.csv", "".join(",".join(row) + "\r\n" for row in (header, before, values)))
    return record


with tempfile.TemporaryDirectory() as scratch:
    hosts = [make_host(scratch, worst) for worst in range(len(NAMES))]
    shortened = set()
    for program, *options in PROGRAMS:
        for mode, verbose in itertools.product(("auto", "all", "summary", "none"), ((), ("-v",))):
            def run(budget, mode=mode):
                return checks.run(program, *options, *verbose, f"--source=record:{hosts[0]}",
                               f"--perfdata={mode}", f"--max-bytes={budget}")

            wrong = []
            whole, summary = run(1048576), labels(run(1048576, "summary"))
            for budget in BUDGETS:
                answer = run(budget)
                got = labels(answer)
                if (len(answer.bytes) > budget or checks.fault(answer) or answer.status != whole.status
                        or head(answer) != head(whole)
                        or got not in ([], labels(whole), summary)
                        or (mode != "none" and budget >= SUMMARY_STAYS and not got)):
                    wrong.append((budget, len(answer.bytes), checks.fault(answer), answer))
                if "…" in answer.output.split("\n")[0] and "…" not in whole.output.split("\n")[0]:
                    shortened.add(program)
            tap.ok(not wrong and (mode == "none") == (not labels(whole)),
                   f"{program} {' '.join([*options, mode, *verbose])}: within every budget",
                   len(wrong), *wrong[:3])
    tap.ok({"check_hv_vm_memory", "check_hv_contention"} <= shortened, "first lines were shortened",
           shortened)

    # Whoever is worst: every one of them, at budgets around which classes go.
    for program in ("check_hv_vm_memory", "check_hv_contention", "check_hv_capacity"):
        for budget in (LEAST, 500, 600, 700, 1023, 1500, 2000, 2500, 3000, 4096):
            answers = [checks.run(program, f"--source=record:{host}", f"--max-bytes={budget}")
                       for host in hosts]
            sets = {len(labels(answer)) for answer in answers}
            tap.ok(len(sets) == 1 and all(len(answer.bytes) <= budget for answer in answers)
                   and len({answer.status for answer in answers}) == 1,
                   f"{program} in {budget} bytes: as many items whoever is worst", sets, *answers[:2])

    # What is no answer has a budget, too: mistakes in options, files that are not there.
    long = "/no/such/" + "directory/" * 60
    for arguments in ((f"--source=record:{long}",), (f"--extra-opts=@{long}",), (f"--no{long}",),
                      (f"--warning={long}",), (f"--include={long}", f"--max-age={long}"), ("x" * 5000,),
                      (f"--source=record:{hosts[0]}", f"--at={long}"),
                      (f"--source=record:{hosts[0]}", f"--encoding={'業' * 500}")):
        for program, budget in itertools.product(("check_hv_vm_memory", "check_hv_memory_reserve"),
                                                 (LEAST, 300, 400, 512, 1023)):
            for order in (1, -1):
                answer = checks.run(program, *([*arguments, f"--max-bytes={budget}"][::order]))
                tap.ok(len(answer.bytes) <= budget and answer.status == 3 and not checks.fault(answer),
                       f"{program} {arguments[0][:30]}... in {budget} bytes", answer)
sys.exit(tap.end())
