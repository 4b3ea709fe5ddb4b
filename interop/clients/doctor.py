"""`linklocal doctor` itself: nothing to say about our server, and a list about moto, whose metadata is a sketch.

Everything runs in a private network, where moto cannot reach further than this either.
"""

import json
import socket
import subprocess
import time

import install as get
import namespace
from world import START_SECONDS, World, clean_environment

ROUTES = ("private",)
PATIENT = True
PACKAGES = ["moto[server]==5.2.5"]

# What moto does otherwise than EC2. A shorter list is as much news as a longer one.
MOTO_FAILS = """
connections.keep-alive connections.token-kept credentials.access-key-id credentials.info credentials.instance-identity
credentials.layout credentials.life credentials.members credentials.secret credentials.served
credentials.session-token credentials.success credentials.times credentials.type credentials.versions-differ
errors.missing-category headers.accept-ranges headers.last-modified headers.order headers.server headers.text
identity.pkcs7 identity.rsa2048 identity.served identity.signature listings.categories listings.dynamic
listings.latest listings.macs listings.slashes methods.delete methods.options methods.post methods.put paths.directory
paths.dot paths.doubled-slash paths.latest paths.leaf-slash paths.percent paths.role-slash safety.cors safety.host
safety.host-lookalike safety.host-token safety.life-in-query safety.method-override safety.origin safety.origin-token
safety.referer safety.sec-fetch safety.sec-fetch-token safety.token-by-get session.counts-down session.expires
session.garbage session.seconds-left session.tampered token.alphabet token.content-type token.dated-path
token.distinct token.forwarded token.get token.headers token.length token.post token.slash token.ttl-absent
token.ttl-echoed token.ttl-negative token.ttl-no-number token.ttl-too-long values.address values.ami-id values.events
values.instance-id values.reservation-id values.services versions.dated versions.known versions.listed
""".split()


def install(work):
    get.python(work, "moto", PACKAGES)


def version(_work):
    return "moto " + PACKAGES[0].split("==")[1]


def run_without_world(arguments, mode, check):
    namespace.take_addresses()
    for route in ("endpoint", "ipv4", "ipv6"):
        world = World(arguments.binary, arguments.work, mode, route)
        try:
            report = examine(arguments.binary, world.url, world.home)
        finally:
            world.close()
        check.equal(f"{route}: failed", with_result(report, "fail"), [])
        check.equal(f"{route}: warned", with_result(report, "warn"),
                    ["safety.tokens-required"] if mode == "optional" else [])
        check.holds(f"{route}: passed", report["Counts"]["Pass"] >= 130, report["Counts"])
    with Moto(arguments.work) as url:
        report = examine(arguments.binary, url, arguments.work)
    check.equal("moto: failed", with_result(report, "fail"), sorted(MOTO_FAILS))


def examine(binary, url, home):
    """The report; that the command failed is part of it."""
    ran = subprocess.run([binary, "doctor", "--json", "--endpoint", url], env=clean_environment(home),
                         stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)
    if not ran.stdout:
        raise RuntimeError(f"doctor left with {ran.returncode}: {ran.stderr.decode(errors='replace')}")
    report = json.loads(ran.stdout)
    if (ran.returncode == 0) != (report["Counts"]["Fail"] == 0):
        raise RuntimeError(f"doctor left with {ran.returncode} after {report['Counts']}")
    return report


def with_result(report, result):
    return sorted(entry["Id"] for entry in report["Checks"] if entry["Result"] == result)


class Moto:
    """A server that ends with its block."""

    PORT = 5000

    def __init__(self, work):
        home = work / "python" / "moto" / "bin"
        self.command = [home / "python", home / "moto_server", "--port", str(self.PORT)]
        self.environment = clean_environment(work)

    def __enter__(self):
        self.server = subprocess.Popen(self.command, env=self.environment, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.PORT), 1).close()
                return f"http://127.0.0.1:{self.PORT}"
            except OSError:
                if self.server.poll() is not None or time.monotonic() > deadline:
                    self.__exit__()
                    raise RuntimeError("moto did not start") from None
                time.sleep(0.1)

    def __exit__(self, *_):
        self.server.terminate()
        self.server.wait(10)
