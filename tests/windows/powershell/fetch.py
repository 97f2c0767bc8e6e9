# SPDX-License-Identifier: GPL-3.0-or-later
"""A grammar of PowerShell, and what parses by it: two packages of the npm registry, of which nothing is run but
WebAssembly and its loader in node. They are pinned by version and content, and not part of this project."""
import base64
import hashlib
import os
import shutil
import subprocess
import tarfile

PACKAGES = {
    # MIT, Airbus CERT
    "tree-sitter-powershell-0.26.4": (
        "sha512-5RwNW/qN/cKArZY0znvTOG+OWSau7Agel5K0A8KQ5Nubw/4SyZ5KC02RKCaYcA2ur5UQ8esyxe9+6yXup2MXkw==",
        ["tree-sitter-powershell.wasm"]),
    # MIT, Max Brunsfeld
    "web-tree-sitter-0.26.4": (
        "sha512-l9A8GiuYU1QZgTt5Ji9F/xXVt7J2+EW6jRNlEn649ANEtL3K+JnfLllKqwA5j8FLyKc37yl5S1t2BWnR4JOP2Q==",
        ["web-tree-sitter.cjs", "web-tree-sitter.wasm"]),
}


def fetch(directory):
    """Put the files into this directory, if they are not there yet."""
    wanted = [file for _, files in PACKAGES.values() for file in files]
    if all(os.path.exists(os.path.join(directory, file)) for file in wanted):
        return
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory + ".new", exist_ok=True)
    for package, (integrity, files) in PACKAGES.items():
        archive = os.path.join(directory + ".new", package + ".tgz")
        subprocess.run(["npm", "pack", "--silent", "--pack-destination", directory + ".new",
                        "@".join(package.rsplit("-", 1))], check=True, stdout=subprocess.DEVNULL)
        with open(archive, "rb") as file:
            got = "sha512-" + base64.b64encode(hashlib.sha512(file.read()).digest()).decode()
        if got != integrity:
            raise SystemExit(f"{package}: {got}, expected {integrity}")
        with tarfile.open(archive) as content:
            for name in files:
                with content.extractfile("package/" + name) as source, \
                        open(os.path.join(directory + ".new", name), "wb") as copy:
                    shutil.copyfileobj(source, copy)
    os.rename(directory + ".new", directory)
