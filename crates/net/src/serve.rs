//! From a listening socket to answered requests.

use std::convert::Infallible;
use std::fmt;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::{AbortHandle, JoinSet};

use crate::connections::Seat;
use crate::link::{Ending, Line};
use crate::progress::Phase;
use crate::stream::Stream;
use crate::tls::{Security, Tls};
use crate::transport::Carrier;
use crate::{Connections, Introduction, Link, Listener, Payload, Peer, Shutdown, abrupt, linger};

/// What answers requests.
pub trait Service: Send + Sync + 'static {
    /// What the service keeps of a connection, for as long as it is open.
    type Memory: Default + Send + Sync + 'static;

    /// Whether the names of headers are written as in `Content-Type`, else as in `content-type`. To HTTP it is all one; clients that
    /// show a part of a name to their users show what came.
    const TITLE_CASE: bool = true;

    /// Answers one request, without waiting for anything. A body is read by [`Upload`](crate::Upload), in an answer that comes
    /// later. Whoever leaves one unread says `Connection: close`: its request is the last on its connection.
    fn answer(self: &Arc<Self>, request: Request<Incoming>, link: &Arc<Link<Self::Memory>>) -> Answer;

    /// The whole answer to a head that cannot be read: 400, 414 or 431. The connection closes after it.
    fn refuse(&self, status: StatusCode) -> Bytes;
}

/// An answer, or the promise of one.
pub enum Answer {
    Ready(Response<Payload>),
    /// What takes more than a moment; other connections go on meanwhile.
    Later(Pin<Box<dyn Future<Output = Response<Payload>> + Send>>),
}

/// Answers connections at `listeners` until `shutdown` starts, then lets running requests finish. Returns when the last
/// connection has ended, which takes no longer than [`Limits::drain`](crate::Limits).
pub async fn serve<S: Service>(
    listeners: Vec<Listener>,
    service: Arc<S>,
    connections: Arc<Connections>,
    shutdown: Shutdown,
) {
    let mut tasks = JoinSet::new();
    for listener in listeners {
        tasks.spawn(accept(listener, Arc::clone(&service), Arc::clone(&connections)));
    }
    stand(tasks, connections, shutdown).await;
}

/// As [`serve`], at ports where HTTP is spoken both in plain and over TLS.
pub async fn serve_with_tls<S: Service>(
    listeners: Vec<Listener>,
    service: Arc<S>,
    tls: Tls,
    connections: Arc<Connections>,
    shutdown: Shutdown,
) {
    let mut tasks = JoinSet::new();
    for listener in listeners {
        tasks.spawn(accept_with_tls(listener, Arc::clone(&service), tls.clone(), Arc::clone(&connections)));
    }
    stand(tasks, connections, shutdown).await;
}

/// Lets `tasks` accept until the end, then drains.
async fn stand(mut tasks: JoinSet<()>, connections: Arc<Connections>, shutdown: Shutdown) {
    let sweeper = Arc::clone(&connections);
    tasks.spawn(async move { sweeper.sweep().await });
    shutdown.started().await;
    tasks.shutdown().await;
    connections.drain().await;
}

/// Accepts at one more listener, beside a running [`serve`] with the same connections, until it is dropped; connections
/// accepted until then stay. No error of one connection, nor a lack of descriptors, ends it.
pub async fn accept<S: Service>(listener: Listener, service: Arc<S>, connections: Arc<Connections>) {
    let admit = |socket, peer| admit(socket, peer, None, &service, &connections);
    accept_each(&listener, &connections, admit).await;
}

/// As [`accept`], where HTTP is spoken both in plain and over TLS.
pub async fn accept_with_tls<S: Service>(
    listener: Listener,
    service: Arc<S>,
    tls: Tls,
    connections: Arc<Connections>,
) {
    let admit = |socket, peer| admit_with_tls(socket, peer, &tls, &service, &connections);
    accept_each(&listener, &connections, admit).await;
}

