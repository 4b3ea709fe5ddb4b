//! What must be asked of whom to get credentials: the part of a plan that `credentials` carries out.

use types::{Secret, Timestamp};

use super::SessionDetails;
use crate::Place;
use crate::settings::Found;

/// A way to credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provider {
    Static(StaticKeys),
    AssumeRole(Box<AssumeRole>),
    WebIdentity(WebIdentity),
    MfaSession(Box<MfaSession>),
    Sso(Sso),
    Login(Login),
    Process(Process),
    Container(Container),
    Imds(Imds),
}

/// Keys as they stand; key ids are not checked, other makers' have other forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaticKeys {
    pub access_key_id: String,
    pub secret_access_key: Secret<String>,
    pub session_token: Option<Secret<String>>,
    pub account_id: Option<String>,
    pub expiration: Option<Timestamp>,
}

/// STS `AssumeRole` with the credentials of `base`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumeRole {
    pub base: Provider,
    /// The profile that names the role.
    pub profile: String,
    pub role_arn: String,
    /// `None`: the SDK makes one up.
    pub role_session_name: Option<String>,
    pub external_id: Option<String>,
    /// In seconds; `None` sends none.
    pub duration_seconds: Option<u32>,
    /// The device whose code is asked for and sent; where `base` is a session with MFA already, no code is.
    pub mfa_serial: Option<String>,
    pub mfa_source: MfaSource,
    pub details: SessionDetails,
    pub sts: StsTarget,
}

/// STS `GetSessionToken` with a user's long-term keys and the code of a device: one session for all profiles that share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MfaSession {
    /// Whose session it is.
    pub base: Provider,
    /// The profile that asks for it.
    pub profile: String,
    /// The device: an ARN, or the serial number of a hardware token.
    pub serial: String,
    pub source: MfaSource,
    /// In seconds; `None`: twelve hours, as AWS has it.
    pub duration_seconds: Option<u32>,
    pub keep: MfaKeep,
    pub sts: StsTarget,
}

/// Where the codes of a device come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum MfaSource {
    /// Nobody says: of a seed that is kept for the device, else of whoever sits at the terminal.
    #[default]
    Any,
    Prompt,
    /// Of a seed that is kept for the device.
    Totp,
    Command(MfaCommand),
    /// Given with the command that is run; there is no second.
    Given(Secret<String>),
}

/// A program that prints six digits.
#[derive(Clone, PartialEq, Eq)]
pub struct MfaCommand {
    /// Split into words as `credential_process` is.
    pub command: String,
    pub place: Place,
}

/// Where a session with MFA is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MfaKeep {
    /// Beside the sessions of the AWS CLI, in a file of mode 0600.
    File,
    /// In the keyring, or the encrypted file that stands for one.
    Vault,
}

/// Where STS is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StsTarget {
    /// The region of the signature.
    pub region: Found<String>,
    pub endpoint_url: Found<String>,
}

/// STS `AssumeRoleWithWebIdentity`; nothing signs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebIdentity {
    pub role_arn: String,
    pub token_file: String,
    pub role_session_name: Option<String>,
    pub duration_seconds: Option<u32>,
    pub details: SessionDetails,
    pub sts: StsTarget,
}

/// IAM Identity Center: `GetRoleCredentials` with a cached token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sso {
    /// `sso_session`; `None` for the form with `sso_start_url` in the profile itself.
    pub session: Option<String>,
    pub start_url: String,
    pub region: String,
    pub account_id: String,
    pub role_name: String,
    pub registration_scopes: Vec<String>,
    /// The file with the token.
    pub token_file: String,
    /// Where the portal is asked, if somebody named another place than AWS's own.
    pub endpoint_url: Option<Found<String>>,
    /// Where tokens are renewed and logins start, likewise.
    pub oidc_endpoint_url: Option<Found<String>>,
}

/// Credentials of `aws login`, from its cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    pub session: String,
    pub token_file: String,
    pub region: Option<Found<String>>,
    pub endpoint_url: Option<Found<String>>,
}

/// `credential_process`.
#[derive(Clone, PartialEq, Eq)]
pub struct Process {
    pub command: String,
    /// Whether a shell reads the command; botocore splits it itself.
    pub shell: bool,
    /// Goes into credentials that name no account.
    pub account_id: Option<String>,
    pub place: Place,
}

/// A container agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    pub url: Found<String>,
    pub token: Option<ContainerToken>,
}

/// What goes into `Authorization`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContainerToken {
    Value(Secret<String>),
    /// Read anew for each request.
    File(String),
}

/// The instance metadata service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imds {
    /// Without a path.
    pub endpoint: Found<String>,
    /// Whether version 1 is asked where version 2 is not served.
    pub v1_fallback: bool,
    /// Whether `…-extended` is asked first.
    pub extended: bool,
    /// The name of the role, where it is configured: the listing is not asked.
    pub instance_profile_name: Option<String>,
    /// Time allowed for each request, in milliseconds.
    pub timeout_ms: u64,
    pub attempts: u32,
}

/// A command may hold a password: its place only.
impl std::fmt::Debug for Process {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Process({})", self.place)
    }
}

impl std::fmt::Debug for MfaCommand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.place)
    }
}
