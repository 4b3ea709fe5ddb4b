//! A directory of one account, and a shorter way to ask it.

use account::ServiceError;
use account::directory::{Directory, Tag};
use account::iam::{access_key, group, instance_profile, role, user};
use types::{AccountId, Partition, Timestamp};

pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_795_000_000);
pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const TRUSTS_EC2: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

pub(crate) fn account_id() -> AccountId {
    ACCOUNT.parse().unwrap()
}

pub(crate) fn empty() -> Directory {
    Directory::new(Partition::Aws, account_id())
}

/// Bytes that no other number gives.
pub(crate) fn random(number: u64) -> [u8; 64] {
    let mut bytes = [0; 64];
    for (place, byte) in bytes.iter_mut().enumerate() {
        // The account takes most of an id's first six bytes: the number goes behind them too.
        *byte = number.to_be_bytes()[place % 8] ^ place as u8;
    }
    bytes
}

pub(crate) fn user(directory: &mut Directory, name: &str) {
    let new = user::NewUser { user_name: name.to_owned(), ..Default::default() };
    user::create(directory, new, NOW, &random(number(name, "user"))).unwrap();
}

pub(crate) fn group(directory: &mut Directory, name: &str) {
    group::create(directory, name, None, NOW, &random(number(name, "group"))).unwrap();
}

pub(crate) fn role(directory: &mut Directory, name: &str, trust: &str) {
    create_role(directory, name, trust).unwrap();
}

pub(crate) fn create_role(directory: &mut Directory, name: &str, trust: &str) -> Result<(), ServiceError> {
    let new = role::NewRole {
        role_name: name.to_owned(),
        assume_role_policy_document: trust.to_owned(),
        ..Default::default()
    };
    role::create(directory, new, NOW, &random(number(name, "role"))).map(|_| ())
}

pub(crate) fn profile(directory: &mut Directory, name: &str) {
    let random = random(number(name, "profile"));
    instance_profile::create(directory, name, None, Vec::new(), NOW, &random).unwrap();
}

pub(crate) fn key(directory: &mut Directory, user_name: Option<&str>, seed: u64) -> String {
    access_key::create(directory, user_name, NOW, &random(seed)).unwrap().access_key_id.clone()
}

pub(crate) fn trusts(principal: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"sts:AssumeRole"}}]}}"#
    )
}

pub(crate) fn tag(key: &str, value: &str) -> Tag {
    Tag { key: key.to_owned(), value: value.to_owned() }
}

/// Code, status and text.
pub(crate) fn told<T>(result: Result<T, ServiceError>) -> (String, u16, String) {
    match result {
        Ok(_) => panic!("it was not refused"),
        Err(error) => (error.code.into_owned(), error.status, error.message),
    }
}

fn number(name: &str, kind: &str) -> u64 {
    name.bytes().chain(kind.bytes()).fold(7, |sum, byte| sum.wrapping_mul(131).wrapping_add(byte.into()))
}
