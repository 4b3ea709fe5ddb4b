"""The account's endpoints by the unmodified AWS CLI, versions 1 and 2: a newcomer's first calls, keys and policies, MFA from the QR
code to a session that a policy lets in, roles and chains of them, and the role of an instance.

The QR code is scanned by zxing-cpp, codes come from pyotp: an authenticator that knows nothing of us.
"""

import json
import time
import urllib.parse

import install as get
from account import Account
from clients import aws_cli, aws_cli_2

ROUTES, MODES = ("batch",), ("1", "2")
SCANNER = ["zxing-cpp==3.1.1", "Pillow==13.0.0", "numpy==2.4.6", "pyotp==2.12.0"]
REGION = {"AWS_DEFAULT_REGION": "us-east-1"}
MFA_ONLY = {"Version": "2012-10-17", "Statement": [
    {"Sid": "All", "Effect": "Allow", "Action": ["iam:List*", "iam:Get*"], "Resource": "*"},
    {"Sid": "NoneWithoutMfa", "Effect": "Deny", "Action": "iam:*", "Resource": "*",
     "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}]}


def install(work):
    aws_cli.install(work)
    aws_cli_2.install(work)
    get.python(work, "scanner", SCANNER)


def version(work):
    return f"{aws_cli.version(work)}, {aws_cli_2.version(work)}"


def run_without_world(arguments, mode, check):
    with Account(arguments) as account:
        aws = Cli(account, mode, check)
        newcomer(aws)
        own_keys(aws)
        mfa(aws)
        roles(aws)
        instance(aws)
        secure(aws)


class Cli:
    """One version of the AWS CLI, in the account's home."""

    def __init__(self, account, mode, check):
        self.account, self.check, self.version = account, check, mode
        work = account.work
        if mode == "1":
            self.words, self.extra = [work / "python/awscli/bin/aws"], {}
        else:
            self.words = [work / "python/awscli-2/bin/python", "-m", "awscli"]
            self.extra = {"PYTHONPATH": str(work / "debian/awscli/usr/lib/python3/dist-packages")}

    def run(self, *words, profile="linklocal", **variables):
        named = ["--profile", profile] if profile else []
        if self.version == "2" and "--endpoint-url" not in words and words[0] != "configure":
            # Version 2 of this age knows no `endpoint_url` in a profile.
            named += ["--endpoint-url", self.account.url]
        return self.account.run(*self.words, *words, *named, "--output", "json", **{**self.extra, **variables})

    def done(self, *words, **named):
        status, said, told = self.run(*words, **named)
        self.check.equal(" ".join(str(word) for word in words[:2]), (status, told if status else ""), (0, ""))
        return json.loads(said) if said.strip() else {}

    def refused(self, wanted, *words, **named):
        status, said, told = self.run(*words, **named)
        self.check.holds(f"{' '.join(words[:2])} is refused: {wanted}", status != 0 and wanted in told, (status, said, told[-1500:]))
        return told

    def configure(self, profile, **settings):
        for name, value in settings.items():
            self.done("configure", "set", name, value, profile=profile)


def newcomer(aws):
    identity = aws.done("sts", "get-caller-identity")
    number = aws.account.number
    aws.check.equal("the administrator", identity["Arn"], f"arn:aws:iam::{number}:user/admin")
    aws.check.equal("its account", identity["Account"], number)
    info = aws.done("sts", "get-access-key-info", "--access-key-id", aws.account.banner["Account"]["Administrator"]["AccessKeyId"])
    aws.check.equal("the account of a key", info["Account"], number)
    aws.refused("InvalidClientTokenId", "sts", "get-caller-identity", profile=None, AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE",
                AWS_SECRET_ACCESS_KEY="x" * 40, AWS_ENDPOINT_URL=aws.account.url, **REGION)
    aws.configure("tampered", aws_access_key_id=aws.account.banner["Account"]["Administrator"]["AccessKeyId"],
                  aws_secret_access_key="y" * 40, endpoint_url=aws.account.url, region="us-east-1")
    aws.refused("SignatureDoesNotMatch", "sts", "get-caller-identity", "--endpoint-url", aws.account.url, profile="tampered")


def own_keys(aws):
    aws.done("iam", "create-user", "--user-name", "alice")
    keys = aws.done("iam", "create-access-key", "--user-name", "alice")["AccessKey"]
    aws.configure("alice", aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"],
                  endpoint_url=aws.account.url, region="us-east-1")
    told = aws.refused("because no identity-based policy allows the iam:ListUsers action", "iam", "list-users", profile="alice")
    encoded = told.split("Encoded authorization failure message: ")[-1].strip()
    decoded = aws.done("sts", "decode-authorization-message", "--encoded-message", encoded)
    aws.check.equal("what was denied", json.loads(decoded["DecodedMessage"])["context"]["action"], "iam:ListUsers")
    status, said, told = aws.account.linklocal("explain-denial", encoded)
    aws.check.holds("explain-denial tells it", status == 0 and "iam:ListUsers" in said and "alice" in said, (status, said, told))
    aws.done("iam", "put-user-policy", "--user-name", "alice", "--policy-name", "read", "--policy-document", json.dumps(MFA_ONLY))


def mfa(aws):
    work, home = aws.account.work, aws.account.home
    device = aws.done("iam", "create-virtual-mfa-device", "--virtual-mfa-device-name", "alice", "--outfile", str(home / "qr.png"),
                      "--bootstrap-method", "QRCodePNG")["VirtualMFADevice"]["SerialNumber"]
    status, uri, told = aws.account.run(work / "python/scanner/bin/python", "-c", SCAN, home / "qr.png")
    aws.check.equal("the QR code is scanned", (status, told), (0, ""))
    parsed = urllib.parse.urlsplit(uri.strip())
    aws.check.equal("what is scanned", (parsed.scheme, parsed.netloc), ("otpauth", "totp"))
    seed = urllib.parse.parse_qs(parsed.query)["secret"][0]
    # Long enough a stretch of one half minute for three calls.
    gone = time.time() % 30
    time.sleep(30 - gone if gone > 20 else 0)
    step = int(time.time()) // 30
    first, second = code(aws, seed, step - 1), code(aws, seed, step)
    aws.refused("Authentication code for device is not valid.", "iam", "enable-mfa-device", "--user-name", "alice", "--serial-number",
                device, "--authentication-code1", second, "--authentication-code2", first)
    aws.done("iam", "enable-mfa-device", "--user-name", "alice", "--serial-number", device, "--authentication-code1", first,
             "--authentication-code2", second)
    aws.done("iam", "list-mfa-devices", "--user-name", "alice")
    without_mfa(aws)
    aws.refused("explicit deny", "iam", "list-users", profile="alice")
    third = code(aws, seed, step + 1)
    session = aws.done("sts", "get-session-token", "--serial-number", device, "--token-code", third, profile="alice")["Credentials"]
    aws.refused("MultiFactorAuthentication failed with invalid MFA one time pass code.", "sts", "get-session-token",
                "--serial-number", device, "--token-code", third, profile="alice")
    aws.configure("alice-mfa", aws_access_key_id=session["AccessKeyId"], aws_secret_access_key=session["SecretAccessKey"],
                  aws_session_token=session["SessionToken"], endpoint_url=aws.account.url, region="us-east-1")
    listed = aws.done("iam", "list-users", profile="alice-mfa")["Users"]
    aws.check.holds("the session with MFA is let in", {user["UserName"] for user in listed} >= {"admin", "alice"}, listed)
    aws.check.equal("whose session", aws.done("sts", "get-caller-identity", profile="alice-mfa")["Arn"],
                    f"arn:aws:iam::{aws.account.number}:user/alice")
    aws.refused("Cannot call GetSessionToken with session credentials", "sts", "get-session-token", profile="alice-mfa")


def without_mfa(aws):
    """A session that no code was given for may not call IAM at all."""
    session = aws.done("sts", "get-session-token", profile="alice")["Credentials"]
    aws.configure("alice-session", aws_access_key_id=session["AccessKeyId"], aws_secret_access_key=session["SecretAccessKey"],
                  aws_session_token=session["SessionToken"], endpoint_url=aws.account.url, region="us-east-1")
    aws.refused("InvalidClientTokenId", "iam", "list-users", profile="alice-session")


def code(aws, seed, step):
    python = aws.account.work / "python/scanner/bin/python"
    said = aws.account.run(python, "-c", "import pyotp,sys; print(pyotp.TOTP(sys.argv[1]).at(int(sys.argv[2])*30))", seed, step)[1]
    return said.strip()


def roles(aws):
    number = aws.account.number
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{number}:root"},
                                                     "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "42"}}}]}
    role = aws.done("iam", "create-role", "--role-name", "auditor", "--assume-role-policy-document", json.dumps(trust))["Role"]["Arn"]
    aws.done("iam", "attach-role-policy", "--role-name", "auditor", "--policy-arn", "arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    aws.refused("is not authorized to perform: sts:AssumeRole on resource", "sts", "assume-role", "--role-arn", role,
                "--role-session-name", "me")
    if aws.version == "1":
        aws.configure("auditor", role_arn=role, source_profile="linklocal", external_id="42", role_session_name="me",
                      endpoint_url=aws.account.url, region="us-east-1")
    else:
        # Its chain knows no other endpoint than AWS's.
        session = aws.done("sts", "assume-role", "--role-arn", role, "--role-session-name", "me", "--external-id", "42")["Credentials"]
        aws.configure("auditor", aws_access_key_id=session["AccessKeyId"], aws_secret_access_key=session["SecretAccessKey"],
                      aws_session_token=session["SessionToken"], region="us-east-1")
    aws.check.equal("a session of the role", aws.done("sts", "get-caller-identity", profile="auditor")["Arn"],
                    f"arn:aws:sts::{number}:assumed-role/auditor/me")
    aws.done("iam", "list-roles", profile="auditor")
    aws.refused("iam:CreateUser", "iam", "create-user", "--user-name", "mallory", profile="auditor")
    aws.refused("Member must satisfy regular expression pattern", "sts", "assume-role", "--role-arn", role, "--role-session-name", "x y")
    aws.refused("DeleteConflict", "iam", "delete-role", "--role-name", "auditor")


def instance(aws):
    """The metadata service's credentials are sessions of this STS."""
    variables = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": aws.account.metadata() + "/", **REGION}
    words = ("--endpoint-url", aws.account.url)
    identity = aws.done("sts", "get-caller-identity", *words, profile=None, **variables)
    aws.check.holds("who the instance is", ":assumed-role/linklocal/i-" in identity["Arn"], identity)
    aws.refused("is not authorized to perform: iam:ListUsers", "iam", "list-users", *words, profile=None, **variables)
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*", "Condition": {
        "StringEquals": {"ec2:RoleDelivery": "2.0"}}}]}
    aws.done("iam", "put-role-policy", "--role-name", "linklocal", "--policy-name", "two", "--policy-document", json.dumps(policy))
    aws.done("iam", "list-users", *words, profile=None, **variables)


def secure(aws):
    identity = aws.done("sts", "get-caller-identity", "--endpoint-url", aws.account.tls_url, AWS_CA_BUNDLE=aws.account.bundle)
    aws.check.holds("the same by HTTPS", identity["Arn"].endswith(":user/admin"), identity)
    aws.refused("SSL", "sts", "get-caller-identity", "--endpoint-url", aws.account.tls_url)


SCAN = """
import sys, zxingcpp
from PIL import Image
print(zxingcpp.read_barcodes(Image.open(sys.argv[1]))[0].text)
"""
