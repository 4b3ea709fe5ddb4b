//! The endpoint under check: what a first look found, and the questions that checks share.
//!
//! Rule: read only. Nothing is sent but GET, HEAD, OPTIONS, requests for tokens, and methods that EC2 refuses.

use std::cell::OnceCell;
use std::net::IpAddr;
use std::time::Duration;

use sys::Clock;
use types::{Secret, Timestamp};

use super::check::Finding;
use super::crawl::Crawl;
use super::probe::{Answer, Probe, ProbeError, Request};

pub(crate) struct Subject {
    pub(crate) probe: Probe,
    clock: Clock,
    /// Good for six hours.
    token: Option<Secret<String>>,
    /// Why there is no token.
    refusal: String,
    is_disabled: bool,
    pub(crate) version_1: Version1,
    pub(crate) place: Place,
    /// A role's name, where there is a role.
    pub(crate) role: Option<String>,
    /// The entries of `/latest/meta-data/`.
    pub(crate) menu: Vec<String>,
    short: Option<ShortToken>,
    crawl: OnceCell<Crawl>,
}

/// Whether requests without a token are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version1 {
    Answered,
    /// 401: tokens are required.
    Refused,
    /// Neither metadata nor 401.
    Broken,
}

/// Where the endpoint lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// 169.254.0.0/16 or fd00:ec2::/32, where EC2's own is.
    LinkLocal,
    Loopback,
    Elsewhere,
}

/// Made at the start, so that it has run out by the time that a check wants it so.
struct ShortToken {
    one_second: Option<Secret<String>>,
    one_minute: Option<Secret<String>>,
    asked: tokio::time::Instant,
}

impl Subject {
    /// Looks at the endpoint; an error where there is nothing to check.
    pub(crate) fn survey(probe: Probe, place: Place, clock: Clock) -> Result<Self, ProbeError> {
        let first = probe.ask(&Self::token_request("21600"));
        let plain = probe.ask(&Request::get(ROOT));
        if plain.is_err() && first.is_err() {
            return Err(first.err().unwrap_or(ProbeError::Closed));
        }
        let refusal = match &first {
            Ok(answer) => answer.status_line(),
            Err(error) => error.to_string(),
        };
        let is_disabled =
            [&first, &plain].iter().all(|asked| asked.as_ref().is_ok_and(|got| got.status == 403));
        let version_1 = match plain.map(|answer| answer.status) {
            Ok(200) => Version1::Answered,
            Ok(401) => Version1::Refused,
            _ => Version1::Broken,
        };
        let mut subject = Self {
            probe,
            clock,
            token: first.ok().as_ref().and_then(token_of),
            refusal,
            is_disabled,
            version_1,
            place,
            role: None,
            menu: Vec::new(),
            short: None,
            crawl: OnceCell::new(),
        };
        subject.short = Some(subject.short_tokens());
        subject.menu = subject.lines(ROOT);
        subject.role = subject.lines(ROLES).into_iter().next();
        Ok(subject)
    }

    fn short_tokens(&self) -> ShortToken {
        let issue = |life| self.ask_token(life).ok().as_ref().and_then(token_of);
        let (one_second, one_minute) = (issue("1"), issue("60"));
        ShortToken { one_second, one_minute, asked: tokio::time::Instant::now() }
    }

    fn lines(&self, path: &str) -> Vec<String> {
        let answer = self.get(path).ok().filter(|answer| answer.status == 200);
        answer.map(|answer| answer.text().lines().map(str::to_owned).collect()).unwrap_or_default()
    }

