//! Policies of every kind: managed, inline, boundaries, those of services, and what lists and sums say of them.

mod attached;
mod conformance;
mod details;
mod inline;
mod linked;
mod listed;
mod managed;
mod report;
mod sequence;

use account::directory::Directory;
use account::iam::policy::{self, CreatePolicy};

use crate::world::{NOW, group, random, role, trusts, user};

pub(crate) const DOCUMENT: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
pub(crate) const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

/// `arn:aws:iam::111122223333:policy/` and what follows.
pub(crate) fn arn(name: &str) -> String {
    format!("arn:aws:iam::111122223333:policy/{name}")
}

pub(crate) fn request<'a>(name: &'a str, document: &'a str) -> CreatePolicy<'a> {
    CreatePolicy { policy_name: name, path: None, document, description: None, tags: Vec::new() }
}

pub(crate) fn policy(directory: &mut Directory, name: &str) -> String {
    policy_at(directory, "/", name)
}

pub(crate) fn policy_at(directory: &mut Directory, path: &str, name: &str) -> String {
    let request = CreatePolicy { path: Some(path), ..request(name, DOCUMENT) };
    let seed =
        name.bytes().chain(path.bytes()).fold(3_u64, |sum, byte| sum.wrapping_mul(131) + u64::from(byte));
    let mut id = [0; 10];
    id.copy_from_slice(&random(seed)[8..18]);
    policy::create(directory, request, NOW, id).unwrap().arn.to_string()
}

/// A user, a group and a role: `alice`, `team` and `worker`.
pub(crate) fn people() -> Directory {
    let mut directory = crate::world::empty();
    user(&mut directory, "alice");
    group(&mut directory, "team");
    role(&mut directory, "worker", &trusts("arn:aws:iam::111122223333:root"));
    directory
}

/// A document of so many characters, white space left out of account.
pub(crate) fn document_of(size: usize) -> String {
    let head = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::"#;
    let tail = r#""}]}"#;
    format!("{head}{}{tail}\n  \t", "x".repeat(size - head.len() - tail.len()))
}
