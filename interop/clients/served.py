"""Programs that find real credentials by `credentials serve`, `run --profile` and `exec --refresh`: as on an instance, in a
container, in a container's network, in a function.

The sessions come from a strict STS beside us. Each client's keys are used: whoever asks STS who it is has to be the role. Under
load no answer may bear a set that has ended, across three renewals at least.
"""

import datetime
import json
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import imds
import install as get
import namespace
from bucketeer import Bucketeer, check_signer
from clients import aws_cli, aws_cli_2, aws_config, boto3, js_credentials, rclone
from lender import ACCOUNT, Lender
from world import ECS_V4, LINK_LOCAL_V4, clean_environment, instant

ROUTES, MODES = ("aws",), ("instance", "container", "docker", "run", "load", "exec")
PATIENT = True
PORT = 18998
ROLE, REGION = "lent-role", "eu-central-1"
SET = ("AccessKeyId", "SecretAccessKey", "Token")
SHORT, RENEWALS, THREADS = 8, 3, 4


def install(work):
    for client in (boto3, aws_cli, aws_cli_2, js_credentials, aws_config, rclone):
        client.install(work)


def version(work):
    return "boto3, CLI, JS, Rust, rclone"


def run_without_world(arguments, mode, check):
    namespace.take_addresses()
    home = pathlib.Path(tempfile.mkdtemp(prefix="linklocal-served-"))
    try:
        with Lender(PORT, SHORT if mode in ("load", "exec") else 3600) as lender:
            MEANT[mode](Serving(arguments, home, lender), check)
    finally:
        shutil.rmtree(home)


class Serving:
    """A user's home with a role to be assumed, and servers of it."""

    def __init__(self, arguments, home, lender):
        self.binary, self.work, self.home, self.lender = arguments.binary, arguments.work, home, lender
        self.owner = {**clean_environment(home), "AWS_ENDPOINT_URL_STS": lender.url}
        aws = home / ".aws"
        aws.mkdir()
        aws.joinpath("config").write_text(CONFIG)
        aws.joinpath("credentials").write_text(
            f"[user]\naws_access_key_id = {lender.user.key_id}\naws_secret_access_key = {lender.user.secret}\n")

    def serve(self, *words):
        return Server(self, [str(self.binary), "credentials", "serve", "--profile", "lent", "--json", *words])

    def client(self, *command, **variables):
        """What a program prints that is told nothing but these variables."""
        # A home of its own: nobody finds the user's files.
        environment = {**clean_environment(self.home / "nobody"), **variables}
        ran = subprocess.run([str(word) for word in command], env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                             timeout=60, check=False, start_new_session=True)
        if ran.returncode != 0:
            raise RuntimeError(f"{command[0]} left with {ran.returncode}: {(ran.stdout + ran.stderr).decode()[-2000:]}")
        return ran.stdout.decode()

    def programs(self, kind):
        python = self.work / "python" / "boto3" / "bin" / "python"
        js = self.work / "node" / "js"
        rust = self.work / "rust" / "debug" / "aws-config-client"
        if kind == "instance":
            return {"boto3": (python, get.HERE / "programs" / "boto3_program.py"), "JS": ("node", js / "credentials.mjs"),
                    "Rust": (rust,)}
        return {"boto3": (python, get.HERE / "programs" / "boto3_container_program.py"), "JS": ("node", js / "container.mjs"),
                "Rust": (rust, "container")}


class Server:
    """A `credentials serve` while in its block; `said` is what it announced."""

    def __init__(self, serving, command):
        self.serving, self.command = serving, command

    def __enter__(self):
        self.log = open(self.serving.home / "serve.log", "ab")
        self.process = subprocess.Popen(self.command, env=self.serving.owner, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=self.log)
        text = ""
        decoder = json.JSONDecoder()
        while True:
            line = self.process.stdout.readline().decode()
            if not line:
                raise RuntimeError(f"it did not start: {(self.serving.home / 'serve.log').read_text()[-2000:]}")
            text += line
            try:
                self.said, _ = decoder.raw_decode(text)
                return self
            except json.JSONDecodeError:
                pass

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.code = self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.code = self.process.wait()
        self.log.close()


