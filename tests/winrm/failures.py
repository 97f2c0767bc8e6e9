# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong between a satellite and a host: each is UNKNOWN, says what and where, and what helps; and no
secret is in any of it. TAP."""
import os
import shlex
import shutil
import socket
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402
from ports import free_port  # noqa: E402
import bed as beds
import certificates

BALANCER = "check_hv_balancer"
FINE = r"HV BALANCER CRITICAL - 190 MB available for VMs"
GUARDED = []  # what must stand in no output


def fault(**options):
    import double
    return double.Behaviour(fault=double.Fault(**options))


def behave(**options):
    import double
    return double.Behaviour(**options)


class Failures:
    def __init__(self, bed):
        self.bed = bed

    def unknown(self, title, outcome, *expected):
        """One line that begins with UNKNOWN and matches all of these."""
        import re
        code, output = outcome
        # A backslash is shown as another sign (render.c).
        meant = [pattern.replace("\\\\", r"[\\/]") for pattern in expected]
        missing = [pattern for pattern in meant if not re.search(pattern, output)]
        leaked = [secret for secret in GUARDED if secret in output]
        lines = [line for line in output.split("\n") if not line.startswith("Usage:")]
        one_line = len([line for line in lines if line]) == 1
        tap.ok(code == 3 and " UNKNOWN - " in output and not missing and not leaked and one_line,
                    title, f"exit {code}: {output}", f"missing: {missing}", f"leaked: {leaked}")

    def fine(self, title, outcome, expected=FINE):
        import re
        code, output = outcome
        tap.ok(code == 2 and re.match(expected, output), title, f"exit {code}: {output}")

    def ask(self, behaviour=None, login="kerberos", *more, program=BALANCER, data=None, prepare=None, **options):
        """Of a double that behaves so."""
        return self.bed.ask(program, data, behaviour, login, *more, prepare=prepare, **options)

    # ---- the road

    def name_and_port(self):
        bed = self.bed
        anywhere = bed.credentials("anywhere", f"keytab = {bed.realm.keytab}\n", hosts="*")
        self.unknown("a name that is not found", bed.check(BALANCER, "no-such-host.invalid", anywhere),
                     r"no-such-host\.invalid:5985: its name was not found \(.+\): check it; Kerberos needs the host's "
                     r"full name$")
        closed = free_port()
        self.unknown("a port that nobody listens at", bed.check(BALANCER, f"localhost:{closed}"),
                     f"localhost:{closed}: connection refused: .*winrm quickconfig")
        tls = bed.credentials("tls-port", f"keytab = {bed.realm.keytab}\ntransport = tls\n")
        self.unknown("the same with TLS", bed.check(BALANCER, f"localhost:{closed}", tls),
                     r"5986 has no listener unless one was made")
        silent = socket.socket()
        silent.bind(("127.0.0.1", 0))
        silent.listen(0)
        port = silent.getsockname()[1]
        fill = []
        for _ in range(4):  # what waits to be taken fills up, and then nothing is answered any more
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
            fill.append(one)
        self.unknown("a host that answers no connection", bed.check(BALANCER, f"127.0.0.1:{port}", self.spn(), "-t2"),
                     r"no connection in time: a firewall drops it, or the host is down",
                     r"the system did not answer in time$")
        for one in fill + [silent]:
            one.close()
        self.unknown("a host that takes too long", self.ask(behave(delay=3600), "kerberos", "-t5"),
                     r"no answer in time: the host hangs, or --timeout is too short for it")

    def spn(self):
        return self.bed.credentials("spn", f"keytab = {self.bed.realm.keytab}\nspn = HTTP/localhost\n")

    def silent_kdc(self):
        """What the libraries wait for is in the timeout, too."""
        port = free_port()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.create_server(("127.0.0.1", port)):
            udp.bind(("127.0.0.1", port))
            self.bed.realm.configure(port)
            self.unknown("a KDC that does not answer", self.ask(None, "kerberos", "-t2"),
                         r"no answer within 2 s \(--timeout\)$")
        self.bed.realm.configure(self.bed.realm.port)

    # ---- TLS

    def tls(self):
        bed = self.bed
        authority = certificates.make_authority(bed.path("authority"))
        good = certificates.make(bed.path("good"), authority)
        other = certificates.make(bed.path("other"), authority, names=("DNS:hv02.example",))
        expired = certificates.make(bed.path("expired"), authority, days="-1")
        sha384 = certificates.make(bed.path("sha384"), authority, digest="-sha384")
        keytab = f"keytab = {bed.realm.keytab}\ntransport = tls\n"
        trusting = bed.credentials("trusting", keytab + f"ca = {authority}\n")
        plain = bed.credentials("system-authorities", keytab)
        ntlm = bed.credentials("ntlm-tls", bed.ntlm_lines() + f"transport = tls\nca = {authority}\n")
        print_ = certificates.fingerprint(good)
        pinned = bed.credentials("pinned", keytab + f"fingerprint = {print_}\n")
        wrong = bed.credentials("pinned-wrong", keytab + "fingerprint = " + "00" * 32 + "\n")
        strict = dict(certificate=good, behaviour=behave(strict=True))
        self.fine("TLS with an authority of one's own, Kerberos, bound to the channel", self.ask(login=trusting, **strict))
        self.fine("the same by NTLM, which needs no leave there", self.ask(login=ntlm, **strict))
        self.fine("TLS with a certificate that is pinned", self.ask(login=pinned, **strict))
        self.fine("TLS, the connection closed between two questions", self.ask(behave(close_after=2), trusting, certificate=good))
        self.unknown("an authority that nobody knows", self.ask(login=plain, certificate=good),
                     r"the certificate is refused \(.+\): name the authority that signed it with ca = FILE")
        self.unknown("a certificate for another name", self.ask(login=trusting, certificate=other),
                     r"the certificate is refused \(hostname mismatch\): ask for the host by the name")
        self.unknown("a certificate of the past", self.ask(login=trusting, certificate=expired),
                     r"the certificate is refused \(certificate has expired\): renew it")
        self.unknown("another certificate than the one that is pinned", self.ask(login=wrong, certificate=good),
                     r"the certificate does not match fingerprint =")
        missing = bed.credentials("ca-missing", keytab + f"ca = {bed.path('nowhere')}\n")
        self.unknown("an authority's file that is not there", self.ask(login=missing, certificate=good),
                     r"ca = .*nowhere: no certificates can be read from it")
        for title, answer, pattern in (
                ("a port for HTTP", b"HTTP/1.1 400 Bad Request\r\n\r\n", r"no TLS \(is this its port for HTTPS\?\): wrong version number$"),
                ("a port that hangs up", b"", r"no TLS \(is this its port for HTTPS\?\): the host ended the connection$")):
            with socket.create_server(("127.0.0.1", 0)) as server:
                def once(server=server, answer=answer):
                    connection = server.accept()[0]
                    connection.recv(4096)
                    connection.sendall(answer)
                    connection.close()
                threading.Thread(target=once, daemon=True).start()
                self.unknown(f"TLS to {title}", bed.check(BALANCER, f"localhost:{server.getsockname()[1]}", trusting), pattern)

        def bind_wrong(double):
            double.binding = b"tls-server-end-point:" + bytes(32)

        for login, file in (("Kerberos", trusting), ("NTLM", ntlm)):
            self.unknown(f"somebody in the middle: {login} bound to another channel",
                         self.ask(behave(strict=True), file, certificate=good, prepare=bind_wrong),
                         r"the login was refused \(HTTP status 401\)")

        def bind_384(double):
            import hashlib
            import ssl
            with open(sha384[:-4] + ".crt", encoding="ascii") as file:
                der = ssl.PEM_cert_to_DER_cert(file.read())
            double.binding = b"tls-server-end-point:" + hashlib.sha384(der).digest()

        self.fine("a certificate signed with SHA-384 is bound by SHA-384",
                  self.ask(behave(strict=True), trusting, certificate=sha384, prepare=bind_384))

    # ---- the module, the mechanism

    def module(self):
        bed = self.bed
        real = os.path.join(beds.BUILDDIR, "plugins", BALANCER)
        done = subprocess.run([real, "--source=winrm:hv01"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, check=False)
        self.unknown("no module where it is installed", (done.returncode, done.stdout),
                     r"--source: winrm: install the package monitoring-plugins-hyperv-winrm \(winrm\.so\)$")
        strange = os.path.join(beds.BUILDDIR, "tests/winrm/strange")
        module = os.path.join(beds.BUILDDIR, "tests/winrm/strange.so")

        def run(*arguments):
            done = subprocess.run([strange, *(arguments or ["--source=winrm:hv01"])], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  text=True, check=False)
            return done.returncode, done.stdout

        with open(module, "w", encoding="ascii") as file:
            file.write("no module\n")
        self.unknown("a module that is none", run(), r"winrm: its module can't be loaded: ldd \S+/strange\.so shows why$")
        source = bed.write("strange.c", "const struct { const char *version; } source_module = {\"0.0.1\"};\n")
        compiler = shlex.split(os.environ.get("CC", "cc"))
        subprocess.run([*compiler, "-shared", "-fPIC", "-o", module, source], check=True)
        self.unknown("a module of another version", run(),
                     r"winrm: the module is of version 0\.0\.1, this program of \S+: install .* of one version")
        bed.write("strange.c", "int nothing;\n")
        subprocess.run([*compiler, "-shared", "-fPIC", "-o", module, source], check=True)
        self.unknown("a library that is no module", run(), r"winrm: its module can't be loaded: ldd \S+/strange\.so shows why$")
        double = bed.host()
        login = bed.credentials("tls-part", f"keytab = {bed.realm.keytab}\ntransport = tls\n")
        over_tls = [f"--source=winrm:localhost:{double.port}", f"--credentials={login}"]
        part = os.path.join(beds.BUILDDIR, "tests/winrm/strange-tls.so")
        shutil.copy(os.path.join(beds.BUILDDIR, "lib/counter/winrm/winrm.so"), module)
        refused = r"TLS can't be loaded: ldd \S+/strange-tls\.so shows why, or install monitoring-plugins-hyperv-winrm anew$"
        self.unknown("a module without its part for TLS", run(*over_tls), refused)
        subprocess.run([*compiler, "-shared", "-fPIC", "-o", part, source], check=True)
        self.unknown("with a part that is none", run(*over_tls), refused)
        bed.write("strange.c", "const struct { const char *version; } winrm_tls = {\"0.0.1\"};\n")
        subprocess.run([*compiler, "-shared", "-fPIC", "-o", part, source], check=True)
        self.unknown("with a part of another version", run(*over_tls), refused)
        double.close()
        os.remove(part)
        os.remove(module)

    def mechanism(self):
        double = self.bed.host()
        wrapper = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-r", "-m"]
        wrapper += ["sh", "-c", 'mount -t tmpfs none /etc/gss/mech.d && exec "$@"', "sh"]
        outcome = self.bed.run(BALANCER, f"--source=winrm:localhost:{double.port}",
                               f"--credentials={self.bed.files['ntlm']}", wrapper=wrapper)
        double.close()
        self.unknown("NTLM without its mechanism", outcome,
                     r"NTLM is not installed on this machine: install gss-ntlmssp$")

    # ---- the file

    def file(self):
        bed = self.bed
        lines = f"keytab = {bed.realm.keytab}\n"

        def at(path, *patterns, title):
            self.unknown(title, bed.check(BALANCER, "localhost", path), f"--credentials: {path}: ", *patterns)

        at(bed.path("nowhere"), r"No such file or directory$", title="no file")
        self.unknown("no file at all", bed.run(BALANCER, "--source=winrm:hv01"),
                     r"--source: winrm needs --credentials=FILE, which says how to log in$")
        secret = "Hush-Hush-42"
        GUARDED.append(secret)
        ntlm = f"username = mon\npassword = {secret}\n"
        for number, (content, pattern) in enumerate((
                (f"hosts = *\n{secret}\n", r"line 2: expected NAME = VALUE$"),
                (f"hosts = *\npasword = {secret}\n", r"line 2: unknown name before '='$"),
                (f"hosts = *\n{secret} = x\n", r"line 2: unknown name before '='$"),
                ("hosts = hv*.example.com, backup\n" + lines, r"hosts does not name localhost: nothing was sent to it$"),
                ("hosts = *\n" + ntlm, r"NTLM does not prove who answers at localhost:5985: use TLS \(port 5986\), or Kerberos"),
        )):
            at(bed.write(f"wrong-{number}", content), pattern, title=f"wrong lines {number}: {pattern}")
        double = bed.host()
        for content in ("\ufeff; a comment\r\n\r\n  hosts  =  HV01 , LOCALHOST  \r\n# more\r\n" + lines,
                        f"hosts = lo?al*\nprincipal = monitor@{bed.realm_name}\n" + lines,
                        f"hosts = localhost\nprincipal = monitor@{bed.realm_name}\npassword = {bed.password}\n"):
            self.fine("lines that are right", bed.check(BALANCER, double, bed.write("right", content)))
        self.unknown("a host that the file does not name gets no connection",
                     bed.check(BALANCER, f"127.0.0.1:{double.port}", bed.credentials("named", lines, hosts="localhost")),
                     r"hosts does not name 127\.0\.0\.1")
        double.close()

    # ---- Kerberos

    def kerberos(self):
        bed, realm = self.bed, self.bed.realm
        double = bed.host()

        def ask(title, lines, *patterns, to=None, environment=None, hosts="localhost 127.0.0.1"):
            path = bed.credentials("kerberos-case", lines, hosts=hosts)
            self.unknown(title, bed.check(BALANCER, to or double, path, environment=environment), *patterns)

        keytab = f"keytab = {realm.keytab}\n"
        ask("no ticket", "", r"logging in by Kerberos failed \(.+\): no ticket: run kinit, or give keytab =$")
        ask("a ticket cache that is not there", "ccache = FILE:/nowhere/cc\n", r"no ticket: run kinit")
        ask("a keytab that is not there", f"keytab = {bed.path('nowhere')}\n",
            r"keytab = .*nowhere: No such file or directory$")
        ask("a keytab without the principal", keytab + f"principal = HTTP/other@{bed.realm_name}\n",
            r"logging in by Kerberos failed \(.+\): the keytab has no key of the principal$")
        ask("an account that the KDC does not know", f"principal = nobody@{bed.realm_name}\npassword = x\n",
            r"not found in Kerberos database\): check the principal$")
        ask("a wrong password", f"principal = monitor@{bed.realm_name}\npassword = Wrong-1\n",
            r"the password or the keytab does not match the account's current one$")
        ask("an account that has expired", f"principal = gone@{bed.realm_name}\npassword = x\n",
            r"logging in by Kerberos failed \(.*expired.*\): ")
        ask("a password that has expired", f"principal = old@{bed.realm_name}\npassword = y\n",
            r"logging in by Kerberos failed \(Password has expired\): the account's password has expired$")
        ask("a host that the KDC does not know", keytab + "spn = HTTP/unknown\n",
            r"not found in Kerberos database\): ask for the host by the full name that it has in the domain, or give spn =$")
        ask("an address in place of a name", keytab, r"Kerberos knows hosts by name: ask for it by its full name, or give spn = HTTP/NAME$",
            to=f"127.0.0.1:{double.port}")
        ask("a realm that krb5.conf does not know", "principal = a@NOWHERE.EXAMPLE\npassword = x\n",
            r"krb5\.conf and DNS know no KDC for the realm$")
        self.fine("an address, with the principal given", bed.check(BALANCER, f"127.0.0.1:{double.port}", self.spn()))
        cached = bed.credentials("cached", keytab + f"ccache = FILE:{bed.path('tickets')}\n")
        self.fine("a keytab with a cache of its own", bed.check(BALANCER, double, cached))
        subprocess.run(["kinit", "-k", "-t", realm.keytab, "monitor"], env=bed.client, check=True)
        self.fine("the user's own ticket", bed.check(BALANCER, double, "ticket"))
        subprocess.run(["kdestroy"], env=bed.client, check=True)
        realm.stop()
        ask("no KDC", keytab, r"the KDC can't be reached: check the network and krb5\.conf$")
        realm.start()
        self.clock(double, keytab)
        wrong = bed.path("wrong-key.keytab")
        realm.run(beds.realms.tool("kadmin.local"), "-r", bed.realm_name, "-q", f"ktadd -k {wrong} HTTP/localhost")
        ask("a host whose key is another by now", keytab, r"the login was refused \(HTTP status 401\): a wrong password or clock")
        os.replace(wrong, realm.host_keytab)
        double.close()
        self.unknown("a host that does not prove who it is", self.ask(behave(mute=True)), r"the host did not prove who it is$")

    def clock(self, double, keytab):
        """The KDC an hour ahead, by a library in front of its clock."""
        bed, realm = self.bed, self.bed.realm
        source = bed.write("ahead.c", """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/time.h>
