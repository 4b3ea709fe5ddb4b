"""JavaScript: `@aws-sdk/ec2-metadata-service`, which starts every path with two slashes."""

import json

from clients import js_credentials

ROUTES = ("endpoint", "ipv4", "ipv6", "run", "run-user")


def install(work):
    js_credentials.install(work)


def version(work):
    return js_credentials.package_version(work, "@aws-sdk/ec2-metadata-service")


def run(world, check):
    wanted = {
        "/latest/meta-data/instance-id": world.expected["instance-id"],
        "/latest/meta-data/placement/region": world.expected["region"],
        "/latest/meta-data/local-ipv4": world.expected["private-ip"],
        "/latest/meta-data/iam/security-credentials/": world.expected["role"],
        "/latest/meta-data/tags/instance/Name": "interop",
        "/latest/user-data": world.expected["user-data"],
    }
    before = world.counter("linklocal_metadata_no_token_total")
    seen = json.loads(world.run("node", world.work / "node" / "js" / "metadata.mjs", *wanted))
    check.equal("calls by version 1", world.counter("linklocal_metadata_no_token_total") - before, 0)
    check.equal("token length", len(seen["token"]), 56)
    for path, value in wanted.items():
        check.equal(path, seen["values"][path], value)
