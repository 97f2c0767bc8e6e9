# SPDX-License-Identifier: GPL-3.0-or-later
"""A Windows for the scripts to run on: WMI with the rows that it is given, a drive C: in a directory, and the few
programs of Windows that a script starts. What these do is Microsoft's reference's word, not theirs."""
import csv
import datetime
import glob
import io
import os
import re

from interpreter import Object, Thrown, items_of, text_of

RAW, RATE = 65536, 272696320  # PERF_COUNTER_RAWCOUNT, PERF_COUNTER_COUNTER
FREQUENCY = 2_441_406
PRIVATE = "O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"
INHERITED = "O:BAG:SYD:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIIOID;GA;;;CO)(A;OICIID;0x1200a9;;;BU)(A;CIID;DCLCRPCR;;;BU)"
OBJECTS = {  # of a counter log, and the classes that hold them
    "Hyper-V Dynamic Memory Balancer": "Win32_PerfRawData_BalancerStats_HyperVDynamicMemoryBalancer",
    "Hyper-V Dynamic Memory VM": "Win32_PerfRawData_BalancerStats_HyperVDynamicMemoryVM",
    "Memory": "Win32_PerfRawData_PerfOS_Memory",
    "Hyper-V Dynamic Memory Integration Service":
        "Win32_PerfRawData_Counters_HyperVDynamicMemoryIntegrationService",
}
# As similar in name as these get.
OTHERS = ["Win32_PerfRawData_NETFramework_NETCLRMemory", "Win32_PerfRawData_PerfOS_MemoryX",
          "Win32_PerfFormattedData_BalancerStats_HyperVDynamicMemoryVM",
          "Win32_PerfRawData_VidPerfProvider_HyperVVMVidPartition"]


class Killed(Exception):
    """The power went off."""


def property_of(counter):
    return re.sub("[ ,]", "", counter).replace("/", "Per")


