//! Where a copy comes from: the header `x-amz-copy-source` (S3 API Reference, CopyObject).

use account::ServiceError;
use account::s3::refusal;

use super::target::decoded;
use crate::Ask;

/// An object by its bucket and key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CopySource {
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) version: Option<String>,
}

impl CopySource {
    pub(crate) fn of(ask: &Ask<'_>) -> Result<Self, ServiceError> {
        Self::read(ask.input.text("CopySource").unwrap_or_default())
    }

    /// `[/]BUCKET/KEY[?versionId=ID]`, percent-encoded.
    pub(crate) fn read(header: &str) -> Result<Self, ServiceError> {
        let invalid = |message: &str| refusal::invalid_argument("x-amz-copy-source", Some(header), message);
        let (path, version) = match header.split_once("?versionId=") {
            Some((path, version)) => (path, Some(version.to_owned())),
            None => (header, None),
        };
        let path = path.strip_prefix('/').unwrap_or(path);
        let path = decoded(path).ok_or_else(|| invalid("Invalid copy source encoding"))?;
        let (bucket, key) =
            path.split_once('/').filter(|(bucket, _)| !bucket.is_empty()).ok_or_else(|| {
                invalid("Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
            })?;
        if key.is_empty() || key.len() > MAX_KEY {
            // So recorded: the value is the name once more.
            let name = "x-amz-copy-source";
            return Err(refusal::invalid_argument(name, Some(name), "Invalid copy source object key"));
        }
        Ok(Self { bucket: bucket.to_owned(), key: key.to_owned(), version })
    }
}

/// Bytes.
const MAX_KEY: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_decoded_once() {
        for (header, bucket, key, version) in [
            ("b/k", "b", "k", None),
            ("/b/a/b%2Fc%25", "b", "a/b/c%", None),
            ("b/k%20+", "b", "k +", None),
            ("b%2Fk", "b", "k", None),
            ("b/k?versionId=null", "b", "k", Some("null")),
            ("b//", "b", "/", None),
        ] {
            let read = CopySource::read(header).unwrap();
            assert_eq!((&*read.bucket, &*read.key, read.version.as_deref()), (bucket, key, version));
        }
        for header in ["", "/", "b", "b/", "//k", "b/%ff"] {
            assert_eq!(&*CopySource::read(header).unwrap_err().code, "InvalidArgument", "{header}");
        }
    }
}
