//! Every rule: its code, how bad it is, and whom it bites unless a finding says otherwise.
//!
//! Rule: a code, once published, keeps its meaning.

use super::Severity;
use super::Severity::{Error, Note, Warning};
use crate::Sdk;
use crate::Sdk::{Boto3, Cli2, Go, Java, Js, Rust};

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub code: &'static str,
    pub severity: Severity,
    /// Whom it bites.
    pub sdks: &'static [Sdk],
    /// What is wrong, without the case at hand.
    pub summary: &'static str,
}

/// The rule of a code.
///
/// # Panics
/// There is none; codes are written down in this crate only.
pub(super) fn rule(code: &str) -> &'static Rule {
    RULES.iter().find(|rule| rule.code == code).expect("every finding has its code from this table")
}

const fn row(code: &'static str, severity: Severity, sdks: &'static [Sdk], summary: &'static str) -> Rule {
    Rule { code, severity, sdks, summary }
}

const ALL: &[Sdk] = &[Cli2, Boto3, Rust, Js, Java, Go];
const PYTHON: &[Sdk] = &[Cli2, Boto3];
const STRICT: &[Sdk] = &[Rust, Java];

/// All rules, in the order of the documentation.
pub const RULES: &[Rule] = &[
    // The file as a whole.
    row("unreadable", Error, ALL, "the file is there and cannot be read"),
    row("utf-16", Error, ALL, "the file is UTF-16, which no SDK reads"),
    row(
        "not-utf-8",
        Error,
        &[Cli2, Boto3, Rust],
        "bytes that are not UTF-8 fail the file, or make it count as empty",
    ),
    row("binary", Error, ALL, "the file holds a byte 0 and is no text"),
    row("byte-order-mark", Error, &[Cli2, Boto3, Rust, Java, Go], "a byte order mark hides the first header"),
    row("carriage-return", Error, &[Rust, Js, Go], "a carriage return alone ends a line for some SDKs only"),
    row("fails", Error, &[], "an SDK fails on the files as a whole"),
    // Headers.
    row("no-section", Error, &[Cli2, Boto3, Rust, Java], "a line stands before the first header"),
    row("open-bracket", Error, &[Cli2, Boto3, Rust, Java, Go], "a header's bracket is not closed"),
    row("header-junk", Error, &[Rust, Java, Js], "words follow a header's bracket"),
    row("header-comment", Warning, &[Js], "a comment follows a header's bracket without a blank"),
    row(
        "header-blanks",
        Warning,
        &[Cli2, Boto3, Js, Go],
        "a header has blanks by which not every SDK finds the section",
    ),
    row(
        "header-quotes",
        Warning,
        &[Rust, Java, Go],
        "a header has quotes that most SDKs take for a part of the name",
    ),
    row("header-indented", Warning, STRICT, "a header is indented"),
    row(
        "header-twins",
        Error,
        &[Cli2, Boto3, Rust],
        "two headers of one section differ in blanks: the SDK for Rust merges them at random",
    ),
    row("duplicate-section", Error, PYTHON, "a section is there twice"),
    row(
        "both-defaults",
        Error,
        ALL,
        "[default] and [profile default] are both there, and SDKs take different ones",
    ),
    row("default-capitals", Warning, PYTHON, "[DEFAULT] hands its keys to every profile, in Python only"),
    row("missing-prefix", Warning, ALL, "a section of the config file lacks its prefix and is no profile"),
    row(
        "superfluous-prefix",
        Warning,
        ALL,
        "a section of the credentials file has a prefix and is no profile",
    ),
    row(
        "wrong-file",
        Warning,
        ALL,
        "a section that belongs into the config file stands in the credentials file",
    ),
    row("unknown-section", Note, ALL, "a section has a prefix that no SDK knows"),
    row("name-characters", Warning, &[Rust, Js, Java], "a name has characters that only some SDKs read"),
    row("prototype", Error, &[Js], "a section called __proto__ makes every profile vanish"),
    // Lines.
    row("no-equals", Error, &[Cli2, Boto3, Rust, Java], "a line has no `=`"),
    row("block-line", Error, &[Cli2, Boto3, Rust, Java], "a line of a block has no `=`"),
    row("colon", Error, &[Rust, Java, Js], "a line has `:` in place of `=`"),
    row("colon-in-key", Warning, &[Cli2, Boto3, Go], "a key has a `:`, where some SDKs end it"),
    row("key-case", Warning, &[Js, Java], "a key has capitals"),
    row("key-characters", Note, STRICT, "a key has characters for which some SDKs pass it over"),
    row("key-indented", Error, STRICT, "a key is indented under a header"),
    row(
        "comment-indented",
        Warning,
        STRICT,
        "an indented comment becomes a part of the value above, or fails the file",
    ),
    row("duplicate-key", Error, PYTHON, "a key is there twice in a section"),
    row("inline-comment", Warning, PYTHON, "a comment behind a value is a part of it for some SDKs"),
    row(
        "hash-in-secret",
        Error,
        &[Rust, Js, Java, Go],
        "a secret with a blank before `#` or `;` is cut there by most SDKs",
    ),
    row(
        "quoted-value",
        Warning,
        &[Cli2, Boto3, Rust, Js, Java],
        "quotes are part of a value, except for the SDK for Go",
    ),
    row(
        "continued-value",
        Warning,
        &[Js, Go],
        "a value goes on over several lines, which some SDKs do not read",
    ),
    // Keys.
    row("empty-key", Error, &[Cli2, Boto3, Rust], "an empty key or secret is used as it stands"),
    row("partial-keys", Error, ALL, "a key id without its secret, or the reverse"),
    row("keys-split", Error, &[Cli2, Boto3, Go], "a key id and its secret stand in different files"),
    row("token-split", Error, ALL, "a session token stands in the other file than its key"),
    row("token-missing", Error, ALL, "a temporary key without its session token"),
    row("token-stale", Error, ALL, "a long-term key with a session token, which belongs to another key"),
    row("two-tokens", Warning, PYTHON, "aws_security_token and aws_session_token differ"),
    row("secret-in-config", Note, &[], "a secret stands in the config file"),
    // Roles and other sources.
    row("role-without-source", Error, ALL, "a role without anything to assume it with"),
    row("source-missing", Error, ALL, "source_profile names no profile"),
    row("source-loop", Error, ALL, "source_profile leads back to where it began"),
    row("two-sources", Error, ALL, "source_profile and credential_source are both there"),
    row("source-without-role", Warning, ALL, "a source without a role to assume"),
    row("credential-source", Error, ALL, "credential_source is none of the three words that there are"),
    row("duration", Error, ALL, "duration_seconds is no number of seconds that STS accepts"),
    row(
        "duration-chained",
        Error,
        &[Cli2, Boto3, Js],
        "a role that is assumed by another role's session lasts an hour at most",
    ),
    row(
        "mfa-ignored",
        Warning,
        &[Rust],
        "the SDK for Rust does not send the MFA code that the profile asks for",
    ),
    row(
        "session-details-ignored",
        Warning,
        ALL,
        "tags or a source identity that SDKs do not send when they assume the role",
    ),
    row(
        "several-sources",
        Warning,
        &[Js, Go],
        "a profile has several sources of credentials, of which SDKs take different ones",
    ),
    row("process-shell", Warning, PYTHON, "credential_process relies on a shell"),
    row("sso-incomplete", Error, ALL, "a setting that a login with IAM Identity Center needs is missing"),
    row("sso-session-missing", Error, ALL, "sso_session names no section"),
    row("services-missing", Error, &[Cli2, Boto3, Js], "services names no section"),
    // Around the files.
    row("readable-by-others", Error, &[], "other users can read secrets"),
    row("writable-by-others", Error, &[], "other users can change what programs run and which keys they use"),
    row("directory-writable", Error, &[], "other users can replace the files"),
    row("foreign-owner", Warning, &[], "the file belongs to another user"),
    row("in-work-tree", Warning, &[], "the file lies in a git work tree"),
    row("in-synced-folder", Warning, &[], "the file lies in a folder that is copied elsewhere"),
    row(
        "exported-secret",
        Warning,
        &[],
        "a shell's start-up file holds a secret, and sets it in every program",
    ),
    row("dead-cache", Note, &[], "a cached login has ended and cannot be renewed"),
];
