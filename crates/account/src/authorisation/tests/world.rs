//! A small account to decide in.

use std::net::IpAddr;
use std::sync::Arc;

use policy::{DocumentKind, Policy};
use types::{AccountId, Arn, Partition, Timestamp, UniqueId};

use crate::directory::{
    Boundary, Directory, Group, ManagedPolicy, PolicyText, PolicyVersion, Role, Tag, User,
};
use crate::{
    Arrival, Caller, Keyring, MasterKey, Session, SessionClaims, SessionIssuer, SessionPrincipal,
    SessionRole, SessionUser,
};

pub(crate) const ALL: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

pub(crate) fn account_id() -> AccountId {
    "111122223333".parse().unwrap()
}

pub(crate) fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

pub(crate) fn arn(kind: &str, name: &str) -> Arn {
    Arn::iam(Partition::Aws, account_id(), &format!("{kind}/{name}"))
}

fn id(prefix: &str, name: &str) -> UniqueId {
    UniqueId::from(format!("{prefix}{:0>16}", name.to_uppercase().replace(['/', '-'], "")))
}

pub(crate) fn allow(action: &str, resource: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"Given","Effect":"Allow","Action":"{action}","Resource":"{resource}"}}]}}"#
    )
}

pub(crate) fn deny(action: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[
  {{"Effect":"Allow","Action":"*","Resource":"*"}},
  {{"Sid":"Never","Effect":"Deny","Action":["{action}"],"Resource":"*"}}]}}"#
    )
}

pub(crate) fn text(document: &str, kind: DocumentKind) -> PolicyText {
    PolicyText::new(Policy::parse(document, kind).unwrap())
}

pub(crate) fn user(name: &str) -> User {
    User {
        user_name: name.to_owned(),
        path: "/".to_owned(),
        user_id: id("AIDA", name),
        arn: arn("user", name),
        create_date: now(),
        tags: vec![Tag { key: "Team".to_owned(), value: "red".to_owned() }],
        permissions_boundary: None,
        inline_policies: Default::default(),
        attached_policies: Default::default(),
        groups: Default::default(),
    }
}

pub(crate) fn group(name: &str) -> Group {
    Group {
        group_name: name.to_owned(),
        path: "/".to_owned(),
        group_id: id("AGPA", name),
        arn: arn("group", name),
        create_date: now(),
        inline_policies: Default::default(),
        attached_policies: Default::default(),
    }
}

/// `principal` is the trust policy's element.
pub(crate) fn role(name: &str, principal: &str) -> Role {
    let actions = r#"["sts:AssumeRole","sts:TagSession","sts:AssumeRoleWithWebIdentity"]"#;
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{principal},"Action":{actions}}}]}}"#
    );
    let record = serde_json::json!({
        "RoleName": name, "Path": "/svc/", "RoleId": id("AROA", name), "Arn": arn("role/svc", name),
        "CreateDate": now(), "AssumeRolePolicyDocument": trust, "MaxSessionDuration": 3600,
        "Tags": [{"Key": "Team", "Value": "blue"}, {"Key": "Cost", "Value": "1"}],
    });
    serde_json::from_value(record).unwrap()
}

pub(crate) fn managed(name: &str, document: &str) -> ManagedPolicy {
    let version = PolicyVersion { document: text(document, DocumentKind::Identity), create_date: now() };
    ManagedPolicy {
        policy_name: name.to_owned(),
        path: "/".to_owned(),
        policy_id: id("ANPA", name),
        arn: arn("policy", name),
        create_date: now(),
        update_date: now(),
        description: None,
        tags: Vec::new(),
        last_version: 1,
        default_version: 1,
        versions: [(1, version)].into(),
    }
}

