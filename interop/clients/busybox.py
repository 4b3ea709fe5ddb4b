"""busybox's `nc`, from Debian: a program that is linked statically, so that no library could be put before its calls."""

import json
import subprocess

import install as get
from world import LINK_LOCAL_V4, check_credentials

ROUTES = ("ipv4", "run", "run-user")
MODES = ("required",)


def install(work):
    get.debian(work, "busybox-static")


def version(work):
    return get.debian_version(work / "debian" / "busybox-static")


def run(world, check):
    linked = subprocess.run(["ldd", binary(world)], capture_output=True, check=False)
    said = (linked.stdout + linked.stderr).decode()
    check.holds("it is linked statically", "not a dynamic executable" in said or "statically linked" in said, said)
    status, token = ask(world, "PUT /latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds: 60")
    check.equal("status of the token request", status, "200")
    header = f"X-aws-ec2-metadata-token: {token}"
    for name, path in (("instance-id", "instance-id"), ("region", "placement/region")):
        check.equal(name, ask(world, f"GET /latest/meta-data/{path}", header), ("200", world.expected[name]))
    check.equal("without a token", ask(world, "GET /latest/meta-data/instance-id"), ("401", ""))
    path = f"/latest/meta-data/iam/security-credentials/{world.expected['role']}"
    check_credentials(world, check, json.loads(ask(world, f"GET {path}", header)[1]))


def ask(world, line, *headers):
    """Status and body."""
    request = "\\r\\n".join([f"{line} HTTP/1.1", f"Host: {LINK_LOCAL_V4}", *headers, "", ""])
    script = f'printf "{request}" | "$0" nc -w 10 {LINK_LOCAL_V4} 80'
    head, _, body = world.run("sh", "-c", script, binary(world)).partition("\r\n\r\n")
    return head.split(" ")[1], body


def binary(world):
    return world.work / "debian" / "busybox-static" / "bin" / "busybox"
