//! What is sent with a request: nothing, a text, a file or stdin; and the headers that go with it.
//!
//! Rule: bytes go as they are. A file is read while it is sent, stdin is put by, so that each attempt sends the same.

use std::path::{Path, PathBuf};

use crate::arguments::MessageArguments;
use crate::commands::signing::file;
use crate::failure::Failure;

/// A body, before it is opened.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) source: Source,
    /// To add where the user has not named them.
    pub(super) headers: Vec<(String, String)>,
    /// What goes into the query in place of a body.
    pub(super) query: Option<String>,
    /// Of a file to upload, which has a method of its own.
    is_upload: bool,
}

#[derive(Debug, Default)]
pub(super) enum Source {
    #[default]
    Nothing,
    Bytes(Vec<u8>),
    File(PathBuf),
    StandardInput,
}

impl Content {
    pub(super) fn of(arguments: &MessageArguments) -> Result<Self, Failure> {
        let MessageArguments { data_binary, data_raw, upload_file, content_type, get, .. } = arguments;
        let (source, usual_type) = match (data_binary, data_raw, upload_file) {
            (Some(data), ..) => of_data(data),
            (None, Some(text), _) => of_text(text),
            (None, None, Some(name)) => (of_file(name), None),
            (None, None, None) => (Source::Nothing, None),
        };
        if *get {
            return Self::into_query(source);
        }
        let is_upload = upload_file.is_some();
        let content = Self { source, is_upload, ..Self::default() };
        Ok(match content_type.as_deref().or(usual_type) {
            Some(value) => content.typed(value),
            None => content,
        })
    }

    pub(super) fn bytes(bytes: Vec<u8>) -> Self {
        Self { source: Source::Bytes(bytes), ..Self::default() }
    }

    pub(super) fn typed(self, content_type: &str) -> Self {
        self.with_header("Content-Type", content_type)
    }

    pub(super) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What curl would send it with.
    pub(super) fn usual_method(&self) -> &'static str {
        match self.source {
            _ if self.is_upload => "PUT",
            Source::Nothing => "GET",
            _ => "POST",
        }
    }

    /// The whole, where it is a document; nothing where there is none.
    pub(super) fn document(self) -> Result<Option<Vec<u8>>, Failure> {
        match self.source {
            Source::Nothing => Ok(None),
            Source::Bytes(bytes) => Ok(Some(bytes)),
            Source::File(path) => file(&path.to_string_lossy(), "the body").map(Some),
            Source::StandardInput => file("-", "the body").map(Some),
        }
    }

    fn into_query(source: Source) -> Result<Self, Failure> {
        let content = Self { source, ..Self::default() };
        let bytes = content.document()?.unwrap_or_default();
        let text = String::from_utf8(bytes).map_err(|error| Failure::of(&error).named("-G with -d"))?;
        Ok(Self {
            query: Some(text.trim_end().to_owned()).filter(|text| !text.is_empty()),
            ..Self::default()
        })
    }
}

/// `TEXT`, `@FILE` or `@-`.
fn of_data(data: &str) -> (Source, Option<&'static str>) {
    match data.strip_prefix('@') {
        None => of_text(data),
        Some(name) => {
            let path = Path::new(name);
            let is_json = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
            (of_file(path), is_json.then_some("application/json"))
        }
    }
}

fn of_file(path: &Path) -> Source {
    if path == Path::new("-") { Source::StandardInput } else { Source::File(path.to_owned()) }
}

/// Services take a JSON text for nothing else; all other text is a form, as from curl.
fn of_text(text: &str) -> (Source, Option<&'static str>) {
    let is_json = text.trim_start().starts_with(['{', '['])
        && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    let usual = if is_json { "application/json" } else { "application/x-www-form-urlencoded" };
    (Source::Bytes(text.as_bytes().to_vec()), Some(usual))
}

/// Adds all but unreserved characters in percent-encoding, as AWS signs them (RFC 3986 section 2.3).
pub(super) fn form_encoded(text: &str, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_says_what_it_is() {
        let kinds = [
            ("{\"a\": 1}", "application/json"),
            (" [1]", "application/json"),
            ("{a", "application/x-www-form-urlencoded"),
            ("Action=X", "application/x-www-form-urlencoded"),
            ("", "application/x-www-form-urlencoded"),
        ];
        for (text, kind) in kinds {
            assert_eq!(of_data(text).1, Some(kind), "{text}");
        }
        assert_eq!(of_data("@body.json").1, Some("application/json"));
        assert_eq!(of_data("@body").1, None);
    }

    #[test]
    fn only_unreserved_characters_stay() {
        let mut out = String::new();
        form_encoded("a b+c/d=é~_.-*", &mut out);
        assert_eq!(out, "a%20b%2Bc%2Fd%3D%C3%A9~_.-%2A");
    }
}
