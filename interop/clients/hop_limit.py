"""The hop limit over a real route: server, router and client in three network namespaces.

    server ── router ── client         169.254.169.254 and fd00:ec2::254 live on the server

The router is one hop from the server, the client two. With a limit of 1 the client's token request is delivered and its
answer dies at the router, as on EC2; all other answers arrive.
"""

import json
import sys

import install as get
import namespace
from world import LINK_LOCAL_V4, LINK_LOCAL_V6, World

ROUTES = ("routed",)
PATIENT = True
URLS = {"IPv4": f"http://{LINK_LOCAL_V4}", "IPv6": f"http://[{LINK_LOCAL_V6}]"}
PROGRAM = get.HERE / "programs" / "hop_program.py"


def install(_work):
    for program in ("ip", "nsenter", "unshare"):
        get.sh(program, "-V" if program == "ip" else "--version")


def version(_work):
    return "Linux " + get.sh("uname", "-r").strip()


def run_without_world(arguments, mode, check):
    server, client = namespace.Host(), namespace.Host()
    try:
        connect(server, client)
        for limit in (1, 2):
            world = World(arguments.binary, arguments.work, mode, "ipv4", hop_limit=limit, prefix=server.enter)
            try:
                observe(world, client, limit, check)
            finally:
                world.close()
    finally:
        client.close()
        server.close()


def connect(server, client):
    """We are the router."""
    namespace.ip("link", "set", "lo", "up")
    namespace.forward_packets()
    for host, near, subnet in ((server, "toserver", 1), (client, "toclient", 2)):
        namespace.ip("link", "add", "name", near, "type", "veth", "peer", "name", "uplink", "netns",
                     str(host.holder.pid))
        namespace.ip("addr", "add", f"10.99.{subnet}.1/24", "dev", near)
        namespace.ip("-6", "addr", "add", f"fd99:{subnet}::1/64", "dev", near, "nodad")
        namespace.ip("link", "set", near, "up")
        host.ip("addr", "add", f"10.99.{subnet}.2/24", "dev", "uplink")
        host.ip("-6", "addr", "add", f"fd99:{subnet}::2/64", "dev", "uplink", "nodad")
        host.ip("link", "set", "uplink", "up")
        host.ip("route", "add", "default", "via", f"10.99.{subnet}.1")
        host.ip("-6", "route", "add", "default", "via", f"fd99:{subnet}::1")
    server.ip("addr", "add", f"{LINK_LOCAL_V4}/32", "dev", "lo")
    server.ip("-6", "addr", "add", f"{LINK_LOCAL_V6}/128", "dev", "lo", "nodad")
    namespace.ip("route", "add", f"{LINK_LOCAL_V4}/32", "via", "10.99.1.2")
    namespace.ip("-6", "route", "add", f"{LINK_LOCAL_V6}/128", "via", "fd99:1::2")


def observe(world, client, limit, check):
    for family, url in URLS.items():
        near = seen_from([], url)
        far = seen_from(client.enter, url)
        what = f"{family}, limit {limit}"
        check.equal(f"{what}: one hop away, token", near["token"], "56 characters")
        check.equal(f"{what}: two hops away, token", far["token"], "56 characters" if limit == 2 else "timeout")
        check.equal(f"{what}: one hop away, token then GET on one connection", near["kept"],
                    world.expected["instance-id"])
        if limit == 2:
            check.equal(f"{what}: two hops away, token then GET on one connection", far["kept"],
                        world.expected["instance-id"])
        # A GET needs no short life: it arrives from afar whatever the limit.
        for place, seen in (("one hop", near), ("two hops", far)):
            check.equal(f"{what}: {place} away, GET without token", seen["get"],
                        world.expected["instance-id"] if world.mode == "optional" else "status 401")


def seen_from(enter, url):
    ran = get.sh(*enter, sys.executable, PROGRAM, url)
    return json.loads(ran)
