# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person sees: a web server of the test's own, and Chromium without a screen, driven by the W3C
WebDriver protocol."""
import base64
import json
import os
import re
import urllib.error
import urllib.request

from chain import Daemon, LOOPBACK, answers, free_port, tool, wait_for

SLOW = 60  # seconds that a busy machine may take for one page
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Lighttpd:
    """A web server for a CGI's or PHP's pages; the user that they see is nagiosadmin."""

    def __init__(self, test, settings):
        self.port = free_port()
        config = test.write("lighttpd.conf", f"""
server.modules = ("mod_setenv", "mod_alias", "mod_rewrite", "mod_cgi", "mod_fastcgi")
server.bind = "{LOOPBACK}"
server.port = {self.port}
server.errorlog = "{test.path('lighttpd-error.log')}"
server.upload-dirs = ("{test.path('upload', '')}")
index-file.names = ("index.html", "index.php")
mimetype.assign = (".css" => "text/css", ".js" => "text/javascript", ".png" => "image/png",
                   ".gif" => "image/gif", ".svg" => "image/svg+xml", ".woff2" => "font/woff2",
                   ".html" => "text/html", "" => "application/octet-stream")
{settings}
""")
        self.daemon = Daemon(test, "lighttpd", [tool("lighttpd", "lighttpd"), "-D", "-f", config])
        wait_for(lambda: answers(self.port), SLOW, "lighttpd listens", self.daemon)

    def url(self, path):
        return f"http://{LOOPBACK}:{self.port}{path}"


class Browser:
    def __init__(self, test, width=1100, height=620):
        port = free_port()
        daemon = Daemon(test, "chromedriver", [
            tool("chromedriver", "chromium-driver"), f"--port={port}"],
            HOME=test.path("home", ""), TMPDIR=test.path("tmp", ""))
        wait_for(lambda: answers(port), SLOW, "chromedriver listens", daemon)
        self.base = f"http://{LOOPBACK}:{port}/session"
        options = {"binary": tool("chromium", "chromium"), "args": [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--disable-background-networking", "--no-proxy-server", "--lang=en", "--hide-scrollbars",
            f"--window-size={width},{height}", f"--user-data-dir={test.path('chromium', '')}"]}
        timeouts = {"pageLoad": SLOW * 1000, "script": SLOW * 1000}
        session = self.call("", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": options, "timeouts": timeouts}}})
        self.base += "/" + session["sessionId"]

    def call(self, path, body=None):
        request = urllib.request.Request(self.base + path, None if body is None else json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        try:
            with DIRECT.open(request, timeout=SLOW + 30) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"WebDriver: {path}: {error.read().decode(errors='replace')[:500]}") from None

    def open(self, url):
        """Load a page; returns its text, as it is seen."""
        self.call("/url", {"url": url})
        return self.text()

    def text(self):
        return seen(self.script("return document.body.innerText"))

    def script(self, script):
        return self.call("/execute/sync", {"script": script, "args": []})

    def picture(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.call("/screenshot")))


def seen(text):
    """What is left of white space on a page; a reader can't tell a line's end from a blank, nor see
    what has no width."""
    return re.sub(r"\s+", " ", text.replace("\u200b", "")).strip()


def keep_picture(browser, name):
    """Save a picture for the documents, where they are wanted."""
    if os.environ.get("KEEP_PICTURES"):
        browser.picture(os.path.join(os.environ["KEEP_PICTURES"], name + ".png"))
