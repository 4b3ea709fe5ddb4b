//! `linklocal mfa enable|disable|resync`: a user's devices at IAM.

use clap::{Args, ValueEnum};

use crate::arguments::VaultArguments;

/// Whose device it is, and who asks IAM.
#[derive(Clone, Debug, Args)]
pub(crate) struct IamUserArguments {
    /// Profile whose credentials ask IAM [default: as the AWS CLI finds it]
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// User whose device it is [default: the user whose credentials ask]
    #[arg(long, value_name = "NAME")]
    pub(crate) user_name: Option<String>,
    #[command(flatten)]
    pub(crate) vault: VaultArguments,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct MfaEnableArguments {
    #[command(flatten)]
    pub(crate) user: IamUserArguments,
    /// Name of the new device, one of its kind in the account [default: the user's name]
    #[arg(long, value_name = "NAME")]
    pub(crate) virtual_mfa_device_name: Option<String>,
    /// Whether the seed is kept here, so that codes are made here [default: asked at the terminal]
    #[arg(long, value_enum, value_name = "WHERE")]
    pub(crate) keep: Option<SeedHome>,
    /// Show the seed as a QR code even where it is kept here: for an app as well
    #[arg(long)]
    pub(crate) qr: bool,
    /// Draw the QR code for a terminal with dark text on a light ground
    #[arg(long)]
    pub(crate) invert_qr: bool,
}

/// Where a seed goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SeedHome {
    /// In the keyring, or the encrypted file that stands for one: `mfa_source = totp`
    Vault,
    /// Nowhere: an app on a phone reads the QR code
    No,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct MfaDisableArguments {
    /// Device: its serial number (an ARN), or the name at its end
    #[arg(value_name = "SERIAL|NAME")]
    pub(crate) device: String,
    #[command(flatten)]
    pub(crate) user: IamUserArguments,
    /// Do not ask whether the device may go
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct MfaResyncArguments {
    /// Device: its serial number, or the name at its end
    #[arg(value_name = "SERIAL|NAME")]
    pub(crate) device: String,
    #[command(flatten)]
    pub(crate) user: IamUserArguments,
    /// Two codes in a row, as the device shows them [default: asked for, or made of the seed that is kept here]
    #[arg(long, value_name = "DIGITS", num_args = 2)]
    pub(crate) authentication_codes: Option<Vec<String>>,
}

pub(super) const ENABLE: &str = "\
Makes a virtual MFA device and links it to the user: CreateVirtualMFADevice, the seed into the vault or as a QR code onto the \
screen, two codes in a row, EnableMFADevice. What fails in between is taken back: the device is deleted, and the seed forgotten.

Example:
  $ linklocal mfa enable
  $ linklocal mfa enable --keep no                 # an app on a phone makes the codes
  $ linklocal mfa enable --keep vault --qr         # both
  $ linklocal mfa enable --profile admin --user-name bob --virtual-mfa-device-name bob-laptop --keep vault";

pub(super) const DISABLE: &str = "\
Takes the device from the user (DeactivateMFADevice), deletes it where it is a virtual one, and forgets its seed. Policies often \
demand a session with MFA for this: log in first, and name its profile.

Example:
  $ linklocal mfa login && linklocal mfa disable alice --profile mfa";

pub(super) const RESYNC: &str = "\
Brings a device back into step whose clock has run away, with two codes in a row (ResyncMFADevice).

Example:
  $ linklocal mfa resync arn:aws:iam::111122223333:mfa/alice
  $ linklocal mfa resync GAHT12345678 --authentication-codes 123456 654321";
