"""The JavaScript SDK signs, this product verifies: S3 with texts and streams, presigned URLs and forms, STS, DynamoDB, SigV4a."""

import json

import install as get
from clients import signed_boto3
from witness import MODES, Witness

ROUTES = ("aws",)
TRANSCRIBE = "transcribestreaming.eu-central-1.amazonaws.com"


def install(work):
    get.node(work, "js-signs")


def version(work):
    manifest = work / "node" / "js-signs" / "node_modules" / "@aws-sdk" / "client-s3" / "package.json"
    return json.loads(manifest.read_text())["version"]


def run_without_world(arguments, mode, check):
    with Witness(arguments, mode, check, [*signed_boto3.NAMES, TRANSCRIBE]) as witness:
        printed = json.loads(witness.run("node", arguments.work / "node" / "js-signs" / "signs.mjs"))
        witness.judge("calls", least=45)
        signed_boto3.use(witness, printed)
        witness.saw(KINDS)


V4, V4A = "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"
KINDS = {f"s3 header {V4} hashed", f"s3 header {V4} chunked", f"s3 query {V4} unsigned", f"s3 form {V4} file",
         f"sts header {V4} hashed", f"dynamodb header {V4} hashed", f"s3 header {V4A} hashed", f"transcribe header {V4} events"}