    /// Whether every answer is 403, as where the endpoint is switched off.
    pub(crate) fn is_disabled(&self) -> bool {
        self.is_disabled
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn token_request(life: &str) -> Request {
        Request::new("PUT", TOKEN_PATH).line(format!("X-aws-ec2-metadata-token-ttl-seconds: {life}"))
    }

    pub(crate) fn ask_token(&self, life: &str) -> Result<Answer, ProbeError> {
        self.probe.ask(&Self::token_request(life))
    }

    pub(crate) fn ask(&self, request: Request) -> Result<Answer, ProbeError> {
        self.probe.ask(&request)
    }

    /// Reads a path as it can be read: with a token where there is one.
    pub(crate) fn get(&self, path: &str) -> Result<Answer, Finding> {
        Ok(self.probe.ask(&self.admitted(Request::get(path))?)?)
    }

    /// The value at a path that must have one.
    pub(crate) fn value(&self, path: &str) -> Result<String, Finding> {
        let answer = self.get(path)?;
        answer.must_be(200)?;
        Ok(answer.text())
    }

    /// The value at a path; without one there is nothing to check.
    pub(crate) fn value_if_any(&self, path: &str) -> Result<String, Finding> {
        let answer = self.get(path)?;
        match answer.status {
            200 => Ok(answer.text()),
            _ => Err(Finding::does_not_apply(format!("{path} answers {}", answer.status_line()))),
        }
    }

    /// The request with what it needs to be let in.
    pub(crate) fn admitted(&self, request: Request) -> Result<Request, Finding> {
        match (&self.token, self.version_1) {
            (Some(token), _) => Ok(request.line(format!("X-aws-ec2-metadata-token: {}", token.expose()))),
            (None, Version1::Answered) => Ok(request),
            (None, _) => Err(Finding::does_not_apply(format!(
                "no token is to be had ({}) and without one nothing is answered",
                self.refusal
            ))),
        }
    }

    pub(crate) fn token(&self) -> Result<&Secret<String>, Finding> {
        let reason = || Finding::does_not_apply(format!("no token is to be had: {}", self.refusal));
        self.token.as_ref().ok_or_else(reason)
    }

    /// Reads a path with that token.
    pub(crate) fn get_with(&self, path: &str, token: &str) -> Result<Answer, ProbeError> {
        self.ask(Request::get(path).line(format!("X-aws-ec2-metadata-token: {token}")))
    }

    pub(crate) fn needs_version_1(&self) -> Result<(), Finding> {
        match self.version_1 {
            Version1::Answered => Ok(()),
            Version1::Refused => Err(Finding::does_not_apply("tokens are required here")),
            Version1::Broken => Err(Finding::does_not_apply("requests without a token get no metadata here")),
        }
    }

    pub(crate) fn needs_required_tokens(&self) -> Result<(), Finding> {
        match self.version_1 {
            Version1::Answered => Err(Finding::does_not_apply("tokens are optional here")),
            Version1::Refused | Version1::Broken => Ok(()),
        }
    }

    /// Whether the top menu has the entry.
    pub(crate) fn lists(&self, entry: &str) -> bool {
        self.menu.iter().any(|listed| listed == entry)
    }

    /// Whether the top menu has the entry, or in its place what is below it.
    pub(crate) fn lists_in_any_form(&self, entry: &str) -> bool {
        self.lists(entry) || entry.ends_with('/') && self.menu.iter().any(|listed| listed.starts_with(entry))
    }

    pub(crate) fn crawl(&self) -> Result<&Crawl, Finding> {
        if self.crawl.get().is_none() {
            let crawl = Crawl::of(self)?;
            return Ok(self.crawl.get_or_init(|| crawl));
        }
        self.crawl.get().ok_or_else(|| Finding::does_not_apply("nothing was crawled"))
    }

    /// A token that was good for one second, more than a second after its end.
    pub(crate) fn expired_token(&self) -> Option<&Secret<String>> {
        let short = self.short.as_ref()?;
        self.wait_since(short.asked);
        short.one_second.as_ref()
    }

    /// A token that is good for one minute, at least two seconds old.
    pub(crate) fn aged_token(&self) -> Option<&Secret<String>> {
        let short = self.short.as_ref()?;
        self.wait_since(short.asked);
        short.one_minute.as_ref()
    }

    fn wait_since(&self, asked: tokio::time::Instant) {
        self.probe.runtime.block_on(tokio::time::sleep_until(asked + SHORT_LIFE));
    }
}

impl Place {
    pub(crate) fn of(host: &str) -> Self {
        match host.parse::<IpAddr>() {
            Ok(IpAddr::V4(ip)) if ip.is_link_local() => Self::LinkLocal,
            Ok(IpAddr::V6(ip)) if ip.segments()[..2] == [0xfd00, 0x0ec2] => Self::LinkLocal,
            Ok(ip) if ip.is_loopback() => Self::Loopback,
            Err(_) if host.eq_ignore_ascii_case("localhost") => Self::Loopback,
            _ => Self::Elsewhere,
        }
    }
}

/// A token as clients would send it back; white space around it would make no header.
pub(crate) fn token_of(answer: &Answer) -> Option<Secret<String>> {
    let text = answer.text().trim().to_owned();
    let fit = !text.is_empty() && text.len() <= MAX_TOKEN && text.bytes().all(|byte| byte.is_ascii_graphic());
    (answer.status == 200 && fit).then(|| Secret::new(text))
}

pub(crate) const ROOT: &str = "/latest/meta-data/";
pub(crate) const ROLES: &str = "/latest/meta-data/iam/security-credentials/";
pub(crate) const INSTANCE_ID: &str = "/latest/meta-data/instance-id";
pub(crate) const TOKEN_PATH: &str = "/latest/api/token";
pub(crate) const DOCUMENT: &str = "/latest/dynamic/instance-identity/document";
const MAX_TOKEN: usize = 1024;
/// A second of life, and a second for services that round up.
const SHORT_LIFE: Duration = Duration::from_millis(2100);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_follow_the_address() {
        for (host, place) in [
            ("169.254.169.254", Place::LinkLocal),
            ("fd00:ec2::254", Place::LinkLocal),
            ("127.0.0.1", Place::Loopback),
            ("::1", Place::Loopback),
            ("LocalHost", Place::Loopback),
            ("10.0.0.1", Place::Elsewhere),
            ("fd01::1", Place::Elsewhere),
            ("imds.example", Place::Elsewhere),
        ] {
            assert_eq!(Place::of(host), place, "{host}");
        }
    }
}
