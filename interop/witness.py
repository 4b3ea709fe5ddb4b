"""Clients of AWS that sign requests for AWS's own names, and `linklocal verify` that judges what they sent.

In a namespace of their own those names are 127.0.0.1, where a recorder answers. Each request must be valid by the very bytes
that came, and invalid, with the code that AWS has for it, once one byte is another.
"""

import concurrent.futures
import json
import re
import subprocess
import time

import answers
from authority import Authority
from namespace import take_names
from recorder import Recorder
from world import clean_environment

# What is no name of AWS goes here; the port belongs to the signed host.
LOCAL = "http://127.0.0.1:9000"
KEY = ("AKIAINTEROPWITNESS00", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
TOKEN = "IQoJb3JpZ2luX2VjEJ///////////wEaCXVzLWVhc3QtMSJHMEUCIQ+/=="
REGION = "eu-central-1"
# `long-term` keys, or those of a session, which bring a token.
MODES = ("long-term", "session")
CLIENT_SECONDS = 150
# Services that answer a signature that does not match with the code of JSON.
JSON_SERVICES = ("dynamodb", "sqs", "events", "lambda", "execute-api", "bedrock", "kms", "secretsmanager", "ses", "iotdata",
                 "apigateway", "logs", "ssm", "polly", "kinesis", "iot", "es", "batch",
                 "transcribe")


class Witness:
    """AWS's names, answered and recorded while in the block."""

    def __init__(self, arguments, mode, check, names):
        self.binary, self.work, self.check, self.mode = arguments.binary, arguments.work, check, mode
        # A place per case: clients that run at once have their own authorities.
        self.home = arguments.work / "witness" / f"{arguments.case[0]}-{mode}"
        self.home.mkdir(parents=True, exist_ok=True)
        take_names(names, self.home)
        self.authority = Authority(self.home, names)
        self.recorder = Recorder(answers.answer, plain=(9, 80, 9000), secure=(443,), context=self.authority.context())
        self.tokens = {KEY[0]: None if mode == "long-term" else TOKEN, answers.SESSION[0]: answers.SESSION[2]}
        self.secrets = {KEY[0]: KEY[1], answers.SESSION[0]: answers.SESSION[1]}
        self.seen = []

    def __enter__(self):
        self.recorder.__enter__()
        return self

    def __exit__(self, *_):
        self.recorder.__exit__()

    def environment(self, key_id=KEY[0]):
        found = {**clean_environment(self.home), **self.authority.environment(), "AWS_REGION": REGION,
                 "AWS_DEFAULT_REGION": REGION, "AWS_ACCESS_KEY_ID": key_id, "AWS_EC2_METADATA_DISABLED": "true",
                 "AWS_SECRET_ACCESS_KEY": self.secrets[key_id], "AWS_PAGER": ""}
        if self.tokens[key_id]:
            found["AWS_SESSION_TOKEN"] = self.tokens[key_id]
        return found

    def run(self, *command, extra=None, given=None):
        """Runs a client to its end; its output, or an error that shows what it said."""
        ran = subprocess.run([str(word) for word in command], env={**self.environment(), **(extra or {})}, cwd=self.home,
                             capture_output=True, timeout=CLIENT_SECONDS, check=False, input=given or b"")
        if ran.returncode != 0:
            said = (ran.stdout + ran.stderr).decode(errors="replace").strip()
            raise RuntimeError(f"{command[0]} left with {ran.returncode}: {said[-2000:]}")
        return ran.stdout.decode()

    def judge(self, name, least=1):
        """Judges all that came since the last time; what was found of each."""
        captures = self.recorder.take()
        self.check.holds(f"{name}: requests", len(captures) >= least, f"{len(captures)} of at least {least}")
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            found = list(pool.map(self.judge_one, captures))
        for capture, (verdict, failures) in zip(captures, found):
            self.check.made += verdict["Checks"]
            self.check.failures += [f"{name}: {capture}: {failure}" for failure in failures]
        self.seen += [verdict for verdict, _ in found]
        return list(zip(captures, (verdict for verdict, _ in found)))

    def judge_one(self, capture):
        """As it came, and with one byte changed in each of its parts."""
        key_id = next((key for key in self.secrets if key.encode() in capture.raw), KEY[0])
        code, said, verdict = self.verify(capture.raw, key_id)
        if code != 0:
            return {**verdict, "Checks": 1}, [f"refused: {said}\n{shown(capture)}"]
        failures = []
        if is_awss(capture) and not verdict["Endpoint"]["ServiceFrom"].startswith("the host"):
            failures.append(f"the service is known from {verdict['Endpoint']['ServiceFrom']}, not from the host")
        changes = list(changed(capture, verdict))
        for what, raw, wanted in changes:
            code, said, _ = self.verify(raw, key_id)
            if code != 1 or wanted != said.split()[0].rstrip(":"):
                failures.append(f"{what} changed: wanted {wanted}, got {code}: {said}\n{shown(capture)}")
        return {**verdict, "Checks": 2 + len(changes)}, failures

    def verify(self, raw, key_id=KEY[0]):
        """Exit code, first line of stderr, the object of `--json`."""
        ran = subprocess.run([self.binary, "verify", "--json", "--at-request-time"], input=raw, check=False,
                             env=self.environment(key_id), capture_output=True, timeout=60)
        said = ran.stderr.decode(errors="replace").strip().split("\n")[0]
        return ran.returncode, said or "nothing", json.loads(ran.stdout or b"{}")

    def refused(self, name, why):
        """What a client is known to sign wrongly is refused, as it is by AWS."""
        captures = self.recorder.take()
        codes = {self.verify(capture.raw)[1].split(":")[0] for capture in captures}
        self.check.holds(f"{name}: refused, for {why}",
                         bool(codes) and codes <= {"SignatureDoesNotMatch", "InvalidSignatureException"}, codes)

    def saw(self, kinds):
        """All of these kinds of signatures came, and were valid."""
        self.check.equal("kinds that were to be seen and were not", sorted(kinds - self.kinds()), [])

    def wait_for(self, count, seconds):
        """Waits until that many requests came, or the time is over."""
        deadline = time.monotonic() + seconds
        while len(self.recorder.captures) < count and time.monotonic() < deadline:
            time.sleep(0.1)

    def kinds(self):
        """Which mechanisms, algorithms, services and kinds of bodies were seen."""
        return {f"{one['Service']} {one['Mechanism']} {one['Algorithm']} {body_kind(one['Body'])}"
                for one in self.seen if one.get("Valid")}


def is_awss(capture):
    return "amazonaws.com" in capture.field("host")


def body_kind(body):
    return "signed chunks" if body.get("Signed") else body["Kind"]


def changed(capture, verdict):
    """The request with one byte changed: which, all of it, and the code that it has to be refused with."""
    raw, head = capture.raw, capture.head
    mismatch = mismatch_code(verdict["Service"])
    if verdict["Mechanism"] == "form":
        at = raw.rindex(b"\r\n\r\n", 0, re.search(rb'(?i)name="x-amz-signature"', raw).end() + 4) + 4
        yield "the signature", turned(raw, at), "SignatureDoesNotMatch"
        return
    signature = re.search(rb"(?i)signature=([0-9a-f]{64,})", head)
    yield "the signature", turned(raw, signature.end() - 1), mismatch
    yield "the method", turned(raw, 0), mismatch
    path = re.match(rb"\S+ /[^? ]*?([A-Za-z0-9])(?=[?/ ])", head)
    if path and head[path.start(1) - 2:path.start(1) - 1] != b"%" and head[path.start(1) - 1:path.start(1)] != b"%":
        yield "the path", turned(raw, path.start(1)), mismatch
    query = re.match(rb"\S+ [^? ]*\?(?:[^& ]*&)*?(?!X-Amz-)[^& =]+=(?:[^& ]*[^%& ][^%& ])?([A-Za-z0-9])[& ]", head)
    if query and b"Action=" not in query[0]:
        yield "the query", turned(raw, query.start(1)), mismatch
    date = re.search(rb"(?i)(?:\r\nx-amz-date: ?|X-Amz-Date=)\d{8}T\d{5}(\d)Z", head)
    if date:
        yield "the date", turned(raw, date.start(1)), mismatch
    body = verdict["Body"]
    if capture.body and verdict["Service"].startswith("s3") and body_kind(body) == "hashed":
        yield "the body", turned(raw, len(raw) - 1), "XAmzContentSHA256Mismatch"
    elif body_kind(body) == "events":
        # Within an event, not in what frames it.
        yield "an event", turned(raw, raw.rindex(b"two")), mismatch
    elif capture.body and body_kind(body) == "hashed":
        yield "the body", turned(raw, len(raw) - 1), mismatch


def mismatch_code(service):
    return "AuthFailure" if service == "ec2" else "InvalidSignatureException" if service in JSON_SERVICES else \
        "SignatureDoesNotMatch"


def turned(raw, at):
    """A digit or letter becomes its neighbour, so that the request stays one."""
    byte = raw[at]
    other = byte - 1 if chr(byte) in "9fzZF" else byte + 1 if chr(byte).isalnum() else byte ^ 1
    return raw[:at] + bytes([other]) + raw[at + 1:]


def shown(capture):
    return capture.head.decode("latin-1")[:900].rstrip()
