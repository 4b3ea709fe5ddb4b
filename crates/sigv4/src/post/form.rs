//! A form as it arrived.

use std::fmt;

use super::FILENAME;
use super::error::PostError;

/// The parts of a `multipart/form-data` body up to the file. S3 looks at nothing behind it.
#[derive(Clone, Copy)]
pub struct ReceivedForm<'a> {
    /// Name and value of each part before the file, in order of arrival, as sent.
    pub fields: &'a [(&'a str, &'a [u8])],
    /// The first part named `file`.
    pub file: Option<FormFile<'a>>,
}

/// What is known of the uploaded file before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormFile<'a> {
    /// What the part calls its file; none where it bears no such parameter.
    pub name: Option<&'a str>,
    /// Its bytes, where they are known: if not, [`VerifiedForm::check_length`](super::VerifiedForm::check_length) is for later.
    pub length: Option<u64>,
}

/// A field in which `${filename}` stands no more.
#[derive(Clone, PartialEq, Eq)]
pub struct PostField {
    /// As sent.
    pub name: String,
    pub value: String,
}

impl<'a> ReceivedForm<'a> {
    /// The first value of a field, its name compared without case; none where it is empty.
    pub(super) fn value(&self, name: &str) -> Option<&'a str> {
        let (_, value) = self.fields.iter().find(|(n, _)| n.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value).ok().filter(|value| !value.is_empty())
    }

    /// Fails where S3 would not begin to look at the form.
    pub(super) fn check_size(&self) -> Result<(), PostError> {
        let bytes: usize = self.fields.iter().map(|(name, value)| name.len() + value.len()).sum();
        let name = self.file.and_then(|file| file.name).map_or(0, str::len);
        if bytes > MAX_PRE_DATA || self.fields.len() > MAX_FIELDS || name > MAX_FILE_NAME {
            return Err(PostError::PreDataTooLong);
        }
        let readable = self.fields.iter().all(|(_, value)| std::str::from_utf8(value).is_ok());
        readable.then_some(()).ok_or(PostError::Unicode)
    }

    /// The fields with the name of the file in them. S3 leaves `${filename}` where it stands if the file's part bears no name.
    pub(super) fn expanded(&self) -> Vec<PostField> {
        let file = self.file.and_then(|file| file.name).map(base_name);
        let expand = |value: &str| match file {
            Some(file) => value.replace(FILENAME, file),
            None => value.to_owned(),
        };
        let read = |(name, value): &(&str, &[u8])| PostField {
            name: (*name).to_owned(),
            value: expand(&String::from_utf8_lossy(value)),
        };
        self.fields.iter().map(read).collect()
    }
}

/// The name only: the value may be a secret.
impl fmt::Debug for PostField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostField").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Names only: values bear policies, signatures and tokens.
impl fmt::Debug for ReceivedForm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.fields.iter().map(|(name, _)| name).collect();
        f.debug_struct("ReceivedForm").field("fields", &names).field("file", &self.file).finish()
    }
}

/// What follows the last slash or backslash: some browsers send a path.
fn base_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// What S3 takes before a file, in bytes.
pub(super) const MAX_PRE_DATA: usize = 20_480;

/// Our own bounds: S3 names none. A key has at most 1,024 bytes, so a longer name of a file is of no use; and it may stand in
/// place of many `${filename}`.
const MAX_FIELDS: usize = 256;
const MAX_FILE_NAME: usize = 1024;
