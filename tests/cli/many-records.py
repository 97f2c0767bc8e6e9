# SPDX-License-Identifier: GPL-3.0-or-later
"""What people do to the files of a record, in many variants, and what must hold of each. TAP.

The host is always one that must alarm: 90 MB are left for its VMs, and one is at its maximum. What
was before, or would be read the wrong way, is harmless. So an OK is always wrong, but where a test
says that the record is as good as any. Where a program takes long to start, as under Wine, fewer of
the variants are run.
"""
import datetime
import itertools
import os
import random
import shlex
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

PROGRAMS = os.environ.get("PROGRAMS", "plugins")
EXEEXT, WRAPPER = os.environ.get("EXEEXT", ""), shlex.split(os.environ.get("PROGRAM_WRAPPER", ""))
SLOW = bool(WRAPPER)

BALANCER = r"\Hyper-V Dynamic Memory Balancer(System Balancer)\Available Memory"
READS = r"\Memory\Page Reads/sec"
AVAILABLE = r"\Memory\Available MBytes"
KEY = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Virtualization"
V5 = "Windows Registry Editor Version 5.00\r\n\r\n"


def run(check, record, *arguments):
    return run_with(check, f"--source=record:{record}", *arguments)


def run_with(check, *arguments):
    command = [*WRAPPER, os.path.join(os.path.abspath(PROGRAMS), check + EXEEXT), *arguments]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=600,
                          check=False)
    return done.returncode, done.stdout.decode("utf-8", "backslashreplace").replace("\r\n", "\n")


def some(variants, most, least):
    """All of them, or as many as may be run here, the same ones in every run."""
    variants = list(variants)
    random.Random(len(variants)).shuffle(variants)
    return variants[:least if SLOW else most]


# ---- a record ----


def write(directory, name, content, encoding="utf-8", age=None):
    path = os.path.join(directory, name)
    os.makedirs(directory, exist_ok=True)
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode(encoding))
    if age is not None:
        os.utime(path, (time.time() - age,) * 2)


def vm(name, counter="Physical Memory"):
    return rf"\Hyper-V Dynamic Memory VM({name})" + "\\" + counter


def stamp(moment):
    return moment.strftime("%m/%d/%Y %H:%M:%S.000")


def quoted(fields, delimiter=","):
    return delimiter.join('"%s"' % field.replace('"', '""') for field in fields) + "\r\n"


def log(columns, rows, zone=" (UTC)(0)", delimiter=",", host="HV1"):
    kind = "TSV" if delimiter == "\t" else "CSV"
    lines = [[f"(PDH-{kind} 4.0){zone}", *(rf"\\{host}{column}" for column in columns)]]
    lines += [[when, *map(str, values)] for when, values in rows]
    return "".join(quoted(line, delimiter) for line in lines)


def guid(index):
    return f"{index:08X}-AAAA-BBBB-CCCC-000000000001"


COMPUTERS = ("Name", "ElementName", "EnabledState")
SETTINGS = ("InstanceID", "Limit", "Reservation", "VirtualQuantity", "DynamicMemoryEnabled")
SYSTEM = ("Version", "TotalVisibleMemorySize")


def computers(names):
    return [["HV1", "HV1", "2"]] + [[guid(i), name, "2"] for i, name in enumerate(names, 1)]


def settings(names):
    return [[rf"Microsoft:{guid(i)}\x", "4096", "512", "512", "True"]
            for i in range(1, len(names) + 1)]


def table(header, rows):
    return "".join(map(quoted, [header, *rows]))


def write_host(directory, names=("web01",), encoding="utf-8-sig", age=None):
    write(directory, "Msvm_ComputerSystem.csv", table(COMPUTERS, computers(names)), encoding, age)
    write(directory, "Msvm_MemorySettingData.csv", table(SETTINGS, settings(names)), "utf-8", age)
    write(directory, "Win32_OperatingSystem.csv", table(SYSTEM, [["10.0.20348", "33554432"]]),
          "utf-8", age)


