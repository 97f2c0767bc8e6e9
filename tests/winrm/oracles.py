# SPDX-License-Identifier: GPL-3.0-or-later
"""The client and the double, each against others' code: impacket's NTLM and Heimdal's Kerberos accept the client
and read what it seals, and pywinrm reads what the double seals. TAP."""
import os
import shlex
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402
import bed as beds
import certificates

HERE = os.path.dirname(os.path.abspath(__file__))
CHECKS = (("check_hv_balancer", 2), ("check_hv_vm_memory", 1), ("check_hv_contention", 2), ("check_hv_memory_reserve", 1))


def build_heimdal(bed):
    program = bed.path("heimdal_acceptor")
    config = subprocess.run(["krb5-config.heimdal", "--cflags", "--libs", "gssapi"], capture_output=True, text=True, check=True)
    compiler = shlex.split(os.environ.get("CC", "cc"))[:1]
    done = subprocess.run([*compiler, "-o", program, os.path.join(HERE, "heimdal_acceptor.c"), *shlex.split(config.stdout)],
                          capture_output=True, text=True, check=False)
    tap.ok(done.returncode == 0, "Heimdal's acceptor is built", done.stderr)
    return program


def checks(bed, acceptor, login, title, certificate=None):
    double = bed.host(acceptor=acceptor, certificate=certificate)
    for program, status in CHECKS:
        code, output = bed.check(program, double, login)
        tap.ok(code == status and " UNKNOWN - " not in output, f"{title}: {program}", output, double.log)
    tap.ok(double.logins and all(login[0] for login in double.logins), f"{title}: the account is known", double.logins)
    return double


PYWINRM = r"""
import sys
import winrm.protocol
endpoint, user, password = sys.argv[1:]
client = winrm.protocol.Protocol(endpoint=endpoint, transport="ntlm", username=user, password=password,
                                 message_encryption="always")
print(client.send_message(sys.stdin.read()))
"""


def pywinrm(bed):
    """Debian's own does not switch on MD4, which NTLM is made of."""
    import double as doubles
    double = bed.host(None, doubles.Behaviour(takes_tabs=True))
    legacy = bed.write("legacy.cnf", "openssl_conf = a\n[a]\nproviders = b\n[b]\ndefault = c\nlegacy = c\n[c]\nactivate = 1\n")
    bed.check("check_hv_balancer", double)
    wql = "SELECT Version FROM Win32_OperatingSystem"
    envelope = (f'<s:Envelope xmlns:s="{doubles.S}" xmlns:a="{doubles.A}" xmlns:n="{doubles.N}" xmlns:w="{doubles.W}"><s:Header>'
                f"<w:ResourceURI>{doubles.WMI}root/cimv2/*</w:ResourceURI><a:Action>{doubles.N}/Enumerate</a:Action>"
                "<a:MessageID>uuid:1</a:MessageID><w:MaxEnvelopeSize>153600</w:MaxEnvelopeSize></s:Header><s:Body><n:Enumerate>"
                f"<w:Filter>{wql}</w:Filter></n:Enumerate></s:Body></s:Envelope>")
    for password, good in ((beds.NTLM_PASSWORD, True), ("Wrong-1", False)):
        done = subprocess.run([sys.executable, "-c", PYWINRM, f"http://localhost:{double.port}/wsman",
                               f"{beds.NTLM_DOMAIN}\\{beds.NTLM_USER}", password], input=envelope,
                              env=dict(bed.client, OPENSSL_CONF=legacy), capture_output=True, text=True, check=False)
        read = "<Version>6.1.7601</Version>" in done.stdout
        tap.ok(read == good, f"pywinrm {'reads what the double seals' if good else 'is refused with a wrong password'}",
               done.stdout, done.stderr, double.log)
    double.close()


def main():
    import acceptors
    with beds.Bed() as bed:
        authority = certificates.make_authority(bed.path("authority"))
        certificate = certificates.make(bed.path("host"), authority)
        acceptors.Impacket.USER, acceptors.Impacket.PASSWORD = beds.NTLM_USER, beds.NTLM_PASSWORD
        acceptors.Impacket.DOMAIN = beds.NTLM_DOMAIN
        acceptors.Heimdal.PROGRAM = build_heimdal(bed)
        acceptors.Heimdal.ENVIRONMENT = dict(bed.client, KRB5_KTNAME=bed.realm.host_keytab)
        tls = f"transport = tls\nca = {authority}\n"
        kerberos_tls = bed.credentials("kerberos-tls", f"keytab = {bed.realm.keytab}\n{tls}")
        ntlm_tls = bed.credentials("ntlm-tls", bed.ntlm_lines() + tls)
        checks(bed, acceptors.Impacket, "ntlm", "impacket, sealed")
        checks(bed, acceptors.Impacket, ntlm_tls, "impacket, TLS, bound to the channel", certificate)
        checks(bed, acceptors.Heimdal, "kerberos", "Heimdal, sealed")
        checks(bed, acceptors.Heimdal, kerberos_tls, "Heimdal, TLS, bound to the channel", certificate)
        pywinrm(bed)
        sys.exit(tap.end())


if __name__ == "__main__":
    main()
