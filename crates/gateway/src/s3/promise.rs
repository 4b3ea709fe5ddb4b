//! What a request says of the body that follows its head: how long it is, and which digests it has.
//!
//! Rule: all that is said is held to, and what cannot be read is refused before a byte of the body is. Source: suites/aws-recorded;
//! facts/account.md section 1.5; S3 User Guide, "Checking object integrity".

use account::ServiceError;
use account::s3::refusal;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, header};
use objects::{Body, ChecksumAlgorithm};
use sigv4::chunks::Trailer;

use crate::authenticate::BodyPlan;

/// What is said of a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Promise {
    /// Bytes of data; `None` where nothing says so.
    pub(crate) length: Option<u64>,
    /// As sent.
    md5: Option<String>,
    checksum: Option<PromisedChecksum>,
    /// The hash that was signed, or stated, and as the request bears it.
    sha256: Option<([u8; 32], String)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct PromisedChecksum {
    algorithm: ChecksumAlgorithm,
    /// In the head; `None` where it comes after the body.
    value: Option<String>,
}

impl Promise {
    /// Reads it from a head. `declared` is the length that HTTP says.
    ///
    /// # Errors
    /// In S3's words.
    pub(crate) fn read(
        headers: &HeaderMap,
        plan: &BodyPlan,
        declared: Option<u64>,
    ) -> Result<Self, ServiceError> {
        let (length, sha256) = match plan {
            BodyPlan::Plain { sha256 } => (declared, sha256.clone()),
            BodyPlan::Chunked { decoded, .. } => (Some(*decoded), None),
        };
        Ok(Self { length, md5: md5(headers)?, checksum: checksum(headers)?, sha256 })
    }

    /// The checksum that the client chose.
    pub(crate) fn algorithm(&self) -> Option<ChecksumAlgorithm> {
        self.checksum.as_ref().map(|checksum| checksum.algorithm)
    }

    /// What must be computed to hold the body to it, beside `kept`.
    pub(crate) fn algorithms(&self, kept: Option<ChecksumAlgorithm>) -> Vec<ChecksumAlgorithm> {
        let signed = self.sha256.is_some().then_some(ChecksumAlgorithm::Sha256);
        let mut wanted: Vec<_> = [self.algorithm(), kept, signed].into_iter().flatten().collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted
    }

    /// Holds the body to it.
    ///
    /// # Errors
    /// The body is another: in S3's words.
    pub(crate) fn check(&self, body: &Body, trailer: &Trailer) -> Result<(), ServiceError> {
        let computed = |algorithm| match algorithm {
            ChecksumAlgorithm::Md5 => Some(STANDARD.encode(body.md5())),
            other => body.checksum(other).map(str::to_owned),
        };
        self.hold(body.size(), &computed, trailer)
    }

    /// The same, of a body that is a document.
    ///
    /// # Errors
    /// The body is another: in S3's words.
    pub(crate) fn check_document(&self, document: &[u8], trailer: &Trailer) -> Result<(), ServiceError> {
        self.hold(document.len() as u64, &|algorithm| Some(algorithm.of(document)), trailer)
    }

    /// What is said of a checksum in this head is said of something else.
    pub(crate) fn without_checksum(self) -> Self {
        Self { checksum: None, ..self }
    }

    fn hold(
        &self,
        size: u64,
        computed: &dyn Fn(ChecksumAlgorithm) -> Option<String>,
        trailer: &Trailer,
    ) -> Result<(), ServiceError> {
        self.check_length(size)?;
        self.check_sha256(computed)?;
        self.check_md5(computed)?;
        let Some(PromisedChecksum { algorithm, value }) = &self.checksum else { return Ok(()) };
        let name = header_name(*algorithm);
        let said = value.as_deref().or_else(|| trailer.get(&name));
        let said = said.filter(|value| algorithm.accepts(value)).ok_or_else(|| invalid(&name))?;
        if computed(*algorithm).as_deref() == Some(said) { Ok(()) } else { Err(bad_digest(*algorithm)) }
    }

    fn check_length(&self, received: u64) -> Result<(), ServiceError> {
        match self.length {
            Some(promised) if promised != received => {
                let message =
                    "You did not provide the number of bytes specified by the Content-Length HTTP header";
                Err(ServiceError::new("IncompleteBody", 400, message)
                    .with_extra("NumberBytesExpected", promised.to_string())
                    .with_extra("NumberBytesProvided", received.to_string()))
            }
            _ => Ok(()),
        }
    }

    fn check_sha256(
        &self,
        computed: &dyn Fn(ChecksumAlgorithm) -> Option<String>,
    ) -> Result<(), ServiceError> {
        let Some((signed, sent)) = &self.sha256 else { return Ok(()) };
        let computed = computed(ChecksumAlgorithm::Sha256).and_then(|value| STANDARD.decode(value).ok());
        let computed = computed.unwrap_or_default();
        if computed == signed {
            return Ok(());
        }
        let message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
        Err(ServiceError::new("XAmzContentSHA256Mismatch", 400, message)
            .with_extra("ClientComputedContentSHA256", sent.as_str())
            .with_extra("S3ComputedContentSHA256", hex(&computed)))
    }