NOON = datetime.datetime(2026, 9, 1, 12)
COLUMNS = [BALANCER, READS, AVAILABLE, vm("web01"), vm("web01", "Average Pressure")]
VALUES = (90, 70, 400, 4090, 110)
LOG = log(COLUMNS, [(stamp(NOON), VALUES)])


def write_good(directory, age=None):
    """A record whose files are as they should be; it must alarm."""
    write(directory, "counters.csv", LOG, age=age)
    write(directory, "registry.reg", V5 + f'[{KEY}]\r\n"MemoryReserve"=dword:00000800\r\n',
          "utf-16", age)
    write_host(directory, age=age)


# ---- appended logs ----

ENDINGS = {
    "nothing": "",
    "an empty line": "\r\n",
    "English words": "\r\nExiting, please wait...                         \r\n"
                     "The command completed successfully.\r\n\r\n",
    "words with commas": "\r\nBeenden, bitte warten, bitte, ...\r\n",
    "a row that was not finished": '"09/01/2026 11:5',
    "a row that was not finished, and a line end": '"09/01/2026 11:5\r\n',
    "an end of text": "\x1a",
}
WRITINGS = {
    "ASCII": lambda text: text.encode("ascii"),
    "UTF-8 with a mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16 without a mark": lambda text: text.encode("utf-16-le"),
    "UTF-16 with a mark": lambda text: text.encode("utf-16"),
    "UTF-16BE with a mark": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
}
BEFORE = [(stamp(NOON - datetime.timedelta(hours=1)), (9000, 1000))] * 2
LAST = {
    "a VM more": ([BALANCER, vm("db01"), vm("web01")], (90, 500, 4090)),
    "a VM less": ([BALANCER], (90,)),
    "the columns in another order": ([vm("web01"), BALANCER], (4090, 90)),
    "the same columns": ([BALANCER, vm("web01")], (90, 4090)),
    "another column": ([BALANCER, AVAILABLE], (90, 9000)),
}


def appended_logs(scratch):
    variants = itertools.product(ENDINGS, WRITINGS, WRITINGS, LAST, ",;\t", (1, 2))
    bad, tried = [], 0
    for index, (ending, first, second, last, delimiter, parts) in enumerate(
            some(variants, 400, 20)):
        if first == "UTF-16BE with a mark" and second == "UTF-16 without a mark" and \
                "not finished" in ending:
            continue  # not even a character is whole there
        columns, values = LAST[last]
        before = log([BALANCER, vm("web01")], BEFORE)
        tail = log(columns, [(stamp(NOON), values)], delimiter=delimiter)
        content = WRITINGS[first](before + ENDINGS[ending])
        if parts == 2:
            content += WRITINGS[second](log([vm("x"), BALANCER, AVAILABLE],
                                            [(BEFORE[0][0], (1, 9000, 9000))]) + ENDINGS[ending])
        content += WRITINGS[second](tail)
        directory = f"{scratch}/appended-{index}"
        write(directory, "counters.csv", content)
        status, text = run("check_hv_balancer", directory)
        tried += 1
        if status != 2 or "90 MB" not in text:
            bad.append((ending, first, second, last, delimiter, parts, status, text))
    tap.ok(not bad and tried, f"appended in {tried} ways: the last row is read by its own header",
       *bad[:5])


