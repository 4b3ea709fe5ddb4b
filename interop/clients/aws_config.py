"""Rust: `aws-config`, its metadata client, credential and region providers, and its default chain."""

import json
import re

import install as get
from world import check_credentials

ROUTES = ("endpoint", "ipv4", "ipv6", "run", "run-user")


def install(work):
    get.rust(work)


def version(_work):
    manifest = (get.HERE / "rust" / "Cargo.toml").read_text()
    return re.search(r'aws-config = .*?"=([0-9.]+)"', manifest).group(1)


def run(world, check):
    before = world.counter("linklocal_metadata_no_token_total")
    seen = json.loads(world.run(world.work / "rust" / "debug" / "aws-config-client"))
    check.equal("calls by version 1", world.counter("linklocal_metadata_no_token_total") - before, 0)
    check.equal("instance id", seen["InstanceId"], world.expected["instance-id"])
    check.equal("region of the region provider", seen["ProviderRegion"], world.expected["region"])
    check.equal("region of the default chain", seen["ChainRegion"], world.expected["region"])
    check.equal("key of the default chain", seen["ChainAccessKeyId"], seen["AccessKeyId"])
    check_credentials(world, check, seen)
