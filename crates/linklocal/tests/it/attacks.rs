//! Attacks on a server that runs on a shared machine, each played over a real socket with every rule as it is by default.
//!
//! Rule: an attack that works on EC2 too (a reader of version 1) is stated as such, not left out.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::Uid;
use serde_json::Value;
use socket2::{Domain, Socket, Type};

use crate::world::{Server, World, eventually, said};

const CREDENTIALS: &str = "/latest/meta-data/iam/security-credentials/linklocal";
const PUT_TOKEN: &str = "PUT /latest/api/token HTTP/1.1\r\nX-aws-ec2-metadata-token-ttl-seconds: 60\r\n";

/// What a raw request was answered: status, and all of it.
struct Answer {
    status: u16,
    text: String,
}

fn send(server: &Server, request: &str) -> Answer {
    answer_on(TcpStream::connect(server.endpoint).unwrap(), request)
}

fn answer_on(mut stream: TcpStream, request: &str) -> Answer {
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = text.get(9..12).and_then(|digits| digits.parse().ok());
    Answer { status: status.unwrap_or_else(|| panic!("no answer to {request:?}: {text:?}")), text }
}

impl Answer {
    /// Denied without a word: no value, no token, nothing that would let a page read it.
    fn gives_nothing(&self) -> bool {
        let body = self.text.split_once("\r\n\r\n").map(|(_, body)| body);
        let lower = self.text.to_ascii_lowercase();
        self.status == 403
            && body == Some("")
            && ["access-control", "token", "location", "allow:"].iter().all(|word| !lower.contains(word))
    }

    fn has_credentials(&self) -> bool {
        self.text.contains("SecretAccessKey")
    }
}

fn requests(headers: &str) -> Vec<String> {
    let mut requests: Vec<String> =
        [CREDENTIALS, "/", "/latest/meta-data/instance-id", "/latest/user-data", "/no/such"]
            .iter()
            .flat_map(|path| {
                ["GET", "HEAD", "OPTIONS", "POST"]
                    .map(|method| format!("{method} {path} HTTP/1.1\r\n{headers}\r\n"))
            })
            .collect();
    requests.push(format!("{PUT_TOKEN}{headers}\r\n"));
    requests.push(format!("OPTIONS /latest/api/token HTTP/1.1\r\n{headers}\r\n"));
    requests
}

/// The denials in the trail, by rule.
fn denials(world: &World, rule: &str) -> Vec<Value> {
    let text = world.done(&["trail", "--denied", "--json"]);
    let records = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    records.filter(|record| record["Rule"] == rule).collect()
}

