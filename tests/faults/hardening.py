# SPDX-License-Identifier: GPL-3.0-or-later
"""What the built programs are made of: hardened as distributions do, no library but libc, nothing
that runs another program, and no environment that changes what is read or judged."""
import os
import re
import subprocess
import sys

import checks

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

# All that they may ask of libc: files, a clock, a timeout, memory, and of text what lib/plugin/scan.h does
# not have, as each function costs every start some 700 instructions. Nothing runs a program
# or opens a socket; dlopen is for the module of winrm: alone (lib/counter/linux/module.c), and getenv for the
# state's place.
ALLOWED = set("""
    __errno_location __libc_start_main __gmon_start__ __cxa_finalize __stack_chk_fail
    calloc malloc realloc free strndup
    memchr memcmp memcpy memmove memset strchr strcmp strerror strlen strtod strtoull qsort vsnprintf
    open openat close read pread write fstat fstatat stat mkdir fsync linkat renameat unlinkat faccessat
    fcntl rename lseek geteuid gethostname secure_getenv
    clock_gettime nanosleep alarm sigaction sigaddset sigemptyset signal sigprocmask _exit
    getpagesize sysconf uname readlink
    dlopen dlsym
""".split())
# Those that may ask several nodes start a process for each (lib/platform/parallel_posix.c).
OF_NODES = {"check_hv_cluster", "check_hv_contention", "check_hv_vm_memory"}
PROCESSES = {"fork", "kill", "pipe", "poll", "waitpid"}
WITH_STATE = {"check_hv_page_reads", "check_hv_contention", "check_hv_capacity"}


def read(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def bare(symbol):
    """The plain function behind a versioned, fortified or large-file name."""
    name = re.sub(r"@.*", "", symbol)
    name = re.sub(r"^__isoc\d+_", "", name)
    name = re.sub(r"^__(\w+?)_chk$", r"\1", name) if name != "__stack_chk_fail" else name
    name = re.sub(r"^__(open|openat)_2$", r"\1", name)
    return re.sub(r"64(_2)?$", "", name)


for program in sorted(os.listdir(checks.PROGRAMS)):
    path = os.path.join(checks.PROGRAMS, program)
    if not program.startswith("check_hv_") or "." in program:
        continue
    header = read("readelf", "-hW", path)
    segments = read("readelf", "-lW", path)
    dynamic = read("readelf", "-dW", path)
    symbols = [line.split()[-1] for line in read("nm", "-D", path).splitlines() if " U " in line]
    tap.ok("DYN (Position-Independent Executable" in header and re.search(r"Flags:.*\bPIE", dynamic),
           f"{program}: loaded at any address (PIE)", header, dynamic)
    tap.ok("GNU_RELRO" in segments and "NOW" in dynamic, f"{program}: RELRO and NOW", dynamic)
    stack = [line for line in segments.splitlines() if "GNU_STACK" in line]
    tap.ok(len(stack) == 1 and "RWE" not in stack[0], f"{program}: no code on the stack", *stack)
    tap.ok(not re.search(r"LOAD.*RWE", segments), f"{program}: no page to write and to run",
           segments)
    tap.ok(any(s.startswith("__stack_chk_fail") for s in symbols), f"{program}: stack protector",
           *symbols)
    tap.ok(any(re.match(r"__\w+_chk@", s) and "stack" not in s for s in symbols),
           f"{program}: FORTIFY_SOURCE", *symbols)
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic)
    tap.ok(set(needed) <= {"libc.so.6", "libm.so.6"}, f"{program}: no library but libc", needed)
    tap.ok("RPATH" not in dynamic and "RUNPATH" not in dynamic, f"{program}: no search path")
    strange = sorted({bare(s) for s in symbols} - ALLOWED - (PROCESSES if program in OF_NODES else set()))
    tap.ok(not strange, f"{program}: nothing from libc but what is known", strange)
    environment = any(bare(s) == "secure_getenv" for s in symbols)
    tap.ok(environment == (program in WITH_STATE),
           f"{program}: {'the environment for its state alone' if environment else 'no environment'}")
    mode = os.stat(path).st_mode
    tap.ok(not mode & 0o6002, f"{program}: not set-uid, not for others to write", oct(mode))

# What the environment says changes nothing of an answer.
HOSTILE = {
    "LANG": "de_DE.UTF-8", "LC_ALL": "tr_TR.UTF-8", "LC_NUMERIC": "de_DE.UTF-8", "TZ": "Asia/Tokyo",
    "PATH": "/nowhere", "IFS": "/", "HOME": "/nowhere", "TMPDIR": "/nowhere", "COLUMNS": "10",
    "POSIXLY_CORRECT": "1", "NAGIOS_PLUGIN_STATE_DIRECTORY": "/nowhere", "MP_CONFIG_FILE": "/nowhere",
    "NAGIOS_CONFIG_PATH": "/nowhere", "MONITORING_PLUGINS": "x", "PROGRAMDATA": "/nowhere",
}
RECORD = "--source=record:" + os.path.join(checks.DATA, "formats", "decimal-comma")
for program, *arguments in (("check_hv_balancer", RECORD, "-v"), ("check_hv_vm_memory", RECORD, "-v"),
                            ("check_hv_guest_memory", RECORD), ("check_hv_page_reads", RECORD),
                            ("check_hv_balancer", "--help"), ("check_hv_vm_memory", "--nonsense"),
                            ("check_hv_memory_reserve",
                             RECORD.replace("decimal-comma", "reg-utf16"), "--expect=2048")):
    plain = checks.run(program, *arguments, environment={})
    changed = checks.run(program, *arguments, environment=HOSTILE)
    tap.ok((plain.status, plain.output) == (changed.status, changed.output),
           f"{program} {' '.join(arguments[1:])}: the same in any environment", plain, changed)
sys.exit(tap.end())
