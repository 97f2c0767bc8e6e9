# SPDX-License-Identifier: GPL-3.0-or-later
"""What users were promised: options and perfdata labels. TAP; --update writes the list anew.

interface.txt is the list as it was promised. What a check no longer has, or has otherwise, broke a
promise: NEWS must say so under "Interface". And the cases hold the labels and the checks together:
each that is printed is declared, in the declared order and unit, and each that is declared is
printed in some case.
"""
import glob
import json
import os
import re
import shlex
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

SRCDIR = os.environ["SRCDIR"]
PROMISED = os.path.join(SRCDIR, "tests", "source", "interface.txt")
ITEM = re.compile(r"'([^']+)'=(?:U|-?[0-9.]+)([A-Za-z%]*)")


def describe():
    command = shlex.split(os.environ.get("PROGRAM_WRAPPER", ""))
    command.append(os.path.join(os.environ["PROGRAMS"], "describe") + os.environ.get("EXEEXT", ""))
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout)


def interface(suite):
    for check in sorted(suite["checks"], key=lambda check: check["program"]):
        program = check["program"]
        for option in sorted(check["options"], key=lambda option: option["name"]):
            yield " ".join(filter(None, [
                program, f"--{option['name']}", option["letter"] and f"-{option['letter']}",
                option["argument"], option["repeats"] and "...",
                option["default"] is not None and f"default {option['default']}"]))
        for label in check["labels"]:
            yield f"{program} '{label['name']}' {label['unit']}".rstrip()


def pattern_of(label):
    return re.compile(re.sub(r"<\w+>", r"[A-Za-z0-9_.\\- ]+", re.escape(label["name"]).replace(r"\<", "<")
                             .replace(r"\>", ">")) + r"\Z")


def printed(path):
    """(program, [(label, unit)]) of every answer in a file of cases."""
    program = None
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("$ "):
                found = re.search(r"\bcheck_hv_\w+", line)
                program = found.group() if found else None
            elif " | '" in line and program:
                yield program, ITEM.findall(line.split(" | ", 1)[1])


def main():
    suite = describe()
    now = list(interface(suite))
    if "--update" in sys.argv:
        with open(PROMISED, "w", encoding="utf-8") as file:
            file.write("".join(line + "\n" for line in now))
        return
    with open(PROMISED, encoding="utf-8") as file:
        promised = file.read().split("\n")[:-1]
    tests = [("what was promised is there, as it was", [line for line in promised if line not in now]),
             ("what is there was promised (make update-interface)",
              [line for line in now if line not in promised])]
    rows = {check["program"]: [(pattern_of(label), label) for label in check["labels"]]
            for check in suite["checks"]}
    seen, wrong = set(), []
    for path in sorted(glob.glob(os.path.join(SRCDIR, "tests", "cli", "*.case"))):
        for program, items in printed(path):
            for label, unit in items:
                # The most exact row: "worst_pressure" is no "<vm>_pressure".
                fits = [row for pattern, row in rows[program] if pattern.match(label)]
                fits.sort(key=lambda row: ("<" in row["name"], -len(row["name"])))
                if not fits or fits[0]["unit"] != unit:
                    wrong.append(f"{os.path.basename(path)}: {program} prints '{label}' {unit}")
                else:
                    seen.add((program, fits[0]["name"]))
    tests.append(("every label that is printed is declared, with its unit", sorted(set(wrong))))
    tests.append(("every label that is declared is printed in some case",
                  [f"{program} '{label['name']}'" for program, labels in rows.items()
                   for _, label in labels if (program, label["name"]) not in seen]))
    for title, broken in tests:
        tap.clean(title, broken)
    sys.exit(tap.end())


if __name__ == "__main__":
    main()
