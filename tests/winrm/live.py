# SPDX-License-Identifier: GPL-3.0-or-later
"""What else an operator relies on: one check records and the others read, rates and second looks go on, a keytab
that was made as docs/winrm.md says logs in, and all other checks load nothing new. TAP."""
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402
import bed as beds
import certificates

SOURCE = re.compile(r"^read from a record of .*\n", re.M)


def text_of(output):
    text, bar, perfdata = output.partition(" | '")
    return SOURCE.sub("", text + ("" if text.endswith("\n") else "\n")) + bar + perfdata


def record_once(bed):
    """check_hv_contention reads what all checks of a host read."""
    double = bed.host()
    directory = bed.path("record")
    first = bed.check("check_hv_contention", double, "kerberos", f"--record={directory}", f"--state-dir={bed.path('s')}")
    tap.ok(first[0] == 2, "a check over winrm: writes a record", first)
    tap.ok(sorted(os.listdir(directory)) == ["Msvm_ComputerSystem.csv", "Msvm_MemorySettingData.csv",
                                             "Win32_OperatingSystem.csv", "counters.csv", "registry.reg"],
           "of all files", os.listdir(directory))
    for program in ("check_hv_balancer", "check_hv_vm_memory", "check_hv_memory_reserve", "check_hv_page_reads"):
        state = [f"--state-dir={bed.path('t')}"] if program == "check_hv_page_reads" else []
        live = bed.check(program, double, "kerberos", *state)
        read = bed.run(program, f"--source=record:{directory}", "--max-age=300")
        tap.ok((live[0], text_of(live[1])) == (read[0], text_of(read[1])), f"{program} reads from it what it reads over winrm:",
               live, read)
    double.close()


def asks_for_what_it_needs(bed):
    """Each property of each VM is sealed, sent and read. What a check does not look at it does not ask for, unless
    it writes a record, which others read."""
    for more, whole in (([], False), ([f"--record={bed.path('of-vms')}"], True)):
        double = bed.host()
        outcome = bed.check("check_hv_vm_memory", double, "kerberos", *more)
        asked = [wql for _, wql in double.host.queries if "Msvm_MemorySettingData" in wql]
        double.close()
        wanted = "InstanceID, DynamicMemoryEnabled, Limit, VirtualQuantity, SwapFilesInUse"
        wanted += ", Reservation, TargetMemoryBuffer, Weight" if whole else ""
        tap.ok(asked == [f"SELECT {wanted} FROM Msvm_MemorySettingData"],
               f"check_hv_vm_memory asks for {'all that a record has' if whole else 'the maxima alone'}", asked, outcome)


def satellites(bed):
    """Two machines with one state directory, and two with one each, as satellites that take turns."""
    double = bed.host()
    name = (["unshare", "-u"] if os.geteuid() == 0 else ["unshare", "-r", "-u"]) + ["sh", "-c", 'hostname "$0" && exec "$@"']

    def run(machine, directory):
        return bed.run("check_hv_contention", f"--source=winrm:localhost:{double.port}", "-v", "--perfdata=none",
                       f"--credentials={bed.files['kerberos']}", f"--state-dir={bed.path(directory)}", wrapper=[*name, machine])

    first = run("satellite1", "shared")
    tap.ok("known from the next run on" in first[1], "a first look has none before it", first)
    second = run("satellite2", "shared")
    tap.ok("compared with the sample of" in second[1], "the other satellite goes on with it, where both see one state directory", second)
    alone = run("satellite2", "own")
    tap.ok("known from the next run on" in alone[1], "with a directory of its own it begins anew, and says so", alone)
    other = bed.host()
    elsewhere = bed.run("check_hv_contention", f"--source=winrm:localhost:{other.port}", "-v", "--perfdata=none",
                        f"--credentials={bed.files['kerberos']}", f"--state-dir={bed.path('shared')}")
    tap.ok("known from the next run on" in elsewhere[1], "another host has a past of its own", elsewhere)
    other.close()
    double.close()


