"""rclone, from Debian: the AWS SDK for Go v1. It signs a request with what it found, and we read who signed."""

import http.server
import re
import threading

import install as get

ROUTES = ("endpoint", "ipv4", "ipv6")

BUCKETS = b"""<?xml version="1.0" encoding="UTF-8"?>
<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>interop</ID></Owner>
<Buckets><Bucket><Name>interop-bucket</Name><CreationDate>2026-01-01T00:00:00.000Z</CreationDate></Bucket></Buckets>
</ListAllMyBucketsResult>"""


def install(work):
    get.debian(work, "rclone")


def version(work):
    return get.debian_version(work / "debian" / "rclone")


def run(world, check):
    before = world.counter("linklocal_metadata_no_token_total")
    with Bucketeer() as s3:
        said = world.run(world.work / "debian" / "rclone" / "usr/bin/rclone", "--config", "/dev/null",
                         "--retries", "1", "--low-level-retries", "1", "lsd",
                         f':s3,provider=AWS,env_auth=true,region={world.expected["region"]},'
                         f'endpoint="http://127.0.0.1:{s3.port}":')
    check.equal("calls by version 1", world.counter("linklocal_metadata_no_token_total") - before, 0)
    wanted = world.metadata.credentials(world.expected["role"], world.metadata.token())
    check.holds("it lists the bucket", "interop-bucket" in said, said)
    check.equal("who signed", s3.signers, {(wanted["AccessKeyId"], wanted["Token"])})


class Bucketeer:
    """An S3 of one answer that notes with which credentials it was asked."""

    def __enter__(self):
        self.signers = signers = set()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                key = re.search(r"Credential=([A-Z0-9]+)/", self.headers.get("Authorization", ""))
                signers.add((key and key.group(1), self.headers.get("X-Amz-Security-Token")))
                self.send_response(200)
                self.send_header("Content-Type", "application/xml")
                self.send_header("Content-Length", str(len(BUCKETS)))
                self.end_headers()
                self.wfile.write(BUCKETS)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
