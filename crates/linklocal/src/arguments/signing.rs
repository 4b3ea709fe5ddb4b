//! What `sign`, `presign` and `verify` are told alike: whose key, for which service and region, at which time.

use std::str::FromStr;

use clap::Args;
use scenario::Offset;
use types::{Secret, Timestamp};

/// Whose key. What is typed here beats all else, whole: a set is never mixed from two places.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Credentials")]
pub(crate) struct KeyArguments {
    /// Access key id [default: $AWS_ACCESS_KEY_ID]
    #[arg(long, value_name = "ID")]
    pub(crate) access_key_id: Option<String>,
    /// Secret access key [default: $AWS_SECRET_ACCESS_KEY, which is better: other users of this machine see flags]
    #[arg(long, value_name = "SECRET", value_parser = secret)]
    pub(crate) secret_access_key: Option<Secret<String>>,
    /// Session token of temporary credentials [default: $AWS_SESSION_TOKEN, which is better]
    #[arg(long, value_name = "TOKEN", value_parser = secret)]
    pub(crate) session_token: Option<Secret<String>>,
    /// Profile of ~/.aws, which beats the variables [default: $AWS_PROFILE, $AWS_DEFAULT_PROFILE, default]
    #[arg(long, value_name = "NAME", conflicts_with_all = ["access_key_id", "secret_access_key", "session_token"])]
    pub(crate) profile: Option<String>,
}

/// What the signature is for, and from when it is.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Scope")]
pub(crate) struct ScopeArguments {
    /// Signing name of the service, such as s3 or execute-api [default: what the host says]
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<String>,
    /// Region [default: what the host says, else $AWS_REGION, $AWS_DEFAULT_REGION, the profile's, us-east-1]
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Sign as of this time, such as 2026-11-21T08:22:00Z or 20261121T082200Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) date: Option<Date>,
    /// Correct the clock by this much, such as -90s or +5m
    #[arg(long, value_name = "SPAN", allow_hyphen_values = true, conflicts_with = "date")]
    pub(crate) clock_offset: Option<Offset>,
    /// Sign for several regions at once, with ECDSA (SigV4a); hosts that want it get it without asking
    #[arg(long)]
    pub(crate) sigv4a: bool,
    /// Regions that a SigV4a signature is good for: names or patterns with commas between, or * [default: the region]
    #[arg(long, value_name = "REGIONS", requires = "sigv4a")]
    pub(crate) region_set: Option<String>,
}

/// A point of time in RFC 3339's form or in that of `X-Amz-Date`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Date(pub(crate) Timestamp);

/// The text is no such time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither like 2026-11-21T08:22:00Z nor like 20261121T082200Z, from 1970 to 9999")]
pub(crate) struct DateError(String);

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let basic = || sigv4::AmzDate::read(text.as_bytes()).ok().map(|date| date.time());
        let time = text.parse::<Timestamp>().ok().or_else(basic);
        time.map(Self).ok_or_else(|| DateError(text.chars().take(40).collect()))
    }
}

/// Kept from `Debug` and wiped from here on; the copy that the kernel shows others is out of reach.
pub(super) fn secret(text: &str) -> Result<Secret<String>, std::convert::Infallible> {
    Ok(Secret::new(text.to_owned()))
}
