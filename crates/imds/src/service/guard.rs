//! The rules of access at work: before a request is looked at, and before credentials leave.
//!
//! Rule: whatever makes a document with credentials, it passes [`Service::guarded`] on its way out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use http::header::{self, HeaderMap, HeaderName};
use http::{Method, StatusCode};
use net::Link;
use types::InstanceId;

use super::Service;
use super::call::Call;
use super::reply::Outcome;
use crate::access::{AccessRules, Asking, Rule};
use crate::callers::Visit;
use crate::head::Fields;
use crate::response::Reply;
use crate::roster::View;
use crate::trail::{TrailEntry, TrailEvent};

/// Which rules have said no since the start.
#[derive(Debug, Default)]
pub(super) struct Warned([AtomicBool; Rule::ALL.len()]);

impl Service {
    /// Other rules from now on.
    pub fn set_access(&self, rules: AccessRules) {
        self.access.store(rules.into());
    }

    /// The answer to a request that is not looked at any further, whatever it asks for.
    pub(super) fn screened(&self, call: &Call, fields: &Fields<'_>, link: &Link<Visit>) -> Option<Outcome> {
        if fields.hosts_differ {
            return Some(Outcome::of(Reply::empty(StatusCode::BAD_REQUEST)));
        }
        let rule = self.access.load().screen(fields, &call.parts.uri, link.peer().local.ip())?;
        let denial = TrailEvent::Denial { rule, host: host(call), page: page(&call.parts.headers) };
        Some(self.denied(rule, entry(denial, None, call, link), link))
    }

    /// What a request came to, without the credentials where they are not for who asks.
    pub(super) fn guarded(&self, outcome: Outcome, call: &Call, view: &View, link: &Link<Visit>) -> Outcome {
        let Some(grant) = &outcome.grant else { return outcome };
        let instance_id = Some(grant.instance_id.clone());
        let asking = Asking {
            caller: link.memory().caller().map(AsRef::as_ref),
            is_introduced: link.introduction().is_some(),
            is_declared: view.declares(&grant.instance_id, link.peer().remote.ip()),
        };
        if let Some(rule) = self.access.load().withhold(&asking) {
            let denial = TrailEvent::Denial { rule, host: None, page: None };
            return self.denied(rule, entry(denial, instance_id, call, link), link);
        }
        // HEAD hands nothing out.
        if call.parts.method != Method::HEAD {
            let hand_out = TrailEvent::HandOut(Arc::clone(grant));
            self.settings.trail.record(entry(hand_out, instance_id, call, link));
        }
        outcome
    }

    /// 403 without a word, an entry in the trail, and a line in the log.
    fn denied(&self, rule: Rule, entry: TrailEntry, link: &Link<Visit>) -> Outcome {
        self.metrics.count_denied(rule);
        self.warned.log(rule, &entry, link);
        self.settings.trail.record(entry);
        Outcome::of(Reply::empty(StatusCode::FORBIDDEN))
    }
}

impl Warned {
    /// The first denial by a rule is worth a warning: somebody may be looking for what is wrong.
    fn log(&self, rule: Rule, entry: &TrailEntry, link: &Link<Visit>) {
        let caller = entry.caller.as_ref();
        let process = caller.and_then(|caller| caller.process.as_ref());
        let program = process.and_then(|process| process.executable.as_deref()).map(tracing::field::debug);
        let process = process.map(|process| process.id);
        let user = caller.and_then(|caller| caller.user.as_ref()).map(|user| user.id);
        let host = match &entry.event {
            TrailEvent::Denial { host, .. } => host.as_deref(),
            TrailEvent::HandOut(_) => None,
        };
        let (key, address) = (rule.key(), link.peer().remote);
        if self.0[rule as usize].swap(true, Relaxed) {
            tracing::info!(rule = key, %address, process, program, user, host, "denied");
        } else {
            let way_in = rule.way_in();
            tracing::warn!(
                rule = key, %address, process, program, user, host,
                "denied: {way_in} (docs/security.md); warned of once"
            );
        }
    }
}

fn entry(event: TrailEvent, instance_id: Option<InstanceId>, call: &Call, link: &Link<Visit>) -> TrailEntry {
    TrailEntry {
        at: call.now,
        event,
        instance_id,
        caller: link.memory().caller().cloned(),
        address: link.peer().remote.ip(),
        introduced: link.introduction().is_some(),
        user_agent: text(&call.parts.headers, &header::USER_AGENT),
    }
}

/// As what the service was addressed.
fn host(call: &Call) -> Option<String> {
    match call.parts.uri.authority() {
        Some(authority) => Some(after_userinfo(authority.as_str()).chars().take(MAX_TEXT).collect()),
        None => text(&call.parts.headers, &header::HOST).map(|host| after_userinfo(&host).to_owned()),
    }
}

/// The origin of the page that caused a request.
fn page(headers: &HeaderMap) -> Option<String> {
    let page = text(headers, &header::ORIGIN).or_else(|| text(headers, &header::REFERER));
    page.map(|page| origin_of(&page))
}

/// A field's value as text, cut to a bound: clients may write what they like.
fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?.as_bytes();
    let cut = &value[..value.len().min(MAX_TEXT)];
    Some(String::from_utf8_lossy(cut).into_owned())
}

/// A host or authority without what may be a password.
fn after_userinfo(authority: &str) -> &str {
    authority.rsplit('@').next().unwrap_or_default()
}

/// Scheme, host and port of a URL; paths and queries may hold secrets.
fn origin_of(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.split(['/', '?', '#']).next().unwrap_or_default().to_owned();
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    format!("{scheme}://{}", after_userinfo(authority))
}

const MAX_TEXT: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_told_by_their_origin_alone() {
        for (url, origin) in [
            ("https://evil.example", "https://evil.example"),
            ("https://evil.example:8443/path?token=x#y", "https://evil.example:8443"),
            ("https://user:secret@evil.example/", "https://evil.example"),
            ("http://evil.example?x", "http://evil.example"),
            ("null", "null"),
            ("/path?secret", ""),
            ("", ""),
        ] {
            assert_eq!(origin_of(url), origin, "{url}");
        }
    }

    #[test]
    fn what_clients_write_is_cut() {
        let mut headers = HeaderMap::new();
        let long = "a".repeat(5000);
        headers.insert(header::USER_AGENT, long.parse().expect("letters are a value"));
        assert_eq!(text(&headers, &header::USER_AGENT).map(|text| text.len()), Some(MAX_TEXT));
        assert_eq!(text(&headers, &header::HOST), None);
    }
}
