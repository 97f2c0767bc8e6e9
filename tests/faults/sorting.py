#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""No order that is printed hangs on the C library: under a qsort() that changes the order of what compares
equal (qsort.c), every command-line case prints byte for byte what it prints else. TAP."""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, ".."))
import tap  # noqa: E402

CASES = os.path.join(HERE, "..", "cli")
LIBRARY = os.path.join(os.environ.get("BUILDDIR", "."), "tests/faults/qsort.so")


def main():
    calls = 0
    with tempfile.TemporaryDirectory() as scratch:
        for name in sorted(os.listdir(CASES)):
            if not name.endswith(".case"):
                continue
            counted = os.path.join(scratch, name)
            done = subprocess.run([sys.executable, os.path.join(CASES, "run"),
                                   f"--exec=env LD_PRELOAD={os.path.abspath(LIBRARY)} HOSTILE_QSORT={counted}",
                                   os.path.join(CASES, name)], capture_output=True, text=True, check=False)
            sorts = os.path.getsize(counted) if os.path.exists(counted) else 0
            calls += sorts
            bad = [line for line in done.stdout.splitlines() if not line.startswith("ok ")]
            tap.ok(done.returncode == 0, f"{name}: {sorts} sorts", *bad, done.stderr)
    tap.ok(calls > 100, f"in all, {calls} times there was something to sort")
    sys.exit(tap.end())


if __name__ == "__main__":
    main()
