//! A caller's socket, seen through a descriptor of our own.
//!
//! Rule: the open file is shared with the caller, so whatever is changed on it for a moment is put back. Source:
//! socket(7), tcp(7), connect(2).

use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::net::sockopt::{self, Timeout};
use rustix::net::{AddressFamily, SocketType, ipproto};

use super::listener::last_error;

/// What a socket is, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// Takes addresses of the Internet.
    pub(super) internet: bool,
    pub(super) ipv6: bool,
    /// TCP, over one path or several.
    pub(super) tcp: bool,
    /// Whether `connect` may take as long as the network does.
    pub(super) stream: bool,
}

/// What the kernel said of a connection that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Its next word to whoever connects this socket is that the connection stands; then it says `EISCONN`.
    UnderWay,
    Stands,
}

/// `None` for what is no socket.
pub(super) fn kind(socket: &OwnedFd) -> Option<Kind> {
    let domain = sockopt::socket_domain(socket).ok()?;
    let kind = sockopt::socket_type(socket).ok()?;
    let protocol = sockopt::socket_protocol(socket).ok()?;
    let inet = domain == AddressFamily::INET || domain == AddressFamily::INET6;
    let stream = kind != SocketType::DGRAM && kind != SocketType::RAW;
    Some(Kind {
        internet: inet || domain == AddressFamily::from_raw(AF_SMC),
        ipv6: domain == AddressFamily::INET6,
        tcp: inet && stream && matches!(protocol, Some(ipproto::TCP | ipproto::MPTCP)),
        stream,
    })
}

pub(super) fn is_blocking(socket: &OwnedFd) -> bool {
    rustix::fs::fcntl_getfl(socket).is_ok_and(|flags| !flags.contains(OFlags::NONBLOCK))
}

/// The address of the other side, once there is one.
pub(super) fn peer(socket: &OwnedFd) -> Option<SocketAddr> {
    rustix::net::getpeername(socket).ok().flatten()?.try_into().ok()
}

pub(super) fn local(socket: &OwnedFd) -> Option<SocketAddr> {
    rustix::net::getsockname(socket).ok()?.try_into().ok()
}

/// Whether the socket was told to leave by one interface, which loopback is not.
pub(super) fn is_held_to_interface(socket: &OwnedFd) -> bool {
    option(socket, libc::SOL_SOCKET, SO_BINDTOIFINDEX)
        .is_some_and(|index| index.iter().any(|byte| *byte != 0))
}

/// Connects without waiting for it, also where the caller asked for the connection to be put off to its first bytes.
pub(super) fn connect(socket: &OwnedFd, address: &SocketAddr) -> Result<Said, Errno> {
    // Fails on a socket that is connected, where it changes nothing.
    let _ = set_option(socket, libc::IPPROTO_TCP, libc::TCP_FASTOPEN_CONNECT, &0i32.to_ne_bytes());
    match without_blocking(socket, || rustix::net::connect(socket, address))? {
        Ok(()) => Ok(Said::Stands),
        Err(Errno::INPROGRESS) => Ok(Said::UnderWay),
        Err(errno) => Err(errno),
    }
}

/// The kernel's word on a connection that stands, as the caller would hear it.
pub(super) fn conclude(socket: &OwnedFd) -> Result<(), Errno> {
    rustix::net::connect(socket, &peer(socket).ok_or(Errno::NOTCONN)?)
}

/// Connects to an address as it lies in a caller's memory; waits no longer than a clock tick.
pub(super) fn start_connect(socket: &OwnedFd, address: &[u8]) -> Result<(), Errno> {
    within(socket, Duration::from_micros(1), || connect_bytes(socket, address))
}

/// As `connect(2)` takes it.
pub(super) fn connect_bytes(socket: &OwnedFd, address: &[u8]) -> Result<(), Errno> {
    let length = libc::socklen_t::try_from(address.len()).map_err(|_| Errno::INVAL)?;
    // SAFETY: the address is `length` readable bytes; the kernel checks what they say.
    let result = unsafe { libc::connect(socket.as_raw_fd(), address.as_ptr().cast(), length) };
    if result < 0 { Err(last_error()) } else { Ok(()) }
}

/// Why connecting failed, if it did.
pub(super) fn failure(socket: &OwnedFd) -> Result<(), Errno> {
    sockopt::socket_error(socket)?
}

/// Makes a socket what it was before it was connected.
pub(super) fn disconnect(socket: &OwnedFd) {
    // What is left where it fails is a connection that has ended.
    let _ = rustix::net::connect_unspec(socket);
    let _ = sockopt::socket_error(socket);
}

