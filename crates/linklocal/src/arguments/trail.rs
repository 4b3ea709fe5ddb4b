//! `linklocal trail`.

use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum};
use linklocal::config::Span;
use types::Timestamp;

#[derive(Clone, Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct TrailArguments {
    #[command(subcommand)]
    pub(crate) command: Option<TrailCommand>,
    /// Go on showing entries as they come, until interrupted
    #[arg(short, long)]
    pub(crate) follow: bool,
    /// Only what happened since then: a span such as 10m or 2h, or a time such as 2026-11-21T08:22:00Z
    #[arg(long, value_name = "SPAN|TIME")]
    pub(crate) since: Option<Since>,
    /// Only calls of the account, or only hand-outs and denials of the metadata service
    #[arg(long, value_name = "KIND")]
    pub(crate) events: Option<EventKind>,
    /// Only what was asked of this instance's credentials, or with them
    #[arg(long, visible_alias = "instance-id", value_name = "ID")]
    pub(crate) instance: Option<String>,
    /// Only what was denied
    #[arg(long)]
    pub(crate) denied: bool,
    /// Only credentials of whoever has this in its ARN, account or profile, and that have not ended
    #[arg(long, value_name = "TEXT", conflicts_with = "denied")]
    pub(crate) who_has: Option<String>,
    /// Only calls of this operation, such as AssumeRole
    #[arg(long, value_name = "NAME")]
    pub(crate) event_name: Option<String>,
    /// Only calls of this service, such as iam or iam.amazonaws.com
    #[arg(long, value_name = "SERVICE")]
    pub(crate) event_source: Option<String>,
    /// Only calls of this user, role or session, by name or ARN
    #[arg(long, value_name = "NAME|ARN")]
    pub(crate) user: Option<String>,
    /// Only what was done with this key, or handed out as it
    #[arg(long, value_name = "ID")]
    pub(crate) access_key_id: Option<String>,
    /// Only calls that were answered with an error
    #[arg(long)]
    pub(crate) errors: bool,
    /// Only what came from this address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) source_ip: Option<IpAddr>,
    /// Only the newest N entries of those that are there
    #[arg(long, value_name = "N", value_parser = number)]
    pub(crate) max_items: Option<NonZeroUsize>,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum TrailCommand {
    /// Look through the trail for what stands out: keys that shadow a role, credentials away from their instance, use of the root user
    #[command(after_help = FINDINGS)]
    Findings(FindingsArguments),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct FindingsArguments {
    /// Only what happened since then: a span such as 10m or 2h, or a time such as 2026-11-21T08:22:00Z
    #[arg(long, value_name = "SPAN|TIME")]
    pub(crate) since: Option<Since>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EventKind {
    Calls,
    Credentials,
}

/// A moment, fixed or counted back from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Since {
    Time(Timestamp),
    Ago(Span),
}

/// The text is neither a time nor a span.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither a span like 10m or 2h nor a time like 2026-11-21T08:22:00Z")]
pub(crate) struct SinceError(String);

impl Since {
    pub(crate) fn resolve(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Time(time) => time,
            Self::Ago(span) => now - span.0,
        }
    }
}

impl FromStr for Since {
    type Err = SinceError;

    fn from_str(text: &str) -> Result<Self, SinceError> {
        let span = text.parse().map(Self::Ago);
        span.or_else(|_| text.parse().map(Self::Time)).map_err(|_| SinceError(text.to_owned()))
    }
}

fn number(text: &str) -> Result<NonZeroUsize, &'static str> {
    text.parse().map_err(|_| "a number from 1 on is wanted")
}

pub(super) const EXAMPLES: &str = "\
Calls of the account and hand-outs of the metadata service stand in one order, the oldest first. What a program polls is told ten times a minute \
one by one, the rest of the minute as one entry with a count. The trail is in the data directory and can be read when no server is \
running. With --json a call is an event of CloudTrail, with a member `linklocal` that CloudTrail does not have.

Example:
  $ linklocal trail --follow
  $ linklocal trail --since 1h --denied
  $ linklocal trail --events calls --event-source iam --errors
  $ linklocal trail --who-has role/Admin
  $ linklocal trail --json | jq 'select(.Caller.UserName == \"alice\")'
  $ linklocal trail findings";

const FINDINGS: &str = "\
Each finding says what was seen, by which events, why it matters, and what to do.

Example:
  $ linklocal trail findings --since 1d
  $ linklocal trail findings --json | jq -r 'select(.Severity == \"high\") | .Title'";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_time_or_a_span_back() {
        let now: Timestamp = "2026-11-21T08:22:00Z".parse().unwrap();
        for (text, moment) in
            [("10m", "2026-11-21T08:12:00Z"), ("2026-11-21T08:00:00Z", "2026-11-21T08:00:00Z")]
        {
            assert_eq!(text.parse::<Since>().unwrap().resolve(now), moment.parse().unwrap(), "{text}");
        }
        for text in ["", "yesterday", "10", "-5m"] {
            assert_eq!(text.parse::<Since>(), Err(SinceError(text.to_owned())));
        }
    }
}
