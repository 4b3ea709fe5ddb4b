"""boto3 with `awscrt`, whose C code then makes all signatures, signs, this product verifies: also for several regions (SigV4a)."""

import install as get
from clients import boto3, signed_boto3
from witness import MODES

ROUTES = signed_boto3.ROUTES
PACKAGES = [*boto3.PACKAGES, "awscrt==0.38.0"]


def install(work):
    get.python(work, "boto3-crt", PACKAGES)


def version(_work):
    return PACKAGES[-1].split("==")[1]


def run_without_world(arguments, mode, check):
    signed_boto3.observe(arguments, mode, check, "boto3-crt", KINDS, "crt")


V4A = "AWS4-ECDSA-P256-SHA256"
KINDS = signed_boto3.KINDS | {f"s3 header {V4A} chunked", f"events header {V4A} hashed"}
