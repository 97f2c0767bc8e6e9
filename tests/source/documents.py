# SPDX-License-Identifier: GPL-3.0-or-later
"""The documents of the tree, for the tests beside this file."""
import os

SOURCE = os.environ.get("SRCDIR", os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))))
PROGRAMS = os.environ.get("PROGRAMS", os.path.join(SOURCE, "plugins"))
SUFFIX = os.environ.get("EXEEXT", "")

LEFT_OUT = {"build", "autom4te.cache"}

# A release has every language. Whoever changes a line may not know Japanese: what is missing is said, and
# no more, unless RELEASE is set, as ./bootstrap check does. For tap.ok().
NOT_YET = "" if os.environ.get("RELEASE") else "no Japanese yet, which is an error in a release"


def paths():
    """Every .md file of the tree, as a path from its top."""
    found = []
    for directory, names, files in os.walk(SOURCE):
        names[:] = sorted(name for name in names
                          if not name.startswith(".") and name not in LEFT_OUT
                          and not os.path.exists(os.path.join(directory, name, "config.status")))
        found += [os.path.relpath(os.path.join(directory, name), SOURCE)
                  for name in sorted(files) if name.endswith(".md")]
    return found


def read(path):
    with open(os.path.join(SOURCE, path), encoding="utf-8", newline="") as file:
        return file.read()


def write(path, text):
    with open(os.path.join(SOURCE, path), "w", encoding="utf-8", newline="") as file:
        file.write(text)
