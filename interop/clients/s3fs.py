"""s3fs, from Debian, which reads the name of its role without a token: the version 1 finder has to name it.

It mounts before it asks, so it needs root and a mount namespace; its bucket is at a port where nobody listens, which ends
it after its metadata calls.
"""

import json

import install as get

ROUTES = ("ipv4", "run")
PACKAGES = ("s3fs", "libfuse2")


def install(work):
    get.sh("test", "-c", "/dev/fuse")
    for package in PACKAGES:
        get.debian(work, package)


def version(work):
    return get.debian_version(work / "debian" / "s3fs")


def run(world, check):
    mount = world.home / "mount"
    mount.mkdir()
    libraries = world.work / "debian" / "libfuse2" / "lib/x86_64-linux-gnu"
    options = "iam_role=auto,url=http://127.0.0.1:1,retries=1,connect_timeout=2,dbglevel=info"
    ended = world.attempt("unshare", "--mount", world.work / "debian" / "s3fs" / "usr/bin/s3fs", "bucket", mount,
                          "-f", "-o", options, extra={"LD_LIBRARY_PATH": str(libraries)})
    said = (ended.stdout + ended.stderr).decode(errors="replace")
    check.holds("it asked for the role's name", "Get IAM Role name" in said, said[-500:])
    check.equal("it found the role", f'IAM role name response = "{world.expected["role"]}"' in said,
                world.mode == "optional")
    finder(world, check)


def finder(world, check):
    """The finder names the program, and only it."""
    found = json.loads(world.linklocal("instance", "callers", "--v1", "--json"))["Findings"]
    check.equal("programs found", [(one["Program"].rsplit("/", 1)[-1], one["Version"]) for one in found],
                [("s3fs", "1.90")])
    check.holds("it says what to do", found and found[0]["Advice"], str(found))
    text = world.linklocal("instance", "callers", "--v1")
    check.holds("one line names it", sum("s3fs" in line for line in text.splitlines()) >= 1, text)
