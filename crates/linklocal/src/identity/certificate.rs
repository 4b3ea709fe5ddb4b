//! X.509 version 3 certificates of the authority and its signers (RFC 5280).
//!
//! A certificate follows from its key alone: serial number and names are made of the key, and it is valid at any time,
//! because verifiers compare the signing time, which is the instance's launch, with it, and launch times can be set.

use sha2::{Digest, Sha256};
use types::Timestamp;

use super::key::Key;
use super::{der, oid};

/// A certificate and what refers to it.
pub(super) struct Certificate {
    pub(super) der: Vec<u8>,
    /// `IssuerAndSerialNumber` (RFC 5652 section 10.2.4)
    pub(super) issuer_and_serial: Vec<u8>,
}

/// The certificate that `authority` gives itself.
pub(super) fn root(authority: &Key) -> Certificate {
    let key_id = key_id(&authority.public_key_der());
    let extensions = [
        extension(oid::BASIC_CONSTRAINTS, true, &der::sequence(&[der::TRUE])),
        // Bits 5 and 6: keyCertSign and cRLSign.
        extension(oid::KEY_USAGE, true, &[0x03, 0x02, 0x01, 0x06]),
        extension(oid::SUBJECT_KEY_IDENTIFIER, false, &der::tagged(der::OCTET_STRING, &key_id)),
    ];
    issue(authority, authority, &authority_name(authority), &extensions)
}

/// The certificate by which `authority` vouches for `signer`, named `role`.
pub(super) fn signer(authority: &Key, signer: &Key, role: &str) -> Certificate {
    let (issuer_id, key_id) = (key_id(&authority.public_key_der()), key_id(&signer.public_key_der()));
    let authority_id = der::sequence(&[&der::tagged(der::context(0), &issuer_id)]);
    let extensions = [
        extension(oid::BASIC_CONSTRAINTS, true, &der::sequence(&[])),
        // Bit 0: digitalSignature.
        extension(oid::KEY_USAGE, true, &[0x03, 0x02, 0x07, 0x80]),
        extension(oid::SUBJECT_KEY_IDENTIFIER, false, &der::tagged(der::OCTET_STRING, &key_id)),
        extension(oid::AUTHORITY_KEY_IDENTIFIER, false, &authority_id),
    ];
    issue(authority, signer, &name(&format!("linklocal {role} {}", hex(&key_id[..4]))), &extensions)
}

fn issue(authority: &Key, holder: &Key, subject: &[u8], extensions: &[Vec<u8>]) -> Certificate {
    let public_key = holder.public_key_der();
    let issuer = authority_name(authority);
    let serial = serial_number(&public_key);
    let algorithm = authority.signature_algorithm();
    let version = der::tagged(der::context_constructed(0), &der::integer(&[2]));
    let validity = der::sequence(&[&der::time(Timestamp::EPOCH), &der::time(Timestamp::MAX)]);
    let extensions =
        der::tagged(der::context_constructed(3), &der::tagged(der::SEQUENCE, &extensions.concat()));
    let body = der::sequence(&[
        &version,
        &serial,
        &algorithm,
        &issuer,
        &validity,
        subject,
        &public_key,
        &extensions,
    ]);
    let signature = der::bit_string(&authority.sign(&body));
    Certificate {
        der: der::sequence(&[&body, &algorithm, &signature]),
        issuer_and_serial: der::sequence(&[&issuer, &serial]),
    }
}

/// The authority's name, with the installation's fingerprint. As long as the issuer's name in EC2's certificates, 94
/// bytes, so that `pkcs7` and `rsa2048` have EC2's lengths.
fn authority_name(authority: &Key) -> Vec<u8> {
    name(&format!("linklocal CA {}", hex(&key_id(&authority.public_key_der())[..10])))
}

fn name(common_name: &str) -> Vec<u8> {
    let attribute = |kind: &[u64], text: &str| {
        let pair = der::sequence(&[&der::oid(kind), &der::printable_string(text)]);
        der::tagged(der::SET, &pair)
    };
    der::sequence(&[
        &attribute(oid::ORGANIZATION, "linklocal"),
        &attribute(oid::ORGANIZATIONAL_UNIT, "Instance identity"),
        &attribute(oid::COMMON_NAME, common_name),
    ])
}

fn extension(kind: &[u64], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { der::TRUE } else { &[] };
    der::sequence(&[&der::oid(kind), critical, &der::tagged(der::OCTET_STRING, value)])
}

/// A serial number of nine bytes like EC2's: 64 bits, the first of them set. Another key has another number.
fn serial_number(public_key: &[u8]) -> Vec<u8> {
    let mut digits = Sha256::digest(public_key)[..8].to_vec();
    digits[0] |= 0x80;
    der::integer(&digits)
}

/// The key identifier of RFC 7093 section 2, method 4: the first 160 bits of SHA-256 over `SubjectPublicKeyInfo`.
fn key_id(public_key: &[u8]) -> [u8; 20] {
    let digest = Sha256::digest(public_key);
    digest[..20].try_into().expect("a SHA-256 digest has 32 bytes")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
