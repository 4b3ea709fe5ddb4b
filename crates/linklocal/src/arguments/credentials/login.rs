//! `linklocal credentials login`.

use clap::Args;

#[derive(Clone, Debug, Args)]
pub(crate) struct LoginArguments {
    /// Profile whose login is meant [default: as the AWS CLI finds it]
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Section [sso-session NAME] of the config file, in place of a profile's
    #[arg(long, value_name = "NAME", conflicts_with = "profile")]
    pub(crate) sso_session: Option<String>,
    /// Open no browser: print the URL and the code only
    #[arg(long)]
    pub(crate) no_browser: bool,
}

pub(super) const EXAMPLES: &str = "\
Logs in to IAM Identity Center with a code that is confirmed in a browser, on this device or another. The token goes into
the AWS CLI's own cache, so that the CLI and the SDKs are logged in too, as after `aws sso login --use-device-code`.

Example:
  $ linklocal credentials login --profile dev
  $ linklocal credentials login --sso-session my-company --no-browser";
