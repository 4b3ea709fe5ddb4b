//! What may be typed: every command, flag and example.
//!
//! Rule: a flag with a twin in the AWS CLI bears its name. What was typed becomes what it means in `commands`.

mod account;
mod assume_role;
mod audit;
mod boot;
mod configure;
mod credentials;
mod doctor;
mod event;
mod explain_denial;
mod guard;
mod instance;
mod limits;
mod mfa;
mod one_instance;
mod policy;
mod presign;
mod quota;
mod request;
mod run;
mod scenario;
mod sign;
mod signing;
mod trail;
mod value;
mod vault;
mod verify;
mod whoami;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};

pub(crate) use account::{
    AccountCommand, ExportAccountArguments, ImportAccountArguments, OidcProviderCommand,
    ResetAccountArguments,
};
pub(crate) use assume_role::{AssumeRoleArguments, RoleSessionArguments, SessionTag};
pub(crate) use audit::{AuditCommand, AuditInstancesArguments};
pub(crate) use boot::BootArguments;
pub(crate) use configure::{
    CliExportFormat, ConfigureArguments, ConfigureCommand, ExportCredentialsArguments, GetSettingArguments,
    ImportArguments, SectionArguments, SetSettingArguments, SsoSessionArguments, TrialArguments,
    UndoArguments, UnsetSettingArguments,
};
pub(crate) use credentials::{
    AudienceArguments, ChainArguments, CredentialsCommand, ExecArguments, ExplainArguments, ExportArguments,
    ExportFormat, IdentityArguments, ImportKeysArguments, LintArguments, LintFormat, LoginArguments,
    ProcessArguments, Refresh, ResolveArguments, ServeArguments, Whose,
};
pub(crate) use doctor::DoctorArguments;
pub(crate) use event::{
    AutoscalingArguments, EventCommand, MaintenanceArguments, RebalanceArguments, SpotArguments,
};
pub(crate) use explain_denial::ExplainDenialArguments;
pub(crate) use guard::GuardArguments;
pub(crate) use instance::{
    AttachRoleArguments, CallersArguments, DetachRoleArguments, InstanceCommand, LaunchArguments,
    LifeArguments, OptionsArguments, SetArguments, ShowArguments, StopArguments, TagArguments,
};
pub(crate) use limits::LimitsArguments;
pub(crate) use mfa::{
    IamUserArguments, MfaAddArguments, MfaCodeArguments, MfaCommand, MfaDisableArguments, MfaEnableArguments,
    MfaListArguments, MfaLoginArguments, MfaProcessArguments, MfaRemoveArguments, MfaResyncArguments,
    SeedHome, SessionHome,
};
pub(crate) use one_instance::OneInstance;
pub(crate) use policy::{PolicyCommand, TestPolicyArguments};
pub(crate) use presign::{AddressingStyle, PresignArguments};
pub(crate) use quota::{
    DecideQuotaArguments, ListQuotasArguments, QuotaCommand, QuotaRequestsArguments, SetQuotaArguments,
};
pub(crate) use request::{
    AnswerArguments, BurstArguments, MessageArguments, NetworkArguments, RequestArguments, RetryArguments,
};
pub(crate) use run::{RunArguments, Workload};
pub(crate) use scenario::{
    CheckScenarioArguments, GradeArguments, Pace, RunScenarioArguments, ScenarioCommand,
    ShowScenarioArguments,
};
pub(crate) use sign::{SignArguments, SignedForm};
pub(crate) use signing::{KeyArguments, ScopeArguments};
pub(crate) use trail::{EventKind, FindingsArguments, TrailArguments, TrailCommand};
pub(crate) use value::{Assignment, When};
pub(crate) use vault::VaultArguments;
pub(crate) use verify::VerifyArguments;
pub(crate) use whoami::WhoamiArguments;

