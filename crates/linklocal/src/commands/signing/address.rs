//! From `s3://bucket/key` to the URL of the object (Amazon S3 User Guide, "Virtual hosting of buckets").

use sigv4::hosts::{is_virtual_hostable, s3_endpoint};

use super::{Chosen, Told};
use crate::arguments::AddressingStyle;
use crate::commands::credentials::Snapshot;
use crate::failure::Failure;

/// A bucket, or the ARN of an access point, and a key in it; the key as it is called, not as it is encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) struct S3Uri<'a> {
    pub(in crate::commands) bucket: &'a str,
    pub(in crate::commands) key: &'a str,
}

/// Where requests to a service go, as somebody named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) struct Endpoint {
    /// `https://host:port/prefix`, without a slash at the end.
    base: String,
    /// Where the host ends and the prefix begins.
    host: usize,
    /// Not AWS's own.
    is_foreign: bool,
}

/// The URL of an object, and what it is signed for where that follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) struct Located {
    pub(in crate::commands) url: String,
    pub(in crate::commands) service: &'static str,
    pub(in crate::commands) region: String,
}

impl<'a> S3Uri<'a> {
    /// Nothing where the text is no such URI.
    pub(in crate::commands) fn read(text: &'a str) -> Option<Result<Self, Failure>> {
        let rest = text.strip_prefix("s3://")?;
        let slash = rest.find('/');
        let end = if rest.starts_with("arn:") { end_of_arn(rest) } else { slash };
        let (bucket, key) = end.map_or((rest, ""), |at| (&rest[..at], &rest[at + 1..]));
        Some(match bucket.starts_with("arn:") || is_bucket(bucket) {
            true => Ok(Self { bucket, key }),
            false => Err(Failure::usage(format!("{text:?}: {bucket:?} cannot be the name of a bucket"))
                .hint("a name has 3 characters or more of A-Z a-z 0-9 - . _: write s3://bucket/key, or s3://arn:aws:s3:…:accesspoint/name/key")),
        })
    }

    /// The URL at the region's own endpoint.
    pub(in crate::commands) fn at_home(
        &self,
        region: &Chosen,
        style: Option<AddressingStyle>,
    ) -> Result<Located, Failure> {
        let found = s3_endpoint(self.bucket, &region.value).ok_or_else(|| self.homeless(region))?;
        let plain = s3_endpoint("", &region.value).map(|plain| plain.host).unwrap_or_default();
        let path_style = match style {
            Some(_) if self.bucket.starts_with("arn:") => found.path_style,
            Some(style) => style == AddressingStyle::Path,
            None => found.path_style,
        };
        let host = match (path_style, found.path_style) {
            (true, _) => plain,
            (false, false) => found.host,
            (false, true) => format!("{}.{plain}", self.bucket),
        };
        let url = self.url(&format!("https://{host}"), path_style);
        Ok(Located { url, service: found.service, region: found.region })
    }

    /// The URL at an endpoint that somebody named.
    pub(in crate::commands) fn at(
        &self,
        endpoint: &Endpoint,
        style: Option<AddressingStyle>,
    ) -> Result<String, Failure> {
        if self.bucket.starts_with("arn:") {
            return Err(Failure::usage("an access point has its own endpoint, and another one is named")
                .hint(
                    "leave out --endpoint-url and AWS_ENDPOINT_URL, or write the URL of the access point",
                ));
        }
        let Endpoint { base, host, is_foreign } = endpoint;
        // Addresses have no names below them, and few endpoints of others answer to such names.
        let virtual_host = match style {
            Some(style) => style == AddressingStyle::Virtual,
            None => !is_foreign && is_virtual_hostable(self.bucket),
        };
        Ok(match virtual_host {
            true => self.url(&format!("{}{}.{}", &base[..*host], self.bucket, &base[*host..]), false),
            false => self.url(base, true),
        })
    }

    fn url(&self, base: &str, path_style: bool) -> String {
        let mut url = format!("{base}/");
        if path_style {
            url.push_str(self.bucket);
            if !self.key.is_empty() {
                url.push('/');
            }
        }
        push_encoded(self.key, &mut url);
        url
    }

    fn homeless(&self, region: &Chosen) -> Failure {
        match self.bucket.starts_with("arn:") {
            true => Failure::usage(format!("{} is not the ARN of an access point", self.bucket))
                .hint("such as arn:aws:s3:eu-west-1:123456789012:accesspoint/name"),
            false => {
                Failure::usage(format!("{}: {:?} is not the name of a region", region.origin, region.value))
                    .hint("--endpoint-url names an endpoint elsewhere")
            }
        }
    }
}

impl Endpoint {
    /// The flag, else what variables and the profile say, that for the service with this id first.
    pub(in crate::commands) fn named(
        flag: Option<&str>,
        snapshot: &Snapshot,
        service_id: &str,
    ) -> Result<Option<Self>, Failure> {
        if let Some(url) = flag {
            return Self::read(url, "--endpoint-url").map(Some);
        }
        match snapshot.endpoint_url(service_id)? {
            Some(found) => Self::read(&found.value, &found.place.to_string()).map(Some),
            None => Ok(None),
        }
    }

    /// The URL without a slash at its end.
    pub(in crate::commands) fn base(&self) -> &str {
        &self.base
    }

    fn read(text: &str, named_by: &str) -> Result<Self, Failure> {
        let hint = "write it like https://s3.eu-west-1.amazonaws.com, or http://127.0.0.1:9000";
        let wrong = |what: String| Failure::usage(format!("{named_by}: {what}")).hint(hint);
        let url = request_source::url::read(text).map_err(|error| wrong(error.to_string()))?;
        if url.user.is_some() || url.target.contains(&b'?') {
            return Err(wrong("an endpoint has neither a user nor a query".to_owned()));
        }
        let scheme = format!("{}://", url.scheme.as_str());
        let prefix = String::from_utf8_lossy(&url.target).trim_end_matches('/').to_owned();
        Ok(Self {
            base: format!("{scheme}{}{prefix}", url.authority),
            host: scheme.len(),
            is_foreign: Told::by(&url.authority, b"/").service.is_none(),
        })
    }
}

/// Where the ARN of an access point ends: behind the name of the access point.
fn end_of_arn(text: &str) -> Option<usize> {
    const KIND: &str = "accesspoint";
    let name = text.find(KIND)? + KIND.len() + 1;
    text.get(name..)?.find('/').map(|at| name + at)
}

/// What S3 has ever taken, so that buckets of old are reached too.
fn is_bucket(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    (3..=255).contains(&name.len()) && name.bytes().all(allowed)
}

/// All but unreserved characters and the slash in percent-encoding: what S3 signs is what is sent.
fn push_encoded(key: &str, url: &mut String) {
    for byte in key.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => url.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => url.push(char::from(byte)),
            byte => url.push_str(&format!("%{byte:02X}")),
        }
    }
}
