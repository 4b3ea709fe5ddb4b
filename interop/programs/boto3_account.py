"""Every operation of STS and IAM by boto3, its answers held to botocore's own model: nothing required is missing, nothing has
another type, and no element of the answer is unknown to the model.

    boto3_account.py ENDPOINT
"""

import base64
import json
import sys
import time

import boto3
from botocore.exceptions import ClientError

from held import CALLED, say, watched

EC2 = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
ANY = '{"Version":"2012-10-17","Statement":[{"Sid":"All","Effect":"Allow","Action":"s3:*","Resource":"*"}]}'


def main():
    endpoint = sys.argv[1]
    session = boto3.Session(profile_name="linklocal")
    iam, sts = (watched(session, service, endpoint) for service in ("iam", "sts"))
    account = sts.get_caller_identity()["Account"]
    users(iam)
    groups(iam)
    roles(iam, account)
    policies(iam, account)
    attachments(iam, account)
    simulations(iam, account)
    devices(iam, sts, session, endpoint)
    sessions(iam, sts, session, endpoint, account)
    reports(iam)
    clean_up(iam, account)
    wanted = set(OPERATIONS.split())
    say("every operation was called", wanted == CALLED, f"missing {sorted(wanted - CALLED)}, besides {sorted(CALLED - wanted)}")


def users(iam):
    made = iam.create_user(UserName="walker", Path="/team/", Tags=[{"Key": "team", "Value": "identity"}])["User"]
    say("a user's id", made["UserId"].startswith("AIDA") and made["Arn"].endswith(":user/team/walker"), made)
    iam.get_user(UserName="walker")
    iam.get_user()
    iam.list_users(PathPrefix="/team/")
    iam.tag_user(UserName="walker", Tags=[{"Key": "Stage", "Value": ""}])
    say("tags", len(iam.list_user_tags(UserName="walker")["Tags"]) == 2, "")
    iam.untag_user(UserName="walker", TagKeys=["stage"])
    iam.update_user(UserName="walker", NewPath="/team/a/")
    key = iam.create_access_key(UserName="walker")["AccessKey"]
    say("a key's id", key["AccessKeyId"].startswith("AKIA") and len(key["SecretAccessKey"]) == 40, key["AccessKeyId"])
    iam.create_access_key(UserName="walker")
    refused("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", iam.create_access_key, UserName="walker")
    iam.update_access_key(UserName="walker", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    iam.list_access_keys(UserName="walker")
    iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])
    iam.delete_access_key(UserName="walker", AccessKeyId=key["AccessKeyId"])
    refused("EntityAlreadyExists", "User with name WALKER already exists.", iam.create_user, UserName="WALKER")
    refused("NoSuchEntity", "The user with name nobody cannot be found.", iam.get_user, UserName="nobody")
    iam.create_account_alias(AccountAlias="walkers")
    say("an alias", iam.list_account_aliases()["AccountAliases"] == ["walkers"], "")
    iam.delete_account_alias(AccountAlias="walkers")


def groups(iam):
    iam.create_group(GroupName="walkers")
    iam.add_user_to_group(GroupName="walkers", UserName="walker")
    say("a group's users", [user["UserName"] for user in iam.get_group(GroupName="walkers")["Users"]] == ["walker"], "")
    iam.list_groups_for_user(UserName="walker")
    iam.list_groups()
    iam.update_group(GroupName="walkers", NewGroupName="hikers")
    refused("DeleteConflict", None, iam.delete_group, GroupName="hikers")
    iam.remove_user_from_group(GroupName="hikers", UserName="walker")


