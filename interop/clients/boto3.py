"""boto3: its default credential chain, and botocore's region lookup."""

import json

import install as get
from world import check_credentials

ROUTES = ("endpoint", "ipv4", "ipv6", "run", "run-user")
PACKAGES = ["boto3==1.44.5", "botocore==1.44.5"]


def install(work):
    get.python(work, "boto3", PACKAGES)


def version(_work):
    return PACKAGES[0].split("==")[1]


def run(world, check):
    before = world.counter("linklocal_metadata_no_token_total")
    python = world.work / "python" / "boto3" / "bin" / "python"
    seen = json.loads(world.run(python, get.HERE / "programs" / "boto3_program.py"))
    check.equal("calls by version 1", world.counter("linklocal_metadata_no_token_total") - before, 0)
    check.equal("provider", seen["method"], "iam-role")
    check.equal("region", seen["region"], world.expected["region"])
    check_credentials(world, check, seen)
