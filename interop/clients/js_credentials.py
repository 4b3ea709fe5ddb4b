"""JavaScript: `@smithy/credential-provider-imds`."""

import json

import install as get
from world import check_credentials

ROUTES = ("endpoint", "ipv4", "ipv6", "run", "run-user")


def install(work):
    get.node(work, "js")


def version(work):
    return package_version(work, "@smithy/credential-provider-imds")


def package_version(work, package):
    return json.loads((work / "node" / "js" / "node_modules" / package / "package.json").read_text())["version"]


def run(world, check):
    before = world.counter("linklocal_metadata_no_token_total")
    seen = json.loads(world.run("node", world.work / "node" / "js" / "credentials.mjs"))
    check.equal("calls by version 1", world.counter("linklocal_metadata_no_token_total") - before, 0)
    check_credentials(world, check, seen)
