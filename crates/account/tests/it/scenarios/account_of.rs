//! The account that a scenario describes.

use account::directory::{Bucket, Directory, ObjectOwnership, PublicAccessBlock, Tag};
use account::iam::policy::Holder;
use account::iam::{boundary, group, inline, policy, role, user};
use account::s3::acl::{Acl, canonical_id};
use serde_json::{Map, Value};
use types::Timestamp;

use crate::world::{self, NOW, TRUSTS_EC2, account_id, random};

pub(super) fn directory(scenario: &Value, place: &str) -> Directory {
    let mut directory = world::empty();
    let members = |name: &str| -> Map<String, Value> {
        scenario.get(name).and_then(Value::as_object).cloned().unwrap_or_default()
    };
    for (number, (name, document)) in (1..).zip(members("managed")) {
        let text = document.to_string();
        let request = policy::CreatePolicy {
            policy_name: &name,
            path: None,
            document: &text,
            description: None,
            tags: Vec::new(),
        };
        policy::create(&mut directory, request, NOW, [number; 10])
            .unwrap_or_else(|error| panic!("{place}: {error}"));
    }
    for (name, held) in members("groups") {
        world::group(&mut directory, &name);
        inline_policies(&mut directory, Holder::Group(&name), &held, place);
    }
    for (name, held) in members("users") {
        world::user(&mut directory, &name);
        user::set_tags(&mut directory, &name, tags(&held)).unwrap();
        for group in held["groups"].as_array().into_iter().flatten() {
            group::add_user(&mut directory, group.as_str().unwrap(), &name).unwrap();
        }
        inline_policies(&mut directory, Holder::User(&name), &held, place);
        bounded(&mut directory, Holder::User(&name), &held);
    }
    for (name, held) in members("roles") {
        let trust = held.get("trust").map_or_else(|| TRUSTS_EC2.to_owned(), Value::to_string);
        world::role(&mut directory, &name, &trust);
        role::set_tags(&mut directory, &name, tags(&held)).unwrap();
        inline_policies(&mut directory, Holder::Role(&name), &held, place);
        bounded(&mut directory, Holder::Role(&name), &held);
    }
    for (name, held) in members("buckets") {
        bucket(&mut directory, &name, &held, place);
    }
    made_anew(&mut directory, &scenario["made_anew"]);
    directory
}

/// `policies` is a list of documents.
fn inline_policies(directory: &mut Directory, holder: Holder<'_>, held: &Value, place: &str) {
    for (number, document) in held["policies"].as_array().into_iter().flatten().enumerate() {
        inline::put(directory, holder, &format!("p{number}"), &document.to_string())
            .unwrap_or_else(|error| panic!("{place}: {error}"));
    }
}

/// `boundary` is the name of a managed policy.
fn bounded(directory: &mut Directory, holder: Holder<'_>, held: &Value) {
    if let Some(name) = held["boundary"].as_str() {
        let arn = directory.arn("policy", "/", name);
        boundary::put(directory, holder, arn.as_str()).unwrap();
    }
}

fn bucket(directory: &mut Directory, name: &str, held: &Value, place: &str) {
    let owner = canonical_id(account_id());
    let mut bucket = Bucket::new(name.to_owned(), "us-east-1".parse().unwrap(), NOW);
    // What is not named is not blocked: scenarios speak of policies first.
    bucket.public_access_block = match &held["blocked"] {
        Value::Null => None,
        Value::String(all) if all == "all" => Some(PublicAccessBlock::ALL),
        some => Some(serde_json::from_value(some.clone()).unwrap()),
    };
    if let Some(ownership) = held["ownership"].as_str() {
        bucket.object_ownership = Some(ObjectOwnership::named(ownership).unwrap());
    }
    bucket.acl = held["acl"].as_str().map(|name| Acl::canned(name, &owner, &owner).unwrap());
    directory.buckets.insert(bucket);
    if held["policy"].is_object() {
        let blocked = || panic!("{place}: the policy of {name} is public, and such are blocked");
        // Set before it was blocked.
        let block = directory.buckets.get_mut(name).unwrap().public_access_block.take();
        account::s3::policy::put(directory, name, &held["policy"].to_string(), blocked)
            .unwrap_or_else(|error| panic!("{place}: {error}"));
        directory.buckets.get_mut(name).unwrap().public_access_block = block;
    }
}

/// Users and roles that are deleted when all else is done, and made again under their names with the policies they had.
fn made_anew(directory: &mut Directory, names: &Value) {
    let later = Timestamp::from_secs(NOW.secs() + 1);
    for name in names.as_array().into_iter().flatten().filter_map(Value::as_str) {
        if let Some(held) = directory.users.remove(name) {
            let new = user::NewUser { user_name: name.to_owned(), ..Default::default() };
            user::create(directory, new, later, &random(9)).unwrap();
            directory.users.get_mut(name).unwrap().inline_policies = held.inline_policies.clone();
        } else if let Some(held) = directory.roles.remove(name) {
            let new = role::NewRole {
                role_name: name.to_owned(),
                assume_role_policy_document: TRUSTS_EC2.to_owned(),
                ..Default::default()
            };
            role::create(directory, new, later, &random(9)).unwrap();
            directory.roles.get_mut(name).unwrap().inline_policies = held.inline_policies.clone();
        }
    }
}

pub(super) fn tags(held: &Value) -> Vec<Tag> {
    let tags = held.get("tags").and_then(Value::as_object).into_iter().flatten();
    tags.map(|(key, value)| world::tag(key, value.as_str().unwrap())).collect()
}