/// Copies what a program may have set before it connected, as far as it bears on what it sees afterwards.
pub(super) fn copy_options(from: &OwnedFd, to: &OwnedFd) {
    for (level, name) in COPIED_OPTIONS {
        if let Some(value) = option(from, level, name) {
            // An option that does not fit the new socket keeps its default there.
            let _ = set_option(to, level, name, &value);
        }
    }
}

/// Runs `action` with a limit on how long the socket may block.
fn within<T>(
    socket: &OwnedFd,
    limit: Duration,
    action: impl FnOnce() -> Result<T, Errno>,
) -> Result<T, Errno> {
    let before = sockopt::socket_timeout(socket, Timeout::Send).unwrap_or(None);
    if !is_blocking(socket) || before.is_some_and(|before| before <= limit) {
        return action();
    }
    sockopt::set_socket_timeout(socket, Timeout::Send, Some(limit))?;
    let result = action();
    sockopt::set_socket_timeout(socket, Timeout::Send, before)?;
    result
}

/// Runs `action` while the socket does not block. The flag alone is changed: others that another thread of the caller
/// changes meanwhile stay, and its own change of this one would have to fall into the same microseconds.
fn without_blocking<T>(socket: &OwnedFd, action: impl FnOnce() -> T) -> Result<T, Errno> {
    if !is_blocking(socket) {
        return Ok(action());
    }
    rustix::io::ioctl_fionbio(socket, true)?;
    let result = action();
    rustix::io::ioctl_fionbio(socket, false)?;
    Ok(result)
}

fn option(socket: &OwnedFd, level: i32, name: i32) -> Option<Vec<u8>> {
    let mut value = [0u8; 64];
    let mut length = libc::socklen_t::try_from(value.len()).expect("64 fits");
    // SAFETY: the kernel writes at most `length` bytes to `value`, and the number of them to `length`.
    let result = unsafe {
        libc::getsockopt(socket.as_raw_fd(), level, name, value.as_mut_ptr().cast(), &raw mut length)
    };
    let length = usize::try_from(length).ok()?;
    if result < 0 { None } else { value.get(..length).map(<[u8]>::to_vec) }
}

fn set_option(socket: &OwnedFd, level: i32, name: i32, value: &[u8]) -> Result<(), Errno> {
    let length = libc::socklen_t::try_from(value.len()).map_err(|_| Errno::INVAL)?;
    // SAFETY: the value is `length` readable bytes; the kernel checks what they say.
    let result = unsafe { libc::setsockopt(socket.as_raw_fd(), level, name, value.as_ptr().cast(), length) };
    if result < 0 { Err(last_error()) } else { Ok(()) }
}

/// Waits until the socket can be written or has failed, at most for `limit`.
pub(super) fn wait_writable(socket: BorrowedFd<'_>, limit: Duration) -> bool {
    wait(&mut [PollFd::from_borrowed_fd(socket, PollFlags::OUT)], limit)
}

/// Waits until `socket` can be read or `other` has failed, at most for `limit`.
pub(super) fn wait_readable_unless_failed(socket: &impl AsFd, other: &OwnedFd, limit: Duration) -> bool {
    // An error is told of without being asked for.
    wait(&mut [PollFd::new(socket, PollFlags::IN), PollFd::new(other, PollFlags::empty())], limit)
}

fn wait(polled: &mut [PollFd<'_>], limit: Duration) -> bool {
    matches!(poll(polled, limit.try_into().ok().as_ref()), Ok(1..))
}

/// `AF_SMC` sockets take Internet addresses, and fall back to TCP.
const AF_SMC: u16 = 43;
const SO_BINDTOIFINDEX: i32 = 62;
const COPIED_OPTIONS: [(i32, i32); 14] = [
    (libc::SOL_SOCKET, libc::SO_KEEPALIVE),
    (libc::SOL_SOCKET, libc::SO_RCVTIMEO),
    (libc::SOL_SOCKET, libc::SO_SNDTIMEO),
    (libc::SOL_SOCKET, libc::SO_LINGER),
    (libc::SOL_SOCKET, libc::SO_OOBINLINE),
    (libc::SOL_SOCKET, libc::SO_PRIORITY),
    (libc::IPPROTO_TCP, libc::TCP_NODELAY),
    (libc::IPPROTO_TCP, libc::TCP_KEEPIDLE),
    (libc::IPPROTO_TCP, libc::TCP_KEEPINTVL),
    (libc::IPPROTO_TCP, libc::TCP_KEEPCNT),
    (libc::IPPROTO_TCP, libc::TCP_USER_TIMEOUT),
    (libc::IPPROTO_TCP, libc::TCP_NOTSENT_LOWAT),
    (libc::IPPROTO_IP, libc::IP_TOS),
    (libc::IPPROTO_IPV6, libc::IPV6_TCLASS),
];
