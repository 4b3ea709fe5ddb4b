//! What can be asked about the account, and what the server answers.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use account::DenialRecord;
use serde::{Deserialize, Serialize};
use types::{AccountId, Arn, Region, Timestamp};

/// An operation on the account as a whole.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum AccountCall {
    Describe,
    Reset,
    Export {
        with_secrets: bool,
    },
    Import {
        document: String,
    },
    AddOidcProvider {
        url: String,
        client_ids: Vec<String>,
        keys: String,
    },
    ListOidcProviders,
    RemoveOidcProvider {
        provider: String,
    },
    /// By the id of a request, or by an encoded authorization message.
    ExplainDenial {
        denial: String,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum AccountReply {
    Description(AccountDescription),
    /// The new administrator.
    Reset(Administrator),
    Document(AccountDocument),
    Imported(AccountDescription),
    OidcProviders(Vec<OidcProviderDescription>),
    Denial(Box<DenialRecord>),
}

/// The account, what is in it, and where it answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AccountDescription {
    pub(crate) account_id: AccountId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) account_alias: Option<String>,
    pub(crate) created_at: Timestamp,
    /// Each answers HTTP and HTTPS.
    pub(crate) endpoints: Vec<SocketAddr>,
    /// The certificate that clients of HTTPS trust: `AWS_CA_BUNDLE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ca_bundle: Option<PathBuf>,
    pub(crate) region: Region,
    pub(crate) users: usize,
    pub(crate) groups: usize,
    pub(crate) roles: usize,
    pub(crate) policies: usize,
    pub(crate) instance_profiles: usize,
    pub(crate) access_keys: usize,
    pub(crate) mfa_devices: usize,
    pub(crate) oidc_providers: usize,
    pub(crate) enforcement: Enforcement,
}

/// What is checked on every request. There is no switch that turns any of it off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Enforcement {
    pub(crate) signatures: bool,
    pub(crate) policies: bool,
    pub(crate) mfa_codes: bool,
}

/// The first user, whose keys are shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Administrator {
    pub(crate) user_name: String,
    pub(crate) arn: Arn,
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
}

/// The whole account as text, perhaps with all its secrets.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct AccountDocument(pub(crate) String);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct OidcProviderDescription {
    pub(crate) arn: Arn,
    pub(crate) url: String,
    pub(crate) client_ids: Vec<String>,
    pub(crate) keys: usize,
}

impl Enforcement {
    pub(crate) const ALL: Self = Self { signatures: true, policies: true, mfa_codes: true };
}

impl AccountCall {
    pub(crate) fn operation(&self) -> &'static str {
        match self {
            Self::Describe => "DescribeAccount",
            Self::Reset => "ResetAccount",
            Self::Export { .. } => "ExportAccount",
            Self::Import { .. } => "ImportAccount",
            Self::AddOidcProvider { .. } => "CreateOpenIDConnectProvider",
            Self::ListOidcProviders => "ListOpenIDConnectProviders",
            Self::RemoveOidcProvider { .. } => "DeleteOpenIDConnectProvider",
            Self::ExplainDenial { .. } => "DecodeAuthorizationMessage",
        }
    }
}

/// Without what a document holds.
impl fmt::Debug for AccountCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.operation())
    }
}

impl fmt::Debug for Administrator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Administrator").field("arn", &self.arn).finish_non_exhaustive()
    }
}

impl fmt::Debug for AccountDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountDocument({} bytes)", self.0.len())
    }
}
