"""An S3 of one answer that checks who signed each request, with which secret, for which region.

The check follows "Signature Version 4 signing process" in the S3 API reference; it shares no code with the product.
"""

import hashlib
import hmac
import http.server
import re
import threading
import urllib.parse

BUCKETS = b"""<?xml version="1.0" encoding="UTF-8"?>
<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>interop</ID></Owner>
<Buckets><Bucket><Name>interop-bucket</Name><CreationDate>2026-01-01T00:00:00.000Z</CreationDate></Bucket></Buckets>
</ListAllMyBucketsResult>"""

AUTHORIZATION = re.compile(r"AWS4-HMAC-SHA256 Credential=(?P<key>\w+)/(?P<day>\d{8})/(?P<region>[\w-]+)/s3/aws4_request, "
                           r"?SignedHeaders=(?P<headers>[\w;-]+), ?Signature=(?P<signature>[0-9a-f]{64})")


class Bucketeer:
    """Serves on a loopback port while in its block; `signers` then holds what the requests showed."""

    def __init__(self, secret):
        self.secret, self.signers = secret, set()

    def __enter__(self):
        bucketeer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                bucketeer.signers.add(bucketeer.signer(self))
                self.send_response(200)
                self.send_header("Content-Type", "application/xml")
                self.send_header("Content-Length", str(len(BUCKETS)))
                self.end_headers()
                self.wfile.write(BUCKETS)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def signer(self, request):
        """Access key id, session token, region, and whether the secret made the signature."""
        said = AUTHORIZATION.match(request.headers.get("Authorization", ""))
        if not said:
            return (None, None, None, "unsigned")
        verdict = "verified" if said["signature"] == self.signature(request, said) else "another signature"
        return (said["key"], request.headers.get("X-Amz-Security-Token"), said["region"], verdict)

    def signature(self, request, said):
        target = urllib.parse.urlsplit(request.path)
        headers = "".join(f"{name}:{' '.join(request.headers[name].split())}\n" for name in said["headers"].split(";"))
        canonical = "\n".join([request.command, target.path, "&".join(sorted(target.query.split("&"))), headers,
                               said["headers"], request.headers["X-Amz-Content-Sha256"]])
        scope = f"{said['day']}/{said['region']}/s3/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", request.headers["X-Amz-Date"], scope,
                          hashlib.sha256(canonical.encode()).hexdigest()])
        key = f"AWS4{self.secret}".encode()
        for part in [said["day"], said["region"], "s3", "aws4_request", text]:
            key = hmac.digest(key, part.encode(), "sha256")
        return key.hex()


def check_signer(check, bucketeer, credentials, region):
    """Every request was signed with this set, for this region."""
    check.equal("who signed, for which region", bucketeer.signers,
                {(credentials["AccessKeyId"], credentials["Token"], region, "verified")})