def damaged_logs(scratch):
    """A last line that is no row of its header, or whose header is damaged: an answer that says so."""
    head, header = log([BALANCER, vm("web01")], BEFORE), log([BALANCER, vm("web01")], [])
    row = quoted([stamp(NOON), "90", "4090"])
    cases = {
        "a field more": head + quoted([stamp(NOON), "90", "4090", "1"]),
        "a field less": head + quoted([stamp(NOON), "90"]),
        "no field": head + quoted([stamp(NOON)]),
        "an open quote": head + f'"{stamp(NOON)}","90","4090\r\n',
        "a NUL": head + row.replace("90", "9\0", 1),
        "NULs": head + "\0" * 40 + "\r\n",
        "no time": head + quoted(["", "90", "4090"]),
        "an older row": head + quoted([stamp(NOON - datetime.timedelta(days=1)), "9000", "1000"]),
        "the header is cut in a name": head + header[:-12] + "\r\n" + row,
        "the header is cut between names": head + header.split('","')[0] + '"\r\n' + row,
        "the header has lost its beginning": head + header[60:] + row,
        "the header of another machine":
            head + log([BALANCER, vm("web01")], [(stamp(NOON), (9000, 4000))], host="HV2"),
        "a part of older rows":
            head + log([BALANCER], [(stamp(NOON - datetime.timedelta(days=1)), (9000,))]),
    }
    for name, form in (("a day and a month", "%d.%m.%Y %H:%M"), ("no zeros", "9/1/2026 12:00"),
                       ("minutes", "00:00.0"), ("ISO", "%Y-%m-%d %H:%M:%S"), ("a number", "46266.5"),
                       ("Japan", "%Y/%m/%d %H:%M"), ("a name", "1-Sep-26"),
                       ("12 hours", "%m/%d/%Y 12:00:00 PM")):
        for delimiter in ",;\t":
            when = NOON.strftime(form)
            cases[f"a spreadsheet's time, {name}, {delimiter!r}"] = \
                header.replace('"', "") + delimiter.join([when, "9000", "4090"]) + "\r\n"
            cases[f"the same behind a row, {name}, {delimiter!r}"] = \
                head + delimiter.join([when, "9000", "4090"]) + "\r\n"
    bad = []
    chosen = some(cases.items(), 100, 12)
    for index, (name, content) in enumerate(chosen):
        for encoding in ("ascii", "utf-16"):
            directory = f"{scratch}/damaged-{index}-{encoding}"
            write(directory, "counters.csv", content, encoding)
            status, text = run("check_hv_balancer", directory)
            named = "counters.csv:" in text and text.split("counters.csv:")[1][0].isdigit()
            if status != 3 or not named or "spreadsheet's" in name and "time stamp" not in text:
                bad.append((name, encoding, status, text))
    tap.ok(not bad, f"damaged in {len(chosen)} ways: refused by the line", *bad[:5])


# ---- ages ----

ZONES = (("GMT Standard Time", 0), ("GMT Daylight Time", 0), ("Romance Standard Time", 60),
         ("Pacific Daylight Time", -480), ("AUS Eastern Standard Time", 600),
         ("Newfoundland Standard Time", -210), ("", -180))


def aged(directory, zone, header_ahead, ahead, age, file_age, rows=3, interval=15):
    """A log whose last row is so many seconds old, by a clock that is `ahead` minutes of UTC."""
    now = datetime.datetime.fromtimestamp(time.time() - age, datetime.timezone.utc)
    now += datetime.timedelta(minutes=ahead)
    written = [(stamp(now - datetime.timedelta(seconds=interval * i)), (90,))
               for i in reversed(range(rows))]
    form = f" ({zone})({-header_ahead})" if header_ahead is not None else f" ({zone}" * bool(zone)
    write(directory, "counters.csv", log([BALANCER], written, zone=form), age=file_age)


def ages(scratch):
    bad, tried = [], 0
    variants = itertools.product(ZONES, (0, 60, -60), (0, 5, 600, 1500, 2800, 3600, 4400, 7200))
    for index, ((zone, ahead), change, age) in enumerate(some(variants, 200, 24)):
        directory = f"{scratch}/age-{index}"
        aged(directory, zone, ahead, ahead + change, age, age)
        status, text = run("check_hv_balancer", directory, "--max-age=900")
        tried += 1
        if status != (2 if age < 900 else 3) or (status == 3 and "older than" not in text):
            bad.append((zone, ahead, change, age, status, text))
    tap.ok(not bad and tried, f"{tried} ages before and after a change of the clock", *bad[:5])

    bad, tried = [], 0
    cut = ("Paris, Madrid (heure d", "RTZ 2 (", "", "Mitteleurop")
    variants = itertools.product(cut, (-210, 0, 60, 120, 540, 345), (5, 1500, 5000, 90000))
    for index, (zone, ahead, age) in enumerate(some(variants, 100, 16)):
        directory = f"{scratch}/cut-{index}"
        aged(directory, zone, None, ahead, age, age)
        offset = f"--utc-offset={'-' if ahead < 0 else '+'}{abs(ahead) // 60:02}:{abs(ahead) % 60:02}"
        for arguments in ((), (offset,)):
            status, text = run("check_hv_balancer", directory, "--max-age=900", *arguments)
            tried += 1
            if status != (2 if age < 900 else 3) or "typeperf -o" in text:
                bad.append((zone, ahead, age, arguments, status, text))
        aged(directory, zone, None, ahead, 90000, 0)  # a copy with a time of its own
        status, text = run("check_hv_balancer", directory, "--max-age=900")
        if status != 3 or "--utc-offset=" not in text:
            bad.append((zone, ahead, "copied", status, text))
    tap.ok(not bad and tried, f"{tried} ages of logs whose zone was cut", *bad[:5])


