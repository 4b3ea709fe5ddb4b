"""Every operation of S3 that is built, by boto3, each answer held to botocore's own model; presigned URLs, forms, strangers, large
objects, every checksum that boto3 can make.

    boto3_objects.py ENDPOINT
"""

import base64
import hashlib
import io
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

import boto3
from boto3.s3.transfer import TransferConfig
from botocore import UNSIGNED
from botocore.config import Config

from held import CALLED, refused, say, watched

BUCKET = "interop-objects"
PART = b"0123456789abcdef" * (5 << 16)


def main():
    endpoint = sys.argv[1]
    session = boto3.Session(profile_name="linklocal", region_name="us-east-1")
    s3 = watched(session, "s3", endpoint)
    account = session.client("sts", endpoint_url=endpoint).get_caller_identity()["Account"]
    buckets(s3, session, endpoint)
    objects(s3)
    conditions(s3)
    checksums(s3)
    parts(s3)
    listings(s3)
    tags(s3)
    acls(s3)
    settings(s3, account)
    unconfigured(s3)
    for style in ("path", "virtual"):
        presigned(session, endpoint, style)
    forms(s3)
    strangers(s3, endpoint)
    clean_up(s3)
    wanted = set(OPERATIONS.split())
    say("every operation was called", wanted == CALLED, f"missing {sorted(wanted - CALLED)}, besides {sorted(CALLED - wanted)}")


def buckets(s3, session, endpoint):
    s3.create_bucket(Bucket=BUCKET)
    s3.create_bucket(Bucket=BUCKET)
    refused("InvalidBucketName", lambda: s3.create_bucket(Bucket="No_Capitals"), "The specified bucket is not valid.")
    elsewhere = session.client("s3", endpoint_url=endpoint, region_name="eu-west-1")
    refused("IllegalLocationConstraintException", lambda: elsewhere.create_bucket(Bucket="elsewhere-1"))
    elsewhere.create_bucket(Bucket="elsewhere-1", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    say("a bucket elsewhere", s3.get_bucket_location(Bucket="elsewhere-1")["LocationConstraint"] == "eu-west-1", "")
    elsewhere.delete_bucket(Bucket="elsewhere-1")
    s3.head_bucket(Bucket=BUCKET)
    say("its place", s3.get_bucket_location(Bucket=BUCKET).get("LocationConstraint") is None, "")
    say("it is listed", BUCKET in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]], "")
    refused("404", lambda: s3.head_bucket(Bucket="nobody-has-this-bucket"))
    refused("NoSuchBucket", lambda: s3.list_objects_v2(Bucket="nobody-has-this-bucket"), "The specified bucket does not exist")


def objects(s3):
    put = s3.put_object(Bucket=BUCKET, Key="a b/ü+~.txt", Body=b"content", ContentType="text/plain", Metadata={"name": "value"}, CacheControl="no-cache")
    say("its ETag", put["ETag"] == f'"{hashlib.md5(b"content").hexdigest()}"', put)
    got = s3.get_object(Bucket=BUCKET, Key="a b/ü+~.txt")
    say("it comes back", (got["Body"].read(), got["ContentType"], got["Metadata"], got["CacheControl"]) ==
        (b"content", "text/plain", {"name": "value"}, "no-cache"), got)
    say("a range", s3.get_object(Bucket=BUCKET, Key="a b/ü+~.txt", Range="bytes=2-4")["Body"].read() == b"nte", "")
    refused("InvalidRange", lambda: s3.get_object(Bucket=BUCKET, Key="a b/ü+~.txt", Range="bytes=70-80"))
    head = s3.head_object(Bucket=BUCKET, Key="a b/ü+~.txt")
    say("its head", (head["ContentLength"], head["ETag"]) == (7, put["ETag"]), head)
    refused("NoSuchKey", lambda: s3.get_object(Bucket=BUCKET, Key="none"), "The specified key does not exist.")
    refused("404", lambda: s3.head_object(Bucket=BUCKET, Key="none"))
    s3.copy_object(Bucket=BUCKET, Key="copy", CopySource={"Bucket": BUCKET, "Key": "a b/ü+~.txt"})
    say("the copy has its metadata", s3.head_object(Bucket=BUCKET, Key="copy")["Metadata"] == {"name": "value"}, "")
    refused("InvalidRequest", lambda: s3.copy_object(Bucket=BUCKET, Key="copy", CopySource={"Bucket": BUCKET, "Key": "copy"}))
    said = s3.get_object_attributes(Bucket=BUCKET, Key="copy", ObjectAttributes=["ETag", "ObjectSize", "Checksum", "StorageClass"])
    say("attributes", said["ObjectSize"] == 7 and said["ETag"] == put["ETag"].strip('"'), said)
    s3.delete_object(Bucket=BUCKET, Key="copy")
    s3.delete_object(Bucket=BUCKET, Key="copy")


