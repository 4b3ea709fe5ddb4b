//! PKCS #7 signed data around an identity document, laid out as on EC2 (RFC 2315, RFC 5652).
//!
//! Outer values have no length but an end mark, the document is inside, the certificate is not, and the signature covers
//! content type, signing time, digest and algorithms (RFC 6211).

use types::Timestamp;

use super::certificate::Certificate;
use super::key::Key;
use super::{der, oid};

/// `ContentInfo` with the signature of `document` in it.
pub(super) fn sign(document: &[u8], signing_time: Timestamp, key: &Key, signer: &Certificate) -> Vec<u8> {
    let digest_algorithms = der::set_of(der::SET, vec![key.digest_algorithm()]);
    let signer_infos = der::set_of(der::SET, vec![signer_info(document, signing_time, key, signer)]);
    let signed_data = [der::integer(&[1]), digest_algorithms, encapsulated(document), signer_infos].concat();
    content_info(oid::SIGNED_DATA, &der::indefinite(der::SEQUENCE, &signed_data))
}

fn signer_info(document: &[u8], signing_time: Timestamp, key: &Key, signer: &Certificate) -> Vec<u8> {
    let attributes = signed_attributes(document, signing_time, key);
    // What is signed is the set; what is sent has the field's tag in its place (RFC 5652 section 5.4).
    let signature = key.sign(&der::set_of(der::SET, attributes.clone()));
    der::sequence(&[
        &der::integer(&[1]),
        &signer.issuer_and_serial,
        &key.digest_algorithm(),
        &der::set_of(der::context_constructed(0), attributes),
        &key.signature_algorithm(),
        &der::tagged(der::OCTET_STRING, &signature),
    ])
}

fn signed_attributes(document: &[u8], signing_time: Timestamp, key: &Key) -> Vec<Vec<u8>> {
    let attribute =
        |kind: &[u64], value: &[u8]| der::sequence(&[&der::oid(kind), &der::tagged(der::SET, value)]);
    // `[1]` takes the place of the sequence's tag, the content stays.
    let mut signature_algorithm = key.signature_algorithm();
    signature_algorithm[0] = der::context_constructed(1);
    vec![
        attribute(oid::CONTENT_TYPE, &der::oid(oid::DATA)),
        attribute(oid::SIGNING_TIME, &der::time(signing_time)),
        attribute(oid::MESSAGE_DIGEST, &der::tagged(der::OCTET_STRING, &key.digest(document))),
        attribute(
            oid::CMS_ALGORITHM_PROTECT,
            &der::sequence(&[&key.digest_algorithm(), &signature_algorithm]),
        ),
    ]
}

/// The document in segments, as its signer on EC2 streams it.
fn encapsulated(document: &[u8]) -> Vec<u8> {
    let segments: Vec<u8> =
        document.chunks(SEGMENT).flat_map(|segment| der::tagged(der::OCTET_STRING, segment)).collect();
    content_info(oid::DATA, &der::indefinite(der::OCTET_STRING_CONSTRUCTED, &segments))
}

fn content_info(kind: &[u64], content: &[u8]) -> Vec<u8> {
    let content = der::indefinite(der::context_constructed(0), content);
    der::indefinite(der::SEQUENCE, &[der::oid(kind), content].concat())
}

/// Bytes in one segment; documents are shorter unless they list many product codes.
const SEGMENT: usize = 1000;
