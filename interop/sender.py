"""Sends what our commands sign, by plain means: the curl command that `sign` prints, its raw request over a socket, a URL.

Rule: nothing is added on the way; a server that takes the request took what was signed.
"""

import re
import socket
import subprocess

SECONDS = 30


class Sender:
    """Our commands with a set of keys, and a server at a port of 127.0.0.1."""

    def __init__(self, binary, home, environment, port):
        self.binary, self.home, self.environment, self.port = binary, home, environment, port

    def with_keys(self, key_id, secret, token=None):
        """The same for somebody else."""
        environment = {**self.environment, "AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": secret}
        if token is not None:
            environment["AWS_SESSION_TOKEN"] = token
        return Sender(self.binary, self.home, environment, self.port)

    def linklocal(self, *words, given=b""):
        return self.run(self.binary, *words, given=given)

    def signed_curl(self, *words, given=b""):
        """Signs, runs the curl command that comes out; status and body."""
        command = self.linklocal("sign", "--output", "curl", *words, given=given).decode().strip()
        return status_and_body(self.run("sh", "-c", f"{command} --silent --show-error --include"))

    def signed_raw(self, *words, given=b""):
        """Signs, and writes the request that comes out; status and body."""
        request = self.linklocal("sign", "--output", "raw", *words, given=given)
        with socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS) as connection:
            connection.sendall(request)
            return answer(connection)

    def presigned(self, *words):
        return self.linklocal("presign", *words).decode().strip()

    def curl(self, *words, given=b""):
        """Status and body."""
        return status_and_body(self.run("curl", "--silent", "--show-error", "--include", "--path-as-is", *words, given=given))

    def run(self, *command, given=b""):
        ran = subprocess.run([str(word) for word in command], input=given, env=self.environment, cwd=self.home,
                             capture_output=True, timeout=SECONDS, check=False)
        if ran.returncode != 0:
            said = (ran.stdout + ran.stderr).decode(errors="replace").strip()
            raise RuntimeError(f"{' '.join(map(str, command))[:300]} left with {ran.returncode}: {said[-1500:]}")
        return ran.stdout


def answer(connection):
    """All that comes, to the length that the answer names or to its end."""
    data = b""
    while True:
        head, found, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        if found and length and len(body) >= int(length[1]):
            return status_and_body(data)
        more = connection.recv(65536)
        if not more:
            return status_and_body(data)
        data += more


def status_and_body(data):
    while True:
        head, _, body = data.partition(b"\r\n\r\n")
        status = int(head.split(b" ")[1])
        if status != 100:
            return status, body
        data = body
