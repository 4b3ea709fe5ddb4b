//! `[limits]` and `[quotas]`: what is enforced of AWS's limits, and which requests to raise quotas are approved by themselves.

use std::collections::BTreeMap;
use std::str::FromStr;

use account::quotas::{QuotaRules, catalogue};
use gateway::{LimitMode, LimitSettings};
use serde::Deserialize;
use toml_source::Span;

use super::error::ConfigError;
use super::source::Source;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct RawLimits {
    mode: Option<RawMode>,
    scale: Option<String>,
    unpublished: Option<RawUnpublished>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawMode {
    Aws,
    Off,
    Report,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawUnpublished {
    Report,
    Enforce,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct RawQuotas {
    case_opens_after: Option<Span>,
    decided_after: Option<Span>,
    approve_up_to: BTreeMap<String, u64>,
}

/// `50%`
struct Percent(u32);

impl RawLimits {
    pub(super) fn checked(self, source: Source<'_>) -> Result<LimitSettings, ConfigError> {
        let defaults = LimitSettings::default();
        let scale = match self.scale {
            None => defaults.scale,
            Some(text) => {
                let Percent(scale) =
                    text.parse().map_err(|problem: String| source.wrong("limits.scale", problem))?;
                scale
            }
        };
        let mode = match self.mode {
            None => defaults.mode,
            Some(RawMode::Aws) => LimitMode::Aws,
            Some(RawMode::Off) => LimitMode::Off,
            Some(RawMode::Report) => LimitMode::Report,
        };
        Ok(LimitSettings {
            mode,
            scale,
            unpublished: matches!(self.unpublished, Some(RawUnpublished::Enforce)),
        })
    }
}

impl RawQuotas {
    pub(super) fn checked(self, source: Source<'_>) -> Result<QuotaRules, ConfigError> {
        for name in self.approve_up_to.keys() {
            let found = name.split_once('/').and_then(|(service, code)| catalogue::quota(service, code));
            let problem = match found {
                Some(quota) if quota.is_adjustable => continue,
                Some(_) => format!("approve-up-to: {name} cannot be raised"),
                None => format!(
                    "approve-up-to: there is no quota {name}; write SERVICE/CODE, such as \"ec2/L-1216C47A\" (`linklocal quota list` \
                     has them)"
                ),
            };
            return Err(source.wrong("quotas.approve-up-to", problem));
        }
        let defaults = QuotaRules::default();
        Ok(QuotaRules {
            case_opens_after: self.case_opens_after.map_or(defaults.case_opens_after, |span| span.0),
            decided_after: self.decided_after.map_or(defaults.decided_after, |span| span.0),
            approve_up_to: self.approve_up_to,
        })
    }
}

impl FromStr for Percent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.strip_suffix('%').and_then(|number| number.trim().parse().ok());
        match number {
            Some(percent @ 1..=1000) => Ok(Self(percent)),
            _ => Err(format!(
                "scale: {text:?} is not a share of AWS's figures such as \"50%\"; from 1% to 1000%"
            )),
        }
    }
}
