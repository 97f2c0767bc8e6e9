# SPDX-License-Identifier: GPL-3.0-or-later
"""The state file: no room, no right, killed at any moment, other clocks, many at once. Errors of the
disk and the jumps of the clock are made by a preloaded library (shim.c); the rest is real."""
import concurrent.futures
import glob
import os
import shutil
import sys
import tempfile

import checks

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

CHECK = "check_hv_page_reads"


def check(directory, *more, **how):
    more = more or (checks.PATIENT,)
    return checks.run(CHECK, "-v", f"--state-dir={directory}", *more, **how)


def own(directory):
    """Where this account keeps its own in it."""
    return os.path.join(directory, str(os.geteuid()))


def states(directory):
    return sorted(os.listdir(own(directory))) if os.path.isdir(own(directory)) else []


def is_answer(answer, *words):
    return answer.status in (0, 1, 2) and not checks.fault(answer) and all(
        word in answer.output for word in words)


def age(directory, seconds=7):
    """Make the kept sample older, of a check that runs every minute, with a checksum that is right
    again: see state_file.h. A rate needs a sample of at least 5 s, and a test has no time to wait."""
    (path,) = glob.glob(own(directory) + "/*.state")
    with open(path, "rb") as file:
        lines = file.read().split(b"\n")[:-2]
    lines = [line for line in lines if not line.startswith(b"every ")]
    number = next(i for i, line in enumerate(lines) if line.startswith(b"page_reads "))
    key, total, ticks, frequency, bits, wall = lines[number].split(b" ")
    ticks = str(int(ticks) - seconds * int(frequency)).encode()
    wall = str(int(wall) - seconds * 1000).encode()
    lines[number:number + 1] = [b" ".join([key, total, ticks, frequency, bits, wall]), b"every 60.0"]
    body = b"\n".join(lines) + b"\n"
    checksum = 14695981039346656037
    for byte in body:
        checksum = (checksum ^ byte) * 1099511628211 % 2**64
    with open(path, "wb") as file:
        file.write(body + b"end %016x\n" % checksum)