#[test]
fn dns_rebinding_reaches_nothing() {
    let world = World::new();
    let server = world.up();
    let port = server.endpoint.port();
    let token = server.token();
    for host in ["evil.example", "127.0.0.1.evil.example", "evil.localhost", "instance-data"] {
        let fields = format!("Host: {host}:{port}\r\nX-aws-ec2-metadata-token: {token}\r\n");
        for request in requests(&fields) {
            assert!(send(&server, &request).gives_nothing(), "{request}");
        }
    }
    assert!(eventually(|| denials(&world, "hosts").iter().any(|denial| {
        denial["Host"] == format!("evil.example:{port}")
            && denial["Caller"]["ProcessId"] == std::process::id()
    })));
    // The rule has a setting of its own.
    world.write("linklocal.toml", "[access]\nhosts = [\"evil.example\"]\n");
    server.signal(rustix::process::Signal::HUP);
    let request = format!("GET {CREDENTIALS} HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    drop(server);
    let server = world.up();
    assert!(send(&server, &request).has_credentials());
    assert_eq!(send(&server, &request.replace("evil", "other")).status, 403);
}

#[test]
fn a_page_that_fetches_gets_nothing_not_even_a_preflight() {
    let world = World::new();
    let server = world.up();
    let at = server.endpoint;
    for fields in [
        "Origin: https://evil.example\r\n".to_owned(),
        "Origin: null\r\n".to_owned(),
        format!("Origin: http://{at}\r\n"),
        "Referer: https://evil.example/page?x\r\n".to_owned(),
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n".to_owned(),
        "Sec-Fetch-Dest: document\r\n".to_owned(),
        "Origin: https://evil.example\r\nAccess-Control-Request-Method: PUT\r\n\
         Access-Control-Request-Headers: x-aws-ec2-metadata-token-ttl-seconds\r\n\
         Access-Control-Request-Private-Network: true\r\n"
            .to_owned(),
    ] {
        for request in requests(&format!("Host: {at}\r\n{fields}")) {
            assert!(send(&server, &request).gives_nothing(), "{request}");
        }
    }
    assert!(eventually(|| {
        denials(&world, "browsers").iter().any(|denial| denial["Page"] == "https://evil.example")
    }));
    drop(server);
    world.write("linklocal.toml", "[access]\nbrowsers = true\n");
    let server = world.up();
    let request = format!("GET {CREDENTIALS} HTTP/1.1\r\nOrigin: https://evil.example\r\n\r\n");
    assert!(send(&server, &request).has_credentials());
}

/// A server-side request forgery runs in an allowed user's process, so tokens alone are what stops it, as on EC2.
#[test]
fn forged_gets_work_where_tokens_are_optional_and_fail_where_they_are_required() {
    let world = World::new();
    let server = world.up();
    let get = format!("GET {CREDENTIALS} HTTP/1.1\r\nHost: 169.254.169.254\r\n");
    assert!(send(&server, &format!("{get}\r\n")).has_credentials(), "version 1 is served as on EC2");

    world.done(&["instance", "modify-metadata-options", "--http-tokens", "required", "--wait"]);
    for fields in [
        "",
        // Who can set headers still has no token to show.
        "X-aws-ec2-metadata-token: \r\n",
        "X-aws-ec2-metadata-token: AQAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\r\n",
        "X-aws-ec2-metadata-token-ttl-seconds: 60\r\n",
        "X-HTTP-Method-Override: PUT\r\nX-aws-ec2-metadata-token-ttl-seconds: 60\r\n",
    ] {
        let answer = send(&server, &format!("{get}{fields}\r\n"));
        assert_eq!((answer.status, answer.has_credentials()), (401, false), "{fields}");
    }
    // Nor does it get one without the method.
    for method in ["GET", "POST", "HEAD", "DELETE", "PATCH", "TRACE", "put"] {
        let request = format!(
            "{method} /latest/api/token HTTP/1.1\r\nX-HTTP-Method: PUT\r\nX-HTTP-Method-Override: PUT\r\n\
             X-aws-ec2-metadata-token-ttl-seconds: 60\r\n\r\n"
        );
        let answer = send(&server, &request);
        assert!(answer.status >= 400 && !answer.text.contains("AQAE"), "{method}: {}", answer.text);
    }
}

#[test]
fn a_proxy_that_says_for_whom_it_asks_gets_no_token() {
    let world = World::new();
    let server = world.up();
    for field in ["X-Forwarded-For: 203.0.113.9", "X-Forwarded-For:", "x-forwarded-for: 127.0.0.1"] {
        let answer = send(&server, &format!("{PUT_TOKEN}{field}\r\n\r\n"));
        assert_eq!(answer.status, 403, "{field}");
        assert!(answer.text.ends_with("\r\n\r\n"), "{}", answer.text);
    }
}

#[test]
fn requests_cannot_be_smuggled_past_the_rules() {
    let world = World::new();
    let server = world.up();
    let at = server.endpoint;
    for (head, statuses) in [
        (format!("GET {CREDENTIALS} HTTP/1.1\r\nHost: {at}\r\nHost: evil.example"), &[400][..]),
        (format!("GET {CREDENTIALS} HTTP/1.1\r\nHost: evil.example\r\nHost: {at}"), &[400]),
        (format!("GET http://evil.example{CREDENTIALS} HTTP/1.1\r\nHost: {at}"), &[403]),
        (format!("GET http://{at}{CREDENTIALS} HTTP/1.1\r\nHost: evil.example"), &[403]),
        (format!("GET http://{at}@evil.example{CREDENTIALS} HTTP/1.1\r\nHost: {at}"), &[403]),
        (format!("GET http://evil.example@{at}{CREDENTIALS} HTTP/1.1\r\nHost: {at}"), &[403]),
        (format!("GET {CREDENTIALS} HTTP/1.1\r\nHost: {at}@evil.example"), &[403]),
        (format!("GET {CREDENTIALS} HTTP/1.1\r\nHost: evil.example.:80"), &[403]),
        (format!("GET {CREDENTIALS} HTTP/1.1\r\nHost: evil.example {at}"), &[403]),
        (format!("GET {CREDENTIALS} HTTP/1.1\r\nHost: {at}, evil.example"), &[403]),
        (format!("GET {CREDENTIALS} HTTP/1.1\r\nHost: 127.1:{}", at.port()), &[403]),
        (format!("GET {CREDENTIALS} HTTP/1.1\r\nHost : {at}"), &[400]),
        (format!("GET {CREDENTIALS} HTTP/1.1\r\nHost: evil.example\r\n Host: {at}"), &[400, 403]),
        (format!("CONNECT evil.example:80 HTTP/1.1\r\nHost: {at}"), &[403]),
        (format!("GET {CREDENTIALS} HTTP/1.1\r\nHost: {at}\r\nORIGIN:\tnull"), &[403]),
    ] {
        let answer = send(&server, &format!("{head}\r\n\r\n"));
        assert!(statuses.contains(&answer.status) && !answer.has_credentials(), "{head}: {}", answer.text);
    }
    // What follows in a denied request's body is never read as a request.
    let inner = format!("GET {CREDENTIALS} HTTP/1.1\r\nHost: {at}\r\n\r\n");
    for framing in [format!("Content-Length: {}", inner.len()), "Transfer-Encoding: chunked".to_owned()] {
        let outer =
            format!("POST / HTTP/1.1\r\nHost: {at}\r\nConnection: keep-alive\r\n{framing}\r\n\r\n{inner}");
        let answer = send(&server, &outer);
        assert_eq!((answer.status, answer.has_credentials()), (403, false), "{framing}: {}", answer.text);
    }
}

#[test]
fn another_user_s_process_gets_no_credentials_by_either_version() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let server = world.up();
    let stolen = server.token();
    for fields in [String::new(), format!("X-aws-ec2-metadata-token: {stolen}\r\n")] {
        for path in [
            CREDENTIALS,
            "/latest/meta-data/iam/security%2dcredentials/linklocal",
            "/2021-07-15//meta-data/iam/x/../security-credentials/linklocal/",
            "/latest/meta-data/iam/security-credentials-extended/linklocal",
            "/latest/meta-data/identity-credentials/ec2/security-credentials/ec2-instance",
        ] {
            let request = format!("GET {path} HTTP/1.1\r\n{fields}\r\n");
            assert!(send(&server, &request).has_credentials(), "{path} is no path of credentials");
            let answer = as_nobody(server.endpoint, &request);
            assert!(answer.gives_nothing(), "{path}: {}", answer.text);
        }
        // What is no credential is for every process, as on EC2.
        for path in ["/latest/meta-data/instance-id", "/latest/meta-data/iam/security-credentials/"] {
            let answer = as_nobody(server.endpoint, &format!("GET {path} HTTP/1.1\r\n{fields}\r\n"));
            assert_eq!(answer.status, 200, "{path}");
        }
    }
    let told = || denials(&world, "users").iter().any(|denial| denial["Caller"]["UserId"] == NOBODY);
    assert!(eventually(told));

    drop(server);
    world.write("linklocal.toml", &format!("[access]\nusers = [{NOBODY}]\n"));
    let server = world.up();
    let request = format!("GET {CREDENTIALS} HTTP/1.1\r\n\r\n");
    assert!(as_nobody(server.endpoint, &request).has_credentials());
}

