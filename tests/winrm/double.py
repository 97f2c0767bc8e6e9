# SPDX-License-Identifier: GPL-3.0-or-later
"""A double of WinRM: a real acceptor of Kerberos and NTLM (python3-gssapi on MIT Kerberos and gss-ntlmssp),
sealed HTTP or TLS with channel binding, and the rows of a record behind WS-Enumeration and StdRegProv.

It answers in the shapes that Windows' recordings have: one item in the first page, pages of a limited
size, a fault of WinRM with one of WMI in it, and an empty 500 for a plain body. A Behaviour bends that:
see its members. It is no proof of how a Windows behaves, and is checked by others' clients (oracles.py).
"""
import base64
import hashlib
import io
import random
import re
import socket
import ssl
import struct
import threading
import time
import traceback
import uuid
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape

import acceptors

OBJECTS = {
    "Win32_PerfRawData_BalancerStats_HyperVDynamicMemoryBalancer": ("Hyper-V Dynamic Memory Balancer", True),
    "Win32_PerfRawData_BalancerStats_HyperVDynamicMemoryVM": ("Hyper-V Dynamic Memory VM", True),
    "Win32_PerfRawData_VidPerfProvider_HyperVVMVidPartition": ("Hyper-V VM Vid Partition", True),
    "Win32_PerfRawData_Counters_HyperVDynamicMemoryIntegrationService":
        ("Hyper-V Dynamic Memory Integration Service", False),
    "Win32_PerfRawData_PerfOS_Memory": ("Memory", False),
}
# What such a class has on a Windows, whatever the record holds: to know a property that is missing.
NEWER = ("SmartPagingWorkingSetSize", "GuestAvailableMemory")
V2_ALONE = {"Msvm_MemorySettingData": {"SwapFilesInUse": None}}
FREQUENCY = 10_000_000
RATE_SECONDS = 1000  # of the host's clock between two looks: every recorded rate is a whole number then


def squeeze(name):
    return re.sub(r"[^A-Za-z0-9]", "", name.replace("/", "Per").replace("%", "Percent"))


class Fault(Exception):
    """What the host answers instead: code of WinRM, code of WMI (or None), text."""

    def __init__(self, wmi=None, text="", code=2150858778, status=500):
        super().__init__(text)
        self.wmi, self.text, self.code, self.status = wmi, text, code, status


NO_CLASS = Fault(0x80041010, "Invalid class")
NO_NAMESPACE = Fault(0x8004100E, "Invalid namespace")
NO_PROPERTY = Fault(0x80041017, "Invalid query")
DENIED = Fault(0x80041003, "Access denied")