def ages_of_files(scratch):
    directory, bad = f"{scratch}/files", []
    write_good(directory)
    now = datetime.datetime.now(datetime.timezone.utc)
    fresh = log(COLUMNS, [(stamp(now), VALUES)])
    reads = {
        "check_hv_balancer": ("counters.csv",),
        "check_hv_page_reads": ("counters.csv",),
        "check_hv_guest_memory": ("counters.csv",),
        "check_hv_memory_reserve": ("registry.reg", "Win32_OperatingSystem.csv"),
        "check_hv_vm_memory": ("counters.csv", "Msvm_ComputerSystem.csv",
                               "Msvm_MemorySettingData.csv", "Win32_OperatingSystem.csv"),
        "check_hv_contention": ("counters.csv", "Msvm_ComputerSystem.csv",
                                "Msvm_MemorySettingData.csv", "Win32_OperatingSystem.csv"),
        "check_hv_capacity": ("counters.csv", "Msvm_ComputerSystem.csv",
                              "Msvm_MemorySettingData.csv", "Win32_OperatingSystem.csv"),
    }
    for check, files in reads.items():
        for old in (None, *files):
            write_good(directory)
            write(directory, "counters.csv", fresh)
            if old == "counters.csv":
                write(directory, old, LOG, age=4000)
            elif old:
                os.utime(f"{directory}/{old}", (time.time() - 4000,) * 2)
            status, text = run(check, directory, "--max-age=900", "--perfdata=none")
            wrong = status == 3 if old is None else status != 3 or f"{old}: " not in text or \
                "is older than --max-age=900 s" not in text
            if wrong:
                bad.append((check, old, status, text))
    tap.ok(not bad, "--max-age holds for every file that a check reads", *bad[:5])


# ---- names ----

NAMES = {
    "cp1252": ("Données-01", "études", "Müller & Söhne", "niño", "Ærø", "ção"),
    "cp1250": ("Zamówienia", "Żółć", "Účetní", "Győr"),
    "cp1251": ("Сервер", "База данных", "Київ"),
    "cp1253": ("Διακομιστής", "Αθήνα"),
    "cp1254": ("İstanbul", "Güneş"),
    "cp1257": ("Rīga", "Šiauliai"),
    "cp932": ("業務サーバ01", "表計算ソ", "ポータル", "申請", "東京"),
}
OEM = {"cp1252": "cp850", "cp1250": "cp852", "cp1251": "cp866"}


def names(scratch):
    bad, tried, index = [], 0, 0
    variants = [(page, name, of_log, of_rows) for page, all_names in NAMES.items()
                for name in all_names for of_log in (page, OEM.get(page, page), "utf-8-sig", "utf-16")
                for of_rows in ("utf-8-sig", "utf-16", page)]
    for page, name, of_log, of_rows in some(variants, 400, 30):
        certain = "utf" in of_log or "utf" in of_rows
        if not certain and of_log != of_rows:
            certain = True  # the join tells, too
        directory, index = f"{scratch}/names-{index}", index + 1
        write(directory, "counters.csv",
              log([BALANCER, vm(name), vm("web01")], [(stamp(NOON), (3000, 4090, 1000))]), of_log)
        write_host(directory, (name, "web01"), of_rows)
        status, text = run("check_hv_vm_memory", directory, "-v", "--perfdata=none")
        tried += 1
        # Both in one page that nothing tells: they join, byte by byte, however they are shown.
        if status != 2 or (certain and f"[CRITICAL] {name} at" not in text):
            bad.append((name, of_log, of_rows, status, text))
    tap.ok(not bad and tried, f"{tried} names in the code pages of Windows: each joins, untold", *bad[:5])

    directory = f"{scratch}/doubt"
    write(directory, "counters.csv", log([BALANCER, vm("Données")], [(stamp(NOON), (90, 4090))]),
          "cp1252")
    write_host(directory, ("Donn?es",), "ascii")
    status, text = run("check_hv_vm_memory", directory)
    tap.ok(status == 3 and "--encoding" in text, "where doubt remains --encoding is named", text)