def roles(iam, account):
    made = iam.create_role(RoleName="walk", AssumeRolePolicyDocument=EC2, Description="walks", MaxSessionDuration=7200,
                           Tags=[{"Key": "team", "Value": "identity"}])["Role"]
    say("a role's id", made["RoleId"].startswith("AROA") and made["AssumeRolePolicyDocument"]["Version"] == "2012-10-17", made)
    iam.get_role(RoleName="walk")
    iam.list_roles()
    iam.update_role(RoleName="walk", Description="strolls")
    iam.update_role_description(RoleName="walk", Description="walks")
    iam.update_assume_role_policy(RoleName="walk", PolicyDocument=EC2)
    iam.tag_role(RoleName="walk", Tags=[{"Key": "a", "Value": "b"}])
    iam.list_role_tags(RoleName="walk")
    iam.untag_role(RoleName="walk", TagKeys=["a"])
    iam.create_instance_profile(InstanceProfileName="walk")
    iam.add_role_to_instance_profile(InstanceProfileName="walk", RoleName="walk")
    refused("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
            iam.add_role_to_instance_profile, InstanceProfileName="walk", RoleName="walk")
    iam.get_instance_profile(InstanceProfileName="walk")
    iam.list_instance_profiles()
    iam.list_instance_profiles_for_role(RoleName="walk")
    iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    refused("MalformedPolicyDocument", None, iam.update_assume_role_policy, RoleName="walk", PolicyDocument="{}")
    refused("MalformedPolicyDocument", None, iam.update_assume_role_policy, RoleName="walk",
            PolicyDocument=EC2.replace('"Service":"ec2.amazonaws.com"', f'"AWS":"arn:aws:iam::{account}:user/nobody"'))


def policies(iam, account):
    arn = iam.create_policy(PolicyName="walking", PolicyDocument=ANY, Description="d")["Policy"]["Arn"]
    say("a policy's ARN", arn == f"arn:aws:iam::{account}:policy/walking", arn)
    iam.get_policy(PolicyArn=arn)
    iam.list_policies(Scope="All", MaxItems=5)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=ANY, SetAsDefault=True)
    iam.get_policy_version(PolicyArn=arn, VersionId="v2")
    iam.list_policy_versions(PolicyArn=arn)
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    refused("DeleteConflict", None, iam.delete_policy_version, PolicyArn=arn, VersionId="v1")
    refused("MalformedPolicyDocument", "Syntax errors in policy.", iam.create_policy, PolicyName="x", PolicyDocument="{")
    for kind, name in (("user", "walker"), ("group", "hikers"), ("role", "walk")):
        named = {f"{kind.capitalize()}Name": name}
        getattr(iam, f"put_{kind}_policy")(PolicyName="inline", PolicyDocument=ANY, **named)
        document = getattr(iam, f"get_{kind}_policy")(PolicyName="inline", **named)["PolicyDocument"]
        say(f"a {kind}'s inline policy comes back", document == json.loads(ANY), document)
        getattr(iam, f"list_{kind}_policies")(**named)


def attachments(iam, account):
    own, theirs = f"arn:aws:iam::{account}:policy/walking", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    for kind, name in (("user", "walker"), ("group", "hikers"), ("role", "walk")):
        named = {f"{kind.capitalize()}Name": name}
        for arn in (own, theirs):
            getattr(iam, f"attach_{kind}_policy")(PolicyArn=arn, **named)
        listed = getattr(iam, f"list_attached_{kind}_policies")(**named)["AttachedPolicies"]
        say(f"a {kind}'s policies", {entry["PolicyArn"] for entry in listed} == {own, theirs}, listed)
        getattr(iam, f"detach_{kind}_policy")(PolicyArn=theirs, **named)
    say("attachments are counted", iam.get_policy(PolicyArn=own)["Policy"]["AttachmentCount"] == 3, "")
    iam.list_entities_for_policy(PolicyArn=own)
    refused("DeleteConflict", None, iam.delete_policy, PolicyArn=own)
    iam.put_user_permissions_boundary(UserName="walker", PermissionsBoundary=own)
    iam.put_role_permissions_boundary(RoleName="walk", PermissionsBoundary=own)
    iam.get_user(UserName="walker")
    iam.delete_user_permissions_boundary(UserName="walker")
    iam.delete_role_permissions_boundary(RoleName="walk")


def simulations(iam, account):
    answer = iam.simulate_custom_policy(PolicyInputList=[ANY], ActionNames=["s3:GetObject", "ec2:RunInstances"])
    decisions = [result["EvalDecision"] for result in answer["EvaluationResults"]]
    say("decisions of the simulator", decisions == ["allowed", "implicitDeny"], decisions)
    matched = answer["EvaluationResults"][0]["MatchedStatements"][0]
    say("the statement's place", matched["StartPosition"]["Line"] == 1 and matched["SourcePolicyId"] == "PolicyInputList.1", matched)
    iam.simulate_principal_policy(PolicySourceArn=f"arn:aws:iam::{account}:user/team/a/walker", ActionNames=["s3:GetObject"])
    iam.get_context_keys_for_custom_policy(PolicyInputList=[ANY.replace('"Sid":"All"', '"Condition":{"Bool":{"aws:SecureTransport":"true"}}')])
    iam.get_context_keys_for_principal_policy(PolicySourceArn=f"arn:aws:iam::{account}:user/team/a/walker")


