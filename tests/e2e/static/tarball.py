# SPDX-License-Identifier: GPL-3.0-or-later
"""The tarballs of static programs, as they are shipped: made below STATIC/ARCH. TAP."""
import glob
import os
import re
import subprocess
import sys
import tarfile
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
import tap  # noqa: E402

PROGRAMS, SRCDIR = os.environ["PROGRAMS"], os.environ["SRCDIR"]

MACHINES = {"x86_64": "Advanced Micro Devices X86-64", "aarch64": "AArch64"}
with open(os.path.join(SRCDIR, "plugins/local.mk"), encoding="utf-8") as mk:
    CHECKS = re.findall(r"^\tplugins/(check_hv_\w+)", mk.read(), re.M)

for machine, elf in MACHINES.items():
    paths = glob.glob(os.path.join(os.environ["STATIC"], machine, f"*-linux-{machine}.tar.xz"))
    if not tap.ok(len(paths) == 1, f"{machine}: there is one tarball", paths):
        continue
    with tarfile.open(paths[0]) as archive, tempfile.TemporaryDirectory() as scratch:
        members = archive.getmembers()
        folder = os.path.basename(paths[0])[:-len(".tar.xz")]
        tap.ok(all(m.name == folder or m.name.startswith(folder + "/") for m in members),
               f"{machine}: all of it is in one folder of its name")
        programs = [m.name[len(folder) + 1:] for m in members if "/check_hv_" in m.name and m.name.count("/") == 1]
        tap.ok(sorted(programs) == sorted(CHECKS), f"{machine}: every program is at its top", programs)
        tap.ok({(m.uid, m.gid, m.uname, m.gname) for m in members} == {(0, 0, "", "")} and
               len({m.mtime for m in members}) == 1 and [m.name for m in members] == sorted(
                   (m.name for m in members), key=lambda name: name.split("/")),
               f"{machine}: no owner, one moment, sorted: the same bytes wherever it is made")
        tap.ok({m.mode for m in members} == {0o755, 0o644}, f"{machine}: nothing is for others to write",
               {oct(m.mode) for m in members})
        archive.extractall(scratch)
        top = os.path.join(scratch, folder)
        for program in CHECKS:
            header = subprocess.run(["readelf", "-h", os.path.join(top, program)], capture_output=True, text=True,
                                    check=False).stdout
            tap.ok(elf in header, f"{machine}: {program} is for {elf}", header)
        with open(os.path.join(top, "COPYING.musl"), encoding="utf-8") as file:
            notice = file.read()
        tap.ok("Rich Felker" in notice and "Permission is hereby granted" in notice,
               f"{machine}: the notice of the C library is with it", notice[:500])
        done = subprocess.run([sys.executable, os.path.join(SRCDIR, "tests/source/links")], check=False,
                              env=dict(os.environ, SRCDIR=top), capture_output=True, text=True)
        tap.ok(done.returncode == 0, f"{machine}: no link of its documents is dead", done.stdout)
        for name in ("START.txt", "START.ja.txt"):
            with open(os.path.join(top, name), encoding="utf-8") as file:
                named = re.findall(r"(?:docs|contrib|tests)/[\w./-]*\w|\b[A-Z]+(?:\.\w+)?\.(?:md|txt)\b|COPYING\.musl", file.read())
            missing = [word for word in named if not os.path.exists(os.path.join(top, word))]
            tap.ok(len(named) > 8 and not missing, f"{machine}: what {name} names is there", named, missing)
sys.exit(tap.end())
