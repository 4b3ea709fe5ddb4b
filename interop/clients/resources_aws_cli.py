"""EC2, S3, Service Quotas and CloudTrail by the unmodified AWS CLI, versions 1 and 2: the flows of newcomers and operators."""

import json
import pathlib
import time

from account import Account
from clients import aws_cli, aws_cli_2
from clients.account_aws_cli import Cli

ROUTES, MODES = ("batch",), ("1", "2")
PATIENT = True
SCRIPT = "#!/bin/sh\necho hello from the script\n"
LARGE = 20 << 20


def install(work):
    aws_cli.install(work)
    aws_cli_2.install(work)


def version(work):
    return f"{aws_cli.version(work)}, {aws_cli_2.version(work)}"


def run_without_world(arguments, mode, check):
    with Account(arguments) as account:
        aws = Cli(account, mode, check)
        instances(aws)
        buckets(aws)
        quotas(aws)
        trail(aws)


def instances(aws):
    home = pathlib.Path(aws.account.home)
    (home / "boot.sh").write_text(SCRIPT)
    image = aws.done("ec2", "describe-images", "--owners", "amazon", "--filters", "Name=name,Values=al2023-ami-2*-x86_64",
                     "--query", "sort_by(Images,&CreationDate)[-1].ImageId")
    made = aws.done("ec2", "run-instances", "--image-id", image, "--instance-type", "t3.micro", "--count", "1:2", "--user-data",
                    f"file://{home / 'boot.sh'}", "--metadata-options", "HttpTokens=required,HttpPutResponseHopLimit=2",
                    "--tag-specifications", "ResourceType=instance,Tags=[{Key=Name,Value=cli}]", "--iam-instance-profile", "Name=linklocal")
    ids = [one["InstanceId"] for one in made["Instances"]]
    aws.check.equal("two of them", len(ids), 2)
    aws.done("ec2", "wait", "instance-running", "--instance-ids", *ids)
    found = aws.done("ec2", "describe-instances", "--filters", "Name=tag:Name,Values=cli", "--query",
                     "Reservations[].Instances[].[InstanceId,MetadataOptions.HttpTokens]")
    aws.check.equal("found by tag", sorted(found), sorted([one, "required"] for one in ids))
    aws.refused("DryRunOperation", "ec2", "terminate-instances", "--instance-ids", *ids, "--dry-run")
    changed = aws.done("ec2", "modify-instance-metadata-options", "--instance-id", ids[0], "--http-tokens", "optional")
    aws.check.equal("pending", changed["InstanceMetadataOptions"]["State"], "pending")
    booted(aws, ids[0])
    entered(aws, ids[1])
    audited(aws)
    refused_by_policy(aws, ids[0])
    aws.done("ec2", "terminate-instances", "--instance-ids", *ids)
    aws.done("ec2", "wait", "instance-terminated", "--instance-ids", *ids)


def booted(aws, instance):
    status, said, told = aws.account.linklocal("instance", "boot", instance)
    aws.check.holds("the script ran", status == 0 and "hello from the script" in said, (status, said, told))
    shown = aws.done("ec2", "get-console-output", "--instance-id", instance, "--query", "Output")
    aws.check.holds("the console shows it", shown and "hello from the script" in shown, shown)


def entered(aws, instance):
    status, said, told = aws.account.run(aws.account.binary, "run", "--data", aws.account.data, "--instance", instance, "--",
                                         aws.account.binary, "get", "instance-id")
    aws.check.equal("run enters it", (status, said.strip()), (0, instance))


def audited(aws):
    for _ in range(50):
        status, said, told = aws.account.linklocal("audit", "instances", "--json")
        if said.count("ec2-imdsv2-check"):
            break
        time.sleep(0.2)
    aws.check.holds("the audit finds optional tokens", "ec2-imdsv2-check" in said, (status, said[-800:], told))


