//! An error of STS, and what it means: the codes are few, and one of them says four things.

use std::fmt;

use super::xml::Leaves;

/// `<Error>` of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Refusal {
    pub(super) fn read(status: u16, leaves: &Leaves) -> Self {
        match leaves.get("Code") {
            Some(code) => {
                Self { status, code: shown(code), message: shown(leaves.get("Message").unwrap_or_default()) }
            }
            None => Self::without_words(status),
        }
    }

    /// The answer is none of AWS's.
    pub(super) fn without_words(status: u16) -> Self {
        Self { status, code: format!("HTTP {status}"), message: String::new() }
    }

    /// Asked again in a moment, STS may say something else.
    pub(super) fn is_transient(&self) -> bool {
        let codes = ["Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException"];
        let codes = codes.into_iter().chain(["RequestThrottled", "SlowDown", "IDPCommunicationError"]);
        self.status >= 500 || self.status == 429 || codes.into_iter().any(|code| self.code == code)
    }

    /// The signature was refused for its time, or may have been.
    pub(super) fn is_about_time(&self) -> bool {
        let codes =
            ["SignatureDoesNotMatch", "RequestExpired", "RequestTimeTooSkewed", "InvalidSignatureException"];
        codes.contains(&self.code.as_str())
    }

    /// The code that was typed is wrong, or was used before.
    pub(crate) fn is_wrong_mfa_code(&self) -> bool {
        self.code == "AccessDenied" && self.says("invalid mfa one time pass code")
    }

    /// The texts are AWS's and may change: they are matched loosely, and whatever is new falls to its code.
    pub(super) fn remedy(&self) -> String {
        let row = MEANINGS.iter().find(|row| row.code == self.code && self.says(row.says));
        row.map_or_else(|| self.by_kind(), |row| row.remedy.to_owned())
    }

    fn by_kind(&self) -> String {
        let remedy = match self.message.is_empty() {
            _ if self.is_transient() => "try again in a moment",
            true => "check that the endpoint is one of STS",
            false => "see the error's entry in the API reference of STS",
        };
        remedy.to_owned()
    }

    fn says(&self, words: &str) -> bool {
        self.message.to_ascii_lowercase().contains(words)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message.is_empty() {
            true => write!(f, "the endpoint answers {}", self.code),
            false => write!(f, "STS answers {}: {}", self.code, self.message),
        }
    }
}

impl std::error::Error for Refusal {}

/// Messages are for one line of a terminal, and written by whoever the endpoint is.
fn shown(text: &str) -> String {
    let mut line: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_SHOWN).collect();
    line.truncate(line.trim_end().len());
    line
}

/// A code with these words (small letters) in its message, and what to do.
struct Meaning {
    code: &'static str,
    says: &'static str,
    remedy: &'static str,
}

const fn meaning(code: &'static str, says: &'static str, remedy: &'static str) -> Meaning {
    Meaning { code, says, remedy }
}

/// First match counts. Sources: facts/credentials.md sections 3.2 and 3.3; the API reference's common errors.
const MEANINGS: &[Meaning] = &[
    meaning(
        "AccessDenied",
        "invalid mfa one time pass code",
        "a code works once, in its half minute: wait for the next one and type that",
    ),
    meaning(
        "AccessDenied",
        "unable to validate mfa code",
        "check that mfa_serial is the ARN of this user's own device",
    ),
    meaning(
        "AccessDenied",
        "with session credentials",
        "this needs long-term keys: take a profile without a session token",
    ),
    meaning("AccessDenied", "with an explicit deny", "a policy denies it: ask whoever wrote the policy"),
    meaning(
        "AccessDenied",
        "sts:assumerolewithwebidentity",
        "check the role's trust policy: provider, audience and subject of the token must match",
    ),
    meaning(
        "AccessDenied",
        "sts:assumerole",
        "the role's trust policy must name the caller and its conditions (external id, MFA) be met, and the caller's own policy allow sts:AssumeRole",
    ),
    meaning(
        "AccessDenied",
        "",
        "check the role's trust policy and the caller's own policy; where they ask for MFA, set mfa_serial",
    ),
    meaning(
        "InvalidClientTokenId",
        "",
        "the key id is unknown, deleted or inactive, its session token is missing or another key's, or a session without MFA may not ask this",
    ),
    meaning(
        "SignatureDoesNotMatch",
        "",
        "the secret key belongs to another key id, or was copied incompletely",
    ),
    meaning("ExpiredToken", "", "the session has ended: get a new one, or log in again"),
    meaning("ExpiredTokenException", "", "the token has ended: whoever writes the token file must renew it"),
    meaning(
        "InvalidIdentityToken",
        "",
        "the token is none of this role's identity provider, or the file holds more than the token",
    ),
    meaning("IDPRejectedClaim", "", "the identity provider does not stand by the token: get a new one"),
    meaning("IncompleteSignature", "", "check that key id and secret were not exchanged"),
    meaning(
        "RegionDisabledException",
        "",
        "switch STS on for this region in the account, or take another region",
    ),
    meaning("OptInRequired", "", "the account is not signed up for this; see the account's page"),
    meaning(
        "ValidationError",
        "role chaining",
        "a role that is assumed with a role's credentials lasts an hour at most: set duration_seconds to 3600 or remove it",
    ),
    meaning(
        "ValidationError",
        "durationseconds",
        "the role's own maximum is lower: lower duration_seconds, or raise the role's maximum session duration",
    ),
    meaning(
        "ValidationError",
        "tokencode",
        "the code has six digits; security keys give none that works here",
    ),
    meaning(
        "ValidationError",
        "rolesessionname",
        "role_session_name has 2 to 64 letters, digits and _+=,.@-",
    ),
    meaning("ValidationError", "", "check the profile's keys for the role: the message names the one"),
    meaning("PackedPolicyTooLarge", "", "the session's policies and tags are too large: shorten them"),
];

const MAX_SHOWN: usize = 600;
