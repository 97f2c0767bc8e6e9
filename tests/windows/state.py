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


def mean_since_previous_run(scratch):
    """The double's ticks pass as fast as the wall clock, or else the check thinks one was set."""
    state = os.path.join(scratch, "state")
    begin = time.time()
    first = run(scratch, state, (1000, 1000), (1000, 1001))
    time.sleep(6)
    passed = round(time.time() - begin)
    second = run(scratch, state, (1000 + 120 * passed, 1001 + passed))
    return (expect(first, 0, "HV PAGE READS OK - 0 page reads/s") or
            expect(second, 2, "page reads/s (critical above 60)", "since the previous run"))


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
    test("the mean since the previous run", mean_since_previous_run(folder))
    test("nobody else may write to the directory", with_mode(folder, "directory", 0o777))
    test("nor to the file", with_mode(folder, "file", 0o666))
    # Wine shows administrators, who may read it too, as the group.
    test("a state that is kept is for its user and administrators alone",
         [name for name in glob.glob(os.path.join(folder, "state", "*"))
          if os.stat(name).st_mode & 0o027] +
         ([] if os.listdir(os.path.join(folder, "state")) else ["there is none"]))
print(f"1..{number}")
sys.exit(1 if failed else 0)
