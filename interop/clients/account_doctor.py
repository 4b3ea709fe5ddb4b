"""`linklocal doctor --account`: our account passes every attack; moto, with its authentication on, as a contrast."""

import json
import subprocess

import install as get
from account import Account
from clients import checked_by_moto as moto
from world import clean_environment

ROUTES, MODES = ("aws",), ("own", "strict", "moto")


def install(work):
    moto.install(work)


def version(work):
    return f"moto {moto.version(work)}"


def run_without_world(arguments, mode, check):
    moto.take_names([], make(arguments.work / "account-doctor" / mode))
    if mode == "moto":
        contrast(arguments, check)
        return
    with Account(arguments, *(strict(arguments) if mode == "strict" else [])) as account:
        status, said, told = account.run(account.binary, "doctor", "--account", "--json")
        judge(check, status, said, told, mode)
        left = json.loads(account.linklocal("account", "status", "--json")[1])
        check.equal("what is left of the attacks", [left[kind] for kind in ("Users", "Roles", "Groups", "Policies", "MfaDevices")],
                    [1, 1, 0, 0, 0])


def judge(check, status, said, told, mode):
    check.equal("it ends well", (status, told if status else ""), (0, ""))
    report = json.loads(said)
    for entry in report["Checks"]:
        wanted = ("pass", "warn") if entry["Kind"] == "advice" and mode == "own" else ("pass",)
        check.holds(entry["Id"], entry["Result"] in wanted, entry)
    check.holds("as many as there are", len(report["Checks"]) > 70, len(report["Checks"]))


def strict(arguments):
    """Signatures are good once."""
    config = make(arguments.work / "account-doctor" / "strict") / "linklocal.toml"
    config.write_text('[account]\nreplays = "refused"\n')
    return ["--config", str(config)]


def contrast(arguments, check):
    home = make(arguments.work / "account-doctor" / "moto")
    server = [arguments.work / "python" / "moto" / "bin" / "python", "-m", "moto.server"]
    running = subprocess.Popen([*server, "-H", "127.0.0.1", "-p", str(moto.PORT)], env=clean_environment(home),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        get.wait_for_port(moto.PORT)
        environment = {**clean_environment(home), "AWS_REGION": "us-east-1"}
        us = moto.keys(moto.Sender(arguments.binary, home, environment, moto.PORT).with_keys("AKIAANYBODY", "any"))
        moto.authenticate(True)
        (home / ".aws").mkdir(exist_ok=True)
        (home / ".aws" / "credentials").write_text(
            f"[moto]\naws_access_key_id = {us.environment['AWS_ACCESS_KEY_ID']}\n"
            f"aws_secret_access_key = {us.environment['AWS_SECRET_ACCESS_KEY']}\n")
        ran = subprocess.run([arguments.binary, "doctor", "--account", "--endpoint", moto.URL, "--profile", "moto", "--json"],
                             env=environment, cwd=home, capture_output=True, text=True, timeout=200, check=False)
        report = json.loads(ran.stdout)
        failed = {entry["Id"] for entry in report["Checks"] if entry["Result"] == "fail"}
        (home / "report.json").write_text(json.dumps(report, indent=1))
        check.equal("it finds fault", ran.returncode, 1)
        for known in KNOWN:
            check.holds(f"{known} fails at moto", known in failed, sorted(failed))
        check.holds("what moto does right is seen", any(entry["Result"] == "pass" for entry in report["Checks"]))
    finally:
        running.kill()
        running.wait()


def make(path):
    path.mkdir(parents=True, exist_ok=True)
    return path


# What moto 5.2.5 lets through, of what `docs/doctor.md` shows.
KNOWN = ["policies.condition-address", "policies.condition-mfa", "mfa.enable-by-wrong-codes", "mfa.code"]