class Host:
    """The WMI of a machine, from a record."""

    def __init__(self, record, namespace="root/virtualization/v2"):
        self.record, self.namespace = record, namespace
        self.ticks = 10 ** 12
        self.reads = 4_000_000
        self.queries = []
        self.classes = dict(OBJECTS)  # name: (object, has instances)
        self.newer = False    # VMs have the counters of the newest Windows, without values
        self.complete = True  # a class has all properties of the record's object, and of no other

    def select(self, namespace, wql):
        """The rows of a query, as (class, {property: text or None})."""
        self.queries.append((namespace, wql))
        meta = re.fullmatch(r'SELECT \* FROM meta_class WHERE __this ISA "(\w+)"', wql)
        if meta:
            return [(name, {}) for name in sorted(self.classes)
                    if name.startswith(meta[1]) and self.has_object(name)]
        query = re.fullmatch(r"SELECT (\*|[\w, ]+) FROM (\w+)", wql)
        if not query:
            raise Fault(0x80041017, "Invalid query")
        names = None if query[1] == "*" else [name.strip() for name in query[1].split(",")]
        rows = self.rows(namespace, query[2])
        if names is None:
            return rows
        for _, row in rows:
            if any(name not in row for name in names):
                raise NO_PROPERTY
        return [("XmlFragment", {name: row[name] for name in names}) for _, row in rows]

    def has_object(self, name):
        return self.classes[name][0] in self.record.counters

    def rows(self, namespace, name):
        in_cluster = any(key.startswith("MSCluster_") for key in self.record.classes)
        if namespace not in ("root/cimv2", "root/default", self.namespace, "root/MSCluster" if in_cluster else ""):
            raise NO_NAMESPACE
        if name in self.classes:
            if namespace != "root/cimv2" or not self.has_object(name):
                raise NO_CLASS
            return [(name, row) for row in self.counter_rows(*self.classes[name])]
        hyperv = name.startswith("Msvm_")
        if name == "Msvm_ComputerSystem" and name not in self.record.classes and any(
                key.endswith("\\VIRTUALIZATION") for key in self.record.registry):
            return [(name, {"Name": "HOST", "ElementName": "HOST", "EnabledState": "2"})]
        cluster = name.startswith("MSCluster_")
        if name not in self.record.classes or hyperv != (namespace == self.namespace) or \
                cluster != (namespace == "root/MSCluster"):
            raise NO_CLASS
        newer = V2_ALONE.get(name, {}) if namespace.endswith("v2") else {}
        return [(name, {**newer, **{key: value or None for key, value in row.items()}})
                for row in self.record.classes[name]]

    def counter_rows(self, name, has_instances):
        instances = self.record.counters[name]
        if any(counter.endswith("/sec") for counters in instances.values() for counter in counters):
            self.ticks += FREQUENCY * RATE_SECONDS
        for instance, counters in instances.items():
            base = re.sub(r"#\d+$", "", instance)
            name = base if base in instances else instance  # the second of its name
            row = {"Name": name if has_instances else None}
            for counter, value in counters.items():
                if value is not None and counter.endswith("/sec"):
                    self.reads += round(value * RATE_SECONDS)
                    value = self.reads
                row[squeeze(counter)] = None if value is None else str(int(value))
            if self.newer and "Physical Memory" in counters:
                row = {**dict.fromkeys(NEWER), **row}
            row.update(Timestamp_PerfTime=str(self.ticks), Frequency_PerfTime=str(FREQUENCY))
            if has_instances and all(value is None for value in counters.values()):
                continue  # a column without a value: the instance has gone
            yield row

    def invoke(self, namespace, name, method, arguments):
        """The output of a method of StdRegProv: [(name, text or None)]."""
        self.queries.append((namespace, f"{name}.{method}"))
        if (namespace, name) != ("root/default", "StdRegProv"):
            raise NO_CLASS
        key = "HKEY_LOCAL_MACHINE\\" + arguments["sSubKeyName"]
        values = self.record.registry.get(key.upper())
        if not self.record.registry:
            return [("ReturnValue", "5")]  # nothing is known of it
        if arguments["hDefKey"] != "2147483650" or values is None:
            return [("ReturnValue", "2")]
        if method == "EnumValues":
            names = [("sNames", value[2]) for value in values.values()]
            types = [("Types", str(value[0])) for value in values.values()]
            return (names or [("sNames", None)]) + (types or [("Types", None)]) + [("ReturnValue", "0")]
        value = values.get(arguments["sValueName"].upper())
        if value is None:
            return [("uValue", None), ("ReturnValue", "1")]
        return self.value(method, value)

    @staticmethod
    def value(method, value):
        wanted = {"GetDWORDValue": 4, "GetQWORDValue": 11, "GetStringValue": 1, "GetBinaryValue": 3,
                  "GetExpandedStringValue": 2, "GetMultiStringValue": 7}[method]
        kind, data = value[:2]
        if kind != wanted:
            return [("uValue", None), ("ReturnValue", str(0x80041005))]
        if kind in (4, 11):
            found = [("uValue", str(int.from_bytes(data, "little")))]
        elif kind == 3:
            found = [("uValue", str(byte)) for byte in data]
        else:
            texts = data.decode("utf-16-le").rstrip("\0").split("\0")
            found = [("sValue", text) for text in texts]
        return found + [("ReturnValue", "0")]