/// Gives this machine the identity plane of an EC2 instance.
///
/// `linklocal run -- CMD` runs any program as if on that instance. `linklocal up` serves the instance metadata service
/// (IMDSv1 and IMDSv2) with rotating role credentials until it is stopped; the other commands work on it.
#[derive(Debug, Parser)]
#[command(name = "linklocal", version, max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags of every command.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// Directory with the server's state [default: $LINKLOCAL_DATA, else $XDG_DATA_HOME/linklocal, else
    /// ~/.local/share/linklocal]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Print one JSON object instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// What to log on stderr: off, error, warn, info, debug, trace, or target=level,…
    /// [default: $LINKLOCAL_LOG, else warn]
    #[arg(long, global = true, value_name = "FILTER")]
    pub(crate) log: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the metadata service and the account (IAM, STS, EC2, S3 and more) until stopped
    #[command(after_help = UP)]
    Up(UpArguments),
    /// Run a program as if on an instance
    #[command(after_help = run::EXAMPLES)]
    Run(RunArguments),
    /// Print the variables that point programs at the running server
    #[command(after_help = ENV)]
    Env(EnvArguments),
    /// Read metadata as a program on the instance would
    #[command(after_help = GET)]
    Get(GetArguments),
    /// List and change the instances of the running server
    #[command(subcommand, after_help = INSTANCE)]
    Instance(InstanceCommand),
    /// Show, save, bring back or empty the account behind the endpoints
    #[command(subcommand, after_help = account::EXAMPLES)]
    Account(AccountCommand),
    /// Check what the account has against AWS's own rules
    #[command(subcommand, after_help = audit::EXAMPLES)]
    Audit(AuditCommand),
    /// Show each call of the account and each hand-out of credentials: when, who, what, from where
    #[command(after_help = trail::EXAMPLES)]
    Trail(TrailArguments),
    /// Show request limits: what was taken, what was refused, and what AWS would have refused
    #[command(after_help = limits::EXAMPLES)]
    Limits(LimitsArguments),
    /// List and set service quotas, and decide requests to raise them
    #[command(subcommand, after_help = quota::EXAMPLES)]
    Quota(QuotaCommand),
    /// Rehearse the bad days of a credential system
    #[command(subcommand, after_help = scenario::EXAMPLES)]
    Scenario(ScenarioCommand),
    /// Check a metadata endpoint, this or another, against EC2
    #[command(after_help = doctor::EXAMPLES)]
    Doctor(DoctorArguments),
    /// Tell why the account denied a request
    #[command(after_help = explain_denial::EXAMPLES)]
    ExplainDenial(ExplainDenialArguments),
    /// Check what policies allow and deny
    #[command(subcommand, after_help = policy::EXAMPLES)]
    Policy(PolicyCommand),
    /// Find credentials as the AWS CLI does, explain them, hand them over
    #[command(subcommand, after_help = credentials::EXAMPLES)]
    Credentials(CredentialsCommand),
    /// Get sessions with MFA, and keep the devices that they are had with
    #[command(subcommand, after_help = mfa::EXAMPLES)]
    Mfa(MfaCommand),
    /// Change and show the AWS config and credentials files
    #[command(after_help = configure::EXAMPLES)]
    Configure(ConfigureArguments),
    /// Get a role's session: print it, write it as a profile, or run a program with it
    #[command(after_help = assume_role::EXAMPLES)]
    AssumeRole(Box<AssumeRoleArguments>),
    /// Show whose credentials are in use here
    #[command(after_help = whoami::EXAMPLES)]
    Whoami(WhoamiArguments),
    /// Send a signed request, try again where that helps, and print the answer
    #[command(after_help = request::EXAMPLES)]
    Request(Box<RequestArguments>),
    /// Sign a request: print the headers to add, a curl command, or the signed request
    #[command(after_help = sign::EXAMPLES)]
    Sign(SignArguments),
    /// Make a URL that lets whoever has it do one thing for a while
    #[command(after_help = presign::EXAMPLES)]
    Presign(PresignArguments),
    /// Check the signature of a captured request as AWS would, and say why it is wrong
    #[command(after_help = verify::EXAMPLES)]
    Verify(VerifyArguments),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct UpArguments {
    /// Configuration file [default: linklocal.toml in the current directory, where there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Address for the metadata service; may be repeated; port 0 takes any free port [default: 127.0.0.1:1338]
    #[arg(long, value_name = "ADDR", value_parser = value::address)]
    pub(crate) imds: Vec<SocketAddr>,
    /// Address for the account's endpoints, HTTP and HTTPS on the same port; may be repeated; port 0 takes any
    /// free port [default: 127.0.0.1:4566]
    #[arg(long, value_name = "ADDR", value_parser = value::address, conflicts_with = "no_api")]
    pub(crate) api: Vec<SocketAddr>,
    /// Serve no account endpoints
    #[arg(long)]
    pub(crate) no_api: bool,
    /// Profile that gets the first administrator's keys, in the files of ~/.aws
    #[arg(long, value_name = "NAME", default_value = "linklocal", conflicts_with = "no_profile")]
    pub(crate) profile: String,
    /// Write no profile: the keys are printed alone, once
    #[arg(long)]
    pub(crate) no_profile: bool,
    /// Address that answers as the credential agents of ECS and EKS do, besides the agents' own addresses; may be
    /// repeated; port 0 takes any free port
    #[arg(long, value_name = "ADDR", value_parser = value::address)]
    pub(crate) container: Vec<SocketAddr>,
    /// Where all made-up ids come from: the same text gives the same instance ids, addresses and keys
    #[arg(long, value_name = "TEXT")]
    pub(crate) seed: Option<String>,
    /// Play a scenario from the start: a file, or the name of one that comes with linklocal
    #[arg(long, value_name = "FILE|NAME")]
    pub(crate) scenario: Option<String>,
    /// Also serve /metrics and /health to anyone who reaches this address; port 0 takes any free port
    #[arg(long, value_name = "ADDR", value_parser = value::address)]
    pub(crate) metrics: Option<SocketAddr>,
    /// Leave when the last `linklocal run` that uses this server has ended; how `run` starts one
    #[arg(long, hide = true)]
    pub(crate) while_run: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct EnvArguments {
    /// Spelling of the variables [default: sh, or json with --json]
    #[arg(long, value_enum)]
    pub(crate) format: Option<EnvFormat>,
    /// The instance whose own endpoint is wanted; otherwise the server's first address
    #[arg(long, visible_alias = "instance-id", value_name = "ID")]
    pub(crate) instance: Option<String>,
    /// The variables that a container gets instead, of an ECS task or of an EKS pod
    #[arg(long, value_enum, value_name = "AGENT")]
    pub(crate) container: Option<ContainerAgent>,
}

/// Whose containers a program is to believe it runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ContainerAgent {
    /// Amazon ECS: credentials by an id in the path
    Ecs,
    /// EKS Pod Identity: credentials by the token of a service account
    Eks,
}

