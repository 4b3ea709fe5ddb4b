//! TLS, set up when the first `https` URL is met.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio_rustls::TlsConnector;

use super::dial::Stream;
use crate::ClientError;

/// Makes the ciphers; the program names whose.
pub type TlsProvider = fn() -> CryptoProvider;

/// Whose certificates are trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Roots {
    /// Those of the operating system.
    #[default]
    Platform,
    /// Those of a file in PEM, and no others: `AWS_CA_BUNDLE`.
    Bundle(PathBuf),
}

/// What is offered to a host that speaks TLS (RFC 7301).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocols {
    /// HTTP/2, else HTTP/1.1.
    Any,
    Http1,
}

/// An encrypted stream, and what the host has chosen to speak in it.
pub(super) struct Encrypted {
    pub(super) stream: Box<dyn Stream>,
    pub(super) is_h2: bool,
}

/// Not set up until it is needed: reading the system's certificates takes milliseconds.
pub(super) struct Tls {
    provider: TlsProvider,
    roots: Roots,
    config: OnceLock<Arc<ClientConfig>>,
}

impl Tls {
    pub(super) fn new(provider: TlsProvider, roots: Roots) -> Self {
        Self { provider, roots, config: OnceLock::new() }
    }

    /// A stream in which everything is encrypted for `host`.
    pub(super) async fn over(
        &self,
        stream: Box<dyn Stream>,
        host: &str,
        from: &str,
        protocols: Protocols,
    ) -> Result<Encrypted, ClientError> {
        let failed = |source| ClientError::Tls { origin: from.to_owned(), source };
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| failed(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
        let offered = match protocols {
            Protocols::Any => vec![H2.to_vec(), HTTP_1.to_vec()],
            Protocols::Http1 => vec![HTTP_1.to_vec()],
        };
        let connector = TlsConnector::from(self.config()?);
        let stream = connector.with_alpn(offered).connect(name, stream).await.map_err(failed)?;
        let is_h2 = stream.get_ref().1.alpn_protocol() == Some(H2);
        Ok(Encrypted { stream: Box::new(stream), is_h2 })
    }

    /// Two that come at once may both set it up; one set is kept.
    fn config(&self) -> Result<Arc<ClientConfig>, ClientError> {
        if let Some(config) = self.config.get() {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(self.set_up()?);
        Ok(Arc::clone(self.config.get_or_init(|| config)))
    }

    fn set_up(&self) -> Result<ClientConfig, ClientError> {
        let failed = |error: rustls::Error| ClientError::Roots { path: None, what: error.to_string() };
        let builder = ClientConfig::builder_with_provider(Arc::new((self.provider)()));
        let builder = builder.with_safe_default_protocol_versions().map_err(failed)?;
        let builder = match &self.roots {
            Roots::Platform => builder.with_platform_verifier().map_err(failed)?,
            Roots::Bundle(path) => builder.with_root_certificates(bundle(path)?),
        };
        Ok(builder.with_no_client_auth())
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tls").field(&self.roots).finish()
    }
}

fn bundle(path: &std::path::Path) -> Result<RootCertStore, ClientError> {
    let unusable = |what: String| ClientError::Roots { path: Some(path.display().to_string()), what };
    let pem = sys::fs::read(path, MAX_BUNDLE).map_err(|error| unusable(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    for (index, certificate) in CertificateDer::pem_slice_iter(&pem).enumerate() {
        let broken = |error: &dyn fmt::Display| unusable(format!("certificate {}: {error}", index + 1));
        let certificate = certificate.map_err(|error| broken(&error))?;
        roots.add(certificate).map_err(|error| broken(&error))?;
    }
    if roots.is_empty() {
        return Err(unusable("it holds no certificate in PEM form".to_owned()));
    }
    Ok(roots)
}

const H2: &[u8] = b"h2";
const HTTP_1: &[u8] = b"http/1.1";
/// Mozilla's whole list is a quarter of a megabyte.
const MAX_BUNDLE: usize = 16 << 20;
