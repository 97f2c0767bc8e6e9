# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example of every program's --help runs, on a record, and is neither a usage error nor UNKNOWN.
TAP. (The commands that the documents show are run by tests/source/console.)
"""
import os
import re
import shlex
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

PROGRAMS, SRCDIR = os.environ["PROGRAMS"], os.environ["SRCDIR"]
EXEEXT, WRAPPER = os.environ.get("EXEEXT", ""), shlex.split(os.environ.get("PROGRAM_WRAPPER", ""))

# A record on which the examples of a program have something to say.
RECORDS = {
    "check_hv_guest_memory": "tests/data/guideline/no-reserve/vm8",
    "check_hv_vm_memory": "tests/data/formats/typeperf-file",
}
HOST = "tests/data/guideline/reserve/host"
# Where the nodes of a cluster are asked, and what is one host of it.
NODES, NODE = "tests/data/cluster/mended/nodes", "tests/data/cluster/mended/HV01"


def run(words):
    program = os.path.join(PROGRAMS, os.path.basename(words[0])) + EXEEXT
    done = subprocess.run(WRAPPER + [program] + words[1:], cwd=SRCDIR, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, timeout=600, check=False)
    return done.returncode, done.stdout.decode("utf-8", "backslashreplace")


def programs():
    names = (name[:-len(EXEEXT)] if EXEEXT else name for name in os.listdir(PROGRAMS)
             if name.endswith(EXEEXT) and os.access(os.path.join(PROGRAMS, name), os.X_OK))
    return sorted(name for name in names if re.fullmatch(r"check_hv_[a-z_]+", name))


def help_examples(program):
    status, text = run([program, "--help"])
    _, heading, examples = text.partition("\nExamples:\n")
    return [line.strip() for line in examples.split("\n") if line.startswith(f"  {program}")]


def on_records(program, words):
    """The command with records in place of the hosts that it names."""
    if not any(word.startswith("--node") for word in words):
        return words + [f"--source=record:{RECORDS.get(program, HOST)}"]
    asks_a_host = any(word.startswith("--source") for word in words)
    words = [word for word in words if not re.match("--(node|source|credentials)", word)]
    return words + [f"--nodes={NODES}"] + ([f"--source=record:{NODE}"] if asks_a_host else [])


def main():
    tap.ok(len(programs()) >= 5, "there are programs", programs())
    for program in programs():
        examples = help_examples(program)
        tap.ok(examples, f"{program} --help has examples")
        for example in examples:
            words = on_records(program, shlex.split(example))
            status, output = run(words)
            tap.ok(status in (0, 1, 2) and "Usage:" not in output, example, f"{status}: {output}")

    sys.exit(tap.end())


if __name__ == "__main__":
    main()
