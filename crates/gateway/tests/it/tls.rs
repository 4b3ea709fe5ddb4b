//! HTTP in plain and over TLS at one port.

use std::sync::Arc;
use std::time::Duration;

use net::{Limits, Tls};
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::client::Client;
use crate::draft::Draft;
use crate::world::{WHO, World, patient};

struct Secure {
    world: World,
    certificate: CertificateDer<'static>,
}

impl Secure {
    fn new(limits: Limits) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
        let certificate = certificate.der().clone();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let tls = Tls::new(provider(), vec![certificate.clone()], key).unwrap();
        Self { world: World::with(limits, Some(tls)), certificate }
    }

    async fn connect(&self, versions: &[&'static SupportedProtocolVersion]) -> Client<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let mut config = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let socket = TcpStream::connect(self.world.address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TlsConnector::from(Arc::new(config)).connect(name, socket).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        Client::over(stream)
    }
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

#[tokio::test]
async fn both_are_spoken_at_one_port_and_records_tell_which() {
    let secure = Secure::new(patient());
    let world = &secure.world;
    let bytes = world.form("sts", WHO).signed().bytes();
    assert_eq!(world.send_bytes(&bytes).await.status, 200);
    assert!(!world.calls.last().is_secure);
    for versions in [&[&rustls::version::TLS13][..], &[&rustls::version::TLS12]] {
        let mut client = secure.connect(versions).await;
        for _ in 0..3 {
            client.write(&bytes).await;
            assert_eq!(client.read().await.status, 200);
            assert!(world.calls.last().is_secure);
        }
    }
    let shown = world.calls.last().shown;
    assert!(shown.contains("TLSv1.2") && shown.contains("ECDHE-ECDSA-AES"), "{shown}");
}

#[tokio::test]
async fn policies_see_whether_a_request_came_over_tls() {
    let secure = Secure::new(patient());
    let world = &secure.world;
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*",
        "Condition":{"Bool":{"aws:SecureTransport":"true"}}}}"#;
    let put = format!(
        "Action=PutUserPolicy&Version=2010-05-08&UserName=nobody&PolicyName=p&PolicyDocument={}",
        escaped(policy)
    );
    let reply = world.send(&world.form("iam", &put).signed()).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let draft = world.form_by_nobody("iam", "Action=ListUsers&Version=2010-05-08").signed();
    assert_eq!(world.send(&draft).await.status, 403);
    let mut client = secure.connect(&[&rustls::version::TLS13]).await;
    client.write(&draft.bytes()).await;
    assert_eq!(client.read().await.status, 200);
}

/// The key is not there where there is no TLS, so that a policy that denies old versions lets plain requests be.
#[tokio::test]
async fn policies_of_buckets_see_which_tls_it_is() {
    let secure = Secure::new(patient());
    let world = &secure.world;
    let to_s3 = |method, target: &str| {
        let form = world.form("s3", "");
        let headers = form.headers.iter().filter(|(name, _)| name == "host").cloned().collect();
        Draft { method, target: target.to_owned(), headers, region: "us-east-1".to_owned(), ..form }
    };
    assert_eq!(world.send(&to_s3("PUT", "/bucket").signed()).await.status, 200);
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*",
        "Resource":["arn:aws:s3:::bucket","arn:aws:s3:::bucket/*"],"Condition":{"NumericLessThan":{"s3:TlsVersion":1.3}}}}"#;
    let sum = objects::ChecksumAlgorithm::Sha256.of(policy.as_bytes());
    let put = to_s3("PUT", "/bucket?policy").with("x-amz-checksum-sha256", &sum).saying(policy).signed();
    assert_eq!(world.send(&put).await.status, 204);
    let delete = "<Delete><Object><Key>k</Key></Object></Delete>";
    let sum = objects::ChecksumAlgorithm::Sha256.of(delete.as_bytes());
    let delete = to_s3("POST", "/bucket?delete").with("x-amz-checksum-sha256", &sum).saying(delete).signed();
    let list = to_s3("GET", "/bucket?list-type=2").signed();
    assert_eq!(world.send(&list).await.status, 200);
    let versions = [&rustls::version::TLS12, &rustls::version::TLS13];
    for (version, status, says) in [(versions[0], 403, "AccessDenied"), (versions[1], 200, "<Deleted>")] {
        let mut client = secure.connect(&[version]).await;
        client.write(&list.bytes()).await;
        assert_eq!(client.read().await.status, status);
        client.write(&delete.bytes()).await;
        let reply = client.read().await;
        assert!(reply.status == 200 && reply.body.contains(says), "{reply:?}");
    }
}

#[tokio::test]
async fn long_answers_come_whole() {
    let secure = Secure::new(patient());
    let world = &secure.world;
    let mut client = secure.connect(&[&rustls::version::TLS13]).await;
    client
        .write(
            &world.form("iam", "Action=GetAccountAuthorizationDetails&Version=2010-05-08").signed().bytes(),
        )
        .await;
    let reply = client.read().await;
    assert!(
        reply.status == 200 && reply.body.ends_with("</GetAccountAuthorizationDetailsResponse>"),
        "{reply:?}"
    );
}

#[tokio::test]
async fn a_handshake_that_is_none_takes_no_seat_for_long() {
    let secure = Secure::new(Limits { head: Duration::from_millis(300), ..patient() });
    let world = &secure.world;
    let mut silent = world.connect().await;
    assert!(silent.is_at_end().await, "nothing was said");
    let mut half = world.connect().await;
    half.write(&[0x16, 3, 1, 2, 0]).await;
    assert!(half.is_at_end().await, "a record that does not end");
    let mut client = world.connect().await;
    client.write(&[&[0x16, 3, 1, 0, 4][..], b"junk"].concat()).await;
    let mut stream = Vec::new();
    drop(std::mem::replace(&mut client, world.connect().await));
    stream.push(0);
    while world.gateway.connections().open() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.send(&world.form("sts", WHO).signed()).await.status, 200);
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
