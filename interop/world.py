"""A fresh server for one client, and what that client has to see.

Rule: what is expected comes from the configuration written here, never from the server, save for the credentials, which
are compared with what our own client was handed at the same moment.
"""

import datetime
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import imds

LINK_LOCAL_V4 = "169.254.169.254"
LINK_LOCAL_V6 = "fd00:ec2::254"
ECS_V4 = "169.254.170.2"
EKS_V4 = "169.254.170.23"
EKS_V6 = "fd00:ec2::23"
START_SECONDS = 20
CLIENT_SECONDS = 120

EXPECTED = {
    "instance-id": "i-0a1b2c3d4e5f60718",
    "account-id": "210987654321",
    "region": "eu-central-1",
    "availability-zone": "eu-central-1b",
    "instance-type": "m7i.large",
    "image-id": "ami-0123456789abcdef0",
    "private-ip": "10.20.1.25",
    "public-ip": "203.0.113.25",
    "ipv6": "2001:db8:1234:1a00::25",
    "mac": "0e:49:61:0f:c3:11",
    "role": "interop-role",
    "key-name": "interop-key",
    "user-data": "#!/bin/sh\necho interop\n",
}

PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBcUCKXO4MiXGpQ6pV1JvjR2mCyf2QvM0xwKkF1tY3qS"

CONFIG = """\
seed = "interop"

[metadata-options]
propagation-delay = "0s"

[[instance]]
instance-id = "{instance-id}"
account-id = "{account-id}"
region = "{region}"
availability-zone = "{availability-zone}"
instance-type = "{instance-type}"
image-id = "{image-id}"
private-ip = "{private-ip}"
public-ip = "{public-ip}"
ipv6 = "{ipv6}"
mac-address = "{mac}"
role = "{role}"
monitoring = true
user-data = {user-data-toml}
key-pair = {{ name = "{key-name}", public-key = "{public-key}" }}

[instance.tags]
Name = "interop"
team = "identity"

[instance.metadata-options]
http-tokens = "{http-tokens}"
http-put-response-hop-limit = {hop-limit}
http-protocol-ipv6 = "enabled"
instance-metadata-tags = "enabled"
"""


