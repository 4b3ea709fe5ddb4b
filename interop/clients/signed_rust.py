"""The Rust SDK signs, this product verifies: calls of STS, one a second, to the port that the program knows."""

import subprocess
import time

import install as get
from clients import aws_config
from witness import MODES, Witness

ROUTES = ("aws",)
SECONDS = 20


def install(work):
    get.rust(work)


def version(work):
    return aws_config.version(work)


def run_without_world(arguments, mode, check):
    with Witness(arguments, mode, check, ["sts.us-east-1.amazonaws.com"]) as witness:
        program = subprocess.Popen([arguments.work / "rust" / "debug" / "every-second"], env=witness.environment(),
                                   stderr=subprocess.DEVNULL)
        try:
            witness.wait_for(2, SECONDS)
        finally:
            program.kill()
            program.wait()
        witness.judge("calls", least=2)
        check.equal("kinds", witness.kinds(), {"sts header AWS4-HMAC-SHA256 hashed"})
