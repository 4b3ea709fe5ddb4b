"""rclone, from Debian, signs with the AWS SDK for Go, version 1; this product verifies: listing, uploads, parts, downloads."""

import answers
from clients import rclone
from witness import REGION, Witness

ROUTES = ("aws",)
MODES = ("session",)
NAMES = [f"s3.{REGION}.amazonaws.com", f"interop-bucket.s3.{REGION}.amazonaws.com"]
# It is told of the authority by `SSL_CERT_FILE`, as all Go programs; the SDK's own variable it cannot bear.
TRUST = {"AWS_CA_BUNDLE": ""}
KEYS = ["plain.txt", "a b+c/ü!'()*~.txt"]


def install(work):
    rclone.install(work)


def version(work):
    return rclone.version(work)


def run_without_world(arguments, mode, check):
    program = arguments.work / "debian" / "rclone" / "usr/bin/rclone"
    with Witness(arguments, mode, check, NAMES) as witness:
        def run(*words, given=None):
            return witness.run(program, "--config", "/dev/null", "--retries", "1", "--low-level-retries", "1", *words,
                               given=given, extra=TRUST)
        (witness.home / "large").write_bytes(b"x" * (6 << 20))
        for more in ("AWS", "AWS,force_path_style=true", 'Minio,endpoint="http://127.0.0.1:9000"'):
            remote = f":s3,provider={more},env_auth=true,no_check_bucket=true,region={REGION}:interop-bucket"
            run("lsf", f"{remote}/a b+c/")
            for key in KEYS:
                run("rcat", f"{remote}/{key}", given=answers.CONTENT)
                run("cat", f"{remote}/{key}")
            link = run("link", "--expire", "60s", f"{remote}/{KEYS[1]}").strip()
            witness.run("curl", "-sS", "--path-as-is", link)
        run("copyto", "--s3-upload-cutoff", "5M", "--s3-chunk-size", "5M", "--s3-no-head", "--ignore-checksum", "large",
            f"{remote}/parts")
        witness.judge("calls", least=25)
        witness.saw(KINDS)


KINDS = {"s3 header AWS4-HMAC-SHA256 hashed", "s3 query AWS4-HMAC-SHA256 unsigned"}
