# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that a tenant chose to break the check: in counters, classes and namesakes, alone and all
at once. The output stays one that NRPE, Icinga, Nagios and a terminal can take, says the same
state, and has as many lines and values as with harmless names."""
import os
import subprocess
import sys
import tempfile

import checks
from hostile import NAMES

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

GOOD = "vm good"


def source(directory):
    return f"--source=record:{directory}"


def measure(record, *options):
    return checks.run("check_hv_vm_memory", source(record), "--max-bytes=1048576",
                   *options)


def perl_reads(answer):
    """Monitoring::Plugin's parser, which is what many graphers use."""
    perfdata = answer.output.partition("|")[2]
    script = ("use Monitoring::Plugin::Performance; my @p = Monitoring::Plugin::Performance->"
              "parse_perfstring($ARGV[0]); print scalar(@p)")
    done = subprocess.run(["perl", "-e", script, perfdata.strip()], capture_output=True,
                          check=False, text=True)
    return done.stdout, done.stderr


with tempfile.TemporaryDirectory() as scratch:
    for what, name in NAMES.items():
        record = tempfile.mkdtemp(dir=scratch)
        checks.write_host(record, [name, GOOD])
        for options in ((), ("-v",), ("-v", "--all-counters", "--perfdata=all"),
                        ("-v", "--label=guid")):
            answer = measure(record, *options)
            with_name = "web01" if what not in ("case", "another VM's label") else name
            plain = tempfile.mkdtemp(dir=scratch)
            checks.write_host(plain, [with_name, GOOD])
            harmless = measure(plain, *options)
            good = (not checks.fault(answer) and answer.status == harmless.status == 2
                    and answer.output.count("\n") == harmless.output.count("\n"))
            tap.ok(good, f"{what}: {' '.join(options) or 'as it is'}",
                   checks.fault(answer) or checks.fault(harmless), answer, harmless)
        items = answer.output.partition("|")[2].count("=")
        tap.ok(perl_reads(answer) == (str(items), ""), f"{what}: Monitoring::Plugin reads all",
               answer, perl_reads(answer), items)
        tap.ok(len(answer.output.split("\n", 1)[0].encode()) < 600, f"{what}: a first line to read",
               answer)

        # Where the VM can be seen alone, by its own name.
        if "*" not in name and not name.startswith("\0"):
            answer = measure(record, f"--include={name}")
            tap.ok(not checks.fault(answer) and answer.status in (2, 3), f"{what}: --include", answer)
        # The options' errors tell it back.
        for option in ("--include", "--override", "--warning", "--source", "--at", "--encoding",
                       "--perfdata", "--extra-opts", "--state-dir"):
            answer = measure(record, f"{option}={name}", *(["--no-such"] if option == "--include"
                                                          else []))
            tap.ok(not checks.fault(answer) and answer.status == 3, f"{what}: as {option}", answer)

    # In a fight, where the first line names who takes and who gives; and as the VM that another
    # like it would be started beside.
    plain = tempfile.mkdtemp(dir=scratch)
    checks.write_host(plain, ["web01", GOOD], physical=4096, maximum=8192, pressure=150)
    for program, *options in (("check_hv_contention", "-v"), ("check_hv_contention", "--since=60"),
                              ("check_hv_capacity", "-v")):
        harmless = checks.run(program, source(plain), *options)
        for what, name in NAMES.items():
            if what in ("case", "another VM's label"):  # one VM's name twice is no harmless pair
                continue
            record = tempfile.mkdtemp(dir=scratch)
            checks.write_host(record, [name, GOOD], physical=4096, maximum=8192, pressure=150)
            answer = checks.run(program, source(record), *options)
            tap.ok(not checks.fault(answer) and answer.status == harmless.status != 3
                   and answer.output.count("\n") == harmless.output.count("\n")
                   and len(answer.output.split("\n", 1)[0].encode()) < 700,
                   f"{what}: {program} {' '.join(options)}", answer, harmless)

    # As a balancer's node, and as a counter that is nowhere.
    for what, name in NAMES.items():
        record = tempfile.mkdtemp(dir=scratch)
        checks.write_counters(record, {
            f"\\Hyper-V Dynamic Memory Balancer({node})\\Available Memory": "100"
            for node in (name, "Node 1")})
        answer = checks.run("check_hv_balancer", source(record), "-v", "--all-counters")
        tap.ok(not checks.fault(answer) and answer.status == 2, f"{what}: a balancer", answer)

    # All of them on one host, within every budget, and as bytes that are no UTF-8.
    record = tempfile.mkdtemp(dir=scratch)
    checks.write_host(record, list(NAMES.values()))
    for budget in (256, 1023, 2048, 8192, 65536, 1048576):
        for mode in ("auto", "all", "summary", "none"):
            answer = checks.run("check_hv_vm_memory", source(record), "-v", f"--max-bytes={budget}",
                             f"--perfdata={mode}")
            size = len(answer.bytes)
            summary = len(answer.output.split("\n")[0].encode()) + 260
            tap.ok(not checks.fault(answer) and answer.status == 2 and size <= max(budget, summary),
                   f"all names in {budget} bytes, perfdata {mode}: {size} bytes", answer)
    for what, encode in (("Windows-1252", lambda t: t.encode("cp1252", "replace")),
                         ("CP932", lambda t: t.encode("cp932", "replace")),
                         ("UTF-16", lambda t: b"\xff\xfe" + t.encode("utf-16le")),
                         ("cut UTF-8", lambda t: t.encode()[:-1] + b"\xe6\n"),
                         ("lone surrogates", lambda t: b"\xff\xfe" + b"".join(
                             c.encode("utf-16le") + (b"\x00\xd8" if c == "x" else b"")
                             for c in t)),
                         ("every byte", lambda t: t.encode("utf-8").replace(
                             b"HTML", bytes(set(range(128, 256)))))):
        broken = tempfile.mkdtemp(dir=scratch)
        for file in os.listdir(record):
            with open(os.path.join(record, file), encoding="utf-8-sig", newline="") as content:
                checks.write(broken, file, encode(content.read().replace("<script>", "HTML")))
        answer = checks.run("check_hv_vm_memory", source(broken), "-v", "--perfdata=all")
        tap.ok(not checks.fault(answer) and answer.status in (2, 3), f"all names in {what}", answer)

    # What is recorded of them reads as the same.
    record_of = os.path.join(scratch, "again")
    first = checks.run("check_hv_vm_memory", source(record), "--perfdata=all",
                    "--max-bytes=1048576", f"--record={record_of}")
    second = checks.run("check_hv_vm_memory", source(record_of), "--perfdata=all",
                     "--max-bytes=1048576")
    tap.ok(first.status == second.status == 2 and first.output == second.output,
           "a record of a record says the same", first, second)
sys.exit(tap.end())
