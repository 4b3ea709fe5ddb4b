//! `linklocal mfa login`.

use clap::{Args, ValueEnum};

use crate::arguments::GuardArguments;

#[derive(Clone, Debug, Args)]
pub(crate) struct MfaLoginArguments {
    /// Profile with the user's long-term keys, or a role that is had with them [default: as the AWS CLI finds it]
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// MFA device: its ARN, or the serial number of a hardware token [default: mfa_serial of the profile or of a role that is
    /// had with it, else the user's only device in IAM]
    #[arg(long, value_name = "SERIAL")]
    pub(crate) serial_number: Option<String>,
    /// Code that the device shows; without it, it is asked for at the terminal or made as mfa_source says
    #[arg(long, value_name = "DIGITS")]
    pub(crate) token_code: Option<String>,
    /// Life of the session, 900 to 129600; for the account's root user 900 to 3600 [default: 43200, root: 3600]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) duration_seconds: Option<u32>,
    /// Region to sign for, and to write into the profile [default: as the AWS CLI finds it]
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Profile to write the session to, never one with long-term keys or a role [default: mfa, or the one that is renewed]
    #[arg(long, value_name = "NAME", conflicts_with = "no_write")]
    pub(crate) profile_out: Option<String>,
    /// Write no profile: the session is kept for profiles with `mfa_session = shared` alone
    #[arg(long)]
    pub(crate) no_write: bool,
    /// Where the session's keys are kept
    #[arg(long, value_enum, default_value = "file", value_name = "WHERE")]
    pub(crate) keep: SessionHome,
    #[command(flatten)]
    pub(crate) guard: GuardArguments,
}

/// Where a session is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SessionHome {
    /// In the credentials file, as the AWS CLI and all SDKs read it
    File,
    /// In the keyring, or the encrypted file that stands for one; the profile gets a credential_process that asks for it
    Vault,
}

pub(super) const EXAMPLES: &str = "\
The session goes into profile `mfa` of ~/.aws/credentials, with its end (x_security_token_expires) and the region, and is \
renewed by the same command. The code is asked for at the terminal even where input and output go elsewhere.

Example:
  $ linklocal mfa login
  $ linklocal mfa login --profile alice --profile-out alice-mfa --duration-seconds 129600
  $ linklocal mfa login --serial-number arn:aws:iam::111122223333:mfa/alice --token-code 123456
  $ linklocal mfa login --keep vault        # no key of the session in any plain file";

#[derive(Clone, Debug, Args)]
pub(crate) struct MfaProcessArguments {
    /// Profile with the user's long-term keys, or a role that is had with them [default: as the AWS CLI finds it]
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// MFA device: its ARN, or the serial number of a hardware token [default: as `mfa login` finds it]
    #[arg(long, value_name = "SERIAL")]
    pub(crate) serial_number: Option<String>,
    /// Where the session's keys are kept
    #[arg(long, value_enum, default_value = "file", value_name = "WHERE")]
    pub(crate) keep: SessionHome,
    #[command(flatten)]
    pub(crate) guard: GuardArguments,
}

pub(super) const PROCESS: &str = "\
Prints the session that all processes of the user share, as an SDK wants it of a credential_process; where none is kept, or it \
is about to end, the code is asked for at the controlling terminal. In ~/.aws/config:

  [profile mfa]
  credential_process = linklocal mfa process --profile alice

Example:
  $ linklocal mfa process --profile alice";