def conditions(s3):
    put = s3.put_object(Bucket=BUCKET, Key="once", Body=b"1", IfNoneMatch="*")
    refused("PreconditionFailed", lambda: s3.put_object(Bucket=BUCKET, Key="once", Body=b"2", IfNoneMatch="*"))
    s3.put_object(Bucket=BUCKET, Key="once", Body=b"3", IfMatch=put["ETag"])
    refused("PreconditionFailed", lambda: s3.put_object(Bucket=BUCKET, Key="once", Body=b"4", IfMatch=put["ETag"]))
    refused("PreconditionFailed", lambda: s3.get_object(Bucket=BUCKET, Key="once", IfMatch=put["ETag"]))
    now = s3.head_object(Bucket=BUCKET, Key="once")
    refused("304", lambda: s3.get_object(Bucket=BUCKET, Key="once", IfNoneMatch=now["ETag"]))
    refused("304", lambda: s3.get_object(Bucket=BUCKET, Key="once", IfModifiedSince=now["LastModified"]))


def checksums(s3):
    for algorithm in ("CRC32", "SHA1", "SHA256"):
        put = s3.put_object(Bucket=BUCKET, Key=f"sum/{algorithm}", Body=b"content", ChecksumAlgorithm=algorithm)
        got = s3.get_object(Bucket=BUCKET, Key=f"sum/{algorithm}", ChecksumMode="ENABLED")
        name = f"Checksum{algorithm}"
        say(f"{algorithm} comes back", got["Body"].read() == b"content" and put[name] == got[name], (put.get(name), got.get(name)))
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    refused("BadDigest", lambda: s3.put_object(Bucket=BUCKET, Key="sum/wrong", Body=b"content", ChecksumSHA256=wrong))
    refused("404", lambda: s3.head_object(Bucket=BUCKET, Key="sum/wrong"))


