//! Credential documents in JSON, as metadata services, container agents and `credential_process` give them.
//!
//! Rule: what does not fit is told by its place and kind, never by its text: it may be a secret in the wrong field.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::error::Category;
use types::{Secret, Timestamp};

use crate::Resolved;

/// The document's fields; each source knows which of them it needs.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Document {
    pub(crate) version: Option<Value>,
    access_key_id: Option<String>,
    secret_access_key: Option<String>,
    /// Of a process.
    session_token: Option<String>,
    /// Of everybody else.
    token: Option<String>,
    expiration: Option<String>,
    account_id: Option<String>,
    role_arn: Option<String>,
    /// `Success`, or an error of the metadata service.
    #[serde(alias = "code")]
    pub(crate) code: Option<String>,
    #[serde(alias = "message")]
    pub(crate) message: Option<String>,
}

/// The bytes are no credentials. A phrase that follows the source's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DocumentError {
    #[error("answers with nothing")]
    Empty,
    #[error("answers with something that is not JSON, from line {line}, column {column} on")]
    NotJson { line: usize, column: usize },
    #[error("answers with JSON of another form: see line {line}, column {column}")]
    OtherForm { line: usize, column: usize },
    #[error("answers with JSON that is no object")]
    NoObject,
    #[error("answers without {0}")]
    Missing(&'static str),
    #[error("answers with an Expiration that is no time like 2026-11-21T08:22:00Z")]
    NoTime,
}

/// What sessions' tokens are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenField {
    /// `SessionToken`, which may be missing.
    SessionToken,
    /// `Token`, which may not, as an `Expiration` may not: only sessions come this way.
    Token,
}

impl Document {
    pub(crate) fn read(body: &[u8]) -> Result<Self, DocumentError> {
        let start = body.trim_ascii_start();
        if start.is_empty() {
            return Err(DocumentError::Empty);
        }
        // An array would be taken for the fields in their order.
        if !start.starts_with(b"{") && serde_json::from_slice::<IgnoredAny>(body).is_ok() {
            return Err(DocumentError::NoObject);
        }
        serde_json::from_slice(body).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            match error.classify() {
                Category::Data => DocumentError::OtherForm { line, column },
                _ => DocumentError::NotJson { line, column },
            }
        })
    }

    pub(crate) fn credentials(mut self, field: TokenField) -> Result<Resolved, DocumentError> {
        let session = field == TokenField::Token;
        let token = if session { self.token.take() } else { self.session_token.take() };
        let token = token.filter(|token| !token.is_empty());
        if session && token.is_none() {
            return Err(DocumentError::Missing("Token"));
        }
        let expiration = match self.expiration.take().filter(|text| !text.is_empty()) {
            Some(text) => Some(text.parse::<Timestamp>().map_err(|_| DocumentError::NoTime)?),
            None if session => return Err(DocumentError::Missing("Expiration")),
            None => None,
        };
        Ok(Resolved {
            access_key_id: filled(self.access_key_id.take()).ok_or(DocumentError::Missing("AccessKeyId"))?,
            secret_access_key: filled(self.secret_access_key.take())
                .map(Secret::new)
                .ok_or(DocumentError::Missing("SecretAccessKey"))?,
            session_token: token.map(Secret::new),
            expiration,
            account_id: filled(self.account_id.take()),
            arn: filled(self.role_arn.take()),
        })
    }
}

fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// A service's own words, cut to one line: whoever the endpoint is wrote them.
pub(crate) fn words(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_WORDS).collect()
}

const MAX_WORDS: usize = 300;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str, field: TokenField) -> Result<Resolved, DocumentError> {
        Document::read(text.as_bytes())?.credentials(field)
    }

    #[test]
    fn faults_are_told_by_place_and_never_by_text() {
        let (process, service) = (TokenField::SessionToken, TokenField::Token);
        let cases = [
            ("", process, "answers with nothing"),
            ("hunter2", process, "answers with something that is not JSON, from line 1, column 1 on"),
            (
                "{\"AccessKeyId\":\n{\"hunter2\":1}}",
                process,
                "answers with JSON of another form: see line 2, column 0",
            ),
            ("[\"hunter2\"]", process, "answers with JSON that is no object"),
            (
                "{\"AccessKeyId\":\"A\",\"AccessKeyId\":\"hunter2\"}",
                process,
                "answers with JSON of another form: see line 1, column 32",
            ),
            ("{}", process, "answers without AccessKeyId"),
            ("{}", service, "answers without Token"),
            (r#"{"Token":"hunter2"}"#, service, "answers without Expiration"),
            (r#"{"AccessKeyId":"A"}"#, process, "answers without SecretAccessKey"),
            (r#"{"AccessKeyId":"A","SecretAccessKey":""}"#, process, "answers without SecretAccessKey"),
            (
                r#"{"Expiration":"hunter2"}"#,
                process,
                "answers with an Expiration that is no time like 2026-11-21T08:22:00Z",
            ),
        ];
        for (text, field, expected) in cases {
            let error = read(text, field).unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{error}");
            assert_eq!(error, expected, "{text}");
        }
    }

    #[test]
    fn long_term_keys_need_neither_token_nor_end() {
        let keys =
            read(r#"{"AccessKeyId":"A","SecretAccessKey":"s","Expiration":null}"#, TokenField::SessionToken);
        let keys = keys.unwrap();
        assert_eq!((keys.session_token, keys.expiration), (None, None));
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Document::read(&bytes).map(|document| document.credentials(TokenField::Token));
        }

        /// Wherever it stands, a value does not get into an error.
        #[test]
        fn no_value_gets_into_an_error(field in "AccessKeyId|SecretAccessKey|Token|SessionToken|Expiration|Version|x",
            value in "\"hunter2\"|\\[\"hunter2\"\\]|\\{\"hunter2\":1\\}|hunter2|7", field_of in any::<bool>()) {
            let body = format!("{{\"{field}\":{value},\"AccessKeyId\":{value}}}");
            let token = if field_of { TokenField::Token } else { TokenField::SessionToken };
            let outcome = Document::read(body.as_bytes()).and_then(|document| document.credentials(token));
            if let Err(error) = outcome {
                let told = format!("{error} {error:?}");
                prop_assert!(!told.contains("hunter2"));
            }
        }
    }
}
