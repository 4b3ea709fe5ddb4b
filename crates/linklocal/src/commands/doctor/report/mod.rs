//! What came of each check, as text and as an object.
//!
//! Rule: nothing that looks like a token or a key leaves here, whatever a check put into its finding, and nothing that
//! an endpoint says moves the cursor.

mod junit;

use serde::Serialize;

use super::check::{About, Finding, Kind};
use super::subject::{Subject, Version1};

/// All checks and what came of them, with what they were about.
pub(super) struct Report {
    url: String,
    /// As a first look found it; accounts have none.
    http_tokens: Option<&'static str>,
    role: Option<String>,
    pub(super) entries: Vec<Entry>,
}

/// One check and what came of it.
pub(super) struct Entry {
    pub(super) check: About,
    pub(super) outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Pass,
    Fail { expected: String, got: String },
    Warn { expected: String, got: String },
    Skip { reason: String },
}

/// How many checks came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Counts {
    pub(super) pass: usize,
    pub(super) fail: usize,
    pub(super) warn: usize,
    pub(super) skip: usize,
}

/// The whole report, as `--json` prints it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Object<'a> {
    endpoint: &'a str,
    /// As a first look found it: `optional`, `required`, `unknown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    http_tokens: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'a str>,
    counts: Counts,
    checks: Vec<CheckObject<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CheckObject<'a> {
    id: &'a str,
    group: &'a str,
    title: &'a str,
    kind: &'a str,
    source: &'a str,
    result: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    got: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    matters: Option<&'a str>,
}

impl Report {
    pub(super) fn new(subject: &Subject) -> Self {
        let http_tokens = match subject.version_1 {
            Version1::Answered => "optional",
            Version1::Refused => "required",
            Version1::Broken => "unknown",
        };
        let url = format!("http://{}{}", subject.probe.authority, subject.probe.prefix);
        Self {
            url,
            http_tokens: Some(http_tokens),
            role: subject.role.as_deref().map(masked),
            entries: Vec::new(),
        }
    }

    /// A report on an account's endpoint.
    pub(super) fn of_account(url: &str) -> Self {
        Self { url: url.to_owned(), http_tokens: None, role: None, entries: Vec::new() }
    }

    /// What a first look found, in a few words.
    pub(super) fn summary(&self) -> String {
        let role = self.role.as_ref().map_or_else(|| "no role".to_owned(), |role| format!("role {role:?}"));
        format!("tokens {}, {role}", self.http_tokens.unwrap_or("unknown"))
    }

    pub(super) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for entry in &self.entries {
            match entry.outcome {
                Outcome::Pass => counts.pass += 1,
                Outcome::Fail { .. } => counts.fail += 1,
                Outcome::Warn { .. } => counts.warn += 1,
                Outcome::Skip { .. } => counts.skip += 1,
            }
        }
        counts
    }

    pub(super) fn object(&self) -> Object<'_> {
        Object {
            endpoint: &self.url,
            http_tokens: self.http_tokens,
            role: self.role.as_deref(),
            counts: self.counts(),
            checks: self.entries.iter().map(CheckObject::new).collect(),
        }
    }

    /// The report as CI systems read it.
    pub(super) fn junit(&self) -> String {
        junit::document(&self.url, self.counts(), &self.entries)
    }
}

impl Outcome {
    pub(super) fn of(kind: Kind, found: Result<(), Finding>) -> Self {
        match found {
            Ok(()) => Self::Pass,
            Err(Finding::DoesNotApply(reason)) => Self::Skip { reason: masked(&reason) },
            Err(Finding::Differs { expected, got }) => Self::wanting(kind, masked(&expected), masked(&got)),
            Err(Finding::NoAnswer(error)) => {
                Self::wanting(kind, "an answer".to_owned(), masked(&error.to_string()))
            }
        }
    }

    fn wanting(kind: Kind, expected: String, got: String) -> Self {
        match kind {
            Kind::Advice => Self::Warn { expected, got },
            Kind::Wire | Kind::Safety => Self::Fail { expected, got },
        }
    }

    /// What stands before the check in a table. The one to look for is the one in capitals.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail { .. } => "FAIL",
            Self::Warn { .. } => "warn",
            Self::Skip { .. } => "skip",
        }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { pass, fail, warn, skip } = self;
        write!(f, "{pass} passed, {fail} failed, {warn} warned, {skip} skipped")
    }
}

