# SPDX-License-Identifier: GPL-3.0-or-later
"""A small network as a user has it, in namespaces: a KDC, two hosts at the ports that WinRM has, and a satellite
that asks them by name. Links go down, DNS does not answer. TAP.

It begins anew in a namespace of its own, and needs no root: unshare makes it one in there."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402
import bed as beds
import certificates

HERE = os.path.dirname(os.path.abspath(__file__))
HOSTS = {"kdc": "10.77.0.1", "satellite": "10.77.0.2", "hv01": "10.77.0.11", "hv02": "10.77.0.12"}
DOMAIN = "example.test"
BALANCER = "check_hv_balancer"
FINE = r"HV BALANCER CRITICAL - 190 MB available for VMs"


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)
    if done.returncode:
        raise SystemExit(f"winrm: {' '.join(command)}: {done.stdout}")


def inside(name):
    return ("ip", "netns", "exec", name)


def make_network(directory):
    """A bridge here, and a namespace with an address for each machine."""
    run("mount", "-t", "tmpfs", "none", "/run")
    os.mkdir("/run/netns")
    for name, text in (("hosts", "127.0.0.1 localhost\n" + "".join(
            f"{address} {machine}.{DOMAIN}\n" for machine, address in HOSTS.items())),
                       ("resolv.conf", "nameserver 10.77.0.99\noptions timeout:30 attempts:3\n"),
                       ("nsswitch.conf", "hosts: files dns\npasswd: files\ngroup: files\n")):
        path = os.path.join(directory, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        run("mount", "--bind", path, os.path.realpath(f"/etc/{name}"))
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "lan", "type", "bridge")
    run("ip", "addr", "add", "10.77.0.254/24", "dev", "lan")
    run("ip", "link", "set", "lan", "up")
    for number, (machine, address) in enumerate(HOSTS.items()):
        run("ip", "netns", "add", machine)
        run("ip", "link", "add", f"port{number}", "type", "veth", "peer", "name", "eth0", "netns", machine)
        run("ip", "link", "set", f"port{number}", "master", "lan", "up")
        for command in (("link", "set", "lo", "up"), ("link", "set", "eth0", "up"), ("addr", "add", f"{address}/24", "dev", "eth0")):
            run(*inside(machine), "ip", *command)


class Host:
    def __init__(self, machine, port, *certificate):
        record = os.path.join(beds.DATA, "guideline/no-reserve/host")
        self.process = subprocess.Popen(
            [*inside(machine), sys.executable, os.path.join(HERE, "double.py"), record, "2011-09-01T10:35:45",
             HOSTS[machine], str(port), *certificate], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "listening\n":
            raise SystemExit("winrm: the double does not listen")

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def body(bed):
    authority = certificates.make_authority(bed.path("authority"))
    certificate = certificates.make(bed.path("hv02"), authority, names=(f"DNS:hv02.{DOMAIN}",))
    hosts = f"hv*.{DOMAIN}"
    keytab = bed.credentials("satellite", f"keytab = {bed.realm.keytab}\nca = {authority}\n", hosts=hosts)
    ntlm = bed.credentials("ntlm-satellite", bed.ntlm_lines() + f"ca = {authority}\nntlm = allow\n", hosts=hosts)
    machines = [Host("hv01", 5985), Host("hv02", 5986, certificate)]

    def ask(title, source, expected, login=keytab, *more, status=2):
        code, output = bed.run(BALANCER, f"--source=winrm:{source}", f"--credentials={login}", *more,
                               wrapper=[*inside("satellite")])
        tap.ok(code == status and re.search(expected, output), title, f"exit {code}: {output}")

    def unknown(title, source, expected, *more):
        ask(title, source, expected, keytab, *more, status=3)

    def link(machine, state):
        run("ip", "link", "set", f"port{list(HOSTS).index(machine)}", state)

    ask("a host by its name, at WinRM's own port, by Kerberos", f"hv01.{DOMAIN}", FINE)
    ask("the same by NTLM", f"hv01.{DOMAIN}", FINE, ntlm)
    ask("a host with TLS, at its port", f"hv02.{DOMAIN}:5986", FINE)
    ask("the same by NTLM", f"hv02.{DOMAIN}:5986", FINE, ntlm)
    unknown("the port of TLS where there is none", f"hv01.{DOMAIN}:5986", r"connection refused: .*5986 has no listener unless one was made")
    unknown("the port of HTTP where there is TLS alone", f"hv02.{DOMAIN}", r"connection refused: .*winrm quickconfig")
    unknown("a host that the login is not for", f"kdc.{DOMAIN}", r"hosts does not name kdc\.example\.test: nothing was sent to it")
    unknown("DNS that does not answer is in the timeout", f"hv99.{DOMAIN}", r"no answer within 2 s \(--timeout\)", "-t2")
    link("hv01", "down")
    unknown("a host that is gone", f"hv01.{DOMAIN}", r"no connection(: No route to host| in time: )", "-t3")
    link("hv01", "up")
    link("kdc", "down")
    unknown("a KDC that is gone is in the timeout", f"hv01.{DOMAIN}", r"no answer within 2 s \(--timeout\)|the KDC can't be reached", "-t2")
    ask("without a KDC NTLM goes on", f"hv01.{DOMAIN}", FINE, ntlm)
    link("kdc", "up")
    ask("and all is well again", f"hv01.{DOMAIN}", FINE, keytab, "-t20")
    for machine in machines:
        machine.stop()


def main():
    if "--inside" not in sys.argv:
        for tool in ("unshare", "ip"):
            beds.need(tool)
        user = [] if os.geteuid() == 0 else ["-r"]
        os.execvp("unshare", ["unshare", *user, "-n", "-m", sys.executable, os.path.abspath(__file__), "--inside"])
    with beds.tempfile.TemporaryDirectory() as directory:
        make_network(directory)
        hosts = [f"{machine}.{DOMAIN}" for machine in ("hv01", "hv02")]
        with beds.Bed(hosts, address=HOSTS["kdc"], prefix=inside("kdc")) as bed:
            body(bed)
            status = tap.end()
    sys.exit(status)


if __name__ == "__main__":
    main()
