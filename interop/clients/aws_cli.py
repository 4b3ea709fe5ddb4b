"""The AWS command line, version 1: what it says of its credentials, and a request that it signs with them.

It does not ask the metadata service for a region, on EC2 either; version 2 does (`aws_cli_2.py`).
"""

import install as get
from bucketeer import Bucketeer, check_signer

ROUTES = ("endpoint", "ipv4", "ipv6", "run", "run-user")
PACKAGES = ["awscli==1.46.3"]


def install(work):
    get.python(work, "awscli", PACKAGES)


def version(_work):
    return PACKAGES[0].split("==")[1]


def run(world, check):
    observe(world, check, command(world), regions=["--region", world.expected["region"]])


def command(world):
    def aws(*words):
        return world.run(world.work / "python" / "awscli" / "bin" / "aws", *words)
    return aws


def observe(world, check, aws, regions):
    """What both versions have to show; `regions` are the words that name one, where it is not found."""
    before = world.counter("linklocal_metadata_no_token_total")
    wanted = world.metadata.credentials(world.expected["role"], world.metadata.token())
    listed = rows(aws("configure", "list"))
    for name, value in (("access_key", wanted["AccessKeyId"]), ("secret_key", wanted["SecretAccessKey"])):
        check.equal(f"{name}: its end and its source", listed[name][:2], [f"****************{value[-4:]}", "iam-role"])
    with Bucketeer(wanted["SecretAccessKey"]) as s3:
        said = aws("s3api", "list-buckets", "--endpoint-url", s3.url, *regions)
    check.equal("calls by version 1", world.counter("linklocal_metadata_no_token_total") - before, 0)
    check.holds("it lists the bucket", "interop-bucket" in said, said)
    check_signer(check, s3, wanted, world.expected["region"])
    return listed


def rows(table):
    """The lines of `aws configure list` by their first column."""
    lines = [line.replace(" : ", " ").split() for line in table.splitlines()]
    return {line[0]: line[1:] for line in lines if line}
