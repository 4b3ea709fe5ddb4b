"""Writes sts-bodies.jsonl: what botocore sends to STS for made-up parameters, nothing asked of anybody.

    pip install botocore==1.44.5
    python sts_bodies.py > sts-bodies.jsonl
"""

import json
import random

import botocore.session
from botocore.awsrequest import AWSResponse

CREDENTIALS = (
    "<{op}Response><{op}Result><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey>"
    "<SessionToken>T</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></{op}Result></{op}Response>"
)
NAMES = "abcXYZ019_+=,.@-"
VALUES = NAMES + " /:é"


def text(rng, alphabet, least, most):
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(least, most)))


def role(rng):
    parameters = {
        "RoleArn": f"arn:aws:iam::111122223333:role/{text(rng, NAMES, 1, 20)}",
        "RoleSessionName": text(rng, NAMES, 2, 20),
    }
    optional = {
        "DurationSeconds": lambda: rng.randint(900, 43200),
        "ExternalId": lambda: text(rng, NAMES + ":/", 2, 30),
        "PolicyArns": lambda: [{"arn": f"arn:aws:iam::aws:policy/P{n}"} for n in range(rng.randint(1, 10))],
        "Policy": lambda: json.dumps({"Statement": [{"Resource": text(rng, VALUES, 1, 40)}]}, ensure_ascii=False),
        "Tags": lambda: [{"Key": f"k{n}", "Value": text(rng, VALUES, 0, 20)} for n in range(rng.randint(1, 12))],
        "SourceIdentity": lambda: text(rng, NAMES, 2, 20),
    }
    for name, make in optional.items():
        if rng.random() < 0.6:
            parameters[name] = make()
    if "Tags" in parameters and rng.random() < 0.6:
        parameters["TransitiveTagKeys"] = [tag["Key"] for tag in parameters["Tags"][:2]]
    return parameters


def web(rng):
    keep = ("RoleArn", "RoleSessionName", "DurationSeconds", "PolicyArns", "Policy")
    parameters = {name: value for name, value in role(rng).items() if name in keep}
    parameters["WebIdentityToken"] = text(rng, "abcXYZ019-_.", 20, 60)
    if rng.random() < 0.3:
        parameters["ProviderId"] = "www.amazon.com"
    return parameters


def main():
    rng = random.Random(6)
    client = botocore.session.get_session().create_client(
        "sts", region_name="us-east-1", aws_access_key_id="A", aws_secret_access_key="S"
    )
    seen = []

    def answer(request, **_):
        seen.append(request.body.decode() if isinstance(request.body, bytes) else request.body)
        action = seen[-1].split("Action=")[1].split("&")[0]
        response = AWSResponse(request.url, 200, {}, None)
        response._content = CREDENTIALS.format(op=action).encode()
        return response

    client.meta.events.register("before-send.sts.*", answer)
    for number in range(40):
        operation, parameters = ("AssumeRole", role(rng)) if number % 4 else ("AssumeRoleWithWebIdentity", web(rng))
        method = client.assume_role if operation == "AssumeRole" else client.assume_role_with_web_identity
        method(**parameters)
        line = {"Operation": operation, "Parameters": parameters, "Body": seen[-1]}
        print(json.dumps(line, ensure_ascii=False))


main()
