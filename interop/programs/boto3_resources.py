"""Every operation of EC2, Service Quotas and CloudTrail that is built, by boto3, each answer held to botocore's own model.

    boto3_resources.py ENDPOINT
"""

import base64
import datetime
import json
import sys
import time

import boto3

from held import CALLED, refused, say, watched

TRUST = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
SCRIPT = "#!/bin/sh\necho hello\n"
DATA = {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 50, "VolumeType": "io2", "Iops": 1000, "Encrypted": True, "DeleteOnTermination": False}}
STANDARD = {"ServiceCode": "ec2", "QuotaCode": "L-1216C47A"}


def main():
    endpoint = sys.argv[1]
    session = boto3.Session(profile_name="linklocal", region_name="us-east-1")
    ec2, quotas, trail = (watched(session, name, endpoint) for name in ("ec2", "service-quotas", "cloudtrail"))
    iam = session.client("iam", endpoint_url=endpoint)
    catalogue(ec2)
    keys(ec2)
    for name in ("web", "other"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
        iam.create_instance_profile(InstanceProfileName=name)
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    image = newest_image(ec2)
    first = launch(ec2, image)
    described(ec2, first)
    volumes(ec2, first)
    interfaces(ec2, first)
    routes(ec2)
    metadata(ec2, first)
    attributes(ec2, first)
    associations(ec2, first)
    tags(ec2, first)
    life(ec2, first)
    left_over(ec2, first)
    defaults(ec2, image)
    raised(ec2, quotas, image)
    look_up(trail)
    wanted = set(OPERATIONS.split())
    say("every operation was called", wanted == CALLED, f"missing {sorted(wanted - CALLED)}, besides {sorted(CALLED - wanted)}")


def catalogue(ec2):
    regions = ec2.describe_regions()["Regions"]
    say("regions", {"us-east-1", "eu-central-1"} <= {region["RegionName"] for region in regions}, regions)
    one = ec2.describe_regions(RegionNames=["eu-west-1"])["Regions"]
    say("one region", [region["RegionName"] for region in one] == ["eu-west-1"], one)
    refused("InvalidParameterValue", lambda: ec2.describe_regions(RegionNames=["moon-1"]))
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    say("zones", len(zones) >= 3 and all(zone["RegionName"] == "us-east-1" for zone in zones), zones)
    types = ec2.describe_instance_types(InstanceTypes=["m5.large", "t3.micro"])["InstanceTypes"]
    say("what types have", {kind["InstanceType"]: kind["VCpuInfo"]["DefaultVCpus"] for kind in types} == {"m5.large": 2, "t3.micro": 2}, types)
    refused("InvalidInstanceType", lambda: ec2.describe_instance_types(InstanceTypes=["m99.huge"]))
    pages = ec2.get_paginator("describe_instance_types").paginate(PaginationConfig={"PageSize": 20})
    names = [kind["InstanceType"] for page in pages for kind in page["InstanceTypes"]]
    say("pages of types hold each once", len(names) == len(set(names)) > 100, len(names))
    offered = ec2.describe_instance_type_offerings(LocationType="availability-zone", Filters=of("instance-type", "t3.micro"))["InstanceTypeOfferings"]
    say("a type is to be had in every zone", {one["Location"] for one in offered} == {zone["ZoneName"] for zone in zones}, offered)
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    say("one default VPC", len(vpc) == 1 and vpc[0]["CidrBlock"] == "172.31.0.0/16", vpc)
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc[0]["VpcId"]]}])["Subnets"]
    say("a subnet for each zone", {subnet["AvailabilityZone"] for subnet in subnets} >= {zone["ZoneName"] for zone in zones}, subnets)
    groups = ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"]
    say("the default group", len(groups) == 1 and groups[0]["VpcId"] == vpc[0]["VpcId"], groups)
    said = ec2.describe_account_attributes(AttributeNames=["default-vpc"])["AccountAttributes"]
    say("the default VPC as attribute", said[0]["AttributeValues"][0]["AttributeValue"] == vpc[0]["VpcId"], said)
    refused("InvalidVpcID.NotFound", lambda: ec2.describe_vpcs(VpcIds=["vpc-0123456789abcdef0"]))
    refused("InvalidParameterValue", lambda: ec2.describe_vpcs(Filters=[{"Name": "no-such", "Values": ["x"]}]), "The filter 'no-such' is invalid")


