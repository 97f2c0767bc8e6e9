# SPDX-License-Identifier: GPL-3.0-or-later
"""The committed man pages are what docs/man/make-pages would write."""
import os
import sys

top = os.environ["SRCDIR"]
pages = os.path.join(top, "docs/man/make-pages")
describe = os.path.join(os.environ["PROGRAMS"], "describe")
os.execv(sys.executable, [sys.executable, pages, "--check", describe, top])
