"""What `credentials explain --as SDK` says, beside what those SDKs do: each scenario of the chain, resolved by the real ones.

The prediction is made twice: without asking anybody, and with `--probe`, by carrying out the SDK's own plan.
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
import install as get
import namespace
from clients import boto3

ROUTES, MODES = ("aws",), ("any",)
RANDOM, SEED = 70, 1
SDKS = ("boto3", "rust", "js")
SECONDS = 60


def install(work):
    boto3.install(work)
    get.rust(work)
    get.node(work, "js-chain")


def version(work):
    return f"boto3 {boto3.version(work)}"


def run_without_world(arguments, _mode, check):
    seed, count = int(os.environ.get("CHAIN_SEED", SEED)), int(os.environ.get("CHAIN_RANDOM", RANDOM))
    root = pathlib.Path(tempfile.mkdtemp(prefix="linklocal-chain-"))
    namespace.ip("link", "set", "lo", "up")
    cases = [Case(root / str(number), scenario) for number, scenario in enumerate(
        [*chain_scenarios.recorded(), *chain_scenarios.invented(seed, count)])]
    try:
        with agency.agency(), ThreadPoolExecutor(os.cpu_count()) as pool:
            seen = {"boto3": boto3_sees(arguments, cases),
                    "rust": pool.map(lambda case: case.sees(arguments.work / "rust/debug/resolves"), cases),
                    "js": pool.map(lambda case: case.sees("node", arguments.work / "node/js-chain/resolves.mjs"), cases)}
            predicted = pool.map(lambda case: case.predicted(arguments.binary), cases)
            for case, (offline, asked), *facts in zip(cases, predicted, *seen.values(), strict=True):
                for sdk, fact in zip(seen, facts, strict=True):
                    judge(check, f"{case.name} {sdk}", fact, offline[sdk], asked[sdk])
    finally:
        shutil.rmtree(root)


class Case:
    """A scenario, laid out in a home directory of its own."""

    def __init__(self, home, scenario):
        home.mkdir()
        self.name, self.profile = scenario["id"], scenario["profile"]
        self.has_tokens = chain_scenarios.has_tokens(scenario)
        self.env = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8",
                    **chain_scenarios.lay_out(home, scenario)}

    def sees(self, *program):
        """What a program prints that takes the profile as its word."""
        return printed([*program, *([] if self.profile is None else [self.profile])], self.env)

    def predicted(self, binary):
        """What we say, without and with asking."""
        words = [binary, "credentials", "explain", "--as", "all", "--json"]
        words += [] if self.profile is None else ["--profile", self.profile]
        return printed(words, self.env), printed([*words, "--probe"], self.env)


def boto3_sees(arguments, cases):
    """As many as may be in one process: most of its time goes by while it starts.

    botocore settles on the folder of cached tokens as it is imported: a process is for scenarios with the same tokens.
    """
    groups = [[case for case in cases if case.has_tokens == have] for have in (False, True)]
    seen = {}
    for group in filter(None, groups):
        given = "".join(json.dumps({"env": case.env, "profile": case.profile}) + "\n" for case in group)
        ran = subprocess.run([arguments.work / "python/boto3/bin/python", get.HERE / "programs/boto3_resolves.py"],
                             input=given, env={"PATH": os.environ["PATH"], "HOME": group[0].env["HOME"]}, text=True,
                             capture_output=True, start_new_session=True, timeout=SECONDS * 4, check=True)
        seen.update(zip((case.name for case in group), map(json.loads, ran.stdout.splitlines()), strict=True))
    return [seen[case.name] for case in cases]


def printed(words, env):
    ran = subprocess.run(words, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS,
                         start_new_session=True, check=False)
    if not ran.stdout:
        raise RuntimeError(f"{words}: left with {ran.returncode}: {ran.stderr.decode(errors='replace')[-1000:]}")
    return json.loads(ran.stdout)


def judge(check, what, seen, offline, asked):
    """The prediction against the fact."""
    # boto3 has no region where it has no session.
    if "region" in seen:
        check.equal(f"{what}: region", offline["region"], seen["region"])
    resolved = seen["akid"] is not None
    # SDKs sign for an empty region or with an empty secret, and the agency takes it; AWS does not, and we make no such
    # signature.
    unsigned = "cannot be signed: " in (asked["error"] or "")
    if not unsigned:
        check.equal(f"{what}: whether it ends well, asked", asked["outcome"] == "resolved", resolved)
    if resolved and not unsigned:
        check.equal(f"{what}: key, asked", asked["access_key_id"], seen["akid"])
        check.equal(f"{what}: token, asked", asked["session_token"], bool(seen["token"]))
    if resolved:
        check.equal(f"{what}: whether it ends well", offline["outcome"], "resolved")
    if offline["outcome"] != "resolved":
        check.holds(f"{what}: fails as predicted", not resolved, seen)
    if offline["access_key_id"] is not None:
        check.equal(f"{what}: key", offline["access_key_id"], seen["akid"])
