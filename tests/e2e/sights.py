# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of web pages and mails look at: services whose output holds odd and Japanese names, and
remedies. What the program itself prints is what a person is to see."""
import os
import re
import shlex
import sys

from chain import GUIDELINE, PROGRAMS, SOURCE, run

sys.path.insert(0, os.path.join(SOURCE, "tests", "faults"))
import checks  # noqa: E402
from hostile import NAMES  # noqa: E402

STATES = ["OK", "WARNING", "CRITICAL", "UNKNOWN"]
FORMATS = os.path.join(SOURCE, "tests/data/formats")
# Names that are longer than any page's line are the budget's to shorten, not a page's to show.
ODD = {what: name for what, name in NAMES.items() if len(name) < 1000} | {
    "ampersand": "R&D web", "an entity": "a &lt;b&gt; &amp;copy; &#65; c", "tags": "<b>bold</b> <web 09>",
    "a semicolon": "web;09", "escapes": r"stop\chere\ttab\nline\0100\u0041\Users",
    "Japanese tags": "<業務>サーバ", "a lone bracket": "a < b > c"}


class Sight:
    """A service: the command that it runs, what that prints, and its state."""

    def __init__(self, test, name, words):
        self.name = name
        self.script = test.write(f"sights/{name}", "#!/bin/sh\nexec " + shlex.join(words) + "\n", 0o755)
        status, output = run(self.script)
        self.state = STATES[status]
        self.lines = output.partition(" | ")[0].rstrip("\n").split("\n")


def sights(test):
    """The services, in the order of their names."""
    def program(name, record, *more):
        return [os.path.join(PROGRAMS, name), "--source=record:" + record, *more]

    found = [
        Sight(test, "japanese", program("check_hv_vm_memory", f"{FORMATS}/utf8-ja", "-v")),
        Sight(test, "japanese-warning", program("check_hv_vm_memory", f"{FORMATS}/cp932", "-v",
                                                "--warning=20", "--critical=25")),
        Sight(test, "fight", program("check_hv_contention", f"{GUIDELINE}/no-reserve/host",
                                     "--at=2011-09-01T10:35:45", "-v")),
        Sight(test, "no-role", program("check_hv_vm_memory", f"{FORMATS}/no-hyperv", "-v")),
        Sight(test, "no-reserve", program("check_hv_memory_reserve", f"{GUIDELINE}/no-reserve/host", "-v")),
        Sight(test, "a-path", program("check_hv_balancer", r"C:\Users\temp\new\check", "-v"))]
    for number, (what, name) in enumerate(sorted(ODD.items()), 1):
        record = test.path(f"odd/{number:02}", "")
        checks.write_host(record, [name])
        title = f"odd-{number:02}-" + re.sub(r"[^a-z]+", "-", what.lower()).strip("-")
        found.append(Sight(test, title, program("check_hv_vm_memory", record, "-v")))
    record = test.path("odd/all", "")
    checks.write_host(record, list(ODD.values()))
    found.append(Sight(test, "odd-all", program("check_hv_vm_memory", record, "-v", "--max-bytes=4000")))
    return sorted(found, key=lambda sight: sight.name)


def fake_mail(test):
    """A `mail` that keeps what it is told, in a file for each subject; returns its path."""
    directory = test.path("mails", "")
    return test.write("mailer/mail", f"""#!/bin/sh
# SUBJECT is behind -s
while [ $# -gt 0 ]; do [ "$1" = -s ] && subject=$2; shift; done
kept=$(mktemp {directory}.XXXXXX)
{{ echo "$subject"; cat; }} >$kept
mv $kept {directory}$(basename $kept | tr -d .)
""", 0o755)


def mails(test):
    """What was mailed: [text, ...]"""
    directory = test.path("mails", "")
    texts = []
    for name in sorted(os.listdir(directory)):
        if not name.startswith("."):
            with open(directory + name, encoding="utf-8", errors="replace") as file:
                texts.append(file.read())
    return texts
