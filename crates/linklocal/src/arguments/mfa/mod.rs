//! `linklocal mfa …`.

mod device;
mod linked;
mod login;

use clap::Subcommand;

pub(crate) use device::{MfaAddArguments, MfaCodeArguments, MfaListArguments, MfaRemoveArguments};
pub(crate) use linked::{
    IamUserArguments, MfaDisableArguments, MfaEnableArguments, MfaResyncArguments, SeedHome,
};
pub(crate) use login::{MfaLoginArguments, MfaProcessArguments, SessionHome};

#[derive(Debug, Subcommand)]
pub(crate) enum MfaCommand {
    /// Get a session with MFA for a user's long-term keys, and write it as a profile
    #[command(after_help = login::EXAMPLES)]
    Login(MfaLoginArguments),
    /// Hand the session with MFA to an SDK, as `credential_process` of a profile
    #[command(after_help = login::PROCESS)]
    Process(MfaProcessArguments),
    /// Make a virtual MFA device and link it to a user
    #[command(after_help = linked::ENABLE)]
    Enable(MfaEnableArguments),
    /// Take a device from its user, and delete it
    #[command(after_help = linked::DISABLE)]
    Disable(MfaDisableArguments),
    /// Bring a device back into step with AWS
    #[command(after_help = linked::RESYNC)]
    Resync(MfaResyncArguments),
    /// Print the code of a device whose seed is kept here
    #[command(after_help = device::CODE)]
    Code(MfaCodeArguments),
    /// Keep the seed of a device, so that its codes are made here
    #[command(after_help = device::ADD)]
    Add(MfaAddArguments),
    /// Show which devices' seeds are kept here
    #[command(after_help = device::LIST)]
    List(MfaListArguments),
    /// Forget the seed of a device
    #[command(after_help = device::REMOVE)]
    Remove(MfaRemoveArguments),
}

pub(super) const EXAMPLES: &str = "\
A user's long-term keys and a code of the user's MFA device give a session of up to 36 hours. One prompt serves all \
processes of the user.

Example:
  $ linklocal mfa login
  Enter MFA code for arn:aws:iam::111122223333:mfa/alice: 123456
  $ aws s3 ls --profile mfa";