# ---- exports ----


def exports(scratch):
    good = {"Msvm_ComputerSystem": (COMPUTERS, computers(["web01"]), 1),
            "Msvm_MemorySettingData": (SETTINGS, settings(["web01"]), 0),
            "Win32_OperatingSystem": (SYSTEM, [["10.0.20348", "33554432"]], 0)}
    needed = {"Msvm_ComputerSystem": COMPUTERS,
              "Msvm_MemorySettingData": ("InstanceID", "Limit", "DynamicMemoryEnabled"),
              "Win32_OperatingSystem": SYSTEM}
    words = {"EnabledState": ("Running", "Off", "En cours d'exécution", "実行中", "2.0", "2 "),
             "Limit": ("4,096", "4096.0", "4 GB", "unlimited", "-1", "1E+6"),
             "DynamicMemoryEnabled": ("WAHR", "VRAI", "1", "-1", "Yes", "$true"),
             "TotalVisibleMemorySize": ("32 GB", "", "0"), "Version": ("Windows", "")}
    cases = []
    for name, (header, rows, row) in good.items():
        for column in needed[name]:
            at = header.index(column)
            cut = [[*r[:at], *r[at + 1:]] for r in [header, *rows]]
            cases.append((f"{name} without {column}", name, table(cut[0], cut[1:]), column))
            for word in words.get(column, ()):
                told = [list(r) for r in rows]
                told[row][at] = word
                cases.append((f"{name}: {column} is '{word}'", name, table(header, told),
                              f"'{word}'"))
        second = table(header, rows)
        cases.append((f"{name}: the rows twice", name, second + table(rows[row], rows[row + 1:]),
                      "second" if name.startswith("Win32") else "twice"))
        cases.append((f"{name}: the file twice", name, second + second, "two exports"))
        cases.append((f"{name}: cut in its last row", name, second[:-4], "cut"))
    bad, chosen = [], some(cases, 200, 24)
    for index, (title, name, content, told) in enumerate(chosen):
        directory = f"{scratch}/export-{index}"
        write_good(directory)
        write(directory, name + ".csv", content)
        for check in ("check_hv_vm_memory", "check_hv_capacity", "check_hv_contention"):
            status, text = run(check, directory, "--perfdata=none")
            if status != 3 or told not in text or f"{name}.csv:" not in text:
                bad.append((title, check, status, text))
    tap.ok(not bad, f"{len(chosen)} exports that can't be understood: UNKNOWN, and what, where", *bad[:5])

    bad, tried = [], 0
    for line_end, encoding, delimiter in itertools.product(
            ("\r\n", "\n", "\r\r\n"), ("ascii", "utf-8-sig", "utf-16"), ",;"):
        directory = f"{scratch}/form-{tried}"
        write_good(directory)
        for name, (header, rows, _) in good.items():
            content = table(header, rows).replace('","', f'"{delimiter}"').replace("\r\n", line_end)
            if line_end == "\r\r\n":
                content = line_end + content.replace('"', "")  # as wmic writes it
            write(directory, name + ".csv", content, encoding)
        tried += 1
        if SLOW and tried % 4:
            continue
        status, text = run("check_hv_vm_memory", directory)
        if status != 2:
            bad.append((line_end, encoding, delimiter, status, text))
    tap.ok(not bad, "and those of other line ends, encodings and delimiters are read", *bad[:5])


# ---- the registry ----


