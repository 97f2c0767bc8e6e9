# SPDX-License-Identifier: GPL-3.0-or-later
"""Each command of tests/cli that reads a host from a record, asked of a double that serves the same record
over winrm:, prints byte for byte what it prints there. TAP, a test for each command.

What is left out on both sides is where the values came from: "read from a record of ..." of the one, and
how the rate of now was measured of the other. What can't be the same is in DIFFERENT, with its reason; what
stands there and turns out the same is an error."""
import concurrent.futures
import functools
import importlib.machinery
import importlib.util
import os
import queue
import re
import shlex
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402
import bed as beds
import certificates

HERE = os.path.dirname(os.path.abspath(__file__))
JOBS = 8
CLI = os.path.join(HERE, "..", "cli")


def load_runner():
    loader = importlib.machinery.SourceFileLoader("cli_run", os.path.join(CLI, "run"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("cli_run", loader))
    loader.exec_module(module)
    return module


# What is about the files of a record, or about options that only a record has, is no question to a host.
ABOUT_FILES = re.compile(r"\.csv|\.tsv|\.reg\b|of a record|a record|record:|--at\b|--max-age|--encoding|--record")
OPTIONS_OF_RECORDS = ("max-age", "encoding", "record", "credentials", "node", "nodes")

# A forecast needs days of history: a record has them, of a live host they are kept (tests/faults/kept-record).
FORECAST = re.compile(r"reached in |days of history|[1-9]\d* hours of history|in the last \d+ hours")

# (a file of tests/cli, words of "title $ command"): why it can't be the same.
DIFFERENT = [
    ("guest-memory.case", "a value that can't be", "WMI's numbers have no sign"),
    ("page-reads.case", "a value that can't be", "the same"),
    ("page-reads.case", "a record needs no interval", "a live host does"),
    ("memory-reserve.case", "the wrong size", "StdRegProv gives a number of 4 bytes, or none"),
    ("memory-reserve.case", "an empty REG_DWORD", "the same"),
    ("memory-reserve.case", "a type that has no name", "StdRegProv reads none of these, and it is UNKNOWN"),
    ("memory-reserve.case", "no registry in the record", "the double denies what nothing is known of"),
    ("output.case", "control characters, bars", "XML has no control characters: UNKNOWN"),
    ("verdicts.case", "the same with a VM that calls itself web01#1", "only a log writes the number into a name"),
    ("newer.case", "the export is of another moment", "a live host has one moment"),
    ("newer.case", "smart paging: a warning at first", "a log tells how long it has lasted"),
    ("newer.case", "with -v: since when", "the same"),
    ("newer.case", "critical beyond the limit", "the same"),
    ("contention.case", "the end of daylight saving is no such change", "a log has the look before; of a host it was kept"),
    ("contention.case", "a registry that was not exported is told", "the double denies what nothing is known of"),
    ("newer.case", "and whether that grows $ check_hv_contention", "the same"),
    ("newer.case", "nor where the log was begun without that counter", "the same"),
    ("record-source.case", "a directory without a log", "a host without counters has no class of them"),
    ("record-source.case", "a value that is no number", "the double can't serve one"),
]

ORIGIN = [
    re.compile(r"^read from a record of .*\n", re.M),
    re.compile(r"^measured for [0-9.]+ s: .*\n", re.M),
    re.compile(r"^no earlier sample: .*\n", re.M),
    re.compile(r"^no history: .*\n", re.M),
    re.compile(r"^compared with the row of .*\n", re.M),
    re.compile(r"^compared with the sample of \d+ s ago\n", re.M),
]


# Why something is missing is told in the words of each source, behind the same words of the check.
REASONS = [
    re.compile(r"[^\s(]*(?:counters\.[ct]sv|registry\.reg|\w+\.csv): (?:no column of '[^']*'|no column '[^']*'"
               r"|no such file or directory|no value of '[^']*' at [-0-9: ]+)"),
    re.compile(r"(?:localhost:\d+: )?(?:no class of this object, by any name; if Windows itself has the counters, "
               r"winmgmt /resyncperf there brings it: )?0x80041010 WBEM_E_INVALID_CLASS: [\w/]+: \w+ "
               r"\(Invalid class\)"),
    re.compile(r"Win32_PerfRawData_\w+ has no property \w+"
               r"|\w[\w/ ]* of Win32_PerfRawData_\w+ has no value at this moment"),
]


# What the check itself says otherwise of a record than of a host.
WORDS = [
    ("counters in this record: is the Hyper-V role installed?", "counters on localhost: is the Hyper-V role installed?"),
    ("no VM in the record's export has this name: was it written without the right to see all VMs, or before this one existed?", "no VM that this account can see has this name: does it lack rights?"),
    ("it is running, but the log has no value for it: did the log begin before it was started?", "it is running, but has no counters"),
]


def without_origin(output):
    text, bar, perfdata = output.partition(" | '")
    text += "" if text.endswith("\n") else "\n"
    for pattern in ORIGIN:
        text = pattern.sub("", text)
    for pattern in REASONS:
        text = pattern.sub("REASON", text)
    for of_record, of_host in WORDS:
        text = text.replace(of_record, of_host)
    return text + bar + perfdata


def option(words, name):
    for i, word in enumerate(words):
        if word.startswith(f"--{name}="):
            return word.partition("=")[2]
        if word == f"--{name}" and i + 1 < len(words):
            return words[i + 1]
    return None


def without(words, *names):
    kept, skip = [], False
    for word in words:
        if skip:
            skip = False
        elif word in [f"--{name}" for name in names]:
            skip = True
        elif not word.startswith(tuple(f"--{name}=" for name in names)):
            kept.append(word)
    return kept


def commands(path):
    """(title, files of the case, command, expected status, expected output)"""
    title, files, command = None, {}, None
    for block in load_runner().parse(path):
        if block[0] == "=":
            title, files = block[1], {}
        elif block[0] == "@":
            files[block[1]] = "\n".join(block[2]) + "\n"
        elif block[0] == "$":
            command = block[1]
        elif block[0] == "?":
            yield title, dict(files), command, int(block[1]), "".join(line + "\n" for line in block[2])


def reason(name, title, command):
    for file, words, why in DIFFERENT:
        if file == name and words in f"{title} $ {command}":
            return why
    return None


WITH_STATE = ("check_hv_page_reads", "check_hv_contention", "check_hv_capacity")


def prime(bed, double, record_of, since, login, command_line):
    """Let a run go before, at the earlier row: what a log tells of its past, a live host keeps."""
    import double as doubles
    try:
        double.host = doubles.Host(record_of(before=since))
    except LookupError:
        return
    bed.check(command_line[0], double, login, *command_line[1:])


def replay(bed, double, name, case, login):
    import double as doubles
    import record
    _, files, command, _, _ = case
    with tempfile.TemporaryDirectory() as scratch:
        for file, text in files.items():
            with open(os.path.join(scratch, file), "w", encoding="utf-8") as out:
                out.write(text)
        words = [word.replace("{TMP}", scratch) for word in shlex.split(command)]
        directory = option(words, "source")[len("record:"):]
        record_of = functools.partial(record.Record, os.path.join(beds.DATA, directory), option(words, "at"))
        with_state = words[0] in WITH_STATE and not option(words, "state-dir")
        command_line = [words[0]] + ([f"--state-dir={scratch}/state"] if with_state else [])
        command_line += without(words[1:], "source", "at", *(["since"] if option(words, "since") != "0" else []))
        try:
            if words[0] == "check_hv_contention":
                prime(bed, double, record_of, int(option(words, "since") or 0), login, command_line)
            double.host = doubles.Host(record_of())
        except Exception as problem:  # pylint: disable=broad-except
            return None, f"no host: {type(problem).__name__}: {problem}"
        want = bed.run(*words)
        if words[0] == "check_hv_capacity" and FORECAST.search(want[1]):
            return None, ""
        got = bed.check(command_line[0], double, login, *command_line[1:])
    want = (want[0], without_origin(want[1].replace(scratch, "{TMP}")))
    got = (got[0], without_origin(got[1].replace(scratch, "{TMP}")))
    return got == want, f"$ {command}\nexpected {want[0]}: {want[1]}\ngot      {got[0]}: {got[1]}"


def is_about_files(command, files, expected):
    directory = option(shlex.split(command), "source")[len("record:"):]
    there = os.path.isdir(os.path.join(beds.DATA, directory)) or (directory == "{TMP}" and files)
    return not there or any(option(shlex.split(command), name) is not None for name in OPTIONS_OF_RECORDS) or \
        ABOUT_FILES.search(without_origin(expected))


def cases(only):
    for name in sorted(os.listdir(CLI)):
        if not name.endswith(".case") or (only and name not in only):
            continue
        if name == "records.case":  # what a record's files say by their form
            continue
        for case in commands(os.path.join(CLI, name)):
            source = option(shlex.split(case[2]), "source")
            if source and source.startswith("record:"):
                yield name, case


def main(*only):
    with beds.Bed() as bed:
        authority = certificates.make_authority(bed.path("authority"))
        certificate = certificates.make(bed.path("host"), authority)
        tls = bed.credentials("tls", f"keytab = {bed.realm.keytab}\ntransport = tls\nca = {authority}\n")
        roads = {"kerberos": ("kerberos", None), "ntlm": ("ntlm", None), "tls": (tls, certificate)}
        doubles = {road: queue.SimpleQueue() for road in roads}
        for road, (_, of) in roads.items():
            for _ in range(JOBS):
                doubles[road].put(bed.host(certificate=of))

        def work(job):
            road, name, case = job
            if is_about_files(case[2], case[1], case[4]):
                return road, name, case, None, ""
            double = doubles[road].get()
            same, told = replay(bed, double, name, case, roads[road][0])
            doubles[road].put(double)
            return road, name, case, same, told

        # Rates take a second each, and are the same by any road.
        jobs = [(road, name, case) for road in roads for name, case in cases(only)
                if road == "kerberos" or case[2].split()[0] not in WITH_STATE]
        left_out = 0
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            for road, name, (title, _, command, _, _), same, told in pool.map(work, jobs):
                why = reason(name, title, command)
                if same is None and not told:
                    left_out += 1
                elif why:
                    tap.ok(not same, f"{road}: {name}: {title} (differs: {why})", "it is the same: take it off the list")
                else:
                    tap.ok(same, f"{road}: {name}: {title}", told)
        print(f"# {left_out} commands are about the files of a record, or tell a forecast")
        sys.exit(tap.end())


if __name__ == "__main__":
    main(*sys.argv[1:])
