#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our threshold ranges, states and exit statuses beside the library of a Monitoring Plugins tree, for
configure --with-monitoring-plugins=DIR. TAP; oracle.py says how it is done.

What the library takes beyond the guidelines, or reads otherwise, is listed here by its own code: 2.x and
3.x have parse_range_string(), 3.x has mp_parse_range_string() too, which new plugins use.
"""
import os
import re
import struct
import subprocess
import sys

sys.dont_write_bytecode = True  # the sources may be read-only
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402
from oracle import INFINITY, between, by_filter, cases, compare, filtered, is_strict, starts_behind_end

LIBRARY = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}  # the library leaks what it refuses

# --- C's numbers

FLOAT = re.compile(r"\s*[-+]?(?:0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)(?:[pP][-+]?\d+)?"
                   r"|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|(?i:inf(?:inity)?|nan(?:\(\w*\))?))")
INTEGER = re.compile(r"\s*([-+]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9]\d*))")


def strtod(text, seen):
    """(value, the rest of the text), or (None, text) where no number begins it."""
    found = FLOAT.match(text)
    if not found:
        return None, text
    number, rest = found.group(), text[found.end():]
    for what, is_so in (("blanks in front of a number", number != number.lstrip()),
                        ("a sign +", number.lstrip().startswith("+")),
                        ("hexadecimal", "x" in number.lower()),
                        ("inf and nan", number[-1].lower() in "fyn" and "x" not in number.lower()),
                        ("an exponent", re.search(r"\d\.?[eE]", number) and "x" not in number.lower()),
                        ("a point without a digit at one side",
                         re.search(r"(?<!\d)\.|\.(?!\d)", number)),
                        ("more digits than a double holds",
                         len(re.sub(r"\D", "", re.split("[eE]", number)[0]).lstrip("0")) > 15)):
        if is_so:
            seen.add(what)
    value = float.fromhex(number.strip()) if "x" in number.lower() else float(number)
    return value, rest


# --- parse_range_string() and check_range(), of 2.x and 3.x


def read_as_range(text):
    if is_strict(text):
        return None
    seen = set()
    inside = text.startswith("@")
    rest = text[inside:]
    start, end, is_open = 0.0, INFINITY, False
    if rest == "":
        seen.add("nothing at all, or @ alone")
    if ":" in rest:
        before, _, rest = rest.partition(":")
        if before.startswith("~"):
            start, is_open = -INFINITY, True
            if before != "~":
                seen.add("whatever stands between ~ and :")
        else:
            start = lenient_number(before, seen, "a start left out before ':'")
    if rest == "":
        is_open = True
    else:
        end = lenient_number(rest, seen, None)
    if is_open:  # the two ends are not compared, not even nan
        return seen, lambda value: "alarm" if (start <= value <= end) == inside else "ok"
    return seen, between(inside, start, end)


def lenient_number(text, seen, where_empty):
    if text == "" and where_empty:
        seen.add(where_empty)
        return 0.0
    value, rest = strtod(text, seen)
    if value is None:
        seen.add("no number at all, which is 0")
    elif rest:
        seen.add("whatever stands behind a number")
    return 0.0 if value is None else value


# --- mp_parse_range_string() and mp_check_range(), of 3.x


def read_as_mp_range(text):
    """Which deviates for texts of the guidelines too, so every text is read."""
    seen = set()
    inside = text.startswith("@")
    rest = text[inside:]
    start = end = None
    if text == "":
        return seen, None
    if rest == "":
        seen.add("@ alone")
    if ":" in rest:
        before, _, rest = rest.partition(":")
        if before.startswith("~"):
            if before != "~":
                return seen, None
        else:
            start = pd_value(before, seen)
            if start is None:
                return seen, None
    elif rest != "":
        seen.add("10 is read as ~:10")
    if rest != "":
        end = pd_value(rest, seen)
        if end is None:
            return seen, None
    if is_strict(text) and starts_behind_end(text):
        seen.add("a start that is greater than the end")

    def judge(value):
        value = ("double", value)
        # an open start: the end is compared with -1, so it does not belong to the range
        after_start = start is None or pd_compare(value, start) >= 0
        before_end = end is None or (pd_compare(value, end) <= 0 if start is not None
                                     else pd_compare(value, end) == -1)
        return "alarm" if (after_start and before_end) == inside else "ok"

    if start is None and end is not None and ":" in text:
        seen.add("the end of ~:10 is not of the range")
    if any(number and number[0] == "double" for number in (start, end)):
        seen.add("numbers with a point are compared by their bits, negative ones backwards")
    return seen, judge


def pd_value(text, seen):
    """("int", n) or ("double", x); None: refused."""
    if text == "":
        seen.add("a start left out before ':'")
        return "int", 0
    found = INTEGER.fullmatch(text)
    if found:
        sign, hexadecimal, octal, decimal = found.groups()
        for what, is_so in (("blanks in front of a number", text != text.lstrip()), ("a sign +", sign == "+"),
                            ("hexadecimal", hexadecimal), ("octal", octal and octal.strip("0")),
                            ("more digits than a double holds",
                             len((octal or decimal or "").lstrip("0")) > 15)):
            if is_so:
                seen.add(what)
        number = int(hexadecimal, 16) if hexadecimal else int(octal, 8) if octal else int(decimal)
        number = -number if sign == "-" else number
        return "int", max(min(number, 2**63 - 1), -2**63)
    value, rest = strtod(text, seen)
    if value is None:
        return None
    digits = re.split("[eE]", text[:len(text) - len(rest)])[0]
    if "n" not in digits and (abs(value) == INFINITY or 0 < abs(value) < sys.float_info.min
                              or value == 0 and re.search("[1-9]", digits)):
        return None  # ERANGE
    if rest:
        seen.add("whatever stands behind a number")
    return "double", value


def pd_compare(a, b):
    if a[0] == b[0] == "double":
        a, b = (struct.unpack("<q", struct.pack("<d", number)) for _, number in (a, b))
    else:
        a, b = a[1], b[1]
    return (a > b) - (a < b)


APIS = {
    "range": (read_as_range, [
        "blanks in front of a number", "a sign +", "hexadecimal", "inf and nan", "an exponent",
        "a point without a digit at one side", "more digits than a double holds",
        "a start left out before ':'", "nothing at all, or @ alone", "no number at all, which is 0",
        "whatever stands behind a number", "whatever stands between ~ and :"]),
    "mp_range": (read_as_mp_range, [
        "10 is read as ~:10", "the end of ~:10 is not of the range",
        "numbers with a point are compared by their bits, negative ones backwards",
        "a start that is greater than the end", "octal", "hexadecimal", "blanks in front of a number",
        "a sign +", "inf and nan", "an exponent", "a point without a digit at one side",
        "more digits than a double holds", "a start left out before ':'", "@ alone",
        "whatever stands behind a number"]),
}


def main():
    built = os.path.join(os.environ["BUILDDIR"], "tests/bench")
    ours_program = os.path.join(built, "judge_range")
    library = os.path.join(built, "judge_range_monitoringplug")
    states = [subprocess.run([program, "states"], stdout=subprocess.PIPE, check=True).stdout
              for program in (ours_program, library)]
    tap.ok(states[0] == states[1] and states[0], "exit statuses and their names are the same", *states)

    pairs = list(cases())
    ours = by_filter([ours_program], pairs)
    apis = subprocess.run([library, "apis"], stdout=subprocess.PIPE, check=True).stdout.decode().split()
    tap.ok(apis and set(apis) <= set(APIS), f"the library has {apis}")
    for api in apis:
        reading, deviations = APIS[api]
        theirs = by_filter([library, api], pairs, env=LIBRARY)
        compare(f"libmonitoringplug's {api}", pairs, ours, theirs, reading, deviations)
    sys.exit(tap.end())


if __name__ == "__main__":
    main()
