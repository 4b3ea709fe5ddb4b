"""The AWS command line, version 2, signs, this product verifies."""

from clients import aws_cli_2, signed_aws_cli
from witness import Witness

ROUTES = signed_aws_cli.ROUTES
MODES = ("long-term",)


def install(work):
    aws_cli_2.install(work)


def version(work):
    return aws_cli_2.version(work)


def run_without_world(arguments, mode, check):
    modules = arguments.work / "debian" / "awscli" / "usr/lib/python3/dist-packages"
    python = arguments.work / "python" / "awscli-2" / "bin" / "python"
    with Witness(arguments, mode, check, signed_aws_cli.NAMES) as witness:
        signed_aws_cli.observe(witness, [python, "-m", "awscli"], {"PYTHONPATH": str(modules)})
