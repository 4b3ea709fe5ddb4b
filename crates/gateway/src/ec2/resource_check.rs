//! What checks of EC2 are about, beside instances: a resource by its ARN, with its tags and those that the request speaks of.

use account::Check;
use account::directory::Tag;
use account::ec2::key_pair;
use account::ec2::resource::arn;

use crate::Ask;

/// On the key pair with this name, be it there or not.
pub(super) fn key_pair_check(ask: &Ask<'_>, action: &'static str, key_name: &str) -> Check {
    let check = on(ask, action, "key-pair", key_name).with("ec2:KeyPairName", key_name);
    match key_pair::find(ask.directory, ask.region, key_name) {
        Some(pair) => tagged(check, &pair.tags).with("ec2:KeyPairType", pair.key_type.as_str()),
        None => check,
    }
}

/// On a resource of the account, which is `kind/name`.
pub(super) fn on(ask: &Ask<'_>, action: &'static str, kind: &str, name: &str) -> Check {
    let arn = arn(ask.region, ask.account.account_id(), kind, name);
    Check::new(action, arn).with("ec2:Region", ask.region.as_str())
}

/// The check, with the tags that the resource has.
pub(super) fn tagged(check: Check, tags: &[Tag]) -> Check {
    tags.iter().fold(check, |check, Tag { key, value }| {
        check
            .with(&format!("aws:ResourceTag/{key}"), value.as_str())
            .with(&format!("ec2:ResourceTag/{key}"), value.as_str())
    })
}

/// The check, with the tags that the request speaks of.
pub(super) fn requested(check: Check, tags: &[Tag]) -> Check {
    let keys: Vec<String> = tags.iter().map(|tag| tag.key.clone()).collect();
    let check = tags.iter().fold(check, |check, Tag { key, value }| {
        check.with(&format!("aws:RequestTag/{key}"), value.as_str())
    });
    if keys.is_empty() { check } else { check.with_many("aws:TagKeys", keys) }
}

/// To make something and to tag it are two actions, both of which must be allowed where there are tags.
pub(super) fn creation(check: Check, tags: &[Tag]) -> Vec<Check> {
    let check = requested(check, tags);
    if tags.is_empty() {
        return vec![check];
    }
    let made_by = check.action.trim_start_matches("ec2:");
    let tagging = Check { action: "ec2:CreateTags", ..check.clone() }.with("ec2:CreateAction", made_by);
    vec![check, tagging]
}
