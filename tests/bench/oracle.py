# SPDX-License-Identifier: GPL-3.0-or-later
"""What comparing our threshold ranges with another implementation takes: the cases, the same in every
run, and the comparison.

Where another one deviates from the guidelines' text, a *reading* says how, and exactly that is expected
of it: a deviation that goes away fails as well as a new one. A reading is a function of a text; it
returns None where the text is to be judged, or refused, as we do it, else (what deviates, judge), where
judge is a function of a value, or None where the text is refused.
"""
import itertools
import os
import random
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

# --- the cases: the same in every run

ALPHABET = "@~:-+. 15e_"


def short_texts():
    """Every text of up to four characters that could be taken for a range."""
    for length in range(5):
        for letters in itertools.product(ALPHABET, repeat=length):
            yield "".join(letters)


def number(source):
    digits = source.choice([1, 1, 2, 3, 4, 6, 9, 15])
    whole = str(source.randrange(10 ** source.randint(0, digits)))
    text = source.choice(["", "", "-"]) + source.choice(["", "", "", "0"]) + whole
    if source.random() < 0.4:
        text += "." + "".join(source.choice("0123456789") for _ in range(source.randint(1, 4)))
    return text


def good_ranges(count):
    source = random.Random(20110901)
    for _ in range(count):
        start, end = number(source), number(source)
        if float(start) > float(end) and source.random() < 0.9:
            start, end = end, start
        form = source.choice(["{1}", "{0}:", "{0}:{1}", "{0}:{1}", "~:{1}", "~:", "{0}:{0}"])
        yield source.choice(["", "", "@"]) + form.format(start, end)


def spoiled_ranges(count):
    """Good ranges with something that somebody may type by mistake."""
    source = random.Random(640000)
    for text in good_ranges(count):
        spoil = source.choice([" ", "\r", "+", ",", "x", "e3", "0x", ":", "..", "~", "@", "%", "MB", "_0",
                               "inf", "nan", "12345678901234567"])
        at = source.randint(0, len(text))
        yield text[:at] + spoil + text[at:]


def values(text, source):
    """Numbers at, just beside, and far from the ends of a range."""
    ends = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", text)] or [0.0]
    chosen = {0.0, 7.5, -7.5}
    for end in ends:
        chosen.update((end, end + 0.0001, end - 0.0001, -end, end * 2, source.uniform(-1e6, 1e6)))
    return [f"{value:.4f}" for value in sorted(chosen) if abs(value) < 1e15]


def cases():
    source = random.Random(341)
    for text in short_texts():
        for value in ("0", "1", "-1", "5.5", "1000000"):
            yield text, value
    for text in itertools.chain(good_ranges(4000), spoiled_ranges(4000)):
        for value in values(text, source):
            yield text, value


# --- programs as filters


def filtered(command, lines, **options):
    done = subprocess.run(command, input="".join(line + "\n" for line in lines).encode(),
                          stdout=subprocess.PIPE, check=True, **options)
    answers = done.stdout.decode().split("\n")[:-1]
    if len(answers) != len(lines):
        raise RuntimeError(f"{command[0]}: {len(answers)} answers to {len(lines)} lines")
    return answers


def by_filter(command, pairs, **options):
    answers = filtered(command, ["\t".join(pair) for pair in pairs], **options)
    return [answer.partition(":")[0] for answer in answers]


# --- readings

INFINITY = float("inf")
PLAIN = r"-?\d+(?:\.\d+)?"


def is_strict(text):
    """The guidelines' grammar, and numbers that a double holds."""
    return re.fullmatch(rf"@?(?:~:|{PLAIN}:)?(?:{PLAIN})?", text) and text not in ("", "@") and not any(
        is_long(number) for number in re.findall(PLAIN, text))


def is_long(number):
    """More digits than a double holds."""
    return len(re.sub(r"\D", "", number).lstrip("0")) > 15


def starts_behind_end(text):
    start, colon, end = text.lstrip("@").partition(":")
    if not colon:
        start, end = "0", start
    return start != "~" and end != "" and float(start) > float(end)


def between(inside, start, end):
    """A judge, or None where the start is greater than the end."""
    if not start <= end:
        return None
    return lambda value: "alarm" if (start <= value <= end) == inside else "ok"


# --- comparing


def compare(name, pairs, ours, theirs, reading, expected_deviations):
    differing, deviations, readings = [], {}, {}
    agreed = deviated = 0
    for (text, value), our, their in zip(pairs, ours, theirs):
        if text not in readings:
            readings[text] = reading(text)
        if readings[text] is None:
            expected = our
            agreed += 1
        else:
            seen, judge = readings[text]
            expected = judge(float(value)) if judge else "refused"
            for what in seen:
                deviations[what] = deviations.get(what, 0) + (our != expected)
            deviated += 1
        if their != expected:
            differing.append(f"{text!r} {value}: we say {our}, {name} says {their}, expected {expected}")
    tap.ok(not differing, f"{name}: {agreed} judgements are ours, {deviated} are read as listed",
           f"{len(differing)} differ:", *differing[:20])
    for what in expected_deviations:
        tap.ok(deviations.pop(what, 0), f"{name}, unlike us: {what}",
               "it does so no longer: take it off the list")
    tap.ok(not deviations, f"{name} has no deviation that is not listed", *deviations)