def newest_image(ec2):
    images = ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "name", "Values": ["al2023-ami-*-x86_64"]}])["Images"]
    say("images of Amazon Linux 2023 want tokens", images and all(image.get("ImdsSupport") == "v2.0" for image in images), images[:1])
    refused("InvalidAMIID.NotFound", lambda: ec2.describe_images(ImageIds=["ami-0123456789abcdef0"]))
    refused("InvalidAMIID.Malformed", lambda: ec2.describe_images(ImageIds=["picture"]))
    return max(images, key=lambda image: image["CreationDate"])["ImageId"]


def keys(ec2):
    made = ec2.create_key_pair(KeyName="rsa")
    say("a private key is given", made["KeyMaterial"].startswith("-----BEGIN RSA PRIVATE KEY-----"), made["KeyFingerprint"])
    made = ec2.create_key_pair(KeyName="ed", KeyType="ed25519")
    say("another kind", "OPENSSH PRIVATE KEY" in made["KeyMaterial"], made["KeyFingerprint"])
    public = ec2.describe_key_pairs(KeyNames=["ed"], IncludePublicKey=True)["KeyPairs"][0]["PublicKey"]
    ec2.import_key_pair(KeyName="mine", PublicKeyMaterial=public.encode())
    refused("InvalidKeyPair.Duplicate", lambda: ec2.import_key_pair(KeyName="mine", PublicKeyMaterial=public.encode()))
    ec2.delete_key_pair(KeyName="mine")
    refused("InvalidKeyPair.NotFound", lambda: ec2.describe_key_pairs(KeyNames=["mine"]))


def launch(ec2, image):
    wanted = dict(ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=2, KeyName="ed", UserData=SCRIPT, ClientToken="first",
                  IamInstanceProfile={"Name": "web"},
                  MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 3, "InstanceMetadataTags": "enabled"},
                  CreditSpecification={"CpuCredits": "standard"}, BlockDeviceMappings=[DATA],
                  TagSpecifications=[{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": "web"}]}
                                     for kind in ("instance", "volume", "network-interface")])
    refused("DryRunOperation", lambda: ec2.run_instances(DryRun=True, **wanted), "Request would have succeeded, but DryRun flag is set.")
    made = ec2.run_instances(**wanted)["Instances"]
    say("two instances, pending", [one["State"]["Name"] for one in made] == ["pending", "pending"], made)
    say("their options", all((one["MetadataOptions"]["HttpTokens"], one["MetadataOptions"]["HttpPutResponseHopLimit"]) == ("required", 3)
                             for one in made), made[0]["MetadataOptions"])
    again = ec2.run_instances(**wanted)["Instances"]
    say("the same token gives the same instances", [one["InstanceId"] for one in again] == [one["InstanceId"] for one in made], again)
    refused("IdempotentParameterMismatch", lambda: ec2.run_instances(**{**wanted, "MaxCount": 1}))
    refused("InvalidKeyPair.NotFound", lambda: ec2.run_instances(**{**wanted, "ClientToken": "", "KeyName": "nobody"}))
    refused("InvalidParameterValue", lambda: ec2.run_instances(**{**wanted, "ClientToken": "", "IamInstanceProfile": {"Name": "nobody"}}))
    ids = [one["InstanceId"] for one in made]
    ec2.get_waiter("instance_running").wait(InstanceIds=ids, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    return ids


def described(ec2, ids):
    by_tag = ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["w*"]}, {"Name": "instance-state-name", "Values": ["running"]}])
    found = [one["InstanceId"] for reservation in by_tag["Reservations"] for one in reservation["Instances"]]
    say("found by tag and state", sorted(found) == sorted(ids), found)
    pages = ec2.get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 5})
    every = [one for page in pages for reservation in page["Reservations"] for one in reservation["Instances"]]
    say("all of them, the first start's too", len(every) >= 3, [one["InstanceId"] for one in every])
    status = ec2.describe_instance_status(InstanceIds=ids)["InstanceStatuses"]
    say("statuses", [one["InstanceState"]["Name"] for one in status] == ["running", "running"], status)
    refused("InvalidInstanceID.NotFound", lambda: ec2.describe_instances(InstanceIds=["i-0123456789abcdef0"]),
            "The instance ID 'i-0123456789abcdef0' does not exist")
    refused("InvalidInstanceID.Malformed", lambda: ec2.describe_instances(InstanceIds=["web"]))
    ec2.get_console_output(InstanceId=ids[0])


