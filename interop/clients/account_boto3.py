"""The account's endpoints by boto3: every operation once, over HTTP and over HTTPS, each answer held to botocore's own model."""

import install as get
from account import Account, reported
from clients import boto3

ROUTES, MODES = ("batch",), ("http", "https")


def install(work):
    boto3.install(work)


def version(work):
    return boto3.version(work)


def run_without_world(arguments, mode, check):
    with Account(arguments) as account:
        python = arguments.work / "python" / "boto3" / "bin" / "python"
        url, more = (account.url, {}) if mode == "http" else (account.tls_url, {"AWS_CA_BUNDLE": account.bundle})
        reported(check, account.run(python, get.HERE / "programs" / "boto3_account.py", url, **more))