class Windows:
    def __init__(self, drive):
        self.drive = drive
        self.environment = {"programdata": r"C:\ProgramData", "computername": "HVHOST1"}
        self.namespaces = {r"root\cimv2": {}}  # of classes, of rows: {property: value}
        self.types = {}  # {class: {property: CounterType}}
        self.registry = b""
        self.groups = ["S-1-5-32-544", "S-1-16-12288"]
        self.sddl = {}  # of directories; what is not there is PRIVATE
        self.junctions = set()
        self.clock = datetime.datetime.utcnow()  # without a zone, as it is printed
        self.slept = 0.0
        self.calls = []  # of WMI
        self.changes = 0  # of files
        self.on_call = lambda windows: None
        self.die_at = None  # the number of the change that is not made, or half
        self.fails = {}  # {program: how often}
        self.closed = 0  # how often a file can't be replaced

    # time

    def now(self):
        return self.clock + datetime.timedelta(seconds=self.slept)

    def start_sleep(self, _, seconds=0, milliseconds=0):
        self.slept += seconds + milliseconds / 1000

    # WMI

    def define(self, name, rows, types):
        self.namespaces[r"root\cimv2"][name] = rows
        self.types[name] = types

    def get_wmiobject(self, _, namespace=r"root\cimv2", query=None, **which):
        self.calls.append(query or which["class"])
        self.on_call(self)
        classes = self.namespaces.get(namespace.lower())
        if classes is None:
            raise Thrown('Invalid namespace ""')
        if query and " FROM meta_class " in query:
            return self.find_classes(query, classes)
        wanted, name = re.fullmatch(r"SELECT ([\w, ]+) FROM (\w+)", query).groups() if query else (None, which["class"])
        if name not in classes:
            raise Thrown(f'Invalid class "{name}"')
        rows = classes[name]() if callable(classes[name]) else classes[name]
        if wanted:
            rows = [{key: row[key] for key in wanted.split(", ")} for row in rows]
        return [Object(**dict({"__GENUS": 2, "__CLASS": name}, **row)) for row in rows]

    def find_classes(self, query, classes):
        like = re.fullmatch(r"SELECT \* FROM meta_class WHERE __CLASS LIKE '([^']*)'", query).group(1)
        pattern = "".join({"%": ".*", "_": ".", "[_]": "_"}.get(part) or re.escape(part)
                          for part in re.findall(r"\[_\]|.", like))
        return [Object(__CLASS=name, Properties=[
            Object(Name=key, Qualifiers=[Object(Name="DisplayName", Value=key)] + (
                [Object(Name="CounterType", Value=kind)] if kind else []))
            for key, kind in self.types.get(name, {}).items()])
            for name in list(classes) + OTHERS if re.fullmatch(pattern, name, re.I)]

    # files

    def path(self, name):
        if not re.match(r"C:\\", name):
            raise AssertionError(f"not on this drive: {name}")
        return os.path.join(self.drive, *name[3:].split("\\"))

    def write(self, name, content):
        self.changes += 1
        dies = self.changes == self.die_at
        with open(self.path(name), "wb") as file:
            file.write(content[:len(content) // 2] if dies else content)
        if dies:
            raise Killed

    def change(self):
        self.changes += 1
        if self.changes == self.die_at:
            raise Killed

    def test_path(self, _, path):
        return os.path.exists(self.path(path))

    def get_item(self, _, path, force=False):
        directory = os.path.isdir(self.path(path))
        return Object(Attributes=("Directory" if directory else "Archive") +
                      (", ReparsePoint" if path in self.junctions else ""))

    def get_acl(self, _, path):
        return Object(Sddl=self.sddl.get(path, PRIVATE))

    def get_childitem(self, _, path, force=False):
        return [Object(Name=name) for name in sorted(os.listdir(self.path(path)))]

    def new_item(self, _, itemtype, path):
        assert itemtype == "Directory"
        self.change()
        os.makedirs(self.path(path))
        self.sddl[path] = INHERITED

    def remove_item(self, _, path, erroraction):
        found = glob.glob(self.path(path))
        for name in found:
            os.unlink(name)

    def set_content(self, _, path, value, encoding=None):
        assert encoding in (None, "UTF8")
        text = "".join(text_of(line) + "\r\n" for line in items_of(value))
        self.write(path, (b"\xef\xbb\xbf" + text.encode()) if encoding else text.encode("ascii"))

    def export_csv(self, received, path, encoding):
        assert encoding == "UTF8"
        names = received[0].names()
        text = io.StringIO()
        text.write("#TYPE System.Management.ManagementObject\r\n")
        text.write(",".join(f'"{name}"' for name in names) + "\r\n")
        for item in received:
            text.write(",".join("" if item.get(name) is None else
                                '"' + str(item.get(name)).replace('"', '""') + '"'
                                for name in names) + "\r\n")
        self.write(path, b"\xef\xbb\xbf" + text.getvalue().encode())

    # programs

    def program(self, name, words):
        if self.fails.get(name):
            self.fails[name] -= 1
            return ["ERROR: as the test has it"], 1
        return getattr(self, name.replace(".", "_"))(words)

    def whoami_exe(self, words):
        assert words == ["/groups"]
        return [f"NAME  Well-known group  {group}  Enabled" for group in self.groups], 0

    def icacls_exe(self, words):
        self.change()
        if words[1:] == ["/setowner", "*S-1-5-32-544"]:
            return [], 0
        assert words[1:] == ["/inheritance:r", "/grant:r", "*S-1-5-18:(OI)(CI)F", "*S-1-5-32-544:(OI)(CI)F"]
        self.sddl[words[0]] = PRIVATE
        return [], 0

    def reg_exe(self, words):
        assert words[0] == "export" and words[3:] == ["/y"], words
        self.write(words[2], self.registry)
        return [], 0

    def cmd_exe(self, words):
        """move, in one step. A file that others have open stands in its way on older systems."""
        assert words[:4] == ["/d", "/c", "move", "/y"] and len(words) == 6, words
        if self.closed:
            self.closed -= 1
            return [], 1
        self.change()
        os.rename(self.path(words[4]), self.path(words[5]))
        return ["        1 file(s) moved."], 0


# --- a host as a record has it

def rows_of(path):
    """A file of Export-Csv."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        lines = [line for line in file if not line.startswith("#")]
    return [{name: None if value == "" else value for name, value in row.items()}
            for row in csv.DictReader(lines)]


def row_at(path, moment):
    """{column: value} of a counter log's row at this time, its time stamp left out."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        header = next(reader)
        row = next(row for row in reader if row[0].startswith(moment))
    return dict(zip(header[1:], row[1:]))


def counters_of(row):
    """{object: {instance: {counter: value}}} of a log's row."""
    found = {}
    for path, value in row.items():
        name, instance, counter = re.fullmatch(r"\\\\[^\\]+\\([^(\\]+)(?:\((.*)\))?\\(.+)", path).groups()
        if value.strip():
            found.setdefault(name, {}).setdefault(instance, {})[counter] = float(value)
    return found


def stand_in(windows, record, moment, namespace):
    """Make this Windows the host, or guest, that a record has at a moment."""
    for name, instances in counters_of(row_at(os.path.join(record, "counters.csv"), moment)).items():
        if name not in OBJECTS:
            continue
        types = {property_of(counter): RATE if counter.endswith("/sec") else RAW
                 for instance in instances.values() for counter in instance}
        windows.define(OBJECTS[name], lambda i=instances: [
            perf_row(windows, instance, counters) for instance, counters in i.items()], types)
    classes = windows.namespaces[r"root\cimv2"]
    classes["Win32_OperatingSystem"] = rows_of(os.path.join(record, "Win32_OperatingSystem.csv"))
    if namespace:
        windows.namespaces[namespace] = {
            name: rows_of(os.path.join(record, f"{name}.csv"))
            for name in ("Msvm_ComputerSystem", "Msvm_MemorySettingData", "Msvm_SummaryInformation")
            if os.path.exists(os.path.join(record, f"{name}.csv"))}
        with open(os.path.join(record, "registry.reg"), "rb") as file:
            windows.registry = file.read()


def perf_row(windows, instance, counters):
    """A row of raw data: a rate counts on as the clock goes."""
    ticks = 1_000_000_000_000 + int(windows.slept * FREQUENCY)
    row = {"Name": instance, "Caption": None, "Timestamp_PerfTime": ticks, "Frequency_PerfTime": FREQUENCY}
    for counter, value in counters.items():
        row[property_of(counter)] = int(value * windows.slept + 0.5) + 1_000_000 \
            if counter.endswith("/sec") else int(value)
    return row
