# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documents show is what the programs do. TAP.

- Every example of every program's --help runs on a record, and is neither a usage error nor UNKNOWN.
- Every command in a ```console block of README.md runs from the top of the source tree, with the programs
  of the build tree, and prints what stands below it, byte for byte. [exit N] behind the output is the exit
  status, where it is not 0.
"""
import os
import re
import shlex
import subprocess
import sys

PROGRAMS, SRCDIR = os.environ["PROGRAMS"], os.environ["SRCDIR"]
EXEEXT, WRAPPER = os.environ.get("EXEEXT", ""), shlex.split(os.environ.get("PROGRAM_WRAPPER", ""))

# A record on which the examples of a program have something to say.
RECORDS = {
    "check_hv_guest_memory": "tests/data/guideline/no-reserve/vm8",
    "check_hv_vm_memory": "tests/data/formats/typeperf-file",
}
HOST = "tests/data/guideline/reserve/host"


def run(words):
    program = os.path.join(PROGRAMS, os.path.basename(words[0])) + EXEEXT
    done = subprocess.run(WRAPPER + [program] + words[1:], cwd=SRCDIR, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, timeout=120, check=False)
    return done.returncode, done.stdout.decode("utf-8", "backslashreplace")


def programs():
    names = (name[:-len(EXEEXT)] if EXEEXT else name for name in os.listdir(PROGRAMS)
             if name.endswith(EXEEXT) and os.access(os.path.join(PROGRAMS, name), os.X_OK))
    return sorted(name for name in names if re.fullmatch(r"check_hv_[a-z_]+", name))


def help_examples(program):
    status, text = run([program, "--help"])
    _, heading, examples = text.partition("\nExamples:\n")
    return [line.strip() for line in examples.split("\n") if line.startswith(f"  {program}")]


def console_blocks(path):
    """(line number, command, output, exit status) of each command."""
    with open(os.path.join(SRCDIR, path), encoding="utf-8") as file:
        lines = file.read().split("\n")
    inside, commands = False, []
    for number, line in enumerate(lines, 1):
        if line.startswith("```"):
            inside = line == "```console"
        elif inside and line.startswith("$ "):
            commands.append([number, line[2:], "", 0])
        elif inside and commands and re.fullmatch(r"\[exit \d+\]", line):
            commands[-1][3] = int(line[6:-1])
        elif inside and commands:
            commands[-1][2] += line + "\n"
        elif inside:
            commands.append([number, line, "", 0])
    return commands


class Tap:
    number = failed = 0

    def ok(self, passed, title, *notes):
        self.number += 1
        self.failed += not passed
        print(f"{'ok' if passed else 'not ok'} {self.number} - {title}")
        for note in () if passed else notes:
            print("# " + str(note).replace("\n", "\n# "))


def main():
    tap = Tap()
    tap.ok(len(programs()) >= 5, "there are programs", programs())
    for program in programs():
        examples = help_examples(program)
        tap.ok(examples, f"{program} --help has examples")
        for example in examples:
            words = shlex.split(example) + [f"--source=record:{RECORDS.get(program, HOST)}"]
            status, output = run(words)
            tap.ok(status in (0, 1, 2) and "Usage:" not in output, example, f"{status}: {output}")

    commands = console_blocks("README.md")
    tap.ok(commands, "README.md shows commands")
    for number, command, expected, expected_status in commands:
        words = shlex.split(command)
        if not words or words[0] not in [f"plugins/{program}" for program in programs()]:
            tap.ok(False, f"README.md:{number}: {command}", "not one of our programs")
            continue
        status, output = run(words)
        tap.ok((status, output) == (expected_status, expected), f"README.md:{number}: {command}",
               f"expected {expected_status}: {expected}", f"got      {status}: {output}")
    print(f"1..{tap.number}")
    sys.exit(1 if tap.failed else 0)


if __name__ == "__main__":
    main()