def keytab(bed):
    """The steps of docs/winrm.md."""
    path = bed.path("by-hand.keytab")
    realm = beds.realms.REALM
    lines = (f"addent -password -p monitor@{realm} -k 1 -e aes256-cts-hmac-sha1-96 -s {realm}monitor\n"
             f"{beds.realms.PASSWORD}\nwkt {path}\nquit\n")
    done = subprocess.run(["ktutil"], input=lines, env=bed.client, capture_output=True, text=True, check=False)
    os.chmod(path, 0o600)
    shown = subprocess.run(["kinit", "-V", "-k", "-t", path, "monitor"], env=bed.client, capture_output=True, text=True, check=False)
    tap.ok("Authenticated to Kerberos v5" in shown.stdout + shown.stderr, "a keytab made by hand with ktutil is good", done, shown)
    subprocess.run(["kdestroy"], env=bed.client, check=True)
    double = bed.host()
    code, output = bed.check("check_hv_balancer", double, bed.credentials("by-hand", f"keytab = {path}\nprincipal = monitor@{realm}\n"))
    tap.ok(code == 2 and "190 MB" in output, "and logs in", output)
    double.close()


def loads_nothing(bed):
    """The module and its libraries are loaded by winrm: alone."""
    program = os.path.join(beds.BUILDDIR, "plugins", "check_hv_balancer")
    needed = subprocess.run(["readelf", "-dW", program], capture_output=True, text=True, check=True).stdout
    tap.ok(set(re.findall(r"\(NEEDED\).*\[(.*)\]", needed)) <= {"libc.so.6", "libm.so.6", "libdl.so.2", "libasan.so.8", "libubsan.so.1"},
           "the programs are linked with libc alone", needed)
    double = bed.host()
    authority = certificates.make_authority(bed.path("authority"))
    tls = bed.host(certificate=certificates.make(bed.path("host"), authority))
    over_tls = bed.credentials("tls", f"keytab = {bed.realm.keytab}\ntransport = tls\nca = {authority}\n")
    sealed = ["libexpat", "libgssapi_krb5", "winrm.so"]
    for what, source, login, loads in (
            ("a record", "record:guideline/no-reserve/host", None, []),
            ("sealed HTTP", f"winrm:localhost:{double.port}", bed.files["kerberos"], sealed),
            ("TLS", f"winrm:localhost:{tls.port}", over_tls, sealed + ["libssl", "winrm-tls.so"])):
        trace = bed.path("trace")
        arguments = [f"--source={source}"] + ([f"--credentials={login}"] if login else [])
        bed.run("check_hv_balancer", *arguments, environment=dict(bed.client, LD_DEBUG="files", LD_DEBUG_OUTPUT=trace), wrapper=[])
        said = ""
        for name in os.listdir(bed.directory):
            if name.startswith("trace."):
                with open(bed.path(name), encoding="utf-8", errors="replace") as file:
                    said += file.read()
                os.remove(bed.path(name))
        loaded = sorted(set(re.findall(r"(winrm\.so|winrm-tls\.so|libgssapi_krb5|libssl|libexpat)[^ ;]*", said)))
        tap.ok(bool(said) and loaded == sorted(loads), f"{what} loads {' '.join(loads) or 'nothing of it'}", loaded)
    double.close()
    tls.close()
    for file, symbol in (("winrm.so", "source_module"), ("winrm-tls.so", "winrm_tls")):
        module = os.path.join(beds.BUILDDIR, "lib/counter/winrm", file)
        exported = subprocess.run(["nm", "-D", "--defined-only", module], capture_output=True, text=True, check=True).stdout.split("\n")
        names = [line.split()[-1] for line in exported if line and not line.split()[-1].startswith(("__asan", "__odr_asan", "_init", "_fini"))]
        tap.ok(names == [symbol], f"{file} exports one symbol", names)


def main():
    for tool in ("readelf", "nm", "unshare", "ktutil"):
        if not shutil.which(tool):
            raise SystemExit(f"winrm: no {tool}: install what ./bootstrap lists for its tests")
    with beds.Bed() as bed:
        for part in (record_once, asks_for_what_it_needs, satellites, keytab, loads_nothing):
            part(bed)
        sys.exit(tap.end())


if __name__ == "__main__":
    main()
