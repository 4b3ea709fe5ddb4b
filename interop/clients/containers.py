"""SDKs in a container: of an ECS task, by an id in the path, and of an EKS pod, by a token in a file.

Each finds the set that curl is given at the same endpoint, by whatever variables the agent's containers get.
"""

import datetime
import json

import imds
import install as get
from clients import aws_config, boto3, js_credentials
from world import EKS_V6, instant

ROUTES = ("endpoint", "ipv4", "ipv6", "run", "run-user")
# Containers ask for no token.
MODES = ("required",)
SET = ("AccessKeyId", "SecretAccessKey", "Token")


def install(work):
    for client in (boto3, js_credentials, aws_config):
        client.install(work)


def version(work):
    return "boto3, JS, Rust"


def run(world, check):
    before = world.counter('linklocal_metadata_credentials_granted_total{delivery="container"}')
    agents = ["eks"] if world.route == "ipv6" else ["ecs", "eks"]
    given = {agent: in_container(world, check, agent) for agent in agents}
    granted = world.counter('linklocal_metadata_credentials_granted_total{delivery="container"}') - before
    check.equal("sets handed out", granted, 4 * len(agents))
    wrong_proofs(world, check)
    if len(agents) == 2:
        check.equal("task and pod have the same session", given["ecs"]["AccessKeyId"], given["eks"]["AccessKeyId"])
        check.equal("role of the task", given["ecs"]["RoleArn"].rsplit("/", 1)[1], world.expected["role"])


def in_container(world, check, agent):
    variables, words = environment(world, agent), ("--container", agent)
    given = json.loads(world.run("sh", "-c", CURL, extra=variables, run_words=words))
    python = world.work / "python" / "boto3" / "bin" / "python"
    clients = {
        "boto3": (python, get.HERE / "programs" / "boto3_container_program.py"),
        "JavaScript": ("node", world.work / "node" / "js" / "container.mjs"),
        "Rust": (world.work / "rust" / "debug" / "aws-config-client", "container"),
    }
    for name, command in clients.items():
        seen = json.loads(world.run(*command, extra=variables, run_words=words))
        for member in SET:
            check.equal(f"{agent}, {name}: {member}", seen[member], given[member])
        check.equal(f"{agent}, {name}: Expiration", instant(seen["Expiration"]), instant(given["Expiration"]))
        if name == "boto3":
            check.equal(f"{agent}, {name}: provider", seen["method"], "container-role")
    own_session(world, check, agent, given)
    return given


def environment(world, agent):
    variables = world.container_environment(agent)
    if world.route == "ipv6":
        variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = f"http://[{EKS_V6}]/v1/credentials"
    return variables


def own_session(world, check, agent, given):
    """A set of its own, of the same account, for six hours."""
    metadata = world.metadata.credentials(world.expected["role"], world.metadata.token())
    check.holds(f"{agent}: not the metadata service's set", given["AccessKeyId"] != metadata["AccessKeyId"])
    check.equal(f"{agent}: account in AccessKeyId", imds.account_of(given["AccessKeyId"]),
                world.expected["account-id"])
    left = instant(given["Expiration"]) - datetime.datetime.now(datetime.timezone.utc)
    check.holds(f"{agent}: six hours at most, five at least", 5 < left.total_seconds() / 3600 < 6, str(left))


def wrong_proofs(world, check):
    """Neither a guessed id nor somebody else's token gets anything."""
    for agent, spoil in (("ecs", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"), ("eks", "AWS_CONTAINER_AUTHORIZATION_TOKEN")):
        if agent == "ecs" and world.route == "ipv6":
            continue
        variables, words = environment(world, agent), ("--container", agent)
        said = world.run("sh", "-c", WRONG[agent], extra=variables, run_words=words)
        check.equal(f"status of a wrong proof ({spoil})", said, "400")


# What SDKs do with the variables, in four lines of shell.
URL = ('url=${AWS_CONTAINER_CREDENTIALS_FULL_URI:-http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI}\n'
       'file=${AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:-/dev/null}\n')
CURL = URL + 'exec curl -sS -g --max-time 10 --fail -H "Authorization: $(cat "$file")" "$url"'
STATUS = 'exec curl -sS -g --max-time 10 -o /dev/null -w "%{http_code}" '
WRONG = {
    "ecs": URL + STATUS + '"${url%?}x"',
    "eks": URL + STATUS + '-H "Authorization: $(cat "$file")x" "$url"',
}
