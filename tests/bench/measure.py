# SPDX-License-Identifier: GPL-3.0-or-later
"""Instructions, processor time and memory of a program."""
import json
import os
import re
import shlex
import shutil
import statistics
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))


def build(compiler, directory):
    """The empty program and the one that measures memory; returns their paths."""
    empty, memory = (os.path.join(directory, name) for name in ("empty", "memory"))
    subprocess.run([*compiler, "-O2", "-o", empty, f"{HERE}/empty.c"], check=True)
    subprocess.run([*compiler, "-O2", "-static", "-o", memory, f"{HERE}/memory.c"], check=True)
    return empty, memory


def need(*tools):
    for tool in tools:
        if not shutil.which(tool):
            raise SystemExit(f"not installed: {tool}")


def answer(command):
    """What it prints. A program that fails would be fast, and measured for nothing."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=False)
    if done.returncode or done.stderr:
        raise SystemExit(f"{' '.join(command)}: {done.returncode} {done.stdout}{done.stderr}")
    return done.stdout


def instructions(command, environment=None):
    """In user space, from the first of the dynamic loader to the last: exact, and the same in every
    run but for what the kernel's files say."""
    done = subprocess.run([shutil.which("valgrind"), "--tool=callgrind",
                           "--callgrind-out-file=/dev/null", *command],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env=environment, check=False)
    count = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not count:
        raise SystemExit(f"valgrind {' '.join(command)}: {done.returncode} {done.stderr}")
    return int(count[1])


def seconds(command, runs, prepare=("true",)):
    """Processor time, user and system: the mean of so many runs."""
    done = subprocess.run(["hyperfine", "--shell=none", "--style=none", "--warmup=10",
                           f"--runs={runs}", "--export-json=/dev/stdout",
                           f"--prepare={shlex.join(prepare)}", shlex.join(command)],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    result = json.loads(done.stdout[done.stdout.index("{"):])["results"][0]
    return result["user"] + result["system"]


def kilobytes(memory, command, prepare=("true",)):
    """Resident at most; the median, since it depends on what of the libraries is in memory."""
    def once():
        answer(prepare)
        return int(answer([memory, *command]))
    return int(statistics.median(once() for _ in range(25)))
