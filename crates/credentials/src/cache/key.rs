//! Names of cached sessions, computed as the AWS CLI computes them.
//!
//! Rule: the name is the SHA-1 of what Python's `json.dumps(arguments, sort_keys=True)` writes: for roles with its
//! default separators, for IAM Identity Center with compact ones (botocore credentials.py, `_create_cache_key`). A role
//! session name that the CLI makes up is left out, and so is who assumes the role.

use std::fmt::{self, Write as _};

use profile::plan::{AssumeRole, MfaKeep, MfaSession, Provider, SessionDetails, Sso, WebIdentity};
use sha1::{Digest as _, Sha1};

/// The name of a cached session: 40 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CacheKey(String);

impl CacheKey {
    /// The name under which this provider's sessions are kept; `None` for those that are not kept on disk: static keys
    /// have nothing to keep, agents of containers and instances renew by themselves, what a command prints is the
    /// command's affair, and `aws login` has a cache of its own.
    pub fn of(provider: &Provider) -> Option<Self> {
        match provider {
            Provider::AssumeRole(role) => Some(Self::of_role(role)),
            Provider::WebIdentity(identity) => Some(Self::of_web_identity(identity)),
            Provider::MfaSession(session) if session.keep == MfaKeep::File => Self::of_mfa_session(session),
            Provider::Sso(sso) => Some(Self::of_sso(sso)),
            Provider::Static(_)
            | Provider::MfaSession(_)
            | Provider::Login(_)
            | Provider::Process(_)
            | Provider::Container(_)
            | Provider::Imds(_) => None,
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of_role(role: &AssumeRole) -> Self {
        let mut arguments = Arguments::default();
        arguments.text("RoleArn", Some(&role.role_arn));
        arguments.text("RoleSessionName", filled(role.role_session_name.as_deref()));
        arguments.text("ExternalId", role.external_id.as_deref());
        arguments.text("SerialNumber", role.mfa_serial.as_deref());
        arguments.number("DurationSeconds", role.duration_seconds);
        arguments.details(&role.details);
        arguments.key(", ", ": ")
    }

    fn of_web_identity(identity: &WebIdentity) -> Self {
        let mut arguments = Arguments::default();
        arguments.text("RoleArn", Some(&identity.role_arn));
        arguments.text("RoleSessionName", filled(identity.role_session_name.as_deref()));
        arguments.number("DurationSeconds", identity.duration_seconds);
        arguments.details(&identity.details);
        arguments.key(", ", ": ")
    }

    /// No tool of AWS's keeps these. The name is of the user's keys and of the device, or, where somebody must be asked for the
    /// keys, of who is asked; what is kept in the vault is under the same name there.
    pub(crate) fn of_mfa_session(session: &MfaSession) -> Option<Self> {
        let mut arguments = Arguments::default();
        match &session.base {
            Provider::Static(keys) => arguments.text("AccessKeyId", Some(&keys.access_key_id)),
            Provider::Process(process) => arguments.text("Process", Some(&process.command)),
            _ => return None,
        }
        arguments.text("SerialNumber", Some(&session.serial));
        Some(arguments.key(", ", ": "))
    }

    fn of_sso(sso: &Sso) -> Self {
        let mut arguments = Arguments::default();
        arguments.text("roleName", Some(&sso.role_name));
        arguments.text("accountId", Some(&sso.account_id));
        match &sso.session {
            Some(session) => arguments.text("sessionName", Some(session)),
            None => arguments.text("startUrl", Some(&sso.start_url)),
        }
        arguments.key(",", ":")
    }
}

impl fmt::Display for CacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The SHA-1 of `text` in hexadecimal digits: the name of files in `~/.aws/sso/cache`.
pub(crate) fn sha1_hex(text: &str) -> String {
    hex(&Sha1::digest(text.as_bytes()))
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Keys and values of a JSON object, the values as Python writes them.
#[derive(Default)]
pub(crate) struct Arguments(Vec<(&'static str, String)>);

impl Arguments {
    pub(crate) fn text(&mut self, name: &'static str, value: Option<&str>) {
        self.0.extend(value.map(|value| (name, python_string(value))));
    }

    pub(crate) fn number(&mut self, name: &'static str, value: Option<u32>) {
        self.0.extend(value.map(|value| (name, value.to_string())));
    }

    pub(crate) fn details(&mut self, details: &SessionDetails) {
        self.0.extend(details.cache_members(python_string));
    }

    /// A value that is written already.
    pub(crate) fn json(&mut self, name: &'static str, value: String) {
        self.0.push((name, value));
    }

    pub(crate) fn digest(mut self, between: &str, after_name: &str) -> String {
        self.0.sort_unstable();
        let members: Vec<String> =
            self.0.iter().map(|(name, value)| format!("\"{name}\"{after_name}{value}")).collect();
        sha1_hex(&format!("{{{}}}", members.join(between)))
    }

    fn key(self, between: &str, after_name: &str) -> CacheKey {
        CacheKey(self.digest(between, after_name))
    }
}

/// A string as Python's `json.dumps` writes it: ASCII only, in UTF-16 units, with the short escapes of JSON.
pub(crate) fn python_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(character),
            other => other.encode_utf16(&mut [0; 2]).iter().for_each(|unit| {
                let _ = write!(out, "\\u{unit:04x}");
            }),
        }
    }
    out.push('"');
    out
}

/// botocore makes a name up where there is none or an empty one.
fn filled(name: Option<&str>) -> Option<&str> {
    name.filter(|name| !name.is_empty())
}
