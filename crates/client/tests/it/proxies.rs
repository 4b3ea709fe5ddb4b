//! Requests through a proxy: forwarded, tunnelled, refused. The proxy's own address is loopback; what is asked is not.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use client::{Proxies, Roots};
use tokio::io::{AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::server::{self, Act, Server, ok};
use crate::tls::Authority;
use crate::{get, patient, with};

fn proxies(variable: &'static str, url: &str) -> Proxies {
    let url = url.to_owned();
    Proxies::from_variables(|name| (name == variable).then_some(url.as_str()))
}

#[tokio::test]
async fn plain_requests_are_forwarded_with_their_whole_url() {
    let proxy = Server::start(|_| ok("by proxy")).await;
    let url = format!("http://user:p%40ss@{}", proxy.address);
    let client = with(proxies("http_proxy", &url), Roots::Platform);
    let answer = get(&client, "http://sts.example.invalid/a?b", &patient()).await.unwrap();
    assert_eq!(answer.body(), b"by proxy");
    let (_, text) = &proxy.requests()[0];
    assert!(text.starts_with("GET http://sts.example.invalid/a?b HTTP/1.1\r\n"), "{text}");
    assert!(text.contains("host: sts.example.invalid\r\n"), "{text}");
    assert!(text.contains("proxy-authorization: Basic dXNlcjpwQHNz\r\n"), "{text}");
}

#[tokio::test]
async fn encrypted_requests_go_through_a_tunnel() {
    let authority = Authority::new();
    let origin = authority.serve("sts.example.invalid", |_| ok("tunnelled")).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = listener.local_addr().unwrap();
    let asked = tokio::spawn(async move {
        let (mut near, _) = listener.accept().await.unwrap();
        let text = server::read(&mut near).await.unwrap();
        near.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
        let mut far = TcpStream::connect(origin.address).await.unwrap();
        tokio::spawn(async move { copy_bidirectional(&mut near, &mut far).await });
        text
    });
    let client = with(proxies("HTTPS_PROXY", &format!("http://{proxy}")), authority.roots());
    let answer = get(&client, "https://sts.example.invalid/", &patient()).await.unwrap();
    assert_eq!(answer.body(), b"tunnelled");
    let asked = asked.await.unwrap();
    assert!(asked.starts_with("CONNECT sts.example.invalid:443 HTTP/1.1\r\n"), "{asked}");
    assert!(!asked.contains("authorization"), "{asked}");
}

/// The proxy speaks TLS, and so does the host behind it, which speaks HTTP/2 besides. Credentials of the proxy go to the proxy.
#[tokio::test]
async fn proxies_may_be_encrypted_and_see_nothing_of_what_goes_through_them() {
    let authority = Authority::new();
    let origin = authority.serve("sts.example.invalid", |_| ok("tunnelled")).await;
    let asked = Arc::<Mutex<Vec<String>>>::default();
    let kept = Arc::clone(&asked);
    let proxy = authority.listen("127.0.0.1", &[b"http/1.1"], move |mut near| {
        let kept = Arc::clone(&kept);
        async move {
            let text = server::read(&mut near).await.unwrap();
            kept.lock().unwrap().push(text.clone());
            if !text.starts_with("CONNECT") {
                near.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nforwarded").await.unwrap();
                return;
            }
            near.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
            let mut far = TcpStream::connect(origin.address).await.unwrap();
            let _ = copy_bidirectional(&mut near, &mut far).await;
        }
    });
    let url = format!("https://user:hunter2@{}", proxy.await);
    let client = with(proxies("ALL_PROXY", &url), authority.roots());
    let answer = get(&client, "https://sts.example.invalid/secret", &patient()).await.unwrap();
    assert_eq!(answer.body(), b"tunnelled");
    let answer = get(&client, "http://sts.example.invalid/plain", &patient()).await.unwrap();
    assert_eq!(answer.body(), b"forwarded");
    let asked = asked.lock().unwrap();
    let basic = "proxy-authorization: Basic dXNlcjpodW50ZXIy\r\n";
    assert!(asked.iter().all(|text| text.contains(basic) && !text.contains("secret")), "{asked:?}");
    assert!(asked[1].starts_with("GET http://sts.example.invalid/plain HTTP/1.1\r\n"), "{asked:?}");
}

#[tokio::test]
async fn silence_of_a_proxy_and_of_a_host_behind_it_are_told_apart() {
    let limits = client::Limits { tls: Duration::from_millis(200), ..patient() };
    let mute = Server::start(|_| Act::Hang).await;
    let through = proxies("https_proxy", &format!("http://{}", mute.address));
    let error =
        get(&with(through, Roots::Platform), "https://sts.example.invalid/", &limits).await.unwrap_err();
    assert_eq!(
        error.chain(),
        "https://sts.example.invalid did not become reachable through the proxy within 200 ms"
    );

    let deaf = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let authority = Authority::new();
    let url = format!("https://{}/", deaf.local_addr().unwrap());
    let error = get(&with(Proxies::none(), authority.roots()), &url, &limits).await.unwrap_err();
    let text = error.chain();
    assert!(text.ends_with(" did not complete the TLS handshake within 200 ms"), "{text}");
    assert_eq!(error.phase(), Some(client::Phase::Tls));
}

#[tokio::test]
async fn proxy_of_a_flag_is_used_and_named_as_the_flag() {
    let proxy = Server::start(|_| ok("by proxy")).await;
    let client = with(
        proxies("NO_PROXY", "near.invalid").through("--proxy", &proxy.address.to_string()),
        Roots::Platform,
    );
    let answer = get(&client, "http://sts.example.invalid/", &patient()).await.unwrap();
    assert_eq!(answer.body(), b"by proxy");
    let error = get(&client, "http://near.invalid/", &patient()).await.unwrap_err();
    assert_eq!(error.code(), "unknown-host");
    let client = with(Proxies::none().through("--proxy", "socks5://host"), Roots::Platform);
    let error = get(&client, "http://sts.example.invalid/", &patient()).await.unwrap_err();
    assert!(error.to_string().starts_with("--proxy names a proxy that speaks neither"), "{error}");
}

#[tokio::test]
async fn refusal_of_a_proxy_is_told_with_its_name() {
    let proxy = Server::start(|_| Act::Say(b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n".to_vec())).await;
    let client =
        with(proxies("https_proxy", &format!("http://u:hunter2@{}", proxy.address)), Roots::Platform);
    let error = get(&client, "https://sts.example.invalid/", &patient()).await.unwrap_err();
    let text = error.chain().replace(&proxy.address.to_string(), "PROXY");
    assert_eq!(text, "proxy http://PROXY does not let https://sts.example.invalid through: it answers 407");
    assert_eq!(error.code(), "proxy");

    let client = with(proxies("https_proxy", "socks5://u:hunter2@host"), Roots::Platform);
    let error = get(&client, "https://sts.example.invalid/", &patient()).await.unwrap_err();
    assert!(error.to_string().starts_with("https_proxy names a proxy that speaks neither"), "{error}");
}

#[tokio::test]
async fn this_machine_is_asked_directly_whatever_the_variables_say() {
    let server = Server::start(|_| ok("direct")).await;
    let client = with(proxies("http_proxy", "http://proxy.invalid:1"), Roots::Platform);
    assert_eq!(get(&client, &server.url("/"), &patient()).await.unwrap().body(), b"direct");
}

#[tokio::test]
async fn what_is_marked_as_this_machines_is_asked_directly_by_whatever_name() {
    let proxy = Server::start(|_| ok("by proxy")).await;
    let client = with(proxies("http_proxy", &format!("http://{}", proxy.address)), Roots::Platform);
    let mut request = http::Request::new(bytes::Bytes::new());
    *request.uri_mut() = "http://agent.invalid/credentials".parse().unwrap();
    request.headers_mut().insert("authorization", "hunter2".parse().unwrap());
    request.extensions_mut().insert(client::Direct);
    let error = client.send(request, &patient()).await.unwrap_err();
    assert_eq!(error.code(), "unknown-host");
    assert!(proxy.requests().is_empty());
}
