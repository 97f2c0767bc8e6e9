# SPDX-License-Identifier: GPL-3.0-or-later
"""What users were promised: options, perfdata labels and first lines. TAP; --update writes the lists anew.

interface.txt is the list as it is promised now. What a check no longer has, or has otherwise, broke a
promise: NEWS must say so under "Interface". And the cases hold the labels and the checks together:
each that is printed is declared, in the declared order and unit, and each that is declared is
printed in some case.

interface-1.txt is what version 1.0.0 promised, with the first lines of its cases. It holds for all that begin with
1: more may come, nothing may go or change. It is written until that version has its tag, and never again.
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


def major_version():
    with open(os.path.join(SRCDIR, "configure.ac"), encoding="utf-8") as file:
        return re.search(r"^AC_INIT\(\[[^]]*\], \[(\d+)", file.read(), re.M)[1]


def released_path():
    return os.path.join(SRCDIR, "tests", "source", f"interface-{major_version()}.txt")


def is_tagged():
    tag = f"refs/tags/v{major_version()}.0.0"
    return subprocess.run(["git", "-C", SRCDIR, "rev-parse", "-q", "--verify", tag], check=False,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def first_lines():
    """(command, status, first line without perfdata) of the cases that read nothing but the tree's records. What an
    UNKNOWN says may become clearer: that is no promise."""
    found = {}
    for path in sorted(glob.glob(os.path.join(SRCDIR, "tests", "cli", "*.case"))):
        if path.endswith("-linux.case"):
            continue
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for command, status, line in re.findall(r"^\$ (check_hv_\w+ .*--source=record:.*)\n\? ([012])\n(.*)$", text, re.M):
            if "{TMP}" not in command:
                found[command] = (status, line.split(" | ")[0])
    return [(command, *found[command]) for command in sorted(found)]


def answer(command):
    words = shlex.split(command)
    done = subprocess.run([os.path.join(os.environ["PROGRAMS"], words[0]), *words[1:]], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, cwd=os.environ["DATA"], encoding="utf-8", check=False)
    return str(done.returncode), done.stdout.split("\n")[0].split(" | ")[0]


def write(path, lines):
    with open(path, "w", encoding="utf-8") as file:
        file.write("".join(line + "\n" for line in lines))


def update(now):
    write(PROMISED, now)
    if major_version() != "0" and not is_tagged():
        lines = [line for command, status, first in first_lines() for line in (f"$ {command}", f"? {status} {first}")]
        write(released_path(), [*now, *lines])


def test_release(now):
    """What the release promised, against what is there; each first line is asked for again."""
    title = f"what {major_version()}.0.0 promised is there, as it was"
    if not tap.ok(os.path.exists(released_path()), f"{major_version()}.0.0 has its list (make update-interface)"):
        return
    with open(released_path(), encoding="utf-8") as file:
        lines = file.read().split("\n")[:-1]
    asked = [line[2:] for line in lines if line.startswith("$ ")]
    told = [tuple(line[2:].split(" ", 1)) for line in lines if line.startswith("? ")]
    tap.clean(title, [line for line in lines if line[:2] not in ("$ ", "? ") and line not in now])
    tap.clean(f"and each of {len(told)} first lines", [
        f"{command}\nexpected {then}\ngot      {got}" for command, then, got in
        ((command, then, answer(command)) for command, then in zip(asked, told)) if then != got])
    tap.ok(len(told) == len(asked) > 100, "which are many")


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
        update(now)
        return
    if major_version() != "0":
        test_release(now)
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
