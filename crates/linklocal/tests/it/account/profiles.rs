//! What IAM and EC2 do to an instance's profile shows in its metadata at once, and what is done to it at the admin socket shows in IAM.

use rustix::process::Signal;

use super::house::House;
use crate::world::eventually;

const CREDENTIALS: &str = "/latest/meta-data/iam/security-credentials/";
const INFO: &str = "/latest/meta-data/iam/info";
const PROFILE: (&str, &str) = ("InstanceProfileName", "linklocal");
const ROLE: (&str, &str) = ("RoleName", "linklocal");
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;

#[test]
fn a_role_that_is_taken_out_of_the_profile_is_gone_from_the_metadata() {
    let mut house = House::new();
    assert_eq!(roles(&house), (200, "linklocal".to_owned()));
    house.done("iam:RemoveRoleFromInstanceProfile", &[PROFILE, ROLE]);
    assert_eq!(roles(&house).0, 404);
    assert_eq!(house.server().get_v2(&format!("{CREDENTIALS}linklocal")).0, 404);
    assert!(info(&house).contains("Instance Profile does not contain a role"), "{}", info(&house));
    house.done("iam:DeleteRole", &[ROLE]);
    // Neither a crash nor a start brings it back.
    house.restarted(Signal::KILL);
    assert_eq!(roles(&house).0, 404);
    assert_eq!(house.ask(&house.administrator, "iam:GetRole", &[ROLE]).refusal(), (404, "NoSuchEntity"));

    house.done("iam:CreateRole", &[ROLE, ("AssumeRolePolicyDocument", TRUST)]);
    assert_eq!(roles(&house).0, 404);
    house.done("iam:AddRoleToInstanceProfile", &[PROFILE, ROLE]);
    assert_eq!(roles(&house), (200, "linklocal".to_owned()));
    house.done("iam:RemoveRoleFromInstanceProfile", &[PROFILE, ROLE]);
    house.done("iam:DeleteInstanceProfile", &[PROFILE]);
    assert!(info(&house).contains("InstanceProfileNotFound"), "{}", info(&house));
}

#[test]
fn a_role_that_trusts_ec2_no_more_gives_no_credentials() {
    let house = House::new();
    let distrust = TRUST.replace("ec2.amazonaws.com", "lambda.amazonaws.com");
    house.done("iam:UpdateAssumeRolePolicy", &[ROLE, ("PolicyDocument", &distrust)]);
    let (status, body) = house.server().get_v2(&format!("{CREDENTIALS}linklocal"));
    assert!(status == 200 && body.contains("AssumeRoleUnauthorizedAccess"), "{status} {body}");
    house.done("iam:UpdateAssumeRolePolicy", &[ROLE, ("PolicyDocument", TRUST)]);
    let (status, body) = house.server().get_v2(&format!("{CREDENTIALS}linklocal"));
    assert!(status == 200 && body.contains(r#""Code" : "Success""#), "{status} {body}");
}

#[test]
fn what_ec2_changes_shows_in_the_metadata() {
    let house = House::new();
    let id = house.server().get_v2("/latest/meta-data/instance-id").1;
    {
        let name = "web";
        house.done("iam:CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", TRUST)]);
        house.done("iam:CreateInstanceProfile", &[("InstanceProfileName", name)]);
        house.done("iam:AddRoleToInstanceProfile", &[("InstanceProfileName", name), ("RoleName", name)]);
    }
    let held = house.done("ec2:DescribeIamInstanceProfileAssociations", &[]);
    let held = held.element("associationId").to_owned();
    let other = [("AssociationId", held.as_str()), ("IamInstanceProfile.Name", "web")];
    let replaced = house.done("ec2:ReplaceIamInstanceProfileAssociation", &other);
    assert_eq!(replaced.element("state"), "associating");
    assert_eq!(roles(&house), (200, "web".to_owned()));
    let held = replaced.element("associationId").to_owned();
    house.done("ec2:DisassociateIamInstanceProfile", &[("AssociationId", &held)]);
    assert_eq!(house.server().get_v2(INFO).0, 404);
    let by_name = [("InstanceId", id.as_str()), ("IamInstanceProfile.Name", "linklocal")];
    house.done("ec2:AssociateIamInstanceProfile", &by_name);
    assert_eq!(roles(&house), (200, "linklocal".to_owned()));

    assert_eq!(house.server().get(INFO).0, 200);
    let required = [("InstanceId", id.as_str()), ("HttpTokens", "required"), ("HttpEndpoint", "enabled")];
    let answer = house.done("ec2:ModifyInstanceMetadataOptions", &required);
    assert_eq!((answer.element("state"), answer.element("httpTokens")), ("pending", "required"));
    assert!(eventually(|| house.server().get(INFO).0 == 401), "tokens are required when it is applied");
}

#[test]
fn what_is_done_to_the_instance_itself_shows_in_iam() {
    let house = House::new();
    house.world.done(&["instance", "detach-role", "--keep-profile"]);
    let profile = house.done("iam:GetInstanceProfile", &[PROFILE]);
    assert!(!profile.body.contains("<RoleName>"), "{}", profile.body);
    house.world.done(&["instance", "attach-role", "worker"]);
    let profile = house.done("iam:GetInstanceProfile", &[PROFILE]);
    assert_eq!(profile.element("RoleName"), "worker");
    assert_eq!(roles(&house), (200, "worker".to_owned()));
    house.world.done(&["instance", "detach-role", "--delete-profile"]);
    let gone = house.ask(&house.administrator, "iam:GetInstanceProfile", &[PROFILE]);
    assert_eq!(gone.refusal(), (404, "NoSuchEntity"));
}

#[test]
fn instances_have_the_roles_of_an_account_that_is_imported() {
    let house = House::new();
    house.done("iam:CreateRole", &[("RoleName", "web"), ("AssumeRolePolicyDocument", TRUST)]);
    house.done("iam:RemoveRoleFromInstanceProfile", &[PROFILE, ROLE]);
    house.done("iam:AddRoleToInstanceProfile", &[PROFILE, ("RoleName", "web")]);
    let saved = house.world.path("account.json");
    let saved = saved.to_str().unwrap();
    house.world.done(&["account", "export", "--output", saved, "--with-secrets"]);
    house.done("iam:RemoveRoleFromInstanceProfile", &[PROFILE, ("RoleName", "web")]);
    house.done("iam:AddRoleToInstanceProfile", &[PROFILE, ROLE]);
    assert_eq!(roles(&house), (200, "linklocal".to_owned()));
    house.world.done(&["account", "import", saved, "--yes"]);
    assert_eq!(roles(&house), (200, "web".to_owned()));
}

fn roles(house: &House) -> (u16, String) {
    house.server().get_v2(CREDENTIALS)
}

fn info(house: &House) -> String {
    house.server().get_v2(INFO).1
}
