#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our threshold ranges beside two implementations that others wrote: Monitoring::Plugin (Perl) and
nagiosplugin (Python). TAP; oracle.py says how it is done.
"""
import os
import random
import re
import sys

import nagiosplugin

sys.dont_write_bytecode = True  # the sources may be read-only
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402
from oracle import (INFINITY, between, by_filter, cases, compare, filtered, good_ranges, is_long,
                    is_strict, starts_behind_end, values)

PERL = ["perl", os.path.join(os.path.dirname(os.path.abspath(__file__)), "judge_range.pl")]


def by_nagiosplugin(pairs):
    ranges = {}
    for text, value in pairs:
        if text not in ranges:
            try:
                ranges[text] = nagiosplugin.Range(text)
            except ValueError:
                ranges[text] = None
        chosen = ranges[text]
        yield "refused" if chosen is None else "ok" if chosen.match(float(value)) else "alarm"


# --- how the others deviate


def perl_number(text, seen):
    """What Perl makes of a text: the number at its beginning."""
    if text.startswith("+"):
        seen.add("a sign +")
    if "e" in text:
        seen.add("an exponent")
    mantissa = text.lstrip("+-").partition("e")[0]
    if not re.fullmatch(r"\d+(\.\d+)?", mantissa):
        seen.add("points anywhere, of which the first counts")
    if is_long(mantissa):
        seen.add("more digits than a double holds")
    found = re.match(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", text)
    return float(found.group()) if found else 0.0


def read_as_perl(text):
    seen = set()
    if is_strict(text):
        return None
    if re.search(r"\s", text):
        seen.add("blanks anywhere")
        text = re.sub(r"\s", "", text)
    one = r"[-+]?[\d.]+"
    value = rf"{one}(?:e{one})?"
    found = re.fullmatch(rf"(@?)(?:({value}|~)?(:))?({value})?", text)
    if not re.search(r"[\d~]", text) or not found:
        return None
    inside, start, colon, end = found.groups()
    if colon and start is None:
        seen.add("a start left out before ':'")
    low = -INFINITY if start == "~" else perl_number(start, seen) if start else 0.0
    high = perl_number(end, seen) if end else INFINITY
    return seen, between(bool(inside), low, high)


def read_as_python(text):
    seen = set()
    if is_strict(text):
        return None
    inside = text.startswith("@")
    start, colon, end = text[inside:].rpartition(":")
    if ":" in start:
        return None
    ends = []
    for atom, default in ((start, 0.0), (end, INFINITY)):
        atom_is_start = default == 0.0
        if atom == "":
            if atom_is_start and colon:
                seen.add("a start left out before ':'")
            if not atom_is_start and not colon:
                seen.add("nothing at all, or @ alone")
            ends.append(default)
        elif atom_is_start and atom == "~":
            ends.append(-INFINITY)
        else:
            # int(), or float() where there is a point
            found = re.fullmatch(r"\s*([-+]?)((?:\d+(?:_\d+)*)?(\.?)(?:\d+(?:_\d+)*)?)(e[-+]?\d+)?\s*", atom)
            if not found or not re.search(r"\d", found.group(2)):
                return None
            sign, digits, point, exponent = found.groups()
            if exponent and not point or digits.endswith("_"):
                return None
            plain = digits.replace("_", "")
            for what, is_so in (("blanks around a number", atom != atom.strip()), ("a sign +", sign == "+"),
                                ("an underscore between digits", "_" in digits),
                                ("a point without a digit at one side",
                                 plain.startswith(".") or plain.endswith(".")),
                                ("an exponent, behind a point", exponent is not None),
                                ("more digits than a double holds", is_long(plain))):
                if is_so:
                    seen.add(what)
            ends.append(float(sign + plain + (exponent or "")))
    low, high = ends
    return seen, between(inside, low, high)


# --- states


def states():
    """Pairs of thresholds and values for the state that they give."""
    source = random.Random(54)
    texts = list(good_ranges(1500))
    texts = [text for text in texts if is_strict(text) and not starts_behind_end(text)]
    for _ in range(4000):
        warning, critical = source.choice(texts), source.choice(texts)
        for value in values(warning, source)[:3] + values(critical, source)[-3:]:
            yield warning, critical, value


def state_of_nagiosplugin(warning, critical, value):
    context = nagiosplugin.ScalarContext("x", warning, critical)
    return context.evaluate(nagiosplugin.Metric("x", float(value), context="x"), None).state.text.upper()


def main():
    ours_program = [os.path.join(os.environ["BUILDDIR"], "tests/bench/judge_range")]
    pairs = list(cases())
    ours = by_filter(ours_program, pairs)
    counts = {answer: ours.count(answer) for answer in ("alarm", "ok", "refused")}
    tap.ok(min(counts.values()) > 10000, f"{len(pairs)} judgements of {len({t for t, _ in pairs})} texts, "
           f"enough of each kind: {counts}", counts)
    compare("Monitoring::Plugin", pairs, ours, by_filter(PERL, pairs), read_as_perl,
            ["blanks anywhere", "a sign +", "an exponent", "points anywhere, of which the first counts",
             "more digits than a double holds", "a start left out before ':'"])
    compare("nagiosplugin", pairs, ours, list(by_nagiosplugin(pairs)), read_as_python,
            ["blanks around a number", "a sign +", "an underscore between digits",
             "a point without a digit at one side", "an exponent, behind a point",
             "more digits than a double holds", "a start left out before ':'", "nothing at all, or @ alone"])

    triples = list(states())
    our_states = filtered(ours_program, ["\t".join(triple) for triple in triples])
    for name, their_states in (
            ("Monitoring::Plugin", filtered(PERL, ["\t".join(triple) for triple in triples])),
            ("nagiosplugin", [state_of_nagiosplugin(*triple) for triple in triples])):
        differing = [f"{triple}: we say {our}, {name} says {their}"
                     for triple, our, their in zip(triples, our_states, their_states) if our != their]
        tap.ok(not differing, f"{name}: {len(triples)} pairs of thresholds give the same states",
               f"{len(differing)} differ:", *differing[:20])
    tap.ok(set(our_states) == {"OK", "WARNING", "CRITICAL"}, "all three states are among them", set(our_states))
    sys.exit(tap.end())


if __name__ == "__main__":
    main()
