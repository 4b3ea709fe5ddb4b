//! Signing on the way out.

use http::{HeaderName, HeaderValue, Request};
use sigv4::{FieldChoice, Payload, PayloadKeyword, Scope, ServiceRules, SigningKey, SigningParams};
use types::{Secret, Timestamp};

use crate::{Body, ClientError, complete, origin};

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
    /// Adds `Host` and `User-Agent` where they are missing, then the headers of the signature. The body is read once for its hash,
    /// however often it is signed.
    pub async fn sign(&self, request: &mut Request<Body>) -> Result<(), ClientError> {
        complete(request)?;
        let unreadable = |source| ClientError::Body { origin: origin(request.uri()), source };
        let payload = match request.body().is_signed() {
            true => Payload::Sha256(request.body().sha256().await.map_err(unreadable)?),
            false => Payload::Keyword(PayloadKeyword::Unsigned),
        };
        self.apply(request, payload)
    }

    /// Adds the headers of the signature to a request that is complete otherwise.
    fn apply<B>(&self, request: &mut Request<B>, payload: Payload<'_>) -> Result<(), ClientError> {
        let origin = origin(request.uri());
        let added = self.headers(request, payload, &origin)?;
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

    fn headers<B>(
        &self,
        request: &Request<B>,
        payload: Payload<'_>,
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
        let wire = sigv4::Request {
            method: request.method().as_str(),
            target: target.as_bytes(),
            headers: &headers,
        };
        let signed = sigv4::sign(&wire, payload, &params)
            .map_err(|source| ClientError::Sign { origin: origin.to_owned(), source })?;
        Ok(signed.headers().map(|(name, value)| (name, Secret::new(value.to_owned()))).collect())
    }
}