    fn check_md5(&self, computed: &dyn Fn(ChecksumAlgorithm) -> Option<String>) -> Result<(), ServiceError> {
        let Some(sent) = &self.md5 else { return Ok(()) };
        let calculated = computed(ChecksumAlgorithm::Md5).unwrap_or_default();
        if calculated == *sent {
            return Ok(());
        }
        let message = "The Content-MD5 you specified did not match what we received.";
        Err(ServiceError::new("BadDigest", 400, message)
            .with_extra("ExpectedDigest", hex(&STANDARD.decode(sent).unwrap_or_default()))
            .with_extra("CalculatedDigest", calculated))
    }
}

/// `x-amz-checksum-` and the algorithm in lower case.
pub(crate) fn header_name(algorithm: ChecksumAlgorithm) -> String {
    format!("x-amz-checksum-{}", algorithm.as_str().to_ascii_lowercase())
}

pub(crate) fn bad_digest(algorithm: ChecksumAlgorithm) -> ServiceError {
    let message = format!("The {algorithm} you specified did not match the calculated checksum.");
    ServiceError::new("BadDigest", 400, message)
}

fn md5(headers: &HeaderMap) -> Result<Option<String>, ServiceError> {
    let Some(sent) = headers.get(&CONTENT_MD5) else { return Ok(None) };
    let sent = String::from_utf8_lossy(sent.as_bytes()).trim().to_owned();
    if STANDARD.decode(&sent).is_ok_and(|digest| digest.len() == 16) {
        return Ok(Some(sent));
    }
    let message = "The Content-MD5 you specified was invalid.";
    Err(ServiceError::new("InvalidDigest", 400, message).with_extra("Content-MD5", sent))
}

fn checksum(headers: &HeaderMap) -> Result<Option<PromisedChecksum>, ServiceError> {
    let mut said: Vec<PromisedChecksum> = Vec::new();
    for algorithm in ChecksumAlgorithm::ALL {
        let name = header_name(algorithm);
        if let Some(value) = headers.get(&name) {
            let value = str::from_utf8(value.as_bytes()).unwrap_or_default().trim();
            if !algorithm.accepts(value) {
                return Err(invalid(&name));
            }
            said.push(PromisedChecksum { algorithm, value: Some(value.to_owned()) });
        }
        if announces(headers, &name) {
            said.push(PromisedChecksum { algorithm, value: None });
        }
    }
    if said.len() > 1 {
        let message = "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.";
        return Err(refusal::invalid_request(message));
    }
    let said = said.pop();
    named(headers, said.as_ref())?;
    Ok(said)
}

/// SDKs name the algorithm once more.
fn named(headers: &HeaderMap, said: Option<&PromisedChecksum>) -> Result<(), ServiceError> {
    let Some(name) = headers.get(&SDK_ALGORITHM) else { return Ok(()) };
    let name = String::from_utf8_lossy(name.as_bytes());
    let Ok(algorithm) = name.trim().parse::<ChecksumAlgorithm>() else {
        return Err(invalid(SDK_ALGORITHM.as_str()));
    };
    match said {
        Some(said) if said.algorithm == algorithm => Ok(()),
        Some(_) => Err(invalid(SDK_ALGORITHM.as_str())),
        None => Err(refusal::invalid_request(
            "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers \
             were found.",
        )),
    }
}

fn announces(headers: &HeaderMap, name: &str) -> bool {
    let values = headers.get_all(&TRAILER).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|announced| announced.trim().eq_ignore_ascii_case(name))
}

fn invalid(header: &str) -> ServiceError {
    refusal::invalid_request(format!("Value for {header} header is invalid."))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        text.push_str(&format!("{byte:02x}"));
        text
    })
}

const CONTENT_MD5: HeaderName = HeaderName::from_static("content-md5");
const SDK_ALGORITHM: HeaderName = HeaderName::from_static("x-amz-sdk-checksum-algorithm");
const TRAILER: HeaderName = HeaderName::from_static("x-amz-trailer");

/// That a body of whatever length follows must be said, as of an upload.
///
/// # Errors
/// In S3's words.
pub(crate) fn check_framing(headers: &HeaderMap, promise: &Promise) -> Result<(), ServiceError> {
    if promise.length.is_some() && (headers.contains_key(header::CONTENT_LENGTH) || !is_plain(headers)) {
        return Ok(());
    }
    if headers.contains_key(header::TRANSFER_ENCODING) {
        return Err(refusal::not_implemented("Transfer-Encoding"));
    }
    let message = "You must provide the Content-Length HTTP header.";
    Err(ServiceError::new("MissingContentLength", 411, message))
}

fn is_plain(headers: &HeaderMap) -> bool {
    !headers.contains_key("x-amz-decoded-content-length")
}