#[test]
fn another_program_of_another_user_is_told_by_name() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let server = world.up();
    let (ip, port) = (server.endpoint.ip(), server.endpoint.port());
    let script = format!(
        "exec 3<>/dev/tcp/{ip}/{port}; printf 'GET {CREDENTIALS} HTTP/1.1\\r\\n\\r\\n' >&3; read -r line <&3; echo \"$line\""
    );
    let mut program = Command::new("setpriv");
    let user = format!("--reuid={NOBODY}");
    program
        .args([&user, "--clear-groups", "--", "bash", "-c", &script])
        .current_dir("/")
        .stdin(Stdio::null());
    let said = said(&mut program);
    assert!(said.stdout.starts_with("HTTP/1.1 403 "), "{}{}", said.stdout, said.stderr);
    let told = || {
        denials(&world, "users").iter().any(|denial| {
            let program = denial["Caller"]["Program"].as_str().unwrap_or_default();
            program.ends_with("/bash")
                && denial["Caller"]["UserId"] == NOBODY
                && denial["InstanceId"].is_string()
        })
    };
    assert!(eventually(told), "{}", world.done(&["trail", "--json"]));
}

/// The address of a client says nothing about who it is: each connection is asked for anew.
#[test]
fn a_port_that_an_allowed_process_has_used_opens_nothing() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let server = world.up();
    let endpoint = server.endpoint;
    let request = format!("GET {CREDENTIALS} HTTP/1.1\r\n\r\n");
    let first = connected(endpoint, SocketAddr::from(([127, 0, 0, 1], 0)));
    let port = first.local_addr().unwrap();
    let gone = first.try_clone().unwrap();
    assert!(answer_on(first, &request).has_credentials());
    drop(gone);
    let again = request.clone();
    let answer = std::thread::spawn(move || {
        become_nobody();
        answer_on(connected(endpoint, port), &again)
    });
    let answer = answer.join().unwrap();
    assert!(answer.gives_nothing(), "{}", answer.text);
    // And the other way round.
    assert!(answer_on(connected(endpoint, port), &request).has_credentials());
}

