# SPDX-License-Identifier: GPL-3.0-or-later
"""The other end of a login, three times: MIT Kerberos and gss-ntlmssp through GSS, which the client uses, too;
and two that share no code with it: impacket's pieces of NTLM, and Heimdal (heimdal_acceptor.c).

Each takes the client's first token and what TLS binds to, and has step(), complete, name, mechanism, bound,
wrap() -> (signature, sealed) and unwrap(signature, sealed)."""
import hashlib
import hmac
import os
import struct
import subprocess
import time

CHANNEL_BOUND = 0x800


class Gss:
    def __init__(self, token, binding):
        import gssapi
        from gssapi.raw import ChannelBindings
        from gssapi.raw import ext_dce
        self.iov = ext_dce
        self.mechanism = "ntlm" if token.startswith(b"NTLMSSP\0") else "kerberos"
        oid = {"ntlm": "1.3.6.1.4.1.311.2.2.10", "kerberos": "1.2.840.113554.1.2.2"}[self.mechanism]
        bindings = ChannelBindings(application_data=binding) if binding else None
        credentials = gssapi.Credentials(usage="accept", mechs=[gssapi.OID.from_int_seq(oid)])
        self.context = gssapi.SecurityContext(usage="accept", creds=credentials, channel_bindings=bindings)

    def step(self, token):
        return self.context.step(token)

    @property
    def complete(self):
        return self.context.complete

    @property
    def name(self):
        return str(self.context.initiator_name).rstrip("\0")

    @property
    def bound(self):  # gss-ntlmssp refuses by itself, and has no flag
        return self.mechanism == "ntlm" or bool(int(self.context.actual_flags) & CHANNEL_BOUND)

    def wrap(self, plain):
        if self.mechanism == "ntlm":
            sealed = self.context.wrap(plain, True).message
            return sealed[:16], sealed[16:]
        kinds = self.iov.IOVBufferType
        iov = self.iov.IOV(kinds.header, plain, kinds.padding, std_layout=False)
        self.iov.wrap_iov(self.context, iov, True)
        return iov[0].value, iov[1].value + (iov[2].value or b"")

    def unwrap(self, signature, sealed):
        plain = self.context.unwrap(signature + sealed)
        if not plain.encrypted:
            raise ValueError("not sealed")
        return plain.message