impl<'a> CheckObject<'a> {
    fn new(entry: &'a Entry) -> Self {
        let About { id, title, kind, source, matters } = entry.check;
        let (expected, got, reason) = match &entry.outcome {
            Outcome::Pass => (None, None, None),
            Outcome::Fail { expected, got } | Outcome::Warn { expected, got } => {
                (Some(expected.as_str()), Some(got.as_str()), None)
            }
            Outcome::Skip { reason } => (None, None, Some(reason.as_str())),
        };
        let result = match entry.outcome {
            Outcome::Fail { .. } => "fail",
            _ => entry.outcome.word(),
        };
        let matters = expected.map(|_| matters);
        Self {
            id,
            group: entry.check.group(),
            title,
            kind: kind.name(),
            source,
            result,
            expected,
            got,
            reason,
            matters,
        }
    }
}

impl Entry {
    /// One check as lines of text.
    pub(super) fn lines(&self) -> String {
        let About { id, title, source, matters, .. } = self.check;
        let first = format!("  {}  {id:32}  {title}\n", self.outcome.word());
        match &self.outcome {
            Outcome::Pass => first,
            Outcome::Skip { reason } => format!("{first}          {reason}\n"),
            Outcome::Fail { expected, got } | Outcome::Warn { expected, got } => format!(
                "{first}          expected  {expected} ({source})\n          got       {got}\n          \
                 matters   {matters}\n"
            ),
        }
    }
}

/// The text with everything that is as long as a key and made of the same characters replaced by its length, and with
/// control characters escaped, but those that end a line of a finding.
fn masked(text: &str) -> String {
    let is_order = |c: char| c.is_control() && c != '\n';
    let shown = |c: char| if is_order(c) { c.escape_default().to_string() } else { c.to_string() };
    let text: String = text.chars().map(shown).collect();
    let is_part = |c: char| c.is_ascii_alphanumeric() || "+/=_-".contains(c);
    let mut masked = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find(is_part) {
        masked.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let word = &rest[..end];
        if end >= MIN_SECRET && !is_path(word) {
            masked.push_str(&format!("({end} characters)"));
        } else {
            masked.push_str(word);
        }
        rest = &rest[end..];
    }
    masked.push_str(rest);
    masked
}

/// Paths of the tree are words with slashes and dashes between them; keys are not.
fn is_path(word: &str) -> bool {
    word.starts_with('/') && word.split(['/', '-', '_', '=']).all(|part| part.len() < MIN_SECRET / 2)
        || word.split('-').all(|part| part.len() < 12)
}

/// A secret access key has 40 characters, tokens have 44 and more.
const MIN_SECRET: usize = 36;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_is_masked() {
        let secret = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYab";
        let cases = [
            (format!("got {secret}!"), "got (40 characters)!".to_owned()),
            (format!("AQAEA{secret}=="), "(47 characters)".to_owned()),
            ("AccessKeyId ASIAIOSFODNN7EXAMPLE".to_owned(), "AccessKeyId ASIAIOSFODNN7EXAMPLE".to_owned()),
            (
                "404 for /latest/meta-data/autoscaling/target-lifecycle-state".to_owned(),
                "404 for /latest/meta-data/autoscaling/target-lifecycle-state".to_owned(),
            ),
            (
                "no X-Aws-Ec2-Metadata-Token-Ttl-Seconds".to_owned(),
                "no X-Aws-Ec2-Metadata-Token-Ttl-Seconds".to_owned(),
            ),
            ("Server: \x1b[2Jx\nDate: \r".to_owned(), "Server: \\u{1b}[2Jx\nDate: \\r".to_owned()),
            (String::new(), String::new()),
        ];
        for (text, expected) in cases {
            assert_eq!(masked(&text), expected);
        }
    }

    #[test]
    fn advice_warns_and_the_rest_fails() {
        let found = || Err(Finding::differs("a", "b"));
        let pair = || ("a".to_owned(), "b".to_owned());
        let (expected, got) = pair();
        assert_eq!(Outcome::of(Kind::Advice, found()), Outcome::Warn { expected, got });
        let (expected, got) = pair();
        assert_eq!(Outcome::of(Kind::Safety, found()), Outcome::Fail { expected, got });
        assert_eq!(Outcome::of(Kind::Wire, Ok(())), Outcome::Pass);
        let skipped = Outcome::of(Kind::Wire, Err(Finding::does_not_apply("x")));
        assert_eq!(skipped, Outcome::Skip { reason: "x".to_owned() });
    }
}
