"""The AWS command line, version 1, signs, this product verifies."""

import install as get
from clients import aws_cli
from witness import LOCAL, Witness

ROUTES = ("aws",)
MODES = ("session",)
NAMES = ["s3.eu-central-1.amazonaws.com", "interop-bucket.s3.eu-central-1.amazonaws.com", "interop-bucket.s3.amazonaws.com",
         "sts.eu-central-1.amazonaws.com", "sts.amazonaws.com", "ec2.eu-central-1.amazonaws.com",
         "dynamodb.eu-central-1.amazonaws.com", "123456789012.ddb.eu-central-1.amazonaws.com",
         "sqs.eu-central-1.amazonaws.com", "eu-central-1.queue.amazonaws.com", "lambda.eu-central-1.amazonaws.com"]
KEYS = ["plain.txt", "a b+c!'()*~.txt", "ünï/中 文.txt"]


def install(work):
    aws_cli.install(work)


def version(work):
    return aws_cli.version(work)


def run_without_world(arguments, mode, check):
    with Witness(arguments, mode, check, NAMES) as witness:
        observe(witness, [arguments.work / "python" / "awscli" / "bin" / "python", "-m", "awscli"], {})


def observe(witness, aws, extra):
    """What both versions do alike."""
    def run(*words):
        return witness.run(*aws, *words, extra=extra)
    for name in KEYS:
        (witness.home / name).parent.mkdir(exist_ok=True)
        (witness.home / name).write_text(name)
    for endpoint in ([], ["--endpoint-url", LOCAL]):
        for name in KEYS:
            run("s3", "cp", "--no-progress", f"./{name}", f"s3://interop-bucket/{name}", *endpoint)
            url = run("s3", "presign", f"s3://interop-bucket/{name}", *endpoint).strip()
            witness.run("curl", "-sS", url)
        run("s3", "ls", "s3://interop-bucket/a b+c/", *endpoint)
        run("s3api", "list-objects-v2", "--bucket", "interop-bucket", "--prefix", "ü &=+/", *endpoint)
    run("sts", "get-caller-identity")
    run("ec2", "describe-regions")
    run("dynamodb", "list-tables")
    run("sqs", "list-queues", "--queue-name-prefix", "a")
    run("lambda", "get-function", "--function-name", "name:alias")
    witness.judge("calls", least=20)
    witness.saw(KINDS)


KINDS = {f"{kind.split()[0]} {kind.split()[1]} AWS4-HMAC-SHA256 {kind.split()[2]}" for kind in (
    "s3 header hashed", "s3 query unsigned", "sts header hashed", "ec2 header hashed", "dynamodb header hashed",
    "sqs header hashed", "lambda header hashed")}
