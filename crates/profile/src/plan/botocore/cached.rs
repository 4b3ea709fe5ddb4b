//! What the AWS CLI keeps on disk: role credentials, tokens of IAM Identity Center and of `aws login` (facts/credentials.md
//! 4.4).
//!
//! Rule: only times and the names of fields are taken from these files; their secrets stay where they are.

use std::fmt::Write;

use serde::Deserialize;
use serde::de::IgnoredAny;
use sha1::{Digest, Sha1};
use types::Timestamp;

use super::Model;
use super::expiry::Expiry;
use crate::Sdk;
use crate::plan::SessionDetails;

/// What decides under which name the credentials of a role are kept.
pub(super) struct RoleArguments<'a> {
    pub(super) role_arn: &'a str,
    pub(super) session: Option<&'a str>,
    pub(super) external_id: Option<&'a str>,
    pub(super) mfa_serial: Option<&'a str>,
    pub(super) duration: Option<i64>,
}

/// A file of a cache of role credentials.
#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "Credentials")]
    credentials: EntryCredentials,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct EntryCredentials {
    expiration: String,
    #[serde(rename = "AccessKeyId")]
    _access_key_id: IgnoredAny,
    #[serde(rename = "SecretAccessKey")]
    _secret_access_key: IgnoredAny,
    #[serde(rename = "SessionToken")]
    _session_token: IgnoredAny,
}

impl Model<'_> {
    /// Until when the CLI has credentials of this role; nothing for boto3, which keeps none.
    pub(super) fn cached_role(
        &self,
        arguments: &RoleArguments<'_>,
        details: &SessionDetails,
    ) -> Option<Timestamp> {
        self.cached(&arguments.json(details))
    }

    /// The same for a role of IAM Identity Center; `of` is its session or its start URL.
    pub(super) fn cached_sso_role(&self, account: &str, role: &str, of: (&str, &str)) -> Option<Timestamp> {
        let [account, role, value] = [account, role, of.1].map(json_string);
        self.cached(&format!("{{\"accountId\":{account},\"roleName\":{role},\"{}\":{value}}}", of.0))
    }

    fn cached(&self, arguments: &str) -> Option<Timestamp> {
        if self.ground.sdk == Sdk::Boto3 {
            return None;
        }
        let name = format!("{}.json", sha1_hex(arguments));
        let path = self.ground.below_home(&[".aws", "cli", "cache", &name])?;
        let text = self.ground.text_of(&path).ok()?;
        let entry: Entry = serde_json::from_str(&text).ok()?;
        match Expiry::read(&entry.credentials.expiration) {
            Expiry::At(end) if end.since(self.ground.view.now).as_secs() >= STALE_BEFORE => Some(end),
            _ => None,
        }
    }
}

impl<'a> RoleArguments<'a> {
    /// Those of a role that is taken on with a token.
    pub(super) fn of(role_arn: &'a str, session: Option<&'a str>) -> Self {
        Self { role_arn, session, external_id: None, mfa_serial: None, duration: None }
    }

    /// As Python's `json.dumps(…, sort_keys=True)` writes them; a session name that is made up is left out.
    fn json(&self, details: &SessionDetails) -> String {
        let duration = self.duration.map(|seconds| seconds.to_string());
        let fields = [
            ("DurationSeconds", duration),
            ("ExternalId", self.external_id.map(json_string)),
            ("RoleArn", Some(json_string(self.role_arn))),
            ("RoleSessionName", self.session.map(json_string)),
            ("SerialNumber", self.mfa_serial.map(json_string)),
        ];
        let fields = fields.into_iter().filter_map(|(key, value)| Some((key, value?)));
        let mut fields: Vec<(&str, String)> = fields.chain(details.cache_members(json_string)).collect();
        fields.sort_unstable();
        let fields = fields.into_iter().map(|(key, value)| format!("\"{key}\": {value}"));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
    }
}

/// Lower-case hexadecimal.
pub(super) fn sha1_hex(text: &str) -> String {
    let mut hex = String::with_capacity(40);
    for byte in Sha1::digest(text.as_bytes()) {
        write!(hex, "{byte:02x}").expect("a string takes all that is written");
    }
    hex
}

/// As Python writes strings: everything beyond ASCII by its UTF-16 code units.
fn json_string(text: &str) -> String {
    let mut json = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            '\u{8}' => json.push_str("\\b"),
            '\u{c}' => json.push_str("\\f"),
            ' '..='~' => json.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(json, "\\u{unit:04x}").expect("a string takes all that is written");
                }
            }
        }
    }
    json.push('"');
    json
}

/// The CLI takes credentials no more in their last 15 minutes; in seconds.
const STALE_BEFORE: u64 = 15 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_aws_cli() {
        let mut arguments = RoleArguments {
            role_arn: "arn:aws:iam::123456789012:role/ra",
            session: None,
            external_id: None,
            mfa_serial: None,
            duration: None,
        };
        assert_eq!(
            arguments.json(&SessionDetails::default()),
            r#"{"RoleArn": "arn:aws:iam::123456789012:role/ra"}"#
        );
        arguments.session = Some("s\"é");
        arguments.duration = Some(900);
        arguments.mfa_serial = Some("arn:aws:iam::1:mfa/x");
        assert_eq!(
            arguments.json(&SessionDetails::default()),
            r#"{"DurationSeconds": 900, "RoleArn": "arn:aws:iam::123456789012:role/ra", "RoleSessionName": "s\"\u00e9", "SerialNumber": "arn:aws:iam::1:mfa/x"}"#
        );
        assert_eq!(sha1_hex("https://x.awsapps.com/start").len(), 40);
    }
}