def volumes(ec2, ids):
    ec2.get_waiter("volume_in_use").wait(Filters=of("attachment.instance-id", *ids), WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    pages = ec2.get_paginator("describe_volumes").paginate(Filters=of("tag:Name", "web"), PaginationConfig={"PageSize": 5})
    found = [volume for page in pages for volume in page["Volumes"]]
    by_device = sorted((volume["Attachments"][0]["Device"], volume["VolumeType"], volume["Iops"]) for volume in found)
    say("a root and a data volume each", by_device == [("/dev/sdf", "io2", 1000)] * 2 + [("/dev/xvda", "gp3", 3000)] * 2, found)
    instance = ec2.describe_instances(InstanceIds=ids[:1])["Reservations"][0]["Instances"][0]
    named = [device["Ebs"]["VolumeId"] for device in instance["BlockDeviceMappings"]]
    said = ec2.describe_volumes(VolumeIds=named)["Volumes"]
    say("those that the instance names", all((volume["State"], volume["Attachments"][0]["InstanceId"], volume["Attachments"][0]["State"]) ==
                                            ("in-use", ids[0], "attached") for volume in said) and len(said) == 2, said)
    root = next(volume for volume in said if volume["Attachments"][0]["Device"] == instance["RootDeviceName"])
    image = ec2.describe_images(ImageIds=[instance["ImageId"]])["Images"][0]
    made = image["BlockDeviceMappings"][0]["Ebs"]
    say("the root is made of the image's snapshot", (root["SnapshotId"], root["Size"]) == (made["SnapshotId"], made["VolumeSize"]), root)
    encrypted = ec2.describe_volumes(Filters=of("encrypted", "true") + of("attachment.instance-id", ids[0]))["Volumes"]
    say("encrypted with a key", len(encrypted) == 1 and ":key/" in encrypted[0]["KmsKeyId"], encrypted)
    statuses = ec2.describe_volume_status(VolumeIds=named)["VolumeStatuses"]
    say("volumes are well", [one["VolumeStatus"]["Status"] for one in statuses] == ["ok", "ok"], statuses)
    ec2.create_tags(Resources=named[:1], Tags=[{"Key": "stage", "Value": "test"}])
    tagged = ec2.describe_volumes(Filters=of("tag:stage", "t*"))["Volumes"]
    say("a volume is found by a new tag", [volume["VolumeId"] for volume in tagged] == named[:1], tagged)
    refused("InvalidVolume.NotFound", lambda: ec2.describe_volumes(VolumeIds=["vol-0123456789abcdef0"]),
            "The volume 'vol-0123456789abcdef0' does not exist.")
    refused("InvalidParameterValue", lambda: ec2.describe_volumes(VolumeIds=["disk"]), "Value (disk) for parameter volumes is invalid. Expected: 'vol-...'.")
    refused("DryRunOperation", lambda: ec2.describe_volumes(DryRun=True))


def interfaces(ec2, ids):
    instance = ec2.describe_instances(InstanceIds=ids[:1])["Reservations"][0]["Instances"][0]
    own = instance["NetworkInterfaces"][0]
    said = ec2.describe_network_interfaces(NetworkInterfaceIds=[own["NetworkInterfaceId"]])["NetworkInterfaces"][0]
    alike = ("MacAddress", "PrivateIpAddress", "PrivateDnsName", "SubnetId", "VpcId", "Groups", "Association", "Status", "SourceDestCheck")
    say("an interface is as its instance shows it", all(said[name] == own[name] for name in alike), said)
    attachment = said["Attachment"]
    say("attached to it", (attachment["InstanceId"], attachment["Status"], attachment["DeviceIndex"]) == (ids[0], "attached", 0), attachment)
    say("its tags are those of the launch", said["TagSet"] == [{"Key": "Name", "Value": "web"}] and said["RequesterManaged"] is False, said)
    pages = ec2.get_paginator("describe_network_interfaces").paginate(Filters=of("tag:Name", "web") + of("association.public-ip", "*"),
                                                                     PaginationConfig={"PageSize": 5})
    found = sorted(one["Attachment"]["InstanceId"] for page in pages for one in page["NetworkInterfaces"])
    say("found by tag and public address", found == sorted(ids), found)
    refused("InvalidNetworkInterfaceID.NotFound", lambda: ec2.describe_network_interfaces(NetworkInterfaceIds=["eni-0123456789abcdef0"]),
            "The networkInterface ID 'eni-0123456789abcdef0' does not exist")
    refused("InvalidNetworkInterfaceId.Malformed", lambda: ec2.describe_network_interfaces(NetworkInterfaceIds=["card"]))
    say("no Elastic IP addresses", ec2.describe_addresses()["Addresses"] == [], "")
    refused("InvalidAddress.NotFound", lambda: ec2.describe_addresses(PublicIps=["192.0.2.1"]), "Address '192.0.2.1' not found.")
    refused("InvalidAllocationID.NotFound", lambda: ec2.describe_addresses(AllocationIds=["eipalloc-0123456789abcdef0"]))
    credits = ec2.describe_instance_credit_specifications(InstanceIds=ids)["InstanceCreditSpecifications"]
    say("credits as they were chosen", [one["CpuCredits"] for one in credits] == ["standard", "standard"], credits)


def routes(ec2):
    vpc = ec2.describe_vpcs(Filters=of("is-default", "true"))["Vpcs"][0]
    gateway = ec2.describe_internet_gateways(Filters=of("attachment.vpc-id", vpc["VpcId"]))["InternetGateways"][0]["InternetGatewayId"]
    tables = ec2.describe_route_tables(Filters=of("vpc-id", vpc["VpcId"]) + of("association.main", "true"))["RouteTables"]
    out = {route["DestinationCidrBlock"]: route["GatewayId"] for route in tables[0]["Routes"]}
    say("the default VPC reaches the internet", out == {vpc["CidrBlock"]: "local", "0.0.0.0/0": gateway}, tables)
    acl = ec2.describe_network_acls(Filters=of("default", "true"))["NetworkAcls"][0]
    subnets = {subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]}
    say("its ACL is that of all subnets", {one["SubnetId"] for one in acl["Associations"]} == subnets, acl)
    options = ec2.describe_dhcp_options(DhcpOptionsIds=[vpc["DhcpOptionsId"]])["DhcpOptions"][0]["DhcpConfigurations"]
    say("names within", {"Key": "domain-name", "Values": [{"Value": "ec2.internal"}]} in options, options)
    said = ec2.describe_vpc_attribute(VpcId=vpc["VpcId"], Attribute="enableDnsHostnames")
    say("it hands names out", said["EnableDnsHostnames"]["Value"] is True, said)
    refused("InvalidRouteTableID.NotFound", lambda: ec2.describe_route_tables(RouteTableIds=["rtb-0123456789abcdef0"]),
            "The routeTable ID 'rtb-0123456789abcdef0' does not exist")
    refused("InvalidInternetGatewayID.NotFound", lambda: ec2.describe_internet_gateways(InternetGatewayIds=["igw-0123456789abcdef0"]))


