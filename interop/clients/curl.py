"""curl, by the commands of AWS's user guide ("Retrieve instance metadata")."""

import json

import install as get

ROUTES = ("endpoint", "ipv4", "ipv6", "run", "run-user")

TOKEN_HEADER = "X-aws-ec2-metadata-token"
LIFE_HEADER = "X-aws-ec2-metadata-token-ttl-seconds: 21600"


def install(_work):
    get.sh("curl", "--version")


def version(_work):
    return get.sh("curl", "--version").split()[1]


def run(world, check):
    token = curl(world, "-X", "PUT", "-H", LIFE_HEADER, path="/latest/api/token")
    check.equal("token length", len(token), 56)
    for path, wanted in leaves(world).items():
        check.equal(path, curl(world, "-H", f"{TOKEN_HEADER}: {token}", path=path), wanted)
    check.equal("user data", curl(world, "-H", f"{TOKEN_HEADER}:{token}", path="/latest/user-data"),
                world.expected["user-data"])
    version_1(world, check)
    refusals(world, check, token)
    credentials(world, check, token)


def leaves(world):
    wanted = world.expected
    return {
        "/latest/meta-data/instance-id": wanted["instance-id"],
        "/latest/meta-data/placement/region": wanted["region"],
        "/latest/meta-data/placement/availability-zone/": wanted["availability-zone"],
        "/latest/meta-data/local-ipv4": wanted["private-ip"],
        "/latest/meta-data/public-ipv4": wanted["public-ip"],
        "/latest/meta-data/ipv6": wanted["ipv6"],
        "/latest/meta-data/iam/security-credentials/": wanted["role"],
        "/latest/meta-data/tags/instance": "Name\nteam",
        "/2021-03-23/meta-data/mac": wanted["mac"],
    }


def version_1(world, check):
    status = curl(world, "-o", "/dev/null", "-w", "%{http_code}", path="/latest/meta-data/instance-id")
    check.equal("status without a token", status, "200" if world.mode == "optional" else "401")
    if world.mode == "optional":
        check.equal("value without a token", curl(world, path="/latest/meta-data/instance-id"),
                    world.expected["instance-id"])


def refusals(world, check, token):
    status = ("-o", "/dev/null", "-w", "%{http_code}")
    good = ("-H", f"{TOKEN_HEADER}: {token}")
    for what, words, path, wanted in (
        ("forwarded token request", ("-X", "PUT", "-H", LIFE_HEADER, "-H", "X-Forwarded-For: 10.0.0.1"),
         "/latest/api/token", "403"),
        ("token request without a life", ("-X", "PUT"), "/latest/api/token", "400"),
        ("bad token", ("-H", f"{TOKEN_HEADER}: {token[:-3]}x=="), "/latest/meta-data/", "401"),
        ("unknown category", good, "/latest/meta-data/nothing", "404"),
        ("POST", (*good, "-X", "POST"), "/latest/meta-data/", "403"),
        ("HEAD", (*good, "-I"), "/latest/meta-data/instance-id", "200"),
    ):
        check.equal(f"status of {what}", curl(world, *words, *status, path=path), wanted)


def credentials(world, check, token):
    path = f"/latest/meta-data/iam/security-credentials/{world.expected['role']}"
    text = curl(world, "-H", f"{TOKEN_HEADER}: {token}", path=path)
    check.equal("the set for version 2", json.loads(text),
                world.metadata.credentials(world.expected["role"], world.metadata.token()))
    check.equal("asked twice, the same text", curl(world, "-H", f"{TOKEN_HEADER}: {token}", path=path), text)


def curl(world, *words, path):
    return world.run("curl", "-sS", "-g", "--max-time", "10", *words, world.url + path)
