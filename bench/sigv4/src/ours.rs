//! Our side of each row.

use std::hint::black_box;

use sigv4::verify::{Body, Caller, Endpoint, KeyRing, RingEntry, Scratch as Room, verify};
use sigv4::{
    FieldChoice, KeyCache, Payload, Request, Scope, Scratch, ServiceRules, SigningKey, SigningParams,
    presign_with, sign_with,
};
use types::Secret;

use crate::case::{
    EXPIRES_SECS, HOST, KEY_ID, POST_HEADERS, REGION, S3_HOST, S3_PATH, SECRET, SERVICE, TIME, body, http_get,
};
use crate::contest::Job;

/// What stands still between signatures.
struct Desk {
    secret: Secret<String>,
    rules: ServiceRules,
    key: SigningKey,
    service: &'static str,
}

impl Desk {
    fn new(service: &'static str) -> Self {
        let secret = Secret::new(SECRET.to_owned());
        let key = SigningKey::derive(&secret, &Scope::new(TIME, REGION, service));
        Self { secret, rules: ServiceRules::of(service), key, service }
    }

    fn params<'a>(&'a self, key: &'a SigningKey) -> SigningParams<'a> {
        SigningParams {
            access_key_id: KEY_ID,
            session_token: None,
            key,
            scope: Scope::new(TIME, REGION, self.service),
            time: TIME,
            rules: &self.rules,
            fields: FieldChoice::default(),
        }
    }
}

pub(crate) fn get(cached: bool) -> Job {
    let desk = Desk::new(SERVICE);
    let cache = KeyCache::default();
    let mut scratch = Scratch::new();
    Box::new(move || {
        let headers: [(&str, &[u8]); 1] = [("host", HOST.as_bytes())];
        let request = Request { method: "GET", target: b"/", headers: &headers };
        let found;
        let key = if cached {
            found = cache.key(&desk.secret, &Scope::new(TIME, REGION, SERVICE));
            &found
        } else {
            &desk.key
        };
        let signed = sign_with(&mut scratch, black_box(&request), Payload::Body(b""), &desk.params(key));
        black_box(signed.expect("it can be signed").authorization.expose());
    })
}

pub(crate) fn get_applied() -> Job {
    let desk = Desk::new(SERVICE);
    let mut scratch = Scratch::new();
    Box::new(move || {
        let mut request = http_get();
        let headers: Vec<(&str, &[u8])> =
            request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let target = request.uri().path().as_bytes();
        let wire = Request { method: request.method().as_str(), target, headers: &headers };
        let signed = sign_with(&mut scratch, &wire, Payload::Body(b""), &desk.params(&desk.key));
        let signed = signed.expect("it can be signed");
        for (name, value) in signed.headers() {
            request.headers_mut().insert(name, value.parse().expect("it is a value"));
        }
        black_box(&request);
    })
}

pub(crate) fn presign() -> Job {
    let desk = Desk::new("s3");
    let mut scratch = Scratch::new();
    Box::new(move || {
        black_box(presigned(&desk, &mut scratch));
    })
}

fn presigned(desk: &Desk, scratch: &mut Scratch) -> Vec<u8> {
    let headers: [(&str, &[u8]); 1] = [("host", S3_HOST.as_bytes())];
    let request = black_box(Request { method: "GET", target: S3_PATH.as_bytes(), headers: &headers });
    let payload = desk.rules.presigned_payload(b"");
    let presigned = presign_with(scratch, &request, payload, &desk.params(&desk.key), EXPIRES_SECS);
    let mut url = Vec::with_capacity(512);
    url.extend_from_slice(b"https://");
    url.extend_from_slice(S3_HOST.as_bytes());
    presigned.expect("it can be signed").write_target(&request, &mut url);
    url
}

pub(crate) fn presigned_url() -> String {
    let url = presigned(&Desk::new("s3"), &mut Scratch::new());
    String::from_utf8(url).expect("a URL is ASCII")
}

