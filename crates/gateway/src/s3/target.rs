//! Which bucket a request names, by its path or by its host, and which operation it asks for.
//!
//! Rule: for routing alone; what is signed is the target as it came. A host names a bucket only before a name that S3 answers to, so
//! that nobody can have a bucket looked for in one place and signed for in another. Source: S3 User Guide, "Virtual hosting of
//! buckets"; facts/sigv4.md section 1.11.

use std::borrow::Cow;

use wire::model::{self, Operation};
use wire::route::{self, Asked, Line};

use crate::call::Call;

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Decoded. None where S3 itself is asked.
    pub(crate) bucket: Option<String>,
    /// Whether the host names it.
    pub(crate) by_host: bool,
    /// In the path style, escapes as they came.
    path: String,
}

/// What a line asks of S3.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Question {
    Known(&'static Operation),
    /// AWS has it, and there is no table of it here.
    Unbuilt(&'static str),
}

impl Target {
    /// None where the path cannot be read as text.
    pub(crate) fn of(call: &Call) -> Option<Self> {
        let path = call.path();
        if let Some(bucket) = call.host().and_then(host_bucket) {
            let path = format!("/{bucket}{path}");
            return readable(&path).then_some(Self { bucket: Some(bucket), by_host: true, path });
        }
        let first = path.strip_prefix('/').unwrap_or_default().split('/').next().unwrap_or_default();
        let bucket = decoded(first)?;
        readable(path).then(|| Self {
            bucket: (!bucket.is_empty()).then(|| bucket.into_owned()),
            by_host: false,
            path: path.to_owned(),
        })
    }

    /// As errors call what is asked.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.bucket {
            None => "SERVICE",
            Some(_) if self.has_key() => "OBJECT",
            Some(_) => "BUCKET",
        }
    }

    /// For the codecs.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Whether an object is named.
    pub(crate) fn has_key(&self) -> bool {
        self.split().is_some_and(|(bucket, key)| !bucket.is_empty() && !key.is_empty())
    }

    /// The key, decoded; empty where none is named.
    pub(crate) fn key(&self) -> String {
        decoded(self.split().map_or("", |(_, key)| key)).unwrap_or_default().into_owned()
    }

    fn split(&self) -> Option<(&str, &str)> {
        self.path.strip_prefix('/')?.split_once('/')
    }

    /// None where S3 has nothing of this method.
    pub(crate) fn question(&self, call: &Call, headers: &[(&str, &str)]) -> Option<Question> {
        let service = s3();
        if let Some(name) = self.plain(call) {
            return service.operation(name).map(Question::Known);
        }
        let line =
            Line { method: call.parts.method.as_str(), path: &self.path, query: call.query(), headers };
        match route::rest(service, &line)? {
            Asked::Known(_, operation) => Some(Question::Known(operation)),
            Asked::Unbuilt(_, name) => Some(Question::Unbuilt(name)),
        }
    }

    /// The operation of most requests, which is known without looking through all of them.
    fn plain(&self, call: &Call) -> Option<&'static str> {
        if !self.has_key() {
            return None;
        }
        // It lacks the header that says which, and is no GetObject for that.
        if call.parts.method == "GET"
            && call.query().split('&').any(|pair| matches!(pair, "attributes" | "attributes="))
        {
            return Some("GetObjectAttributes");
        }
        if !call.query().is_empty() {
            return None;
        }
        match call.parts.method.as_str() {
            "GET" => Some("GetObject"),
            "HEAD" => Some("HeadObject"),
            "PUT" if !call.parts.headers.contains_key("x-amz-copy-source") => Some("PutObject"),
            "DELETE" => Some("DeleteObject"),
            _ => None,
        }
    }
}

/// S3's table.
pub(crate) fn s3() -> &'static model::Service {
    model::service("s3").expect("S3 has a table")
}