with tempfile.TemporaryDirectory() as scratch:
    home = os.path.join(scratch, "state")
    first = check(home)
    tap.ok(is_answer(first, "measured for") and len(states(home)) == 1, "a first run keeps a state",
           first, states(home))
    age(home)
    tap.ok(is_answer(check(home), "since the previous run"), "a second one uses it")

    # --- no room, no right: the check answers, says what it went without, and leaves nothing
    for error in ("openat=EROFS", "openat=ENOSPC", "write=ENOSPC", "write=EDQUOT", "fsync=EIO",
                  "renameat=EROFS", "renameat=ENOSPC"):
        age(home)
        before = open(glob.glob(own(home) + "/*.state")[0], "rb").read()
        answer = check(home, fault=error)
        after = open(glob.glob(own(home) + "/*.state")[0], "rb").read()
        tap.ok(is_answer(answer, "since the previous run", "could not be kept for the next run")
               and after == before and len(states(home)) == 1,
               f"{error}: the old state stays, nothing else does", answer, states(home))

    # --- killed before each call that changes a file
    for number in range(1, 40):
        age(home)
        answer = check(home, fault=f"kill={number}")
        if answer.status >= 0:
            break
        age(home)  # whole: or its lines and checksum could not be made older
        leftover = [name for name in states(home) if not name.endswith(".state")]
        after = check(home)
        tap.ok(answer.status == -9 and is_answer(after, "since the previous run")
               and len(leftover) <= 1,
               f"killed before change {number}: the state is whole, old or new", answer, after,
               leftover)
        for name in leftover:  # a minute later
            os.utime(os.path.join(own(home), name), (0, 0))
        age(home)
        after = check(home)
        tap.ok(is_answer(after, "since the previous run") and len(states(home)) == 1
               and "was not kept" not in after.output,
               f"killed before change {number}: what it left is taken away", after, states(home))
    tap.ok(number > 4 and is_answer(answer), f"killed at each of {number - 1} moments", answer)

    # --- clocks
    for seconds in (86400, -86400, 600, -600):
        age(home)
        answer = check(home, fault=f"clock={seconds}")
        # A jump that is longer than the system runs looks like a start of the system in between.
        tap.ok(is_answer(answer, "measured for") and
               ("the clock was set since" in answer.output
                or (seconds > 0 and "from before the system started" in answer.output)),
               f"the clock jumps by {seconds} s", answer)
        shutil.rmtree(home)
        check(home)

    # --- what is lost is said, at -v or not, and perfdata is not touched by it
    age(home)
    for error in ("openat=ENOSPC", "renameat=EROFS"):
        answer = checks.run(CHECK, checks.PATIENT, f"--state-dir={home}", fault=error)
        tap.ok(is_answer(answer, "\nthis sample could not be kept for the next run: ",
                         "without it each run measures for a moment only")
               and answer.output.count("=") == 1 and answer.output.count("\n") == 2
               and "give this account" not in answer.output, f"{error}: said without -v", answer)
        age(home)
    answer = checks.run(CHECK, checks.PATIENT, f"--state-dir={home}")
    tap.ok(is_answer(answer) and answer.output.count("\n") == 1, "nothing is said where all is well",
           answer)
    shutil.rmtree(home)
    answer = checks.run(CHECK, checks.PATIENT, f"--state-dir={home}")
    tap.ok(is_answer(answer) and answer.output.count("\n") == 1, "nor in a first run", answer)

    # --- the least timeout. A machine that is busy may leave no time in it: one of ten has some.
    shutil.rmtree(home)
    for what, words in (("measures for what is left", ("measured for 0.",)),
                        ("counts from the previous run", ("since the previous run",))):
        for _ in range(10):
            answer = check(home, "-t1")
            if is_answer(answer, *words):
                break
        tap.ok(is_answer(answer, *words), f"-t 1 {what}", answer)
        age(home)

    answer = checks.run(CHECK, f"--state-dir={home}-none", "-t10", fault="late=10")
    tap.ok(answer.status == 3 and "no time left to measure page reads: --timeout must be longer" in answer.output,
           "no time left, and nothing kept", answer)

    # --- states that are none
    path = glob.glob(own(home) + "/*.state")[0]
    whole = open(path, "rb").read()
    for what, content in (("empty", b""), ("cut", whole[:len(whole) // 2]),
                          ("a bit more", whole + b"x"), ("zeros", b"\0" * len(whole)),
                          ("random", os.urandom(4096)), ("huge", b"x" * 10000000),
                          ("another number", whole.replace(b"page_reads 1", b"page_reads 2", 1)
                           if b"page_reads 1" in whole else whole.replace(b"page_reads ",
                                                                          b"page_reads 9", 1))):
        with open(path, "wb") as file:
            file.write(content)
        answer = check(home)
        tap.ok(is_answer(answer, "measured for") and open(path, "rb").read() != content,
               f"a state that is {what} is none, and is replaced", answer)
        if what == "huge":
            tap.ok("too large" in answer.output, "a state that is huge is not read", answer)
    for what, make in (("a directory", os.mkdir), ("a FIFO", os.mkfifo),
                       ("a symbolic link", lambda name: os.symlink("/etc/passwd", name))):
        os.remove(path)
        make(path)
        answer = check(home)
        tap.ok(is_answer(answer, "measured for"),
               f"a state that is {what} is none", answer)
        if what == "a directory":
            os.rmdir(path)
            open(path, "w").close()
    tap.ok(open("/etc/passwd").read().startswith("root:"), "what a link leads to is not written")
    shutil.rmtree(home)

    # --- many at once
    check(home)
    age(home)
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda number: check(home), range(200)))
    bad = [str(answer) for answer in answers if not is_answer(answer)]
    tap.ok(not bad, "200 checks at once on one state all answer", *bad[:3])
    age(home)
    answer = check(home)
    tap.ok(len(states(home)) == 1 and is_answer(answer, "since the previous run"),
           "200 checks at once leave one whole state", states(home), answer)
sys.exit(tap.end())
