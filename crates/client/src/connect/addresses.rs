//! The addresses of a name, and a connection to the first that answers (RFC 8305).

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Literal addresses are asked of nobody. The resolver blocks for as long as it likes, so it has a thread of its own that
/// nobody waits for at the end of the program; a runtime would wait for one of its own.
pub(super) async fn resolve(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let (answer, answered) = oneshot::channel();
    let host = host.to_owned();
    thread::Builder::new().name("resolver".to_owned()).spawn(move || {
        let found = (host.as_str(), port).to_socket_addrs().map(Iterator::collect);
        // Whoever asked may have stopped waiting.
        let _ = answer.send(found);
    })?;
    let found = answered.await.unwrap_or_else(|_| Err(io::Error::other("the resolver gave up")))?;
    Ok(in_turns(found))
}

/// The first connection that stands. An address that does not answer is given a head start and no more; one that refuses leaves
/// its turn to the next at once.
pub(super) async fn first<T, F>(
    addresses: Vec<SocketAddr>,
    connect: impl Fn(SocketAddr) -> F,
) -> io::Result<T>
where
    F: Future<Output = io::Result<T>> + Send + 'static,
    T: Send + 'static,
{
    // Most names have one address, for which no task is needed.
    if let [address] = addresses[..] {
        return connect(address).await;
    }
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    let (mut left, mut trying) = (addresses.into_iter(), JoinSet::new());
    loop {
        if let Some(address) = left.next() {
            trying.spawn(connect(address));
        }
        let outcome = match left.len() {
            0 => trying.join_next().await,
            _ => timeout(HEAD_START, trying.join_next()).await.unwrap_or(None),
        };
        match outcome {
            Some(Ok(Ok(connection))) => return Ok(connection),
            Some(Ok(Err(error))) => last = error,
            Some(Err(error)) => last = io::Error::other(error),
            None if left.len() == 0 => return Err(last),
            None => {}
        }
    }
}

/// The resolver's order, with the two families taking turns: where one of them leads nowhere, every second address leads
/// somewhere.
fn in_turns(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let Some(first) = addresses.first() else { return addresses };
    let same = first.is_ipv6();
    let (one, other): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|address| address.is_ipv6() == same);
    let (mut one, mut other) = (one.into_iter(), other.into_iter());
    let mut mixed = Vec::with_capacity(one.len() + other.len());
    while one.len() + other.len() > 0 {
        mixed.extend(one.next());
        mixed.extend(other.next());
    }
    mixed
}

/// RFC 8305 section 5.
const HEAD_START: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::time::{Instant, sleep};

    use super::*;

    fn addresses(text: &str) -> Vec<SocketAddr> {
        text.split(' ').map(|address| address.parse().unwrap()).collect()
    }

    #[test]
    fn families_take_turns_in_the_resolver_s_order() {
        let given = addresses("[::1]:1 [::2]:1 [::3]:1 1.0.0.1:1 1.0.0.2:1");
        assert_eq!(in_turns(given), addresses("[::1]:1 1.0.0.1:1 [::2]:1 1.0.0.2:1 [::3]:1"));
        let given = addresses("1.0.0.1:1 [::1]:1 1.0.0.2:1");
        assert_eq!(in_turns(given), addresses("1.0.0.1:1 [::1]:1 1.0.0.2:1"));
        assert!(in_turns(Vec::new()).is_empty());
    }

    /// `ok`, `refused`, `dead` and times in milliseconds by the last part of an address.
    async fn act(address: SocketAddr) -> io::Result<u16> {
        match address.port() {
            1 => pending().await,
            2 => Err(io::ErrorKind::ConnectionRefused.into()),
            port => {
                sleep(Duration::from_millis(port.into())).await;
                Ok(port)
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_family_that_leads_nowhere_costs_a_quarter_of_a_second() {
        let cases: &[(&str, Option<u16>, u64)] = &[
            ("[::1]:1 1.0.0.1:10", Some(10), 260),
            ("[::1]:1 [::2]:1 1.0.0.1:10", Some(10), 510),
            ("[::1]:2 1.0.0.1:10", Some(10), 10),
            ("[::1]:200 1.0.0.1:10", Some(200), 200),
            // A slow address goes on while the next is tried, and may still be the first.
            ("[::1]:300 1.0.0.1:100", Some(300), 300),
            ("[::1]:2 1.0.0.1:2", None, 0),
            ("1.0.0.1:2", None, 0),
            ("1.0.0.1:900", Some(900), 900),
        ];
        for (given, expected, after) in cases {
            let started = Instant::now();
            let outcome = first(addresses(given), act).await;
            assert_eq!(outcome.ok(), *expected, "{given}");
            assert_eq!(started.elapsed().as_millis(), u128::from(*after), "{given}");
        }
        first(Vec::new(), act).await.unwrap_err();
    }
}
