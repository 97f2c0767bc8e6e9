# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a record that are not what they should be, and ones that change while checks run."""
import os
import pwd
import shutil
import sys
import tempfile
import threading
import time

import checks

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

USES = [  # which check reads which file; without it there is no answer
    ("check_hv_balancer", "counters.csv"),
    ("check_hv_vm_memory", "counters.csv"),
    ("check_hv_vm_memory", "Msvm_ComputerSystem.csv"),
    ("check_hv_vm_memory", "Msvm_MemorySettingData.csv"),
    ("check_hv_vm_memory", "Win32_OperatingSystem.csv"),
    ("check_hv_guest_memory", "counters.csv"),
    ("check_hv_page_reads", "counters.csv"),
    ("check_hv_memory_reserve", "registry.reg"),
    ("check_hv_memory_reserve", "Win32_OperatingSystem.csv"),
    ("check_hv_contention", "counters.csv"),
    ("check_hv_contention", "Msvm_ComputerSystem.csv"),
    ("check_hv_contention", "Msvm_MemorySettingData.csv"),
    ("check_hv_contention", "Win32_OperatingSystem.csv"),
    ("check_hv_capacity", "counters.csv"),
    ("check_hv_capacity", "Msvm_ComputerSystem.csv"),
    ("check_hv_capacity", "Msvm_MemorySettingData.csv"),
    ("check_hv_capacity", "Win32_OperatingSystem.csv"),
]


def make_loop(path):
    os.symlink(path + "2", path)
    os.symlink(path, path + "2")


def make_unreadable(path):
    checks.write(os.path.dirname(path), os.path.basename(path), "x")
    os.chmod(path, 0)


WRONG = {
    "not there": lambda path: None,
    "empty": lambda path: open(path, "w").close(),
    "a directory": os.mkdir,
    "a FIFO": os.mkfifo,
    "a device": lambda path: os.symlink("/dev/zero", path),
    "a terminal": lambda path: os.symlink("/dev/tty", path),
    "a loop of symbolic links": make_loop,
    "a symbolic link to nothing": lambda path: os.symlink("/nowhere/at/all", path),
    "unreadable": make_unreadable,
    "zeros": lambda path: checks.write(os.path.dirname(path), os.path.basename(path), b"\0" * 100000),
    "one endless line": lambda path: checks.write(os.path.dirname(path), os.path.basename(path),
                                               b'"' + b"x" * 70000000),
}


def as_nobody():
    """For a test of rights, a check must not run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def test_wrong_files(scratch):
    programs = os.path.join(scratch, "programs")  # where nobody may run them
    shutil.copytree(checks.PROGRAMS, programs, ignore=shutil.ignore_patterns("*.o", ".*"))
    os.chmod(scratch, 0o755)
    for program, name in USES:
        for what, make in WRONG.items():
            record = os.path.join(scratch, "record")
            os.mkdir(record)
            checks.write_host(record, ["web01", "db01"], available=9999)
            checks.write_reserve(record, "dword:00000800")
            os.remove(os.path.join(record, name))
            make(os.path.join(record, name))
            more = as_nobody() if what == "unreadable" else {}
            answer = checks.run(os.path.join(programs, program), checks.PATIENT, f"--source=record:{record}", **more)
            # Exporting no rows leaves an empty file, so the class is named, not the file.
            words = name.split(".")[0] if what == "empty" else name
            # An empty MemorySettingData leaves VMs that can't be judged, with a line for each.
            good = answer.unknown(words) or (what == "empty" and "Setting" in name and
                                             answer.status == 3 and not checks.fault(answer))
            tap.ok(good, f"{program}: {name} is {what}", answer)
            shutil.rmtree(record)


def while_it_changes(change, record, allowed, title, *programs):
    """Checks read the record for three seconds, and until each of these states was seen, while a thread
    changes it again and again: no other state is seen."""
    stop = threading.Event()

    def keep_changing():
        while not stop.is_set():
            change()

    seen = dict.fromkeys(allowed, 0)
    wrong = None
    thread = threading.Thread(target=keep_changing)
    thread.start()
    start = time.monotonic()
    while not wrong and time.monotonic() < start + (3 if all(seen.values()) else 5 * checks.LATE):
        for program in programs:
            answer = checks.run(program, checks.PATIENT, f"--source=record:{record}")
            if answer.status not in seen or checks.fault(answer):
                wrong = answer
            else:
                seen[answer.status] += 1
    stop.set()
    thread.join()
    tap.ok(not wrong and all(seen.values()), title, wrong, seen)


def make_record(scratch, name, physical=4096):
    record = os.path.join(scratch, name)
    os.mkdir(record)
    checks.write_host(record, [f"vm{i}" for i in range(50)], physical=physical)
    return record


def test_replaced(scratch):
    """A record that is replaced by one that is OK and one that is CRITICAL, the way that tools
    should (rename)."""
    record = make_record(scratch, "busy")
    others = [os.path.join(make_record(scratch, name, physical), "counters.csv")
              for name, physical in (("critical", 4096), ("good", 1024))]

    def replace():
        for other in others:
            fresh = os.path.join(record, "fresh")
            shutil.copy(other, fresh)
            os.rename(fresh, os.path.join(record, "counters.csv"))

    while_it_changes(replace, record, (0, 2), "replaced by rename: always the old or the new one",
                     "check_hv_vm_memory")


def test_rewritten(scratch):
    """The same, but written in place: a reader may find anything, but says nothing that is not
    true of one of the two records."""
    record = make_record(scratch, "rewritten")
    contents = {}
    for name in os.listdir(record):
        with open(os.path.join(record, name), "rb") as file:
            contents[name] = file.read()

    def rewrite():
        for name, content in contents.items():
            with open(os.path.join(record, name), "wb", buffering=0) as file:
                for at in range(0, len(content), 1000):
                    file.write(content[at:at + 1000])

    while_it_changes(rewrite, record, (2, 3),
                     "written in place: CRITICAL, as it is, or UNKNOWN; never OK",
                     "check_hv_vm_memory")


def test_turned(scratch):
    """A log that becomes something else, and itself again."""
    record = make_record(scratch, "turned")
    path, good, fresh = (os.path.join(record, "counters.csv"), os.path.join(scratch, "log"),
                         os.path.join(scratch, "something"))
    shutil.copy(path, good)

    def turn():
        for make in [make for what, make in WRONG.items() if what != "one endless line"]:
            make(fresh)
            remove(path)
            if os.path.lexists(fresh):
                os.rename(fresh, path)
            remove(fresh + "2")  # of a loop
            time.sleep(0.002)
            remove(path)
            shutil.copy(good, fresh)
            os.rename(fresh, path)
            time.sleep(0.002)

    while_it_changes(turn, record, (2, 3),
                     "turned into a directory, FIFO, device, loop and so on: as it is, or UNKNOWN",
                     "check_hv_vm_memory", "check_hv_balancer")


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        os.rmdir(path)
    elif os.path.lexists(path):
        os.remove(path)


with tempfile.TemporaryDirectory() as directory:
    test_wrong_files(directory)
    test_replaced(directory)
    test_rewritten(directory)
    test_turned(directory)
sys.exit(tap.end())