def left_over(ec2, ids):
    kept = ec2.describe_volumes(Filters=of("status", "available"))["Volumes"]
    say("what does not go with an instance is left", [(volume["Size"], volume["Attachments"]) for volume in kept] == [(50, [])] * len(ids), kept)
    say("and no interface is", ec2.describe_network_interfaces(Filters=of("attachment.instance-id", *ids))["NetworkInterfaces"] == [], "")


def of(name, *values):
    return [{"Name": name, "Values": list(values)}]


def metadata(ec2, ids):
    answer = ec2.modify_instance_metadata_options(InstanceId=ids[0], HttpTokens="optional", HttpPutResponseHopLimit=2)
    options = answer["InstanceMetadataOptions"]
    say("a change is pending", (options["State"], options["HttpTokens"]) == ("pending", "optional"), options)
    for _ in range(50):
        found = ec2.describe_instances(InstanceIds=ids[:1])["Reservations"][0]["Instances"][0]["MetadataOptions"]
        if found["State"] == "applied":
            break
        time.sleep(0.2)
    say("and applied", (found["State"], found["HttpTokens"], found["HttpPutResponseHopLimit"]) == ("applied", "optional", 2), found)
    refused("InvalidParameterValue", lambda: ec2.modify_instance_metadata_options(InstanceId=ids[0], HttpPutResponseHopLimit=65))


