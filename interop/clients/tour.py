"""`docs/tour.md`, word for word: the unmodified AWS CLI, curl and boto3 in an empty directory, at the usual ports."""

import os
import pathlib
import shutil
import signal
import tempfile

import guide
import install as get
import namespace
from clients import aws_cli
from clients import boto3 as boto3_client

ROUTES, MODES = ("private",), ("page",)
PATIENT = True
PAGE = pathlib.Path(__file__).resolve().parent.parent.parent / "docs" / "tour.md"


def install(work):
    aws_cli.install(work)
    boto3_client.install(work)


def version(work):
    return f"AWS CLI {aws_cli.version(work)}"


def run_without_world(arguments, mode, check):
    namespace.ip("link", "set", "lo", "up")
    home = pathlib.Path(tempfile.mkdtemp(prefix="linklocal-tour-"))
    shell = guide.Shell(home, tools(arguments, home))
    page = PAGE.read_text()
    seen = {}
    try:
        for step in guide.steps(page):
            said = shell.run(step.command)
            different = guide.differences(step.shown, said)
            if different is not None:
                seen[step.line] = said
            check.holds(f"line {step.line}: {step.typed[0]}", different is None, different)
    finally:
        end(shell)
        shutil.rmtree(home, ignore_errors=True)
    if arguments.bless and seen:
        PAGE.write_text(guide.blessed(page, seen))


def tools(arguments, home):
    """The path on which a newcomer has everything: names, no more."""
    tools = pathlib.Path(tempfile.mkdtemp(prefix="linklocal-tour-tools-"))
    python = arguments.work / "python"
    for name, program in {"linklocal": arguments.binary, "aws": python / "awscli/bin/aws",
                          "python3": python / "boto3/bin/python"}.items():
        script = tools / name
        script.write_text(f"#!/bin/sh\nexec {program} \"$@\"\n")
        script.chmod(0o755)
    return f"{tools}:/usr/local/bin:/usr/bin:/bin"


def end(shell):
    """Ends the server with whatever else the page left running."""
    with open(f"/proc/{shell.bash.pid}/task/{shell.bash.pid}/children", encoding="ascii") as children:
        for child in children.read().split():
            os.kill(int(child), signal.SIGTERM)
    shell.close()
