# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check keeps for its next run, on Windows: the mean since then, where it is kept, and whom
it trusts. (Wine has one user, and no owners: whom accounts trust is a table in trusted.c beside this.)
TAP."""
import glob
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

WRAPPER = os.environ["PROGRAM_WRAPPER"]
PROGRAM = os.path.join(os.environ["PROGRAMS"], "doubles", "check_hv_page_reads.exe")
FREQUENCY = 10_000_000


def windows_path(path):
    return "Z:" + path.replace("/", "\\")


def run(scratch, state, *samples, verbose=True, environment=None):
    """Run the check; samples are (count, seconds since the start of the system). state None: the
    usual place."""
    scenario = os.path.join(scratch, "host")
    with open(scenario, "w", encoding="utf-8") as file:
        file.write(f"raw \\Memory\\Page Reads/sec = 0x10410400 {FREQUENCY} " + " ".join(
            f"{count}/{int(seconds * FREQUENCY)}" for count, seconds in samples) + "\n")
    options = (["-v"] if verbose else []) + ([f"--state-dir={state}"] if state else [])
    command = [PROGRAM, *options]
    if environment:  # Wine has variables of its own, which only a program within can set
        command = ["cmd", "/c", "".join(f"set {name}={value}&&" for name, value in environment.items())
                   + " ".join([windows_path(PROGRAM), *options])]
    done = subprocess.run([WRAPPER, *command], check=False,
                          env=dict(os.environ, SCENARIO=scenario), encoding="utf-8",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def expect(result, status, *parts):
    return [] if result[0] == status and all(part in result[1] for part in parts) else [
        f"expected {status} and {parts}", f"got {result[0]}: {result[1]}"]


# A counter between two runs. Of the first run the second of its samples is kept; in the next one the
# counter and the clock of the system stand this much further, or where they say.
BETWEEN_RUNS = {
    # title: (count that is kept, count and seconds of the system in the next run, what it must say)
    "the mean since the previous run": (
        1000, lambda passed: (1000 + 120 * passed, 1001 + passed),
        (2, "page reads/s (critical above 60)", "since the previous run")),
    "a counter that passed 2^32 meanwhile": (
        2**32 - 200, lambda passed: (120 * passed - 200, 1001 + passed),
        (2, "page reads/s (critical above 60)", "since the previous run")),
    "a counter that began again": (
        2**31, lambda passed: (50, 1001 + passed),
        (0, "HV PAGE READS OK - 0 page reads/s", "measured for 1.0 s",
         "the counter started again since")),
    "a system that began again": (
        1000, lambda passed: (2000, 3),
        (0, "HV PAGE READS OK - 0 page reads/s", "measured for 1.0 s",
         "from before the system started")),
}


def between_runs(scratch):
    """The double's ticks pass as fast as the wall clock, or else the check thinks one was set."""
    begun = {}
    for title, (kept, _, _) in BETWEEN_RUNS.items():
        state = os.path.join(scratch, "state", title.replace(" ", "-").replace("^", ""))
        begun[title] = (state, time.time())
        problems = expect(run(scratch, state, (kept, 1000), (kept, 1001)), 0,
                          "HV PAGE READS OK - 0 page reads/s")
        if problems:
            tap.clean(title, problems)
            return
    time.sleep(6)
    for title, (_, later, expected) in BETWEEN_RUNS.items():
        state, begin = begun[title]
        count, seconds = later(round(time.time() - begin))
        tap.clean(title, expect(run(scratch, state, (count, seconds), (count, seconds + 1)), *expected))


def with_mode(scratch, what, mode):
    """Let others write to the directory or the file; the next run must not read it."""
    state = os.path.join(scratch, "open-" + what)
    run(scratch, state, (1000, 1000), (1000, 1001))
    names = glob.glob(os.path.join(state, "S-1-*", "*.state"))
    if len(names) != 1:
        return [f"no state was kept: {names}"]
    os.chmod(os.path.dirname(names[0]) if what == "directory" else names[0], mode)
    return expect(run(scratch, state, (1, 1), (2, 2)), 0, "measured for 1.0 s", "others can write to it")