class Behaviour:
    """How the double departs from a well-behaved host; each member is one departure."""

    def __init__(self, **options):
        self.page = 20             # items of a page behind the first
        self.first = 1             # items of the first page
        self.chunked = False
        self.split = 0             # bytes of one packet
        self.tabs = True           # before the fields within a sealed message
        self.extra_lines = False   # CRLF behind a sealed message, as OMI has it
        self.padding = 0           # pad with NULs to a multiple, as OMI does
        self.encoding = "utf-8"
        self.offers = ["Negotiate", "Kerberos"]
        self.answer = None         # function(server, request bytes) -> raw bytes, instead of everything
        self.after_login = None    # the same, once logged in
        self.soap = None           # function(text) -> text: changes what is sealed
        self.body = None           # function(bytes) -> bytes: changes what was sealed
        self.head = None           # function(text) -> text: changes the head
        self.fault = None          # a Fault for every query
        self.fault_form = "winrm"  # or "mi", "omi"
        self.close_after = 0       # requests of a connection, then it is closed without a word
        self.delay = 0             # seconds before each answer
        self.strict = False        # refuses a login that is not bound to the channel
        self.token = None          # function(token) -> token: changes what the login answers
        self.takes_tabs = False    # as Windows does; OMI does not
        self.mute = False          # answers a login without its last token
        for name, value in options.items():
            if not hasattr(self, name):
                raise TypeError(name)
            setattr(self, name, value)


S = "http://www.w3.org/2003/05/soap-envelope"
A = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
N = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
W = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
F = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/"


