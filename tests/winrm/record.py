# SPDX-License-Identifier: GPL-3.0-or-later
"""A record as the double serves it: what stands in the files of a directory, read without the programs'
own code, so that a mistake of theirs is not made twice."""
import csv
import datetime
import os
import re


def decode(data):
    for bom, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(bom):
            return data[len(bom):].decode(name)
    for name in ("utf-8", "cp932", "cp1252"):
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            pass
    raise ValueError("no encoding")


def read_text(path):
    with open(path, "rb") as file:
        return decode(file.read())


def parse_at(text):
    text = text.replace("T", " ")
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"):
        try:
            return datetime.datetime.strptime(text, form)
        except ValueError:
            pass
    raise ValueError(text)


def parse_stamp(text):
    return datetime.datetime.strptime(text.split(".")[0], "%m/%d/%Y %H:%M:%S")


PATH = re.compile(r"^\\\\[^\\]+\\(?P<object>[^\\(]+?)(?:\((?P<instance>.*)\))?\\(?P<counter>[^\\]+)$")


def number(text):
    """A log's value as the whole number that a raw counter is; None where nothing stands there."""
    text = text.strip().replace(",", ".")
    return float(text) if text else None


class Record:
    """counters: {object: {instance: {counter: value}}} of one row; classes: {name: [{property: text}]};
    registry: {KEY: {VALUE: (type, bytes)}}."""

    def __init__(self, directory, at=None, before=None):
        """The row that was current at that time, or the last; before: so many seconds before it, or for 0
        one row of the log. Where the log does not go back so far: LookupError."""
        self.counters, self.classes, self.registry, self.before = {}, {}, {}, before
        for name in sorted(os.listdir(directory)):
            path = os.path.join(directory, name)
            if name.lower() in ("counters.csv", "counters.tsv"):
                self.read_counters(path, parse_at(at) if at else None)
            elif name.lower().endswith(".reg"):
                self.read_registry(path)
            elif name.lower().endswith(".csv"):
                self.read_class(path, name[:-4])

    def read_counters(self, path, at):
        lines = [line for line in read_text(path).replace("\r\n", "\n").split("\n") if line.startswith('"')]
        delimiter = "\t" if path.endswith(".tsv") else ","
        rows = list(csv.reader(lines, delimiter=delimiter))
        header = rows[0]
        rows = [row for row in rows[1:]
                if len(row) == len(header) and (at is None or parse_stamp(row[0]) <= at)]
        if not rows:
            raise ValueError(f"{path}: no row")
        if self.before is not None:
            now = parse_stamp(rows[-1][0])
            rows = [row for row in rows[:-1] if (now - parse_stamp(row[0])).total_seconds() >= self.before]
            if not rows:
                raise LookupError(f"{path}: no earlier row")
        best = rows[-1]
        for column, text in zip(header[1:], best[1:]):
            found = PATH.match(column)
            if found:
                instances = self.counters.setdefault(found["object"], {})
                instances.setdefault(found["instance"] or "", {})[found["counter"]] = number(text)

    def read_class(self, path, name):
        lines = [line for line in read_text(path).replace("\r\n", "\n").split("\n")
                 if line and not line.startswith("#TYPE")]
        delimiter = ";" if lines and ";" in lines[0] and "," not in lines[0] else ","
        self.classes[name] = list(csv.DictReader(lines, delimiter=delimiter))

    def read_registry(self, path):
        key = None
        text = re.sub(r"\\\r?\n\s*", "", read_text(path))
        for line in text.replace("\r\n", "\n").split("\n"):
            line = line.strip()
            if line.startswith("["):
                key = line.strip("[]")
                if key.upper().startswith("HKEY_LOCAL_MACHINE\\"):
                    self.registry.setdefault(key.upper(), {})
            elif line.startswith('"') and key:
                name, _, value = line[1:].partition('"=')
                self.take_value(key.upper(), name, value)

    def take_value(self, key, name, value):
        if value.startswith("dword:"):
            found = (4, int(value[6:], 16).to_bytes(4, "little"))
        elif value.startswith("hex"):
            kind, _, digits = value[3:].partition(":")
            kind = int(kind.strip("()") or "3", 16)
            found = (kind, bytes(int(part, 16) for part in digits.split(",") if part.strip()))
        elif value.startswith('"'):
            text = value[1:-1].replace("\\\\", "\\").replace('\\"', '"')
            found = (1, (text + "\0").encode("utf-16-le"))
        else:
            return
        self.registry.setdefault(key, {})[name.upper()] = (*found, name)


def scaled(record, count):
    """The same host with so many VMs, each with a name, a GUID and settings of its own."""
    counters = record.counters["Hyper-V Dynamic Memory VM"]
    computers, settings = record.classes["Msvm_ComputerSystem"], record.classes["Msvm_MemorySettingData"]
    name = next(iter(counters))
    computer = next(row for row in computers if row["ElementName"] == name)
    setting = next(row for row in settings if computer["Name"] in row["InstanceID"])
    values = counters[name]
    host = [row for row in computers if "-" not in row["Name"]]
    counters.clear()
    computers[:], settings[:] = host, []
    for number in range(count):
        guid = f"{number:08X}-0000-4000-8000-{number:012X}"
        counters[f"VM{number:04}"] = dict(values)
        computers.append(dict(computer, Name=guid, ElementName=f"VM{number:04}"))
        settings.append(dict(setting, InstanceID=setting["InstanceID"].replace(computer["Name"], guid)))
    return record
