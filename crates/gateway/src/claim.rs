//! Whose key and which service a request says that it is signed for, before anybody has looked at the signature.
//!
//! Rule: for routing, and for records of refusals. Nothing is allowed by it.

use http::header;

use crate::call::Call;
use crate::record::{AuthenticationMethod, SignatureForm, SignatureVersion};

/// What stands in a request's credential.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) access_key_id: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) service: Option<String>,
}

impl Claim {
    pub(crate) fn of(call: &Call) -> Self {
        if let Some(field) = call.header(&header::AUTHORIZATION) {
            let credential = field.split_once("Credential=").map_or("", |(_, rest)| rest);
            let end = credential.find([',', ' ', '\t']).unwrap_or(credential.len());
            return Self::read(&credential[..end]);
        }
        let named = |pair: &str| pair.strip_prefix("X-Amz-Credential=").map(str::to_owned);
        match call.query().split('&').find_map(named) {
            Some(credential) => Self::read(&credential.replace("%2F", "/").replace("%2f", "/")),
            None => Self::default(),
        }
    }

    /// From `AKID/date/region/service/aws4_request`, or without region for SigV4a. Ids are cut to what AWS's own are at most.
    fn read(credential: &str) -> Self {
        let mut parts = credential.rsplit('/').map(str::to_owned);
        let (_terminator, service, region) = (parts.next(), parts.next(), parts.next());
        let access_key_id = credential.split('/').next().filter(|id| !id.is_empty());
        let access_key_id = access_key_id.map(|id| id.chars().take(MAX_ID).collect());
        Self { access_key_id, region, service }
    }
}

/// How a request bears its signature; `None` where it bears none. Fields of a posted form are not looked at.
pub(crate) fn signature_form(call: &Call) -> Option<SignatureForm> {
    use AuthenticationMethod::{AuthHeader, QueryString};
    if let Some(field) = call.header(&header::AUTHORIZATION) {
        let version = match field.split([' ', '\t']).next().unwrap_or_default() {
            "AWS" => SignatureVersion::SigV2,
            "AWS4-ECDSA-P256-SHA256" => SignatureVersion::SigV4a,
            algorithm if algorithm.starts_with("AWS4-") => SignatureVersion::SigV4,
            _ => return None,
        };
        return Some(SignatureForm { version, method: AuthHeader });
    }
    let version = call.query().split('&').find_map(|pair| match pair.split_once('=')? {
        ("X-Amz-Algorithm", algorithm) if algorithm.contains("ECDSA") => Some(SignatureVersion::SigV4a),
        ("X-Amz-Algorithm", _) => Some(SignatureVersion::SigV4),
        ("Signature" | "AWSAccessKeyId", _) => Some(SignatureVersion::SigV2),
        _ => None,
    })?;
    Some(SignatureForm { version, method: QueryString })
}

/// Of an access key id (IAM API reference, `AccessKey`).
const MAX_ID: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::tests::call;

    #[test]
    fn reads_header_and_query() {
        let full = "AKIA1/20261122/eu-west-1/iam/aws4_request";
        let header = format!("AWS4-HMAC-SHA256 Credential={full}, SignedHeaders=host, Signature=00");
        let tight = format!("AWS4-HMAC-SHA256 Credential={full},SignedHeaders=host,Signature=00");
        let query = format!("/?X-Amz-Credential={}&X-Amz-Signature=00", full.replace('/', "%2F"));
        for call in [
            call("POST", "/", &[("authorization", &header)]),
            call("POST", "/", &[("authorization", &tight)]),
            call("GET", &query, &[]),
        ] {
            let claim = Claim::of(&call);
            let read = (claim.access_key_id.as_deref(), claim.region.as_deref(), claim.service.as_deref());
            assert_eq!(read, (Some("AKIA1"), Some("eu-west-1"), Some("iam")));
        }
    }

    #[test]
    fn the_form_of_a_signature_is_told_from_where_it_stands() {
        let header = |field| signature_form(&call("GET", "/", &[("authorization", field)]));
        let query = |target| signature_form(&call("GET", target, &[]));
        let told = |form: Option<SignatureForm>| form.map(|f| (f.version.as_str(), f.method.as_str()));
        for (form, expected) in [
            (header("AWS4-HMAC-SHA256 Credential=a/b/c/d/e"), Some(("SigV4", "AuthHeader"))),
            (header("AWS4-ECDSA-P256-SHA256 Credential=a/b/d/e"), Some(("SigV4A", "AuthHeader"))),
            (header("AWS AKID:c2ln"), Some(("SigV2", "AuthHeader"))),
            (header("Bearer x"), None),
            (query("/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256"), Some(("SigV4", "QueryString"))),
            (query("/b/k?AWSAccessKeyId=a&Expires=1&Signature=x"), Some(("SigV2", "QueryString"))),
            (query("/b/k?x=y"), None),
        ] {
            assert_eq!(told(form), expected);
        }
    }

    #[test]
    fn what_is_no_credential_claims_nothing() {
        for authorization in
            ["", "AWS AKID:c2ln", "Bearer x", "AWS4-HMAC-SHA256 Credential=", "Credential=a/b"]
        {
            let claim = Claim::of(&call("GET", "/", &[("authorization", authorization)]));
            assert!(claim.region.is_none(), "{authorization}: {claim:?}");
        }
        assert_eq!(Claim::of(&call("GET", "/bucket/key?x=y", &[])), Claim::default());
    }
}