pub(crate) fn post() -> Job {
    let desk = Desk::new(SERVICE);
    let body = body();
    let mut scratch = Scratch::new();
    Box::new(move || {
        let headers = POST_HEADERS.map(|(name, value)| (name, value.as_bytes()));
        let request = Request { method: "POST", target: b"/", headers: &headers };
        let payload = Payload::Body(black_box(&body));
        let signed = sign_with(&mut scratch, &request, payload, &desk.params(&desk.key));
        black_box(signed.expect("it can be signed").authorization.expose());
    })
}

/// Signs once, for comparison with others: `Authorization` of the GET and of the POST.
#[cfg(feature = "peers")]
pub(crate) fn authorizations() -> [String; 2] {
    let desk = Desk::new(SERVICE);
    let body = body();
    let get: [(&str, &[u8]); 1] = [("host", HOST.as_bytes())];
    let post = POST_HEADERS.map(|(name, value)| (name, value.as_bytes()));
    let sign = |method, headers: &[(&str, &[u8])], body| {
        let request = Request { method, target: b"/", headers };
        let signed = sigv4::sign(&request, Payload::Body(body), &desk.params(&desk.key));
        signed.expect("it can be signed").authorization.into_string()
    };
    [sign("GET", &get, b""), sign("POST", &post, &body)]
}

/// A request to S3 as it arrives.
pub(crate) struct Arrived {
    pub(crate) method: &'static str,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
}

pub(crate) fn arrived_by_header() -> Arrived {
    let desk = Desk::new("s3");
    let headers: [(&str, &[u8]); 1] = [("host", S3_HOST.as_bytes())];
    let request = Request { method: "GET", target: S3_PATH.as_bytes(), headers: &headers };
    let signed =
        sigv4::sign(&request, Payload::Body(b""), &desk.params(&desk.key)).expect("it can be signed");
    let mut headers = vec![("host".to_owned(), S3_HOST.to_owned())];
    headers.extend(signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())));
    Arrived { method: "GET", target: S3_PATH.to_owned(), headers }
}

pub(crate) fn arrived_by_query() -> Arrived {
    let url = presigned_url();
    let target = url.split_once(S3_HOST).expect("it names the host").1.to_owned();
    Arrived { method: "GET", target, headers: vec![("host".to_owned(), S3_HOST.to_owned())] }
}

pub(crate) fn verify_header() -> Job {
    verifying(arrived_by_header(), KEY_ID, true)
}

pub(crate) fn verify_query() -> Job {
    verifying(arrived_by_query(), KEY_ID, true)
}

pub(crate) fn verify_unknown_key() -> Job {
    verifying(arrived_by_header(), "AKIAI44QH8DHBEXAMPLE", false)
}

pub(crate) fn verify_wrong_signature() -> Job {
    let mut arrived = arrived_by_header();
    arrived.target = arrived.target.replace("beach", "bench");
    verifying(arrived, KEY_ID, false)
}

fn verifying(arrived: Arrived, known: &'static str, good: bool) -> Job {
    let rules = ServiceRules::of("s3");
    let keys = KeyRing::new([RingEntry {
        access_key_id: known.to_owned(),
        secret_access_key: Secret::new(SECRET.to_owned()),
        session_token: None,
        expires: None,
    }]);
    let mut room = Room::default();
    Box::new(move || {
        let mut headers = [("", &b""[..]); 4];
        for (place, (name, value)) in headers.iter_mut().zip(&arrived.headers) {
            *place = (name, value.as_bytes());
        }
        let headers = &headers[..arrived.headers.len()];
        let request = Request { method: arrived.method, target: arrived.target.as_bytes(), headers };
        let endpoint = Endpoint::new("s3", Some(REGION), &rules, TIME);
        let caller = verify(black_box(&request), Body::Unread, &endpoint, &keys, &mut room);
        assert_eq!(matches!(caller, Ok(Caller::Signed(_))), good);
        black_box(&caller);
    })
}

pub(crate) fn derive() -> Job {
    let secret = Secret::new(SECRET.to_owned());
    Box::new(move || {
        black_box(SigningKey::derive(black_box(&secret), &Scope::new(TIME, REGION, SERVICE)));
    })
}
