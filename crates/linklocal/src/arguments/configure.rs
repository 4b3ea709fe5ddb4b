//! `linklocal configure …`.

use clap::{Args, Subcommand, ValueEnum};
use types::Secret;

use super::signing::secret;

#[derive(Clone, Debug, Args)]
pub(crate) struct ConfigureArguments {
    /// Profile that is meant [default: $AWS_PROFILE, else $AWS_DEFAULT_PROFILE, else default]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Option<ConfigureCommand>,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum ConfigureCommand {
    /// Change one setting
    #[command(after_help = SET)]
    Set(SetSettingArguments),
    /// Take one setting out
    #[command(after_help = UNSET)]
    Unset(UnsetSettingArguments),
    /// Print the value of one setting
    #[command(after_help = GET)]
    Get(GetSettingArguments),
    /// Show the settings in use, each with the file and line, or the variable, that it comes from
    #[command(after_help = LIST)]
    List,
    /// Print the names of all profiles
    #[command(after_help = LIST_PROFILES)]
    ListProfiles,
    /// Make profiles of the keys in a CSV file, as the AWS console hands it out
    #[command(after_help = IMPORT)]
    Import(ImportArguments),
    /// Print the credentials of a profile for a shell or a program
    #[command(after_help = EXPORT)]
    ExportCredentials(ExportCredentialsArguments),
    /// Ask for the settings of an IAM Identity Center session
    #[command(after_help = SSO_SESSION)]
    SsoSession(SsoSessionArguments),
    /// Take the last change of the files back
    #[command(after_help = UNDO)]
    Undo(UndoArguments),
}

/// A section that is no profile.
#[derive(Clone, Debug, Args)]
pub(crate) struct SectionArguments {
    /// The section [sso-session NAME] in place of a profile
    #[arg(long, value_name = "NAME", conflicts_with = "services")]
    pub(crate) sso_session: Option<String>,
    /// The section [services NAME] in place of a profile
    #[arg(long, value_name = "NAME")]
    pub(crate) services: Option<String>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct SetSettingArguments {
    /// KEY, BLOCK.KEY, default.KEY or profile.NAME.KEY
    #[arg(value_name = "VARNAME")]
    pub(crate) name: String,
    /// What to set it to
    #[arg(value_name = "VALUE", allow_hyphen_values = true, value_parser = secret)]
    pub(crate) value: Secret<String>,
    #[command(flatten)]
    pub(crate) section: SectionArguments,
    #[command(flatten)]
    pub(crate) trial: TrialArguments,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct UnsetSettingArguments {
    /// KEY, BLOCK.KEY, default.KEY or profile.NAME.KEY
    #[arg(value_name = "VARNAME")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) section: SectionArguments,
    #[command(flatten)]
    pub(crate) trial: TrialArguments,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct GetSettingArguments {
    /// KEY, BLOCK.KEY, default.KEY, PROFILE.KEY or profile.NAME.KEY
    #[arg(value_name = "VARNAME")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) section: SectionArguments,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ImportArguments {
    /// The file, as PATH or file://PATH, or its text; it has the columns "User name", "Access key ID" and "Secret access
    /// key"
    #[arg(long, value_name = "FILE", value_parser = secret)]
    pub(crate) csv: Secret<String>,
    /// Leave out rows without a name or a key, rather than fail
    #[arg(long)]
    pub(crate) skip_invalid: bool,
    /// Put before the name of each profile
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub(crate) profile_prefix: String,
    #[command(flatten)]
    pub(crate) trial: TrialArguments,
}

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct ExportCredentialsArguments {
    /// Who is to read them
    #[arg(long, value_enum, default_value_t = CliExportFormat::Process)]
    pub(crate) format: CliExportFormat,
}

/// The forms that `aws configure export-credentials` has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CliExportFormat {
    /// What `credential_process` of a profile prints
    Process,
    /// bash, dash, zsh: eval "$(linklocal configure export-credentials --format env)"
    Env,
    /// The same without `export`
    EnvNoExport,
    /// PowerShell
    Powershell,
    /// Lines for a batch file of Windows
    WindowsCmd,
    /// fish
    Fish,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct SsoSessionArguments {
    /// Name of the session; asked for where it is not given
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) trial: TrialArguments,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct UndoArguments {
    /// Show what can be taken back, newest first, and take nothing back
    #[arg(long, conflicts_with_all = ["change", "force"])]
    pub(crate) list: bool,
    /// Which change, by its number in the list [default: 1, the newest]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) change: Option<u16>,
    /// Also where the files were written since, by another program or by a later change
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct TrialArguments {
    /// Show what would change, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

pub(super) const EXAMPLES: &str = "\
Without a command, asks for key, region and output format as `aws configure` does: Enter keeps what stands in brackets. \
Answers may come through a pipe.

Secrets go to the credentials file, everything else to the config file ($AWS_SHARED_CREDENTIALS_FILE and \
$AWS_CONFIG_FILE, else ~/.aws). Comments, order, line ends and permissions stay; a key, its secret and its token change \
together. After each change the files are read back as seven tools read them, and any that would read something else is \
named.

Example:
  $ linklocal configure --profile dev
  $ linklocal configure set region eu-central-1 --profile dev
  $ linklocal configure undo";

const SET: &str = "\
A change that some SDK would take for more than was asked is refused. The value of a secret is seen by other users of this \
machine while the command runs: `linklocal configure` asks for it instead.

Example:
  $ linklocal configure set region eu-central-1 --profile dev
  $ linklocal configure set default.s3.addressing_style path
  $ linklocal configure set --services local s3.endpoint_url http://localhost:9000
  $ linklocal configure set --sso-session corp sso_region eu-west-1";

const UNSET: &str = "\
Example:
  $ linklocal configure unset role_arn --profile dev
  $ linklocal configure unset aws_session_token --profile dev";

const GET: &str = "\
Prints the value and nothing else, a secret too. Leaves with 1 where it is not set. Where another SDK reads something else \
in the same place, a note says so.

Example:
  $ linklocal configure get region --profile dev
  $ linklocal configure get default.s3.addressing_style
  $ linklocal configure get --sso-session corp sso_start_url";

const LIST: &str = "\
Asks nobody: credentials that must be fetched are shown by their source. With --json, every setting of the profile is \
there, secrets masked.

Example:
  $ linklocal configure list
  $ linklocal configure list --profile dev --json";

const LIST_PROFILES: &str = "\
In the order of the files, those of the config file first.

Example:
  $ linklocal configure list-profiles";

const IMPORT: &str = "\
Profiles are named after users. Keys that a profile has already are replaced whole: an older session token does not stay. \
A file without user names makes the one profile that --profile names. All rows are written, or none.

Example:
  $ linklocal configure import --csv credentials.csv
  $ linklocal configure import --csv file://keys.csv --profile-prefix test- --skip-invalid
  $ linklocal configure import --csv rootkey.csv --profile admin";

const EXPORT: &str = "\
The same as `linklocal credentials export`, by the AWS CLI's name and with its forms.

Example:
  $ eval \"$(linklocal configure export-credentials --format env --profile dev)\"
  $ linklocal configure set credential_process 'linklocal configure export-credentials --profile dev' --profile tool";

const SSO_SESSION: &str = "\
Example:
  $ linklocal configure sso-session
  $ linklocal configure sso-session corp";

const UNDO: &str = "\
Before each change the old content of a file is kept beside it. `undo` puts it back, and can be taken back itself.

Example:
  $ linklocal configure undo --list
  $ linklocal configure undo";