def attributes(ec2, ids):
    said = ec2.describe_instance_attribute(InstanceId=ids[0], Attribute="userData")["UserData"]["Value"]
    say("user data comes back", base64.b64decode(said).decode() == SCRIPT, said)
    ec2.modify_instance_attribute(InstanceId=ids[0], DisableApiTermination={"Value": True})
    refused("OperationNotPermitted", lambda: ec2.terminate_instances(InstanceIds=ids[:1]))
    ec2.modify_instance_attribute(InstanceId=ids[0], DisableApiTermination={"Value": False})
    refused("IncorrectInstanceState", lambda: ec2.modify_instance_attribute(InstanceId=ids[0], InstanceType={"Value": "t3.small"}))


def associations(ec2, ids):
    pages = ec2.get_paginator("describe_iam_instance_profile_associations").paginate(Filters=[{"Name": "instance-id", "Values": ids[:1]}])
    held = [one for page in pages for one in page["IamInstanceProfileAssociations"]]
    say("one association", len(held) == 1 and held[0]["State"] == "associated", held)
    refused("IncorrectState", lambda: ec2.associate_iam_instance_profile(InstanceId=ids[0], IamInstanceProfile={"Name": "other"}))
    replaced = ec2.replace_iam_instance_profile_association(AssociationId=held[0]["AssociationId"], IamInstanceProfile={"Name": "other"})
    arn = replaced["IamInstanceProfileAssociation"]["IamInstanceProfile"]["Arn"]
    say("another profile", arn.endswith(":instance-profile/other"), replaced)
    ec2.disassociate_iam_instance_profile(AssociationId=replaced["IamInstanceProfileAssociation"]["AssociationId"])
    refused("InvalidAssociationID.NotFound", lambda: ec2.disassociate_iam_instance_profile(AssociationId=held[0]["AssociationId"]))
    made = ec2.associate_iam_instance_profile(InstanceId=ids[0], IamInstanceProfile={"Name": "web"})["IamInstanceProfileAssociation"]
    say("associated anew", made["State"] == "associating" and made["InstanceId"] == ids[0], made)


