# SPDX-License-Identifier: GPL-3.0-or-later
"""What `coverage` and `mutants` share: the files that Windows alone compiles, and the form of their two lists."""
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
WINDOWS = re.compile(r"windows|lib/platform/(trust|wide)\.c")


def entries(name):
    """The lines of a list of this directory, without comments and without the reasons, which are indented."""
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return [line.strip() for line in file if line.strip() and not line.startswith((" ", "#"))]
