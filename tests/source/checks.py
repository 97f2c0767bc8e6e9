#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every check of plugins/local.mk must have beside its file: whoever adds one is told what is missing.
Lists and tables of documents are held complete by consistent, graphs by contrib/generate."""
import os
import re
import sys

sys.dont_write_bytecode = True  # the source tree may be read-only
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import documents  # noqa: E402
import tap  # noqa: E402

# What it is, the file that has it, and what stands there.
NEEDED = [
    ("cases of its own", "tests/cli/{short}.case", r"^\$ {check}\b"),
    ("what the Explorer and its page say of it", "plugins/{check}.c", r'^    \.brief = "[^"\\]+",$'),
    ("a man page", "docs/man/{check}.1", r"^\.TH {upper} 1 "),
    ("a graph of PNP4Nagios", "contrib/pnp4nagios/templates/{check}.php", r"hyperv\.inc\.php"),
    ("a series in Grafana", "contrib/grafana/hyperv-memory-influxdb.json", r"\b{check}\b"),
    ("its thresholds explained", "docs/thresholds.md", r"^## {check}$"),
    ("in Japanese, too", "docs/ja/thresholds.md", r"^## {check}$"),
]


def has(path, pattern):
    if not os.path.exists(os.path.join(documents.SOURCE, path)):
        return f"{path} is not there"
    if not re.search(pattern, documents.read(path), re.M):
        return f"{path} has nothing like {pattern}"
    return None


def main():
    checks = re.findall(r"\bplugins/(check_hv_\w+)", documents.read("plugins/local.mk"))
    tap.ok(len(checks) > 6, "plugins/local.mk lists the checks", *checks)
    for check in checks:
        names = {"check": check, "upper": check.upper(), "short": check.removeprefix("check_hv_").replace("_", "-")}
        for what, path, pattern in NEEDED:
            problem = has(path.format(**names), pattern.format(**names))
            tap.ok(not problem, f"{check}: {what}", problem, todo=documents.NOT_YET if "/ja/" in path else "")
    tap.ok(has("plugins/local.mk", r"^\tplugins/no_such_check\b"), "what is not there is found")
    sys.exit(tap.end())


if __name__ == "__main__":
    main()
