//! Forms that browsers post to S3: which request is one, and its parts (S3 API Reference, "POST Object").

use request_source::{Message, form};
use sigv4::post::{FormFile, ReceivedForm};

use crate::commands::signing::host;
use crate::failure::Failure;

/// The parts of a form up to its file; S3 looks at nothing behind it.
#[derive(Debug)]
pub(super) struct Form {
    fields: Vec<(String, Vec<u8>)>,
    file: Option<File>,
}

#[derive(Debug)]
struct File {
    name: Option<String>,
    bytes: usize,
}

impl Form {
    /// Nothing where the request is no such form, or is signed in another way.
    pub(super) fn of(message: &Message) -> Result<Option<Self>, Failure> {
        let content_type = message.header("content-type").unwrap_or_default().trim_ascii();
        let is_form = content_type.to_ascii_lowercase().starts_with(b"multipart/form-data");
        let query = message.target.split(|byte| *byte == b'?').nth(1).unwrap_or_default();
        let signed = message.header("authorization").is_some() || !query.is_empty();
        if message.method != "POST" || !is_form || signed {
            return Ok(None);
        }
        let read =
            form::read(content_type, &message.body).map_err(|error| Failure::of(&error).named("the body"))?;
        let is_file = |field: &&form::FormField| field.name.eq_ignore_ascii_case("file");
        let before = read.fields.iter().take_while(|field| !is_file(field));
        let fields = before.map(|field| (field.name.clone(), field.value(&message.body).to_vec())).collect();
        let file = read.fields.iter().find(is_file);
        let file = file.map(|field| File { name: field.filename.clone(), bytes: field.value.len() });
        Ok(Some(Self { fields, file }))
    }

    /// The first value of a field, its name compared without case.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        let (_, value) = self.fields.iter().find(|(n, _)| n.eq_ignore_ascii_case(name))?;
        Some(String::from_utf8_lossy(value).into_owned())
    }

    /// How long the file is.
    pub(super) fn file_bytes(&self) -> usize {
        self.file.as_ref().map_or(0, |file| file.bytes)
    }

    /// The form as it is verified.
    pub(super) fn received<T>(&self, look: impl FnOnce(&ReceivedForm<'_>) -> T) -> T {
        let fields: Vec<(&str, &[u8])> =
            self.fields.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let file = self
            .file
            .as_ref()
            .map(|file| FormFile { name: file.name.as_deref(), length: Some(file.bytes as u64) });
        look(&ReceivedForm { fields: &fields, file })
    }
}

/// The bucket that a form is posted to: the first segment of the path, else the first label of the host.
pub(super) fn bucket(message: &Message) -> String {
    let path = String::from_utf8_lossy(&message.target).into_owned();
    let segment = path.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default();
    match segment {
        "" => {
            let host = host(message);
            let before = [".s3.", ".s3-"].iter().filter_map(|mark| host.find(mark)).min();
            host[..before.unwrap_or(0)].to_owned()
        }
        segment => segment.to_owned(),
    }
}
