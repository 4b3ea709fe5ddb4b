"""The AWS command line."""

import json

import install as get
from world import check_credentials

ROUTES = ("endpoint", "ipv4", "ipv6")
PACKAGES = ["awscli==1.46.3"]


def install(work):
    get.python(work, "awscli", PACKAGES)


def version(_work):
    return PACKAGES[0].split("==")[1]


def run(world, check):
    before = world.counter("linklocal_metadata_no_token_total")
    exported = json.loads(aws(world, "configure", "export-credentials", "--format", "process"))
    listed = rows(aws(world, "configure", "list"))
    check.equal("calls by version 1", world.counter("linklocal_metadata_no_token_total") - before, 0)
    check.equal("source of the access key", listed["access_key"][1], "iam-role")
    check.equal("end of the access key", listed["access_key"][0][-4:], exported["AccessKeyId"][-4:])
    check.equal("region and its source", listed["region"][:2], [world.expected["region"], "imds"])
    check_credentials(world, check, {**exported, "Token": exported["SessionToken"]})


def aws(world, *words):
    return world.run(world.work / "python" / "awscli" / "bin" / "aws", *words)


def rows(table):
    """The lines of `aws configure list` by their first column."""
    lines = [line.replace(" : ", " ").split() for line in table.splitlines()]
    return {line[0]: line[1:] for line in lines if line}