def on_instance(serving, check):
    """Told nothing, at the real address; version 1 is off."""
    with serving.serve("--imds", f"{LINK_LOCAL_V4}:80") as server:
        metadata = imds.Metadata(f"http://{LINK_LOCAL_V4}")
        check.equal("version 1", metadata.get("/latest/meta-data/iam/security-credentials/")[0], 401)
        role = metadata.text("/latest/meta-data/iam/security-credentials/")
        wanted = metadata.credentials(role, metadata.token())
        check.equal("role of the listing", role, server.said["RoleName"])
        check.equal("the set announced", server.said["AccessKeyId"], wanted["AccessKeyId"])
        check.equal("account of the extended document", extended(metadata, role).get("AccountId"), ACCOUNT)
        for name, command in serving.programs("instance").items():
            seen = json.loads(serving.client(*command))
            same_set(check, name, seen, wanted)
            region = seen.get("region", seen.get("ProviderRegion", REGION))
            check.equal(f"{name}: region", region, REGION)
        command_lines(serving, check, wanted)
        with Bucketeer(wanted["SecretAccessKey"]) as s3:
            remote = f':s3,provider=AWS,env_auth=true,region={REGION},endpoint="{s3.url}":'
            said = serving.client(serving.work / "debian/rclone/usr/bin/rclone", "--config", "/dev/null", "lsd", remote)
            check.holds("rclone lists the bucket", "interop-bucket" in said, said)
            check_signer(check, s3, wanted, REGION)
    check.equal("one session for all of them", serving.lender.count("AssumeRole"), 1)
    in_the_trail(serving, check, wanted["AccessKeyId"])


def command_lines(serving, check, wanted):
    """Who STS says that both AWS CLIs are."""
    modules = str(serving.work / "debian/awscli/usr/lib/python3/dist-packages")
    commands = {"CLI 1": (serving.work / "python/awscli/bin/aws",),
                "CLI 2": (serving.work / "python/awscli-2/bin/python", "-m", "awscli")}
    for name, aws in commands.items():
        said = serving.client(*aws, "sts", "get-caller-identity", "--endpoint-url", serving.lender.url, "--region", REGION,
                              "--output", "json", **({"PYTHONPATH": modules} if name == "CLI 2" else {}))
        arn = json.loads(said)["Arn"]
        check.equal(f"{name}: who STS says it is", arn.split("/")[1], ROLE)
    signers = {key for action, key, _ in serving.lender.calls if action == "GetCallerIdentity"}
    check.holds("with the set that is served", wanted["AccessKeyId"] in signers, signers)


