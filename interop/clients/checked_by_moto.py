"""This product signs, moto verifies, with its authentication on: botocore's signers behind a server. Keys are made by moto's
own IAM, those of a session by its STS.

moto looks at no signature in a URL: those have to open, and are judged by `s3s` (`checked_by_s3s.py`). S3's aside, it
takes the parameters of a GET for its body and refuses botocore's own signatures (`list_functions` of Lambda): there is none of
these here.
"""

import re
import subprocess
import urllib.parse
import urllib.request

import install as get
from namespace import take_names
from sender import Sender
from witness import MODES
from world import clean_environment

ROUTES = ("aws",)
PACKAGES = ["moto[server]==5.2.5"]
PORT = 9000
URL = f"http://127.0.0.1:{PORT}"
KEYS = ["plain.txt", "a b+c/d.txt", "ünï/中.txt", "odd !'()*~$@=&;,:.txt"]
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
TRUST = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}'


def install(work):
    get.python(work, "moto", PACKAGES)


def version(_work):
    return PACKAGES[0].split("==")[1]


def run_without_world(arguments, mode, check):
    home = arguments.work / "checked-by-moto" / mode
    home.mkdir(parents=True, exist_ok=True)
    take_names([], home)
    server = [arguments.work / "python" / "moto" / "bin" / "python", "-m", "moto.server"]
    running = subprocess.Popen([*server, "-H", "127.0.0.1", "-p", str(PORT)], env=clean_environment(home),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        get.wait_for_port(PORT)
        anybody = Sender(arguments.binary, home, {**clean_environment(home), "AWS_REGION": "eu-central-1"}, PORT)
        us = keys(anybody.with_keys("AKIAANYBODY", "any"))
        authenticate(True)
        observe(us if mode == "long-term" else session(us), check)
    finally:
        running.kill()
        running.wait()


def authenticate(on):
    """Whether moto looks at signatures from here on."""
    count = b"0" if on else b"1000000"
    wanted = urllib.request.Request(f"{URL}/moto-api/reset-auth", data=count, headers={"Content-Type": "text/plain"})
    urllib.request.urlopen(wanted, timeout=30).read()


def keys(anybody):
    """A user who may do all, and a key of it."""
    call(anybody, "iam", "Action=CreateUser&UserName=interop")
    policy = urllib.parse.quote(POLICY, safe="")
    call(anybody, "iam", f"Action=PutUserPolicy&UserName=interop&PolicyName=all&PolicyDocument={policy}")
    call(anybody, "iam", f"Action=CreateRole&RoleName=interop&AssumeRolePolicyDocument={urllib.parse.quote(TRUST, safe='')}")
    call(anybody, "iam", f"Action=PutRolePolicy&RoleName=interop&PolicyName=all&PolicyDocument={policy}")
    made = call(anybody, "iam", "Action=CreateAccessKey&UserName=interop")[1].decode()
    return anybody.with_keys(between(made, "AccessKeyId"), between(made, "SecretAccessKey"))


def session(us):
    role = urllib.parse.quote("arn:aws:iam::123456789012:role/interop", safe="")
    made = call(us, "sts", f"Action=AssumeRole&RoleArn={role}&RoleSessionName=interop")[1].decode()
    return us.with_keys(between(made, "AccessKeyId"), between(made, "SecretAccessKey"), between(made, "SessionToken"))


def call(us, service, body):
    """A call of a query service, its parameters in the body."""
    return us.signed_raw("POST", f"{URL}/", "--service", service, "-H",
                         "Content-Type: application/x-www-form-urlencoded; charset=utf-8", "--data-raw",
                         f"{body}&Version={VERSIONS[service]}")


def observe(us, check):
    for service, body, wanted in (("sts", "Action=GetCallerIdentity", "GetCallerIdentityResult"),
                                  ("iam", "Action=ListUsers&PathPrefix=%2F", "interop"),
                                  ("ec2", "Action=DescribeRegions&RegionName.1=eu-central-1", "eu-central-1")):
        status, said = call(us, service, body)
        check.holds(f"{service} by POST", status == 200 and wanted.encode() in said, (status, said[:300]))
    json_calls(us, check)
    buckets(us, check)
    refusals(us, check)


def json_calls(us, check):
    for service, target, body, wanted in (
            ("dynamodb", "DynamoDB_20120810.ListTables", "{}", b"TableNames"),
            ("sqs", "AmazonSQS.ListQueues", '{"QueueNamePrefix":"ü"}', b"{"),
            ("kms", "TrentService.ListKeys", "{}", b"Keys"),
            ("secretsmanager", "secretsmanager.ListSecrets", '{"MaxResults":7}', b"SecretList")):
        status, said = us.signed_curl("POST", f"{URL}/", "--service", service, "--data-raw", body, "-H",
                                      "Content-Type: application/x-amz-json-1.0", "-H", f"X-Amz-Target: {target}")
        check.holds(f"{service} by JSON", status == 200 and wanted in said, (status, said[:300]))


def buckets(us, check):
    check.equal("a bucket is made", us.signed_raw("PUT", f"{URL}/bucket", "--data-raw", LOCATION, *S3)[0], 200)
    for name in KEYS:
        address = us.presigned("--endpoint-url", URL, f"s3://bucket/{name}").split("?")[0]
        put = us.signed_curl("PUT", address, "--data-raw", f"content of {name}", "-H", "x-amz-meta-name: a name", *S3)
        check.equal(f"{name}: put", put[0], 200)
        check.equal(f"{name}: fetched", us.signed_raw("GET", address, *S3), (200, f"content of {name}".encode()))
    status, said = us.signed_raw("GET", f"{URL}/bucket?list-type=2&prefix=a%20b%2Bc%2F", *S3)
    check.holds("a list", status == 200 and b"d.txt" in said, (status, said[:300]))
    authenticate(False)
    for name in KEYS:
        put = us.presigned("-X", "PUT", "--endpoint-url", URL, f"s3://bucket/{name}")
        check.equal(f"{name}: put by URL", us.curl("--upload-file", "-", put, given=b"by URL")[0], 200)
        fetch = us.presigned("--endpoint-url", URL, f"s3://bucket/{name}")
        check.equal(f"{name}: fetched by URL", us.curl(fetch), (200, b"by URL"))
    authenticate(True)


def refusals(us, check):
    other = us.with_keys(us.environment["AWS_ACCESS_KEY_ID"], "another")
    status, said = call(other, "sts", "Action=GetCallerIdentity")
    check.holds("another secret is refused", status == 403 and b"SignatureDoesNotMatch" in said, (status, said[:300]))
    status, said = other.signed_raw("GET", f"{URL}/bucket", *S3)
    check.holds("another secret is refused by S3", status == 403 and b"SignatureDoesNotMatch" in said, (status, said[:300]))


def between(text, name):
    return re.search(f"<{name}>(.*?)</{name}>", text)[1]


S3 = ("--service", "s3")
LOCATION = "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>"
VERSIONS = {"sts": "2011-06-15", "iam": "2010-05-08", "ec2": "2016-11-15"}