class Session:
    """One connection."""

    def __init__(self, double, connection):
        self.double, self.behaviour = double, double.behaviour
        self.connection = connection
        self.file = connection.makefile("rb")
        self.context = None
        self.requests = 0

    # ---- HTTP

    def read_request(self):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.file.readline(65536)
            if not line:
                return None
            head += line
        text = head.decode("latin-1")
        fields = {name.lower(): value.strip() for name, _, value in
                  (line.partition(":") for line in text.split("\r\n")[1:]) if name}
        body = self.file.read(int(fields.get("content-length", "0")))
        return text.split("\r\n")[0], fields, body

    def send(self, data):
        if self.behaviour.split:
            for at in range(0, len(data), self.behaviour.split):
                self.connection.sendall(data[at:at + self.behaviour.split])
        else:
            self.connection.sendall(data)

    def respond(self, status, body=b"", content_type=None, token=None, schemes=None):
        lines = [f"HTTP/1.1 {status} x", "Server: Microsoft-HTTPAPI/2.0"]
        for scheme in schemes or []:
            lines.append(f"WWW-Authenticate: {scheme}")
        if token is not None:
            lines.append(f"WWW-Authenticate: Negotiate {base64.b64encode(token).decode()}")
        if content_type:
            lines.append(f"Content-Type: {content_type}")
        if self.behaviour.chunked:
            lines.append("Transfer-Encoding: chunked")
            chunked = io.BytesIO()
            for at in range(0, len(body), 777):
                piece = body[at:at + 777]
                chunked.write(f"{len(piece):x};x=y\r\n".encode() + piece + b"\r\n")
            chunked.write(b"0\r\nX-Trailer: 1\r\n\r\n")
            body = chunked.getvalue()
        else:
            lines.append(f"Content-Length: {len(body)}")
        head = "\r\n".join(lines) + "\r\n\r\n"
        if self.behaviour.head:
            head = self.behaviour.head(head)
        time.sleep(self.behaviour.delay)
        self.send(head.encode("latin-1") + body)

    # ---- login

    def log_in(self, authorization):
        token = base64.b64decode(authorization.partition(" ")[2])
        try:
            if self.context is None:
                self.context = self.double.acceptor(token, self.double.binding)
            answer = self.context.step(token)
            if self.behaviour.token:
                answer = self.behaviour.token(answer)
            if self.context.complete and self.behaviour.strict and not self.context.bound:
                raise ValueError("the login is not bound to the channel")
        except Exception as problem:  # pylint: disable=broad-except
            self.double.log.append(f"login: {type(problem).__name__}")
            self.context = None
            self.respond(401, schemes=self.behaviour.offers)
            return
        if self.context.complete:
            self.double.logins.append((self.context.name, self.context.mechanism))
            self.respond(200, token=None if self.behaviour.mute else answer)
        else:
            self.respond(401, token=answer)

    # ---- sealing

    def unseal(self, body):
        at = body.index(b"application/octet-stream\r\n") + 26
        end = body.rindex(b"--Encrypted Boundary--")
        length = struct.unpack("<I", body[at:at + 4])[0]
        if length not in (16, 60) or at + 4 + length > end:
            raise ValueError(f"a signature of {length} bytes")
        plain = self.context.unwrap(body[at + 4:at + 4 + length], body[at + 4 + length:end])
        stated = int(re.search(rb"Length=(\d+)", body)[1])
        if len(plain) != stated:
            raise ValueError("the length stated is not that of the message")
        if b"\t" in body[:at] and not self.behaviour.takes_tabs:
            raise ValueError("tabs")
        return plain.decode("utf-8")

    def seal(self, plain):
        signature, data = self.context.wrap(plain)
        tab = "\t" if self.behaviour.tabs else ""
        head = (f"--Encrypted Boundary\r\n{tab}Content-Type: application/HTTP-SPNEGO-session-encrypted\r\n"
                f"{tab}OriginalContent: type=application/soap+xml;charset={self.behaviour.encoding.upper()};"
                f"Length={len(plain)}\r\n--Encrypted Boundary\r\n{tab}Content-Type: application/octet-stream\r\n")
        body = head.encode() + struct.pack("<I", len(signature)) + signature + data
        body += b"--Encrypted Boundary--\r\n" + (b"\r\n" if self.behaviour.extra_lines else b"")
        return self.behaviour.body(body) if self.behaviour.body else body

    def answer(self, status, text):
        if self.behaviour.soap:
            text = self.behaviour.soap(text)
        plain = text if isinstance(text, bytes) else text.encode(
            "utf-16" if self.behaviour.encoding == "utf-16" else self.behaviour.encoding)
        if self.behaviour.padding:
            plain += b"\0" * (-len(plain) % self.behaviour.padding)
        if self.double.tls:
            self.respond(status, plain, f"application/soap+xml;charset={self.behaviour.encoding.upper()}")
        else:
            self.respond(status, self.seal(plain),
                         'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";'
                         'boundary="Encrypted Boundary"')

    # ---- the loop

    def run(self):
        while True:
            request = self.read_request()
            if request is None:
                return
            self.double.requests += 1
            self.requests += 1
            line, fields, body = request
            self.double.seen.append((line, fields, body))
            if self.behaviour.close_after and self.requests > self.behaviour.close_after:
                return
            if self.behaviour.answer:
                raw = self.behaviour.answer(self, request)
                if raw is None:
                    return
                self.send(raw)
                continue
            if line != "POST /wsman HTTP/1.1":
                self.respond(404)
                continue
            if "authorization" in fields:
                self.log_in(fields["authorization"])
                if not body or self.context is None or not self.context.complete:
                    continue
            if self.context is None or not self.context.complete:
                self.respond(401, schemes=self.behaviour.offers)
                continue
            if self.behaviour.after_login:
                raw = self.behaviour.after_login(self, request)
                if raw is None:
                    return
                self.send(raw)
                continue
            sealed = fields.get("content-type", "").startswith("multipart/encrypted")
            if not sealed and not self.double.tls:
                self.respond(500)  # as AllowUnencrypted=false has it
                continue
            try:
                text = self.unseal(body) if sealed else body.decode("utf-8")
            except Exception as problem:  # pylint: disable=broad-except
                self.double.log.append(f"unseal: {problem}")
                self.respond(500)
                continue
            self.answer(*self.double.soap(text))


