"""Sessions with MFA, from an STS that checks signatures, limits and codes: ours beside the AWS CLI's, and what boto3 makes of ours.

The device is one of ours: its seed lies in the encrypted file. Codes count once; the AWS CLI shows that the STS knows that.
"""

import concurrent.futures
import json
import pathlib
import shutil
import subprocess
import tempfile
import time

import install as get
import namespace
from clients import aws_cli, boto3
from lender import ACCOUNT, DEVICE, USER, Lender
from world import clean_environment, instant

ROUTES, MODES = ("aws",), ("login", "together")
PATIENT = True
PORT, REGION, PROCESSES, SECONDS = 18997, "eu-central-1", 50, 100


def install(work):
    for client in (boto3, aws_cli):
        client.install(work)


def version(work):
    return f"boto3 {boto3.version(work)}"


def run_without_world(arguments, mode, check):
    namespace.ip("link", "set", "lo", "up")
    home = pathlib.Path(tempfile.mkdtemp(prefix="linklocal-mfa-"))
    try:
        with Lender(PORT) as lender:
            {"login": login, "together": together}[mode](User(arguments, home, lender), check)
    finally:
        shutil.rmtree(home)


class User:
    """A home with long-term keys, and a device whose seed is kept by us."""

    def __init__(self, arguments, home, lender):
        self.binary, self.work, self.home, self.lender = arguments.binary, arguments.work, home, lender
        self.environment = {**clean_environment(home), "AWS_ENDPOINT_URL_STS": lender.url, "LINKLOCAL_VAULT": "file",
                            "LINKLOCAL_VAULT_PASSPHRASE_FILE": str(home / "passphrase")}
        (home / "passphrase").write_text("correct horse battery staple")
        (home / "passphrase").chmod(0o600)
        aws = home / ".aws"
        aws.mkdir()
        self.config = aws / "config"
        self.config.write_text(f"[profile user]\nregion = {REGION}\nmfa_serial = {DEVICE}\n")
        self.credentials = aws / "credentials"
        self.credentials.write_text(f"[user]\naws_access_key_id = {lender.user.key_id}\n"
                                    f"aws_secret_access_key = {lender.user.secret}\n")

    def linklocal(self, *words, given=""):
        return self.run(self.binary, *words, given=given)

    def run(self, *command, given="", **variables):
        ran = subprocess.run([str(word) for word in command], env={**self.environment, **variables}, input=given, text=True,
                             capture_output=True, timeout=SECONDS, check=False, start_new_session=True)
        return ran.returncode, ran.stdout, ran.stderr

    def aws(self, *words):
        return self.run(self.work / "python/awscli/bin/aws", *words, "--endpoint-url", self.lender.url, "--region", REGION,
                        "--output", "json")


def login(user, check):
    lender = user.lender
    # The code of the half minute before is good for as long as this one lasts.
    gone = time.time() % 30
    time.sleep(30 - gone if gone > 15 else 0)
    code = lender.code(int(time.time()) // 30 - 1)
    words = ("sts", "get-session-token", "--profile", "user", "--serial-number", DEVICE, "--token-code")
    status, said, _ = user.aws(*words, code)
    check.equal("the AWS CLI gets a session by a code", (status, "ASIA" in said), (0, True))
    status, _, said = user.aws(*words, code)
    check.holds("the code counts once", status != 0 and "invalid MFA one time pass code" in said, said)
    check.equal("the seed is kept", user.linklocal("mfa", "add", DEVICE, given=lender.base32)[0], 0)

    user.config.write_text(user.config.read_text() + "mfa_source = totp\n")
    status, said, told = user.linklocal("mfa", "login", "--profile", "user", "--json")
    check.equal("mfa login", (status, told if status else ""), (0, ""))
    check.equal("one session of ours", lender.count("GetSessionToken"), 3)
    asked = lender.calls[-1][2]
    check.equal("what was asked", sorted(asked), ["Action", "DurationSeconds", "SerialNumber", "TokenCode", "Version"])
    for secret in (lender.user.secret, lender.base32):
        check.holds("no secret is shown", secret not in said + told)

    python = user.work / "python" / "boto3" / "bin" / "python"
    status, said, told = user.run(python, "-c", WHO, lender.url, AWS_PROFILE="mfa")
    check.equal("boto3 with the profile", (status, said.strip() or told), (0, f"{USER} {REGION}"))
    status, said, _ = user.linklocal("credentials", "explain", "--profile", "mfa", "--as", "all", "--json")
    picks = json.loads(said)
    check.equal("all SDKs read the profile's session", {pick["session_token"] for pick in picks.values()}, {True})
    status, _, said = user.linklocal("mfa", "login", "--profile", "mfa", "--profile-out", "other", "--serial-number", DEVICE,
                                     "--token-code", "123456")
    check.holds("a session gets no session, and is told why", status == 1 and "session" in said, said)
    end = max(keys.end for keys in lender.lent.values() if keys.end)
    written = user.credentials.read_text()
    check.holds("the end is written", any(abs(instant(line.split("=")[1].strip()).timestamp() - end) < 2
                                          for line in written.splitlines() if "expir" in line), written.count("\n"))
    check.holds("the user's keys stand", lender.user.secret in written)


def together(user, check):
    """Fifty programs want a role that asks for MFA: one question, one session, fifty sets of keys."""
    questions = user.home / "questions"
    asker = user.home / "ask.sh"
    asker.write_text(f"#!/bin/sh\necho asked >> {questions}\nexec {user.binary} mfa code {DEVICE} --wait\n")
    asker.chmod(0o700)
    check.equal("the seed is kept", user.linklocal("mfa", "add", DEVICE, given=user.lender.base32)[0], 0)
    user.config.write_text(user.config.read_text() + ROLE.format(command=asker))
    with concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
        ran = list(pool.map(lambda _: user.linklocal("credentials", "process", "--profile", "shared"), range(PROCESSES)))
    failed = [said for status, _, said in ran if status != 0]
    check.equal("those that failed", failed, [])
    check.equal("questions", questions.read_text().count("asked"), 1)
    check.equal("sessions", user.lender.count("GetSessionToken"), 1)
    check.equal("roles", user.lender.count("AssumeRole"), 1)
    check.equal("keys", len({json.loads(out)["AccessKeyId"] for _, out, _ in ran if out}), 1)
    check.equal("what STS refused", user.lender.refusals, [])


WHO = """
import sys, boto3
session = boto3.Session()
print(session.client("sts", endpoint_url=sys.argv[1]).get_caller_identity()["Arn"], session.region_name)
"""
ROLE = f"""
[profile shared]
region = {REGION}
role_arn = arn:aws:iam::{ACCOUNT}:role/shared
source_profile = user
mfa_serial = {DEVICE}
mfa_session = shared
mfa_source = command
mfa_command = {{command}}
"""