#include <time.h>
time_t time(time_t *out) { struct timespec now; clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec; return now.tv_sec; }
int gettimeofday(struct timeval *out, void *zone) { struct timespec now; (void)zone;
    clock_gettime(CLOCK_REALTIME, &now); out->tv_sec = now.tv_sec; out->tv_usec = now.tv_nsec / 1000; return 0; }
int clock_gettime(clockid_t id, struct timespec *out) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int done = real(id, out); if (id == CLOCK_REALTIME) out->tv_sec += 3600; return done; }
""")
        library = bed.path("ahead.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        realm.stop()
        realm.configure(realm.port, kdc_timesync="0")
        os.environ["LD_PRELOAD"] = library
        try:
            realm.start()
        finally:
            del os.environ["LD_PRELOAD"]
        self.unknown("a clock that is an hour off", bed.check(BALANCER, double, bed.credentials("skew", keytab)),
                     r"\(Clock skew too great in KDC reply\): set the clock of this machine, or of the KDC$")
        realm.stop()
        realm.configure(realm.port)
        realm.start()

    # ---- NTLM

    def ntlm(self):
        bed = self.bed
        wrong = bed.credentials("ntlm-wrong", bed.ntlm_lines().replace(beds.NTLM_PASSWORD, "Wrong-1") + "ntlm = allow\n")
        self.unknown("NTLM with a wrong password", self.ask(None, wrong), r"the login was refused \(HTTP status 401\): a wrong password")

        def change(at, value):
            def token(bytes_):
                return bytes_[:at] + value + bytes_[at + len(value):] if bytes_ and bytes_[8:9] == b"\2" else bytes_
            return behave(token=token)

        refused = r"the host's NTLM challenge is refused: "
        for title, behaviour, why in (
                ("names no target, which crashes gss-ntlmssp 1.2", change(12, b"\0\0\0\0"), "it names no target"),
                ("points outside itself", change(16, b"\xff\xff\xff\x7f"), "it names no target"),
                ("offers no sealing", change(20, b"\x01\x02\x08\x60"), "it does not offer sealing with 128 bits"),
                ("has malformed properties", change(40, b"\x05\x00"), "its target's properties are malformed"),
                ("is none", change(0, b"NTLMSSQ"), "it is none")):
            self.unknown(f"a challenge that {title}", self.ask(behaviour, "ntlm"), refused + why)

    # ---- HTTP

    def statuses(self):
        def status(code, **options):
            return behave(after_login=lambda session, request: f"HTTP/1.1 {code} x\r\nContent-Length: 0\r\n\r\n".encode(), **options)

        def early(code, head=""):
            return behave(answer=lambda session, request: f"HTTP/1.1 {code} x\r\n{head}Content-Length: 0\r\n\r\n".encode())

        self.unknown("Negotiate is not offered", self.ask(early(401, "WWW-Authenticate: Basic realm=\"WSMAN\"\r\n")),
                     r"the host does not offer Negotiate \(it offers Basic\): run winrm set winrm/config/service/auth")
        self.unknown("nothing is offered", self.ask(early(401)), r"does not offer Negotiate \(it offers nothing\)")
        self.unknown("only Kerberos by its own name", self.ask(early(401, "WWW-Authenticate: Kerberos\r\nWWW-Authenticate: CredSSP\r\n")),
                     r"\(it offers Kerberos, CredSSP\)")
        self.unknown("401 after the login", self.ask(status(401)), r"the login was refused \(HTTP status 401\)")
        for when in (status, early):
            self.unknown("403", self.ask(when(403)), r"HTTP status 403: the account may not use WinRM there: add it to Remote Management Users")
            self.unknown("404", self.ask(when(404)), r"HTTP status 404: no WinRM at this port$")
            self.unknown("500 without a body", self.ask(when(500)), r"HTTP status 500: an empty answer: the host could not open the message")
            self.unknown("503", self.ask(when(503)), r"HTTP status 503: the host accepts no more requests at present: .*MaxConcurrentOperationsPerUser")
            self.unknown("a redirect", self.ask(when(302)), r"HTTP status 302: a redirect, which is not followed")
            self.unknown("a status of something else", self.ask(when(418)), r"HTTP status 418: is it WinRM that listens there\?$")
        self.unknown("the connection ends within the login",
                     self.ask(behave(close_after=1), "ntlm"), r"the host ended the connection")
        asked = []
        double = self.bed.host()
        environment = dict(self.bed.client, http_proxy="http://127.0.0.1:1", HTTP_PROXY="http://127.0.0.1:1", ALL_PROXY="http://127.0.0.1:1")
        self.fine("no proxy is asked", self.bed.check(BALANCER, double, "kerberos", environment=environment))
        for line, fields, body in double.seen:
            asked.append("authorization" in fields or b"Encrypted Boundary" in body)
            asked.append(b"SELECT" not in body and "basic" not in fields.get("authorization", "").lower())
        tap.ok(all(asked) and asked, "nothing but logins and sealed messages was sent", double.seen)
        double.close()

    # ---- WMI

    def faults(self):
        denied = r"no right to read it: add the account to Performance Monitor Users and Hyper-V Administrators$"
        self.unknown("WMI denies", self.ask(fault(wmi=0x80041003, text="Access denied")),
                     r"0x80041003 WBEM_E_ACCESS_DENIED: root/cimv2: Win32_\w+ \(Access denied\): the account needs Remote Enable on the namespace", denied)
        self.unknown("WinRM denies", self.ask(fault(code=5, text="Access is denied.")), r"0x00000005 ERROR_ACCESS_DENIED: ", denied)
        self.unknown("a quota", self.ask(fault(code=2150859174, text="The maximum number of concurrent operations for this user has been exceeded.")),
                     r"0x803381A6 ERROR_WSMAN_QUOTA_MAX_OPERATIONS: .*MaxConcurrentOperationsPerUser, or let one record")
        self.unknown("WMI takes too long", self.ask(fault(code=2150858793, text="late")), r"0x80338029 ERROR_WSMAN_OPERATION_TIMEDOUT", r"the system did not answer in time$")
        self.unknown("a fault that nobody knows", self.ask(fault(code=0x80338099, text="line\n one\tand\x85 two")),
                     r"0x80338099 a fault: root/cimv2: Win32_\w+ \(line one and\S* two\)$")
        for form in ("winrm", "mi", "omi"):
            self.unknown(f"no Hyper-V, told in the way of {form}", self.ask(behave(fault_form=form), data="formats/no-hyperv"),
                         r"no Hyper-V Dynamic Memory counters on localhost: is the Hyper-V role installed\? \(no class of this object, by any name; if Windows itself has the counters, winmgmt /resyncperf there brings it: 0x80041010 WBEM_E_INVALID_CLASS")
            self.unknown(f"a property that is missing, told in the way of {form}",
                         self.missing(form), r"the counter /Hyper-V Dynamic Memory VM\(\*\)/Physical Memory is missing on this Windows")

        def no_namespace(double):
            double.host.namespace = "root/elsewhere"

        self.unknown("no namespace of Hyper-V", self.ask(program="check_hv_vm_memory", prepare=no_namespace),
                     r"the VMs' settings can't be read: localhost:\d+: 0x8004100E WBEM_E_INVALID_NAMESPACE: root/virtualization: Msvm_ComputerSystem \(Invalid namespace\): the Hyper-V role is not there")

        def first_namespace(double):
            double.host.namespace = "root/virtualization"

        code, output = self.ask(program="check_hv_vm_memory", prepare=first_namespace)
        tap.ok(code == 1 and "VM6 at 96.63 %" in output, "Windows Server 2008 R2 has the first namespace alone", output)

        def no_rights(double):
            for name in ("Msvm_ComputerSystem", "Msvm_MemorySettingData"):
                double.host.record.classes[name] = []

        self.unknown("an account that sees no VM", self.ask(program="check_hv_vm_memory", prepare=no_rights),
                     r"Msvm_ComputerSystem has no row, not even the host's: the account has no right to see VMs")

        def no_counters(double):
            for rows in double.host.record.counters.values():
                rows.clear()

        self.unknown("an account that sees no counter", self.ask(program=BALANCER, prepare=no_counters),
                     r"/Hyper-V Dynamic Memory Balancer\(\*\)/Available Memory has no instance$")
        self.unknown("an account that sees no counter of the parent", self.ask(program="check_hv_page_reads", prepare=no_counters),
                     r"Win32_PerfRawData_PerfOS_Memory has no row: is the account in Performance Monitor Users\?$")

        def renamed(double):
            from double import OBJECTS
            double.host.classes = {name.replace("BalancerStats", "HvStats"): of for name, of in OBJECTS.items()}

        asked = []

        def renamed_and_watched(double):
            renamed(double)
            asked.append(double)

        self.fine("a class under another provider is found by its name", self.ask(prepare=renamed_and_watched))
        searches = [wql for _, wql in asked[0].host.queries if "meta_class" in wql]
        tap.ok(len(searches) == 1, "and looked for once", asked[0].host.queries)
        key = r"SOFTWARE/Microsoft/Windows NT/CurrentVersion/Virtualization"
        self.unknown("the registry denies", self.registry("5"), rf"ERROR_ACCESS_DENIED: StdRegProv: HKEY_LOCAL_MACHINE/{key}: the account needs Execute Methods on root/default")
        self.unknown("the registry fails", self.registry("1450"), rf"0x000005AA: StdRegProv: HKEY_LOCAL_MACHINE/{key}$")
        self.unknown("the registry says nothing", self.registry("x"), r"StdRegProv\.GetDWORDValue without a ReturnValue$")

        def other_keys(double):
            double.host.record.registry = {"HKEY_LOCAL_MACHINE\\SOFTWARE": {}}

        self.unknown("neither the key nor Hyper-V", self.ask(program="check_hv_memory_reserve", data="formats/no-hyperv",
                                                                  prepare=other_keys),
                     r"no Msvm_ComputerSystem on localhost, so there are no VMs to keep memory from: is the Hyper-V role installed\? \(")

    def missing(self, form):
        def drop(double):
            for counters in double.host.record.counters["Hyper-V Dynamic Memory VM"].values():
                del counters["Physical Memory"]
        return self.ask(behave(fault_form=form), program="check_hv_vm_memory", prepare=drop)

    def registry(self, status):
        def prepare(double):
            double.host.invoke = lambda *_: [("uValue", None), ("ReturnValue", status)]
        return self.ask(program="check_hv_memory_reserve", prepare=prepare)

    # ---- options

    def options(self):
        bed = self.bed
        for option in ("--at=2011-09-01T10:00", "--max-age=60", "--encoding=cp932"):
            self.unknown(f"{option} is refused by name", bed.check(BALANCER, "localhost", "kerberos", option),
                         rf"{option.partition('=')[0]} .*winrm")
        self.unknown("--credentials is for winrm: alone", bed.run(BALANCER, "--source=record:guideline/no-reserve/host", "--credentials=x"),
                     r"--credentials .*winrm")
        for spec in ("", ":", "a b", "host:", "host:0", "host:65536", "host:x", "[::1", "[::1]x", "-h", "h\nX: y", "a/b", "1:2:zz"):
            self.unknown(f"winrm:{spec!r} is no host", bed.check(BALANCER, spec, "kerberos"), r"--source: .*expected winrm:HOST or winrm:HOST:PORT$")
        double = bed.host(address="::1") if socket.has_ipv6 and self.has_v6() else None
        if double:
            self.fine("an address of version 6", bed.check(BALANCER, f"[::1]:{double.port}", self.spn()))
            double.close()

    @staticmethod
    def has_v6():
        try:
            with socket.create_server(("::1", 0), family=socket.AF_INET6):
                return True
        except OSError:
            return False


def main():
    with beds.Bed() as bed:
        bed.realm_name, bed.password = beds.realms.REALM, beds.realms.PASSWORD
        GUARDED.extend([beds.NTLM_PASSWORD, beds.realms.PASSWORD, "Wrong-1"])
        failures = Failures(bed)
        only = sys.argv[1:]
        for part in ("name_and_port", "silent_kdc", "tls", "module", "mechanism", "file", "ntlm", "statuses", "faults",
                     "options", "kerberos"):
            if not only or part in only:
                getattr(failures, part)()
        sys.exit(tap.end())


if __name__ == "__main__":
    threading.stack_size(1 << 20)
    main()
