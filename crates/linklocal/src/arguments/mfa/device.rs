//! `linklocal mfa code|add|list|remove`: devices that live here.

use clap::Args;

use crate::arguments::VaultArguments;

#[derive(Clone, Debug, Args)]
pub(crate) struct MfaCodeArguments {
    /// Device: its serial number (an ARN), or the name at its end [default: the only one that is kept]
    #[arg(value_name = "SERIAL|NAME")]
    pub(crate) device: Option<String>,
    /// Wait for the next code, which lasts its whole half minute
    #[arg(long)]
    pub(crate) wait: bool,
    #[command(flatten)]
    pub(crate) vault: VaultArguments,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct MfaAddArguments {
    /// Serial number of the device: its ARN in IAM, arn:aws:iam::ACCOUNT:mfa/NAME
    pub(crate) serial: String,
    /// Take the place of a seed that is kept for this device
    #[arg(long)]
    pub(crate) replace: bool,
    #[command(flatten)]
    pub(crate) vault: VaultArguments,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct MfaListArguments {
    #[command(flatten)]
    pub(crate) vault: VaultArguments,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct MfaRemoveArguments {
    /// Device: its serial number, or the name at its end
    #[arg(value_name = "SERIAL|NAME")]
    pub(crate) device: String,
    /// Do not ask whether the seed may go
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) vault: VaultArguments,
}

pub(super) const CODE: &str = "\
Prints the code of a device whose seed is kept here, and for how long it is good; never the seed. AWS takes a code once: one \
that was given out or used for a session in this half minute is not printed again, and the next is waited for.

Example:
  $ linklocal mfa code alice
  287082
  good for 17 s
  $ aws sts get-session-token --serial-number \"$ARN\" --token-code \"$(linklocal mfa code alice)\"";

pub(super) const ADD: &str = "\
The seed is what AWS shows as \"secret key\" or in the QR code (an otpauth URI). It is asked for at the terminal, without \
being shown, or read from standard input; never from an argument, which other programs could see and the shell would remember. \
`linklocal mfa enable` makes a device and keeps its seed by itself.

Example:
  $ linklocal mfa add arn:aws:iam::111122223333:mfa/alice
  Seed or otpauth URI of arn:aws:iam::111122223333:mfa/alice:
  $ zbarimg --raw -q qr.png | linklocal mfa add arn:aws:iam::111122223333:mfa/alice";

pub(super) const LIST: &str = "\
Example:
  $ linklocal mfa list
  $ linklocal mfa list --json";

pub(super) const REMOVE: &str = "\
Removes the seed from here. AWS knows nothing of it and goes on asking for the device's codes: without another copy of the \
seed nobody can give one. Deactivate the device in IAM first.

Example:
  $ linklocal mfa remove alice";