class Impacket:
    """NTLMv2 with a MIC, from impacket's functions and [MS-NLMP]."""
    mechanism, bound = "ntlm", True
    FLAGS = 0xE28A8235  # 56, key exchange, 128, version, target info, extended security, domain, sign, seal, Unicode
    USER, PASSWORD, DOMAIN = None, None, None

    def __init__(self, token, binding):
        from impacket import ntlm
        self.ntlm, self.binding = ntlm, binding
        self.complete, self.name = False, None
        self.negotiate = self.challenge = None
        self.sequence = {"Client": 0, "Server": 0}

    def step(self, token):
        if self.negotiate is None:
            return self.make_challenge(token)
        self.authenticate(token)
        return b""

    def make_challenge(self, token):
        self.negotiate = token
        self.flags = self.FLAGS & (struct.unpack("<I", token[12:16])[0] | 0x00810000)
        pairs = b""
        for number, value in ((2, "TESTDOM".encode("utf-16-le")), (1, "HOST".encode("utf-16-le")),
                              (7, struct.pack("<Q", int(time.time() * 10 ** 7) + 116444736000000000))):
            pairs += struct.pack("<HH", number, len(value)) + value
        pairs += bytes(4)
        target = "TESTDOM".encode("utf-16-le")
        self.server_challenge = os.urandom(8)
        at = 56
        self.challenge = (b"NTLMSSP\0" + struct.pack("<I", 2) + struct.pack("<HHI", len(target), len(target), at)
                          + struct.pack("<I", self.flags) + self.server_challenge + bytes(8)
                          + struct.pack("<HHI", len(pairs), len(pairs), at + len(target)) + b"\x0a\0\x63\x45\0\0\0\x0f"
                          + target + pairs)
        return self.challenge

    def authenticate(self, token):
        def field(at):
            length, _, offset = struct.unpack("<HHI", token[at:at + 8])
            return token[offset:offset + length]

        nt, domain, user = field(20), field(28).decode("utf-16-le"), field(36).decode("utf-16-le")
        encrypted = field(52)
        self.flags = struct.unpack("<I", token[60:64])[0]
        if (user, domain) != (self.USER, self.DOMAIN):
            raise ValueError("another account")
        key = self.ntlm.NTOWFv2(user, self.PASSWORD, domain)
        proof = hmac.new(key, self.server_challenge + nt[16:], hashlib.md5).digest()
        if proof != nt[:16]:
            raise ValueError("a wrong password")
        pairs = self.pairs(nt[16 + 28:])
        base = hmac.new(key, proof, hashlib.md5).digest()
        from Cryptodome.Cipher import ARC4
        exported = ARC4.new(base).encrypt(encrypted)
        mic = token[72:88]
        expected = hmac.new(exported, self.negotiate + self.challenge + token[:72] + bytes(16) + token[88:], hashlib.md5)
        if not struct.unpack("<I", pairs[6])[0] & 2 or mic != expected.digest():
            raise ValueError("no MIC, or a wrong one")
        if self.binding:
            packed = bytes(16) + struct.pack("<I", len(self.binding)) + self.binding
            if pairs.get(10) != hashlib.md5(packed).digest():
                raise ValueError("not bound to the channel")
        self.keys = {}
        for side in ("Client", "Server"):
            handle = ARC4.new(self.ntlm.SEALKEY(self.flags, exported, side))
            self.keys[side] = (self.ntlm.SIGNKEY(self.flags, exported, side), handle.encrypt)
        self.complete, self.name = True, f"{domain}\\{user}"

    @staticmethod
    def pairs(data):
        found = {}
        while True:
            number, length = struct.unpack("<HH", data[:4])
            if number == 0:
                return found
            found[number] = data[4:4 + length]
            data = data[4 + length:]

    def mac(self, side, message):
        sign, handle = self.keys[side]
        number = self.sequence[side]
        self.sequence[side] += 1
        return self.ntlm.MAC(self.flags, handle, sign, number, message).getData()

    def wrap(self, plain):
        sealed = self.keys["Server"][1](plain)
        return self.mac("Server", plain), sealed

    def unwrap(self, signature, sealed):
        plain = self.keys["Client"][1](sealed)
        if self.mac("Client", plain) != signature:
            raise ValueError("a wrong signature")
        return plain


class Heimdal:
    """A process that speaks lines of hexadecimal: "step TOKEN" -> "more TOKEN" or "done TOKEN NAME", "wrap PLAIN"
    -> "SIGNATURE SEALED", "unwrap SIGNATURE SEALED" -> "PLAIN"."""
    mechanism, bound = "kerberos", True
    PROGRAM = None  # its path
    ENVIRONMENT = None

    def __init__(self, token, binding):
        self.process = subprocess.Popen([self.PROGRAM, (binding or b"").hex()], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, env=self.ENVIRONMENT, text=True)
        self.complete, self.name = False, None

    def call(self, *words):
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if not answer or answer[0] == "error":
            raise ValueError(" ".join(answer) or "it ended")
        return answer

    def step(self, token):
        state, *rest = self.call("step", token.hex())
        self.complete = state == "done"
        if self.complete:
            self.name = rest[-1]
        return bytes.fromhex(rest[0]) if rest and rest[0] != "-" else b""

    def wrap(self, plain):
        _, signature, sealed = self.call("wrap", plain.hex())
        return bytes.fromhex(signature), bytes.fromhex(sealed)

    def unwrap(self, signature, sealed):
        return bytes.fromhex(self.call("unwrap", signature.hex(), sealed.hex())[1])

    def __del__(self):
        self.process.stdin.close()
        self.process.wait()
