"""A metadata client of our own, to know what the other clients should have seen.

It follows AWS's documentation and shares no code with the product.
"""

import base64
import http.client
import json
import urllib.parse

TOKEN_LIFE = 21600


class Metadata:
    """The metadata service at an address; one connection per request."""

    def __init__(self, url, timeout=5):
        parts = urllib.parse.urlsplit(url)
        self.host, self.port = parts.hostname, parts.port or 80
        self.timeout = timeout

    def request(self, method, path, headers=None):
        """Status, headers, body."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        try:
            connection.request(method, path, headers=headers or {})
            reply = connection.getresponse()
            return reply.status, dict(reply.getheaders()), reply.read()
        finally:
            connection.close()

    def token(self, life=TOKEN_LIFE):
        headers = {"X-aws-ec2-metadata-token-ttl-seconds": str(life)}
        status, _, body = self.request("PUT", "/latest/api/token", headers)
        if status != 200:
            raise RuntimeError(f"no token: status {status}")
        return body.decode("ascii")

    def get(self, path, token=None):
        """Status and body; `token` is one, or None for version 1."""
        headers = {} if token is None else {"X-aws-ec2-metadata-token": token}
        status, _, body = self.request("GET", path, headers)
        return status, body

    def text(self, path):
        """A value by version 2."""
        status, body = self.get(path, self.token())
        if status != 200:
            raise RuntimeError(f"GET {path}: status {status}")
        return body.decode()

    def credentials(self, role, token=None):
        """The role's document as a dictionary; without a token the set that version 1 callers get."""
        status, body = self.get(f"/latest/meta-data/iam/security-credentials/{role}", token)
        if status != 200:
            raise RuntimeError(f"credentials of {role}: status {status}")
        return json.loads(body)

    def crawl(self, root):
        """Every leaf under a directory: path relative to it, and its bytes."""
        token, leaves, waiting = self.token(), {}, [""]
        while waiting:
            directory = waiting.pop()
            status, body = self.get(root + directory, token)
            if status != 200:
                raise RuntimeError(f"GET {root}{directory}: listed, but status {status}")
            for entry in body.decode().split("\n"):
                path = directory + entry
                if path.startswith("public-keys/") and "=" in entry:
                    path = f"{directory}{entry.split('=')[0]}/"
                if path.endswith("/"):
                    waiting.append(path)
                    continue
                status, value = self.get(root + path, token)
                if status != 200:
                    raise RuntimeError(f"GET {root}{path}: listed, but status {status}")
                leaves[path] = value
        return leaves


def account_of(access_key_id):
    """The account number that an access key id encodes."""
    number = int.from_bytes(base64.b32decode(access_key_id[4:])[:6], "big")
    return f"{(number & 0x7FFFFFFFFF80) >> 7:012d}"
