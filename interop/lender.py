"""An STS that lends sessions and takes nothing on trust: signatures are checked, ended sessions and used codes refused.

Texts and rules as AWS's: IAM User Guide and STS API reference. It shares no code with the product, and runs on a recorder.
"""

import base64
import datetime
import hashlib
import hmac
import re
import secrets
import struct
import threading
import time
import urllib.parse

import imds
from recorder import Recorder

ACCOUNT = "210987654321"
USER = f"arn:aws:iam::{ACCOUNT}:user/interop"
DEVICE = f"arn:aws:iam::{ACCOUNT}:mfa/interop"
AUTHORIZATION = re.compile(r"AWS4-HMAC-SHA256 Credential=(?P<key>\w+)/(?P<scope>(?P<day>\d{8})/[\w-]+/sts/aws4_request), "
                           r"?SignedHeaders=(?P<headers>[\w;-]+), ?Signature=(?P<signature>[0-9a-f]{64})")


class Refused(Exception):
    """A status, a code and a message."""


class Lender(Recorder):
    """At a port of 127.0.0.1 while in its block; its sessions last `life` seconds, whatever is asked for."""

    def __init__(self, port, life=3600):
        super().__init__(self.respond, plain=[port])
        self.url, self.life = f"http://127.0.0.1:{port}", life
        self.seed = secrets.token_bytes(20)
        self.used_step, self.turn = 0, threading.Lock()
        self.user = Keys(f"AKIA{identifier()}", USER, None, None)
        self.lent = {self.user.key_id: self.user}
        self.calls, self.refusals = [], []

    @property
    def base32(self):
        return base64.b32encode(self.seed).decode()

    def code(self, step):
        """RFC 6238: the code of a half minute."""
        digest = hmac.digest(self.seed, struct.pack(">Q", step), "sha1")
        at = digest[-1] & 15
        return f"{(int.from_bytes(digest[at:at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"

    def respond(self, capture):
        asked = dict(urllib.parse.parse_qsl(capture.body.decode(), keep_blank_values=True))
        action = asked.get("Action", "")
        try:
            # One at a time: a code counts once, however many come with it.
            with self.turn:
                keys = self.signer(capture)
                self.calls.append((action, keys.key_id, asked))
                result = {"GetCallerIdentity": self.identity, "AssumeRole": self.role,
                          "GetSessionToken": self.session}[action](keys, asked)
        except Refused as refusal:
            status, code, message = refusal.args
            self.refusals.append((action, code, message))
            return status, XML, ERROR.format(code=code, message=message).encode()
        return 200, XML, RESPONSE.format(action=action, result=result).encode()

    def signer(self, capture):
        said = AUTHORIZATION.match(capture.field("authorization"))
        if not said:
            raise Refused(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
        keys = self.lent.get(said["key"])
        if keys is None or (capture.field("x-amz-security-token") or None) != keys.token:
            raise Refused(403, "InvalidClientTokenId", "The security token included in the request is invalid.")
        if signature(capture, said, keys.secret) != said["signature"]:
            raise Refused(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature "
                          "you provided. Check your AWS Secret Access Key and signing method. Consult the service "
                          "documentation for details.")
        if keys.end is not None and time.time() >= keys.end:
            raise Refused(403, "ExpiredToken", "The security token included in the request is expired")
        return keys

    def identity(self, keys, _asked):
        return f"<Arn>{keys.arn}</Arn><UserId>AIDAINTEROP</UserId><Account>{ACCOUNT}</Account>"

    def role(self, keys, asked):
        role, name = asked["RoleArn"].rpartition("/")[2], asked["RoleSessionName"]
        if keys.is_role and int(asked.get("DurationSeconds", 3600)) > 3600:
            raise Refused(400, "ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles "
                          "assumed by role chaining")
        if "SerialNumber" in asked:
            self.check_code(asked)
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}"
        lent = self.lend(arn, is_role=True)
        return f"<AssumedRoleUser><AssumedRoleId>AROAINTEROP:{name}</AssumedRoleId><Arn>{arn}</Arn></AssumedRoleUser>{lent}"

    def session(self, keys, asked):
        if keys.token is not None:
            raise Refused(403, "AccessDenied", "Cannot call GetSessionToken with session credentials")
        seconds = int(asked.get("DurationSeconds", 43200))
        if not 900 <= seconds <= 129600:
            raise Refused(400, "ValidationError", f"1 validation error detected: Value '{seconds}' at 'durationSeconds' "
                          "failed to satisfy constraint: Member must be between 900 and 129600")
        if "SerialNumber" in asked:
            self.check_code(asked)
        return self.lend(USER, is_role=False)

    def check_code(self, asked):
        step = int(time.time()) // 30
        if asked["SerialNumber"] != DEVICE:
            raise Refused(403, "AccessDenied", "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify "
                          "your MFA serial number is valid and associated with this user.")
        matching = [at for at in (step - 1, step, step + 1) if self.code(at) == asked.get("TokenCode")]
        if not matching or matching[0] <= self.used_step:
            raise Refused(403, "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ")
        self.used_step = matching[0]

    def lend(self, arn, is_role):
        keys = Keys(f"ASIA{identifier()}", arn, secrets.token_urlsafe(48), time.time() + self.life, is_role)
        self.lent[keys.key_id] = keys
        end = datetime.datetime.fromtimestamp(keys.end, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        return (f"<Credentials><AccessKeyId>{keys.key_id}</AccessKeyId><SecretAccessKey>{keys.secret}</SecretAccessKey>"
                f"<SessionToken>{keys.token}</SessionToken><Expiration>{end}</Expiration></Credentials>")

    def count(self, action):
        return sum(1 for call, _, _ in self.calls if call == action)


class Keys:
    """Keys of somebody; `end` is None for those that last."""

    def __init__(self, key_id, arn, token, end, is_role=False):
        self.key_id, self.arn, self.token, self.end, self.is_role = key_id, arn, token, end, is_role
        self.secret = secrets.token_urlsafe(30)


def identifier():
    """The rest of a key id: a bit that says that the account's number follows, then whatever."""
    made = base64.b32encode((1 << 47 | int(ACCOUNT) << 7).to_bytes(6, "big") + secrets.token_bytes(4)).decode()
    assert imds.account_of(f"ASIA{made}") == ACCOUNT
    return made


def signature(capture, said, secret):
    fields = "".join(f"{name}:{' '.join(capture.field(name).split())}\n" for name in said["headers"].split(";"))
    canonical = "\n".join([capture.method, capture.path, "", fields, said["headers"], hashlib.sha256(capture.body).hexdigest()])
    text = "\n".join(["AWS4-HMAC-SHA256", capture.field("x-amz-date"), said["scope"],
                      hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{secret}".encode()
    for part in [*said["scope"].split("/"), text]:
        key = hmac.digest(key, part.encode(), "sha256")
    return key.hex()


XML = [("Content-Type", "text/xml")]
NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
ID = "<RequestId>00000000-0000-0000-0000-000000000000</RequestId>"
RESPONSE = (f'<{{action}}Response xmlns="{NAMESPACE}"><{{action}}Result>{{result}}</{{action}}Result>'
            f"<ResponseMetadata>{ID}</ResponseMetadata></{{action}}Response>")
ERROR = (f'<ErrorResponse xmlns="{NAMESPACE}"><Error><Type>Sender</Type><Code>{{code}}</Code><Message>{{message}}</Message>'
         f"</Error>{ID}</ErrorResponse>")
