//! The signer of the Rust SDK, with the settings that the SDK has for the service.

use std::borrow::Cow;
use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, UriPathNormalizationMode, sign as sign_request,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;

use crate::Fault;
use crate::request::{Sent, Unsigned};

pub fn sign(unsigned: &Unsigned) -> Result<Sent, Fault> {
    let identity: Identity = Credentials::new(
        &unsigned.access_key_id,
        &unsigned.secret_access_key,
        unsigned.session_token.clone(),
        None,
        "differential",
    )
    .into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(&unsigned.region)
        .name(&unsigned.service)
        .time(UNIX_EPOCH + Duration::from_secs(u64::try_from(unsigned.time)?))
        .settings(settings(unsigned))
        .build()?
        .into();
    let body = unsigned.body();
    let signable = match unsigned.expires {
        Some(_) if is_s3(unsigned) => SignableBody::UnsignedPayload,
        _ => SignableBody::Bytes(&body),
    };
    let headers = unsigned.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let url = format!("https://{}{}", unsigned.host, unsigned.target);
    let request = SignableRequest::new(&unsigned.method, Cow::Owned(url), headers, signable)?;
    let (instructions, signature) = sign_request(request, &params)?.into_parts();
    let mut sent = Sent { target: unsigned.target.clone(), headers: unsigned.fields(), signature };
    let (headers, parameters) = instructions.into_parts();
    sent.headers.extend(headers.iter().map(|header| (header.name().to_owned(), header.value().to_owned())));
    for (name, value) in parameters {
        let separator = match sent.target.split_once('?') {
            None => "?",
            Some((_, "")) => "",
            Some(_) => "&",
        };
        sent.target.push_str(separator);
        sent.target.push_str(&format!("{name}={}", encoded(&value)));
    }
    Ok(sent)
}

fn settings(unsigned: &Unsigned) -> SigningSettings {
    let mut settings = SigningSettings::default();
    if is_s3(unsigned) {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    if let Some(expires) = unsigned.expires {
        settings.signature_location = SignatureLocation::QueryParams;
        settings.payload_checksum_kind = PayloadChecksumKind::NoHeader;
        settings.expires_in = Some(Duration::from_secs(expires.into()));
    }
    settings
}

fn is_s3(unsigned: &Unsigned) -> bool {
    unsigned.service.starts_with("s3")
}

fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