/// Who has sent its request and closed is nobody's process any more.
#[test]
fn a_client_that_is_gone_is_not_taken_for_root() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let server = world.up();
    let endpoint = server.endpoint;
    let sender = std::thread::spawn(move || {
        become_nobody();
        for _ in 0..20 {
            let mut stream = TcpStream::connect(endpoint).unwrap();
            let _ = stream.write_all(format!("GET {CREDENTIALS} HTTP/1.1\r\n\r\n").as_bytes());
        }
    });
    sender.join().unwrap();
    assert!(eventually(|| !denials(&world, "users").is_empty()));
    server.end(rustix::process::Signal::TERM);
    let text = world.done(&["trail", "--json"]);
    assert!(!text.contains("HandOut"), "{text}");
}

/// What an inner `run` asks the one around it for, asked by a program that has not the rights of who started it.
#[test]
fn a_program_of_another_user_does_not_choose_its_instance() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let _server = world.up();
    let launched = world.done(&["instance", "launch"]);
    let socket = world.data().join("run.sock");
    let script = format!(
        "exec 3<>/dev/tcp/169.254.0.1/1338; read -r line <&3
         printf '{{\"Host\":{{\"InstanceId\":\"{}\",\"Socket\":\"{}\"}},\"Isolated\":false}}\\n' >&3
         read -r line <&3; echo \"$line\"",
        launched.trim(),
        socket.display()
    );
    let first = world.json(&["instance", "list"]);
    let first = first["Instances"][0]["InstanceId"].as_str().unwrap();
    for (user, verdict) in [(NOBODY, "{\"Refused\":\"its server is another user's\"}"), (0, "\"Admitted\"")] {
        let user = format!("--reuid={user}");
        let program = ["setpriv", &user, "--clear-groups", "--", "bash", "-c", &script];
        let mut command = world.command(&[&["run", "--instance", first, "--"][..], &program].concat());
        command.env("PATH", sys::Env::system().var_os("PATH").unwrap());
        let said = said(&mut command);
        assert_eq!(said.stdout.trim_end(), verdict, "{user}: {}", said.stderr);
    }
}

#[test]
fn listening_to_other_machines_is_said() {
    let world = World::new();
    let server = world.up_with(&["--imds", "0.0.0.0:0"]);
    assert!(server.says("warning: http://0.0.0.0:"), "{}", server.stderr());
    assert!(server.stderr().contains("[access]"), "{}", server.stderr());
    drop(server);
    let server = world.up_with(&["--imds", "127.0.0.1:0", "--imds", "[::1]:0"]);
    assert_eq!(server.stderr(), "");
}

/// A connection from an address of the client's choosing. It leaves nothing behind when it is closed, so that the
/// address is free at once.
fn connected(endpoint: SocketAddr, from: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket.set_linger(Some(Duration::ZERO)).unwrap();
    socket.bind(&from.into()).unwrap();
    socket.connect(&endpoint.into()).unwrap();
    socket.into()
}

/// Sends a request from a socket that belongs to another user.
fn as_nobody(endpoint: SocketAddr, request: &str) -> Answer {
    let request = request.to_owned();
    let asked = std::thread::spawn(move || {
        become_nobody();
        answer_on(TcpStream::connect(endpoint).unwrap(), &request)
    });
    asked.join().unwrap()
}

/// This thread alone, for the rest of its life.
fn become_nobody() {
    let nobody = Uid::from_raw(NOBODY);
    rustix::thread::set_thread_res_uid(nobody, nobody, nobody).unwrap();
}

/// To play two users takes root, which tests in CI are.
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

const NOBODY: u32 = 65534;