def usual_places(scratch):
    """%ProgramData% first; where somebody sits there, the account's own profile, and that is told."""
    data, profile = (os.path.join(scratch, name) for name in ("ProgramData", "Local"))
    environment = {"ProgramData": windows_path(data), "LOCALAPPDATA": windows_path(profile)}

    def kept():
        return sorted(os.path.relpath(name, scratch).split(os.sep)[0] for name in glob.glob(
            os.path.join(scratch, "*", "monitoring-plugins-hyperv", "S-1-*", "*.state")))

    def again(title, sit, expected, *parts, lost=False):
        for name in (data, profile):
            subprocess.run(["rm", "-rf", name], check=True)
            os.mkdir(name)
        account = os.path.join(data, "monitoring-plugins-hyperv", SID)
        sit(account)
        result = run(scratch, None, (1, 1), (2, 2), verbose=False, environment=environment)
        problems = expect(result, 0, "HV PAGE READS OK", *parts)
        if kept() != expected:
            problems += [f"kept in {kept()}, not in {expected}", result[1]]
        if not parts and result[1].count("\n") != 1:
            problems += ["something is told", result[1]]
        if lost != ("could not be kept" in result[1]):
            problems += ["what is lost", result[1]]
        tap.clean(title, problems)

    def make(mode):
        def sit(account):
            os.makedirs(account)
            os.chmod(account, mode)
        return sit

    def file_instead(account):
        os.makedirs(os.path.dirname(account))
        with open(account, "w", encoding="utf-8"):
            pass

    def file_above(account):
        with open(os.path.dirname(account), "w", encoding="utf-8"):
            pass

    def everywhere(account):
        make(0o777)(account)
        make(0o777)(account.replace("ProgramData", "Local"))

    again("the usual place is in %ProgramData%", lambda account: None, ["ProgramData"])
    again("an own directory that is there", make(0o700), ["ProgramData"])
    again("whatever somebody left above it", lambda account: (make(0o700)(account), os.chmod(
        os.path.dirname(account), 0o777)), ["ProgramData"])
    again("somebody's directory in its place", make(0o777), ["Local"],
          "state for the next run is kept in ", "others can write to it")
    again("a file in its place", file_instead, ["Local"], "state for the next run is kept in ")
    again("a file above", file_above, ["Local"], "state for the next run is kept in ")
    again("nowhere", everywhere, [], "without it each run measures for a moment only",
          "others can write to it", lost=True)


def other_places(scratch):
    """Windows Server 2003 has variables of its own; MP_STATE_PATH is before all of them."""
    users, home, named = (os.path.join(scratch, name) for name in ("AllUsers", "Home", "Named"))
    below = "Application Data/monitoring-plugins-hyperv"
    old = {"ProgramData": "", "LOCALAPPDATA": "", "ALLUSERSPROFILE": windows_path(users)}
    usual = os.path.join(users, below)
    default = os.path.join(os.environ["WINEPREFIX"], "drive_c/ProgramData/monitoring-plugins-hyperv")
    nothing = dict.fromkeys(("ProgramData", "LOCALAPPDATA", "ALLUSERSPROFILE", "USERPROFILE"), "")
    for directory in (users, home, named):
        os.mkdir(directory)
    for title, environment, sit, place in (
            ("2003: below all users' data", old, None, usual),
            ("2003: a file in its place, so below one's own", {**old, "USERPROFILE": windows_path(home)}, users,
             os.path.join(home, "Local Settings", below)),
            ("no variable tells of a place", nothing, None, default),
            ("MP_STATE_PATH names it", {**old, "MP_STATE_PATH": windows_path(named)}, None, named)):
        if sit:
            subprocess.run(["rm", "-rf", sit], check=True)
            with open(sit, "w", encoding="utf-8"):
                pass
        subprocess.run(["rm", "-rf", os.path.join(place, SID)], check=True)
        result = run(scratch, None, (1, 1), (2, 2), verbose=False, environment=environment)
        tap.clean(title, expect(result, 0, "HV PAGE READS OK") + (
            [] if glob.glob(os.path.join(place, SID, "*.state")) else [f"nothing is kept in {place}", result[1]]))


def settings(scratch):
    """--extra-opts reads what nobody else can write."""
    path = os.path.join(scratch, "settings", "hyperv.ini")
    os.mkdir(os.path.dirname(path))
    with open(path, "w", encoding="utf-8") as file:
        file.write("[check_hv_page_reads]\nwarning = 1\n")
    for title, file_mode, directory_mode, refused in (
            ("settings of one's own", 0o600, 0o700, None),
            ("settings with a second name", 0o600, 0o700, "hyperv.ini: has a second name (a hard link)"),
            ("settings that others can write", 0o666, 0o700, "hyperv.ini: others can write to it"),
            ("settings that others can replace", 0o600, 0o777, "settings: others can write to it")):
        os.chmod(path, file_mode)
        os.chmod(os.path.dirname(path), directory_mode)
        if "second name" in title:
            os.link(path, path + ".link")
        elif os.path.exists(path + ".link"):
            os.unlink(path + ".link")
        done = subprocess.run([WRAPPER, PROGRAM, f"--extra-opts=@{path}", "--source=record:" + os.path.join(
            os.environ["DATA"], "formats", "typeperf-file")], check=False, encoding="utf-8",
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        expected = (3, "HV PAGE READS UNKNOWN - --extra-opts: ", refused,
                    "only this account and administrators may be able to") if refused else (
                        1, "(warning above 1)")
        tap.clean(title, expect((done.returncode, done.stdout), *expected))


with tempfile.TemporaryDirectory() as folder:
    between_runs(folder)
    tap.clean("nobody else may write to the directory", with_mode(folder, "directory", 0o777))
    tap.clean("nor to the file", with_mode(folder, "file", 0o666))
    # Wine shows administrators, who may read it too, as the group.
    tap.clean("a state that is kept is for its user and administrators alone",
         [name for name in glob.glob(os.path.join(folder, "state", "*", "S-1-*", "*"))
          if os.stat(name).st_mode & 0o027] +
         ([] if os.listdir(os.path.join(folder, "state")) else ["there is none"]))
    SID = os.path.basename(glob.glob(os.path.join(folder, "state", "*", "S-1-*"))[0])
    usual_places(folder)
    other_places(folder)
    settings(folder)
sys.exit(tap.end())
