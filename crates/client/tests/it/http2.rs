//! HTTP/2: chosen by the host, shared by all who ask, left when it goes away.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use client::{Body, Client, Http1, Proxies, Signer};
use h2::server::{Connection, SendResponse};
use h2::{Reason, RecvStream};
use http::{Request, Response, Version};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use types::Secret;

use crate::server::ok;
use crate::tls::Authority;
use crate::{patient, with};

/// What the server does about a request, by its path and the connection's number.
type Act = fn(&str, usize) -> Deed;

enum Deed {
    Fine,
    /// Everything in the body, back.
    Echo,
    /// 403 without a look at the body.
    Refuse,
    Reset(Reason),
    /// An answer, and no more requests on this connection.
    FineAndGoAway,
}

struct Server {
    address: SocketAddr,
    authority: Authority,
    connections: Arc<AtomicUsize>,
    seen: Arc<Mutex<Vec<Request<()>>>>,
}

impl Server {
    async fn start(act: Act) -> Self {
        let authority = Authority::new();
        let connections = Arc::<AtomicUsize>::default();
        let seen = Arc::<Mutex<Vec<Request<()>>>>::default();
        let (count, kept) = (Arc::clone(&connections), Arc::clone(&seen));
        let address = authority
            .listen("127.0.0.1", &[b"h2", b"http/1.1"], move |stream| {
                let number = count.fetch_add(1, Ordering::SeqCst);
                serve(stream, number, act, Arc::clone(&kept))
            })
            .await;
        Self { address, authority, connections, seen }
    }

    fn client(&self) -> Client {
        with(Proxies::none(), self.authority.roots())
    }

    fn url(&self, path: &str) -> String {
        format!("https://{}{path}", self.address)
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    fn paths(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|request| request.uri().path().to_owned()).collect()
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    number: usize,
    act: Act,
    seen: Arc<Mutex<Vec<Request<()>>>>,
) {
    let mut connection: Connection<_, Bytes> = h2::server::handshake(stream).await.unwrap();
    while let Some(Ok((request, respond))) = connection.accept().await {
        let (head, body) = request.into_parts();
        let path = head.uri.path().to_owned();
        seen.lock().unwrap().push(Request::from_parts(head, ()));
        let deed = act(&path, number);
        if let Deed::FineAndGoAway = deed {
            connection.graceful_shutdown();
        }
        tokio::spawn(answer(deed, body, respond));
    }
}

async fn answer(deed: Deed, mut body: RecvStream, mut respond: SendResponse<Bytes>) -> Option<()> {
    let fine = Response::new(());
    match deed {
        Deed::Reset(reason) => respond.send_reset(reason),
        Deed::Echo => {
            let mut sent = respond.send_response(fine, false).ok()?;
            while let Some(piece) = body.data().await {
                let piece = piece.ok()?;
                body.flow_control().release_capacity(piece.len()).ok()?;
                sent.send_data(piece, false).ok()?;
            }
            sent.send_data(Bytes::new(), true).ok()?;
        }
        Deed::Refuse => {
            let refusal = Response::builder().status(403).body(()).unwrap();
            respond.send_response(refusal, false).ok()?.send_data("no".into(), true).ok()?;
        }
        _ => respond.send_response(fine, false).ok()?.send_data("ok".into(), true).ok()?,
    }
    Some(())
}

fn ask(method: &str, url: &str, body: impl Into<Body>) -> Request<Body> {
    Request::builder().method(method).uri(url).body(body.into()).unwrap()
}

async fn answered(client: &Client, request: Request<Body>) -> (Version, u16, Vec<u8>) {
    let answer = client.stream(request, &patient()).await.unwrap();
    let version = answer.version();
    let answer = answer.collect(10 << 20).await.unwrap();
    (version, answer.status(), answer.body().to_vec())
}

#[tokio::test]
async fn hundred_at_once_share_one_connection() {
    let server = Server::start(|_, _| Deed::Fine).await;
    let client = server.client();
    let mut asked = tokio::task::JoinSet::new();
    for number in 0..100 {
        let (client, url) = (client.clone(), server.url(&format!("/{number}")));
        asked.spawn(async move { answered(&client, ask("GET", &url, "")).await });
    }
    for answer in asked.join_all().await {
        assert_eq!(answer, (Version::HTTP_2, 200, b"ok".to_vec()));
    }
    assert_eq!((server.connections(), server.paths().len()), (1, 100));
}

#[tokio::test]
async fn host_that_speaks_http_1_only_is_spoken_to_in_it() {
    let authority = Authority::new();
    let old = authority.serve("127.0.0.1", |_| ok("old")).await;
    let client = with(Proxies::none(), authority.roots());
    let request = ask("GET", &format!("https://{}/", old.address), "");
    assert_eq!(answered(&client, request).await, (Version::HTTP_11, 200, b"old".to_vec()));
}

/// The first finds out what the host speaks; the others do not wait for one another after that.
#[tokio::test]
async fn connections_to_a_host_of_http_1_are_made_side_by_side() {
    let authority = Authority::new();
    let all_here = Arc::new(tokio::sync::Barrier::new(5));
    let first = Arc::<AtomicUsize>::default();
    let address = authority
        .listen("127.0.0.1", &[], move |mut stream| {
            let (all_here, number) = (Arc::clone(&all_here), first.fetch_add(1, Ordering::SeqCst));
            async move {
                crate::server::read(&mut stream).await;
                // Nobody is answered before the other four have come.
                if number > 0 {
                    all_here.wait().await;
                }
                stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nold").await.unwrap();
                let _ = stream.shutdown().await;
            }
        })
        .await;
    let client = with(Proxies::none(), authority.roots());
    let mut asked = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (client, url) = (client.clone(), format!("https://{address}/"));
        asked.spawn(async move { answered(&client, ask("GET", &url, "")).await.2 });
    }
    assert_eq!(asked.join_all().await, vec![b"old".to_vec(); 6]);
}