/// Whether it is a form that a browser posts: to the bucket, in parts, or in whatever else browsers post that is refused.
pub(crate) fn is_form(call: &Call, target: &Target) -> bool {
    call.parts.method == "POST" && target.bucket.is_some() && !target.has_key() && call.query().is_empty()
}

/// Whether the host of a request names a bucket.
pub(crate) fn is_of_bucket(call: &Call) -> bool {
    call.host().is_some_and(is_virtual)
}

/// Whether a host names a bucket.
pub(super) fn is_virtual(host: &str) -> bool {
    host_bucket(host).is_some()
}

/// A key as a URL bears it.
pub(crate) fn encoded(key: &str) -> String {
    key.bytes().fold(String::with_capacity(key.len()), |mut text, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                text.push(byte.into())
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
        text
    })
}

/// The bucket that a host names: `BUCKET.s3.localhost`, `BUCKET.localhost`, or as AWS's own hosts do.
fn host_bucket(host: &str) -> Option<String> {
    let host = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) { name } else { host }
    });
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let bucket = of_local(&host).or_else(|| of_aws(&host))?;
    is_bucket_name(bucket).then(|| bucket.to_owned())
}

fn of_local(host: &str) -> Option<&str> {
    let name = host.strip_suffix(".localhost")?;
    match name.strip_suffix(".s3") {
        Some(bucket) => Some(bucket),
        // Names under which services are found.
        None if SERVICES.contains(&name) => None,
        None => Some(name),
    }
}

/// `BUCKET.s3.REGION.amazonaws.com`, with `dualstack`, or without a region, or with a hyphen before it.
fn of_aws(host: &str) -> Option<&str> {
    let name = host.strip_suffix(".cn").unwrap_or(host).strip_suffix(".amazonaws.com")?;
    if let Some(bucket) = name.strip_suffix(".s3") {
        return Some(bucket);
    }
    let (rest, region) = name.rsplit_once('.')?;
    if let Some(named) = region.strip_prefix("s3-") {
        return is_label(named).then_some(rest);
    }
    let rest = rest.strip_suffix(".dualstack").unwrap_or(rest);
    is_label(region).then(|| rest.strip_suffix(".s3")).flatten()
}