async fn accept_each(listener: &Listener, connections: &Connections, admit: impl Fn(TcpStream, Peer)) {
    let mut failing = false;
    loop {
        match listener.socket.accept().await {
            Ok((socket, remote)) => {
                failing = false;
                let Ok(local) = local_addr(&socket, listener) else { continue };
                admit(socket, Peer { local, remote });
            }
            // The client was gone before it was accepted.
            Err(error) if is_of_connection(&error) => {}
            Err(error) => {
                if !std::mem::replace(&mut failing, true) {
                    tracing::warn!(%error, at = %listener.local_addr(), "connections wait to be accepted");
                }
                connections.evict_oldest();
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Serves a connection that was not accepted here but handed over, beside a running [`serve`] with the same connections.
/// To the service it arrived at the address that its client asked for.
pub fn adopt<S: Service>(
    socket: TcpStream,
    introduction: Introduction,
    service: &Arc<S>,
    connections: &Arc<Connections>,
) -> io::Result<()> {
    let peer = Peer { local: introduction.destination, remote: socket.peer_addr()? };
    admit(socket, peer, Some(introduction), service, connections);
    Ok(())
}

fn admit<S: Service>(
    socket: TcpStream,
    peer: Peer,
    introduction: Option<Introduction>,
    service: &Arc<S>,
    connections: &Arc<Connections>,
) {
    seat(peer, introduction, service, connections, |answerer, seat| {
        tokio::spawn(run(socket, answerer, seat)).abort_handle()
    });
}

fn admit_with_tls<S: Service>(
    socket: TcpStream,
    peer: Peer,
    tls: &Tls,
    service: &Arc<S>,
    connections: &Arc<Connections>,
) {
    let tls = tls.clone();
    seat(peer, None, service, connections, |answerer, seat| {
        let opened = async move {
            let Ok(transport) = tls.open(socket).await else { return };
            let answerer = answerer.secured(Security::of(&transport));
            run(transport, answerer, seat).await;
        };
        tokio::spawn(opened).abort_handle()
    });
}

fn seat<S: Service>(
    peer: Peer,
    introduction: Option<Introduction>,
    service: &Arc<S>,
    connections: &Arc<Connections>,
    start: impl FnOnce(Answerer<S>, Seat) -> AbortHandle,
) {
    if connections.is_draining() {
        return;
    }
    let line = Arc::new(Line::new(connections.pace.tick()));
    let link =
        Link::new(connections.number(), peer, introduction, Arc::clone(&line), Arc::clone(&connections.pace));
    let answerer = Answerer { service: Arc::clone(service), link: Arc::new(link) };
    if connections.admit(&line, |seat| start(answerer, seat)).is_none() {
        let open = connections.open();
        tracing::debug!(remote = %peer.remote, open, "connection refused: all others are busy");
    }
}

/// Saves a system call where the listener has one address only.
fn local_addr(socket: &TcpStream, listener: &Listener) -> io::Result<SocketAddr> {
    let addr = listener.local_addr();
    if addr.ip().is_unspecified() { socket.local_addr() } else { Ok(addr) }
}

/// Serves one connection until either side closes it.
async fn run<S: Service, T: Carrier>(carrier: T, answerer: Answerer<S>, seat: Seat) {
    let (line, service) = (Arc::clone(&answerer.link.line), Arc::clone(&answerer.service));
    let pace = Arc::clone(&answerer.link.pace);
    // The family of the socket, which may not be that of the address asked for.
    let over_ipv6 = answerer.link.peer().remote.is_ipv6();
    let stream =
        Stream::new(carrier, over_ipv6, Arc::clone(&line), Arc::clone(&answerer.link.pace), move |status| {
            service.refuse(status)
        });
    let mut connection = protocol(S::TITLE_CASE).serve_connection(TokioIo::new(stream), answerer);
    // How it ended is of no interest: errors are the client's, and it was told.
    let _ = poll_fn(|cx| match Pin::new(&mut connection).poll_without_shutdown(cx) {
        Poll::Pending if matches!(line.ending(), Ending::Silence | Ending::Reset) => Poll::Ready(Ok(())),
        polled => polled,
    })
    .await;
    line.lose_sight();
    let parts = connection.into_parts();
    let may_send_more = line.linger.load(Relaxed) || !parts.read_buf.is_empty();
    let socket = parts.io.into_inner().into_carrier().into_socket().await;
    match line.ending() {
        // Boxed, for their sake alone every connection's task would be as large again.
        Ending::Answer if may_send_more => Box::pin(linger::close(socket)).await,
        Ending::Silence => {
            line.progress.enter(Phase::Silent, pace.tick());
            Box::pin(abrupt::silence(socket)).await;
        }
        Ending::Reset | Ending::HeadAndReset => abrupt::reset(socket),
        Ending::Answer => drop(socket),
    }
    drop(seat);
}

fn protocol(title_case: bool) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .title_case_headers(title_case)
        // The service writes `Date` itself, to keep the order of headers.
        .auto_date_header(false)
        // A client that has said all it wants to say still gets its answer.
        .half_close(true)
        .max_buf_size(MAX_HEAD)
        // Answers are small: copying one behind its head costs less than a vectored write.
        .writev(false)
        .header_read_timeout(None);
    builder
}

/// Whether an error of accept is about the connection and not about the listener (accept(2), "Error handling").
fn is_of_connection(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(
        error.kind(),
        Kind::ConnectionAborted
            | Kind::ConnectionReset
            | Kind::ConnectionRefused
            | Kind::Interrupted
            | Kind::HostUnreachable
            | Kind::NetworkUnreachable
            | Kind::NetworkDown
            | Kind::TimedOut
    )
}

/// The service, bound to one connection.
struct Answerer<S: Service> {
    service: Arc<S>,
    link: Arc<Link<S::Memory>>,
}

impl<S: Service> Answerer<S> {
    /// On a connection that TLS protects, and whose requests begin only now.
    fn secured(self, security: Option<Security>) -> Self {
        self.link.line.progress.enter(Phase::Fresh, self.link.pace.tick());
        let link = Arc::into_inner(self.link).expect("nobody else holds a link before its first request");
        Self { service: self.service, link: Arc::new(link.secured(security)) }
    }
}

impl<S: Service> hyper::service::Service<Request<Incoming>> for Answerer<S> {
    type Response = Response<Payload>;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.link.begin(!request.body().is_end_stream());
        Answering(Some(self.service.answer(request, &self.link)))
    }
}

/// Waits for an answer. Most are there, and cost no allocation.
struct Answering(Option<Answer>);

impl Future for Answering {
    type Output = Result<Response<Payload>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(Answer::Later(later)) = &mut self.0 {
            return later.as_mut().poll(cx).map(Ok);
        }
        match self.0.take() {
            Some(Answer::Ready(response)) => Poll::Ready(Ok(response)),
            _ => Poll::Pending,
        }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready(response) => f.debug_tuple("Ready").field(response).finish(),
            Self::Later(_) => f.write_str("Later"),
        }
    }
}

/// The longest request head. hyper answers 431 above it.
const MAX_HEAD: usize = 16 * 1024;

/// Long enough not to spin, short enough for a client not to notice.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
