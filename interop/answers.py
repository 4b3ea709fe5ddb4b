"""What AWS would answer, as far as clients want to see it before they go on."""

import hashlib
import json

XML = [("Content-Type", "application/xml")]
JSON = [("Content-Type", "application/json")]
CONTENT = b"interop content\n"
# The session that S3 Express hands out.
SESSION = ("ASIAINTEROPEXPRESS00", "express+secret/ofTheSession", "express/token+of==")

BUCKETS = (b'<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>interop</ID></Owner><Buckets>'
           b"<Bucket><Name>interop-bucket</Name><CreationDate>2026-01-01T00:00:00.000Z</CreationDate></Bucket></Buckets>"
           b"</ListAllMyBucketsResult>")
OBJECTS = (b'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>interop-bucket</Name><Prefix></Prefix>'
           b"<KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated><Contents><Key>key</Key>"
           b"<LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>16</Size></Contents></ListBucketResult>")
UPLOAD = b"<InitiateMultipartUploadResult><UploadId>upload/1+2</UploadId></InitiateMultipartUploadResult>"
COMPLETE = b'<CompleteMultipartUploadResult><ETag>"9a0364b9e99bb480dd25e1f0284c8555-1"</ETag></CompleteMultipartUploadResult>'
COPY = b'<CopyObjectResult><ETag>"9a0364b9e99bb480dd25e1f0284c8555"</ETag></CopyObjectResult>'
EXPRESS = ("<CreateSessionResult><Credentials><AccessKeyId>{}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey>"
           "<SessionToken>{}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></CreateSessionResult>")
QUERY = "<{0}Response><{0}Result/><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{0}Response>"


def answer(capture):
    """Status, fields, body."""
    if capture.field("x-amz-target"):
        return 200, [("Content-Type", "application/x-amz-json-1.0")], target_answer(capture.field("x-amz-target"))
    if capture.field("x-amz-content-sha256").endswith("-EVENTS"):
        # No event at all is a stream, too.
        return 200, [("Content-Type", "application/vnd.amazon.eventstream")], b""
    kind = capture.field("content-type")
    if b"Action=" in capture.body or "Action=" in capture.target:
        action = text_between(capture.body.decode("latin-1") + capture.target, "Action=", "&")
        return 200, [("Content-Type", "text/xml")], QUERY.format(action).encode()
    if any(part in capture.field("host") for part in REST_JSON) or kind.startswith("application/json"):
        return 200, JSON, b"{}"
    return s3_answer(capture)


def s3_answer(capture):
    query = capture.target.partition("?")[2]
    if "session" in query.split("&") or "session=" in query:
        return 200, XML, EXPRESS.format(*SESSION).encode()
    if capture.method == "POST":
        return 200, XML, UPLOAD if "uploads" in query else COMPLETE if "uploadId" in query else b"<DeleteResult/>"
    if capture.method == "PUT":
        return (200, XML, COPY) if capture.field("x-amz-copy-source") else (200, etag(capture.body), b"")
    if capture.method == "DELETE":
        return 204, [], b""
    if "list-type" in query or "delimiter" in query or "prefix=" in query or "location" in query:
        return 200, XML, b"<LocationConstraint>eu-central-1</LocationConstraint>" if "location" in query else OBJECTS
    if capture.path == "/" and is_plain_s3(capture.field("host")):
        return 200, XML, BUCKETS
    return 200, [*etag(CONTENT), ("Content-Type", "text/plain"), ("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")], CONTENT


def etag(content):
    return [("ETag", f'"{hashlib.md5(content).hexdigest()}"')]


def is_plain_s3(host):
    """No bucket stands before it."""
    return host.startswith(("s3.", "127.0.0.1", "localhost"))


def target_answer(target):
    operation = target.rpartition(".")[2]
    return json.dumps({"ListTables": {"TableNames": []}, "ListQueues": {"QueueUrls": []},
                       "SendMessage": {"MessageId": "1", "MD5OfMessageBody": "49f68a5c8493ec2c0bf489821c21fc3b"},
                       "PutEvents": {"FailedEntryCount": 0, "Entries": []}}.get(operation, {})).encode()


def text_between(text, start, end):
    return text.partition(start)[2].partition(end)[0]


# Hosts of services that answer in JSON.
REST_JSON = ("lambda.", "execute-api.", "apigateway.", "bedrock-runtime.", "email.", "polly.", "iot.", "batch.", "es.")
