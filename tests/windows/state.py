# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check keeps for its next run, on Windows: the mean since then, and whom it trusts. TAP."""
import glob
import os
import subprocess
import sys
import tempfile
import time

WRAPPER = os.environ["PROGRAM_WRAPPER"]
PROGRAM = os.path.join(os.environ["PROGRAMS"], "doubles", "check_hv_page_reads.exe")
FREQUENCY = 10_000_000
number = failed = 0


def test(title, problems):
    global number, failed
    number += 1
    failed += bool(problems)
    print(f"{'not ok' if problems else 'ok'} {number} - {title}", flush=True)
    for problem in problems:
        print("# " + problem.replace("\n", "\n# "))


def run(scratch, state, *samples):
    """Run the check; samples are (count, seconds since the start of the system)."""
    scenario = os.path.join(scratch, "host")
    with open(scenario, "w", encoding="utf-8") as file:
        file.write(f"raw \\Memory\\Page Reads/sec = 0x10410400 {FREQUENCY} " + " ".join(
            f"{count}/{int(seconds * FREQUENCY)}" for count, seconds in samples) + "\n")
    done = subprocess.run([WRAPPER, PROGRAM, "-v", f"--state-dir={state}"], check=False,
                          env=dict(os.environ, SCENARIO=scenario), encoding="utf-8",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def expect(result, status, *parts):
    return [] if result[0] == status and all(part in result[1] for part in parts) else [
        f"expected {status} and {parts}", f"got {result[0]}: {result[1]}"]


# A counter between two runs. Of the first run the second of its samples is kept; in the next one the
# counter and the clock of the system stand this much further, or where they say.
BETWEEN_RUNS = {
    # title: (count that is kept, count and seconds of the system in the next run, what it must say)
    "the mean since the previous run": (
        1000, lambda passed: (1000 + 120 * passed, 1001 + passed),
        (2, "page reads/s (critical above 60)", "since the previous run")),
    "a counter that passed 2^32 meanwhile": (
        2**32 - 200, lambda passed: (120 * passed - 200, 1001 + passed),
        (2, "page reads/s (critical above 60)", "since the previous run")),
    "a counter that began again": (
        2**31, lambda passed: (50, 1001 + passed),
        (0, "HV PAGE READS OK - 0 page reads/s", "measured for 1.0 s",
         "the counter started again since")),
    "a system that began again": (
        1000, lambda passed: (2000, 3),
        (0, "HV PAGE READS OK - 0 page reads/s", "measured for 1.0 s",
         "from before the system started")),
}


def between_runs(scratch):
    """The double's ticks pass as fast as the wall clock, or else the check thinks one was set."""
    begun = {}
    for title, (kept, _, _) in BETWEEN_RUNS.items():
        state = os.path.join(scratch, "state", title.replace(" ", "-").replace("^", ""))
        begun[title] = (state, time.time())
        problems = expect(run(scratch, state, (kept, 1000), (kept, 1001)), 0,
                          "HV PAGE READS OK - 0 page reads/s")
        if problems:
            test(title, problems)
            return
    time.sleep(6)
    for title, (_, later, expected) in BETWEEN_RUNS.items():
        state, begin = begun[title]
        count, seconds = later(round(time.time() - begin))
        test(title, expect(run(scratch, state, (count, seconds), (count, seconds + 1)), *expected))


def with_mode(scratch, what, mode):
    """Let others write to the directory or the file; the next run must not read it."""
    state = os.path.join(scratch, "open-" + what)
    run(scratch, state, (1000, 1000), (1000, 1001))
    names = glob.glob(os.path.join(state, "*.state"))
    if len(names) != 1:
        return [f"no state was kept: {names}"]
    os.chmod(state if what == "directory" else names[0], mode)
    return expect(run(scratch, state, (1, 1), (2, 2)), 0, "measured for 1.0 s", "others can write to it")


with tempfile.TemporaryDirectory() as folder:
    between_runs(folder)
    test("nobody else may write to the directory", with_mode(folder, "directory", 0o777))
    test("nor to the file", with_mode(folder, "file", 0o666))
    # Wine shows administrators, who may read it too, as the group.
    test("a state that is kept is for its user and administrators alone",
         [name for name in glob.glob(os.path.join(folder, "state", "*", "*"))
          if os.stat(name).st_mode & 0o027] +
         ([] if os.listdir(os.path.join(folder, "state")) else ["there is none"]))
print(f"1..{number}")
sys.exit(1 if failed else 0)
