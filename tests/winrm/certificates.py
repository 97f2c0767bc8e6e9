# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates for the double: an authority of our own, and what it signs. PEM files of key and chain."""
import subprocess


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    if done.returncode:
        raise SystemExit(f"winrm: {' '.join(command)}: {done.stdout}")


def make_authority(path):
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-keyout", f"{path}.key", "-out", f"{path}.pem", "-subj", "/CN=Test Authority", "-days", "30")
    return f"{path}.pem"


def make(path, authority, names=("DNS:localhost", "IP:127.0.0.1"), days="30", digest="-sha256"):
    """path.pem: a certificate for these names, and its key."""
    signer = authority[:-len(".pem")]
    with open(f"{path}.ext", "w", encoding="ascii") as file:
        file.write(f"subjectAltName={','.join(names)}\n")
    run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-keyout", f"{path}.key", "-out", f"{path}.csr", "-subj", "/CN=host")
    run("openssl", "x509", "-req", "-in", f"{path}.csr", "-CA", authority, "-CAkey", f"{signer}.key",
        "-CAcreateserial", "-out", f"{path}.crt", "-days", days, "-extfile", f"{path}.ext", digest)
    with open(f"{path}.pem", "w", encoding="ascii") as file:
        for part in (f"{path}.crt", f"{path}.key"):
            with open(part, encoding="ascii") as text:
                file.write(text.read())
    return f"{path}.pem"


def fingerprint(path):
    done = subprocess.run(["openssl", "x509", "-in", path, "-noout", "-fingerprint", "-sha256"],
                          capture_output=True, text=True, check=True)
    return done.stdout.strip().partition("=")[2]


