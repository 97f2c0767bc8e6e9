# SPDX-License-Identifier: GPL-3.0-or-later
"""What the fault tests share: running a check, small records, and what an output must be."""
import os
import re
import subprocess
import time
import unicodedata

SRCDIR = os.environ.get("SRCDIR", os.path.join(os.path.dirname(__file__), "..", ".."))
DATA = os.environ.get("DATA", os.path.join(SRCDIR, "tests", "data"))
PROGRAMS = os.path.abspath(os.environ.get("PROGRAMS", "plugins"))
SHIM = os.path.abspath("tests/faults/shim.so")
STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
# A busy machine may be so many seconds late. What hangs does so for ever: then the check's own timeout
# tells, in its answer, which where no timeout is tested is PATIENT.
LATE = 60
PATIENT = f"-t{2 * LATE}"


class Answer:
    def __init__(self, status, output, errors, seconds):
        self.status, self.bytes, self.errors, self.seconds = status, output, errors, seconds
        self.output = output.decode("utf-8", "backslashreplace")

    def __str__(self):
        return f"exit status {self.status} after {self.seconds:.2f} s: {self.output}{self.errors!r}"

    def ended_by(self, seconds):
        """By a timeout of so many seconds, and not before it."""
        return seconds <= self.seconds < seconds + LATE

    def unknown(self, *words):
        """One line that is UNKNOWN and has these words."""
        lines = self.output.split("\n")
        return (self.status == 3 and len(lines) == 2 and not lines[1] and " UNKNOWN - " in lines[0]
                and not self.errors and not fault(self) and all(w in lines[0] for w in words))


def run(program, *arguments, fault=None, environment=None, timeout=5 * LATE, **more):
    """Run a check. fault: what tests/faults/shim.c is told."""
    env = dict(os.environ if environment is None else environment)
    if fault:
        env.update(LD_PRELOAD=SHIM, FAULT=fault)
        # A sanitizer's runtime wants to be the first library; behind the shim it works as well.
        env["ASAN_OPTIONS"] = "verify_asan_link_order=0:" + env.get("ASAN_OPTIONS", "")
    more.setdefault("stdout", subprocess.PIPE)
    path = program if "/" in program else os.path.join(PROGRAMS, program)
    start = time.monotonic()
    done_process = subprocess.run([path, *arguments], env=env, stdin=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, timeout=timeout, check=False, **more)
    return Answer(done_process.returncode, done_process.stdout or b"", done_process.stderr,
                  time.monotonic() - start)


MEASURE = re.compile(r"'(?P<label>[A-Za-z0-9_.\- ]+)'=(U|-?\d+(\.\d{1,2})?)(B|%|c)?"
                     r"(;@?(~|-?[\d.]+)?(:(-?[\d.]+)?)?){0,2}(;[\d.]*){0,2}")
# What reorders, hides or breaks text where it is shown, beside the categories below.
HIDDEN = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0}


def fault(answer):
    """What is wrong with an output as NRPE, Icinga and a terminal see it; None: nothing."""
    try:
        text = answer.bytes.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"no UTF-8: {error}"
    if answer.errors:
        return f"standard error: {answer.errors!r}"
    if answer.status not in range(4):
        return f"exit status {answer.status}"
    if not text.endswith("\n") or "\n\n" in text or "\0" in text:
        return "lines that are empty, or an end without a line end"
    for character in text:
        category = unicodedata.category(character)
        if character != "\n" and (category in ("Cc", "Cf", "Cs", "Zl", "Zp")
                                  or ord(character) in HIDDEN
                                  or ord(character) & 0xFFFE == 0xFFFE):
            return f"U+{ord(character):04X} in the output"
    first = text.split("\n", 1)[0]
    if not re.match(rf"HV [A-Z ]+ {STATES[answer.status]} - ", first):
        return f"a first line that does not say {STATES[answer.status]}"
    if text.count("|") > 1:
        return "more than one bar"
    if "|" in text:
        perfdata = text.split("|")[1]
        if perfdata[:1] != " " or perfdata.count("\n") > 1:
            return "perfdata that is not one line"
        at, labels = 0, set()
        while perfdata[at:] != "\n":
            match = MEASURE.match(perfdata, at + 1)
            if perfdata[at] != " " or not match:
                return f"no perfdata: {perfdata[at:at + 60]!r}"
            if match["label"].lower() in labels:
                return f"the label {match['label']} twice"
            labels.add(match["label"].lower())
            at = match.end()
    return None


# ---- records ----

def write(directory, name, text, encoding="utf-8-sig"):
    with open(os.path.join(directory, name), "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode(encoding, "surrogatepass"))


def quote(field):
    return '"' + field.replace('"', '""') + '"'


def write_counters(directory, values, when="09/01/2011 12:00:00.000"):
    """counters.csv of one row: {path without the machine: text of the value}."""
    header = ["(PDH-CSV 4.0) (UTC)(0)"] + ["\\\\H" + path for path in values]
    rows = [",".join(map(quote, row)) for row in (header, [when, *values.values()])]
    write(directory, "counters.csv", "\r\n".join(rows) + "\r\n")


def guid(number):
    return f"{number:08X}-1111-2222-3333-444455556666"


def write_host(directory, names, physical=4096, maximum=4096, pressure=112, available=512):
    """The record of a host with these VMs; all of them hold as much."""
    balancer = "\\Hyper-V Dynamic Memory Balancer(System Balancer)\\"
    values = {balancer + "Available Memory": f"{available}", balancer + "Average Pressure": "97"}
    seen = {}
    for name in names:
        number = seen[name.lower()] = seen.get(name.lower(), -1) + 1
        instance = name + (f"#{number}" if number else "")
        for counter, value in (("Physical Memory", physical), ("Average Pressure", pressure)):
            values[f"\\Hyper-V Dynamic Memory VM({instance})\\{counter}"] = f"{value}.000000"
    values["\\Memory\\Available MBytes"] = "430"
    values["\\Memory\\Page Reads/sec"] = "64.1"
    write_counters(directory, values)
    rows = [["Name", "ElementName", "EnabledState"], ["H", "H", "2"]]
    settings = [["InstanceID", "Limit", "Reservation", "VirtualQuantity", "DynamicMemoryEnabled"]]
    for number, name in enumerate(names, 1):
        rows.append([guid(number), name, "2"])
        settings.append([f"Microsoft:{guid(number)}\\x", str(maximum), "512", "512", "True"])
    for file, lines in (("Msvm_ComputerSystem", rows), ("Msvm_MemorySettingData", settings)):
        write(directory, file + ".csv", "".join(",".join(map(quote, r)) + "\r\n" for r in lines))
    write_system(directory)


def write_system(directory, version="6.1.7601", kilobytes="33543168"):
    write(directory, "Win32_OperatingSystem.csv",
          f'"Version","TotalVisibleMemorySize"\r\n"{version}","{kilobytes}"\r\n')


def write_reserve(directory, data):
    write(directory, "registry.reg", "Windows Registry Editor Version 5.00\r\n\r\n"
          "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Virtualization]\r\n"
          f'"MemoryReserve"={data}\r\n')
