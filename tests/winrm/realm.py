# SPDX-License-Identifier: GPL-3.0-or-later
"""A Kerberos realm of our own: a KDC on loopback with an account and a host, all in one directory.

    with Realm(directory) as realm:
        ... realm.environment ...  realm.keytab (the account's)  realm.host_keytab (HTTP/localhost's)
"""
import os
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from ports import free_port  # noqa: E402

REALM = "TEST.EXAMPLE"
ACCOUNT = f"monitor@{REALM}"
PASSWORD = "Correct-Horse-7"


def tool(name):
    for folder in ("/usr/sbin", "/usr/bin"):
        if os.path.exists(os.path.join(folder, name)):
            return os.path.join(folder, name)
    raise SystemExit(f"winrm: no {name}: install what ./bootstrap lists for its tests")


class Realm:
    def __init__(self, directory, hosts=("localhost",), address="127.0.0.1", prefix=()):
        """prefix: what the KDC is run by."""
        self.directory, self.hosts, self.address, self.prefix = directory, hosts, address, prefix
        self.keytab = os.path.join(directory, "monitor.keytab")
        self.host_keytab = os.path.join(directory, "host.keytab")
        self.config = os.path.join(directory, "krb5.conf")
        self.kdc_config = os.path.join(directory, "kdc.conf")
        self.environment = {"KRB5_CONFIG": self.config, "KRB5CCNAME": f"FILE:{directory}/ccache",
                            "KRB5_TRACE": "/dev/null"}
        self.kdc = None

    def write(self, name, text):
        with open(os.path.join(self.directory, name), "w", encoding="utf-8") as file:
            file.write(text)

    def configure(self, port, **libdefaults):
        more = "".join(f"    {name} = {value}\n" for name, value in libdefaults.items())
        self.write("krb5.conf", f"""[libdefaults]
    default_realm = {REALM}
    dns_lookup_kdc = false
    dns_lookup_realm = false
{more}[realms]
    {REALM} = {{
        kdc = {self.address}:{port}
    }}
""")

    def run(self, *command):
        environment = dict(os.environ, KRB5_CONFIG=self.config, KRB5_KDC_PROFILE=self.kdc_config)
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"winrm: {' '.join(command)}: {done.stdout}")

    def __enter__(self):
        port = free_port()
        self.configure(port)
        self.write("kdc.conf", f"""[kdcdefaults]
    kdc_listen = {self.address}:{port}
    kdc_tcp_listen = {self.address}:{port}
[realms]
    {REALM} = {{
        database_name = {self.directory}/principal
        key_stash_file = {self.directory}/stash
        acl_file = {self.directory}/acl
    }}
[logging]
    kdc = FILE:{self.directory}/kdc.log
""")
        self.run(tool("kdb5_util"), "create", "-s", "-r", REALM, "-P", "master")
        hosts = " ".join(f"HTTP/{host}" for host in self.hosts)
        commands = [f"addprinc -pw {PASSWORD} monitor", f"ktadd -norandkey -k {self.keytab} monitor"]
        commands += [f"addprinc -randkey HTTP/{host}" for host in self.hosts]
        commands += [f"ktadd -k {self.host_keytab} {hosts}", "addprinc -randkey HTTP/other",
                     "addprinc -pw x -expire yesterday gone", "addprinc -pw y -pwexpire yesterday old"]
        for command in commands:
            self.run(tool("kadmin.local"), "-r", REALM, "-q", command)
        self.start()
        self.port = port
        return self

    def start(self):
        environment = dict(os.environ, KRB5_CONFIG=self.config, KRB5_KDC_PROFILE=self.kdc_config)
        with open(os.path.join(self.directory, "kdc.out"), "ab") as log:
            self.kdc = subprocess.Popen([*self.prefix, tool("krb5kdc"), "-n", "-r", REALM, "-P",
                                         os.path.join(self.directory, "kdc.pid")],
                                        env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            if self.kdc.poll() is not None:
                raise SystemExit("winrm: the KDC ended: see kdc.log")
            try:
                with socket.create_connection((self.address, int(self.port_of_config())), timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("winrm: the KDC does not listen")

    def port_of_config(self):
        with open(self.kdc_config, encoding="utf-8") as file:
            return file.read().split("kdc_tcp_listen")[1].split(":")[1].split()[0]

    def stop(self):
        if self.kdc:
            self.kdc.send_signal(signal.SIGTERM)
            self.kdc.wait()
            self.kdc = None

    def __exit__(self, *_):
        self.stop()
