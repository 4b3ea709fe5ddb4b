"""Amazon's `ec2-metadata` script, from Debian. It knows one address, 169.254.169.254, and asks with double slashes."""

import install as get

ROUTES = ("ipv4", "run", "run-user")


def install(work):
    get.debian(work, "amazon-ec2-utils")


def version(work):
    return get.debian_version(work / "debian" / "amazon-ec2-utils")


def run(world, check):
    before = world.counter("linklocal_metadata_no_token_total")
    script = world.work / "debian" / "amazon-ec2-utils" / "usr/bin/ec2-metadata"
    said = world.run("bash", script, "--all")
    check.equal("calls by version 1", world.counter("linklocal_metadata_no_token_total") - before, 0)
    seen = dict(line.split(": ", 1) for line in said.splitlines() if ": " in line)
    for name, wanted in leaves(world).items():
        check.equal(name, seen.get(name), wanted)
    for name in ("reservation-id", "security-groups", "local-hostname", "public-hostname"):
        check.holds(f"{name} is there", seen.get(name) not in (None, "", "not available"), str(seen.get(name)))
    for line in (f"keyname:{world.expected['key-name']}", "index:0", "format:openssh-key"):
        check.holds(line, line in said.splitlines(), said)
    check.holds("the tag Name", "Name: interop" in said, said)


def leaves(world):
    return {
        "instance-id": world.expected["instance-id"],
        "instance-type": world.expected["instance-type"],
        "ami-id": world.expected["image-id"],
        "ami-launch-index": "0",
        "placement": world.expected["availability-zone"],
        "local-ipv4": world.expected["private-ip"],
        "public-ipv4": world.expected["public-ip"],
        "user-data": world.expected["user-data"].splitlines()[0],
        # What a Nitro instance does not have.
        "kernel-id": "not available",
        "ramdisk-id": "not available",
    }
