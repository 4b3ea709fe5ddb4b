"""What `credentials explain --as` says of the AWS command lines, beside what they do: version 1 from PyPI, 2 from Debian.

Version 1 shares botocore's chain and is asked who it is, with a request that tells whose key signed it. Version 2 exports
its credentials; Debian's release knows no endpoint variables, so it gets the scenarios that ask nobody on a network.
"""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

import agency
import chain_scenarios
import namespace
from clients import aws_cli, aws_cli_2
from clients.chain import SECONDS, Case, printed

ROUTES, MODES = ("aws",), ("any",)
RANDOM, SEED = 10, 2
REGION = "us-east-1"
ASKS_NOBODY = {"environment", "shared-credentials-file", "config-file", "custom-process", "ec2-credentials-file",
               "boto-config", None}
# What Debian's release does not know yet: files with a container's token, and that STS has no region of last resort.
NEWER = {"container-token-file-newline", "container-token-file-missing", "role-no-region"}


def install(work):
    aws_cli.install(work)
    aws_cli_2.install(work)


def version(work):
    return f"{aws_cli.version(work)}, {aws_cli_2.version(work)}"


def run_without_world(arguments, _mode, check):
    root = pathlib.Path(tempfile.mkdtemp(prefix="linklocal-chain-"))
    namespace.ip("link", "set", "lo", "up")
    cases = [Case(root / str(number), scenario) for number, scenario in enumerate(
        [*chain_scenarios.recorded(), *chain_scenarios.invented(SEED, RANDOM)])]
    try:
        with agency.agency(), ThreadPoolExecutor(os.cpu_count()) as pool:
            for judged in pool.map(lambda case: (judge_1(arguments, case), judge_2(arguments, case)), cases):
                for what, got, wanted in filter(None, judged):
                    check.equal(what, got, wanted)
    finally:
        shutil.rmtree(root)
    check.holds("version 2 got scenarios", check.made > len(cases) + 20, check.made)


def judge_1(arguments, case):
    """Whose key signs, and whose we say it is, asked."""
    program = arguments.work / "python/awscli/bin/aws"
    ran = run([program, "sts", "get-caller-identity", "--region", REGION, "--output", "json", *profile(case)], case.env)
    if b"SSO token provider" in ran.stderr:
        # Its client looks for a bearer token before it looks for keys, and stops where the session is missing.
        return None
    seen = json.loads(ran.stdout)["Arn"] if ran.returncode == 0 else None
    return f"{case.name} version 1", predicted(arguments, case, "boto3", "--region", REGION, "--probe"), seen


def judge_2(arguments, case):
    """What it exports, and what we say."""
    said = explain(arguments, case, "cli2")
    if said["source"] not in ASKS_NOBODY or case.name in NEWER:
        return None
    modules = arguments.work / "debian/awscli/usr/lib/python3/dist-packages"
    ran = run([arguments.work / "python/awscli-2/bin/python", "-m", "awscli", "configure", "export-credentials",
               *profile(case)], {**case.env, "PYTHONPATH": str(modules), "AWS_PAGER": ""})
    seen = json.loads(ran.stdout)["AccessKeyId"] if ran.returncode == 0 else None
    return f"{case.name} version 2", predicted(arguments, case, "cli2", "--probe"), seen


def predicted(arguments, case, sdk, *words):
    said = explain(arguments, case, sdk, *words)
    return said["access_key_id"] if said["outcome"] == "resolved" else None


def explain(arguments, case, sdk, *words):
    return printed([arguments.binary, "credentials", "explain", "--as", sdk, "--json", *words, *profile(case)], case.env)


def profile(case):
    return [] if case.profile is None else ["--profile", case.profile]


def run(words, env):
    return subprocess.run(words, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS,
                          start_new_session=True, check=False)