/// Who is to read the variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EnvFormat {
    /// bash, dash, zsh: eval "$(linklocal env)"
    Sh,
    /// linklocal env --format fish | source
    Fish,
    /// linklocal env --format powershell | Invoke-Expression
    Powershell,
    /// A .env file, as docker run --env-file and many tools read it
    Dotenv,
    /// An object of names and values
    Json,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct GetArguments {
    /// What to read: instance-id means /latest/meta-data/instance-id; with a leading slash it is taken as it stands
    #[arg(default_value = "")]
    pub(crate) path: String,
    /// Ask without a token, as IMDSv1 does
    #[arg(long, conflicts_with = "token_ttl")]
    pub(crate) v1: bool,
    /// Life of the session token that is asked for, 0 to 21600
    #[arg(long, value_name = "SECONDS", default_value_t = 21_600)]
    pub(crate) token_ttl: u32,
    /// Service to ask [default: $AWS_EC2_METADATA_SERVICE_ENDPOINT, else the running server, else
    /// http://169.254.169.254]
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// Instance to ask, at the address where it answers
    #[arg(long, visible_alias = "instance-id", value_name = "ID", conflicts_with = "endpoint")]
    pub(crate) instance: Option<String>,
    /// Print status line and headers before the body
    #[arg(short, long)]
    pub(crate) include: bool,
}

const EXAMPLES: &str = "\
Example:
  $ linklocal run -- aws configure list     # or any program that expects to run on EC2
  $ linklocal up &
  $ linklocal instance callers

Exit codes: 0 done, 1 failed, 2 wrong usage. Results go to stdout, everything else to stderr.";

const UP: &str = "\
With no configuration file there is one believable instance: t3.micro with a role, tags and a key pair. Changes made \
with `linklocal instance` are kept in the data directory and survive a restart, kill -9 included.

SIGHUP reads the configuration again (a wrong file changes nothing and says so); SIGTERM and SIGINT finish what is \
under way and leave within five seconds.

Example:
  $ linklocal up
  $ linklocal up --config fleet.toml --imds 127.0.0.1:0 --imds '[::1]:1338'";

const ENV: &str = "\
Example:
  $ eval \"$(linklocal env)\"
  $ docker run --env-file <(linklocal env --format dotenv) …
  $ eval \"$(linklocal env --container ecs)\"";

const GET: &str = "\
Example:
  $ linklocal get instance-id
  $ linklocal get iam/security-credentials/
  $ linklocal get /latest/dynamic/instance-identity/document
  $ linklocal get --instance i-0123456789abcdef0 tags/instance/Name
  $ linklocal get --v1 -i instance-id        # is version 1 still answered?";

const INSTANCE: &str = "\
Where a command takes an instance and there is only one, the id may be left out. A change is acknowledged once it is on \
disk and visible to the programs on the instance.

Example:
  $ linklocal instance list
  $ linklocal instance modify-metadata-options --http-tokens required --wait
  $ linklocal instance event spot-interruption --in 2m";