pub(crate) fn directory() -> Directory {
    let mut directory = Directory::new(Partition::Aws, account_id());
    directory.policies.insert(managed("lists", &allow("iam:ListUsers", "*")));
    directory.policies.insert(managed("reads", &allow("iam:Get*", "*")));

    let mut devs = group("devs");
    devs.attached_policies.insert(arn("policy", "lists"));
    devs.inline_policies
        .insert("groups".to_owned(), text(&allow("iam:ListGroups", "*"), DocumentKind::Identity));
    directory.groups.insert(devs);

    let mut ann = user("ann");
    ann.groups.insert("devs".to_owned());
    let own = allow("iam:GetUser", "arn:aws:iam::111122223333:user/${aws:username}");
    ann.inline_policies.insert("own".to_owned(), text(&own, DocumentKind::Identity));
    directory.users.insert(ann);

    let mut bob = user("bob");
    bob.inline_policies.insert("all".to_owned(), text(&deny("iam:DeleteUser"), DocumentKind::Identity));
    bob.permissions_boundary = Some(Boundary(arn("policy", "reads")));
    directory.users.insert(bob);

    let mut mia = user("mia");
    mia.inline_policies.insert("all".to_owned(), text(ALL, DocumentKind::Identity));
    mia.permissions_boundary = Some(Boundary(arn("policy", "gone")));
    directory.users.insert(mia);

    let mut web = role("web", r#"{"AWS":"arn:aws:iam::111122223333:user/ann"}"#);
    web.trusted_ids.insert(arn("user", "ann").to_string(), id("AIDA", "ann"));
    web.inline_policies.insert("all".to_owned(), text(ALL, DocumentKind::Identity));
    directory.roles.insert(web);

    directory.roles.insert(role("shared", r#"{"AWS":"arn:aws:iam::111122223333:root"}"#));
    let provider = r#"{"Federated":"arn:aws:iam::111122223333:oidc-provider/id.example"}"#;
    directory.roles.insert(role("outside", provider));
    directory
}

pub(crate) fn issuer() -> SessionIssuer {
    SessionIssuer::new(Keyring::new(1, MasterKey::new([7; 32])))
}

pub(crate) fn arrival() -> Arrival {
    Arrival {
        source_ip: IpAddr::from([192, 0, 2, 7]),
        is_secure: false,
        user_agent: Some("aws-cli/2".to_owned()),
        referer: None,
        region: "eu-west-1".parse().unwrap(),
    }
}

/// The claims of a session of this principal, ten minutes old.
pub(crate) fn claims(principal: SessionPrincipal, name: &str) -> SessionClaims {
    let minutes = |n: u64| std::time::Duration::from_secs(n * 60);
    SessionClaims::new(account_id(), principal, name, now() - minutes(10), now() + minutes(50))
}

pub(crate) fn role_principal(directory: &Directory, name: &str) -> SessionPrincipal {
    let role = directory.roles.get(name).unwrap();
    SessionPrincipal::Role(SessionRole { arn: role.arn.clone(), id: role.role_id.clone() })
}

pub(crate) fn session_user(directory: &Directory, name: &str) -> SessionUser {
    let user = directory.users.get(name).unwrap();
    SessionUser { arn: user.arn.clone(), id: user.user_id.clone() }
}

/// As a request with this session's token would find it.
pub(crate) fn session(claims: &SessionClaims) -> (String, Arc<Session>) {
    let credentials = issuer().issue(claims, 0, [5; 10]).unwrap().credentials;
    let token = credentials.session_token.unwrap();
    let session = issuer().open(token.expose(), &credentials.access_key_id, now()).unwrap();
    (credentials.access_key_id.to_string(), Arc::new(session))
}

pub(crate) fn of_session(directory: &Directory, claims: &SessionClaims) -> Option<Caller> {
    let (id, session) = session(claims);
    Caller::of_session(directory, &id, session)
}

pub(crate) fn of_user(directory: &Directory, name: &str) -> Caller {
    let user = Arc::clone(directory.users.get(name).unwrap());
    Caller::User {
        account_id: account_id(),
        user,
        access_key_id: "AKIAQNZGKIQY56JQ7WML".to_owned(),
        session: None,
    }
}

pub(crate) fn root() -> Caller {
    let access_key_id = "AKIAQNZGKIQY56JQ7WMR".to_owned();
    Caller::Root { partition: Partition::Aws, account_id: account_id(), access_key_id, session: None }
}