def registry(scratch):
    wow = KEY.replace("SOFTWARE", r"SOFTWARE\Wow6432Node")
    value = '"MemoryReserve"=dword:00000800\r\n'
    cases = {"no key": "", "another key": f"[{KEY[:-15]}]\r\n{value}",
             "a key below it": f"[{KEY}\\Sub]\r\n{value}", "the 32-bit key": f"[{wow}]\r\n{value}",
             "a user's key": f"[{KEY.replace('LOCAL_MACHINE', 'CURRENT_USER')}]\r\n{value}",
             "it is deleted": f"[{KEY}]\r\n{value}\r\n[-{KEY}]\r\n",
             "a longer name": f"[{KEY}2]\r\n{value}"}
    bad = []
    for index, (title, content) in enumerate(cases.items()):
        directory = f"{scratch}/registry-{index}"
        write_good(directory)
        write(directory, "registry.reg", V5 + content, "utf-16")
        for arguments in ((), ("--expect=2048",), ("-w", "1:")):
            status, text = run("check_hv_memory_reserve", directory, *arguments)
            if status != 3 or KEY.replace("\\", "/") not in text or "registry.reg" not in text:
                bad.append((title, arguments, status, text))
    tap.ok(not bad, f"{len(cases)} files without the key: whether the value is set is not known", *bad)


# ---- languages ----

MEMORY = ("Arbeitsspeicher", "Mémoire", "Memoria", "Memória", "Geheugen", "Память", "Pamięć",
          "Paměť", "Bellek", "Minne", "Hukommelse", "Muisti", "Μνήμη", "Memorie")


def languages(scratch):
    bad = []
    chosen = some(MEMORY, 20, 5)
    for index, word in enumerate(chosen):
        directory = f"{scratch}/language-{index}"
        columns = [rf"\{word}\x", rf"\System\x", rf"\{word} Hyper-V (y)(z)\x"]
        write(directory, "counters.csv", log(columns, [(stamp(NOON), (1, 2, 3))]), "utf-16")
        for check in ("check_hv_balancer", "check_hv_guest_memory", "check_hv_page_reads"):
            status, text = run(check, directory)
            if status != 3 or "role installed" in text or "not English" not in text or \
                    "--record=DIR" not in text:
                bad.append((word, check, status, text))
    tap.ok(not bad, f"logs in {len(chosen)} languages are called so", *bad[:5])


# ---- --record ----


def recording(scratch):
    good, bad = f"{scratch}/good", []
    write_good(good)
    checks = ("check_hv_vm_memory", "check_hv_balancer", "check_hv_page_reads",
              "check_hv_memory_reserve", "check_hv_contention", "check_hv_capacity")
    plain = {check: run(check, good) for check in checks}
    for check in checks:
        for blocked in ("counters.csv.new", "registry.reg", "Msvm_ComputerSystem.csv",
                        "Win32_OperatingSystem.csv.new"):
            directory = f"{scratch}/record-{check}-{blocked}"
            write(directory, blocked, "something else")
            status, text = run(check, good, f"--record={directory}")
            left = sorted(os.listdir(directory))
            told = "no record was written: " in text
            whole = left != [blocked]
            if status != plain[check][0] or told == whole or \
                    text.split("\n")[0].split(" | ")[0] != plain[check][1].split("\n")[0].split(
                        " | ")[0] or (told and whole):
                bad.append((check, blocked, left, status, text))
    tap.ok(not bad, "a record that can't be written: the verdict stays, and nothing is begun", *bad[:5])

    bad, directory = [], f"{scratch}/all"
    for check in checks:
        status, text = run(check, good, f"--record={directory}")
        if (status, text) != plain[check]:
            bad.append((check, status, text))
    for check in checks:
        status, text = run(check, directory)
        if (status, text.split("\n")[0]) != (plain[check][0], plain[check][1].split("\n")[0]):
            bad.append((check, plain[check], status, text))
    tap.ok(not bad, "all checks write one record, and each reads there what it read before", *bad[:5])


def main():
    with tempfile.TemporaryDirectory() as scratch:
        for test in (appended_logs, damaged_logs, ages, ages_of_files, names, exports, registry,
                     languages, recording):
            test(scratch)
    sys.exit(tap.end())


if __name__ == "__main__":
    main()