class World:
    """A running server; leave it with `close`."""

    def __init__(self, binary, work, mode, route, hop_limit=1, prefix=()):
        self.binary, self.work = pathlib.Path(binary), pathlib.Path(work)
        self.mode, self.route = mode, route
        # What to put before the server's command line, such as `nsenter … --`.
        self.prefix = list(prefix)
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="linklocal-interop-"))
        self.data = self.home / "data"
        self.expected = EXPECTED
        self.log = open(self.home / "server.log", "wb")
        self._configure(hop_limit)
        self._start()

    def _configure(self, hop_limit):
        values = dict(EXPECTED)
        values["user-data-toml"] = json.dumps(EXPECTED["user-data"])
        values["public-key"] = PUBLIC_KEY
        values["http-tokens"] = self.mode
        values["hop-limit"] = hop_limit
        self.config = self.home / "linklocal.toml"
        self.config.write_text(CONFIG.format(**values))

    def _start(self):
        command = [*self.prefix, str(self.binary), "up", "--no-api", "--config", str(self.config), "--data",
                   str(self.data)]
        for address in self._addresses():
            command += ["--imds", address]
        for address in self._container_addresses():
            command += ["--container", address]
        self.server = subprocess.Popen(command, env=clean_environment(self.home), stdin=subprocess.DEVNULL,
                                       stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + START_SECONDS
        self.url = None
        while self.url is None:
            if self.server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start: {self.said()}")
            self.url = self._find()
            time.sleep(0.05)
        self.metadata = imds.Metadata(self.url)
        if self.is_supervised:
            # What clients ask, while we ask the server itself.
            self.url = f"http://{LINK_LOCAL_V4}"

    @property
    def is_supervised(self):
        """Whether clients run under `linklocal run`."""
        return self.route in ("run", "run-user")

    @property
    def is_private(self):
        """Whether the server has a network of its own."""
        return not self.is_supervised and self.route != "endpoint"

    def _addresses(self):
        return [f"{LINK_LOCAL_V4}:80", f"[{LINK_LOCAL_V6}]:80"] if self.is_private else ["127.0.0.1:0"]

    def _container_addresses(self):
        """Where the server answers as the agents of containers do; `run` brings their connections by itself."""
        if self.is_supervised or self.prefix:
            return []
        return [f"{ECS_V4}:80", f"{EKS_V4}:80", f"[{EKS_V6}]:80"] if self.is_private else ["127.0.0.1:0"]

    def _find(self):
        """The server's address, once it answers there."""
        if not self.is_private:
            asked = subprocess.run([self.binary, "env", "--data", self.data, "--format", "json"],
                                   env=clean_environment(self.home), capture_output=True, check=False)
            if asked.returncode != 0:
                return None
            self.variables = json.loads(asked.stdout)
            return self.variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"].rstrip("/")
        if not (self.data / "admin.sock").exists():
            return None
        return f"http://[{LINK_LOCAL_V6}]" if self.route == "ipv6" else f"http://{LINK_LOCAL_V4}"

    def environment(self):
        """What a client gets: what `linklocal env` prints, and where the addresses are the real ones not even that."""
        environment = clean_environment(self.home)
        if self.route == "endpoint":
            environment.update(self.variables)
        if self.route == "ipv6":
            environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"] = "IPv6"
        return environment

    def container_environment(self, agent):
        """What a client in a container of that agent gets, besides."""
        if self.is_supervised:
            return {}
        asked = subprocess.run([self.binary, "env", "--data", self.data, "--format", "json", "--container", agent],
                               env=clean_environment(self.home), capture_output=True, check=True)
        return json.loads(asked.stdout)

    def under_run(self, *words):
        """The words before a client's command line that put it on the instance; none where the address does that."""
        if not self.is_supervised:
            return []
        return [str(self.binary), "run", "--data", str(self.data), *words, "--"]

    def start(self, *command, extra=None, run_words=(), **settings):
        """Starts a client."""
        words = [*self.under_run(*run_words), *(str(word) for word in command)]
        return subprocess.Popen(words, env={**self.environment(), **(extra or {})}, cwd=self.home,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **settings)

    def attempt(self, *command, extra=None, run_words=(), seconds=CLIENT_SECONDS):
        """Runs a client to its end, however that is: code, stdout, stderr."""
        client = self.start(*command, extra=extra, run_words=run_words)
        try:
            out, err = client.communicate(timeout=seconds)
        finally:
            client.kill()
            client.wait()
        return subprocess.CompletedProcess(command, client.returncode, out, err)

    def run(self, *command, extra=None, run_words=(), seconds=CLIENT_SECONDS):
        """Runs a client to its end; its output, or an error that shows all it said."""
        ran = self.attempt(*command, extra=extra, run_words=run_words, seconds=seconds)
        if ran.returncode != 0:
            said = (ran.stdout + ran.stderr).decode(errors="replace").strip()
            raise RuntimeError(f"{pathlib.Path(str(command[0])).name} left with {ran.returncode}: {said[-2000:]}")
        return ran.stdout.decode()

    def linklocal(self, *words):
        """What a command of ours says of this server."""
        asked = subprocess.run([self.binary, *words, "--data", self.data], env=clean_environment(self.home),
                               capture_output=True, check=True)
        return asked.stdout.decode()

    def counter(self, name):
        """A counter of the server, by the beginning of its line among the metrics."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(self.data / "admin.sock"))
            connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n")
            reply = b"".join(iter(lambda: connection.recv(65536), b""))
        lines = [line.rsplit(" ", 1) for line in reply.decode().splitlines() if line.startswith(name)]
        if not lines:
            raise RuntimeError(f"the server has no metric {name}")
        return sum(float(value) for _, value in lines)

    def said(self):
        self.log.flush()
        return (self.home / "server.log").read_text(errors="replace").strip()[-2000:]

    def close(self):
        self.server.send_signal(signal.SIGTERM)
        try:
            self.server.wait(10)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait()
        self.log.close()
        shutil.rmtree(self.home, ignore_errors=True)


def clean_environment(home):
    """No profile, key or proxy of this machine reaches a client."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8"}


def check_credentials(world, check, seen):
    """Credentials that a client found, by their document names, are the set that version 2 callers get now."""
    role = world.expected["role"]
    wanted = world.metadata.credentials(role, world.metadata.token())
    for name in ("AccessKeyId", "SecretAccessKey", "Token"):
        check.equal(name, seen[name], wanted[name])
    check.holds("AccessKeyId starts with ASIA", seen["AccessKeyId"].startswith("ASIA"), seen["AccessKeyId"])
    check.equal("account in AccessKeyId", imds.account_of(seen["AccessKeyId"]), world.expected["account-id"])
    check.equal("Expiration", instant(seen["Expiration"]), instant(wanted["Expiration"]))
    left = (instant(seen["Expiration"]) - datetime.datetime.now(datetime.timezone.utc)).total_seconds()
    check.holds("life left is between 5 minutes and 7 hours", 300 < left < 7 * 3600, f"{left:.0f} s")
    if world.mode == "optional":
        check.holds("version 1 callers get another set",
                    world.metadata.credentials(role)["AccessKeyId"] != seen["AccessKeyId"])


def instant(text):
    """A time in any of the forms in which clients print one."""
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)
    return moment.replace(microsecond=0)
