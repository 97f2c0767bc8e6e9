# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers in every shape that is allowed give the same output; those that are not give UNKNOWN, in bounded time
and memory. TAP."""
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402
import bed as beds

VMS = "check_hv_vm_memory"
LIMIT_KB = 200 * 1024  # of memory, whatever a host sends


class Hostile:
    def __init__(self, bed):
        self.bed = bed
        double = bed.host(newer=True)
        self.right = bed.check(VMS, double, "kerberos", "-v")
        double.close()
        tap.ok(self.right[0] == 1 and "VM6 at 96.63 %" in self.right[1], "a well-behaved host", self.right)

    def ask(self, behaviour, login="kerberos", *more, prepare=None, program=VMS, **options):
        return self.bed.ask(program, None, behaviour, login, *more, prepare=prepare, newer=True, **options)

    def same(self, title, logins=("kerberos", "ntlm"), prepare=None, **behaviour):
        import double
        for login in logins:
            got = self.ask(double.Behaviour(**behaviour), login, "-v", prepare=prepare)
            tap.ok(got == self.right, f"{title}, {login}", got)

    def unknown(self, title, *patterns, more=(), login="kerberos", **behaviour):
        import double
        before = time.monotonic()
        code, output = self.ask(double.Behaviour(**behaviour), login, *more)
        took = time.monotonic() - before
        missing = [pattern for pattern in patterns if not re.search(pattern, output)]
        tap.ok(code == 3 and " UNKNOWN - " in output and not missing, title,
                    f"exit {code} after {took:.1f} s: {output}", f"missing: {missing}")

    # ---- what is allowed

    def shapes(self):
        self.same("in chunks", chunked=True)
        self.same("byte by byte", logins=("kerberos",), split=1)
        self.same("in packets of seven bytes, chunked", split=7, chunked=True)
        self.same("without tabs", tabs=False)
        self.same("with a line end behind the message", extra_lines=True)
        self.same("padded with NULs, without tabs, as OMI has it", padding=16, tabs=False, extra_lines=True)
        self.same("in UTF-16", encoding="utf-16")
        self.same("in UTF-16, padded", encoding="utf-16", padding=16)
        self.same("in UTF-16 of the other order", encoding="utf-16-be", soap=lambda text: "\ufeff" + text)
        self.same("one row a page", page=1)
        self.same("all rows in the first page", first=1000)
        self.same("no row in the first page", first=0)
        self.same("with faults as newer servers have them", fault_form="mi")
        self.same("with a line end in front of each answer", head=lambda head: "\r\n" + head)
        self.same("with fields in any case", head=lambda head: head.replace("Content-Length", "CONTENT-length")
                  .replace("WWW-Authenticate: Negotiate", "www-authenticate:negotiate"))
        self.same("with several schemes in one line",
                  head=lambda head: re.sub(r"WWW-Authenticate: Negotiate (\S+)", r"WWW-Authenticate: Kerberos, Negotiate \1", head))
        self.same("with a status in between", head=lambda head: "HTTP/1.1 100 Continue\r\n\r\n" + head)
        self.same("with lines that end in LF alone", head=lambda head: head.replace("\r\n", "\n"))
        self.same("with another name of the boundary", body=lambda body: body.replace(b"--Encrypted Boundary", b"-- Encrypted Boundary"))
        self.same("with white space and comments in the XML",
                  soap=lambda text: '<?xml version="1.0"?>\n<!-- -->' + text.replace("><", ">\n  <!-- x --><"))
        self.same("with prefixes of its own", soap=lambda text: text.replace("s:", "SOAP-ENV:").replace("xmlns:s=", "xmlns:SOAP-ENV="))
        self.same("the connection closed behind each answer is made anew", head=lambda head: head.replace(
            "Content-Type:", "Connection: close\r\nContent-Type:"), logins=("kerberos",))
        self.same("the connection closed between two questions is made anew", logins=("kerberos",), close_after=3)

    # ---- what is not

    def http(self):
        def raw(data, repeat=1):
            return {"answer": lambda session, request: data * repeat}

        def endless(head, piece):
            def answer(session, request):
                session.send(head)
                while True:
                    session.send(piece)
            return {"after_login": answer}

        def head_of(lines):
            return {"after_login": lambda session, request: ("HTTP/1.1 200 OK\r\n" + lines).encode()}

        self.unknown("another protocol", r"not a WinRM answer: (it does not begin with HTTP/1|the host ended)", answer=lambda session, request: b"SSH-2.0-x\r\n\r\n")
        self.unknown("nothing", r"the host ended the connection without one", answer=lambda session, request: None)
        self.unknown("half a head", r"the host ended the connection without one|no answer in time", more=("-t4",), answer=self.half(b"HTTP/1.1 200 OK\r\nContent-"))
        self.unknown("a head that does not end", r"its head does not end", **endless(b"HTTP/1.1 200 OK\r\n", b"X: " + b"y" * 1000 + b"\r\n"))
        self.unknown("a head of one line that does not end", r"its head does not end", **endless(b"HTTP/1.1 200 OK", b"y" * 1000))
        self.unknown("a body that does not end", r"its body is longer than requested", **endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"4000\r\n" + b"x" * 16384 + b"\r\n"))
        self.unknown("trailers that do not end", r"it does not end", **endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n"))
        self.unknown("statuses in between that do not end", r"it does not end", **endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"))
        self.unknown("a body cut off", r"ended the connection in the middle", after_login=self.half(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc"))
        self.unknown("a NUL in the head", r"a byte of its head is NUL", **head_of("X: \0\r\nContent-Length: 0\r\n\r\n"))
        self.unknown("a token that is no base64", r"its login token is not base64", answer=lambda session, request: b"HTTP/1.1 401 x\r\nWWW-Authenticate: Negotiate !!!!\r\nContent-Length: 0\r\n\r\n")
        self.unknown("a token that is none of Kerberos", r"logging in by Kerberos failed", answer=lambda session, request: b"HTTP/1.1 401 x\r\nWWW-Authenticate: Negotiate AAAA\r\nContent-Length: 0\r\n\r\n")
        if not beds.SLOW:
            self.unknown("bytes that trickle in", r"no answer in time", more=("-t2",), after_login=self.trickle)

    @staticmethod
    def half(data):
        def answer(session, request):
            session.send(data)
            return None
        return answer

    @staticmethod
    def trickle(session, request):
        session.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            session.send(b"x")
            time.sleep(0.05)

    def sealed(self):
        def seal_all(make):
            def after_login(session, request):
                text = session.unseal(request[2])
                return make(session, text)
            return {"after_login": after_login}

        def clear(session, text):
            status, answer = session.double.soap(text)
            body = answer.encode()
            return f"HTTP/1.1 {status} x\r\nContent-Type: application/soap+xml\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body

        self.unknown("an answer in clear", r"an answer that is not sealed: it is not looked at", **seal_all(clear))

        def flip(body):
            at = body.index(b"application/octet-stream\r\n") + 26 + 100
            return body[:at] + bytes([body[at] ^ 1]) + body[at + 1:]

        for login in ("kerberos", "ntlm"):
            self.unknown(f"one bit changed, {login}", r"a sealed answer can't be opened: it was changed in transit", login=login, body=flip)
            kept = []

            def replay(body, kept=kept):
                kept.append(body)
                return kept[0]

            self.unknown(f"an answer of before once more, {login}", r"a sealed answer can't be opened", login=login, body=replay)
        self.unknown("a sealed answer that does not end", r"it does not end", body=lambda body: body.replace(b"--Encrypted Boundary--", b""))

    def xml(self):
        bomb = "<!DOCTYPE x [<!ENTITY a \"" + "y" * 1000 + "\">" + "".join(
            f"<!ENTITY {chr(98 + i)} \"{('&' + chr(97 + i) + ';') * 10}\">" for i in range(9)) + "]>"
        envelope = '<s:Envelope xmlns:s="x"><s:Body>{}</s:Body></s:Envelope>'
        for title, soap, pattern in (
                ("a bomb of entities", lambda text: bomb + text.replace("</", "&j;</", 1), r"it has a document type"),
                ("an entity from elsewhere", lambda text: '<!DOCTYPE x SYSTEM "file:///etc/passwd">' + text, r"it has a document type"),
                ("too deep", lambda text: "<s:Envelope>" + "<x>" * 100000, r"its elements nest too deep"),
                ("cut off", lambda text: text[:-20], r"its XML is wrong"),
                ("nothing", lambda text: "", r"its XML is wrong"),
                ("no SOAP", lambda text: "<html><body>Hello</body></html>", r"it is not SOAP"),
                ("no body", lambda text: '<s:Envelope xmlns:s="x"/>', r"its body is empty"),
                ("two answers", lambda text: envelope.format("<n:EnumerateResponse/><n:EnumerateResponse/>"), r"it answers twice"),
                ("another answer", lambda text: envelope.format("<n:PullResponse/>"), r"PullResponse instead of EnumerateResponse"),
                ("rows that neither end nor go on", lambda text: text.replace("<w:EndOfSequence/>", "").replace("<n:EndOfSequence/>", ""), r"its rows neither end nor go on"),
                ("an answer to another question", lambda text: re.sub("RelatesTo>[^<]*<", "RelatesTo>uuid:x<", text), r"an answer to another question"),
                ("bytes that are no UTF-8", lambda text: text.encode().replace(b"</s:Body>", b"\xff</s:Body>"), r"its XML is wrong"),
                ("a NUL within", lambda text: text.replace("</s:Body>", "\0</s:Body>"), r"its XML is wrong")):
            self.unknown(title, r"^HV VM MEMORY UNKNOWN - .*" + pattern, soap=soap)
        page = envelope.format("<n:EnumerateResponse><n:EnumerationContext>x</n:EnumerationContext><w:Items></w:Items></n:EnumerateResponse>")
        pull = page.replace("EnumerateResponse", "PullResponse")
        self.unknown("pages without rows that do not end", r"it does not end", soap=self.pages(page, pull))
        rows = "<a/>" * 20000
        self.unknown("pages of rows that do not end", r"it has more rows than any host",
                     soap=self.pages(page.replace("<w:Items>", "<w:Items>" + rows), pull.replace("<w:Items>", "<w:Items>" + rows)))
        self.unknown("more rows in a page than any host", r"it has more rows than any host",
                     soap=lambda text: page.replace("<w:Items>", "<w:Items>" + "<a/>" * 70000))

    @staticmethod
    def pages(first, next_):
        asked = []

        def soap(text):
            asked.append(text)
            return first if len(asked) == 1 else next_
        return soap

    def released(self):
        """Who stops early says so."""
        import double as doubles
        double = self.bed.host()
        double.host.record.classes["Msvm_MemorySettingData"][1]["InstanceID"] = None
        double.behaviour = doubles.Behaviour(page=2)
        double.host.record.classes["Win32_OperatingSystem"] = [dict(double.host.record.classes["Win32_OperatingSystem"][0], Version="x")] * 9
        code, output = self.bed.check(VMS, double)
        tap.ok(code == 3 and "is not a valid Version" in output, "a row that can't be is UNKNOWN", output)
        tap.ok(not double.contexts, "and the rows behind it are released", double.contexts)
        double.close()

    def memory(self):
        """The worst of these stays small."""
        import double as doubles
        double = self.bed.host(None, doubles.Behaviour(soap=lambda text: "<s:Envelope><s:Body><n:EnumerateResponse><w:Items>" + "<a><b/></a>" * 60000))
        wrapper = ["sh", "-c", f"ulimit -v {LIMIT_KB}; exec \"$@\"", "sh"]
        code, output = self.bed.run(VMS, f"--source=winrm:localhost:{double.port}", f"--credentials={self.bed.files['kerberos']}", wrapper=wrapper)
        tap.ok(code == 3 and "its XML is wrong" in output, f"within {LIMIT_KB // 1024} MB of address space", output)
        double.close()


def main():
    with beds.Bed() as bed:
        hostile = Hostile(bed)
        parts = ["shapes", "http", "sealed", "xml", "released"] + (["memory"] if not needs_much_memory() else [])
        for part in parts:
            if not sys.argv[1:] or part in sys.argv[1:]:
                getattr(hostile, part)()
        sys.exit(tap.end())


def needs_much_memory():
    with open(os.path.join(beds.BUILDDIR, "tests/winrm/checks"), "rb") as program:
        return beds.SLOW or b"__asan_init" in program.read()


if __name__ == "__main__":
    main()