def parts(s3):
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="large", Metadata={"made": "in parts"}, ChecksumAlgorithm="CRC32")["UploadId"]
    named = {"Bucket": BUCKET, "Key": "large", "UploadId": upload}
    first = s3.upload_part(**named, PartNumber=1, Body=PART, ChecksumAlgorithm="CRC32")
    s3.put_object(Bucket=BUCKET, Key="source", Body=PART)
    copied = s3.upload_part_copy(**named, PartNumber=2, CopySource=f"{BUCKET}/source", CopySourceRange="bytes=0-99")["CopyPartResult"]
    listed = s3.list_parts(**named)["Parts"]
    say("parts", [(part["PartNumber"], part["Size"]) for part in listed] == [(1, len(PART)), (2, 100)], listed)
    say("uploads", [one["UploadId"] for one in s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]] == [upload], "")
    both = [{"PartNumber": 1, "ETag": first["ETag"], "ChecksumCRC32": first["ChecksumCRC32"]},
            {"PartNumber": 2, "ETag": copied["ETag"], "ChecksumCRC32": copied["ChecksumCRC32"]}]
    refused("InvalidPartOrder", lambda: s3.complete_multipart_upload(**named, MultipartUpload={"Parts": both[::-1]}))
    done = s3.complete_multipart_upload(**named, MultipartUpload={"Parts": both})
    say("an ETag of two parts", done["ETag"].endswith('-2"'), done)
    got = s3.get_object(Bucket=BUCKET, Key="large")
    say("whole", got["Body"].read() == PART + PART[:100] and got["Metadata"] == {"made": "in parts"}, got)
    say("one part of it", len(s3.get_object(Bucket=BUCKET, Key="large", PartNumber=2)["Body"].read()) == 100, "")
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="left")["UploadId"]
    s3.abort_multipart_upload(Bucket=BUCKET, Key="left", UploadId=upload)
    refused("NoSuchUpload", lambda: s3.list_parts(Bucket=BUCKET, Key="left", UploadId=upload))
    small = s3.create_multipart_upload(Bucket=BUCKET, Key="small")["UploadId"]
    tags = [s3.upload_part(Bucket=BUCKET, Key="small", UploadId=small, PartNumber=n, Body=b"x")["ETag"] for n in (1, 2)]
    refused("EntityTooSmall", lambda: s3.complete_multipart_upload(Bucket=BUCKET, Key="small", UploadId=small, MultipartUpload={
        "Parts": [{"PartNumber": n, "ETag": tag} for n, tag in enumerate(tags, 1)]}))
    s3.abort_multipart_upload(Bucket=BUCKET, Key="small", UploadId=small)
    big = PART * 5
    s3.upload_fileobj(io.BytesIO(big), BUCKET, "managed", Config=TransferConfig(multipart_threshold=8 << 20, max_concurrency=4))
    back = io.BytesIO()
    s3.download_fileobj(BUCKET, "managed", back)
    say("uploads that boto3 manages", back.getvalue() == big, len(back.getvalue()))


def listings(s3):
    for name in ("list/a", "list/b/1", "list/b/2", "list/c d", "list/é"):
        s3.put_object(Bucket=BUCKET, Key=name, Body=b"")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="list/", Delimiter="/", PaginationConfig={"PageSize": 2})
    pages = list(pages)
    keys = [one["Key"] for page in pages for one in page.get("Contents", [])]
    prefixes = [one["Prefix"] for page in pages for one in page.get("CommonPrefixes", [])]
    say("pages of keys and prefixes", (keys, prefixes) == (["list/a", "list/c d", "list/é"], ["list/b/"]), (keys, prefixes))
    first = s3.list_objects(Bucket=BUCKET, Prefix="list/", MaxKeys=2)
    say("version 1", first["IsTruncated"] and [one["Key"] for one in first["Contents"]] == ["list/a", "list/b/1"], first)
    versions = s3.list_object_versions(Bucket=BUCKET, Prefix="list/b/")["Versions"]
    say("versions", [(one["Key"], one["VersionId"], one["IsLatest"]) for one in versions] ==
        [("list/b/1", "null", True), ("list/b/2", "null", True)], versions)
    deleted = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "list/a"}, {"Key": "list/none"}]})["Deleted"]
    say("several deleted", sorted(one["Key"] for one in deleted) == ["list/a", "list/none"], deleted)


