# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes of a cluster, asked over winrm: all at once. What comes of it is what their records tell; one that
hangs, refuses or lies spends nobody else's time, and is named. TAP."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402
import bed as beds  # noqa: E402

NODES = ("HV01", "HV02", "HV03", "HV04")
HANGS = "-t60" if beds.SLOW else "-t15"  # one that hangs is waited for until shortly before


def hosts(bed, moment, behaviours=None, skip=()):
    """A double for each node, at an address of its own: a node is named after it."""
    return {f"127.0.0.{number}": bed.host(f"cluster/{moment}/{node}", (behaviours or {}).get(node),
                                          address=f"127.0.0.{number}")
            for number, node in enumerate(NODES, 1) if node not in skip}


def ask(bed, program, doubles, *more, timeout=beds.PATIENT):
    words = [f"--node=winrm:{address}:{double.port}" for address, double in doubles.items()]
    result = bed.run(program, *words, f"--credentials={bed.files['many']}", timeout, *more)
    for double in doubles.values():
        double.close()
    return result


def by_address(text):
    """What records say, with the nodes named after their addresses."""
    for number, node in enumerate(NODES, 1):
        text = re.sub(rf"\b{node}(?=\b|_)", f"127.0.0.{number}", text)
    return text


def from_records(bed, program, moment, *more):
    status, text = bed.run(program, f"--nodes={beds.DATA}/cluster/{moment}/nodes", *more)
    return status, by_address(text)


def without_origin(text):
    text = re.sub(r"^127.*: read from a record of .*\n", "", text, flags=re.M)
    return re.sub(r"(is not known|for clustered): .*\n", r"\1\n", text)


def same_as_records(bed):
    for moment in ("evening", "mended", "patching", "short", "moving", "untold"):
        want = from_records(bed, "check_hv_cluster", moment, "-v", "--max-bytes=65536")
        got = ask(bed, "check_hv_cluster", hosts(bed, moment), "-v", "--max-bytes=65536")
        tap.ok((got[0], without_origin(got[1])) == (want[0], without_origin(want[1])),
               f"{moment}: four hosts tell what their records tell", want, got)
    want = from_records(bed, "check_hv_vm_memory", "mended", "--all-counters", "--max-bytes=65536", "-v")
    got = ask(bed, "check_hv_vm_memory", hosts(bed, "mended"), "--all-counters", "--max-bytes=65536", "-v")
    tap.ok((got[0], without_origin(got[1])) == (want[0], without_origin(want[1])),
           "all counters of all VMs come back from the processes that asked", want, got)


def hangs(bed):
    slow = beds.double.Behaviour(delay=3600)
    status, text = ask(bed, "check_hv_cluster", hosts(bed, "untold", {"HV03": slow}), timeout=HANGS)
    tap.ok(re.match(r"HV CLUSTER \w+ - .* free on 2 nodes.*, 127\.0\.0\.3 does not answer", text)
           and "\n[UNKNOWN] 127.0.0.3 does not answer, so it is not counted on, and its VMs are not known: " in text
           and "no answer within" not in text and "'nodes'=3 'nodes_missing'=1" in text,
           "a node that hangs is named, the others are judged", status, text)
    everyone = {node: beds.double.Behaviour(delay=3600) for node in NODES}
    status, text = ask(bed, "check_hv_cluster", hosts(bed, "untold", everyone), timeout=HANGS)
    tap.ok(status == 3 and text.startswith("HV CLUSTER UNKNOWN - no node answers: 127.0.0.1: "),
           "all hang, and all at once", status, text)
    status, text = ask(bed, "check_hv_vm_memory", hosts(bed, "untold", {"HV03": slow}), "--include=web01", timeout=HANGS)
    tap.ok(status == 0 and "web01 on 127.0.0.1 at" in text and "1 node does not answer" in text,
           "a VM elsewhere is judged meanwhile", status, text)


def goes_away(bed):
    gone = hosts(bed, "night", skip=("HV03",))
    closed = bed.host("cluster/night/HV01", address="127.0.0.3")
    closed.close()
    gone["127.0.0.3"] = closed
    status, text = ask(bed, "check_hv_cluster", gone)
    tap.ok(status == 2 and "\n[UNKNOWN] 127.0.0.3 does not answer" in text and "\n[WARNING] HV03 is down" in text,
           "a node whose port is closed, and which the cluster calls down by another name", status, text)
    fault = beds.double.Behaviour(fault=beds.double.DENIED)
    status, text = ask(bed, "check_hv_cluster", hosts(bed, "untold", {"HV02": fault}))
    tap.ok("[UNKNOWN] 127.0.0.2 does not answer" in text and "0x80041003" in text,
           "a node that grants no right", status, text)
    status, text = ask(bed, "check_hv_cluster", hosts(bed, "evening", {
        "HV01": beds.double.Behaviour(soap=lambda text: text[:200])}))
    tap.ok(status == 2 and "127.0.0.1 does not answer" in text, "a node whose answer is cut off", status, text)


def options(bed):
    doubles = hosts(bed, "untold", skip=NODES[2:])
    words = [f"--node=winrm:{address}:{double.port}" for address, double in doubles.items()]
    status, text = bed.run("check_hv_cluster", *words)
    tap.ok(status == 3 and text == "HV CLUSTER UNKNOWN - --node: winrm needs --credentials=FILE, which says how to log "
           "in\n", "without --credentials, it is said of all", status, text)
    status, text = bed.run("check_hv_cluster", *words, f"--credentials={bed.files['ntlm']}")
    tap.ok(status == 3 and text.startswith("HV CLUSTER UNKNOWN - --credentials: "),
           "a host that the credentials are not for", status, text)
    status, text = bed.run("check_hv_cluster", *words, f"--credentials={bed.files['many']}", "--max-age=60")
    tap.ok(status == 3 and text == "HV CLUSTER UNKNOWN - --max-age is for a record: winrm reads current values\n",
           "an option that no host can honour", status, text)
    kept = bed.path("kept")
    first = ask(bed, "check_hv_cluster", doubles, "--perfdata=none", f"--record={kept}")
    again = bed.run("check_hv_cluster", *(f"--node=record:{kept}/{address}" for address in doubles), "--perfdata=none")
    tap.ok(first == again and first[0] in (0, 1, 2), "each node's record is written in the process that asked", first,
           again)


def room(bed):
    """check_hv_contention: the host itself over winrm, and its cluster."""
    doubles = hosts(bed, "short")
    source = doubles["127.0.0.4"]
    words = [f"--node=winrm:{address}:{double.port}" for address, double in doubles.items()]
    status, text = bed.run("check_hv_contention", f"--source=winrm:127.0.0.4:{source.port}", *words, beds.PATIENT,
                           f"--credentials={bed.files['many']}", f"--state-dir={bed.path('state')}")
    for double in doubles.values():
        double.close()
    tap.ok(status == 1 and "move test01 to 127.0.0.2, which has 25.1 GB" in text, "where there is room", status, text)


def main():
    with beds.Bed() as bed:
        import double  # needs the environment of the realm
        beds.double = double
        bed.files["many"] = bed.credentials("many", bed.ntlm_lines() + "ntlm = allow\n", hosts="127.0.0.*")
        same_as_records(bed)
        hangs(bed)
        goes_away(bed)
        options(bed)
        room(bed)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
