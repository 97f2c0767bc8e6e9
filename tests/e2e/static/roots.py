# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the static programs run: in a root that has nothing but a program and /proc, and in one with the C
library of Debian 11, which is older than what this machine builds with. TAP. Both roots are
looked at first: what would run anywhere proves nothing."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
import tap  # noqa: E402

PROGRAMS, SRCDIR = os.environ["PROGRAMS"], os.environ["SRCDIR"]

STATIC = os.path.join(PROGRAMS, "check_hv_guest_memory")
DYNAMIC = os.path.abspath("plugins/check_hv_guest_memory")
WELL = re.compile(r"HV GUEST MEMORY (OK|WARNING|CRITICAL) - [0-9.]+ [MG]B available in the guest \| 'available'=\d+B")


def inside(root, command, proc=True):
    mount = 'mkdir -p "$0/proc"; mount --rbind /proc "$0/proc"; ' if proc else 'rmdir "$0/proc" 2>&1; '
    as_root = [] if os.geteuid() == 0 else ["-r"]
    done = subprocess.run(["unshare", *as_root, "--mount", "sh", "-c",
                           mount + 'exec unshare --root="$0" -- "$@"', root, *command],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def answers(status, output):
    return status in (0, 1, 2) and WELL.match(output)


with tempfile.TemporaryDirectory() as root:
    os.chmod(root, 0o755)
    shutil.copy(STATIC, os.path.join(root, "static"))
    shutil.copy(DYNAMIC, os.path.join(root, "dynamic"))
    status, output = inside(root, ["/dynamic"])
    tap.ok(status == 127 and "No such file" in output, "in the empty root a dynamic program does not start", status, output)
    status, output = inside(root, ["/static"])
    tap.ok(answers(status, output), "a static one answers", status, output)
    status, output = inside(root, ["/static"], proc=False)
    tap.ok(status == 3 and "/proc/meminfo" in output, "without /proc it is UNKNOWN, and names the file", status, output)

root = os.environ["DEBIAN11_ROOT"]
with open(os.path.join(root, "etc/debian_version"), encoding="ascii") as file:
    version = file.read()
tap.ok(version.startswith("11."), "the other root is Debian 11's", version)
status, output = inside(root, ["/lib/x86_64-linux-gnu/libc.so.6"])
tap.ok("release version 2.31" in output, "its loader and C library run there", status, output)
shutil.copy(STATIC, os.path.join(root, "tmp/static"))
status, output = inside(root, ["/tmp/static"])
tap.ok(answers(status, output), "a static program answers", status, output)
sys.exit(tap.end())
