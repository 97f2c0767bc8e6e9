# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of hosts of any size, and logs of any length, for tests of scale."""
import os

COUNTERS = ("Added Memory", "Average Pressure", "Current Pressure", "Guest Visible Physical Memory",
            "Maximum Pressure", "Memory Add Operations", "Memory Remove Operations",
            "Minimum Pressure", "Physical Memory", "Removed Memory")
PHYSICAL, PRESSURE = COUNTERS.index("Physical Memory"), COUNTERS.index("Average Pressure")
STARTUPS = (512, 1024, 768, 2048, 512, 1536, 640, 3072)
BALANCER = ("Available Memory", "Average Pressure")


def name(number):
    return f"customer-{number % 100:02}-server-{number:05}"


def guid(number):
    return f"{number:08X}-1B2C-4D5E-8F90-A1B2C3D4E5F6"


def line(fields):
    return ",".join(f'"{field}"' for field in fields) + "\r\n"


def write(directory, file, text):
    with open(os.path.join(directory, file), "w", encoding="utf-8", newline="") as out:
        out.write(text)


def counters(vms, first=0, host="HVHOST1", available=4096):
    """The header and a row of a log, the time stamp aside; one VM in eight stands above 90 %."""
    header = ["(PDH-CSV 4.0) (Tokyo Standard Time)(-540)"]
    row = []
    for counter, value in zip(BALANCER, (available, 80)):
        header.append(f"\\\\{host}\\Hyper-V Dynamic Memory Balancer(System Balancer)\\{counter}")
        row.append(f"{value}.000000")
    for number in range(first, first + vms):
        for at, counter in enumerate(COUNTERS):
            header.append(f"\\\\{host}\\Hyper-V Dynamic Memory VM({name(number)})\\{counter}")
            value = (3800 if number % 8 == 7 else 1024) + number % 97 if at == PHYSICAL else (
                95 if at == PRESSURE else number % 1000)
            row.append(f"{value}.000000")
    header.append(f"\\\\{host}\\Memory\\Available MBytes")
    row.append("2048.000000")
    return line(header), "," + line(row)


def write_host(directory, vms, first=0, host="HVHOST1", available=4096):
    """A record of a host with so many VMs and two rows; returns the bytes of the header and of a
    row."""
    os.makedirs(directory, exist_ok=True)
    header, row = counters(vms, first, host, available)
    rows = [f'"09/01/2011 {time}.000"{row}' for time in ("11:59:45", "12:00:00")]
    write(directory, "counters.csv", header + "".join(rows))
    computers = [line(["Name", "ElementName", "EnabledState"]), line([host, host, 2])]
    settings = [line(["InstanceID", "Limit", "Reservation", "VirtualQuantity",
                      "DynamicMemoryEnabled", "TargetMemoryBuffer", "Weight"])]
    for number in range(first, first + vms):
        computers.append(line([guid(number), name(number), 2]))
        settings.append(line([f"Microsoft:{guid(number)}\\4764334d-e001-4176-82ee-5594ec9b530e",
                              4096, 512, STARTUPS[number % len(STARTUPS)], "True", 20, 5000]))
    write(directory, "Msvm_ComputerSystem.csv", "".join(computers))
    write(directory, "Msvm_MemorySettingData.csv", "".join(settings))
    write(directory, "Win32_OperatingSystem.csv",
          line(["Version", "TotalVisibleMemorySize"]) + line(["6.1.7601", 33543168]))
    return len(header), len(rows[0])


def write_log(directory, vms, size):
    """A host's record whose log has about so many bytes: a row every 15 seconds."""
    write_host(directory, vms)
    header, row = counters(vms)
    at = 0
    with open(os.path.join(directory, "counters.csv"), "w", encoding="utf-8", newline="") as out:
        out.write(header)
        while out.tell() < size:
            rows = []
            for _ in range(1000):
                day, second = divmod(at * 15, 86400)
                rows.append(f'"{day // 28 % 12 + 1:02}/{day % 28 + 1:02}/{1990 + day // 336} '
                            f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.000\"{row}")
                at += 1
            out.write("".join(rows))


def write_cluster(directory, nodes, vms, available):
    """A record for each of so many nodes with so many VMs each; returns the file that lists them."""
    names = [f"HV{number:02}" for number in range(1, nodes + 1)]
    for number, name_of_node in enumerate(names):
        write_host(os.path.join(directory, name_of_node), vms, number * vms, name_of_node, available)
    write(directory, "nodes", "".join(f"record:{name_of_node}\n" for name_of_node in names))
    return os.path.join(directory, "nodes")
