# SPDX-License-Identifier: GPL-3.0-or-later
"""An Icinga 2 daemon of a test's own."""
import base64
import glob
import http.client
import json
import os
import ssl
import threading

from chain import Daemon, HANGS, LOOPBACK, answers, parse_perfdata, read, run, tool, wait_for

SERVICE_STATES = ["OK", "WARNING", "CRITICAL", "UNKNOWN"]

BASE = """
include <itl>
include <plugins>
const PluginDir = "{plugins}"
const NodeName = "{node}"
const ZoneName = "{zone}"
"""

class Icinga:
    """The daemon, its API and the stream of what happens. What it keeps is in a directory of its name."""

    def __init__(self, test, config, port, certs, name="icinga", node="e2e"):
        self.test, self.port, self.events, self.name = test, port, [], name
        self.directories = [f"-DConfiguration.{kind}={test.path(name, kind.lower(), '')}"
                            for kind in ("DataDir", "LogDir", "CacheDir", "SpoolDir", "InitRunDir")]
        for kind in ("spooldir/tmp", "spooldir/perfdata", "datadir/certs"):
            test.path(name, kind, "")
        user, group = run("id", "-un")[1].strip(), run("id", "-gn")[1].strip()
        self.environment = {"ICINGA2_USER": user, "ICINGA2_GROUP": group}
        self.binary = tool("icinga2", "icinga2-bin")
        self.config = config
        for old, new in (("ca.pem", "ca.crt"), (node + ".pem", node + ".crt"), (node + ".key", node + ".key")):
            os.symlink(certs + old, test.path(name, "datadir/certs", new))
        self.context = ssl.create_default_context(cafile=certs + "ca.pem")
        self.context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
        self.daemon = None
        self.start_words = []  # in front of the program

    def check_config(self, config, *options):
        return run(self.binary, "daemon", "-C", "-c", config, *self.directories, *options,
                   env={**os.environ, **self.environment})

    def start(self):
        self.daemon = Daemon(self.test, self.name,
                             [*self.start_words, self.binary, "daemon", "-c", self.config, *self.directories],
                             **self.environment)
        wait_for(lambda: answers(self.port), HANGS, "Icinga listens", self.daemon)
        threading.Thread(target=self.follow, daemon=True).start()

    def request(self, method, path, body=None):
        connection = http.client.HTTPSConnection(LOOPBACK, self.port, context=self.context, timeout=HANGS)
        connection.request(method, path, body=body and json.dumps(body), headers={
            "Accept": "application/json",
            "Authorization": "Basic " + base64.b64encode(b"e2e:e2e").decode()})
        response = connection.getresponse()
        if response.status != 200:
            raise RuntimeError(f"{path}: {response.status} {response.read()[:500]}")
        return response

    def follow(self):
        try:
            stream = self.request("POST", "/v1/events",
                                  {"queue": "e2e", "types": ["StateChange", "Notification"]})
            for line in stream:
                self.events.append(json.loads(line))
        except (OSError, ValueError, http.client.HTTPException):
            pass  # the daemon was stopped; a stream that broke before shows in what is missing

    def services(self):
        """What is known of all services: {"host!service": attributes}"""
        answer = self.request("GET", "/v1/objects/services?attrs=state&attrs=state_type&attrs=last_check_result")
        return {item["name"]: item["attrs"] for item in json.load(answer)["results"]}

    def service(self, name):
        answer = self.request("GET", f"/v1/objects/services/{name}".replace("!", "%21"))
        return json.load(answer)["results"][0]["attrs"]

    def wait_state(self, name, state, seconds=40):
        """Wait until a service is in a hard state."""
        def reached():
            try:
                attrs = self.service(name)
            except (OSError, http.client.HTTPException):
                return None  # too busy for one more connection; one that ended is told below
            return attrs if (attrs["state_type"] == 1 and attrs["last_check_result"] and
                             SERVICE_STATES[int(attrs["state"])] == state) else None
        try:
            return wait_for(reached, seconds, f"{name} is {state}", self.daemon)
        except TimeoutError:
            attrs = self.service(name)
            raise TimeoutError(f"{name} is not {state} but {attrs['state']}/{attrs['state_type']}: "
                               f"{(attrs['last_check_result'] or {}).get('output')}") from None

    def changes(self, name):
        """The changes of state of a service: ["WARNING soft", "WARNING hard"]."""
        host, service = name.split("!")
        return [f"{SERVICE_STATES[int(e['state'])]} {'hard' if e['state_type'] else 'soft'}"
                for e in list(self.events) if e["type"] == "StateChange" and e["host"] == host and
                e.get("service") == service]

    def check_soft_then_hard(self, name, state):
        def seen():
            changes = self.changes(name)
            at = changes.index(f"{state} hard") if f"{state} hard" in changes else 0
            return at and changes[at - 1] == f"{state} soft"
        try:
            wait_for(seen, 5, "the events arrive")
        except TimeoutError:
            pass
        self.test.ok(seen(), f"{name} is {state}, soft first and then hard", self.changes(name))


def perfdata_written(test):
    """Every perfdata in PerfdataWriter's files: {(host, service, check command): [items, ...]}"""
    found = {}
    for path in glob.glob(os.path.join(test.directory, "icinga/spooldir/**/*"), recursive=True):
        for line in read(path).split("\n")[:-1] if os.path.isfile(path) else ():
            fields = dict(field.split("::", 1) for field in line.split("\t"))
            if fields["DATATYPE"] == "SERVICEPERFDATA":
                key = (fields["HOSTNAME"], fields["SERVICEDESC"], fields["SERVICECHECKCOMMAND"])
                found.setdefault(key, []).append(parse_perfdata(fields["SERVICEPERFDATA"]))
    return found
