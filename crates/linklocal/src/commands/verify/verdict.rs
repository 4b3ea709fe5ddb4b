//! Whether the signature is good, and of what.

use sigv4::post::{self, PostCaller, PostEndpoint};
use sigv4::verify::{
    Algorithm, Body, Caller, Disclosure, Mechanism, Refusal, Rule, Scratch, Verified, verify,
};
use types::Timestamp;

use super::Subject;
use super::body::CheckedBody;
use super::form::{self, Form};
use crate::commands::signing::Wire;

/// What came of it.
#[derive(Debug)]
pub(super) enum Verdict {
    Valid(Box<Valid>),
    Refused(Box<Refused>),
}

/// Why it is not taken.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) refusal: Refusal,
    /// What is wrong with the body, which AWS tells less exactly; the signature of the request itself is good then.
    pub(super) body: Option<String>,
}

/// A good signature.
#[derive(Debug)]
pub(super) struct Valid {
    pub(super) access_key_id: String,
    /// `header`, `query` or `form`.
    pub(super) mechanism: &'static str,
    pub(super) algorithm: &'static str,
    pub(super) service: String,
    /// None in SigV4a.
    pub(super) region: Option<String>,
    pub(super) signed: Option<Timestamp>,
    pub(super) expires: Timestamp,
    pub(super) signed_headers: Vec<String>,
    pub(super) body: CheckedBody,
}

impl Verdict {
    pub(super) fn of(subject: &Subject) -> Self {
        let judged = match &subject.form {
            Some(form) => of_form(subject, form),
            None => of_request(subject),
        };
        match judged {
            Ok(valid) => Self::Valid(Box::new(valid)),
            Err(refused) => Self::Refused(Box::new(refused)),
        }
    }
}

fn of_request(subject: &Subject) -> Result<Valid, Refused> {
    let wire = Wire::of(&subject.message);
    let request = wire.request();
    let mut scratch = Scratch::default();
    let endpoint = subject.endpoint(Disclosure::AsAws);
    let body = Body::Read(&subject.message.body);
    match verify(&request, body, &endpoint, &subject.key_ring(), &mut scratch)? {
        Caller::Anonymous => Err(anonymous().into()),
        Caller::Signed(verified) => {
            let body = CheckedBody::check(subject, &request, &verified)?;
            Ok(Valid::new(&verified, body))
        }
    }
}

fn of_form(subject: &Subject, form: &Form) -> Result<Valid, Refused> {
    let place = &subject.place;
    let bucket = form::bucket(&subject.message);
    let endpoint = PostEndpoint {
        bucket: &bucket,
        region: Some(&place.region.value),
        service: &place.service.value,
        now: subject.now.time,
    };
    let caller = form.received(|received| post::verify(received, &endpoint, &subject.key_ring()));
    match caller.map_err(Refusal::from)? {
        PostCaller::Anonymous(_) => Err(anonymous().into()),
        PostCaller::Signed(verified) => Ok(Valid {
            expires: verified.expiration(),
            access_key_id: verified.access_key_id,
            mechanism: "form",
            algorithm: sigv4::ALGORITHM,
            service: verified.service,
            region: Some(verified.region),
            signed: None,
            signed_headers: Vec::new(),
            body: CheckedBody::File { bytes: form.file_bytes() },
        }),
    }
}

impl Valid {
    fn new(verified: &Verified<'_>, body: CheckedBody) -> Self {
        Self {
            access_key_id: verified.access_key_id.to_owned(),
            mechanism: match verified.mechanism {
                Mechanism::Header => "header",
                Mechanism::Query => "query",
            },
            algorithm: match verified.algorithm {
                Algorithm::Hmac => sigv4::ALGORITHM,
                Algorithm::Ecdsa => sigv4::v4a::ALGORITHM,
            },
            service: verified.service.to_owned(),
            region: verified.region.map(str::to_owned),
            signed: Some(verified.time),
            expires: verified.expires,
            signed_headers: verified.signed_headers().map(str::to_owned).collect(),
            body,
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, body: None }
    }
}

/// S3 lets such callers try. There is no signature to be good.
fn anonymous() -> Refusal {
    Refusal::new(Rule::NoAuthentication, 403, "AccessDenied", "Access Denied")
}
