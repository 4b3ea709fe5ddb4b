//! TLS on a port where plain HTTP is spoken as well: the first byte tells which.
//!
//! A TLS connection begins with a record of type handshake, 0x16 (RFC 8446 section 5.1), and no request line does. TLS 1.2 and
//! 1.3; HTTP/1.1 by ALPN (RFC 7301).

use std::fmt;
use std::io;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::transport::Transport;

/// How a server proves who it is.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

/// Certificate and key are of no use.
#[derive(Debug, thiserror::Error)]
#[error("TLS cannot be offered with this certificate and key; they must belong together")]
pub struct TlsError(#[source] rustls::Error);

/// How a connection is protected, in the names of CloudTrail's `tlsDetails`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Security {
    /// Such as `TLSv1.3`.
    pub version: &'static str,
    /// Such as `TLS_AES_128_GCM_SHA256`.
    pub cipher_suite: Option<&'static str>,
}

impl Tls {
    /// TLS with the ciphers of `provider`. `chain` begins with the server's own certificate, whose key `key` is.
    pub fn new(
        provider: Arc<CryptoProvider>,
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, TlsError> {
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(TlsError)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(TlsError)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    /// Finds out which of both a client speaks, and shakes hands where it is TLS. The sweep bounds the time it takes.
    pub(crate) async fn open(&self, socket: TcpStream) -> io::Result<Transport> {
        let mut first = [0];
        if socket.peek(&mut first).await? == 1 && first == [HANDSHAKE] {
            return Ok(Transport::Tls(Box::new(self.0.accept(socket).await?)));
        }
        Ok(Transport::Plain(socket))
    }
}

impl Security {
    pub(crate) fn of(transport: &Transport) -> Option<Self> {
        match transport {
            Transport::Plain(_) => None,
            Transport::Tls(stream) => Some(Self::read(stream)),
        }
    }

    fn read(stream: &TlsStream<TcpStream>) -> Self {
        let session = stream.get_ref().1;
        let version = match session.protocol_version() {
            Some(rustls::ProtocolVersion::TLSv1_2) => "TLSv1.2",
            _ => "TLSv1.3",
        };
        let cipher_suite = session.negotiated_cipher_suite().and_then(|suite| suite_name(suite.suite()));
        Self { version, cipher_suite }
    }
}

/// OpenSSL's names, which are CloudTrail's.
fn suite_name(suite: rustls::CipherSuite) -> Option<&'static str> {
    let name = suite.as_str()?;
    Some(match name {
        "TLS13_AES_128_GCM_SHA256" => "TLS_AES_128_GCM_SHA256",
        "TLS13_AES_256_GCM_SHA384" => "TLS_AES_256_GCM_SHA384",
        "TLS13_CHACHA20_POLY1305_SHA256" => "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" => "ECDHE-RSA-AES128-GCM-SHA256",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" => "ECDHE-RSA-AES256-GCM-SHA384",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" => "ECDHE-ECDSA-AES128-GCM-SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" => "ECDHE-ECDSA-AES256-GCM-SHA384",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" => "ECDHE-RSA-CHACHA20-POLY1305",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" => "ECDHE-ECDSA-CHACHA20-POLY1305",
        other => other,
    })
}

/// Without the key.
impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

/// `ContentType` of a record that begins a handshake.
const HANDSHAKE: u8 = 0x16;
