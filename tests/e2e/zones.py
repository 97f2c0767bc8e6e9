# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped layout of a master and two satellites as docs/icinga2.md sets it up: three daemons on
loopback. What the master hands on is the shipped files and a site's hosts; what each has of its own is its
name, its features and zones.conf."""
import os

from chain import CONTRIB, LOOPBACK, certificates, free_port, plugin_directory, read, shipped
from icinga import BASE, Icinga

MASTERS = ("master1", "master2")
SATELLITES = ("satellite1", "satellite2")
MASTERS_OWN = ("hyperv-notifications.conf", "hyperv-satellites.conf")
DEBIAN_KEPT = ("commands", "groups", "templates", "timeperiods", "users")

OWN = """
include "{directory}/zones.conf"
object CheckerComponent "checker" {{ }}
object ApiListener "api" {{ bind_host = "{loopback}", bind_port = "{port}", accept_config = {accept}, accept_commands = {accept} }}
object ApiUser "e2e" {{ password = "e2e", permissions = [ "*" ] }}
object FileLogger "log" {{ severity = "information", path = LogDir + "/icinga2.log" }}
"""
NOTIFIES = 'object NotificationComponent "notification" { }\n'


class Zones:
    """site: what of hyperv-site.conf is changed; hosts: zones.d/site1/hosts.conf; masters: more files of
    zones.d/master, by name."""

    def __init__(self, test, hosts, site=(), masters=None):
        self.test = test
        self.certs = certificates(test, *MASTERS, *SATELLITES)
        self.plugins = plugin_directory(test)
        self.ports = {node: free_port() for node in (*MASTERS, *SATELLITES)}
        self.write_zones()
        self.write_site(hosts, site, masters or {})
        self.master = self.node("master1", "master", "false", NOTIFIES)
        self.satellites = [self.node(name, "site1", "true") for name in SATELLITES]

    def write_zones(self, *more):
        places = [(f'host = "{address}"', f'host = "{LOOPBACK}"\n  port = "{self.ports[name]}"')
                  for name, address in zip(SATELLITES, ("192.0.2.2", "192.0.2.3"))]
        self.test.write("zones.conf", shipped("icinga2/zones.conf.example", [*places, *more]))

    def second_master(self):
        """As docs/icinga2.md adds one: to zones.conf, and nothing else."""
        self.write_zones(
            ('endpoints = [ "master1" ]', 'endpoints = [ "master1", "master2" ]'),
            ('object Zone "master" {', f'object Endpoint "master2" {{\n  host = "{LOOPBACK}"\n'
                                       f'  port = "{self.ports["master2"]}"\n}}\n\nobject Zone "master" {{'))
        return self.node("master2", "master", "true", NOTIFIES)

    def write_site(self, hosts, site, masters):
        for name in sorted(os.listdir(os.path.join(CONTRIB, "icinga2"))):
            if name.endswith(".conf"):
                zone = "master" if name in MASTERS_OWN else "global-templates"
                self.test.write(f"zones.d/{zone}/{name}",
                                shipped("icinga2/" + name, site if name == "hyperv-site.conf" else ()))
        for name in DEBIAN_KEPT:
            self.test.write(f"zones.d/master/{name}.conf", read(f"/etc/icinga2/conf.d/{name}.conf"))
        for name, text in masters.items():
            self.test.write(f"zones.d/master/{name}", text)
        self.test.write("zones.d/site1/hosts.conf", hosts)

    def node(self, name, zone, accept, more=""):
        config = self.test.write(
            f"{name}.conf", BASE.format(plugins=self.plugins, node=name, zone=zone) + OWN.format(
                directory=self.test.directory, loopback=LOOPBACK, port=self.ports[name], accept=accept) + more)
        icinga = Icinga(self.test, config, self.ports[name], self.certs, name, name)
        zones = self.test.path("zones.d" if accept == "false" else f"{name}/zones.d", "")
        icinga.directories.append(f"-DConfiguration.ZonesDir={zones}")
        return icinga

    def synchronised(self, satellite):
        """Whether a satellite has what the master hands on to it, byte for byte, and nothing else."""
        def files(top):
            return {os.path.relpath(os.path.join(directory, name), top): read(os.path.join(directory, name))
                    for directory, _, names in os.walk(top) for name in names if name.endswith(".conf")}
        for zone in ("global-templates", "site1"):
            got = files(self.test.path(satellite.name, "datadir/api/zones", zone, "_etc", ""))
            if got != files(self.test.path("zones.d", zone, "")):
                return False
        return not os.path.exists(self.test.path(satellite.name, "datadir/api/zones", "") + "master")
