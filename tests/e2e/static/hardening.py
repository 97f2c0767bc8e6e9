# SPDX-License-Identifier: GPL-3.0-or-later
"""What the static programs are made of: nothing but themselves, at any address, and hardened as far as
their C library goes. TAP. (The same source built for a library is looked at by tests/faults/hardening.py.)"""
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
import tap  # noqa: E402

PROGRAMS, SRCDIR = os.environ["PROGRAMS"], os.environ["SRCDIR"]


def read(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def mapped(program, *arguments):
    """(address, rights) of what a program has of its own file in memory, once main() runs."""
    process = subprocess.Popen([program, *arguments], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    state = ""
    while state not in ("S", "Z"):  # until it waits for its second look
        with open(f"/proc/{process.pid}/stat", encoding="utf-8") as file:
            state = file.read().rpartition(")")[2].split()[0]
    with open(f"/proc/{process.pid}/maps", encoding="utf-8") as file:
        lines = [line.split() for line in file if line.rstrip().endswith(program)]
    process.kill()
    process.communicate()
    return [(*(int(end, 16) for end in line[0].split("-")), line[1]) for line in lines]


def test_relro(program, segments):
    """Of a program that runs: what was relocated can't be written any more."""
    found = re.search(r"GNU_RELRO +0x\w+ 0x(\w+) 0x\w+ 0x\w+ 0x(\w+)", segments)
    begin, size = int(found[1], 16), int(found[2], 16)
    maps = mapped(program, "--interval=20", "-t60", "--state-dir=/nowhere")
    base = maps[0][0] if maps else 0
    over = [rights for low, high, rights in maps if low < base + begin + size and high > base + begin]
    tap.ok(over and not any("w" in rights for rights in over),
           f"{os.path.basename(program)}: what was relocated is read-only when it runs", maps, segments)


for name in sorted(os.listdir(PROGRAMS)):
    if not re.fullmatch(r"check_hv_[a-z_]+", name):
        continue
    path = os.path.join(PROGRAMS, name)
    header, segments = read("readelf", "-hW", path), read("readelf", "-lW", path)
    dynamic = read("readelf", "-dW", path)
    tap.ok("INTERP" not in segments and "NEEDED" not in dynamic, f"{name}: no loader and no library", segments)
    tap.ok("DYN (Position-Independent Executable" in header and re.search(r"Flags:.*\bPIE", dynamic),
           f"{name}: loaded at any address (PIE)", header, dynamic)
    stack = [line for line in segments.splitlines() if "GNU_STACK" in line]
    tap.ok(len(stack) == 1 and "RWE" not in stack[0] and not re.search(r"LOAD.*RWE", segments),
           f"{name}: no page to write and to run", segments)
    tap.ok("GNU_RELRO" in segments, f"{name}: RELRO", segments)
    code = read("objdump", "-d", "--no-show-raw-insn", path)
    tap.ok(len(re.findall(r"%fs:0x28", code)) > 20, f"{name}: stack protector")
    tap.ok("SYMTAB" not in read("readelf", "-SW", path), f"{name}: stripped")
    with open(path, "rb") as file:
        content = file.read()
    tap.ok(b"/build" not in content and os.fsencode(SRCDIR) not in content,
           f"{name}: says nothing of where it was built")
    if name == "check_hv_page_reads":  # the one that can be caught while it waits
        test_relro(path, segments)
sys.exit(tap.end())
