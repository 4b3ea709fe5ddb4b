//! Who asks in a case, from where, and for what.

use std::sync::Arc;
use std::time::Duration;

use account::directory::{Directory, PolicyText, Role, User};
use account::s3::acl::Acl;
use account::{
    Arrival, Caller, Check, InstanceOrigin, Keyring, MasterKey, RoleDelivery, SessionClaims, SessionIssuer,
    SessionPrincipal, SessionRole, SessionTag, SessionUser,
};
use policy::{DocumentKind, Policy};
use serde_json::Value;
use types::{AccountId, Arn, Partition, UniqueId};

use crate::world::{NOW, account_id};

const KEY: &str = "AKIAQNZGKIQY56JQ7WML";

/// `anonymous`, `root`, a user's name, or an object: `role` or `user` with what their session has; `foreign` with an account and the
/// policies that its user or role has there.
pub(super) fn caller(directory: &Directory, scenario: &Value, said: &Value, place: &str) -> Caller {
    match said {
        Value::String(name) if name == "anonymous" => Caller::Anonymous,
        Value::String(name) if name == "root" => Caller::Root {
            partition: Partition::Aws,
            account_id: account_id(),
            access_key_id: KEY.to_owned(),
            session: None,
        },
        Value::String(name) => Caller::User {
            account_id: account_id(),
            user: Arc::clone(directory.users.get(name).unwrap_or_else(|| panic!("{place}: no user {name}"))),
            access_key_id: KEY.to_owned(),
            session: None,
        },
        said if said["foreign"].is_string() => {
            foreign(&scenario["foreign"][said["foreign"].as_str().unwrap()])
        }
        said => of_session(directory, said, place),
    }
}

fn of_session(directory: &Directory, said: &Value, place: &str) -> Caller {
    let principal = if let Some(name) = said["role"].as_str() {
        let role = directory.roles.get(name).unwrap_or_else(|| panic!("{place}: no role {name}"));
        SessionPrincipal::Role(SessionRole { arn: role.arn.clone(), id: role.role_id.clone() })
    } else {
        let name = said["user"].as_str().or_else(|| said["federates"].as_str());
        let user = directory.users.get(name.unwrap()).unwrap_or_else(|| panic!("{place}: no user"));
        let user = SessionUser { arn: user.arn.clone(), id: user.user_id.clone() };
        if said["user"].is_string() {
            SessionPrincipal::User(user)
        } else {
            SessionPrincipal::Federated(Some(user))
        }
    };
    let claims = claims(account_id(), principal, said);
    let (key, session) = opened(&claims);
    Caller::of_session(directory, &key, session).unwrap()
}

/// `session` names it; `policy` and `policy_arns` bound it; `mfa_age` is in seconds; `tags`; `instance` is where it came from.
fn claims(account: AccountId, principal: SessionPrincipal, said: &Value) -> SessionClaims {
    let name = said["session"].as_str().unwrap_or("s");
    let before = |seconds: u64| NOW - Duration::from_secs(seconds);
    let mut claims =
        SessionClaims::new(account, principal, name, before(600), NOW + Duration::from_secs(3000));
    claims.policy = said.get("policy").map(Value::to_string);
    claims.mfa_authenticated_at = said["mfa_age"].as_u64().map(before);
    claims.source_identity = said["source_identity"].as_str().map(str::to_owned);
    let tags = said.get("tags").and_then(Value::as_object).into_iter().flatten();
    let tag = |(key, value): (&String, &Value)| SessionTag {
        key: key.clone(),
        value: value.as_str().unwrap().to_owned(),
    };
    claims.tags = tags.map(tag).collect();
    claims.origin = said.get("instance").map(|instance| InstanceOrigin {
        source_instance_arn: instance["arn"].as_str().unwrap().parse().unwrap(),
        source_vpc: instance["vpc"].as_str().unwrap().to_owned(),
        source_private_ipv4: instance["address"].as_str().map(|address| address.parse().unwrap()),
        role_delivery: Some(if instance["delivery"] == "1.0" { RoleDelivery::V1 } else { RoleDelivery::V2 }),
    });
    claims
}