fn is_label(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// As far as a host can hold it: whether there is such a bucket is looked at elsewhere.
fn is_bucket_name(name: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    (3..=63).contains(&name.len())
        && name.bytes().all(allowed)
        && name.split('.').all(|label| !label.is_empty())
}

fn readable(path: &str) -> bool {
    decoded(path).is_some()
}

/// `%41` as `A`; none where the bytes are no text.
pub(crate) fn decoded(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let (bytes, mut out, mut at) = (text.as_bytes(), Vec::with_capacity(text.len()), 0);
    while let Some(byte) = bytes.get(at) {
        if *byte == b'%' {
            let (high, low) = (digit(bytes.get(at + 1))?, digit(bytes.get(at + 2))?);
            out.push((high * 16 + low) as u8);
            at += 3;
        } else {
            out.push(*byte);
            at += 1;
        }
    }
    String::from_utf8(out).ok().map(Cow::Owned)
}

/// Hosts below `localhost` that name no bucket.
const SERVICES: [&str; 8] = ["s3", "sts", "iam", "ec2", "servicequotas", "cloudtrail", "aws", "linklocal"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::tests::call;

    #[test]
    fn buckets_are_named_by_host_or_path() {
        for (host, path, bucket, key, by_host) in [
            ("127.0.0.1:4566", "/", None, "", false),
            ("127.0.0.1:4566", "/b%2Dx/a%20b/c", Some("b-x"), "a b/c", false),
            ("localhost:4566", "/bucket//a", Some("bucket"), "/a", false),
            ("localhost", "/bucket/", Some("bucket"), "", false),
            ("bucket.localhost:4566", "/a", Some("bucket"), "a", true),
            ("my.bucket.s3.localhost", "//a", Some("my.bucket"), "/a", true),
            ("s3.localhost:4566", "/bucket", Some("bucket"), "", false),
            ("Bucket.S3.eu-west-1.amazonaws.com", "/", Some("bucket"), "", true),
            ("bucket.s3.dualstack.eu-west-1.amazonaws.com", "/k", Some("bucket"), "k", true),
            ("bucket.s3-eu-west-1.amazonaws.com", "/k", Some("bucket"), "k", true),
            ("bucket.s3.amazonaws.com", "/k", Some("bucket"), "k", true),
            ("s3.eu-west-1.amazonaws.com", "/bucket/k", Some("bucket"), "k", false),
            ("s3.amazonaws.com", "/bucket/k", Some("bucket"), "k", false),
            ("a..b.localhost", "/bucket/k", Some("bucket"), "k", false),
            ("evil_bucket.localhost", "/bucket/k", Some("bucket"), "k", false),
            ("localhost", "//k", None, "k", false),
            ("bucket.example.com", "/other/k", Some("other"), "k", false),
        ] {
            let target = Target::of(&call("GET", path, &[("host", host)])).unwrap();
            let found = (target.bucket.as_deref(), target.key(), target.by_host);
            assert_eq!(found, (bucket, key.to_owned(), by_host), "{host}{path}");
            assert_eq!(target.has_key(), bucket.is_some() && !key.is_empty(), "{host}{path}");
        }
        for path in ["/b/%ff", "/b/%4", "/b/%zz", "/%c3"] {
            assert_eq!(Target::of(&call("GET", path, &[])), None, "{path}");
        }
    }

    #[test]
    fn lines_ask_for_operations() {
        for (method, line, copy, name) in [
            ("GET", "/", false, "ListBuckets"),
            ("GET", "/b", false, "ListObjects"),
            ("GET", "/b/?list-type=2&prefix=a", false, "ListObjectsV2"),
            ("HEAD", "/b", false, "HeadBucket"),
            ("PUT", "/b", false, "CreateBucket"),
            ("PUT", "/b?policy", false, "PutBucketPolicy"),
            ("PUT", "/b/k", false, "PutObject"),
            ("PUT", "/b/k?x-id=PutObject", false, "PutObject"),
            ("PUT", "/b/k", true, "CopyObject"),
            ("PUT", "/b/k?partNumber=1&uploadId=u", false, "UploadPart"),
            ("PUT", "/b/k?partNumber=1&uploadId=u", true, "UploadPartCopy"),
            ("GET", "/b/k", false, "GetObject"),
            ("GET", "/b/k?partNumber=2", false, "GetObject"),
            ("GET", "/b/k?uploadId=u", false, "ListParts"),
            ("GET", "/b/k?attributes", false, "GetObjectAttributes"),
            ("HEAD", "/b/k", false, "HeadObject"),
            ("DELETE", "/b/k", false, "DeleteObject"),
            ("DELETE", "/b/k?uploadId=u", false, "AbortMultipartUpload"),
            ("DELETE", "/b", false, "DeleteBucket"),
            ("POST", "/b/k?uploads", false, "CreateMultipartUpload"),
            ("POST", "/b/k?uploads=", false, "CreateMultipartUpload"),
            ("POST", "/b/k?uploadId=u", false, "CompleteMultipartUpload"),
            ("POST", "/b?delete", false, "DeleteObjects"),
            ("PUT", "/b?lifecycle", false, "PutBucketLifecycle"),
            ("GET", "/b/k?torrent", false, "GetObjectTorrent"),
        ] {
            let headers: &[(&str, &str)] = if copy { &[("x-amz-copy-source", "b/o")] } else { &[] };
            let call = call(method, line, headers);
            let target = Target::of(&call).unwrap();
            let found = match target.question(&call, headers) {
                Some(Question::Known(operation)) => operation.name,
                Some(Question::Unbuilt(name)) => name,
                None => "",
            };
            assert!(found.starts_with(name), "{method} {line}: {found}");
        }
    }
}
