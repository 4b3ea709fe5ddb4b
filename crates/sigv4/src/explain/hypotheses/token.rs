//! The session token: unsigned, missing, another one.

use super::{Change, Hypotheses};
use crate::explain::escape::{Style, decode, encode};
use crate::explain::sent::Sent;
use crate::explain::{Cause, form};

pub(super) fn add(made: &mut Hypotheses<'_>) {
    in_headers(made);
    in_query(made);
}

const NAMES: [&str; 2] = ["x-amz-security-token", "x-amz-s3session-token"];

fn in_headers(made: &mut Hypotheses<'_>) {
    let present: Vec<&str> = NAMES.into_iter().filter(|name| made.view.names.contains(name)).collect();
    for name in &present {
        let name = (*name).to_owned();
        made.common(Cause::TokenUnsigned, "signed without the session token", Change::Without(name.clone()));
        let said = "listed the session token as signed without signing its value";
        made.rare(Cause::TokenUnsigned, said, Change::WithoutValue(name.clone()));
        let value = made.view.header(&name).unwrap_or_default().to_vec();
        for (other, said) in writings(&value) {
            made.common(Cause::TokenChanged, said, Change::Header(name.clone(), other));
        }
    }
    let name = present.first().copied().unwrap_or(made.grounds.rules.token_name);
    let arrived = made.view.header(name).is_some();
    let (cause, said) = without_token(made, name, arrived);
    for key in made.grounds.keys {
        if let Some(token) = key.session_token {
            let token = token.expose().trim().as_bytes().to_vec();
            made.common(cause, said, Change::Header(name.to_owned(), token));
        }
    }
    let sent = made.grounds.sent.as_ref().and_then(|sent| sent.token.clone());
    if let Some(token) = sent.filter(|_| !arrived) {
        made.common(cause, said, Change::Header(name.to_owned(), token.into_bytes()));
    }
}

/// What a signed token means that the verifier has not, or not so.
fn without_token(made: &Hypotheses<'_>, name: &str, arrived: bool) -> (Cause, &'static str) {
    let unlisted = |sent: &Sent| sent.token.is_some() && !sent.names.iter().any(|listed| listed == name);
    if arrived {
        (
            Cause::TokenChanged,
            "signed the session token of the configured credentials, not the one that was sent",
        )
    } else if made.grounds.sent.as_ref().is_some_and(unlisted) {
        (Cause::TokenAdded, "signed the session token, which the other side does not take as signed")
    } else {
        (Cause::TokenMissing, "signed a session token that did not arrive")
    }
}

/// The same token as transports disfigure it.
fn writings(token: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    let spaced = token.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let mut longer = token.to_vec();
    longer.push(b'\n');
    vec![
        (decode(token, false), "signed the session token percent-decoded"),
        (encode(token, Style::RIGHT), "signed the session token percent-encoded"),
        (spaced, "signed the session token with its plus signs as spaces"),
        (longer, "signed the session token with a line end behind it"),
        (Vec::new(), "signed an empty session token"),
    ]
}

fn in_query(made: &mut Hypotheses<'_>) {
    let is_token = |name: &[u8]| NAMES.iter().any(|token| token.as_bytes().eq_ignore_ascii_case(name));
    let pairs = form::pairs(made.view.query, false);
    let token = pairs.iter().position(|(name, _)| is_token(name));
    let rest = || pairs.iter().filter(|(name, _)| !is_token(name)).cloned().collect::<Vec<_>>();
    if let Some(at) = token {
        let said = "signed the URL without the session token, which was added afterwards";
        made.common(Cause::TokenUnsigned, said, Change::Query(form::query(&rest())));
        let (name, value) = pairs.get(at).cloned().unwrap_or_default();
        for (other, said) in writings(&value) {
            let mut changed = rest();
            changed.push((name.clone(), other));
            made.rare(Cause::TokenChanged, said, Change::Query(form::query(&changed)));
        }
    }
    if !made.grounds.is_presigned() {
        return;
    }
    for key in made.grounds.keys {
        if let Some(secret) = key.session_token {
            let mut more = rest();
            more.push((b"X-Amz-Security-Token".to_vec(), secret.expose().trim().as_bytes().to_vec()));
            let (cause, said) = match token {
                Some(_) => (Cause::TokenChanged, "signed another session token than the one in the URL"),
                None => (Cause::TokenMissing, "signed a session token that is not in the URL"),
            };
            made.common(cause, said, Change::Query(form::query(&more)));
        }
    }
}
