//! TLS: whose certificates are taken, and whose are not.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;

use client::{Proxies, Roots};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::server::{Act, Seen, ok, serve};
use crate::{get, patient, with};

/// Somebody who signs certificates.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    bundle: tempfile::NamedTempFile,
}

pub(crate) struct TlsServer {
    pub(crate) address: SocketAddr,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let mut bundle = tempfile::NamedTempFile::new().unwrap();
        bundle.write_all(b"# a comment before it\n").unwrap();
        bundle.write_all(issuer.pem().as_bytes()).unwrap();
        Self { issuer, bundle }
    }

    pub(crate) fn roots(&self) -> Roots {
        Roots::Bundle(self.bundle.path().to_owned())
    }

    pub(crate) async fn serve(&self, name: &str, act: fn(&str) -> Act) -> TlsServer {
        let serve = move |stream| serve(stream, 0, Arc::new(act), Seen::default());
        TlsServer { address: self.listen(name, &[], serve).await }
    }

    /// Accepts connections as `name` and hands them to `serve`, having said that it speaks `protocols`.
    pub(crate) async fn listen<F>(
        &self,
        name: &str,
        protocols: &[&[u8]],
        serve: impl Fn(TlsStream<TcpStream>) -> F + Send + Sync + 'static,
    ) -> SocketAddr
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let acceptor = TlsAcceptor::from(Arc::new(self.config(name, protocols)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serve = Arc::new(serve);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (acceptor, serve) = (acceptor.clone(), Arc::clone(&serve));
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        serve(stream).await;
                    }
                });
            }
        });
        address
    }

    fn config(&self, name: &str, protocols: &[&[u8]]) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let chain = vec![certificate.der().clone()];
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let mut config = config
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, PrivateKeyDer::Pkcs8(key.serialize_der().into()))
            .unwrap();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        config
    }
}

#[tokio::test]
async fn authority_of_the_bundle_is_trusted_and_no_other() {
    let (ours, other) = (Authority::new(), Authority::new());
    let server = ours.serve("127.0.0.1", |_| ok("private")).await;
    let url = format!("https://{}/", server.address);
    let client = with(Proxies::none(), ours.roots());
    assert_eq!(get(&client, &url, &patient()).await.unwrap().body(), b"private");
    for roots in [other.roots(), Roots::Platform] {
        let error = get(&with(Proxies::none(), roots), &url, &patient()).await.unwrap_err();
        assert!(matches!(error.code(), "tls" | "ca-bundle"), "{}", error.chain());
        assert!(error.hint().contains("AWS_CA_BUNDLE"), "{}", error.hint());
    }
}

#[tokio::test]
async fn certificate_of_another_host_is_refused() {
    let authority = Authority::new();
    let server = authority.serve("other.example", |_| ok("")).await;
    let client = with(Proxies::none(), authority.roots());
    let error = get(&client, &format!("https://{}/", server.address), &patient()).await.unwrap_err();
    assert_eq!(error.code(), "tls");
}

#[tokio::test]
async fn plain_server_on_a_port_for_tls_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    });
    let authority = Authority::new();
    let client = with(Proxies::none(), authority.roots());
    let error = get(&client, &format!("https://{address}/"), &patient()).await.unwrap_err();
    assert_eq!(error.code(), "tls", "{}", error.chain());
}

#[tokio::test]
async fn bundles_without_certificates_are_named() {
    let mut broken = tempfile::NamedTempFile::new().unwrap();
    broken.write_all(b"-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----\n").unwrap();
    let empty = tempfile::NamedTempFile::new().unwrap();
    let missing = std::path::PathBuf::from("/nonexistent/bundle.pem");
    for (path, words) in [
        (broken.path(), "certificate 1: "),
        (empty.path(), "it holds no certificate in PEM form"),
        (missing.as_path(), "does not exist"),
    ] {
        let client = with(Proxies::none(), Roots::Bundle(path.to_owned()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}/", listener.local_addr().unwrap());
        let error = get(&client, &url, &patient()).await.unwrap_err();
        let text = error.chain();
        assert_eq!(error.code(), "ca-bundle", "{text}");
        assert!(text.contains(words) && text.contains(&path.display().to_string()), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}
