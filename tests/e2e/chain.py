# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the monitoring chain share: TAP, daemons of their own, records that move.

Everything happens on 127.0.0.1, on ports that are free, in a directory below the build directory;
no service of the system is touched. A daemon runs as whoever runs the test and is stopped by the
process id that was started. The directory stays where a test failed. Run as root, a test becomes the user
nagios, as these daemons do: nrpe and Nagios refuse to be root.
"""
import atexit
import csv
import datetime
import glob
import io
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402
from ports import free_port  # noqa: E402

SOURCE = os.environ.get("SRCDIR") or os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
PROGRAMS = os.environ.get("PROGRAMS", os.path.abspath("plugins"))
CONTRIB = os.path.join(SOURCE, "contrib")
GUIDELINE = os.path.join(SOURCE, "tests/data/guideline")
CLUSTER = os.path.join(SOURCE, "tests/data/cluster")
NODES = ("HV01", "HV02", "HV03", "HV04")
LOOPBACK = "127.0.0.1"
HANGS = 600  # seconds, after which something hangs: a busy machine takes a minute over what takes a blink


# --- TAP


class Test:
    """A directory of its own, and results; a broken test is a failed one."""

    def __init__(self, name):
        self.directory = os.path.abspath(os.path.join("tests/e2e", name + ".dir"))
        shutil.rmtree(self.directory, ignore_errors=True)
        os.makedirs(self.directory)
        if os.geteuid() == 0:
            become("nagios", self.directory)

    def ok(self, good, title, *details):
        return tap.ok(good, title, *details)

    def equal(self, got, expected, title, *details):
        return self.ok(got == expected, title, f"expected {expected!r}", f"got      {got!r}", *details)

    def path(self, *names):
        """A path in the test's directory, whose folder exists."""
        path = os.path.join(self.directory, *names)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def write(self, name, text, mode=0o644):
        path = self.path(name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def end(self):
        stop_daemons()
        status = tap.end()
        if not status:
            shutil.rmtree(self.directory, ignore_errors=True)
        sys.exit(status)


def become(name, directory):
    """Go on as this user, who owns the directory."""
    user = pwd.getpwnam(name)
    os.chown(directory, user.pw_uid, user.pw_gid)
    os.initgroups(name, user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    os.environ.update(USER=name, LOGNAME=name, HOME=directory)
    for path in (directory, PROGRAMS, os.path.join(SOURCE, "tests/data/README.md")):
        if not os.access(path, os.R_OK):
            sys.exit(f"{path}: the user {name} can't reach it: build where others may read")


def run_test(name, body):
    test = Test(name)
    try:
        body(test)
    except Exception:  # whatever broke, the daemons stop and the test fails
        test.ok(False, "the test ran to its end", traceback.format_exc())
    test.end()


def tool(name, package, *places):
    """The path of a program that a package brings; a test without it fails."""
    found = shutil.which(name, path=os.pathsep.join([*places, "/usr/sbin", os.environ["PATH"]]))
    if not found:
        raise FileNotFoundError(f"{name} is missing: install {package}")
    return found


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def shipped(name, replace=()):
    """A file of contrib/, with the places that a site would edit set for the test. Each must be
    there: a shipped file that changed must not leave a test that proves nothing."""
    text = read(os.path.join(CONTRIB, name))
    for old, new in replace:
        if old not in text:
            raise ValueError(f"contrib/{name} no longer has {old!r}")
        text = text.replace(old, new)
    return text


# --- processes

daemons = []


class Daemon:
    def __init__(self, test, name, command, **environment):
        self.log = test.path(name + ".log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                cwd=test.directory, env={**os.environ, **environment}, start_new_session=True)
        daemons.append(self)

    def running(self):
        return self.process.poll() is None

    def stop(self, patience=10):
        if self.running():
            self.process.terminate()
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                pass
        try:  # its own session: what it started and left behind
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def session(self):
        """Every process of its session, by id: {4711: [fields of /proc/4711/stat behind the name]}"""
        found = {}
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                    fields = file.read().rpartition(")")[2].split()
            except OSError:
                continue  # it has ended
            if fields[3] == str(self.process.pid):
                found[int(name)] = fields
        return found

    def kill(self):
        """As if the power failed: nothing of it can say good-bye."""
        def alive():  # what nobody waits for stays in /proc, dead
            return [pid for pid, fields in self.session().items() if fields[0] not in "ZX"]

        while alive():
            for pid in alive():
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.process.poll()
        self.process.wait()

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()[-4000:]


@atexit.register
def stop_daemons():
    while daemons:
        daemons.pop().stop()


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def wait_for(predicate, seconds, what, daemon=None):
    """Wait until predicate() is true and return what it is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = predicate()
        if value:
            return value
        if daemon and not daemon.running():
            raise RuntimeError(f"{what}: the daemon ended: {daemon.said()}")
        time.sleep(0.1)
    raise TimeoutError(f"{what}: not within {seconds} s" + (f": {daemon.said()}" if daemon else ""))


def run(*command, **options):
    """Run a program: exit status and standard output."""
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=HANGS, check=False,
                          **options)
    return done.returncode, done.stdout.decode("utf-8", "backslashreplace")


def plugin(name, *arguments):
    return run(os.path.join(PROGRAMS, name), *arguments)


def plugin_directory(test):
    """A directory with all programs and check_nrpe, as /usr/lib/nagios/plugins would be."""
    directory = os.path.join(test.directory, "plugins")
    os.makedirs(directory, exist_ok=True)
    for path in glob.glob(os.path.join(PROGRAMS, "check_hv_*")):
        if os.access(path, os.X_OK) and os.path.isfile(path):
            os.symlink(path, os.path.join(directory, os.path.basename(path)))
    os.symlink(check_nrpe(), os.path.join(directory, "check_nrpe"))
    return directory


# --- records


class Record:
    """A copy of a host's record whose log grows: at each step the rows up to a time of the
    guideline's day are there, and the last is stamped now. It is replaced in one step, as a log is
    never seen half written."""

    def __init__(self, test, source, name="record"):
        self.directory = test.path(name, "")
        source = os.path.join(GUIDELINE, source)
        for path in glob.glob(os.path.join(source, "*")):
            name = os.path.basename(path)
            if name != "counters.csv":  # show() writes that
                shutil.copy(path, os.path.join(self.directory, name + ".new"))
                os.rename(os.path.join(self.directory, name + ".new"), os.path.join(self.directory, name))
        with open(os.path.join(source, "counters.csv"), encoding="ascii", newline="") as file:
            self.header, *self.rows = list(csv.reader(file))
        self.stamps = [datetime.datetime.strptime(row[0], "%m/%d/%Y %H:%M:%S.%f")
                       for row in self.rows]
        # "(PDH-CSV 4.0) (Tokyo Standard Time)(-540)": minutes from local time to UTC
        minutes = int(re.search(r"\((-?\d+)\)$", self.header[0]).group(1))
        self.zone = datetime.timezone(datetime.timedelta(minutes=-minutes))

    def index(self, clock):
        """The row that was current at "10:35:45"."""
        moment = datetime.datetime.combine(self.stamps[0].date(), datetime.time.fromisoformat(clock))
        return max(i for i, stamp in enumerate(self.stamps) if stamp <= moment)

    def show(self, clock=None, age=0):
        """Let the log end at this time of the record's day (its end: None), age seconds ago."""
        last = self.index(clock) if clock else len(self.rows) - 1
        now = datetime.datetime.now(self.zone) - datetime.timedelta(seconds=age)
        shift = now.replace(tzinfo=None) - self.stamps[last]
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow(self.header)
        for row, stamp in zip(self.rows[:last + 1], self.stamps):
            at = (stamp + shift).strftime("%m/%d/%Y %H:%M:%S.%f")[:-3]
            writer.writerow([at] + row[1:])
        path = os.path.join(self.directory, "counters.csv")
        with open(path + ".new", "w", encoding="ascii", newline="") as file:
            file.write(text.getvalue())
        os.rename(path + ".new", path)
        return self.values(last)

    def values(self, index):
        """What the row says, by object, instance and counter: {"VM(VM1)\\Physical Memory": 512.0}"""
        found = {}
        for name, value in zip(self.header[1:], self.rows[index][1:]):
            if value.strip():
                found[name.split("\\", 3)[3].removeprefix("Hyper-V Dynamic Memory ")] = float(value)
        return found


class Cluster:
    """The records of four nodes, beside a file that lists them; what a node was last seen as stays until it is
    shown again."""

    def __init__(self, test, name="cluster"):
        self.test, self.name = test, name
        self.directory = test.path(name, "")
        self.nodes = test.write(f"{name}/nodes", "".join(f"record:{node}\n" for node in NODES))

    def show(self, moment, nodes=NODES, age=0):
        """Let these nodes be as at this moment of tests/data/cluster, age seconds ago."""
        for node in nodes:
            if os.path.isdir(os.path.join(CLUSTER, moment, node)):
                Record(self.test, os.path.join(CLUSTER, moment, node), f"{self.name}/{node}").show(age=age)

    def vanish(self, node):
        """As when what is copied from a node is no longer there."""
        shutil.rmtree(os.path.join(self.directory, node))


# --- NRPE


def check_nrpe():
    return tool("check_nrpe", "nagios-nrpe-plugin", "/usr/lib/nagios/plugins")


def ca_commands():
    """The commands of docs/agents.md that make a CA, an agent's certificate and the monitoring server's."""
    page = read(os.path.join(SOURCE, "docs/agents.md"))
    return re.findall(r"^    (openssl .*)$", page, re.M)


def certificates(test, *others, name="ssl"):
    """A CA, and certificates for a server and a client, as docs/agents.md makes them, and for others
    that are both; returns their directory."""
    tool("openssl", "openssl")
    directory = test.path(name, "")
    commands = [command.replace("AGENT", LOOPBACK) for command in ca_commands()]
    for other in others:
        commands.append(ca_commands()[1].replace("AGENT", other).replace("server.", f"{other}.").replace(
            "-addext extendedKeyUsage=serverAuth", f"-addext subjectAltName=IP:{LOOPBACK}"))
    for command in commands:
        status, output = run("/bin/sh", "-c", command, cwd=directory)
        if status:
            raise RuntimeError(f"{command}: {output}")
    return directory


class Nrpe:
    """Debian's nrpe with these commands; ssl: a directory of certificates, without it TLS with
    anonymous keys as Debian ships it. more: further lines, which replace those before. start: words in front
    of the program."""

    def __init__(self, test, name, commands, ssl=None, more="", start=()):
        self.port = free_port()
        user = run("id", "-un")[1].strip()
        group = run("id", "-gn")[1].strip()
        tls = shipped("nrpe/nrpe-tls.cfg", [("/etc/nagios/ssl/", ssl)]) if ssl else ""
        config = test.write(name + ".cfg", f"""
log_facility=daemon
log_file={test.path(name + '-nrpe.log')}
pid_file={test.path(name + '.pid')}
server_address={LOOPBACK}
server_port={self.port}
nrpe_user={user}
nrpe_group={group}
allowed_hosts={LOOPBACK}
dont_blame_nrpe=0
command_timeout=60
{tls}
{more}
{commands}
""")
        self.ssl = ssl
        self.daemon = Daemon(test, name, [*start, tool("nrpe", "nagios-nrpe-server"), "-c", config, "-f"])
        wait_for(lambda: answers(self.port), 20, "nrpe listens", self.daemon)

    def identity(self):
        """What check_nrpe needs to be let in."""
        if not self.ssl:
            return []
        return ["-A", self.ssl + "ca.pem", "-C", self.ssl + "client.pem", "-K", self.ssl + "client.key"]

    def ask(self, command, *arguments):
        return run(check_nrpe(), "-H", LOOPBACK, "-p", self.port, "-t", "30", *self.identity(),
                   *arguments, "-c", command)


# --- perfdata, read by the grammar of the guidelines

NUMBER = r"-?\d+(?:\.\d+)?"
RANGE = rf"@?(?:(?:~|{NUMBER})?:)?(?:{NUMBER})?"
ITEM = re.compile(rf"(?:'((?:[^'=]|'')+)'|([^\s'=]+))=(?:U|({NUMBER}))([a-zA-Z%]*)"
                  rf"(?:;({RANGE})(?:;({RANGE})(?:;({NUMBER})?(?:;({NUMBER})?)?)?)?)?(?: |$)")


def parse_perfdata(text):
    """{label: (value, unit, warning, critical, minimum, maximum)}; anything else is an error. The value is
    None where it is not known ("U"). Icinga takes the quotes off a label that needs none."""
    items, at = {}, 0
    while at < len(text):
        match = ITEM.match(text, at)
        if not match:
            raise ValueError(f"no perfdata item: {text[at:at + 60]!r}")
        quoted, bare, value, *rest = match.groups()
        label = quoted or bare
        if label in items:
            raise ValueError(f"label twice: {label}")
        items[label] = (float(value) if value else None, *[part or "" for part in rest])
        at = match.end()
    return items


def perfdata_of(output):
    """The perfdata of a plugin's output: behind the only bar."""
    text, bar, perfdata = output.rstrip("\n").partition(" | ")
    if not bar or "|" in text or "|" in perfdata or "\n" in perfdata:
        raise ValueError(f"no output with one bar: {output!r}")
    return parse_perfdata(perfdata)
