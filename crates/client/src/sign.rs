//! Signing on the way out.

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use sigv4::{FieldChoice, Payload, Request, Scope, ServiceRules, SigningKey, SigningParams};
use types::{Secret, Timestamp};

use crate::{ClientError, origin};

/// Who signs, when and for what.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    pub access_key_id: &'a str,
    pub secret_access_key: &'a Secret<String>,
    pub session_token: Option<&'a Secret<String>>,
    pub region: &'a str,
    /// The name in the scope, such as `sts`.
    pub service: &'a str,
    pub time: Timestamp,
}

impl Signer<'_> {
    /// Adds the headers of the signature to a request that is complete otherwise.
    pub(crate) fn sign(&self, request: &mut http::Request<Bytes>) -> Result<(), ClientError> {
        let origin = origin(request.uri());
        let added = self.headers(request, &origin)?;
        for (name, value) in added {
            let mut value = HeaderValue::from_str(value.expose()).map_err(|_| ClientError::Url {
                origin: origin.clone(),
                what: "is to be asked with a token that holds control characters",
            })?;
            value.set_sensitive(true);
            request.headers_mut().insert(HeaderName::from_static(name), value);
        }
        Ok(())
    }

    fn headers(
        &self,
        request: &http::Request<Bytes>,
        origin: &str,
    ) -> Result<Vec<(&'static str, Secret<String>)>, ClientError> {
        let scope = Scope::new(self.time, self.region, self.service);
        let key = SigningKey::try_derive(self.secret_access_key, &scope)
            .map_err(|source| ClientError::Key { origin: origin.to_owned(), source })?;
        let params = SigningParams {
            access_key_id: self.access_key_id,
            session_token: self.session_token,
            key: &key,
            scope,
            time: self.time,
            rules: &ServiceRules::of(self.service),
            fields: FieldChoice::default(),
        };
        let headers: Vec<(&str, &[u8])> =
            request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
        let wire =
            Request { method: request.method().as_str(), target: target.as_bytes(), headers: &headers };
        let signed = sigv4::sign(&wire, Payload::Body(request.body()), &params)
            .map_err(|source| ClientError::Sign { origin: origin.to_owned(), source })?;
        Ok(signed.headers().map(|(name, value)| (name, Secret::new(value.to_owned()))).collect())
    }
}
