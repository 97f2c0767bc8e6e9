# SPDX-License-Identifier: GPL-3.0-or-later
"""A port for a daemon that is started in a moment.

The kernel gives ports of one range to whoever connects: a port of it that was free may be taken before the daemon
binds it, by any other connection of a busy machine, and by whoever waits for that very daemon, since a connection to a
port of this range on the own machine may be given the same port, and then answers itself. So it comes from below."""
import random
import socket

RANGE = "/proc/sys/net/ipv4/ip_local_port_range"
MOST = 8000
given = set()


def free_port(address="127.0.0.1"):
    try:
        with open(RANGE, encoding="ascii") as file:
            end = int(file.read().split()[0])
    except OSError:
        end = 32768
    first = max(1024, end - MOST)
    if end - first < 100:  # whoever set that knows why
        first, end = 1024, 65536
    while True:
        port = random.randrange(first, end)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as daemons do
            try:
                probe.bind((address, port))
            except OSError:
                continue
        if port not in given:
            given.add(port)
            return port