#[tokio::test]
async fn http_1_is_spoken_where_it_is_asked_for() {
    let authority = Authority::new();
    let offered = Arc::<Mutex<Vec<bool>>>::default();
    let kept = Arc::clone(&offered);
    let address = authority
        .listen("127.0.0.1", &[b"h2", b"http/1.1"], move |stream| {
            let is_old = stream.get_ref().1.alpn_protocol() == Some(b"http/1.1");
            kept.lock().unwrap().push(is_old);
            crate::server::serve(stream, 0, Arc::new(|_: &str| ok("old")), Arc::default())
        })
        .await;
    let client = with(Proxies::none(), authority.roots());
    let mut request = ask("GET", &format!("https://{address}/"), "");
    request.extensions_mut().insert(Http1);
    assert_eq!(answered(&client, request).await.0, Version::HTTP_11);
    assert_eq!(*offered.lock().unwrap(), [true]);
}

#[tokio::test]
async fn authority_is_the_host_that_was_signed() {
    let server = Server::start(|_, _| Deed::Fine).await;
    let secret = Secret::new("s3cret".to_owned());
    let signer = Signer {
        access_key_id: "AKIDEXAMPLE",
        secret_access_key: &secret,
        session_token: None,
        region: "eu-west-1",
        service: "sts",
        time: "2026-11-21T08:22:00Z".parse().unwrap(),
    };
    for host in [None, Some("sts.amazonaws.com"), Some("sts.amazonaws.com:443")] {
        let mut request = ask("POST", &server.url("/?a=b"), "Action=GetCallerIdentity");
        if let Some(host) = host {
            request.headers_mut().insert("host", host.parse().unwrap());
        }
        signer.sign(&mut request).await.unwrap();
        answered(&server.client(), request).await;
        let seen = server.seen.lock().unwrap().pop().unwrap();
        let address = server.address.to_string();
        assert_eq!(seen.uri().authority().unwrap().as_str(), host.unwrap_or(&address));
        assert_eq!(seen.headers().get("host"), None);
        let headers: HashMap<&str, &[u8]> =
            seen.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let scope = sigv4::Scope::new(signer.time, "eu-west-1", "sts");
        let params = sigv4::SigningParams {
            access_key_id: "AKIDEXAMPLE",
            session_token: None,
            key: &sigv4::SigningKey::derive(&secret, &scope),
            scope,
            time: signer.time,
            rules: &sigv4::ServiceRules::of("sts"),
            fields: sigv4::FieldChoice::default(),
        };
        let host = seen.uri().authority().unwrap().as_str().as_bytes();
        let signed = [("host", host), ("user-agent", headers["user-agent"])];
        let twin = sigv4::Request { method: "POST", target: b"/?a=b", headers: &signed };
        let payload = sigv4::Payload::Body(b"Action=GetCallerIdentity");
        let twin = sigv4::sign(&twin, payload, &params).unwrap();
        let expected = twin.headers().find(|(name, _)| *name == "authorization").unwrap().1.to_owned();
        assert_eq!(headers["authorization"], expected.as_bytes());
    }
}