fn opened(claims: &SessionClaims) -> (String, Arc<account::Session>) {
    let issuer = SessionIssuer::new(Keyring::new(1, MasterKey::new([7; 32])));
    let credentials = issuer.issue(claims, 0, [5; 10]).unwrap().credentials;
    let token = credentials.session_token.unwrap();
    let session = issuer.open(token.expose(), &credentials.access_key_id, NOW).unwrap();
    (credentials.access_key_id.to_string(), Arc::new(session))
}

/// A user of another account, or with `role` a session of its role.
fn foreign(said: &Value) -> Caller {
    let account: AccountId = said["account"].as_str().unwrap().parse().unwrap();
    let text = |document: &Value| {
        PolicyText::new(Policy::parse(&document.to_string(), DocumentKind::Identity).unwrap())
    };
    let policies = said["policies"].as_array().into_iter().flatten();
    let inline: std::collections::BTreeMap<String, PolicyText> =
        policies.enumerate().map(|(number, document)| (format!("p{number}"), text(document))).collect();
    if let Some(name) = said["role"].as_str() {
        let arn = Arn::iam(Partition::Aws, account, &format!("role/{name}"));
        let record = serde_json::json!({
            "RoleName": name, "Path": "/", "RoleId": "AROAFOREIGNROLE00001", "Arn": arn, "CreateDate": NOW,
            "AssumeRolePolicyDocument": crate::world::TRUSTS_EC2, "MaxSessionDuration": 3600,
        });
        let mut role: Role = serde_json::from_value(record).unwrap();
        role.inline_policies = inline;
        let principal = SessionPrincipal::Role(SessionRole { arn, id: role.role_id.clone() });
        let (access_key_id, session) = opened(&claims(account, principal, said));
        return Caller::Role { role: Arc::new(role), access_key_id, session };
    }
    let name = said["user"].as_str().unwrap();
    let user = User {
        user_name: name.to_owned(),
        path: "/".to_owned(),
        user_id: UniqueId::from("AIDAFOREIGNUSER00001".to_owned()),
        arn: Arn::iam(Partition::Aws, account, &format!("user/{name}")),
        create_date: NOW,
        tags: Vec::new(),
        permissions_boundary: None,
        inline_policies: inline,
        attached_policies: Default::default(),
        groups: Default::default(),
    };
    Caller::User { account_id: account, user: Arc::new(user), access_key_id: KEY.to_owned(), session: None }
}

pub(super) fn arrival(said: &Value) -> Arrival {
    Arrival {
        source_ip: said["ip"].as_str().unwrap_or("192.0.2.7").parse().unwrap(),
        is_secure: said["tls"].as_bool().unwrap_or(true),
        user_agent: said["agent"].as_str().map(str::to_owned),
        referer: said["referer"].as_str().map(str::to_owned),
        region: said["region"].as_str().unwrap_or("us-east-1").parse().unwrap(),
    }
}

/// `do` is one or more actions `on` one or more resources; `with` are the keys that the request brings.
pub(super) fn checks(case: &Value, place: &str) -> Vec<Check> {
    let texts = |said: &Value| -> Vec<String> {
        match said {
            Value::String(one) => vec![one.clone()],
            Value::Array(many) => many.iter().map(|text| text.as_str().unwrap().to_owned()).collect(),
            _ => panic!("{place}: do and on are texts"),
        }
    };
    let (actions, resources) = (texts(&case["do"]), texts(&case["on"]));
    let pairs = actions.iter().zip(resources.iter().cycle());
    pairs.map(|(action, resource)| check(action, resource, case)).collect()
}

fn check(action: &str, resource: &str, case: &Value) -> Check {
    // There are few, and the process ends with its tests.
    let action: &'static str = Box::leak(action.to_owned().into_boxed_str());
    let mut check = Check::new(action, resource);
    for (key, value) in case.get("with").and_then(Value::as_object).into_iter().flatten() {
        match value {
            Value::Array(values) => {
                let values = values.iter().map(|value| value.as_str().unwrap().to_owned()).collect();
                check.context.set_many(key, values);
            }
            value => check.context.set(key, value.as_str().unwrap()),
        }
    }
    check.resource_account = case["owner"].as_str().map(|owner| owner.parse().unwrap());
    let owner = account::s3::acl::canonical_id(account_id());
    check.acl = case["acl"].as_str().map(|name| Arc::new(Acl::canned(name, &owner, &owner).unwrap()));
    check
}
