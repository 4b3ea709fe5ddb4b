//! Credentials of the metadata service are sessions of the account's roles.

use serde_json::Value;

use super::house::{House, Keys};

const PATH: &str = "/latest/meta-data/iam/security-credentials/linklocal";
const ROLE: (&str, &str) = ("RoleName", "linklocal");

#[test]
fn what_the_metadata_service_hands_out_is_a_session_of_the_role() {
    let house = House::new();
    let keys = v2(&house);
    let account = house.server().banner["Account"]["AccountId"].as_str().unwrap();
    let id = house.server().get_v2("/latest/meta-data/instance-id").1;
    let answer = house.ask(&keys, "sts:GetCallerIdentity", &[]);
    assert_eq!(answer.element("Arn"), format!("arn:aws:sts::{account}:assumed-role/linklocal/{id}"));
    let role = house.done("iam:GetRole", &[ROLE]);
    assert_eq!(answer.element("UserId"), format!("{}:{id}", role.element("RoleId")));
}

#[test]
fn the_policies_of_the_role_hold_for_them() {
    let house = House::new();
    let keys = v2(&house);
    assert_eq!(house.ask(&keys, "iam:ListUsers", &[]).refusal(), (403, "AccessDenied"));
    allow(&house, r#""StringLike":{"aws:userid":"*:i-*"}"#);
    let answer = house.ask(&keys, "iam:ListUsers", &[]);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let wrong = Keys { secret: house.administrator.secret.clone(), ..keys };
    assert_eq!(house.ask(&wrong, "iam:ListUsers", &[]).refusal(), (403, "SignatureDoesNotMatch"));
}

#[test]
fn policies_tell_deliveries_by_v2_from_those_by_v1() {
    let house = House::new();
    allow(&house, r#""NumericGreaterThanEquals":{"ec2:RoleDelivery":"2.0"}"#);
    assert_eq!(house.ask(&v2(&house), "iam:ListUsers", &[]).status, 200);
    assert_eq!(house.ask(&v1(&house), "iam:ListUsers", &[]).refusal(), (403, "AccessDenied"));
    allow(&house, r#""NumericLessThan":{"ec2:RoleDelivery":"2.0"}"#);
    assert_eq!(house.ask(&v1(&house), "iam:ListUsers", &[]).status, 200);
    assert_eq!(house.ask(&v2(&house), "iam:ListUsers", &[]).refusal(), (403, "AccessDenied"));
}

#[test]
fn policies_tell_instances_by_their_arn() {
    let house = House::new();
    let keys = v2(&house);
    let id = house.server().get_v2("/latest/meta-data/instance-id").1;
    let account = house.server().banner["Account"]["AccountId"].as_str().unwrap();
    for (instance, status) in [(id.as_str(), 200), ("i-0123456789abcdef0", 403)] {
        let arn = format!("arn:aws:ec2:us-east-1:{account}:instance/{instance}");
        allow(&house, &format!(r#""ArnEquals":{{"ec2:SourceInstanceARN":"{arn}"}}"#));
        assert_eq!(house.ask(&keys, "iam:ListUsers", &[]).status, status, "{instance}");
    }
    // Keys of a user were handed out to no instance.
    let ann = house.user("ann");
    let document = document(r#""Null":{"ec2:SourceInstanceARN":"false"}"#);
    let put = [("UserName", "ann"), ("PolicyName", "list"), ("PolicyDocument", document.as_str())];
    house.done("iam:PutUserPolicy", &put);
    assert_eq!(house.ask(&ann, "iam:ListUsers", &[]).refusal(), (403, "AccessDenied"));
}

#[test]
fn sessions_end_with_their_role_and_do_not_come_back_with_its_name() {
    let house = House::new();
    let old = v2(&house);
    assert_eq!(house.ask(&old, "sts:GetCallerIdentity", &[]).status, 200);
    let trust = house.done("iam:GetRole", &[ROLE]).element("AssumeRolePolicyDocument").to_owned();
    let profile = house.done("iam:ListInstanceProfilesForRole", &[ROLE]);
    let profile = profile.element("InstanceProfileName").to_owned();
    let member = [("InstanceProfileName", profile.as_str()), ROLE];
    house.done("iam:RemoveRoleFromInstanceProfile", &member);
    house.done("iam:DeleteRole", &[ROLE]);
    assert_eq!(house.ask(&old, "sts:GetCallerIdentity", &[]).refusal(), (403, "InvalidClientTokenId"));
    let trust = decoded(&trust);
    house.done("iam:CreateRole", &[ROLE, ("AssumeRolePolicyDocument", &trust)]);
    house.done("iam:AddRoleToInstanceProfile", &member);
    allow(&house, r#""StringLike":{"aws:userid":"*"}"#);
    assert_eq!(house.ask(&old, "iam:ListUsers", &[]).refusal(), (403, "InvalidClientTokenId"));
    assert_eq!(
        house.ask(&v2(&house), "iam:ListUsers", &[]).status,
        200,
        "those handed out now are the new role's"
    );
}

/// Lets the role list users under a condition, and under no other.
fn allow(house: &House, condition: &str) {
    let document = document(condition);
    house.done("iam:PutRolePolicy", &[ROLE, ("PolicyName", "list"), ("PolicyDocument", &document)]);
}

fn document(condition: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*","Condition":{{{condition}}}}}}}"#
    )
}

fn v2(house: &House) -> Keys {
    keys(&house.server().get_v2(PATH))
}

fn v1(house: &House) -> Keys {
    keys(&house.server().get(PATH))
}

fn keys((status, body): &(u16, String)) -> Keys {
    assert_eq!(*status, 200, "{body}");
    let object: Value = serde_json::from_str(body).unwrap();
    assert!(object["Token"].is_string());
    Keys::of(&object)
}

/// What was encoded by percent signs.
fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.bytes());
    while let Some(byte) = rest.next() {
        let digits = |rest: &mut std::str::Bytes<'_>| [rest.next().unwrap(), rest.next().unwrap()];
        bytes.push(match byte {
            b'%' => u8::from_str_radix(std::str::from_utf8(&digits(&mut rest)).unwrap(), 16).unwrap(),
            _ => byte,
        });
    }
    String::from_utf8(bytes).unwrap()
}