#[tokio::test]
async fn bodies_of_several_windows_go_both_ways() {
    let server = Server::start(|_, _| Deed::Echo).await;
    let body: Vec<u8> = (0..5_000_000).map(|number| u8::try_from(number % 251).unwrap()).collect();
    let client = server.client();
    for _ in 0..2 {
        let (version, status, echo) = answered(&client, ask("PUT", &server.url("/"), body.clone())).await;
        assert_eq!((version, status), (Version::HTTP_2, 200));
        assert!(echo == body);
    }
    let seen = server.seen.lock().unwrap();
    assert!(seen.iter().all(|request| request.headers()["content-length"] == "5000000"));
    assert!(seen.iter().all(|request| !request.headers().contains_key("expect")));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn refusal_comes_before_the_body_is_sent_and_harms_nobody_else() {
    let server = Server::start(|path, _| if path == "/no" { Deed::Refuse } else { Deed::Fine }).await;
    let client = server.client();
    for _ in 0..3 {
        let refused = answered(&client, ask("PUT", &server.url("/no"), vec![0; 5_000_000])).await;
        assert_eq!(refused, (Version::HTTP_2, 403, b"no".to_vec()));
        assert_eq!(answered(&client, ask("GET", &server.url("/yes"), "")).await.1, 200);
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn what_was_not_looked_at_is_asked_again_and_nothing_else() {
    let server = Server::start(|path, connection| match (path, connection) {
        ("/refused", 0) => Deed::Reset(Reason::REFUSED_STREAM),
        ("/broken", _) => Deed::Reset(Reason::INTERNAL_ERROR),
        _ => Deed::Fine,
    })
    .await;
    let client = server.client();
    assert_eq!(answered(&client, ask("POST", &server.url("/first"), "x")).await.1, 200);
    assert_eq!(answered(&client, ask("POST", &server.url("/refused"), "x")).await.1, 200);
    assert_eq!(server.paths(), ["/first", "/refused", "/refused"]);
    assert_eq!(server.connections(), 2);

    for method in ["POST", "GET"] {
        let broken = client.stream(ask(method, &server.url("/broken"), "x"), &patient()).await.unwrap_err();
        assert_eq!((broken.code(), broken.retry()), ("protocol", client::Retry::Later));
    }
    assert_eq!(server.paths().iter().filter(|path| *path == "/broken").count(), 2);
}

#[tokio::test]
async fn host_that_goes_away_after_its_answer_is_met_again_elsewhere() {
    let server = Server::start(|_, _| Deed::FineAndGoAway).await;
    let client = server.client();
    for _ in 0..5 {
        assert_eq!(answered(&client, ask("POST", &server.url("/"), "x")).await.1, 200);
    }
    assert_eq!((server.paths().len(), server.connections()), (5, 5));
}

/// The first connections go away when a request has come, and say that they have looked at none; frame by frame, since a server's
/// library looks at what it accepts.
#[tokio::test]
async fn what_came_too_late_for_a_connection_is_asked_on_another() {
    let authority = Authority::new();
    let connections = Arc::<AtomicUsize>::default();
    let count = Arc::clone(&connections);
    let address = authority
        .listen("127.0.0.1", &[b"h2"], move |mut stream| {
            let number = count.fetch_add(1, Ordering::SeqCst);
            async move {
                if number < 2 {
                    go_away(&mut stream).await.unwrap();
                } else {
                    serve(stream, number, |_, _| Deed::Fine, Arc::default()).await;
                }
            }
        })
        .await;
    let client = with(Proxies::none(), authority.roots());
    let post = ask("POST", &format!("https://{address}/"), "x");
    assert_eq!(answered(&client, post).await.1, 200);
    assert_eq!(connections.load(Ordering::SeqCst), 3);
}

async fn go_away(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> std::io::Result<()> {
    const PREFACE: usize = 24;
    const HEADERS: u8 = 1;
    stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await?;
    stream.read_exact(&mut [0; PREFACE]).await?;
    loop {
        let mut frame = [0; 9];
        stream.read_exact(&mut frame).await?;
        let length = u32::from_be_bytes([0, frame[0], frame[1], frame[2]]);
        stream.read_exact(&mut vec![0; length.try_into().unwrap()]).await?;
        if frame[3] == HEADERS {
            break;
        }
    }
    // The last stream is 0, the reason is none.
    stream.write_all(&[0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).await?;
    stream.shutdown().await
}
