//! Real processes, found through the real kernel.

#![cfg(target_os = "linux")]

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use types::InstanceId;

use super::{Caller, Identifier, Place};
use crate::{Introduction, Peer};

fn listener(addr: &str) -> TcpListener {
    TcpListener::bind(addr).unwrap()
}

/// The next connection, which stays open as long as the stream.
fn accept(listener: &TcpListener) -> (TcpStream, Peer) {
    let (stream, remote) = listener.accept().unwrap();
    (stream, Peer { local: listener.local_addr().unwrap(), remote })
}

async fn who(identifier: &Identifier, peer: Peer) -> Arc<Caller> {
    identifier.identify(peer, None).await
}

/// A shell that connects to `addr` and then does what `then` says; it ends with its standard input.
fn shell(addr: SocketAddr, then: &str) -> Ended {
    let script = format!("exec 3<>/dev/tcp/{}/{}; {then}", addr.ip(), addr.port());
    let mut command = Command::new("bash");
    command.args(["-c", &script, "name", "--password", "hunter2"]).stdin(Stdio::piped());
    Ended(command.process_group(0).spawn().unwrap())
}

/// A child that does not outlive its test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // One that has ended already is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn this_process_is_found_over_both_families() {
    let identifier = Identifier::system();
    for addr in ["127.0.0.1:0", "[::1]:0"] {
        let listener = listener(addr);
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (_accepted, peer) = accept(&listener);
        let caller = who(&identifier, peer).await;
        assert_eq!(caller.place, Place::ThisMachine);
        assert_eq!(caller.user.as_ref().unwrap().id, rustix::process::geteuid().as_raw());
        let process = caller.process.as_ref().unwrap();
        assert_eq!(process.id, std::process::id(), "{addr}");
        assert_eq!(process.executable, std::env::current_exe().ok());
        assert_eq!(process.command_line, std::env::args().collect::<Vec<_>>());
        assert_eq!(
            process.ancestors[0].id,
            rustix::process::getppid().unwrap().as_raw_nonzero().get() as u32
        );
        assert!(process.ancestors.len() <= 3);
    }
}

#[tokio::test]
async fn a_child_is_told_from_its_parent_and_shows_no_password() {
    let identifier = Identifier::system();
    let listener = listener("127.0.0.1:0");
    let child = shell(listener.local_addr().unwrap(), "read line");
    let (_accepted, peer) = accept(&listener);
    let caller = who(&identifier, peer).await;
    let process = caller.process.as_ref().unwrap();
    assert_eq!(process.id, child.0.id());
    assert_eq!(process.name, "bash");
    assert_eq!(process.command_line[3..], ["name", "--password", "***"]);
    assert_eq!(process.ancestors[0].id, std::process::id());
}

#[tokio::test]
async fn after_exec_it_is_the_new_program() {
    let identifier = Identifier::system();
    let listener = listener("127.0.0.1:0");
    let mut child = shell(listener.local_addr().unwrap(), "read line; exec cat");
    let (mut accepted, peer) = accept(&listener);
    assert_eq!(who(&identifier, peer).await.process.as_ref().unwrap().name, "bash");
    {
        use std::io::{Read as _, Write as _};
        let mut input = child.0.stdin.take().unwrap();
        // A line for the shell; `cat` sends back the other through descriptor 1, which is the test's, so the exec is
        // awaited by its name alone.
        input.write_all(b"go\n").unwrap();
        let name = || {
            std::fs::File::open(format!("/proc/{}/comm", child.0.id())).map(|mut file| {
                let mut text = String::new();
                file.read_to_string(&mut text).map(|_| text)
            })
        };
        while name().unwrap().unwrap() != "cat\n" {
            tokio::task::yield_now().await;
        }
        let process = who(&identifier, peer).await;
        let process = process.process.as_ref().unwrap();
        assert_eq!((process.id, process.name.as_str()), (child.0.id(), "cat"));
        drop(input);
    }
    let _ = std::io::Read::read(&mut accepted, &mut [0]);
}

#[tokio::test]
async fn of_several_who_share_a_connection_the_one_that_connected_is_meant() {
    let identifier = Identifier::system();
    let listener = listener("127.0.0.1:0");
    let child = shell(listener.local_addr().unwrap(), "cat <&3 & echo >&3; read line");
    let (mut accepted, peer) = accept(&listener);
    // The line comes once the first of its children is there.
    std::io::Read::read_exact(&mut accepted, &mut [0]).unwrap();
    for _ in 0..2 {
        let caller = who(&identifier, peer).await;
        assert_eq!(caller.process.as_ref().unwrap().id, child.0.id());
    }
    drop(accepted);
}

#[tokio::test]
async fn a_connection_that_is_gone_has_no_user() {
    let identifier = Identifier::system();
    let listener = listener("127.0.0.1:0");
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (_accepted, peer) = accept(&listener);
    drop(client);
    let caller = who(&identifier, peer).await;
    assert_eq!(*caller, Caller::unknown(Place::ThisMachine, peer.remote.ip()));
}

#[tokio::test]
async fn strangers_are_elsewhere() {
    let identifier = Identifier::system();
    let peer = Peer { local: "127.0.0.1:1338".parse().unwrap(), remote: "192.0.2.1:40000".parse().unwrap() };
    for _ in 0..2 {
        assert_eq!(*who(&identifier, peer).await, Caller::unknown(Place::Elsewhere, peer.remote.ip()));
    }
}

#[tokio::test]
async fn an_introduction_names_the_process() {
    let identifier = Identifier::system();
    let introduction = |process_id| Introduction {
        destination: "169.254.169.254:80".parse().unwrap(),
        process_id,
        instance_id: None::<InstanceId>,
    };
    let peer = Peer { local: "169.254.169.254:80".parse().unwrap(), remote: "127.0.0.1:9".parse().unwrap() };
    let caller = identifier.identify(peer, Some(&introduction(std::process::id()))).await;
    assert_eq!(caller.process.as_ref().unwrap().id, std::process::id());
    assert_eq!(caller.user.as_ref().unwrap().id, rustix::process::geteuid().as_raw());
    let nobody = identifier.identify(peer, Some(&introduction(0))).await;
    assert_eq!((nobody.place, &nobody.process), (Place::ThisMachine, &None));
}

#[tokio::test]
#[ignore = "measures; run with --ignored --nocapture"]
async fn latency() {
    let identifier = Identifier::system();
    let listener = listener("127.0.0.1:0");
    for round in 0..3 {
        let mut times = Vec::new();
        for _ in 0..500 {
            let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (_accepted, peer) = accept(&listener);
            let start = tokio::time::Instant::now();
            let caller = who(&identifier, peer).await;
            times.push(start.elapsed().as_micros());
            assert!(caller.process.is_some());
        }
        times.sort_unstable();
        println!("round {round}: median {} µs, p90 {} µs, max {} µs", times[250], times[450], times[499]);
    }
}

#[tokio::test]
#[ignore = "measures; run with --ignored --nocapture"]
async fn latency_of_short_lived_programs() {
    let identifier = Identifier::system();
    let listener = listener("127.0.0.1:0");
    let mut times = Vec::new();
    for _ in 0..100 {
        let child = shell(listener.local_addr().unwrap(), "read line");
        let (_accepted, peer) = accept(&listener);
        let start = tokio::time::Instant::now();
        let caller = who(&identifier, peer).await;
        times.push(start.elapsed().as_micros());
        assert_eq!(caller.process.as_ref().unwrap().id, child.0.id());
    }
    times.sort_unstable();
    println!("short-lived: median {} µs, p90 {} µs, max {} µs", times[50], times[90], times[99]);
}
