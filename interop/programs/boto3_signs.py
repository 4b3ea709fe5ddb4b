"""Everything that boto3 signs in a way of its own, one call each; URLs and forms that it presigns are printed as JSON."""

import io
import json
import sys

import boto3
from botocore.config import Config

KEYS = ["a/b c+d.txt", "ünï/中.txt", "double//slash/../dots", "odd !'()*~$@=&;,:.txt", "percent%41%2F"]
LOCAL = "http://127.0.0.1:9000"
RETRIES = {"max_attempts": 0}


def main():
    printed = {"urls": [], "forms": []}
    s3(boto3.client("s3", config=Config(s3={"addressing_style": "virtual"}, retries=RETRIES)))
    s3(boto3.client("s3", config=Config(s3={"addressing_style": "path"}, retries=RETRIES)))
    s3(boto3.client("s3", endpoint_url=LOCAL, config=Config(retries=RETRIES)))
    s3(boto3.client("s3", use_ssl=False, config=Config(retries=RETRIES, s3={"payload_signing_enabled": True})))
    relatives(boto3.client("s3", config=Config(retries=RETRIES)))
    for client in (boto3.client("s3", config=Config(signature_version="s3v4", retries=RETRIES)),
                   boto3.client("s3", endpoint_url=LOCAL, config=Config(signature_version="s3v4"))):
        presigned(client, printed)
    others(printed)
    if "crt" in sys.argv[1:]:
        several_regions()
    print(json.dumps(printed))


def s3(client):
    client.list_buckets()
    client.list_objects_v2(Bucket="interop-bucket", Prefix="a b+c/ü&=", Delimiter="/", MaxKeys=7)
    for key in KEYS:
        client.put_object(Bucket="interop-bucket", Key=key, Body=key.encode(), ContentType="text/plain",
                          Metadata={"name": "two  spaces", "other": "plain"})
        client.get_object(Bucket="interop-bucket", Key=key, Range="bytes=0-9", ResponseContentType="a/b; c=d")
    client.put_object(Bucket="interop-bucket", Key="stream", Body=io.BytesIO(b"x" * 200_000), ChecksumAlgorithm="SHA256")
    client.put_object(Bucket="interop-bucket", Key="empty", Body=b"")
    client.head_object(Bucket="interop-bucket", Key="stream")
    client.copy_object(Bucket="interop-bucket", Key="copy", CopySource={"Bucket": "interop-bucket", "Key": KEYS[0]})
    client.delete_objects(Bucket="interop-bucket", Delete={"Objects": [{"Key": key} for key in KEYS]})
    client.delete_object(Bucket="interop-bucket", Key=KEYS[1], VersionId="a/b+c")
    upload = client.create_multipart_upload(Bucket="interop-bucket", Key="parts")["UploadId"]
    client.upload_part(Bucket="interop-bucket", Key="parts", UploadId=upload, PartNumber=1, Body=b"part")


def relatives(client):
    """The other forms of S3's hosts."""
    client.head_object(Bucket="arn:aws:s3:eu-central-1:123456789012:accesspoint/point", Key="key")
    client.head_object(Bucket="arn:aws:s3-object-lambda:eu-central-1:123456789012:accesspoint/lambda", Key="key")
    client.write_get_object_response(RequestRoute="route", RequestToken="token", Body=b"answer")
    for settings in ({"use_dualstack_endpoint": True}, {"use_accelerate_endpoint": True}):
        other = boto3.client("s3", config=Config(s3=settings, retries=RETRIES))
        other.put_object(Bucket="interop-bucket", Key="key", Body=b"body")
    express = boto3.client("s3", region_name="us-west-2", config=Config(retries=RETRIES))
    express.put_object(Bucket="interop--usw2-az1--x-s3", Key="express/a b", Body=b"express")
    express.get_object(Bucket="interop--usw2-az1--x-s3", Key="express/a b")


def presigned(client, printed):
    for key in KEYS:
        printed["urls"].append(["GET", client.generate_presigned_url(
            "get_object", Params={"Bucket": "interop-bucket", "Key": key, "ResponseContentDisposition": "a; b=\"c d\""})])
        printed["urls"].append(["PUT", client.generate_presigned_url(
            "put_object", Params={"Bucket": "interop-bucket", "Key": key}, ExpiresIn=60)])
    form = client.generate_presigned_post("interop-bucket", "up/${filename}", Fields={"acl": "private"}, Conditions=[
        {"acl": "private"}, ["content-length-range", 1, 1000]], ExpiresIn=600)
    printed["forms"].append(form)


def others(printed):
    config = Config(retries=RETRIES)
    sts = boto3.client("sts", config=config)
    sts.get_caller_identity()
    printed["urls"].append(["GET", sts.generate_presigned_url("get_caller_identity", HttpMethod="GET")])
    boto3.client("iam", config=config).list_users(PathPrefix="/a b/")
    boto3.client("ec2", config=config).describe_regions(RegionNames=["eu-central-1"])
    dynamodb = boto3.client("dynamodb", config=config)
    dynamodb.list_tables()
    dynamodb.put_item(TableName="table", Item={"key": {"S": "välue"}})
    boto3.client("sqs", config=config).list_queues(QueueNamePrefix="a")
    functions = boto3.client("lambda", config=config)
    functions.invoke(FunctionName="arn:aws:lambda:eu-central-1:123456789012:function:name:alias", Payload=b'{"a":1}')
    boto3.client("bedrock-runtime", config=config).invoke_model(modelId="provider.model-v1:0", body=b"{}")
    boto3.client("iot-data", endpoint_url="https://abc123-ats.iot.eu-central-1.amazonaws.com", config=config).publish(
        topic="a/b c", payload=b"hello")
    polly = boto3.client("polly", config=config)
    printed["urls"].append(["GET", polly.generate_presigned_url("synthesize_speech", Params={
        "Text": "a + b & ü", "VoiceId": "Joanna", "OutputFormat": "mp3"}, HttpMethod="GET")])


def several_regions():
    """SigV4a, which botocore leaves to awscrt."""
    client = boto3.client("s3", config=Config(retries=RETRIES))
    point = "arn:aws:s3::123456789012:accesspoint/interop.mrap"
    client.put_object(Bucket=point, Key="a b", Body=b"body")
    client.get_object(Bucket=point, Key="a b")
    boto3.client("events", config=Config(retries=RETRIES)).put_events(
        EndpointId="abcde.xyz", Entries=[{"Source": "a", "DetailType": "b", "Detail": "{}"}])


if __name__ == "__main__":
    main()
