# SPDX-License-Identifier: GPL-3.0-or-later
"""What check_hv_guest_memory costs as a static program, beside an empty dynamic C program in the same
run. TAP; PROGRAMS has the program as it is shipped, CC makes the empty one."""
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path += [os.path.join(HERE, "..", ".."), os.path.join(HERE, "..", "..", "bench")]
import measure  # noqa: E402
import tap  # noqa: E402

MOST_INSTRUCTIONS = 0.40  # times those of the empty dynamic program
FEWER_FAULTS = 30
FEWER_KILOBYTES = 600
FEWER_BYTES = 170_000
PROGRAM = os.path.join(os.environ["PROGRAMS"], "check_hv_guest_memory")


def page_faults(program):
    """From the start on; the median."""
    def once():
        quiet = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
        _, status, usage = os.wait4(os.posix_spawn(program, [program], dict(os.environ), file_actions=quiet), 0)
        if status:
            raise SystemExit(f"{program}: {status}")
        return usage.ru_minflt + usage.ru_majflt
    return int(statistics.median(once() for _ in range(25)))


def resident(program):
    """KB when it writes its answer, which is the last it does: to a pipe that is full. By its page tables; what the
    kernel counts beside them is behind by some pages for each processor."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    try:
        while os.write(write, b"x" * 4096):
            pass
    except BlockingIOError:
        os.set_blocking(write, True)
    with subprocess.Popen([program], stdout=write, stdin=subprocess.DEVNULL) as process:
        os.close(write)
        state = ""
        while state != "S":  # it sleeps nowhere else
            time.sleep(0.01)
            with open(f"/proc/{process.pid}/stat", encoding="utf-8") as file:
                state = file.read().rpartition(")")[2].split()[0]
            if state == "Z":
                raise SystemExit(f"{program}: it ended")
        with open(f"/proc/{process.pid}/smaps_rollup", encoding="utf-8") as file:
            kilobytes = next(int(line.split()[1]) for line in file if line.startswith("Rss:"))
        os.close(read)
    return kilobytes


def main():
    measure.need("valgrind")
    with tempfile.TemporaryDirectory() as scratch:
        empty = os.path.join(scratch, "empty")
        subprocess.run([*shlex.split(os.environ.get("CC", "cc")), "-O2", "-o", empty,
                        f"{measure.HERE}/empty.c"], check=True)
        least, ours = measure.instructions([empty]), measure.instructions([PROGRAM])
        tap.ok(ours <= least * MOST_INSTRUCTIONS,
               f"{ours:,} instructions are {ours / least:.2f} times the {least:,} of an empty dynamic program")
        faults = page_faults(PROGRAM)
        tap.ok(faults < FEWER_FAULTS, f"{faults} page faults; the empty dynamic program has {page_faults(empty)}")
    kilobytes, size = resident(PROGRAM), os.path.getsize(PROGRAM)
    tap.ok(kilobytes < FEWER_KILOBYTES, f"{kilobytes} KB resident")
    tap.ok(size < FEWER_BYTES, f"{size:,} bytes on disk")
    sys.exit(tap.end())


main()
