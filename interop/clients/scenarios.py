"""`linklocal scenario grade`: its report says of boto3 and of the Rust SDK what is known of them.

boto3 goes on by version 1 when it gets no token, the Rust SDK never does; the Rust SDK shows a lost token again, boto3 asks
for a new one each time.
"""

import json
import subprocess

import install as get
from clients import boto3 as boto3_client
from world import clean_environment

ROUTES = ("run",)
PATIENT = True
CONFIG = '[[instance]]\nrole = "app-role"\nmetadata-options = {{ http-tokens = "{mode}" }}\n'
HEAD = 'name = "short"\nquestion = "what does it do"\nduration = "{duration}"\n' \
       '[credentials]\ninterval = "3s"\nlifetime = "12s"\n'
REFUSED = HEAD + '[[at]]\ntime = "0s"\nfor = "6s"\nstatus = 403\ntarget = "token"\n'
LOST = HEAD + '[[at]]\ntime = "5s"\nlose-tokens = true\n'


def install(work):
    boto3_client.install(work)
    get.rust(work)


def version(work):
    return f"boto3 {boto3_client.version(work)}"


def run_without_world(arguments, mode, check):
    home = arguments.work / "scenarios" / mode
    home.mkdir(parents=True, exist_ok=True)
    (home / "instance.toml").write_text(CONFIG.format(mode=mode))
    python = [arguments.work / "python" / "boto3" / "bin" / "python",
              get.HERE / "programs" / "every_second_boto3.py", "3"]
    rust = [arguments.work / "rust" / "debug" / "every-second"]

    report = grade(arguments, home, REFUSED.format(duration="12s"), python)
    check.equal("boto3 falls back", report["Fallback"]["Kind"], "Yes")
    check.holds("boto3 is well again with a token", report["Coverage"]["Sets"] >= 1, report["Coverage"])
    check.equal("boto3 is refused by version 1", "401" in report["Refused"], mode == "required")
    report = grade(arguments, home, LOST.format(duration="12s"), python)
    check.equal("tokens that boto3 repeats", report["Tokens"]["Repeated"], 0)

    report = grade(arguments, home, REFUSED.format(duration="12s"), rust)
    check.equal("the Rust SDK stands firm", report["Fallback"]["Kind"], "No")
    check.equal("and is well again", report["Courses"][0]["Met"]["Kind"], "Recovered")
    report = grade(arguments, home, LOST.format(duration="15s"), rust)
    check.holds("the Rust SDK repeats a lost token", report["Tokens"]["Repeated"] > 0, report["Tokens"])


def grade(arguments, home, scenario, client):
    (home / "scenario.toml").write_text(scenario)
    command = [arguments.binary, "scenario", "grade", "--json", "--config", home / "instance.toml",
               home / "scenario.toml", "--", *client]
    ran = subprocess.run([str(word) for word in command], env=clean_environment(home), stdin=subprocess.DEVNULL,
                         capture_output=True, timeout=120, check=False)
    if ran.returncode != 0:
        raise RuntimeError(f"grade left with {ran.returncode}: {ran.stderr.decode(errors='replace')[-2000:]}")
    return json.loads(ran.stdout)
