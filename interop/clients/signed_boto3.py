"""boto3 signs, this product verifies: S3 in all its forms, URLs and forms that anybody may use, other services."""

import json

import install as get
from clients import boto3
from witness import MODES, Witness

ROUTES = ("aws",)
BUCKET = "interop-bucket"
NAMES = ["s3.eu-central-1.amazonaws.com", f"{BUCKET}.s3.eu-central-1.amazonaws.com", "s3.amazonaws.com",
         f"{BUCKET}.s3.amazonaws.com", "point-123456789012.s3-accesspoint.eu-central-1.amazonaws.com",
         "lambda-123456789012.s3-object-lambda.eu-central-1.amazonaws.com",
         "route.s3-object-lambda.eu-central-1.amazonaws.com", f"{BUCKET}.s3.dualstack.eu-central-1.amazonaws.com",
         f"{BUCKET}.s3-accelerate.amazonaws.com", "interop--usw2-az1--x-s3.s3express-usw2-az1.us-west-2.amazonaws.com",
         "interop.mrap.accesspoint.s3-global.amazonaws.com", "abcde.xyz.endpoint.events.amazonaws.com",
         "sts.eu-central-1.amazonaws.com", "sts.amazonaws.com", "iam.amazonaws.com", "ec2.eu-central-1.amazonaws.com",
         "dynamodb.eu-central-1.amazonaws.com", "123456789012.ddb.eu-central-1.amazonaws.com",
         "sqs.eu-central-1.amazonaws.com", "eu-central-1.queue.amazonaws.com", "lambda.eu-central-1.amazonaws.com",
         "bedrock-runtime.eu-central-1.amazonaws.com", "abc123-ats.iot.eu-central-1.amazonaws.com",
         "polly.eu-central-1.amazonaws.com"]


def install(work):
    boto3.install(work)


def version(work):
    return boto3.version(work)


def run_without_world(arguments, mode, check):
    observe(arguments, mode, check, "boto3", KINDS)


def observe(arguments, mode, check, environment, kinds, *words):
    """What botocore's own signers and those of its CRT do alike."""
    python = arguments.work / "python" / environment / "bin" / "python"
    with Witness(arguments, mode, check, NAMES) as witness:
        printed = json.loads(witness.run(python, get.HERE / "programs" / "boto3_signs.py", *words))
        witness.judge("calls", least=80)
        use(witness, printed)
        witness.saw(kinds)


def use(witness, printed):
    """Opens presigned URLs and fills in presigned forms, with plain curl."""
    for method, url in printed["urls"]:
        body = ["--upload-file", "-"] if method == "PUT" else []
        witness.run("curl", "-sS", "--path-as-is", *body, url, given=b"body" if body else None)
    witness.judge("presigned URLs", least=len(printed["urls"]))
    (witness.home / "upload.txt").write_text("content")
    for form in printed["forms"]:
        fields = [word for name, value in form["fields"].items() for word in ("-F", f"{name}={value}")]
        witness.run("curl", "-sS", *fields, "-F", "file=@upload.txt", form["url"])
    witness.judge("presigned forms", least=len(printed["forms"]))


V4 = "AWS4-HMAC-SHA256"
KINDS = {f"s3 header {V4} hashed", f"s3 header {V4} chunked", f"s3 query {V4} unsigned", f"s3 form {V4} file",
         f"sts query {V4} hashed", f"s3express header {V4} chunked", f"s3-object-lambda header {V4} hashed",
         f"ec2 header {V4} hashed", f"polly query {V4} hashed", f"bedrock header {V4} hashed",
         f"dynamodb header {V4} hashed", f"iotdata header {V4} hashed"}