def devices(iam, sts, session, endpoint):
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]
    serial, seed = made["SerialNumber"], base64.b32decode(made["Base32StringSeed"])
    say("the QR code is a PNG", made["QRCodePNG"].startswith(b"\x89PNG\r\n\x1a\n"), made["QRCodePNG"][:8])
    step = int(time.time()) // 30
    refused("InvalidAuthenticationCode", "Authentication code for device is not valid.", iam.enable_mfa_device,
            UserName="walker", SerialNumber=serial, AuthenticationCode1=code(seed, step), AuthenticationCode2=code(seed, step + 3))
    iam.enable_mfa_device(UserName="walker", SerialNumber=serial, AuthenticationCode1=code(seed, step - 1),
                          AuthenticationCode2=code(seed, step))
    iam.list_mfa_devices(UserName="walker")
    refused("ValidationError", None, iam.get_mfa_device, UserName="walker", SerialNumber=serial)
    iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")
    refused("DeleteConflict", None, iam.delete_virtual_mfa_device, SerialNumber=serial)
    iam.resync_mfa_device(UserName="walker", SerialNumber=serial, AuthenticationCode1=code(seed, step + 1),
                          AuthenticationCode2=code(seed, step + 2))
    key = iam.create_access_key(UserName="walker")["AccessKey"]
    own = watched(session, "sts", endpoint, aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    refused("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ", own.get_session_token,
            SerialNumber=serial, TokenCode=code(seed, step + 500))
    own.get_session_token(SerialNumber=serial, TokenCode=code(seed, int(time.time()) // 30))
    iam.delete_access_key(UserName="walker", AccessKeyId=key["AccessKeyId"])
    iam.deactivate_mfa_device(UserName="walker", SerialNumber=serial)
    iam.delete_virtual_mfa_device(SerialNumber=serial)


def sessions(iam, sts, session, endpoint, account):
    admin = sts.get_caller_identity()["Arn"]
    role = iam.create_role(RoleName="stroll", AssumeRolePolicyDocument=EC2.replace('"Service":"ec2.amazonaws.com"', f'"AWS":"{admin}"')
                           .replace('"sts:AssumeRole"', '["sts:AssumeRole","sts:TagSession"]'))["Role"]["Arn"]
    answer = sts.assume_role(RoleArn=role, RoleSessionName="walk", Tags=[{"Key": "team", "Value": "x"}], DurationSeconds=900)
    say("a session's ARN", answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{account}:assumed-role/stroll/walk", answer["AssumedRoleUser"])
    keys = answer["Credentials"]
    within = watched(session, "sts", endpoint, aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"],
                     aws_session_token=keys["SessionToken"])
    say("the session knows itself", within.get_caller_identity()["Arn"] == answer["AssumedRoleUser"]["Arn"], "")
    refused("AccessDenied", "Cannot call GetSessionToken with session credentials", within.get_session_token)
    sts.get_federation_token(Name="bob", Policy=ANY)
    sts.get_access_key_info(AccessKeyId=keys["AccessKeyId"])
    try:
        watched(session, "iam", endpoint, aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"],
                aws_session_token=keys["SessionToken"]).list_users()
        say("a role without policies is denied", False, "it may list users")
    except ClientError as error:
        message = error.response["Error"]["Message"]
        say("a role without policies is denied", "is not authorized to perform: iam:ListUsers on resource: " in message, message)
        encoded = message.split("Encoded authorization failure message: ")[-1]
        decoded = json.loads(sts.decode_authorization_message(EncodedMessage=encoded)["DecodedMessage"])
        say("the denial explains itself", decoded["allowed"] is False and decoded["context"]["action"] == "iam:ListUsers", decoded)
    refused(None, None, sts.assume_role_with_web_identity, RoleArn=role, RoleSessionName="web", WebIdentityToken="no.token.atall")
    iam.delete_role(RoleName="stroll")


def reports(iam):
    iam.get_account_summary()
    iam.get_account_authorization_details(MaxItems=100)
    iam.generate_credential_report()
    for _ in range(20):
        if iam.generate_credential_report()["State"] == "COMPLETE":
            break
    content = iam.get_credential_report()["Content"].decode()
    say("the credential report", content.startswith("user,arn,user_creation_time,") and "<root_account>" in content, content[:200])


def clean_up(iam, account):
    own = f"arn:aws:iam::{account}:policy/walking"
    for kind, name in (("user", "walker"), ("group", "hikers"), ("role", "walk")):
        named = {f"{kind.capitalize()}Name": name}
        getattr(iam, f"delete_{kind}_policy")(PolicyName="inline", **named)
        getattr(iam, f"detach_{kind}_policy")(PolicyArn=own, **named)
    refused("DeleteConflict", None, iam.delete_role, RoleName="walk")
    iam.remove_role_from_instance_profile(InstanceProfileName="walk", RoleName="walk")
    iam.delete_instance_profile(InstanceProfileName="walk")
    iam.delete_role(RoleName="walk")
    iam.delete_group(GroupName="hikers")
    iam.delete_policy(PolicyArn=own)
    refused("DeleteConflict", None, iam.delete_user, UserName="walker")
    for key in iam.list_access_keys(UserName="walker")["AccessKeyMetadata"]:
        iam.delete_access_key(UserName="walker", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="walker")


def refused(code, message, call, **given):
    try:
        call(**given)
    except ClientError as error:
        got = error.response["Error"]
        held = (code is None or got["Code"] == code) and (message is None or got["Message"] == message)
        say(f"{code}: {message}", held and error.response["ResponseMetadata"]["HTTPStatusCode"] >= 400, got)
    else:
        say(f"{code}: {message}", False, "it was allowed")


def code(seed, step):
    import hashlib
    import hmac
    mac = hmac.new(seed, step.to_bytes(8, "big"), hashlib.sha1).digest()
    start = mac[-1] & 15
    return f"{(int.from_bytes(mac[start:start + 4], 'big') & 0x7fffffff) % 1000000:06d}"


OPERATIONS = """
AddRoleToInstanceProfile AddUserToGroup AttachGroupPolicy AttachRolePolicy AttachUserPolicy CreateAccessKey CreateAccountAlias CreateGroup
CreateInstanceProfile CreatePolicy CreatePolicyVersion CreateRole CreateServiceLinkedRole CreateUser CreateVirtualMFADevice DeactivateMFADevice
DeleteAccessKey DeleteAccountAlias DeleteGroup DeleteGroupPolicy DeleteInstanceProfile DeletePolicy DeletePolicyVersion DeleteRole
DeleteRolePermissionsBoundary DeleteRolePolicy DeleteUser DeleteUserPermissionsBoundary DeleteUserPolicy DeleteVirtualMFADevice
DetachGroupPolicy DetachRolePolicy DetachUserPolicy EnableMFADevice GenerateCredentialReport GetAccessKeyLastUsed
GetAccountAuthorizationDetails GetAccountSummary GetContextKeysForCustomPolicy GetContextKeysForPrincipalPolicy GetCredentialReport GetGroup
GetGroupPolicy GetInstanceProfile GetMFADevice GetPolicy GetPolicyVersion GetRole GetRolePolicy GetUser GetUserPolicy ListAccessKeys
ListAccountAliases ListAttachedGroupPolicies ListAttachedRolePolicies ListAttachedUserPolicies ListEntitiesForPolicy ListGroupPolicies
ListGroups ListGroupsForUser ListInstanceProfiles ListInstanceProfilesForRole ListMFADevices ListPolicies ListPolicyVersions ListRolePolicies
ListRoleTags ListRoles ListUserPolicies ListUserTags ListUsers ListVirtualMFADevices PutGroupPolicy PutRolePermissionsBoundary PutRolePolicy
PutUserPermissionsBoundary PutUserPolicy RemoveRoleFromInstanceProfile RemoveUserFromGroup ResyncMFADevice SetDefaultPolicyVersion
SimulateCustomPolicy SimulatePrincipalPolicy TagRole TagUser UntagRole UntagUser UpdateAccessKey UpdateAssumeRolePolicy UpdateGroup UpdateRole
UpdateRoleDescription UpdateUser
AssumeRole AssumeRoleWithWebIdentity DecodeAuthorizationMessage GetAccessKeyInfo GetCallerIdentity GetFederationToken GetSessionToken
"""

if __name__ == "__main__":
    main()