class Double:
    """A listening host. host may be changed between requests."""

    def __init__(self, host, behaviour=None, certificate=None, address="127.0.0.1", port=0, acceptor=None):
        self.host, self.behaviour = host, behaviour or Behaviour()
        self.tls, self.binding = None, None
        self.acceptor = acceptor or acceptors.Gss
        self.requests, self.logins, self.log, self.seen, self.contexts = 0, [], [], [], {}
        self.random = random.Random(1)
        if certificate:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(certificate)
            with open(certificate, encoding="ascii") as file:
                der = ssl.PEM_cert_to_DER_cert(re.search(
                    "-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", file.read(), re.S)[0])
            self.binding = b"tls-server-end-point:" + hashlib.sha256(der).digest()
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.socket = socket.create_server((address, port), family=family, backlog=64)
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve_one, args=(connection,), daemon=True).start()

    def serve_one(self, connection):
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            Session(self, connection).run()
        except OSError as problem:
            self.log.append(f"connection: {problem}")
        except Exception:  # pylint: disable=broad-except
            traceback.print_exc()  # a mistake of the double's own: let it be seen
        finally:
            connection.close()

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)  # or accept() would take one more connection
        except OSError:
            pass
        self.socket.close()

    # ---- SOAP

    @staticmethod
    def find(envelope, name):
        for element in envelope.iter():
            if element.tag.rpartition("}")[2] == name:
                return element
        return None

    def text_of(self, envelope, name):
        element = self.find(envelope, name)
        return None if element is None else element.text or ""

    def soap(self, text):
        """(status, answer)"""
        envelope = ET.fromstring(text)
        message = self.text_of(envelope, "MessageID")
        action = self.text_of(envelope, "Action").rpartition("/")[2]
        path = self.text_of(envelope, "ResourceURI")[len(WMI):]
        namespace, _, name = path.rpartition("/")
        try:
            if self.behaviour.fault:
                raise self.behaviour.fault
            if action == "Enumerate":
                if name != "*" or self.text_of(envelope, "MaxEnvelopeSize") != "153600":
                    raise Fault(None, "a filter needs all classes")
                rows = self.host.select(namespace, self.text_of(envelope, "Filter"))
                return 200, self.page("Enumerate", message, rows, self.behaviour.first)
            if action in ("Pull", "Release"):
                context = self.text_of(envelope, "EnumerationContext")
                if context not in self.contexts:
                    raise Fault(None, "The enumeration context is not valid", code=2150858843)
                rows = self.contexts.pop(context)
                if action == "Release":
                    return 200, self.envelope("ReleaseResponse", message, "<n:ReleaseResponse/>")
                return 200, self.page("Pull", message, rows, self.behaviour.page)
            inputs = self.find(envelope, action + "_INPUT")
            arguments = {child.tag.rpartition("}")[2]: child.text or "" for child in inputs}
            return 200, self.output(message, name, action,
                                    self.host.invoke(namespace, name, action, arguments))
        except Fault as fault:
            return fault.status, self.fault(message, fault)

    def page(self, kind, message, rows, most):
        items, rest = rows[:most], rows[most:]
        if kind == "Enumerate" and len(rows) == 1:
            items, rest = rows, []
        context, end = "", ""
        if rest:
            context = f"uuid:{uuid.UUID(int=self.random.getrandbits(128))}"
            self.contexts[context] = rest
        else:
            end = "<w:EndOfSequence/>" if kind == "Enumerate" else "<n:EndOfSequence/>"
        prefix = "w" if kind == "Enumerate" else "n"
        body = "".join(self.item(*row) for row in items)
        contexts = f"<n:EnumerationContext>{context}</n:EnumerationContext>" if rest or prefix == "w" else ""
        return self.envelope(f"{kind}Response", message,
                             f"<n:{kind}Response>{contexts}<{prefix}:Items>{body}</{prefix}:Items>{end}"
                             f"</n:{kind}Response>")

    @staticmethod
    def item(name, row):
        fragment = name == "XmlFragment"
        inner = ""
        for key in sorted(row):
            tag = key if fragment else f"p:{key}"
            text = row[key]
            text = {"True": "true", "False": "false"}.get(text, text)
            inner += f'<{tag} xsi:nil="true"/>' if text is None else f"<{tag}>{escape(text)}</{tag}>"
        if fragment:
            return f"<w:XmlFragment>{inner}</w:XmlFragment>"
        return (f'<p:{name} xmlns:p="{WMI}root/cimv2/{name}" xsi:type="p:{name}_Type" xml:lang="en-US">{inner}'
                f"</p:{name}>")

    def output(self, message, name, method, cells):
        inner = "".join(f'<p:{key} xsi:nil="true"/>' if text is None else f"<p:{key}>{escape(text)}</p:{key}>"
                        for key, text in cells)
        return self.envelope(f"{method}Response", message,
                             f'<p:{method}_OUTPUT xmlns:p="{WMI}root/default/{name}">{inner}</p:{method}_OUTPUT>')

    @staticmethod
    def envelope(action, message, body):
        return (f'<s:Envelope xml:lang="en-US" xmlns:s="{S}" xmlns:a="{A}" xmlns:n="{N}" xmlns:w="{W}" '
                f'xmlns:xsi="{XSI}"><s:Header><a:Action>{N}/{action}</a:Action>'
                f"<a:MessageID>uuid:{uuid.uuid4()}</a:MessageID><a:To>{A}/role/anonymous</a:To>"
                f"<a:RelatesTo>{message}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>")

    def fault(self, message, fault):
        detail = ""
        if self.behaviour.fault_form == "omi":
            number = {0x80041010: 5, 0x8004100E: 3, 0x80041017: 15, 0x80041003: 2}.get(fault.wmi, 1)
            detail = (f'<p:OMI_Error xmlns:p="x"><p:CIMStatusCode>{number}</p:CIMStatusCode>'
                      f"<p:OMI_Code>{number}</p:OMI_Code></p:OMI_Error>")
        elif self.behaviour.fault_form == "mi":
            code = fault.wmi or fault.code
            detail = (f'<p:MSFT_WmiError b:IsCIM_Error="true" xmlns:p="x" xmlns:b="y">'
                      f"<p:CIMStatusCode>1</p:CIMStatusCode><p:Message>HRESULT 0x{code:08x}</p:Message>"
                      f"<p:error_Code>{code}</p:error_Code></p:MSFT_WmiError>")
        else:
            extended = ""
            if fault.wmi:
                extended = (f'<f:ProviderFault provider="WMI" path="WsmWmiPl.dll"><f:WSManFault xmlns:f="{F}" '
                            f'Code="{fault.wmi}" Machine="host"><f:Message>{escape(fault.text)} </f:Message>'
                            f"</f:WSManFault><f:ExtendedError><p:__ExtendedStatus xmlns:p=\"x\">"
                            f"<p:Description xsi:nil=\"true\"/><p:Operation>ExecQuery</p:Operation>"
                            f"<p:StatusCode xsi:nil=\"true\"/></p:__ExtendedStatus></f:ExtendedError>"
                            f"</f:ProviderFault>")
            detail = (f'<f:WSManFault xmlns:f="{F}" Code="{fault.code}" Machine="localhost"><f:Message>'
                      f"{escape(fault.text)} {extended}</f:Message></f:WSManFault>")
        return self.envelope("fault", message,
                             "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>w:CannotProcessFilter"
                             "</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"en-US\">"
                             f"{escape(fault.text)} </s:Text></s:Reason><s:Detail>{detail}</s:Detail></s:Fault>")


def main():
    """double.py RECORD AT ADDRESS PORT [CERTIFICATE]: serve until the end of standard input."""
    import sys

    import record
    directory, at, address, port, *certificate = sys.argv[1:]
    Double(Host(record.Record(directory, at)), None, certificate[0] if certificate else None, address, int(port))
    print("listening", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
