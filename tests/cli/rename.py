#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""contrib/record/rename: what the checks say of a record whose names were changed is what they said before, under
the new names; and no old name is left in any file. TAP."""
import os
import re
import subprocess
import sys
import tempfile

SRCDIR = os.environ.get("SRCDIR", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
PROGRAMS = os.environ.get("PROGRAMS", "plugins")
DATA = os.path.join(SRCDIR, "tests/data")
RENAME = os.path.join(SRCDIR, "contrib/record/rename")
CHECKS = ["balancer", "vm_memory", "page_reads", "memory_reserve", "contention", "capacity"]
RECORDS = ["guideline/no-reserve/host", "guideline/dynamic-88/host", "newer/2025", "newer/2019", "newer/client",
           "formats/typeperf-file", "formats/typeperf-stdout-de", "formats/relog-tsv", "formats/utf16", "formats/utf16be",
           "formats/cp932", "formats/utf8-ja", "formats/cp1252", "formats/odd-names", "formats/numa", "formats/blanks"]
number = failed = 0


def test(title, problems):
    global number, failed
    number += 1
    failed += bool(problems)
    print(f"{'not ok' if problems else 'ok'} {number} - {title}", flush=True)
    for problem in problems:
        print("# " + str(problem).replace("\n", "\n# "))


def check(name, record):
    # each VM has a line, whoever is named first; labels of odd names are GUIDs, which change
    words = ["--perfdata=none", "--max-bytes=60000"] + (["-v"] if name == "vm_memory" else [])
    done = subprocess.run([os.path.join(PROGRAMS, "check_hv_" + name), "--source=record:" + record, *words],
                          stdout=subprocess.PIPE, check=False, encoding="utf-8")
    lines = re.sub(r", label [0-9A-F]{8}", "", done.stdout.replace(record, "DIR")).split("\n")
    return done.returncode, lines


def translated(lines, told):
    """With the new names; the text shows some characters of a name in a form of its own."""
    for old, new in sorted(told.items(), key=lambda pair: -len(pair[0])):
        for shown in (old, old.replace("\\", "/").replace("|", "¦")):
            lines = [re.sub(rf"(?<![\w.]){re.escape(shown)}(?!\w)", new, line, flags=re.I) for line in lines]
    return sorted(lines)


def rename(record, scratch, *words):
    target = os.path.join(scratch, record.replace("/", "-"))
    done = subprocess.run([RENAME, os.path.join(DATA, record), target, *words], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, encoding="utf-8")
    return target, done


def one(record, scratch):
    target, done = rename(record, scratch)
    if done.returncode:
        return [done.stdout]
    told = dict(reversed(line.split(" = ", 1)) for line in done.stdout.split("\n") if line)
    problems = []
    for name in CHECKS:
        status, lines = check(name, os.path.join(DATA, record))
        got_status, got = check(name, target)
        wanted, got = translated(lines, told), translated(got, {})
        if (status, wanted) != (got_status, got):
            problems.append(f"check_hv_{name}: expected {status}: " + "\n".join(wanted) + f"\ngot {got_status}: " +
                            "\n".join(got))
    for name in os.listdir(target):
        with open(os.path.join(target, name), "rb") as file:
            text = file.read()
        text = text.decode("utf-16" if name == "registry.reg" else "utf-8-sig")
        problems += [f"{name} has '{old}'" for old in told if len(old) > 2 and old.lower() in text.lower()
                     and not re.fullmatch(r"(VM|HOST)\d+", old)]
        if os.path.getmtime(os.path.join(target, name)) != os.path.getmtime(os.path.join(DATA, record, name)):
            problems.append(f"{name}: of another time")
    return problems + ([] if told else ["no name was changed"])


def main():
    with tempfile.TemporaryDirectory() as scratch:
        for record in RECORDS:
            test(record, one(record, scratch))
        target, done = rename("formats/typeperf-file", scratch)
        test("what is there is left alone", [] if done.returncode and "File exists" in done.stdout else [done.stdout])
        target, done = rename("formats", scratch)
        test("a directory that is no record", [] if done.returncode == 1 and "no record" in done.stdout and
             not os.path.exists(target) else [done.stdout])
        target, done = rename("formats/cp1252", scratch + "/none", "--encoding=utf-8")
        test("an encoding that it is not", [] if done.returncode == 1 and "Say --encoding" in done.stdout else [done.stdout])
    print(f"1..{number}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