def refused_by_policy(aws, instance):
    """A user who may start only instances with tokens required, and stop only those with his tag."""
    number = aws.account.number
    aws.done("iam", "create-user", "--user-name", "starter")
    keys = aws.done("iam", "create-access-key", "--user-name", "starter")["AccessKey"]
    aws.configure("starter", aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"],
                  endpoint_url=aws.account.url, region="us-east-1")
    policy = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": f"arn:aws:ec2:*:{number}:instance/*",
         "Condition": {"StringEquals": {"ec2:MetadataHttpTokens": "required"}}},
        {"Effect": "Allow", "Action": "ec2:RunInstances", "NotResource": f"arn:aws:ec2:*:{number}:instance/*"},
        {"Effect": "Allow", "Action": "ec2:StopInstances", "Resource": "*", "Condition": {"StringEquals": {"ec2:ResourceTag/owner": "starter"}}}]}
    aws.done("iam", "put-user-policy", "--user-name", "starter", "--policy-name", "start", "--policy-document", json.dumps(policy))
    words = ["ec2", "run-instances", "--image-id", "ami-0c101f26f147fa7fd", "--instance-type", "t3.nano", "--dry-run"]
    image = aws.done("ec2", "describe-images", "--owners", "amazon", "--filters", "Name=name,Values=amzn2-ami-*", "--query",
                     "Images[0].ImageId")
    words[3] = image
    aws.refused("UnauthorizedOperation", *words, "--metadata-options", "HttpTokens=optional", profile="starter")
    aws.refused("DryRunOperation", *words, "--metadata-options", "HttpTokens=required", profile="starter")
    aws.refused("UnauthorizedOperation", "ec2", "stop-instances", "--instance-ids", instance, "--dry-run", profile="starter")
    aws.done("ec2", "create-tags", "--resources", instance, "--tags", "Key=owner,Value=starter")
    aws.refused("DryRunOperation", "ec2", "stop-instances", "--instance-ids", instance, "--dry-run", profile="starter")
    aws.refused("is not authorized to perform: iam:PassRole", *words, "--metadata-options", "HttpTokens=required", "--iam-instance-profile",
                "Name=linklocal", profile="starter")


def buckets(aws):
    home = pathlib.Path(aws.account.home)
    (home / "tree" / "below").mkdir(parents=True)
    for name in ("tree/one", "tree/below/two ü"):
        (home / name).write_text(name)
    (home / "large").write_bytes(bytes(range(256)) * (LARGE // 256))
    # The high-level commands print text.
    for words in (["mb", "s3://cli-bucket"], ["cp", "large", "s3://cli-bucket/large", "--no-progress"],
                  ["sync", "tree", "s3://cli-bucket/tree", "--no-progress"], ["cp", "s3://cli-bucket/large", "s3://cli-bucket/copy", "--no-progress"],
                  ["cp", "s3://cli-bucket/copy", "back", "--no-progress"], ["mv", "s3://cli-bucket/copy", "s3://cli-bucket/moved"],
                  ["ls", "s3://cli-bucket", "--recursive"], ["rm", "s3://cli-bucket/moved"]):
        status, said, told = aws.run("s3", *words)
        aws.check.equal(f"s3 {words[0]}", (status, told if status else ""), (0, ""))
        if words[0] == "ls":
            aws.check.holds("what is listed", "tree/below/two ü" in said and "moved" in said and "copy" not in said, said)
    aws.check.holds("20 MB came back", (home / "back").read_bytes() == (home / "large").read_bytes())
    status, url, told = aws.run("s3", "presign", "s3://cli-bucket/tree/one", "--expires-in", "60")
    got = aws.account.run("curl", "--silent", "--show-error", url.strip())
    aws.check.equal("opened by curl", got[1], "tree/one")
    aws.done("s3api", "put-object", "--bucket", "cli-bucket", "--key", "checked", "--body", str(home / "tree/one"), "--checksum-algorithm", "SHA256")
    aws.done("s3api", "get-object-attributes", "--bucket", "cli-bucket", "--key", "checked", "--object-attributes", "ObjectSize", "Checksum")
    aws.refused("AccessControlListNotSupported", "s3api", "put-object-acl", "--bucket", "cli-bucket", "--key", "checked", "--acl", "public-read")
    aws.refused("404", "s3api", "head-object", "--bucket", "cli-bucket", "--key", "none")
    status, said, told = aws.run("s3", "rb", "s3://cli-bucket", "--force")
    aws.check.equal("s3 rb --force", (status, told if status else ""), (0, ""))


def quotas(aws):
    code = ["--service-code", "ec2", "--quota-code", "L-1216C47A"]
    aws.check.equal("vCPUs", aws.done("service-quotas", "get-service-quota", *code)["Quota"]["Value"], 1152.0)
    asked = aws.done("service-quotas", "request-service-quota-increase", *code, "--desired-value", "1500")["RequestedQuota"]
    status, said, told = aws.account.linklocal("quota", "deny", asked["Id"])
    aws.check.equal("it is denied", (status, told), (0, ""))
    found = aws.done("service-quotas", "get-requested-service-quota-change", "--request-id", asked["Id"])["RequestedQuota"]["Status"]
    aws.check.equal("its state", found, "DENIED")


def trail(aws):
    for _ in range(20):
        found = aws.done("cloudtrail", "lookup-events", "--lookup-attributes", "AttributeKey=Username,AttributeValue=starter")["Events"]
        if found:
            break
        time.sleep(1)
    aws.check.holds("what starter tried is on record", {event["EventName"] for event in found} >= {"RunInstances"}, found[:1])
    status, said, told = aws.account.linklocal("trail", "--event-name", "StopInstances", "--json")
    aws.check.holds("the trail shows it", status == 0 and "Client.UnauthorizedOperation" in said, (status, said[-800:], told))
