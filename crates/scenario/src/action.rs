//! What can happen in a scenario.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use toml_source::Span;
use types::instance::{AutoScalingState, Endpoint, HopLimit, MaintenanceCode, SpotAction, Switch, Tokens};

use crate::Offset;

/// One thing that goes wrong, or is announced.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A new set although the one before has long to live.
    RotateEarly,
    /// No new set although it is due: the one in force is served on, past its end.
    RotateLate,
    /// Sets that ended so long ago.
    ExpiredSet(Duration),
    /// A set stays valid for so long behind its successor.
    Overlap(Duration),
    /// Another role.
    SwapRole(String),
    RemoveRole(RoleRemoval),
    /// `AssumeRoleUnauthorizedAccess`: the role does not trust EC2.
    RefuseRole,
    /// No token issued so far is known any more.
    LoseTokens,
    /// Something befalls single requests.
    Request(RequestFault),
    /// Packets a second.
    PacketBudget(u32),
    /// Served times are off.
    ClockSkew(Offset),
    SpotInterruption {
        action: SpotAction,
        notice: Duration,
    },
    Rebalance,
    Maintenance {
        code: MaintenanceCode,
        notice: Duration,
    },
    AutoScaling(AutoScalingState),
    MetadataOptions(OptionsChange),
}

/// What `remove-role` leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoleRemoval {
    /// No profile at all.
    Disassociate,
    /// The profile, without a role.
    KeepProfile,
    /// An association with a profile that is gone.
    DeleteProfile,
}

/// A fault of single requests.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestFault {
    pub effect: Effect,
    pub target: Target,
    /// The version whose requests it befalls; `None` for both.
    pub version: Option<ServiceVersion>,
    /// Which share of them, from 0 to 1.
    pub rate: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// An error; with the seconds of `Retry-After`, if any.
    Status { code: u16, retry_after: Option<u32> },
    /// The right answer, that much later. Never compressed: clients count it by their own clocks.
    Slow(Duration),
    /// No answer.
    Hang,
    /// A TCP reset.
    Reset(ResetMoment),
    /// 401 to tokens, good as they may be.
    RejectToken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResetMoment {
    BeforeAnswer,
    AfterHead,
}

/// Which requests.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Target {
    Everything,
    Token,
    Metadata,
    RoleList,
    Credentials,
    Container,
    /// What is at or below a path.
    Path(String),
}

/// Version 1 asks without a session token, version 2 with one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceVersion {
    V1,
    V2,
}

/// Metadata options that change; `None` stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct OptionsChange {
    pub http_tokens: Option<Tokens>,
    pub http_put_response_hop_limit: Option<HopLimit>,
    pub http_endpoint: Option<Endpoint>,
    pub http_protocol_ipv6: Option<Switch>,
    pub instance_metadata_tags: Option<Switch>,
}

/// The text is no target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "target {0:?} is none of everything, token, metadata, role-list, credentials, container, and no path like \
     /latest/meta-data/iam"
)]
pub struct TargetError(String);

impl Action {
    /// Whether it is over as soon as it has happened.
    pub(crate) fn is_instant(&self) -> bool {
        matches!(self, Self::RotateEarly | Self::LoseTokens)
    }
}

impl OptionsChange {
    /// This change, and where it says nothing the one before.
    pub(crate) fn over(self, before: Self) -> Self {
        Self {
            http_tokens: self.http_tokens.or(before.http_tokens),
            http_put_response_hop_limit: self
                .http_put_response_hop_limit
                .or(before.http_put_response_hop_limit),
            http_endpoint: self.http_endpoint.or(before.http_endpoint),
            http_protocol_ipv6: self.http_protocol_ipv6.or(before.http_protocol_ipv6),
            instance_metadata_tags: self.instance_metadata_tags.or(before.instance_metadata_tags),
        }
    }
}

impl TryFrom<String> for Target {
    type Error = TargetError;

