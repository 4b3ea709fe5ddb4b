"""rclone, from Debian: the AWS SDK for Go v1. It signs a request with what it found, and we read who signed."""

import install as get
from bucketeer import Bucketeer, check_signer

ROUTES = ("endpoint", "ipv4", "ipv6", "run", "run-user")


def install(work):
    get.debian(work, "rclone")


def version(work):
    return get.debian_version(work / "debian" / "rclone")


def run(world, check):
    before = world.counter("linklocal_metadata_no_token_total")
    wanted = world.metadata.credentials(world.expected["role"], world.metadata.token())
    with Bucketeer(wanted["SecretAccessKey"]) as s3:
        remote = f':s3,provider=AWS,env_auth=true,region={world.expected["region"]},endpoint="{s3.url}":'
        said = world.run(world.work / "debian" / "rclone" / "usr/bin/rclone", "--config", "/dev/null",
                         "--retries", "1", "--low-level-retries", "1", "lsd", remote)
    check.equal("calls by version 1", world.counter("linklocal_metadata_no_token_total") - before, 0)
    check.holds("it lists the bucket", "interop-bucket" in said, said)
    check_signer(check, s3, wanted, world.expected["region"])
