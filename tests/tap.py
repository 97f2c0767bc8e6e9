# SPDX-License-Identifier: GPL-3.0-or-later
"""TAP for every test that is written in Python: results are numbered as they come, what failed tells why,
and a program that tested nothing has failed.

    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    import tap  # noqa: E402

    tap.ok(status == 0, "it ends well", output)
    tap.clean("no link is dead", dead_links)
    sys.exit(tap.end())
"""
number = failed = 0


def ok(good, title, *details, todo=""):
    """One result. The details are told where it is a failure, which counts unless somebody else has yet to
    do what is named."""
    global number, failed
    number += 1
    failed += not good and not todo
    late = f" # TODO {todo}" if todo and not good else ""
    print(f"{'ok' if good else 'not ok'} {number} - {title}{late}", flush=True)
    for detail in () if good else details:
        print("# " + str(detail).replace("\n", "\n# "), flush=True)
    return good


def clean(title, problems, todo=""):
    """Good where there is no problem; else each is a detail."""
    problems = list(problems)
    return ok(not problems, title, *problems, todo=todo)


def end():
    """The plan; the exit status of the program."""
    print(f"1..{number}", flush=True)
    return 1 if failed or not number else 0
