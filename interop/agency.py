"""Stands in for whoever gives credentials: STS, IAM Identity Center and the agent of a container, at one loopback port.

Each answers with a key id that tells who gave it: AKIDROLE:<role>, AKIDWEBID:<role>, AKIDSSO:<role>, AKIDECS.
"""

import datetime
import json
import urllib.parse

from recorder import Recorder

PORT = 18999
URL = f"http://127.0.0.1:{PORT}"
EXPIRES = datetime.datetime(2037, 1, 1, tzinfo=datetime.timezone.utc)
EXPIRATION = EXPIRES.strftime("%Y-%m-%dT%H:%M:%SZ")


def variables():
    """What points SDKs here."""
    return {f"AWS_ENDPOINT_URL_{service}": URL for service in ("STS", "SSO", "SSO_OIDC")}


def agency():
    return Recorder(answer, plain=[PORT])


def answer(capture):
    if capture.path == "/ecs":
        return document(200, {"AccessKeyId": "AKIDECS", "SecretAccessKey": "s", "Token": "t", "Expiration": EXPIRATION,
                              "AccountId": "111111111111"})
    if capture.path == "/federation/credentials":
        asked = dict(urllib.parse.parse_qsl(capture.target.partition("?")[2]))
        return document(200, {"roleCredentials": {"accessKeyId": f"AKIDSSO:{asked['role_name']}", "secretAccessKey": "s",
                                                  "sessionToken": "t", "expiration": int(EXPIRES.timestamp() * 1000)}})
    if capture.method == "POST" and capture.path == "/":
        return security_token_service(capture, dict(urllib.parse.parse_qsl(capture.body.decode())))
    return document(404, {"code": "Nope", "message": "no credentials here"})


def security_token_service(capture, asked):
    signer = capture.field("authorization").partition("Credential=")[2].partition("/")[0]
    if asked.get("Action") == "GetCallerIdentity":
        return 200, [("Content-Type", "text/xml")], IDENTITY.format(signer=signer).encode()
    action, role = asked.get("Action", ""), asked.get("RoleArn", "").rpartition("/")[2]
    prefix = {"AssumeRole": "AKIDROLE", "AssumeRoleWithWebIdentity": "AKIDWEBID"}.get(action)
    # STS knows nobody whose key id is empty, though SDKs sign with it.
    if prefix is None or (action == "AssumeRole" and not signer):
        return 400, [("Content-Type", "text/xml")], ERROR.encode()
    text = ANSWER.format(action=action, key=f"{prefix}:{role}", role=role, expiration=EXPIRATION)
    return 200, [("Content-Type", "text/xml")], text.encode()


def document(status, value):
    return status, [("Content-Type", "application/json")], json.dumps(value).encode()


ANSWER = """\
<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>\
<AssumedRoleUser><AssumedRoleId>AROAEXAMPLE:x</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/{role}/x</Arn></AssumedRoleUser>\
<Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
<Expiration>{expiration}</Expiration></Credentials></{action}Result>\
<ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata></{action}Response>"""

# The ARN tells whose key signed the request.
IDENTITY = """\
<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>\
<Arn>{signer}</Arn><UserId>AIDAEXAMPLE</UserId><Account>123456789012</Account></GetCallerIdentityResult>\
<ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata></GetCallerIdentityResponse>"""

ERROR = """\
<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>InvalidAction</Code>\
<Message>Could not find operation</Message></Error><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>"""
