# SPDX-License-Identifier: GPL-3.0-or-later
"""The language of a system changes nothing: cases that read fractions of options and of records, and write them in
texts and perfdata, again under de_DE.UTF-8, where C writes a comma. That no program asks for its locale is what
tests/faults/hardening.py sees of all. TAP: the output of tests/cli/run, and one test that says whether it could fail.

The locale is made here, in a directory of its own: it need not be installed.
"""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
FRACTIONS = ("guest-memory", "options", "page-reads", "record-source")


def main():
    with tempfile.TemporaryDirectory() as locales:
        subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", os.path.join(locales, "de_DE.UTF-8")],
                       check=True, stdout=subprocess.DEVNULL)
        environment = {**os.environ, "LOCPATH": locales, "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8",
                       "LANGUAGE": "de"}
        # A program that asks for its locale really gets a comma, so one that did would be found.
        shown = subprocess.run(["printf", "%.1f", "1"], env=environment, stdout=subprocess.PIPE, check=False)
        decimal_point = subprocess.run(["locale", "decimal_point"], env=environment,
                                       stdout=subprocess.PIPE, check=False)
        comma = shown.stdout == b"1,0" and decimal_point.stdout == b",\n"

        cases = [os.path.join(HERE, f"{name}.case") for name in FRACTIONS]
        done = subprocess.run([sys.executable, os.path.join(HERE, "run"), *cases], env=environment,
                              stdout=subprocess.PIPE, check=False)
    lines = done.stdout.decode("utf-8", "backslashreplace").split("\n")
    plan = max((int(line[3:]) for line in lines if line.startswith("1..")), default=0)
    for line in lines:
        if line and not line.startswith("1.."):
            print(line)
    print(f"{'ok' if comma else 'not ok'} {plan + 1} - the locale writes 1,0 ({shown.stdout!r})")
    print(f"1..{plan + 1}")
    sys.exit(0 if comma and plan and done.returncode == 0 else 1)


if __name__ == "__main__":
    main()
