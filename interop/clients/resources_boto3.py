"""EC2, Service Quotas, CloudTrail and S3 by boto3: every operation, over HTTP and over HTTPS, each answer held to botocore's own model."""

import json

import install as get
import namespace
from account import Account, reported
from clients import boto3

ROUTES, MODES = ("aws",), ("http", "https")
NAMES = ["s3.localhost", "interop-objects.s3.localhost"]
PATIENT = True


def install(work):
    boto3.install(work)


def version(work):
    return boto3.version(work)


def run_without_world(arguments, mode, check):
    with Account(arguments) as account:
        namespace.take_names(NAMES, account.home)
        python = arguments.work / "python" / "boto3" / "bin" / "python"
        url, more = (account.url, {}) if mode == "http" else (account.tls_url, {"AWS_CA_BUNDLE": account.bundle})
        reported(check, account.run(python, get.HERE / "programs" / "boto3_resources.py", url, **more))
        decided(account, check)
        # The certificate is for addresses, not for the names of buckets.
        reported(check, account.run(python, get.HERE / "programs" / "boto3_objects.py", account.url))


def decided(account, check):
    """The request that the program left open."""
    status, said, told = account.linklocal("quota", "requests", "--json")
    check.equal("one request is open", (status, told), (0, ""))
    opened = [one for one in json.loads(said)["RequestedQuotas"] if one["Status"] in ("PENDING", "CASE_OPENED")]
    check.equal("what it is for", [one["DesiredValue"] for one in opened], [2000])
    status, said, told = account.linklocal("quota", "approve", opened[0]["Id"])
    check.equal("it is approved", (status, told), (0, ""))
