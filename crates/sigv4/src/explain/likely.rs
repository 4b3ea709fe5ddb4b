//! Causes without proof, ranked: what the lines that differ suggest, then what the request and the key look like.

use super::difference::Compared;
use super::grounds::Grounds;
use super::hypotheses::is_fragile;
use super::{Cause, Finding};

const MOST: usize = 12;

/// At most twelve findings, each cause once, best first. `reproduced` says that this side's signature is right by the rules.
pub(super) fn rank(
    grounds: &Grounds<'_>,
    differences: &[Compared],
    excluded: &[Cause],
    reproduced: bool,
) -> Vec<Finding> {
    let mut ranked = Ranked { excluded, list: Vec::new() };
    for one in differences {
        ranked.add(
            one.cause,
            format!("the two sides differ in the {}", one.shown.line),
            one.shown.how.clone(),
            true,
        );
    }
    secrets(grounds, &mut ranked);
    request(grounds, &mut ranked);
    if differences.is_empty() {
        let (what, why) = if reproduced {
            (
                "the other side holds another secret for this access key id",
                "the signature that was sent is right by the rules for this request and secret",
            )
        } else {
            (
                "the secret is not the one that belongs to the access key id",
                "no change of the request that was tried gives the signature; a wrong secret is the commonest cause of all",
            )
        };
        ranked.add(Cause::WrongSecret, what.to_owned(), why.to_owned(), true);
    }
    fragile(grounds, &mut ranked);
    ranked.list.truncate(MOST);
    ranked.list
}

struct Ranked<'a> {
    excluded: &'a [Cause],
    list: Vec<Finding>,
}

impl Ranked<'_> {
    /// `seen` causes are told even where recomputing did not prove them: their traces are there.
    fn add(&mut self, cause: Cause, what: String, evidence: String, seen: bool) {
        let known = self.list.iter().any(|finding| finding.cause == cause);
        if !known && (seen || !self.excluded.contains(&cause)) {
            self.list.push(Finding { cause, and: None, what, cure: cause.cure().to_owned(), evidence });
        }
    }
}

/// How the configured key looks. Nothing of it is shown.
fn secrets(grounds: &Grounds<'_>, ranked: &mut Ranked<'_>) {
    let Some(key) = grounds.key else {
        return;
    };
    let secret = key.secret.expose();
    let (id, trimmed) = (key.access_key_id, secret.trim());
    if secret.len() != trimmed.len() || secret.contains(char::is_whitespace) {
        let what = "the configured secret has white space in it or around it".to_owned();
        ranked.add(Cause::SecretWhiteSpace, what, "secrets of AWS have none".to_owned(), true);
    }
    if trimmed.starts_with(['"', '\'', '`']) || trimmed.ends_with(['"', '\'', '`', ',', ';']) {
        let what = "the configured secret begins or ends with a quote or a comma".to_owned();
        ranked.add(Cause::SecretQuoted, what, "secrets of AWS have none".to_owned(), true);
    }
    if trimmed.contains(['%', '\\']) {
        let what = "the configured secret has a percent sign or a backslash in it".to_owned();
        ranked.add(
            Cause::SecretDecoded,
            what,
            "secrets of AWS have none: it is still encoded".to_owned(),
            true,
        );
    }
    let aws = id.starts_with("AKIA") || id.starts_with("ASIA");
    if aws && trimmed.len() != 40 {
        let what = format!("the configured secret has {} characters", trimmed.chars().count());
        ranked.add(Cause::SecretCut, what, "secrets of AWS have 40".to_owned(), true);
    }
    if trimmed.starts_with("AKIA") || trimmed.starts_with("ASIA") {
        let what = "the configured secret looks like an access key id".to_owned();
        ranked.add(Cause::SwappedKey, what, "it begins with AKIA or ASIA".to_owned(), true);
    }
    let Some(sent) = &grounds.sent else {
        return;
    };
    if !sent.access_key_id.is_empty() && sent.access_key_id != id {
        let what =
            "the request bears another access key id than the one whose secret is known here".to_owned();
        ranked.add(Cause::OtherKey, what, "the credential in the request".to_owned(), true);
    }
    match (sent.access_key_id.get(..4), sent.token.is_some()) {
        (Some("ASIA"), false) => {
            let what = "the key is a temporary one, and the request bears no session token".to_owned();
            ranked.add(
                Cause::TokenUnsigned,
                what,
                "key ids of temporary credentials begin with ASIA".to_owned(),
                true,
            );
        }
        (Some("AKIA"), true) => {
            let what = "the key is a long-term one, and the request bears a session token".to_owned();
            ranked.add(
                Cause::TokenChanged,
                what,
                "key ids of long-term keys begin with AKIA".to_owned(),
                true,
            );
        }
        _ => {}
    }
}

/// What of the request does not fit together.
fn request(grounds: &Grounds<'_>, ranked: &mut Ranked<'_>) {
    if let Some(found) = grounds.request.and_then(|request| {
        let host = std::str::from_utf8(request.header("host")?).ok()?;
        // The guess by position is no evidence.
        let found = crate::hosts::signing_of(host, &String::from_utf8_lossy(request.path()));
        found.filter(|found| found.how != crate::hosts::How::Guess)
    }) {
        let [_, region, service, _] = &grounds.our_head.scope;
        if found.service != *service {
            let what = format!("the request is signed for {service}; its host belongs to {}", found.service);
            ranked.add(Cause::Service, what, format!("the host: {}", found.how.reason()), true);
        }
        if found.region != *region && found.region != "*" && !region.is_empty() {
            let what = format!("the request is signed for {region}; its host belongs to {}", found.region);
            ranked.add(Cause::Region, what, format!("the host: {}", found.how.reason()), true);
        }
    }
    let body_known = grounds.body.is_some_and(|body| !body.is_empty());
    let empty = grounds.ours.as_ref().is_some_and(|pieces| pieces.payload == crate::EMPTY_SHA256.as_bytes());
    if body_known && empty {
        let what = "the request has a body and is signed with the hash of an empty one".to_owned();
        ranked.add(Cause::PayloadEmpty, what, "x-amz-content-sha256".to_owned(), true);
    }
}

/// A guess for want of better ones.
fn fragile(grounds: &Grounds<'_>, ranked: &mut Ranked<'_>) {
    let Some(sent) = &grounds.sent else {
        return;
    };
    let fragile: Vec<&str> =
        sent.names.iter().map(String::as_str).filter(|name| is_fragile(name)).take(8).collect();
    if !fragile.is_empty() {
        let what = format!("fields are signed that proxies and libraries change: {}", fragile.join(", "));
        ranked.add(
            Cause::HeaderChanged,
            what,
            "their values before the change cannot be known here".to_owned(),
            true,
        );
    }
}