def in_container(serving, check):
    """By the variables that are printed: the full URI and the token's file."""
    with serving.serve("--container", "127.0.0.1:0") as server:
        variables = server.said["Environment"]
        token = pathlib.Path(variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"])
        check.equal("mode of the token's file", oct(token.stat().st_mode & 0o777), "0o600")
        check.holds("no newline at its end", not token.read_bytes().endswith(b"\n"))
        wanted = server.said["AccessKeyId"]
        for name, command in serving.programs("container").items():
            seen = json.loads(serving.client(*command, **variables))
            check.equal(f"{name}: AccessKeyId", seen["AccessKeyId"], wanted)
        spoilt = serving.home / "spoilt"
        spoilt.write_text(token.read_text() + "x")
        refused = subprocess.run(["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H", f"Authorization: {spoilt.read_text()}",
                                  variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"]], capture_output=True, check=True).stdout
        check.holds("another token gets nothing", refused in (b"400", b"401", b"403"), refused)
    check.holds("the token's file goes with the server", not token.exists())


def in_docker(serving, check):
    """As the recipe for Docker has it: the agent's own address on a bridge, reached from another network."""
    with serving.serve("--container", f"{ECS_V4}:80") as server:
        relative = server.said["Container"]["RelativeUri"]
        for name, command in serving.programs("container").items():
            seen = json.loads(serving.client(*command, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=relative))
            check.equal(f"{name}: AccessKeyId", seen["AccessKeyId"], server.said["AccessKeyId"])


def under_load(serving, check):
    """Raw clients of the metadata service and boto3 in a container's way, until the set has been renewed three times."""
    words = ("--imds", f"{LINK_LOCAL_V4}:80", "--container", "127.0.0.1:0", "--min-ttl", "1s")
    with serving.serve(*words) as server:
        enough = threading.Event()
        askers = [Asker(server.said["RoleName"], enough) for _ in range(THREADS)]
        for asker in askers:
            asker.start()
        program = (serving.work / "python/boto3/bin/python", get.HERE / "programs" / "boto3_identities.py")
        seconds = SHORT * (RENEWALS + 1)
        seen = json.loads(serving.client(*program, serving.lender.url, REGION, seconds, **server.said["Environment"]))
        enough.set()
        for asker in askers:
            asker.join()
    keys = set().union(*(asker.keys for asker in askers))
    check.holds("renewed three times at least", len(keys) > RENEWALS, len(keys))
    check.equal("answers that were none", [failure for asker in askers for failure in asker.failures], [])
    check.holds("asked often", sum(asker.answers for asker in askers) > 100, [asker.answers for asker in askers])
    check.equal("boto3's calls that failed", seen["failures"], [])
    check.holds("boto3 signed with several sets", len(seen["keys"]) > RENEWALS, seen["keys"])
    check.equal("what STS refused", serving.lender.refusals, [])


def under_run(serving, check):
    """Told nothing but a key that somebody forgot; as on an instance, and as a task, a pod and a function find credentials."""
    owner = {**serving.owner, "AWS_ACCESS_KEY_ID": "AKIAFORGOTTEN", "AWS_SECRET_ACCESS_KEY": "forgotten"}

    def run(*words):
        ran = subprocess.run([str(word) for word in (serving.binary, "run", "--profile", "lent", *words)], env=owner,
                             cwd=serving.home, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
        check.holds(f"{words[:3]} ends well", ran.returncode == 0, ran.stderr.decode()[-1000:])
        return ran.stdout.decode(), ran.stderr.decode()

    for kind, words in (("instance", ()), ("container", ("--as", "ecs")), ("container", ("--as", "eks"))):
        for name, command in serving.programs(kind).items():
            said, told = run(*words, "--", *command)
            seen = json.loads(said)
            lent = serving.lender.lent.get(seen["AccessKeyId"])
            check.holds(f"{words} {name}: a set of the role", lent is not None and f"/{ROLE}/" in lent.arn, seen["AccessKeyId"])
            check.equal(f"{words} {name}: its secret", seen["SecretAccessKey"], lent.secret if lent else None)
            check.holds(f"{words} {name}: what is hidden is told", "AWS_ACCESS_KEY_ID" in told, told)
    python = serving.work / "python" / "boto3" / "bin" / "python"
    seen = json.loads(run("--as", "lambda", "--", python, "-c", FUNCTION)[0])
    check.equal("a function's variables", (seen["method"], seen["region"], seen["key"] in serving.lender.lent), ("env", REGION, True))
    refused = subprocess.run([serving.binary, "run", "--profile", "lent", "--expect-account", "999999999999", "--", "touch", "started"],
                             env=owner, cwd=serving.home, capture_output=True, check=False)
    check.equal("nothing starts in another account", (refused.returncode, (serving.home / "started").exists()), (1, False))


def under_exec(serving, check):
    """A program that outlives its sets."""
    command = [serving.binary, "credentials", "exec", "--profile", "lent", "--refresh", "--min-ttl", "1s", "--",
               serving.work / "python/boto3/bin/python", get.HERE / "programs" / "boto3_identities.py", serving.lender.url, REGION,
               SHORT * (RENEWALS + 1)]
    ran = subprocess.run([str(word) for word in command], env=serving.owner, stdin=subprocess.DEVNULL, capture_output=True,
                         timeout=60, check=False)
    check.equal("exec ends as its program", (ran.returncode, ran.stderr.decode() if ran.returncode else ""), (0, ""))
    seen = json.loads(ran.stdout or "{}")
    check.equal("calls that failed", seen.get("failures"), [])
    check.holds("signed with several sets", len(seen.get("keys", [])) > RENEWALS, seen)
    check.equal("what STS refused", serving.lender.refusals, [])


class Asker(threading.Thread):
    """Asks for the set without pause, and notes whatever no program could use."""

    def __init__(self, role, enough):
        super().__init__(daemon=True)
        self.role, self.enough = role, enough
        self.keys, self.failures, self.answers = set(), [], 0

    def run(self):
        metadata = imds.Metadata(f"http://{LINK_LOCAL_V4}")
        token = metadata.token()
        while not self.enough.is_set():
            try:
                document = metadata.credentials(self.role, token)
            except (OSError, RuntimeError) as error:
                self.failures.append(str(error))
                continue
            self.answers += 1
            self.keys.add(document["AccessKeyId"])
            if instant_exact(document["Expiration"]) <= time.time():
                self.failures.append(f"a set that ended at {document['Expiration']}")
            time.sleep(0.02)


def same_set(check, name, seen, wanted):
    for member in SET:
        check.equal(f"{name}: {member}", seen[member], wanted[member])
    check.equal(f"{name}: Expiration", instant(seen["Expiration"]), instant(wanted["Expiration"]))


def extended(metadata, role):
    status, body = metadata.get(f"/latest/meta-data/iam/security-credentials-extended/{role}", metadata.token())
    return json.loads(body) if status == 200 else {}


def in_the_trail(serving, check, key_id):
    said = subprocess.run([serving.binary, "trail", "--json"], env=serving.owner, capture_output=True, check=False).stdout.decode()
    check.holds("the hand-outs are in the trail", key_id in said, said[-500:])


def instant_exact(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


MEANT = {"instance": on_instance, "container": in_container, "docker": in_docker, "run": under_run, "load": under_load,
         "exec": under_exec}
FUNCTION = """
import json, boto3
session = boto3.Session()
found = session.get_credentials()
print(json.dumps({"method": found.method, "region": session.region_name, "key": found.access_key}))
"""
CONFIG = f"""\
[profile user]
region = {REGION}

[profile lent]
region = {REGION}
role_arn = arn:aws:iam::{ACCOUNT}:role/{ROLE}
source_profile = user
role_session_name = interop
"""
