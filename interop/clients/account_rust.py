"""The account's endpoints by the Rust SDK: STS and IAM's flows."""

import install as get
from account import Account, reported
from clients import aws_config

ROUTES, MODES = ("batch",), ("http",)


def install(work):
    get.rust(work)


def version(work):
    return aws_config.version(work)


def run_without_world(arguments, mode, check):
    with Account(arguments) as account:
        reported(check, account.run(account.work / "rust" / "debug" / "account-flows", account.url))
