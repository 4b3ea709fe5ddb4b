//! Calls, each signed for itself; those of query services as botocore words them.

use std::io;
use std::time::SystemTime;

use sigv4::{FieldChoice, Payload, Request, Scope, ServiceRules, SigningKey, SigningParams, sign};
use types::{Secret, Timestamp};

use crate::arguments::Arguments;
use crate::objects;

pub(crate) struct Keys {
    pub(crate) id: String,
    pub(crate) secret: Secret<String>,
}

impl Keys {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.split_once(':')?;
        Some(Self { id: id.to_owned(), secret: Secret::new(secret.to_owned()) })
    }
}

/// Calls that no cache of answers or of signatures can serve: ids and times differ.
pub(crate) fn requests(arguments: &Arguments, call: &str, keys: &Keys) -> io::Result<Vec<Vec<u8>>> {
    let now = now()?;
    let is_large = call.strip_prefix("s3:").is_some_and(objects::is_large);
    let different = if is_large { objects::DIFFERENT_BODIES } else { DIFFERENT };
    (0..arguments.requests.min(different))
        .map(|number| {
            // A minute into the past and no further: a signature is good for fifteen.
            let time = Timestamp::from_secs(now - i64::try_from(number % 60).expect("fits"));
            request(arguments, call, keys, number, time)
                .ok_or_else(|| io::Error::other("a call cannot be signed"))
        })
        .collect()
}

/// One call, now.
pub(crate) fn once(arguments: &Arguments, call: &str, keys: &Keys) -> io::Result<Vec<u8>> {
    let time = Timestamp::from_secs(now()?);
    request(arguments, call, keys, 0, time).ok_or_else(|| io::Error::other("a call cannot be signed"))
}

fn request(
    arguments: &Arguments,
    call: &str,
    keys: &Keys,
    number: usize,
    time: Timestamp,
) -> Option<Vec<u8>> {
    let (service, action) = call.split_once(':')?;
    if service == "s3" {
        return objects::request(arguments, action, keys, number, time);
    }
    let version = VERSIONS.iter().find(|(name, _)| *name == service)?.1;
    let body = format!("Action={action}&Version={version}");
    let host = arguments.address.to_string();
    let id = format!("7c2a4f60-5b1d-4e0f-9a33-{number:012x}");
    let headers: [(&str, &[u8]); 3] = [
        ("Host", host.as_bytes()),
        ("Content-Type", CONTENT_TYPE.as_bytes()),
        ("amz-sdk-invocation-id", id.as_bytes()),
    ];
    let scope = Scope::new(time, REGION, service);
    let key = SigningKey::derive(&keys.secret, &scope);
    let params = SigningParams {
        access_key_id: &keys.id,
        session_token: None,
        key: &key,
        scope,
        time,
        rules: &ServiceRules::of(service),
        fields: FieldChoice::default(),
    };
    let request = Request { method: "POST", target: b"/", headers: &headers };
    let signed = sign(&request, Payload::Body(body.as_bytes()), &params).ok()?;
    let mut text = String::from("POST / HTTP/1.1\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {}\r\n", std::str::from_utf8(value).ok()?));
    }
    for (name, value) in signed.headers() {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("Accept-Encoding: identity\r\nUser-Agent: Boto3/1.43 md/Botocore#1.43 ua/2.1 os/linux lang/python#3.11\r\n");
    text.push_str(if arguments.close { "Connection: close\r\n" } else { "Connection: keep-alive\r\n" });
    text.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    Some(text.into_bytes())
}

fn now() -> io::Result<i64> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_err(io::Error::other)?;
    i64::try_from(since.as_secs()).map_err(io::Error::other)
}

const VERSIONS: [(&str, &str); 2] = [("sts", "2011-06-15"), ("iam", "2010-05-08")];
const CONTENT_TYPE: &str = "application/x-www-form-urlencoded; charset=utf-8";
const REGION: &str = "us-east-1";
/// Far more than a server has room to remember for nothing; all are made within a second.
const DIFFERENT: usize = 5_000;
