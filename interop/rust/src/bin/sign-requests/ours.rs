//! This product's signer and verifier.

use sigv4::verify::{Body, Caller, Endpoint, KeyRing, RingEntry, Scratch as VerifyScratch, verify};
use sigv4::{
    FieldChoice, KeyCache, Payload, Request, Scope, Scratch, ServiceRules, SigningParams, presign_with,
    sign_with,
};
use types::{Secret, Timestamp};

use crate::Fault;
use crate::request::{Sent, Unsigned};

#[derive(Default)]
pub struct Ours {
    keys: KeyCache,
    scratch: Scratch,
    verify_scratch: VerifyScratch,
}

impl Ours {
    pub fn sign(&mut self, unsigned: &Unsigned) -> Result<Sent, Fault> {
        let mut fields = unsigned.fields();
        let headers = borrowed(&fields);
        let request =
            Request { method: &unsigned.method, target: unsigned.target.as_bytes(), headers: &headers };
        let rules = ServiceRules::of(&unsigned.service);
        let time = Timestamp::from_secs(unsigned.time);
        let scope = Scope::new(time, &unsigned.region, &unsigned.service);
        let token = unsigned.session_token.clone().map(Secret::new);
        let params = SigningParams {
            access_key_id: &unsigned.access_key_id,
            session_token: token.as_ref(),
            key: &self.keys.key(&Secret::new(unsigned.secret_access_key.clone()), &scope),
            scope,
            time,
            rules: &rules,
            fields: FieldChoice::default(),
        };
        let body = unsigned.body();
        if let Some(expires) = unsigned.expires {
            let payload = rules.presigned_payload(&body);
            let presigned = presign_with(&mut self.scratch, &request, payload, &params, expires)?;
            let target = String::from_utf8(presigned.target(&request))?;
            return Ok(Sent { target, headers: fields, signature: presigned.signature.hex() });
        }
        let signed = sign_with(&mut self.scratch, &request, Payload::Body(&body), &params)?;
        let signature = signed.signature.hex();
        fields.extend(signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())));
        Ok(Sent { target: unsigned.target.clone(), headers: fields, signature })
    }

    /// `valid`, or the code of the refusal, with the rule where no signature was compared.
    pub fn verify(&mut self, unsigned: &Unsigned, sent: &Sent) -> String {
        let headers = borrowed(&sent.headers);
        let request = Request { method: &unsigned.method, target: sent.target.as_bytes(), headers: &headers };
        let rules = ServiceRules::of(&unsigned.service);
        let now = Timestamp::from_secs(unsigned.time);
        // Where the path can be read in two ways is another question than whose signature is right.
        let endpoint =
            Endpoint { paths: &[], ..Endpoint::new(&unsigned.service, Some(&unsigned.region), &rules, now) };
        let ring = KeyRing::new([RingEntry {
            access_key_id: unsigned.access_key_id.clone(),
            secret_access_key: Secret::new(unsigned.secret_access_key.clone()),
            session_token: unsigned.session_token.clone().map(Secret::new),
            expires: None,
        }]);
        let body = unsigned.body();
        match verify(&request, Body::Read(&body), &endpoint, &ring, &mut self.verify_scratch) {
            Ok(Caller::Signed(_)) => "valid".to_owned(),
            Ok(Caller::Anonymous) => "anonymous".to_owned(),
            Err(refusal) => format!("{} ({:?})", refusal.code, refusal.rule),
        }
    }
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &[u8])> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
}
