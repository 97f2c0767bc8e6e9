# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of winrm: share: a realm, credentials files, and the checks.

    with Bed() as bed:
        double = bed.host(record)                      # a Double on loopback
        code, out = bed.check("check_hv_balancer", double, "kerberos", "-v")
        tap.ok(code == 2, "title", out)
"""
import os
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import realm as realms  # noqa: E402

BUILDDIR = os.environ.get("BUILDDIR", os.path.join(HERE, "..", "..", "build", "native"))
DATA = os.environ.get("DATA", os.path.join(HERE, "..", "data"))
NTLM_USER, NTLM_PASSWORD, NTLM_DOMAIN = "mon", "Secret-1", "TESTDOM"
CHECKS = ("check_hv_balancer", "check_hv_vm_memory", "check_hv_guest_memory", "check_hv_page_reads",
          "check_hv_memory_reserve", "check_hv_contention", "check_hv_capacity", "check_hv_cluster")


def need(*programs):
    for program in programs:
        realms.tool(program)


# Under a wrapper a program takes longer than its own timeout leaves.
SLOW = bool(os.environ.get("PROGRAM_WRAPPER"))
PATIENT = "-t120"  # where no timeout is tested: a busy machine is late


class Bed:
    def __init__(self, hosts=("localhost",), **where):
        self.scratch = tempfile.TemporaryDirectory()
        self.directory = self.scratch.name
        self.realm = realms.Realm(self.directory, hosts, **where)

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def __enter__(self):
        need("krb5kdc", "kadmin.local", "kdb5_util", "openssl")
        self.realm.__enter__()
        self.client = dict(os.environ, **self.realm.environment)
        for name in ("KRB5_KTNAME", "KRB5RCACHENAME", "NTLM_USER_FILE", "KRB5_CLIENT_KTNAME"):
            self.client.pop(name, None)
        os.environ.update(self.realm.environment)
        os.environ["KRB5_KTNAME"] = self.realm.host_keytab
        os.environ["KRB5RCACHENAME"] = "none:"  # not the one that all acceptors of this machine share
        os.environ["NTLM_USER_FILE"] = self.write("ntlm-users", f"{NTLM_DOMAIN}:{NTLM_USER}:{NTLM_PASSWORD}\n")
        os.mkdir(self.path("programs"))
        for check in CHECKS:
            os.symlink(os.path.abspath(os.path.join(BUILDDIR, "tests/winrm/checks")),
                       self.path("programs", check))
        self.files = {
            "kerberos": self.credentials("kerberos", f"keytab = {self.realm.keytab}\n"),
            "ticket": self.credentials("ticket", ""),
            "ntlm": self.credentials("ntlm", self.ntlm_lines() + "ntlm = allow\n"),
        }
        return self

    def __exit__(self, *_):
        self.realm.__exit__()
        self.scratch.cleanup()

    # ---- files

    @staticmethod
    def ntlm_lines():
        return f"username = {NTLM_USER}\npassword = {NTLM_PASSWORD}\ndomain = {NTLM_DOMAIN}\n"

    def write(self, name, text, mode=0o600):
        path = self.path(name)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode("utf-8"))
        os.chmod(path, mode)
        return path

    def credentials(self, name, lines, hosts="localhost 127.0.0.1 ::1", mode=0o600):
        return self.write(f"{name}.credentials", (f"hosts = {hosts}\n" if hosts else "") + lines, mode)

    # ---- running

    def host(self, data=None, behaviour=None, at=None, newer=False, **options):
        import double  # needs the environment of the realm
        import record
        host = double.Host(record.Record(os.path.join(DATA, data or "guideline/no-reserve/host"),
                                         at or (None if data else "2011-09-01T10:35:45")))
        host.newer = newer
        return double.Double(host, behaviour, **options)

    def run(self, *words, environment=None, wrapper=None):
        wrapper = shlex.split(os.environ.get("PROGRAM_WRAPPER", "")) if wrapper is None else wrapper
        command = [*wrapper, self.path("programs", words[0]), *words[1:]]
        done = subprocess.run(command, env=environment or self.client, stdin=subprocess.DEVNULL, cwd=DATA,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=600, check=False)
        output = done.stdout.decode("utf-8", "backslashreplace")
        if done.stderr:
            output += "standard error: " + done.stderr.decode("utf-8", "backslashreplace")
        return done.returncode, output

    def check(self, program, to, login="kerberos", *more, **options):
        """to: a Double, or what stands behind winrm:"""
        source = to if isinstance(to, str) else f"localhost:{to.port}"
        patience = () if any(word.startswith(("-t", "--timeout")) for word in more) else (PATIENT,)
        return self.run(program, f"--source=winrm:{source}",
                        f"--credentials={self.files.get(login, login)}", *patience, *more, **options)

    def ask(self, program, data, behaviour, login, *more, prepare=None, **options):
        """A check of a double that is there for this question alone, and behaves so."""
        double = self.host(data, behaviour, **options)
        if prepare:
            prepare(double)
        try:
            return self.check(program, double, login, *more)
        finally:
            double.close()
