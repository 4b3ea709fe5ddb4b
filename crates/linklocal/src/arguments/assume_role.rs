//! `linklocal assume-role`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use linklocal::config::Span;
use types::Secret;

use super::value::{Assignment, TagList};
use super::{ChainArguments, ExportFormat, GuardArguments};

#[derive(Clone, Debug, Args)]
pub(crate) struct AssumeRoleArguments {
    /// ARN of the role, or a profile that names one
    #[arg(value_name = "ROLE_ARN|PROFILE")]
    pub(crate) role: String,
    /// Spelling of what is printed [default: env, or json with --json]
    #[arg(long, value_enum, conflicts_with_all = ["profile_out", "command"])]
    pub(crate) format: Option<ExportFormat>,
    /// Write the session as this profile, and print nothing secret
    #[arg(long, value_name = "NAME", conflicts_with = "command")]
    pub(crate) profile_out: Option<String>,
    /// Take a kept session only with so much of its life left
    #[arg(long, value_name = "SPAN", default_value = "5m")]
    pub(crate) min_ttl: Span,
    #[command(flatten)]
    pub(crate) session: RoleSessionArguments,
    #[command(flatten)]
    pub(crate) device: DeviceArguments,
    #[command(flatten)]
    pub(crate) web_identity: WebIdentityArguments,
    #[command(flatten)]
    pub(crate) chain: ChainArguments,
    #[command(flatten)]
    pub(crate) guard: GuardArguments,
    /// A program to run with the session in its environment, and its arguments
    #[arg(last = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}

/// What the session is to be.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Session")]
pub(crate) struct RoleSessionArguments {
    /// Name of the session, which CloudTrail shows [default: linklocal and the time]
    #[arg(long, value_name = "NAME")]
    pub(crate) role_session_name: Option<String>,
    /// Life of the session, 900 to 43200 and at most what the role allows [default: an hour]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) duration_seconds: Option<u32>,
    /// What a role of somebody else's account may ask for
    #[arg(long, value_name = "ID")]
    pub(crate) external_id: Option<String>,
    /// Policy that narrows the session: JSON, or a file with it
    #[arg(long, value_name = "JSON|FILE")]
    pub(crate) policy: Option<String>,
    /// Managed policy that narrows the session, too; may be repeated
    #[arg(long, value_name = "ARN", value_delimiter = ',')]
    pub(crate) policy_arns: Vec<String>,
    /// Tag of the session; may be repeated
    #[arg(long, value_name = "KEY=VALUE|Key=K,Value=V")]
    pub(crate) tags: Vec<SessionTag>,
    /// Key of a tag that goes on to roles that are assumed from this session; may be repeated
    #[arg(long, value_name = "KEY", value_delimiter = ',')]
    pub(crate) transitive_tag_keys: Vec<String>,
    /// Who is behind the session, for CloudTrail and for all roles after it
    #[arg(long, value_name = "NAME")]
    pub(crate) source_identity: Option<String>,
}

/// The MFA device that the role's trust policy asks for.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "MFA")]
pub(crate) struct DeviceArguments {
    /// The user's MFA device [default: mfa_serial of the profile]
    #[arg(long, value_name = "ARN")]
    pub(crate) serial_number: Option<String>,
    /// The six digits that it shows [default: as mfa_source says, else asked for at the terminal]
    #[arg(long, value_name = "CODE", value_parser = super::signing::secret)]
    pub(crate) token_code: Option<Secret<String>>,
}

/// A token in place of keys. The call is not signed.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Web identity")]
pub(crate) struct WebIdentityArguments {
    /// File with the token of the role's identity provider
    #[arg(long, value_name = "FILE", conflicts_with_all = ["external_id", "tags", "transitive_tag_keys", "source_identity", "serial_number", "token_code"])]
    pub(crate) web_identity_token_file: Option<PathBuf>,
    /// Provider of an OAuth 2.0 access token, which is no JWT: www.amazon.com or graph.facebook.com
    #[arg(long, value_name = "HOST", requires = "web_identity_token_file")]
    pub(crate) provider_id: Option<String>,
}

/// `KEY=VALUE`, or the AWS CLI's `Key=K,Value=V`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SessionTag {
    pub(crate) key: String,
    pub(crate) value: String,
}

impl FromStr for SessionTag {
    type Err = super::value::ValueError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Assignment { key, value } = match text.parse::<TagList>() {
            Ok(TagList(tag)) if text.contains(",Value=") => tag,
            _ => text.parse()?,
        };
        Ok(Self { key, value })
    }
}

pub(super) const EXAMPLES: &str = "\
The caller's own credentials are found as everywhere: --profile and the variables say whose. With a profile in place of the \
ARN, its settings count, and flags change them. A session is kept for the next time, as a profile's is; limits of STS are \
checked before it is asked.

Example:
  $ eval \"$(linklocal assume-role arn:aws:iam::111122223333:role/Deploy)\"
  $ linklocal assume-role deploy -- terraform plan
  $ linklocal assume-role arn:aws:iam::111122223333:role/Deploy --profile base --tags team=core --source-identity ada --profile-out deploy
  $ linklocal assume-role arn:aws:iam::111122223333:role/Ci --web-identity-token-file token.jwt --format process";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_written_either_way() {
        for (text, key, value) in [
            ("team=core", "team", "core"),
            ("Key=team,Value=a,b=c", "team", "a,b=c"),
            ("Key=x", "Key", "x"),
            ("a=", "a", ""),
        ] {
            let tag: SessionTag = text.parse().unwrap();
            assert_eq!((tag.key.as_str(), tag.value.as_str()), (key, value), "{text}");
        }
        "team".parse::<SessionTag>().unwrap_err();
    }
}