def tags(ec2, ids):
    ec2.create_tags(Resources=ids, Tags=[{"Key": "stage", "Value": "test"}, {"Key": "team", "Value": ""}])
    found = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": ids[:1]}, {"Name": "key", "Values": ["s*"]}])["Tags"]
    say("a tag is found", [(tag["Key"], tag["Value"], tag["ResourceType"]) for tag in found] == [("stage", "test", "instance")], found)
    ec2.delete_tags(Resources=ids, Tags=[{"Key": "stage"}])
    refused("InvalidParameterValue", lambda: ec2.create_tags(Resources=ids, Tags=[{"Key": "aws:x", "Value": ""}]))


def life(ec2, ids):
    stopping = ec2.stop_instances(InstanceIds=ids[:1])["StoppingInstances"][0]
    say("stopping", (stopping["PreviousState"]["Name"], stopping["CurrentState"]["Name"]) == ("running", "stopping"), stopping)
    ec2.get_waiter("instance_stopped").wait(InstanceIds=ids[:1], WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    ec2.modify_instance_attribute(InstanceId=ids[0], InstanceType={"Value": "t3.small"})
    say("starting", ec2.start_instances(InstanceIds=ids[:1])["StartingInstances"][0]["CurrentState"]["Name"] == "pending", "")
    ec2.get_waiter("instance_running").wait(InstanceIds=ids[:1], WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    ec2.reboot_instances(InstanceIds=ids)
    ended = ec2.terminate_instances(InstanceIds=ids)["TerminatingInstances"]
    say("shutting down", all(one["CurrentState"]["Name"] == "shutting-down" for one in ended), ended)
    ec2.get_waiter("instance_terminated").wait(InstanceIds=ids, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    refused("IncorrectInstanceState", lambda: ec2.start_instances(InstanceIds=ids[:1]))


def defaults(ec2, image):
    say("no defaults at first", "HttpTokens" not in ec2.get_instance_metadata_defaults().get("AccountLevel", {}), "")
    ec2.modify_instance_metadata_defaults(HttpTokens="required", HttpPutResponseHopLimit=4, HttpTokensEnforced="enabled")
    kept = ec2.get_instance_metadata_defaults()["AccountLevel"]
    say("defaults are kept", (kept["HttpTokens"], kept["HttpPutResponseHopLimit"], kept["HttpTokensEnforced"]) == ("required", 4, "enabled"), kept)
    try:
        ec2.run_instances(ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1, MetadataOptions={"HttpTokens": "optional"})
        say("enforced: no launch with optional tokens", False, "it was launched")
    except ec2.exceptions.ClientError as error:
        say("enforced: no launch with optional tokens", error.response["ResponseMetadata"]["HTTPStatusCode"] == 400, error)
    ec2.modify_instance_metadata_defaults(HttpTokens="no-preference", HttpPutResponseHopLimit=-1, HttpTokensEnforced="no-preference")


def raised(ec2, quotas, image):
    services = [service for page in quotas.get_paginator("list_services").paginate() for service in page["Services"]]
    say("services with quotas", {"ec2", "iam", "s3"} <= {service["ServiceCode"] for service in services}, services)
    listed = [quota for page in quotas.get_paginator("list_service_quotas").paginate(ServiceCode="ec2") for quota in page["Quotas"]]
    known = [quota for page in quotas.get_paginator("list_aws_default_service_quotas").paginate(ServiceCode="ec2") for quota in page["Quotas"]]
    say("quotas and their defaults", {quota["QuotaCode"] for quota in listed} <= {quota["QuotaCode"] for quota in known} and listed, listed)
    quotas.get_aws_default_service_quota(**STANDARD)
    value = quotas.get_service_quota(**STANDARD)["Quota"]
    say("1,152 vCPUs", value["Value"] == 1152 and value["Adjustable"], value)
    refused("VcpuLimitExceeded", lambda: ec2.run_instances(ImageId=image, InstanceType="m5.24xlarge", MinCount=13, MaxCount=13),
            "You have requested more vCPU capacity than your current vCPU limit of 1152 allows for the instance bucket that the specified "
            "instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.")
    refused("NoSuchResourceException", lambda: quotas.get_service_quota(ServiceCode="ec2", QuotaCode="L-00000000"))
    refused("IllegalArgumentException", lambda: quotas.request_service_quota_increase(**STANDARD, DesiredValue=5))
    asked = quotas.request_service_quota_increase(**STANDARD, DesiredValue=2000)["RequestedQuota"]
    say("a request", asked["Status"] == "PENDING" and asked["DesiredValue"] == 2000, asked)
    refused("ResourceAlreadyExistsException", lambda: quotas.request_service_quota_increase(**STANDARD, DesiredValue=3000),
            "Only one open service quota increase request is allowed per quota")
    quotas.get_requested_service_quota_change(RequestId=asked["Id"])
    history = quotas.list_requested_service_quota_change_history(ServiceCode="ec2")["RequestedQuotas"]
    say("its history", [one["Id"] for one in history] == [asked["Id"]], history)
    quotas.list_requested_service_quota_change_history_by_quota(**STANDARD)


def look_up(trail):
    found = []
    for _ in range(50):
        page = trail.lookup_events(LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "RunInstances"}], MaxResults=50)
        found = page["Events"]
        if found:
            break
        time.sleep(1)
    say("launches are on record", found and all(event["EventName"] == "RunInstances" for event in found), found[:1])
    record = json.loads(found[-1]["CloudTrailEvent"])
    say("in CloudTrail's form", record["eventSource"] == "ec2.amazonaws.com" and record["userIdentity"]["userName"] == "admin", record)
    say("without user data", SCRIPT.splitlines()[1] not in found[-1]["CloudTrailEvent"] and
        base64.b64encode(SCRIPT.encode()).decode() not in found[-1]["CloudTrailEvent"], record)
    times = [event["EventTime"] for event in found]
    say("newest first", times == sorted(times, reverse=True), times)
    time.sleep(1)
    refused("InvalidTimeRangeException", lambda: trail.lookup_events(StartTime=datetime.datetime.now(), EndTime=datetime.datetime(2020, 1, 1)))


OPERATIONS = """
AssociateIamInstanceProfile CreateKeyPair CreateTags DeleteKeyPair DeleteTags DescribeAccountAttributes DescribeAddresses
DescribeAvailabilityZones DescribeDhcpOptions DescribeIamInstanceProfileAssociations DescribeImages DescribeInstanceAttribute
DescribeInstanceCreditSpecifications DescribeInstanceStatus DescribeInstanceTypeOfferings DescribeInstanceTypes DescribeInstances
DescribeInternetGateways DescribeKeyPairs DescribeNetworkAcls DescribeNetworkInterfaces DescribeRegions DescribeRouteTables
DescribeSecurityGroups DescribeSubnets DescribeTags DescribeVolumeStatus DescribeVolumes DescribeVpcAttribute DescribeVpcs
DisassociateIamInstanceProfile GetConsoleOutput GetInstanceMetadataDefaults ImportKeyPair ModifyInstanceAttribute
ModifyInstanceMetadataDefaults ModifyInstanceMetadataOptions RebootInstances ReplaceIamInstanceProfileAssociation RunInstances
StartInstances StopInstances TerminateInstances

GetAWSDefaultServiceQuota GetRequestedServiceQuotaChange GetServiceQuota ListAWSDefaultServiceQuotas ListRequestedServiceQuotaChangeHistory
ListRequestedServiceQuotaChangeHistoryByQuota ListServiceQuotas ListServices RequestServiceQuotaIncrease

LookupEvents
"""


if __name__ == "__main__":
    main()
