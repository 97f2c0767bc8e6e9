# SPDX-License-Identifier: GPL-3.0-or-later
"""An output that nobody takes, a source that never answers, and a process that is lost."""
import os
import sys
import tempfile

import checks

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

RECORD = "--source=record:" + os.path.join(checks.DATA, "formats", "typeperf-file")
# Each of these is OK with 0 when it can be said.
WELL = [
    ("check_hv_balancer", RECORD, "-w1:", "-c1:"),
    ("check_hv_vm_memory", RECORD),
    ("check_hv_guest_memory", RECORD, "-w1:", "-c1:"),
    ("check_hv_page_reads", RECORD, "-w1000"),
    ("check_hv_contention", RECORD),
    ("check_hv_capacity", RECORD),
    ("check_hv_memory_reserve", RECORD.replace("typeperf-file", "reg-utf16"), "--expect=2048"),
]


def close_output():
    os.close(1)


def close_all():
    os.closerange(0, 3)


for arguments in WELL:
    program = arguments[0]
    answer = checks.run(*arguments)
    tap.ok(answer.status == 0 and not checks.fault(answer), f"{program}: OK where it is read", answer)

    for what, how in (("standard output", close_output), ("all three", close_all)):
        answer = checks.run(*arguments, preexec_fn=how)
        tap.ok(answer.status == 3, f"{program}: {what} closed", answer)
    with open("/dev/full", "wb") as full:
        answer = checks.run(*arguments, stdout=full)
    tap.ok(answer.status == 3, f"{program}: a full device", answer)

    read, write = os.pipe()
    os.close(read)
    answer = checks.run(*arguments, stdout=write)
    os.close(write)
    tap.ok(answer.status == 3, f"{program}: a pipe whose reader is gone", answer)

    for seconds in (1, 2) if arguments is WELL[0] else (1,):
        read, write = os.pipe()
        os.set_blocking(write, False)
        try:
            while os.write(write, b"x" * 4096):
                pass
        except BlockingIOError:
            os.set_blocking(write, True)
        answer = checks.run(*arguments, "-t", str(seconds), stdout=write)
        os.close(write)
        os.close(read)
        tap.ok(answer.status == 3 and answer.ended_by(seconds),
               f"{program}: a pipe that stays full, for {seconds} s", answer)

    for seconds in (1, 2) if arguments is WELL[0] else (1,):
        answer = checks.run(*arguments, "-t", str(seconds), fault="pread=hang")
        tap.ok(answer.unknown("no answer within", f"{seconds} s")
               and answer.ended_by(seconds),
               f"{program}: a source that never answers, for {seconds} s", answer)

    with tempfile.TemporaryDirectory() as directory:  # settings on a share that is gone
        path = os.path.join(directory, "hyperv.ini")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"[{program}]\ntimeout = 3600\n")
        os.chmod(path, 0o600)
        answer = checks.run(*arguments, "-t1", f"--extra-opts=@{path}", fault="pread=hang")
        tap.ok(answer.unknown("no answer within", "1 s") and answer.ended_by(1),
               f"{program}: settings that never come", answer)
        os.remove(path)
        for what, make in (("a FIFO", os.mkfifo), ("a device", lambda name: os.symlink("/dev/zero", name)),
                           ("a directory", os.mkdir), ("a link to nowhere", lambda name: os.symlink("/x", name))):
            make(path)
            answer = checks.run(*arguments, checks.PATIENT, f"--extra-opts=@{path}")
            tap.ok(answer.status == 3 and "--extra-opts: " + path in answer.output, f"{program}: settings that are {what}", answer)
            (os.rmdir if what == "a directory" else os.remove)(path)

# The record's descriptor must not become standard output where that was closed.
with tempfile.TemporaryDirectory() as directory:
    answer = checks.run("check_hv_balancer", RECORD, f"--record={directory}/new", preexec_fn=close_all)
    tap.ok(answer.status == 3 and "HV BALANCER" not in open(f"{directory}/new/counters.csv").read(),
           "what is printed goes into no file that was opened in the place of standard output",
           answer)

# The deadline ends a sleep, too.
with tempfile.TemporaryDirectory() as directory:
    answer = checks.run("check_hv_page_reads", "--interval=1", "-t2", f"--state-dir={directory}/s",
                     fault="nanosleep=hang")
    tap.ok(answer.unknown("no answer within 2 s") and answer.ended_by(2),
           "a sleep that never ends", answer)
    for interval, timeout in ((2, 1), (2, 2), (3600, 10)):
        answer = checks.run("check_hv_page_reads", f"--interval={interval}", f"-t{timeout}",
                         f"--state-dir={directory}/s")
        tap.ok(answer.unknown(f"--interval={interval} is too long for --timeout={timeout}"), "an interval that the timeout can't hold is refused at once",
               answer)
    answer = checks.run("check_hv_page_reads", "--interval=60", f"--state-dir={directory}/s")
    tap.ok(answer.unknown("--interval=60 is too long for --timeout=10"),
           "an interval that is longer than the timeout is refused at once", answer)

# A timeout in the settings counts from when they are read; one on the command line before it.
with tempfile.TemporaryDirectory() as directory:
    path = os.path.join(directory, "hyperv.ini")
    for told, given, expected in ((1, (), 1), (3600, ("-t1",), 1), (1, ("-t2",), 2)):
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"[check_hv_page_reads]\ntimeout = {told}\n")
        os.chmod(path, 0o600)
        answer = checks.run("check_hv_page_reads", f"--extra-opts=@{path}", *given,
                         f"--state-dir={directory}/s", fault="nanosleep=hang")
        tap.ok(answer.unknown(f"no answer within {expected} s")
               and answer.ended_by(expected),
               f"a timeout of {told} in the settings, {given} on the command line", answer)

# Whoever starts a check may have SIGALRM blocked or ignored.
for what, how in (("blocked", "import signal; signal.pthread_sigmask(0, [14])"),
                  ("ignored", "import signal; signal.signal(14, signal.SIG_IGN)")):
    program = os.path.join(checks.PROGRAMS, "check_hv_page_reads")
    with tempfile.TemporaryDirectory() as directory:
        code = (f"{how}; import os; os.execv('{program}', ['x', '--interval=1', '-t2', "
                f"'--state-dir={directory}/s'])")
        answer = checks.run("/usr/bin/python3", "-c", code, fault="nanosleep=hang")
    tap.ok(answer.unknown("no answer within 2 s"), f"started with SIGALRM {what}", answer)

# Each node is asked by a process of its own, which may not be had, or be lost.
for fault, why in (("fork=EAGAIN", "no process can be started for it: Resource temporarily unavailable"),
                   ("lost=1", "the process that asked it was ended by signal 9")):
    answer = checks.run("check_hv_cluster", "--node=winrm:hv01", fault=fault)
    tap.ok(answer.unknown(f"no node answers: HV01: {why}"), f"{fault}: the node does not answer", answer)

with open("/dev/full", "wb") as full:
    answer = checks.run("describe", stdout=full)
tap.ok(answer.status == 1, "describe: a full device", answer)

sys.exit(tap.end())
