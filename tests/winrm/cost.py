# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check over winrm: costs the satellite, which holds for `make check`, and what `make bench` prints.

    cost.py [--bench]

The host is the double: its own time is not in the instructions and the processor time of a check, but in the
checks a second. TAP, or with --bench a table in Markdown."""
import concurrent.futures
import os
import resource
import subprocess
import sys
import time

import bed as beds
import certificates

ROOMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path[:0] = [ROOMS, os.path.join(ROOMS, "bench")]
import measure  # noqa: E402
import tap  # noqa: E402

BALANCER, VMS = "check_hv_balancer", "check_hv_vm_memory"
ONE_CLASS = 5_000_000      # instructions of a check that asks for one class or two, by a ticket
LARGE_HOST = 12_200_000    # of check_hv_vm_memory on a host of 88 VMs
EACH_VM = 80_000           # and of each VM that it reads: four counters, itself, its settings
SLACK = 1.15               # of one VM among 1,024 against one among 88

PYWINRM = """
import sys, time, winrm.protocol
endpoint, user, password, envelope, runs = sys.argv[1:]
client = winrm.protocol.Protocol(endpoint=endpoint, transport="ntlm", username=user, password=password, message_encryption="always")
answer = client.send_message(open(envelope).read())
assert b"EndOfSequence" in answer, answer
"""


class Cost:
    def __init__(self, bed):
        self.bed = bed
        authority = certificates.make_authority(bed.path("authority"))
        self.certificate = certificates.make(bed.path("host"), authority)
        tls = f"transport = tls\nca = {authority}\n"
        self.roads = {
            "Kerberos, ticket": ("ticket", None),
            "Kerberos, keytab": ("kerberos", None),
            "NTLM": ("ntlm", None),
            "TLS, Kerberos, ticket": (bed.credentials("tls-ticket", tls), self.certificate),
            "TLS, NTLM": (bed.credentials("tls-ntlm", bed.ntlm_lines() + tls), self.certificate),
        }
        subprocess.run(["kinit", "-k", "-t", bed.realm.keytab, "monitor"], env=bed.client, check=True)

    def double(self, count, certificate=None, newer=True):
        import double
        import record
        of = record.Record(os.path.join(beds.DATA, "guideline/no-reserve/host"), "2011-09-01T10:02")
        behaviour = double.Behaviour(page=400)  # some 150 KB, as WinRM is asked for
        host = double.Host(record.scaled(of, count))
        host.newer = newer
        return double.Double(host, behaviour, certificate)

    def command(self, program, double, login):
        return [self.bed.path("programs", program), f"--source=winrm:localhost:{double.port}",
                f"--credentials={self.bed.files.get(login, login)}", "--perfdata=none", "--timeout=300"]

    def trips(self, program, newer):
        """Of a host that has all that is asked for, or of one that is older."""
        double = self.double(8, newer=newer)
        subprocess.run(self.command(program, double, "ticket"), env=self.bed.client, stdout=subprocess.PIPE,
                       check=True)
        double.close()
        return double.requests

    def instructions(self, program, count, road):
        login, certificate = self.roads[road]
        double = self.double(count, certificate)
        cost = measure.instructions(self.command(program, double, login), self.bed.client)
        double.close()
        return cost

    def seconds(self, program, count, road, runs=40):
        """(processor time of one, by the clock, trips)"""
        login, certificate = self.roads[road]
        double = self.double(count, certificate)
        command = self.command(program, double, login)
        before = double.requests
        subprocess.run(command, env=self.bed.client, stdout=subprocess.PIPE, check=True)
        trips = double.requests - before
        start, used = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        for _ in range(runs):
            subprocess.run(command, env=self.bed.client, stdout=subprocess.PIPE, check=True)
        now, took = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - start
        double.close()
        return ((now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime) / runs, took / runs, trips)

    def throughput(self, road, jobs=8, checks=240):
        login, certificate = self.roads[road]
        double = self.double(8, certificate)
        command = self.command(BALANCER, double, login)
        start = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            list(pool.map(lambda _: subprocess.run(command, env=self.bed.client, stdout=subprocess.PIPE, check=True),
                          range(checks)))
        double.close()
        return checks / (time.monotonic() - start)

    # ---- pywinrm

    def pywinrm(self, count, runs=5):
        import double as doubles
        double = self.double(count)
        double.behaviour = doubles.Behaviour(takes_tabs=True, first=100000)
        legacy = self.bed.write("legacy.cnf", "openssl_conf = a\n[a]\nproviders = b\n[b]\ndefault = c\nlegacy = c\n[c]\nactivate = 1\n")
        wql = ("SELECT PhysicalMemory, AveragePressure, Name FROM "
               "Win32_PerfRawData_BalancerStats_HyperVDynamicMemoryVM")
        envelope = self.bed.write("envelope.xml", (
            f'<s:Envelope xmlns:s="{doubles.S}" xmlns:a="{doubles.A}" xmlns:n="{doubles.N}" xmlns:w="{doubles.W}"><s:Header>'
            f"<w:ResourceURI>{doubles.WMI}root/cimv2/*</w:ResourceURI><a:Action>{doubles.N}/Enumerate</a:Action>"
            "<a:MessageID>uuid:1</a:MessageID><w:MaxEnvelopeSize>153600</w:MaxEnvelopeSize></s:Header><s:Body>"
            f"<n:Enumerate><w:Filter>{wql}</w:Filter></n:Enumerate></s:Body></s:Envelope>"))
        command = [sys.executable, "-c", PYWINRM, f"http://localhost:{double.port}/wsman",
                   f"{beds.NTLM_DOMAIN}\\{beds.NTLM_USER}", beds.NTLM_PASSWORD, envelope, "1"]
        environment = dict(self.bed.client, OPENSSL_CONF=legacy)
        cost = measure.instructions(command, environment)
        used, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        for _ in range(runs):
            subprocess.run(command, env=environment, check=True)
        now, took = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - start
        double.close()
        return cost, (now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime) / runs, took / runs


def bench(cost):
    print("\n| | VMs | trips | instructions | processor time | by the clock |\n|---|--:|--:|--:|--:|--:|")
    rows = [(BALANCER, 88, road) for road in cost.roads]
    rows += [(VMS, count, "Kerberos, ticket") for count in (8, 88, 1024)]
    rows += [(VMS, count, road) for road in ("NTLM", "TLS, Kerberos, ticket") for count in (88, 1024)]
    for program, count, road in rows:
        used, took, trips = cost.seconds(program, count, road)
        print(f"| `{program}`, {road} | {count:,} | {trips} | {cost.instructions(program, count, road):,} "
              f"| {used * 1000:.1f} ms | {took * 1000:.1f} ms |", flush=True)
    for count in (88, 1024):
        number, used, took = cost.pywinrm(count)
        print(f"| one class by pywinrm, NTLM | {count:,} | | {number:,} | {used * 1000:.1f} ms | {took * 1000:.1f} ms |",
              flush=True)
    print("\n| eight at once, with the double, on two cores | checks a second |\n|---|--:|")
    for road in ("Kerberos, ticket", "NTLM", "TLS, Kerberos, ticket"):
        print(f"| `{BALANCER}`, {road} | {cost.throughput(road):.0f} |", flush=True)


def kept(bed, cost):
    one = cost.instructions(BALANCER, 88, "Kerberos, ticket")
    tap.ok(one <= ONE_CLASS, f"{BALANCER} by Kerberos takes {one:,} instructions, at most {ONE_CLASS:,}")
    few, some, many = (cost.instructions(VMS, count, "Kerberos, ticket") for count in (8, 88, 1024))
    tap.ok(some <= LARGE_HOST, f"{VMS} takes {some:,} for 88 VMs, at most {LARGE_HOST:,}")
    each_some, each_many = (some - few) / 80, (many - few) / 1016
    tap.ok(each_many <= EACH_VM, f"{VMS} takes {each_many:,.0f} instructions for each of 1,024 VMs, at most {EACH_VM:,}")
    newest, older = cost.trips(VMS, True), cost.trips(VMS, False)
    tap.ok(newest < older <= newest + 2, f"{VMS} takes {newest} trips to the newest Windows, {older} to the oldest: one more "
           "for each of two counters that it lacks")
    tap.ok(each_many <= each_some * SLACK, f"and no more for each than among 88 ({each_some:,.0f})")


def main():
    measure.need("valgrind", "kinit")
    with beds.Bed() as bed:
        cost = Cost(bed)
        if "--bench" in sys.argv:
            bench(cost)
        else:
            kept(bed, cost)
            sys.exit(tap.end())


if __name__ == "__main__":
    main()
