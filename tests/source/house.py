# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the house, which no compiler knows. TAP."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

SRCDIR = os.environ["SRCDIR"]

# Arrows point down only; plugin knows none of the others.
MAY_INCLUDE = {
    "lib/plugin": ["plugin"],
    "lib/platform": ["platform", "plugin"],
    "lib/counter": ["counter", "platform", "plugin"],
    "lib/hyperv": ["hyperv", "counter", "plugin"],
    "lib/check": ["check", "hyperv", "counter", "platform", "plugin"],
    "plugins": ["check", "hyperv", "counter", "plugin"],
}

# What a library may not do: it returns errors as values, and its callers tell them.
PRINTS_OR_ENDS = (r"\b(v?f?printf|puts|putchar|putc|fputs|fputc|perror|write|exit|_exit|_Exit|quick_exit|abort"
                  r"|assert|setlocale)\s*\(|\bstd(out|err)\b")

# The one place that asks which system it is, beside the sources that are about nothing else.
SYSTEM_KNOWERS = r"lib/platform/"

SOURCE = re.compile(r".*\.(c|h|py|pl|sh|mk|am|ac|rc|in|psm1|ps1|bat|cmd|conf|cfg)$")
OURS = ["lib", "plugins", "tests", "contrib"]
NOT_SOURCES = re.compile(r"(^|/)(data|__pycache__|\.deps|\.libs)(/|$)|/Makefile\.in$")


def sources():
    """Paths below SRCDIR of what we wrote: with a source's name, or with #! at its beginning."""
    found = ["Makefile.am", "configure.ac", "bootstrap"]
    for top in OURS:
        for directory, _, names in os.walk(os.path.join(SRCDIR, top)):
            found += [os.path.relpath(os.path.join(directory, name), SRCDIR) for name in names]
    for path in sorted(found):
        path = path.replace(os.sep, "/")
        if not NOT_SOURCES.search(path) and (SOURCE.match(path) or read(path).startswith("#!")):
            yield path


def read(path):
    with open(os.path.join(SRCDIR, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def code_of(text):
    """C with its comments and literals blanked, line ends kept."""
    blank = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    return blank.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


def lines_with(path, text, pattern):
    return [f"{path}:{number}: {line.strip()}"
            for number, line in enumerate(text.split("\n"), 1) if re.search(pattern, line)]


def layer_of(path):
    return next((layer for layer in MAY_INCLUDE if path.startswith(layer + "/")), None)


def wrong_includes(path):
    allowed = MAY_INCLUDE[layer_of(path)]
    for found in re.finditer(r'^[ \t]*#[ \t]*include[ \t]+"([^"]*)"', read(path), re.M):
        if found.group(1).partition("/")[0] not in allowed or "/" not in found.group(1):
            yield f"{path} includes {found.group(1)}"


def first_lines():
    """(place, text) of the first line of every answer that a case expects."""
    for directory in "tests/cli", "tests/windows":
        for name in sorted(os.listdir(os.path.join(SRCDIR, directory))):
            if name.endswith(".case"):
                text = read(f"{directory}/{name}")
                for found in re.finditer(r"^\? \d\n(HV .*)", text, re.M):
                    yield f"{directory}/{name}", found.group(1).partition(" | ")[0]


def shared_logs():
    """Tests whose logs would be one file: names that differ in nothing but their end."""
    logs = {}
    for path in sources():
        if path.endswith("local.mk"):
            for name in re.findall(r"\btests/[\w/-]+(?:\.(?:py|case|e2e))?(?![\w./-])", read(path)):
                if not os.path.exists(os.path.join(SRCDIR, name)) or name.endswith(".py") and "tap.end()" not in read(name):
                    continue  # a program that is built, what tests share
                logs.setdefault(re.sub(r"\.\w+$", "", name), set()).add(name)
    return [" and ".join(sorted(names)) for names in logs.values()
            if len(names) > 1] if len(logs) > 100 else [f"{len(logs)} names"]


def main():
    tests = []  # (title, what breaks the rule)
    all_sources = list(sources())
    code = [path for path in all_sources if path.endswith((".c", ".h")) and layer_of(path)]
    tests.append(("there are sources to look at", [] if len(code) > 50 else [f"{len(code)} files"]))
    tests.append(("every source names its licence",
                  [path for path in all_sources
                   if "SPDX-License-Identifier: GPL-3.0-or-later" not in "".join(read(path).split("\n")[:3])]))
    for layer in MAY_INCLUDE:
        tests.append((f"{layer} includes what stands below it alone",
                      [wrong for path in code if layer_of(path) == layer for wrong in wrong_includes(path)]))
    library = [path for path in code if path.startswith("lib/")]
    tests.append(("lib/ neither prints nor exits, but for lib/platform and describe, which is a program",
                  [line for path in library if not path.startswith("lib/platform/") and not path.endswith("/describe.c")
                   for line in lines_with(path, code_of(read(path)), PRINTS_OR_ENDS)]))
    tests.append(("lib/plugin knows no system: standard C alone",
                  [line for path in library if path.startswith("lib/plugin/")
                   for line in lines_with(path, read(path), r"include <(?!(std\w+|string|math|ctype|limits"
                                          r"|float|errno|inttypes)\.h>)")]))
    tests.append(("no code asks for Windows, but for lib/platform",
                  [line for path in code if not re.match(SYSTEM_KNOWERS, path)
                   for line in lines_with(path, code_of(read(path)), r"\b(_WIN32|_WIN64|__linux__)\b")]))
    tests.append(("names of Hyper-V's counters and classes stand in lib/hyperv alone",
                  [line for path in code if not re.match(r"lib/hyperv/|lib/counter/linux/", path)
                   for line in lines_with(path, re.sub(r"/\*.*?\*/", "", read(path), flags=re.S),
                                          r'"Hyper-V Dynamic Memory [BVI]|"Msvm_\w+"')]))
    lines = list(first_lines())
    tests.append(("no first line has a semicolon of ours, which Nagios makes a colon",
                  [f"{path}: {line}" for path, line in lines if re.search(r";( |$)", line)] if len(lines) > 300
                  else [f"{len(lines)} lines"]))

    tests.append(("no two tests have one name: automake would run one of them", shared_logs()))

    for title, broken in tests:
        tap.clean(title, broken)
    sys.exit(tap.end())


if __name__ == "__main__":
    main()
