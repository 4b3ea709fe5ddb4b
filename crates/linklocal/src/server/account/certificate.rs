//! The certificate that HTTPS at the account's endpoints shows.
//!
//! Rule: the installation's authority is made once and kept; `ca.pem` is what clients trust (`AWS_CA_BUNDLE`). The certificate
//! itself is made anew at each start, for a year, for this machine's own names and for the addresses that are listened on.
//! Source: RFC 5280.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, NameConstraints, date_time_ymd,
};
use sys::fs::ReadError;
use types::{Secret, Timestamp};
use zeroize::Zeroizing;

use crate::failure::Failure;

/// A certificate with its key, and who signed it.
#[derive(Debug)]
pub(super) struct Identity {
    /// DER, the certificate alone: clients have the authority's.
    pub(super) certificate: Vec<u8>,
    /// PKCS #8 in DER.
    pub(super) key: Secret<Vec<u8>>,
    /// Where the authority's certificate lies.
    pub(super) authority: PathBuf,
}

impl Identity {
    /// A certificate for `addresses`, signed by the authority in `directory`, which is made where there is none.
    pub(super) fn load_or_create(
        directory: &Path,
        addresses: &[SocketAddr],
        now: Timestamp,
    ) -> Result<Self, Failure> {
        sys::fs::private_directory(directory).map_err(|error| Failure::of(&error))?;
        let authority = authority(directory, now)?;
        let key = KeyPair::generate().map_err(unmade)?;
        let certificate = leaf(addresses, now)?.signed_by(&key, &authority).map_err(unmade)?;
        Ok(Self {
            certificate: certificate.der().to_vec(),
            key: Secret::new(key.serialize_der()),
            authority: directory.join(CERTIFICATE),
        })
    }
}

/// The authority in `directory`. Of two servers that come first together, one makes it and both have it.
fn authority(directory: &Path, now: Timestamp) -> Result<Issuer<'static, KeyPair>, Failure> {
    let path = directory.join(KEY);
    let (text, is_new) = match read(&path)? {
        Some(text) => (text, false),
        None => made(&path)?,
    };
    let key = KeyPair::from_pem(&text).map_err(|error| {
        Failure::new(format!("{} holds no key: {error}", path.display()))
            .hint("bring it back from a backup, or remove it to start with a new authority")
    })?;
    let certificate = directory.join(CERTIFICATE);
    // One that is there stays: clients may hold copies of it.
    if is_new || !certificate.exists() {
        let text = authority_params(now)?.self_signed(&key).map_err(unmade)?.pem();
        sys::fs::replace(&certificate, text.as_bytes(), 0o644).map_err(|error| Failure::of(&error))?;
    }
    Ok(Issuer::new(authority_params(now)?, key))
}

/// A new key, and whether it is ours: somebody else may have been quicker.
fn made(path: &Path) -> Result<(Zeroizing<String>, bool), Failure> {
    let made = Zeroizing::new(KeyPair::generate().map_err(unmade)?.serialize_pem());
    if sys::fs::create(path, made.as_bytes(), 0o600).map_err(|error| Failure::of(&error))? {
        return Ok((made, true));
    }
    let theirs = read(path)?;
    theirs.map(|text| (text, false)).ok_or_else(|| Failure::new(format!("{} is gone again", path.display())))
}

fn authority_params(now: Timestamp) -> Result<CertificateParams, Failure> {
    let mut params = CertificateParams::new(Vec::new()).map_err(unmade)?;
    params.distinguished_name.push(DnType::CommonName, "linklocal authority of this installation");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    // Whoever trusts it for more than these endpoints trusts it with no other name (RFC 5280 section 4.2.1.10).
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![
            GeneralSubtree::DnsName("localhost".to_owned()),
            GeneralSubtree::IpAddress(CidrSubnet::V4([0; 4], [0; 4])),
            GeneralSubtree::IpAddress(CidrSubnet::V6([0; 16], [0; 16])),
        ],
        excluded_subtrees: Vec::new(),
    });
    let (year, month) = month_of(now);
    params.not_before = date_time_ymd(year, month, 1);
    params.not_after = date_time_ymd(year + 20, month, 1);
    Ok(params)
}

fn leaf(addresses: &[SocketAddr], now: Timestamp) -> Result<CertificateParams, Failure> {
    let own = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let listened = addresses.iter().filter(|address| !address.ip().is_unspecified());
    let mut names: Vec<String> =
        own.into_iter().chain(listened.map(|address| address.ip().to_string())).collect();
    names.sort();
    names.dedup();
    let mut params = CertificateParams::new(names).map_err(unmade)?;
    params.distinguished_name.push(DnType::CommonName, "linklocal");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let (year, month) = month_of(now);
    // The first day of the month: clocks that lag by hours take it.
    params.not_before = date_time_ymd(year, month, 1);
    params.not_after = date_time_ymd(year + 1, month, 28);
    Ok(params)
}

fn month_of(now: Timestamp) -> (i32, u8) {
    let text = now.to_string();
    let year = text.get(0..4).and_then(|digits| digits.parse().ok());
    let month = text.get(5..7).and_then(|digits| digits.parse().ok());
    (year.unwrap_or(2026), month.unwrap_or(1))
}

fn read(path: &Path) -> Result<Option<Zeroizing<String>>, Failure> {
    match sys::fs::read_text(path, LIMIT) {
        Ok(text) => Ok(Some(Zeroizing::new(text))),
        Err(ReadError::NotFound { .. }) => Ok(None),
        Err(error) => Err(Failure::of(&error)),
    }
}

fn unmade(error: rcgen::Error) -> Failure {
    Failure::new(format!("a certificate for HTTPS cannot be made: {error}"))
}

const KEY: &str = "ca-key.pem";
const CERTIFICATE: &str = "ca.pem";
/// A key of P-256 in PEM takes about 240 bytes.
const LIMIT: usize = 16 * 1024;
