"""A Java program on the JDK's own HTTP client and its older `HttpURLConnection`: sockets of two further kinds."""

import json

import install as get
from world import check_credentials

ROUTES = ("ipv4", "run", "run-user")
MODES = ("required",)
PROGRAM = get.HERE / "programs" / "MetadataProgram.java"


def install(work):
    home = work / "java"
    home.mkdir(parents=True, exist_ok=True)
    get.sh("javac", "-d", home, PROGRAM)


def version(_work):
    return get.sh("javac", "-version").split()[1]


def run(world, check):
    for kind in ("client", "connection"):
        said = world.run("java", "-cp", world.work / "java", "MetadataProgram", kind, world.expected["role"])
        seen = said.splitlines()
        check.equal(f"{kind}: instance id", seen[0], world.expected["instance-id"])
        check_credentials(world, check, json.loads("".join(seen[1:])))