    fn try_from(text: String) -> Result<Self, TargetError> {
        Ok(match text.as_str() {
            "everything" => Self::Everything,
            "token" => Self::Token,
            "metadata" => Self::Metadata,
            "role-list" => Self::RoleList,
            "credentials" => Self::Credentials,
            "container" => Self::Container,
            path if path.starts_with('/') && path.len() <= LONGEST_PATH => {
                Self::Path(path.trim_end_matches('/').to_owned())
            }
            _ => return Err(TargetError(text.chars().take(40).collect())),
        })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RotateEarly => f.write_str("early rotation: a new set at once"),
            Self::RotateLate => f.write_str("late rotation: the set in force is served on"),
            Self::ExpiredSet(ago) => write!(f, "sets that expired {} ago", Span(*ago)),
            Self::Overlap(span) => write!(f, "sets end {} after they are replaced", Span(*span)),
            Self::SwapRole(role) => write!(f, "role swapped for {role}"),
            Self::RemoveRole(RoleRemoval::Disassociate) => f.write_str("instance profile disassociated"),
            Self::RemoveRole(RoleRemoval::KeepProfile) => f.write_str("role removed from the profile"),
            Self::RemoveRole(RoleRemoval::DeleteProfile) => f.write_str("instance profile deleted"),
            Self::RefuseRole => f.write_str("AssumeRoleUnauthorizedAccess"),
            Self::LoseTokens => f.write_str("every session token is lost"),
            Self::Request(fault) => fault.fmt(f),
            Self::PacketBudget(packets) => write!(f, "packet budget of {packets} a second"),
            Self::ClockSkew(offset) => write!(f, "served times are off by {offset}"),
            Self::SpotInterruption { action, notice } => {
                write!(f, "spot interruption: {} in {}", action.as_str(), Span(*notice))
            }
            Self::Rebalance => f.write_str("rebalance recommendation"),
            Self::Maintenance { code, notice } => {
                write!(f, "maintenance: {} in {}", code.as_str(), Span(*notice))
            }
            Self::AutoScaling(state) => write!(f, "target lifecycle state {state}"),
            Self::MetadataOptions(change) => change.fmt(f),
        }
    }
}

impl fmt::Display for RequestFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.effect {
            Effect::Status { code, retry_after: None } => write!(f, "{code}")?,
            Effect::Status { code, retry_after: Some(seconds) } => {
                write!(f, "{code} with Retry-After {seconds}")?;
            }
            Effect::Slow(by) => write!(f, "answers {} late", Span(by))?,
            Effect::Hang => f.write_str("no answer")?,
            Effect::Reset(ResetMoment::BeforeAnswer) => f.write_str("connection reset")?,
            Effect::Reset(ResetMoment::AfterHead) => f.write_str("connection reset after the head")?,
            Effect::RejectToken => f.write_str("tokens rejected")?,
        }
        write!(f, " for {}", self.target)?;
        if let Some(version) = self.version {
            write!(f, " by version {}", if version == ServiceVersion::V1 { 1 } else { 2 })?;
        }
        if self.rate < 1.0 {
            write!(f, ", {} of 100 requests", percent(self.rate))?;
        }
        Ok(())
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Everything => "everything",
            Self::Token => "token requests",
            Self::Metadata => "metadata",
            Self::RoleList => "the role's name",
            Self::Credentials => "credentials",
            Self::Container => "container credentials",
            Self::Path(path) => path,
        })
    }
}

impl fmt::Display for OptionsChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("metadata options:")?;
        if let Some(tokens) = self.http_tokens {
            f.write_str(if tokens == Tokens::Required { " tokens required" } else { " tokens optional" })?;
        }
        if let Some(limit) = self.http_put_response_hop_limit {
            write!(f, " hop limit {}", limit.get())?;
        }
        let switches = [
            ("endpoint", self.http_endpoint.map(Endpoint::is_enabled)),
            ("IPv6", self.http_protocol_ipv6.map(Switch::is_enabled)),
            ("tags", self.instance_metadata_tags.map(Switch::is_enabled)),
        ];
        for (name, on) in switches {
            match on {
                Some(true) => write!(f, " {name} on")?,
                Some(false) => write!(f, " {name} off")?,
                None => {}
            }
        }
        Ok(())
    }
}

/// A share in hundredths, with at most one digit behind the point.
fn percent(rate: f64) -> f64 {
    (rate * 1000.0).round() / 10.0
}

const LONGEST_PATH: usize = 256;