def tags(s3):
    s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": [{"Key": "team", "Value": "x"}]})
    say("a bucket's tags", s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"] == [{"Key": "team", "Value": "x"}], "")
    s3.put_object(Bucket=BUCKET, Key="tagged", Body=b"", Tagging="a=1&b=2")
    say("an object's tags", len(s3.get_object_tagging(Bucket=BUCKET, Key="tagged")["TagSet"]) == 2, "")
    s3.put_object_tagging(Bucket=BUCKET, Key="tagged", Tagging={"TagSet": [{"Key": "c", "Value": "3"}]})
    s3.delete_object_tagging(Bucket=BUCKET, Key="tagged")
    say("none are left", s3.get_object_tagging(Bucket=BUCKET, Key="tagged")["TagSet"] == [], "")


def acls(s3):
    say("who owns it", len(s3.get_bucket_acl(Bucket=BUCKET)["Grants"]) == 1, "")
    s3.get_object_acl(Bucket=BUCKET, Key="tagged")
    refused("AccessControlListNotSupported", lambda: s3.put_object_acl(Bucket=BUCKET, Key="tagged", ACL="public-read"), "The bucket does not allow ACLs")
    refused("AccessControlListNotSupported", lambda: s3.put_bucket_acl(Bucket=BUCKET, ACL="public-read"))
    rules = s3.get_bucket_ownership_controls(Bucket=BUCKET)["OwnershipControls"]["Rules"]
    say("ownership", rules == [{"ObjectOwnership": "BucketOwnerEnforced"}], rules)
    s3.put_bucket_ownership_controls(Bucket=BUCKET, OwnershipControls={"Rules": rules})


def settings(s3, account):
    block = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    say("public access is blocked", all(block.values()) and len(block) == 4, block)
    public = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/open/*"}]}
    refused("AccessDenied", lambda: s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(public)))
    own = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "s3:*", "Resource": f"arn:aws:s3:::{BUCKET}"}]}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(own))
    say("a policy comes back", json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"]) == own, "")
    say("it is not public", s3.get_bucket_policy_status(Bucket=BUCKET)["PolicyStatus"]["IsPublic"] is False, "")
    s3.delete_bucket_policy(Bucket=BUCKET)
    refused("NoSuchBucketPolicy", lambda: s3.get_bucket_policy(Bucket=BUCKET), "The bucket policy does not exist")
    refused("MalformedPolicy", lambda: s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(public).replace(BUCKET, "another")))
    rules = [{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://app.example"], "AllowedHeaders": ["*"], "MaxAgeSeconds": 60}]
    s3.put_bucket_cors(Bucket=BUCKET, CORSConfiguration={"CORSRules": rules})
    say("CORS", s3.get_bucket_cors(Bucket=BUCKET)["CORSRules"] == rules, "")
    s3.delete_bucket_cors(Bucket=BUCKET)
    kinds = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    say("encryption", kinds[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256", kinds)
    say("never versioned", "Status" not in s3.get_bucket_versioning(Bucket=BUCKET), "")
    try:
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        say("versioning is had or refused by name", s3.get_bucket_versioning(Bucket=BUCKET).get("Status") == "Enabled", "")
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    except s3.exceptions.ClientError as error:
        say("versioning is had or refused by name", error.response["Error"]["Code"] == "NotImplemented", error)
    s3.delete_public_access_block(Bucket=BUCKET)
    refused("NoSuchPublicAccessBlockConfiguration", lambda: s3.get_public_access_block(Bucket=BUCKET))
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(public))
    say("now it is public", s3.get_bucket_policy_status(Bucket=BUCKET)["PolicyStatus"]["IsPublic"] is True, "")
    s3.put_object(Bucket=BUCKET, Key="open/page", Body=b"for all")


def unconfigured(s3):
    """What Terraform and s3cmd ask of every bucket, and what none of this account's has."""
    bucket = {"Bucket": BUCKET}
    for call, code in NOT_SET.items():
        refused(code, lambda: getattr(s3, call)(**bucket))
    say("no acceleration", "Status" not in s3.get_bucket_accelerate_configuration(**bucket), "")
    say("no log", "LoggingEnabled" not in s3.get_bucket_logging(**bucket), "")
    heard = {name for name in s3.get_bucket_notification_configuration(**bucket) if name != "ResponseMetadata"}
    say("nobody is notified", not heard, heard)
    say("the owner pays", s3.get_bucket_request_payment(**bucket)["Payer"] == "BucketOwner", "")
    say("tags do not count", s3.get_bucket_abac(**bucket)["AbacStatus"]["Status"] == "Disabled", "")
    for kind in ("analytics", "intelligent_tiering", "inventory", "metrics"):
        listed = getattr(s3, f"list_bucket_{kind}_configurations")(**bucket)
        say(f"no {kind}", listed["IsTruncated"] is False and not any(name.endswith("List") for name in listed), listed)
        for verb in ("get", "delete"):
            refused("NoSuchConfiguration", lambda: getattr(s3, f"{verb}_bucket_{kind}_configuration")(**bucket, Id="none"))
    for kind in ("legal_hold", "retention"):
        refused("InvalidRequest", lambda: getattr(s3, f"get_object_{kind}")(**bucket, Key="tagged"), "Bucket is missing Object Lock Configuration")
    for what in ("encryption", "lifecycle", "replication", "website"):
        status = getattr(s3, f"delete_bucket_{what}")(**bucket)["ResponseMetadata"]["HTTPStatusCode"]
        say(f"{what} is deleted", status == 204, status)
    s3.delete_bucket_tagging(**bucket)
    refused("NoSuchTagSet", lambda: s3.get_bucket_tagging(**bucket), "The TagSet does not exist")
    s3.delete_bucket_ownership_controls(**bucket)
    refused("OwnershipControlsNotFoundError", lambda: s3.get_bucket_ownership_controls(**bucket), "The bucket ownership controls were not found")
    refused("NotImplemented", lambda: s3.put_bucket_request_payment(**bucket, RequestPaymentConfiguration={"Payer": "Requester"}),
            "The operation PutBucketRequestPayment of s3 is not built into this account.")
    CALLED.discard("PutBucketRequestPayment")


def presigned(session, endpoint, style):
    host = endpoint.replace("127.0.0.1", "s3.localhost" if style == "virtual" else "127.0.0.1")
    for version in ("s3v4", "s3"):
        config = Config(signature_version=version, s3={"addressing_style": style})
        s3 = session.client("s3", endpoint_url=host, config=config)
        url = s3.generate_presigned_url("put_object", Params={"Bucket": BUCKET, "Key": "signed"}, ExpiresIn=60)
        say(f"{style} {version}: a PUT by URL", ask(url, b"by url", "PUT")[0] == 200, url.split("?")[0])
        url = s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "signed"}, ExpiresIn=60)
        say(f"{style} {version}: a GET by URL", ask(url) == (200, b"by url"), url.split("?")[0])
        tampered = ask(url.replace("/signed?", "/large?"))
        say(f"{style} {version}: another object", tampered[0] == 403 and b"SignatureDoesNotMatch" in tampered[1], tampered)
        expired = s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "signed"}, ExpiresIn=-1 if version == "s3" else 1)
        say(f"{style} {version}: a time of its own", "Expires=" in expired, expired.split("?")[0])


def forms(s3):
    made = s3.generate_presigned_post(BUCKET, "form/${filename}", Fields={"success_action_status": "201"},
                                      Conditions=[{"success_action_status": "201"}, ["content-length-range", 1, 100]])
    status, said = post(made["url"], made["fields"], b"by form")
    say("a form", status == 201 and b"<Key>form/picture.txt</Key>" in said, said)
    say("its file", s3.get_object(Bucket=BUCKET, Key="form/picture.txt")["Body"].read() == b"by form", "")
    status, said = post(made["url"], made["fields"], b"x" * 101)
    say("too long a file", status == 400 and b"EntityTooLarge" in said, said)
    status, said = post(made["url"], {**made["fields"], "x-amz-meta-more": "x"}, b"by form")
    say("a field that the policy does not name", status == 403 and b"AccessDenied" in said, said)


def strangers(s3, endpoint):
    say("the open page", ask(f"{endpoint}/{BUCKET}/open/page") == (200, b"for all"), "")
    status, said = ask(f"{endpoint}/{BUCKET}/large")
    say("another page", status == 403 and b"<Message>Access Denied</Message>" in said, said)
    status, said = ask(f"{endpoint}/{BUCKET}")
    say("the list", status == 403, said)
    unsigned = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", config=Config(signature_version=UNSIGNED))
    say("an unsigned client", unsigned.get_object(Bucket=BUCKET, Key="open/page")["Body"].read() == b"for all", "")
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration={"RestrictPublicBuckets": True})
    say("restricted", ask(f"{endpoint}/{BUCKET}/open/page")[0] == 403, "")


def clean_up(s3):
    refused("BucketNotEmpty", lambda: s3.delete_bucket(Bucket=BUCKET), "The bucket you tried to delete is not empty")
    s3.delete_bucket_policy(Bucket=BUCKET)
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
        s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": one["Key"]} for one in page["Contents"]], "Quiet": True})
    s3.delete_bucket(Bucket=BUCKET)


def ask(url, body=None, method="GET"):
    request = urllib.request.Request(url, data=body, method=method)
    if body is not None:
        request.add_header("Content-Type", "")
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def post(url, fields, content):
    boundary = "----interop"
    lines = []
    for name, value in fields.items():
        lines.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="picture.txt"\r\nContent-Type: text/plain\r\n\r\n'
    body = b"".join([*lines, head.encode(), content, f"\r\n--{boundary}--\r\n".encode()])
    request = urllib.request.Request(url, data=body, method="POST", headers={"Content-Type": f"multipart/form-data; boundary={boundary}"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


NOT_SET = {
    "get_bucket_lifecycle_configuration": "NoSuchLifecycleConfiguration",
    "get_bucket_replication": "ReplicationConfigurationNotFoundError",
    "get_bucket_website": "NoSuchWebsiteConfiguration",
    "get_object_lock_configuration": "ObjectLockConfigurationNotFoundError",
}

OPERATIONS = """
AbortMultipartUpload CompleteMultipartUpload CopyObject CreateBucket CreateMultipartUpload DeleteBucket DeleteBucketCors DeleteBucketPolicy
DeleteObject DeleteObjectTagging DeleteObjects DeletePublicAccessBlock GetBucketAcl GetBucketCors GetBucketEncryption GetBucketLocation
GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus GetBucketTagging GetBucketVersioning GetObject GetObjectAcl
GetObjectAttributes GetObjectTagging GetPublicAccessBlock HeadBucket HeadObject ListBuckets ListMultipartUploads ListObjectVersions ListObjects
ListObjectsV2 ListParts PutBucketAcl PutBucketCors PutBucketOwnershipControls PutBucketPolicy PutBucketTagging PutBucketVersioning PutObject
PutObjectAcl PutObjectTagging PutPublicAccessBlock UploadPart UploadPartCopy
DeleteBucketAnalyticsConfiguration DeleteBucketEncryption DeleteBucketIntelligentTieringConfiguration DeleteBucketInventoryConfiguration
DeleteBucketLifecycle DeleteBucketMetricsConfiguration DeleteBucketOwnershipControls DeleteBucketReplication DeleteBucketTagging
DeleteBucketWebsite GetBucketAbac GetBucketAccelerateConfiguration GetBucketAnalyticsConfiguration GetBucketIntelligentTieringConfiguration
GetBucketInventoryConfiguration GetBucketLifecycleConfiguration GetBucketLogging GetBucketMetricsConfiguration
GetBucketNotificationConfiguration GetBucketReplication GetBucketRequestPayment GetBucketWebsite GetObjectLegalHold
GetObjectLockConfiguration GetObjectRetention ListBucketAnalyticsConfigurations ListBucketIntelligentTieringConfigurations
ListBucketInventoryConfigurations ListBucketMetricsConfigurations
"""


if __name__ == "__main__":
    main()
