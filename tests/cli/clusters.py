# SPDX-License-Identifier: GPL-3.0-or-later
"""check_hv_cluster and clusters that are too large to be written down: many sets of nodes, many VMs without a
place or in one place, and VMs of which it is not decided whether they find one. TAP."""
import importlib
import os
import random
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True
import tap  # noqa: E402

records = importlib.import_module("many-records")


def write_node(directory, host, available, vms, dynamic=False, of=None):
    """A host with so many MB left; vms: how many MB each holds. With Dynamic Memory it started with 512 of them.
    of: the host whose VMs they are."""
    names = [f"{of or host}-vm{number}" for number in range(len(vms))]
    guids = [f"{i:08X}-AAAA-BBBB-CCCC-{int((of or host)[2:]):012}" for i in range(len(vms))]
    columns, values = [records.BALANCER], [available]
    for name, size in zip(names, vms):
        columns += [records.vm(name), records.vm(name, "Average Pressure")]
        values += [size, 100]
    files = {
        "Msvm_ComputerSystem": (records.COMPUTERS, [[host, host, "2"]] + [
            [guid, name, "2"] for guid, name in zip(guids, names)]),
        "Msvm_MemorySettingData": (records.SETTINGS, [
            [rf"Microsoft:{guid}\x", "1048576", "512", "512" if dynamic else size, str(dynamic)]
            for guid, size in zip(guids, vms)]),
        "Win32_OperatingSystem": (records.SYSTEM, [["10.0.20348", "1073741824"]]),
    }
    records.write(directory, "counters.csv", records.log(columns, [(records.stamp(records.NOON), values)], host=host))
    for name, (header, rows) in files.items():
        records.write(directory, name + ".csv", records.table(header, [map(str, row) for row in rows]))


def ask(scratch, nodes, *arguments, program="check_hv_cluster"):
    """nodes: of each, as write_node() has it."""
    directory = tempfile.mkdtemp(dir=scratch)
    for host, node in nodes.items():
        write_node(os.path.join(directory, host), host, *node)
    records.write(directory, "nodes", "".join(f"record:{host}\n" for host in nodes))
    none = ["--overhead=0"] if program == "check_hv_cluster" else []
    return records.run_with(program, f"--nodes={directory}/nodes", *none, *arguments)


def says(what, answer, status, *lines):
    tap.ok(answer[0] == status and all(line in answer[1] for line in lines), what, status, *lines, answer)


def tight():
    """VMs, and places that have just as much together: whether all fit is too much to find out."""
    chance = random.Random(1)
    vms = [chance.randrange(2000, 9999) for _ in range(24)]
    places = [sum(vms) // 4 + chance.randrange(-300, 300) for _ in range(3)]
    return vms, places + [sum(vms) - sum(places)]


def undecided(scratch):
    vms, places = tight()
    rest = {f"HV{number}": (place, []) for number, place in enumerate(places, 2)}
    static, more = {"HV1": (0, vms), **rest}, {"HV1": (0, [*vms, 99999]), **rest}
    one, two = "if HV1 fails, up to 1 of its 24 VMs has no place", "if HV1 fails, 1 to 2 of its 25 VMs have no place"
    says("one VM may have no place, which is not decided", ask(scratch, static), 3,
         f"UNKNOWN - {one} (HV1-vm19 9318 MB): ",
         ": 139.1 GB must start, 139.1 GB are free on 4 nodes, at most 34.9 GB in one place\n",
         f"[UNKNOWN] {one}", "(not decided)", "\nSCVMM's proofs on these figures: over-committed")
    says("which would be well; RAM that would help for certain is not known", ask(scratch, static, "-c1"), 0,
         f"OK - {one}", "lower the startup RAM of HV1-vm19 to 7808 MB\n")
    says("beside one that has none for certain", ask(scratch, more), 2, f"[CRITICAL] {two}",
         " (HV1-vm24 97.7 GB, HV1-vm19 9318 MB): ")
    says("of which one alone would be well", ask(scratch, more, "-c1"), 3, f"[UNKNOWN] {two}")
    says("VMs that start, but may lack what they want", ask(scratch, {"HV1": (0, vms, True), **rest}), 1,
         "its 24 VMs start, but VMs lack up to ")


def many(scratch):
    nodes = {f"HV{number}": (4000 + number, [1000 + number]) for number in range(1, 14)}
    all_of_it = ("-v", "--max-bytes=1000000")
    pairs = ask(scratch, nodes, "--failures=2", *all_of_it)
    says("13 nodes have 78 pairs: the worst are told", pairs, 0,
         "OK - any 2 nodes may fail, the worst are HV12 and HV13: ", "\n14 more sets of nodes are no worse\n")
    tap.ok(pairs[1].count("[OK] if ") == 64, "64 of them", pairs)
    says("sets of four are too many for two of the proofs", ask(scratch, nodes, "--failures=4", *all_of_it), 0,
         "\n651 more sets", "slot full was not tried", "proof full was not tried")
    full = {"HV1": (5000, [512] * 45), "HV2": (24000, [500])}
    says("many VMs in one place: some are named", ask(scratch, full, *all_of_it), 0,
         "HV1-vm44 and 5 more (22.5 GB of 23.4 GB)")
    small = {"HV1": (0, [4000] * 5), **{f"HV{number}": (1000, []) for number in range(2, 7)}}
    says("many without a place: some are named, with what they would have to be", ask(scratch, small), 2,
         "none of its 5 VMs has a place", "lower the startup RAM of HV1-vm0 to ", " and of 2 more, or give each node ")
    three = {"HV1": (0, [4000] * 3), **{f"HV{number}": (1000, []) for number in range(2, 5)}}
    says("three without a place: all are named", ask(scratch, three), 2,
         "lower the startup RAM of HV1-vm0 to 960 MB, HV1-vm1 to 960 MB, HV1-vm2 to 960 MB, or give each node ")
    twice = {"HV1": (9000, [600, 700]), "HV2": (9000, [600, 700], False, "HV1")}
    for program in ("check_hv_cluster", "check_hv_vm_memory"):
        answer = ask(scratch, twice, "-v", program=program)
        tap.ok(answer[0] == 0 and answer[1].count(" was seen on two nodes") == 2,
               f"{program}: two that are moving", answer)
    says("a node alone, which is empty, leaves nothing to lack", ask(scratch, {"HV1": (1000, [])}), 0,
         "no clustered VM is running")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        undecided(directory)
        many(directory)
    sys.exit(tap.end())
